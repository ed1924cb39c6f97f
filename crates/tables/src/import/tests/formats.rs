//! JSON Lines, Parquet, progress.

use super::{bring, csv, file, kinds, rows};
use crate::error::ImportError;
use crate::import::import;
use std::ops::ControlFlow;
use vakhta_domain::dataset::{ColumnKind, ReadOptions};

#[test]
fn json_lines() {
    let text = "{\"when\":\"2026-01-01\",\"y\":1,\"s\":\"a\"}\n\n{\"when\":\"2026-01-02\",\"y\":2.5,\"late\":true}\n\
                {\"y\":null,\"big\":18446744073709551615}\n";
    let (facts, parquet) = bring(text.as_bytes(), "t.jsonl", &ReadOptions::default()).expect("a table");
    assert_eq!(
        kinds(&facts),
        [
            ("when", ColumnKind::Date),
            ("y", ColumnKind::Float),
            ("s", ColumnKind::Text),
            ("late", ColumnKind::Boolean),
            ("big", ColumnKind::Text)
        ]
    );
    assert_eq!(rows(&parquet)[1], r#"{"when":"2026-01-02","y":2.5,"s":null,"late":true,"big":null}"#);
    assert_eq!(
        rows(&parquet)[2],
        r#"{"when":null,"y":null,"s":null,"late":null,"big":"18446744073709551615"}"#
    );
    assert_eq!(facts.columns[3].profile.missing, 2);

    let bad = "{\"a\":1}\n{\"a\":{\"b\":1}}\n{\"a\":2,\"a\":3}\n{\"a\":\"x\"}\n[1]\n{\"a\":4\n{\"a\":5}\n{\"a\":6}\n";
    let error = bring(bad.as_bytes(), "t.jsonl", &ReadOptions::default()).expect_err("bad rows");
    let seen: Vec<(u64, Option<&str>, &str)> = error
        .refused()
        .expect("a report")
        .first
        .iter()
        .map(|r| (r.line, r.column.as_deref(), r.reason.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (2, Some("a"), "value is an object or a list"),
            (3, Some("a"), "key appears twice"),
            (4, Some("a"), "not a number"),
            (5, None, "not a JSON object"),
            (6, None, "not valid JSON"),
        ]
    );
}

#[test]
fn our_parquet_comes_in_unchanged() {
    let (facts, parquet) =
        csv("d,t,i,f,b,s\n2026-01-01,2026-01-01T10:00:00Z,1,1.5,true,x\n,,,,,\n").expect("a table");
    let (again, second) = bring(&parquet, "t.parquet", &ReadOptions::default()).expect("a table");
    assert_eq!(kinds(&again), kinds(&facts));
    assert_eq!(rows(&second), rows(&parquet));
    assert_eq!(again.columns, facts.columns);
}

#[test]
fn parquet_of_other_programs() {
    use arrow_array::{
        ArrayRef, Decimal128Array, Float32Array, LargeStringArray, ListArray, RecordBatch,
        TimestampNanosecondArray, UInt64Array, types::Int32Type,
    };
    use std::sync::Arc;
    let day = 1_767_225_600_000_000_000;
    let dictionary: arrow_array::DictionaryArray<Int32Type> = ["x", "y"].into_iter().collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("pandas", Arc::new(TimestampNanosecondArray::from(vec![day, day + 86_400_000_000_000]))),
        ("utc", Arc::new(TimestampNanosecondArray::from(vec![Some(day), None]).with_timezone("UTC"))),
        (
            "money",
            Arc::new(
                Decimal128Array::from(vec![1_234_i128, -5])
                    .with_precision_and_scale(20, 2)
                    .expect("a decimal"),
            ),
        ),
        ("f32", Arc::new(Float32Array::from(vec![0.1, f32::NAN]))),
        ("u64", Arc::new(UInt64Array::from(vec![1, 2]))),
        ("large", Arc::new(LargeStringArray::from(vec!["2026-01-01", "2026-01-02"]))),
        ("coded", Arc::new(dictionary)),
    ];
    let written = |columns: Vec<(&str, ArrayRef)>, codec| {
        let batch = RecordBatch::try_from_iter(columns).expect("a batch");
        let properties =
            parquet::file::properties::WriterProperties::builder().set_compression(codec).build();
        let mut out = Vec::new();
        let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), Some(properties))
            .expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        out
    };
    let bytes = written(columns, parquet::basic::Compression::SNAPPY);
    let (facts, parquet) = bring(&bytes, "t.parquet", &ReadOptions::default()).expect("a table");
    assert_eq!(facts.read_as.dates.as_deref(), Some("YYYY-MM-DD"));
    assert_eq!(
        rows(&parquet),
        [
            r#"{"pandas":"2026-01-01","utc":"2026-01-01T00:00:00Z","money":12.34,"f32":0.1,"u64":1,"large":"2026-01-01","coded":"x"}"#,
            r#"{"pandas":"2026-01-02","utc":null,"money":-0.05,"f32":null,"u64":2,"large":"2026-01-02","coded":"y"}"#,
        ]
    );
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let bytes =
        written(vec![("tags", Arc::new(list) as ArrayRef)], parquet::basic::Compression::UNCOMPRESSED);
    let error = bring(&bytes, "t.parquet", &ReadOptions::default()).expect_err("a list");
    assert!(error.to_string().starts_with("column `tags` is a structure, a list or a map"), "{error}");
    let cut = &bytes[..bytes.len() - 3];
    assert!(
        bring(cut, "t.parquet", &ReadOptions::default())
            .expect_err("cut")
            .to_string()
            .contains("may be cut off")
    );
}

#[test]
fn an_import_can_be_stopped_and_tells_how_far_it_is() {
    let text: String =
        std::iter::once("a\n".to_owned()).chain((0..200_000).map(|at| format!("{at}\n"))).collect();
    let source = file(text.as_bytes());
    let mut told = Vec::new();
    let options = ReadOptions::default();
    import(&source, "t.csv", &options, std::io::sink(), &mut |done, total| {
        told.push((done, total));
        ControlFlow::Continue(())
    })
    .expect("a table");
    let whole = text.len() as u64 * 2;
    assert!(told.windows(2).all(|pair| pair[0].0 <= pair[1].0) && told.len() > 50);
    assert_eq!(told.last(), Some(&(whole, whole)));
    let error = import(&source, "t.csv", &options, std::io::sink(), &mut |done, _| {
        if done > 500_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .expect_err("stopped");
    assert!(matches!(error, ImportError::Cancelled));
}
