//! One cell of text: what it may be (`shape`), and its value once the column's kind is known.
//!
//! Never knows about rows, columns or files.

pub mod date;
pub mod number;
pub mod shape;

/// Whether an unquoted cell stands for an absent value: empty, `NaN`, `NA`, `N/A`, `#N/A` or `null`.
pub fn is_missing(text: &[u8]) -> bool {
    match text.len() {
        0 => true,
        2 => text.eq_ignore_ascii_case(b"na"),
        3 => text.eq_ignore_ascii_case(b"nan") || text.eq_ignore_ascii_case(b"n/a"),
        4 => text.eq_ignore_ascii_case(b"null") || text.eq_ignore_ascii_case(b"#n/a"),
        _ => false,
    }
}

/// Reads a word for true or false, English or Russian (1C writes `Истина` and `Ложь`).
pub fn boolean(text: &str) -> Option<bool> {
    if text.len() > 12 {
        return None;
    }
    if text.is_ascii() {
        return if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("yes") {
            Some(true)
        } else if text.eq_ignore_ascii_case("false") || text.eq_ignore_ascii_case("no") {
            Some(false)
        } else {
            None
        };
    }
    match text.to_lowercase().as_str() {
        "да" | "истина" => Some(true),
        "нет" | "ложь" => Some(false),
        _ => None,
    }
}

/// Strips ASCII blanks and no-break spaces from both ends.
pub fn trim(text: &str) -> &str {
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(first), Some(last)) if is_plain(*first) && is_plain(*last) => text,
        _ => text.trim_matches([' ', '\t', '\u{a0}', '\u{202f}', '\r', '\n']),
    }
}

/// Whether a byte at the edge of a text cannot belong to a blank.
fn is_plain(byte: u8) -> bool {
    byte > b' ' && byte < 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_values() {
        for text in ["", "NaN", "nan", "NA", "N/A", "#N/A", "null", "NULL"] {
            assert!(is_missing(text.as_bytes()), "{text}");
        }
        for text in ["0", "-", "none", "нет", "nano"] {
            assert!(!is_missing(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn words_for_true_and_false() {
        let cases = [
            ("true", Some(true)),
            ("No", Some(false)),
            ("Да", Some(true)),
            ("ЛОЖЬ", Some(false)),
            ("1", None),
            ("может быть", None),
        ];
        for (text, expected) in cases {
            assert_eq!(boolean(text), expected, "{text}");
        }
    }

    #[test]
    fn blanks_are_stripped() {
        assert_eq!(trim("\u{a0} 5 \t"), "5");
        assert_eq!(trim("да "), "да");
        assert_eq!(trim("   "), "");
    }
}
