//! The delimiter of a CSV file: the one that cuts the first lines into equally many fields, quotes respected.

use crate::error::ImportError;
use crate::text::records::{Split, split};
use crate::text::window::{Charset, Window};
use std::fs::File;

/// Delimiters that are tried, the earlier one first where two do equally well.
pub const KNOWN: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records looked at.
const RECORDS: usize = 500;

/// How a delimiter does on a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trial {
    delimiter: u8,
    /// Fields of the header.
    fields: usize,
    /// Share of the records with as many fields as the header.
    even: f64,
}

/// Finds the delimiter, or checks the caller's.
pub fn detect(file: &File, charset: Charset, said: Option<char>) -> Result<u8, ImportError> {
    let said = said.map(checked).transpose()?;
    let mut window = Window::open(file, charset)?;
    window.fill()?;
    let best = best(window.bytes(), window.ended());
    let Some(delimiter) = said else { return Ok(best.delimiter) };
    let own = trial(window.bytes(), window.ended(), delimiter);
    if own.fields == 1 && best.fields > 1 && best.even > 0.9 {
        let found = char::from(best.delimiter).escape_default().to_string();
        let message = format!(
            "with `{}` the header is one column; the file looks delimited by `{found}`",
            char::from(delimiter).escape_default()
        );
        return Err(ImportError::Options { field: "delimiter", message });
    }
    Ok(delimiter)
}

fn checked(said: char) -> Result<u8, ImportError> {
    let fits = said.is_ascii()
        && !said.is_ascii_alphanumeric()
        && !matches!(said, '"' | '\n' | '\r' | '\0' | '.' | '-');
    if fits {
        return Ok(said as u8);
    }
    let message =
        format!("`{}` cannot be a delimiter; `,` `;` `|` and the tab are usual", said.escape_default());
    Err(ImportError::Options { field: "delimiter", message })
}

fn best(sample: &[u8], ended: bool) -> Trial {
    let mut best = trial(sample, ended, KNOWN[0]);
    for delimiter in &KNOWN[1..] {
        let other = trial(sample, ended, *delimiter);
        if better(other, best) {
            best = other;
        }
    }
    best
}

/// Several columns beat one, above all where most rows agree with the header; then evenness counts, then the columns.
/// A header that is delimited over rows that are not is a faulty file rather than one column of an odd name.
fn better(a: Trial, b: Trial) -> bool {
    let several = |t: Trial| (t.fields > 1 && t.even >= 0.5, t.fields > 1);
    if several(a) != several(b) {
        return several(a) > several(b);
    }
    if (a.even - b.even).abs() > 0.02 {
        return a.even > b.even;
    }
    a.fields > b.fields
}

fn trial(sample: &[u8], ended: bool, delimiter: u8) -> Trial {
    let mut fields = Vec::new();
    let mut rest = sample;
    let mut header = None;
    let (mut rows, mut even) = (0_u32, 0_u32);
    while !rest.is_empty() && (rows as usize) < RECORDS {
        let length = match split(rest, delimiter, ended, &mut fields) {
            Split::Record { length, count, .. } => {
                let blank = rest[..length].trim_ascii().is_empty();
                if header.is_none() && !blank {
                    header = Some(count);
                } else if !blank {
                    rows += 1;
                    even += u32::from(header == Some(count));
                }
                length
            }
            Split::More { .. } => break,
            Split::Unclosed | Split::AfterQuote => {
                rows += 1;
                memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)
            }
        };
        rest = &rest[length..];
    }
    let share = if rows == 0 { 1.0 } else { f64::from(even) / f64::from(rows) };
    Trial { delimiter, fields: header.unwrap_or(1), even: share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters() {
        let cases = [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("a\tb\n1,5\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("date;name;y\n2026-01-01;\"x, y, z\";1\n", b';'),
            ("a,b\n\"1;2;3\",4\n\"5;6\",7\n", b','),
            ("y\n1,5\n2,5\n", b';'),
            ("y\n1\n2\n", b','),
            ("a,b\n", b','),
            ("дата;сумма\n01.02.2026;1 234,56\n", b';'),
        ];
        for (text, expected) in cases {
            assert_eq!(best(text.as_bytes(), true).delimiter, expected, "{text}");
        }
    }

    #[test]
    fn impossible_delimiters() {
        for said in ['"', '\n', 'a', '5', 'ж', '.'] {
            assert!(checked(said).is_err(), "{said:?}");
        }
        assert_eq!(checked('^').ok(), Some(b'^'));
    }
}
