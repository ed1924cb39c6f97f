//! An answer as a file: CSV and JSON Lines.

use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;
use vakhta_domain::query::{Answer, ColumnType};
use vakhta_tables::neutral;

/// A header and a line a row, by RFC 4180. No text begins like a formula; what is absent is empty.
pub fn csv(answer: &Answer) -> String {
    let mut file = String::new();
    let names = answer.columns.iter().map(|column| quoted(&neutral(&column.name)));
    file.push_str(&names.collect::<Vec<_>>().join(","));
    file.push_str("\r\n");
    for row in &answer.rows {
        let cells = row.iter().zip(&answer.columns).map(|(value, column)| cell(value, column.kind));
        let line = cells.collect::<Vec<_>>().join(",");
        // A line with nothing on it would be read as no row at all.
        file.push_str(if line.is_empty() { "\"\"" } else { &line });
        file.push_str("\r\n");
    }
    file
}

fn cell(value: &Value, kind: ColumnType) -> String {
    match value {
        Value::Null => String::new(),
        // An empty text is not an absent one.
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) if matches!(kind, ColumnType::Integer | ColumnType::Decimal) => text.clone(),
        Value::String(text) => quoted(&neutral(text)),
        other => quoted(&other.to_string()),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', ';', '\t']) || text.trim().len() != text.len() {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// An object a line. Columns of one name are told apart by a number.
pub fn jsonl(answer: &Answer) -> String {
    let keys: Vec<String> = keys(answer).iter().map(|key| Value::from(key.as_str()).to_string()).collect();
    let mut file = String::new();
    for row in &answer.rows {
        // By hand, so that the fields keep the order of the columns.
        let fields = keys.iter().zip(row).map(|(key, value)| format!("{key}:{value}"));
        let fields = fields.collect::<Vec<_>>().join(",");
        let _ = writeln!(file, "{{{fields}}}");
    }
    file
}

fn keys(answer: &Answer) -> Vec<String> {
    let mut taken = HashSet::new();
    let names = answer.columns.iter().map(|column| {
        let mut name = column.name.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{}_{number}", column.name);
            number += 1;
        }
        name
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use vakhta_domain::query::AnswerColumn;

    fn answer() -> Answer {
        let column = |name: &str, kind| AnswerColumn { name: name.into(), kind };
        Answer {
            columns: vec![
                column("n", ColumnType::Integer),
                column("text", ColumnType::Text),
                column("n", ColumnType::Float),
            ],
            rows: vec![
                vec![json!("-9223372036854775808"), json!("=1+1"), json!(0.1)],
                vec![json!(1), json!("a, \"b\"\n"), json!(null)],
                vec![json!(null), json!(""), json!(-2.5)],
            ],
            truncated: false,
        }
    }

    #[test]
    fn csv_keeps_numbers_and_tames_formulas() {
        let expected =
            "n,text,n\r\n-9223372036854775808,'=1+1,0.1\r\n1,\"a, \"\"b\"\"\n\",\r\n,\"\",-2.5\r\n";
        assert_eq!(csv(&answer()), expected);
        let one = AnswerColumn { name: "x".into(), kind: ColumnType::Text };
        let none = Answer { columns: vec![one], rows: vec![vec![json!(null)]], truncated: false };
        assert_eq!(csv(&none), "x\r\n\"\"\r\n", "a row of nothing is a row");
    }

    #[test]
    fn json_lines_keep_the_order_and_every_column() {
        let lines = jsonl(&answer());
        let first = lines.lines().next().expect("a line");
        assert_eq!(first, r#"{"n":"-9223372036854775808","text":"=1+1","n_2":0.1}"#);
        assert_eq!(lines.lines().count(), 3);
    }
}
