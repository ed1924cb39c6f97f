//! What is done with a table that came in: roles guessed, columns and pages read, exports.

use super::{csv, rows};
use crate::import::import;
use crate::read::{columns, preview};
use crate::table::{Table, Values};
use crate::write::{ExportFormat, write};
use bytes::Bytes;
use std::fmt::Write as _;
use std::fs::File;
use std::ops::ControlFlow;
use vakhta_domain::dataset::{ColumnKind, ReadOptions};

#[test]
fn the_demo_file_comes_in_and_its_roles_are_guessed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/visits_by_branch.parquet");
    let source = File::open(path).expect("the demo file");
    let mut out = Vec::new();
    let facts =
        import(&source, "visits_by_branch.parquet", &ReadOptions::default(), &mut out, &mut |_, _| {
            ControlFlow::Continue(())
        })
        .expect("a table");
    let parquet = Bytes::from(out);
    assert_eq!(facts.columns[0].kind, ColumnKind::Date);
    let guess = crate::guess_roles(&facts, parquet).expect("a guess");
    assert_eq!(guess.time.as_deref(), Some("date"));
    assert_eq!(guess.series, ["branch"]);
    assert_eq!(guess.target.as_deref(), Some("y"));
    assert_eq!(guess.hierarchy, ["line"]);
    assert_eq!(guess.known_future, ["holiday"]);
    assert_eq!(guess.frequency, Some(vakhta_domain::spec::Frequency::D));
    assert!(guess.why.len() >= 5, "{:?}", guess.why);
}

#[test]
fn roles_of_other_tables() {
    let guess = |text: &str| {
        let (facts, parquet) = csv(text).expect("a table");
        crate::guess_roles(&facts, parquet).expect("a guess")
    };
    let one = guess("Дата;Сумма;Акция\n01.01.2026;5;0\n01.02.2026;7;1\n01.03.2026;6;0\n");
    assert_eq!((one.time.as_deref(), one.target.as_deref()), (Some("Дата"), Some("Сумма")));
    assert_eq!(
        (one.series.len(), one.known_future, one.frequency),
        (0, vec!["Акция".to_owned()], Some(vakhta_domain::spec::Frequency::M))
    );
    let mut two = "ds,store,sku,price,qty\n".to_owned();
    for day in 1..=9 {
        for store in 0..3 {
            for sku in 0..2 {
                let qty = day * 7 + store * 3 + sku;
                writeln!(two, "2026-01-0{day},{store},s{sku},{sku}.5,{qty}").expect("written");
            }
        }
    }
    let two = guess(&two);
    assert_eq!(two.series, ["sku", "store"]);
    assert_eq!((two.target.as_deref(), two.static_columns), (Some("qty"), vec!["price".to_owned()]));
    let none = guess("a,b\n1,2\n");
    assert_eq!((none.time, none.why.len()), (None, 1));
}

#[test]
fn columns_for_training() {
    let (_, parquet) = csv("d,n,f,b,s\n2026-01-01T10:00:00Z,1,1.5,true,x\n,,,,\n").expect("a table");
    let mut table = columns(parquet.clone(), &["f", "d", "b", "n"]).expect("columns");
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["f", "d", "b", "n"]);
    let days = table.take("d").expect("d").into_dates("d").expect("dates");
    assert_eq!(days, [Some(jiff::civil::date(2026, 1, 1)), None]);
    let late = "d\n2026-03-28T22:30:00Z\n2026-03-29T22:30:00Z\n2026-03-29T21:30:00Z\n";
    let (_, moments) = csv(late).expect("a table");
    let moments = columns(moments, &["d"]).expect("columns").take("d").expect("d");
    // Berlin changed to summer time on 29 March 2026: half past ten UTC is before midnight, then after it.
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone");
    let local = moments.into_dates_in("d", &berlin).expect("dates");
    let day = |day| Some(jiff::civil::date(2026, 3, day));
    assert_eq!(local, [day(28), day(30), day(29)]);
    let floats = table.take("f").expect("f").into_floats("f").expect("numbers");
    assert!(floats[0] == 1.5 && floats[1].is_nan());
    let flags = table.take("b").expect("b").into_floats("b").expect("numbers");
    assert!(flags[0] == 1.0 && flags[1].is_nan());
    assert_eq!(table.take("n").expect("n").into_texts().get(0).map(|t| &**t), Some("1"));
    let error = columns(parquet.clone(), &["F1"]).expect_err("no such column");
    assert!(error.to_string().contains("the table has `d`, `n`, `f`, `b`, `s`"), "{error}");
    let error =
        columns(parquet, &["s"]).expect("s").take("s").expect("s").into_floats("s").expect_err("texts");
    assert_eq!(error.to_string(), "column `s` holds texts, and numbers are needed");
}

#[test]
fn a_page_of_rows() {
    let text: String =
        std::iter::once("a\n".to_owned()).chain((0..100).map(|at| format!("{at}\n"))).collect();
    let (_, parquet) = csv(&text).expect("a table");
    let page = preview(parquet.clone(), 2, 97).expect("rows");
    assert_eq!(serde_json::to_string(&page).expect("json"), r#"[{"a":97},{"a":98}]"#);
    assert!(preview(parquet, 10, 100).expect("rows").is_empty());
    let (_, parquet) = csv("a\n9007199254740993\n").expect("a table");
    assert_eq!(rows(&parquet), [r#"{"a":"9007199254740993"}"#]);
}

#[test]
fn formulas_are_neutralised_and_numbers_are_not() {
    let table = Table {
        columns: vec![
            (
                "=name".to_owned(),
                Values::Texts([Some("=1+1"), Some("@x"), Some("plain, \"q\""), None].into_iter().collect()),
            ),
            ("n".to_owned(), Values::Floats(vec![-1.5, 2.0, f64::NAN, 1e300])),
        ],
    };
    let mut out = Vec::new();
    write(&table, ExportFormat::Csv, &mut out).expect("written");
    assert_eq!(
        String::from_utf8(out).expect("text"),
        "'=name,n\r\n'=1+1,-1.5\r\n'@x,2.0\r\n\"plain, \"\"q\"\"\",\r\n,1e300\r\n"
    );
    let mut out = Vec::new();
    write(&table, ExportFormat::Json, &mut out).expect("written");
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&out).expect("json");
    assert_eq!(rows[0], serde_json::json!({"=name": "=1+1", "n": -1.5}));
    assert_eq!(rows[2]["n"], serde_json::Value::Null);
    let ragged = Table {
        columns: vec![("a".to_owned(), Values::Floats(vec![1.0])), ("b".to_owned(), Values::Floats(vec![]))],
    };
    assert!(write(&ragged, ExportFormat::Csv, std::io::sink()).is_err());
}
