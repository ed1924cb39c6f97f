//! Picks fields out of the server's answers for tables; what is absent becomes a dash.

use crate::output::numbers;
use serde_json::Value;

/// The text at a JSON pointer, or a dash.
pub fn text(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Number(n)) => n.to_string(),
        Some(Value::Bool(b)) => b.to_string(),
        _ => "–".into(),
    }
}

/// A count at a JSON pointer.
pub fn count(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_u64).map_or_else(|| "–".into(), numbers::count)
}

/// A number at a JSON pointer.
pub fn number(value: &Value, pointer: &str, decimals: usize) -> String {
    numbers::maybe(value.pointer(pointer).and_then(Value::as_f64), decimals)
}

/// A percentage at a JSON pointer.
pub fn percent(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer).and_then(Value::as_f64) {
        Some(x) => format!("{}%", numbers::decimal(x, 2)),
        None => "–".into(),
    }
}

/// A size at a JSON pointer.
pub fn bytes(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_u64).map_or_else(|| "–".into(), numbers::bytes)
}

/// A moment at a JSON pointer, to the second, in UTC.
pub fn moment(value: &Value, pointer: &str) -> String {
    let parsed =
        value.pointer(pointer).and_then(Value::as_str).and_then(|t| t.parse::<jiff::Timestamp>().ok());
    parsed.map_or_else(|| "–".into(), |t| t.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_absent_is_a_dash() {
        let value = json!({"a": {"b": "x", "n": 1234, "p": 7.891, "t": "2026-01-02T03:04:05.678Z"}, "e": ""});
        assert_eq!(text(&value, "/a/b"), "x");
        assert_eq!(text(&value, "/e"), "–");
        assert_eq!(count(&value, "/a/n"), "1\u{202f}234");
        assert_eq!(percent(&value, "/a/p"), "7.89%");
        assert_eq!(moment(&value, "/a/t"), "2026-01-02 03:04:05");
        for f in [text, count, percent, bytes, moment] {
            assert_eq!(f(&value, "/none"), "–");
        }
        assert_eq!(number(&value, "/none", 2), "–");
    }
}
