//! CSV and its options.

use super::{bring, csv, kinds, rows, skip};
use crate::error::ImportError;
use vakhta_domain::dataset::{ColumnKind, FileFormat, ReadOptions};

#[test]
fn a_russian_file_in_windows_1251() {
    let text = "Дата;Филиал;Сумма;Открыт;Код\r\n01.02.2026 0:00:00;Северный;1 234,50;Да;007\r\n\
                02.02.2026 0:00:00;\"Южный; новый\";-5,00;Нет;012\r\n01.01.0001 0:00:00;;99;;\r\n";
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(text);
    let (facts, parquet) = bring(&bytes, "выгрузка.csv", &ReadOptions::default()).expect("a table");
    assert_eq!(facts.read_as.encoding.as_deref(), Some("windows-1251"));
    assert_eq!(facts.read_as.delimiter, Some(';'));
    assert_eq!(facts.read_as.decimal, Some(','));
    assert_eq!(facts.read_as.dates.as_deref(), Some("DD.MM.YYYY HH:MM:SS"));
    assert_eq!(
        rows(&parquet),
        [
            r#"{"Дата":"2026-02-01","Филиал":"Северный","Сумма":1234.5,"Открыт":true,"Код":"007"}"#,
            r#"{"Дата":"2026-02-02","Филиал":"Южный; новый","Сумма":-5.0,"Открыт":false,"Код":"012"}"#,
            r#"{"Дата":null,"Филиал":null,"Сумма":99.0,"Открыт":null,"Код":null}"#,
        ]
    );
    assert_eq!(facts.columns[2].profile.mean.as_deref(), Some("442.833333"));
}

#[test]
fn every_encoding_gives_the_same_table() {
    let text = "дата,город\n2026-01-05,Тула\n2026-01-06,Орёл\n";
    let expected = rows(&csv(text).expect("a table").1);
    let utf16le: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let utf16be: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let marked: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
    let koi8 = encoding_rs::KOI8_R.encode(text).0.into_owned();
    let said = ReadOptions { encoding: Some("koi8-r".to_owned()), ..ReadOptions::default() };
    for (bytes, options) in [
        (utf16le, &ReadOptions::default()),
        (utf16be, &ReadOptions::default()),
        (marked, &ReadOptions::default()),
        (koi8, &said),
    ] {
        assert_eq!(rows(&bring(&bytes, "t.csv", options).expect("a table").1), expected);
    }
}

#[test]
fn bad_rows_are_told_with_line_column_text_and_reason() {
    let text = "date,y,name\n2026-01-01,1,\"two\nlines\"\n2026-01-02,abc,x\n2026-02-30,3,x\n2026-01-04,4\n\
                2026-01-05,5,x,7\n\n2026-01-06,inf,x\n2026-01-07,1e999,x\n2026-01-08,8,\"x\n2026-01-09,9,x\n";
    let error = csv(text).expect_err("bad rows");
    let refused = error.refused().expect("a report");
    let seen: Vec<(u64, Option<&str>, &str, &str)> = refused
        .first
        .iter()
        .map(|r| (r.line, r.column.as_deref(), r.text.as_str(), r.reason.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (4, Some("y"), "abc", "not a number"),
            (5, Some("date"), "2026-02-30", "not a date of the form YYYY-MM-DD"),
            (6, None, "2026-01-04,4", "fewer fields than the header's 3"),
            (7, None, "2026-01-05,5,x,7", "more fields than the header's 3"),
            (9, Some("y"), "inf", "number is not finite"),
            (10, Some("y"), "1e999", "number is not finite"),
            (11, None, "2026-01-08,8,\"x", "a quote is not closed"),
        ]
    );
    assert!(
        error.to_string().starts_with("7 rows do not parse; line 4, column `y`: not a number: `abc`"),
        "{error}"
    );
    let (facts, parquet) = bring(text.as_bytes(), "t.csv", &skip()).expect("a table");
    assert_eq!(facts.refused.rows, 7);
    assert_eq!(
        rows(&parquet),
        [r#"{"date":"2026-01-01","y":1,"name":"two\nlines"}"#, r#"{"date":"2026-01-09","y":9,"name":"x"}"#,]
    );
}

#[test]
fn only_the_first_hundred_bad_rows_are_shown_and_all_are_counted() {
    let mut text = "a,b\n".to_owned();
    for at in 0..500 {
        text.push_str(if at % 2 == 0 { "1,2\n" } else { "1\n" });
    }
    let error = csv(&text).expect_err("bad rows");
    let refused = error.refused().expect("a report");
    assert_eq!((refused.rows, refused.first.len()), (250, 100));
    assert_eq!(refused.reasons, vec![("fewer fields than the header's 2".to_owned(), 250)]);
}

#[test]
fn files_that_are_no_tables() {
    let many = (0..2001).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
    let cases: [(&[u8], &str, &str); 17] = [
        (b"", "t.csv", "the file is empty"),
        (b" \n\n", "t.csv", "the file is empty"),
        (b"a,b\n", "t.csv", "has a header and no rows"),
        (b"a,,c\n1,2,3\n", "t.csv", "column 2 has no name"),
        (b"a,b,a\n1,2,3\n", "t.csv", "column `a` appears twice, at positions 1 and 3"),
        (b"2026-01-01,5\n2026-01-02,6\n", "t.csv", "looks like values"),
        (b"2026-01-01,north,5\n2026-01-02,north,6\n", "t.csv", "looks like values"),
        (b"\"a,b\n", "t.csv", "the header cannot be read"),
        (b"a\0b,c\n1,2\n", "t.csv", "NUL byte"),
        (b"PK\x03\x04rest", "t.xlsx", "Excel"),
        (b"\x1f\x8b\x08rest", "t.csv.gz", "compressed"),
        (b"[{\"a\":1}]", "t.json", "one JSON array"),
        (b"rest", "t.parquet", "does not begin with `PAR1`"),
        (b"PAR1restPAR1", "t.parquet", "parquet file cannot be read"),
        (b"a,b\n1\n2\n", "t.csv", "2 rows do not parse"),
        (b"\n\n{}\n{}\n", "t.jsonl", "2 rows do not parse; line 3: the object has no values"),
        (many.as_bytes(), "t.csv", "2001 columns or more"),
    ];
    for (bytes, name, expected) in cases {
        let error = bring(bytes, name, &ReadOptions::default()).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error} / {expected}");
    }
    let error = bring(b"a,b\n1\n2\n", "t.csv", &skip()).expect_err("nothing left");
    assert!(matches!(error, ImportError::NothingLeft(_)), "{error}");
}

#[test]
fn options_that_contradict_the_file() {
    let base = ReadOptions::default;
    let parquet = csv("a\n1\n").expect("a table").1;
    let cases: [(&[u8], ReadOptions, &str, &str); 13] = [
        (b"a,b\n1,2\n", ReadOptions { format: Some(FileFormat::Parquet), ..base() }, "format", "not parquet"),
        (&parquet, ReadOptions { format: Some(FileFormat::Csv), ..base() }, "format", "is parquet"),
        (&parquet, ReadOptions { delimiter: Some(';'), ..base() }, "delimiter", "not for parquet"),
        (b"{\"a\":1}\n", ReadOptions { decimal: Some(','), ..base() }, "decimal", "not for jsonl"),
        (
            b"a;b\n1;2\n",
            ReadOptions { delimiter: Some(','), ..base() },
            "delimiter",
            "looks delimited by `;`",
        ),
        (b"a\n1\n", ReadOptions { delimiter: Some('"'), ..base() }, "delimiter", "cannot be a delimiter"),
        (b"a\n1\n", ReadOptions { decimal: Some('x'), ..base() }, "decimal", "no decimal mark"),
        (
            b"a;b\n1,5;2\n",
            ReadOptions { decimal: Some('.'), ..base() },
            "decimal",
            "column `a` reads as numbers only",
        ),
        (
            b"a\n1\n",
            ReadOptions { encoding: Some("cp-9".to_owned()), ..base() },
            "encoding",
            "not a known encoding",
        ),
        (
            b"\xff\xfea\0\n\0",
            ReadOptions { encoding: Some("utf-8".to_owned()), ..base() },
            "encoding",
            "begins with the mark of utf-16le",
        ),
        (b"a\n1\n", ReadOptions { dates: Some("YY/DD".to_owned()), ..base() }, "dates", "not a known form"),
        (
            b"d,a\n2026-01-02,1\n",
            ReadOptions { dates: Some("DD.MM.YYYY".to_owned()), ..base() },
            "dates",
            "holds dates of the form YYYY-MM-DD",
        ),
        (
            b"abc\n1\n",
            ReadOptions { text_columns: vec!["abd".to_owned()], ..base() },
            "text_columns",
            "did you mean `abc`",
        ),
    ];
    for (bytes, options, field, expected) in cases {
        let error = bring(bytes, "t", &options).expect_err(expected);
        assert_eq!(error.option(), Some(field), "{error}");
        assert!(error.to_string().contains(expected), "{error} / {expected}");
    }
}

#[test]
fn what_the_caller_says_is_done() {
    let slashes = b"d,a\n01/02/2026,1\n03/04/2026,2\n";
    let options = ReadOptions { dates: Some("MM/DD/YYYY".to_owned()), ..ReadOptions::default() };
    let (_, parquet) = bring(slashes, "t.csv", &options).expect("a table");
    assert_eq!(rows(&parquet)[0], r#"{"d":"2026-01-02","a":1}"#);
    let (_, parquet) = bring(slashes, "t.csv", &ReadOptions::default()).expect("a table");
    assert_eq!(rows(&parquet)[0], r#"{"d":"2026-02-01","a":1}"#);
    let options = ReadOptions { text_columns: vec!["a".to_owned()], ..ReadOptions::default() };
    let (_, parquet) =
        bring(b"a^b\n1^2\n", "t.csv", &ReadOptions { delimiter: Some('^'), ..options }).expect("a table");
    assert_eq!(rows(&parquet)[0], r#"{"a":"1","b":2}"#);
}

#[test]
fn two_forms_of_dates_are_shown_and_accepted_again() {
    let text = "a,b\n2026-01-02,01.02.2026\n2026-01-03,02.02.2026\n";
    let (facts, parquet) = csv(text).expect("a table");
    assert_eq!(facts.read_as.dates.as_deref(), Some("YYYY-MM-DD, DD.MM.YYYY"));
    let again = ReadOptions {
        format: Some(facts.read_as.format),
        encoding: facts.read_as.encoding.clone(),
        delimiter: facts.read_as.delimiter,
        decimal: facts.read_as.decimal,
        dates: facts.read_as.dates.clone(),
        ..ReadOptions::default()
    };
    assert_eq!(rows(&bring(text.as_bytes(), "t", &again).expect("a table").1), rows(&parquet));
}

#[test]
fn missing_words_and_quoted_words() {
    let (facts, parquet) = csv("n,t\nNA,NA\n5,\"NA\"\n\"null\",\"\"\nNaN,null\n").expect("a table");
    assert_eq!(kinds(&facts), [("n", ColumnKind::Integer), ("t", ColumnKind::Text)]);
    assert_eq!(
        rows(&parquet),
        [r#"{"n":null,"t":null}"#, r#"{"n":5,"t":"NA"}"#, r#"{"n":null,"t":null}"#, r#"{"n":null,"t":null}"#]
    );
}
