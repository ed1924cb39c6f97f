//! What a cell may be: a set of readings as bits, found in one look, so that a column's kind can be decided after
//! all its rows from a short list of (set, count).

use super::date::{self, DateForm};
use super::number;

/// A set of readings. The lowest bits are [`DateForm::bit`].
pub type Shape = u32;

/// A day or moment typed as such by the file.
pub const TYPED_DATE: Shape = 1 << 14;
/// Any date reading.
pub const DATES: Shape = (1 << 15) - 1;
/// Whole under the decimal point.
pub const WHOLE_POINT: Shape = 1 << 15;
/// Whole under the decimal comma.
pub const WHOLE_COMMA: Shape = 1 << 16;
/// A number under the decimal point.
pub const NUMBER_POINT: Shape = 1 << 17;
/// A number under the decimal comma.
pub const NUMBER_COMMA: Shape = 1 << 18;
/// Digits that an integer would not keep: leading zeros, `+` and ten digits, more than 64 bits.
pub const CODE: Shape = 1 << 19;
/// True or false.
pub const BOOLEAN: Shape = 1 << 20;
/// A number that is not finite.
pub const NOT_FINITE: Shape = 1 << 21;
/// Looks like a number and is none.
pub const LIKE_NUMBER: Shape = 1 << 22;
/// Looks like a date and is none.
pub const LIKE_DATE: Shape = 1 << 23;
/// A date with a time of day or a zone.
pub const TIMED: Shape = 1 << 24;
/// Says nothing about the kind: a quoted `NA`, 1C's empty date.
pub const NEUTRAL: Shape = 1 << 25;
/// Absent.
pub const MISSING: Shape = 1 << 26;

/// Every number reading of a plain whole number.
pub const WHOLE: Shape = WHOLE_POINT | WHOLE_COMMA | NUMBER_POINT | NUMBER_COMMA;
/// Every reading of a number with a fraction, whatever its decimal mark.
pub const NUMBER: Shape = NUMBER_POINT | NUMBER_COMMA;

/// The readings of a trimmed, non-empty cell of text.
pub fn of_cell(text: &str) -> Shape {
    let bytes = text.as_bytes();
    match bytes[0] {
        b'0'..=b'9' => of_digits(bytes),
        b'-' | b'+' | b'.' | b',' => of_number(bytes),
        _ if text.starts_with('−') => of_number(bytes),
        _ => of_word(text),
    }
}

/// The readings of a text that a typed format holds: only dates are looked for in it.
pub fn of_string(text: &str) -> Shape {
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(u8::is_ascii_digit) && bytes.len() > 7 || bytes.len() == 7 {
        return of_date(bytes) & !DateForm::Compact.bit();
    }
    0
}

fn of_word(text: &str) -> Shape {
    if super::boolean(text).is_some() {
        BOOLEAN
    } else if number::names_infinity(text.as_bytes()) {
        NOT_FINITE
    } else {
        0
    }
}

fn of_digits(bytes: &[u8]) -> Shape {
    let mut marks = 0;
    let mut mark = 0_u8;
    for &byte in bytes {
        if !byte.is_ascii_digit() {
            marks += 1;
            mark = byte;
        }
    }
    match marks {
        0 => of_whole(bytes),
        1 if mark == b'.' && bytes.len() <= 16 && one_sided(bytes, b'.') => NUMBER_POINT,
        1 if mark == b',' && bytes.len() <= 16 && one_sided(bytes, b',') => NUMBER_COMMA,
        _ => {
            let dates = of_date(bytes);
            if dates == 0 { of_number(bytes) } else { dates }
        }
    }
}

/// Whether a digits-mark-digits text cannot be grouped thousands, so that the mark is a decimal mark for certain.
fn one_sided(bytes: &[u8], mark: u8) -> bool {
    let at = bytes.iter().position(|b| *b == mark).unwrap_or(0);
    at > 3 || bytes.len() - at != 4
}

fn of_whole(bytes: &[u8]) -> Shape {
    if bytes.len() > 1 && bytes[0] == b'0' || bytes.len() > 18 && number::integer(bytes, b'.').is_err() {
        return CODE | NUMBER;
    }
    if bytes.len() == 8 { WHOLE | of_date(bytes) & DATES } else { WHOLE }
}

fn of_date(bytes: &[u8]) -> Shape {
    let Some(parts) = date::parts(bytes) else { return 0 };
    let mut shape = 0;
    for form in DateForm::ALL {
        if let Some(moment) = parts.read(form) {
            if moment.days == date::EMPTY_1C {
                return NEUTRAL;
            }
            shape |= form.bit();
            if !moment.is_day() {
                shape |= TIMED;
            }
        }
    }
    if shape == 0 && bytes.len() != 8 { LIKE_DATE } else { shape }
}

fn of_number(bytes: &[u8]) -> Shape {
    let mut shape = 0;
    let mut code = false;
    for (decimal, whole_bit, number_bit) in
        [(b'.', WHOLE_POINT, NUMBER_POINT), (b',', WHOLE_COMMA, NUMBER_COMMA)]
    {
        let Some(plain) = number::plain(bytes, decimal) else { continue };
        if number::float(bytes, decimal).is_err() {
            shape |= NOT_FINITE;
            continue;
        }
        shape |= number_bit;
        if plain.whole {
            let digits = plain.text.trim_start_matches('-');
            let padded = !plain.grouped && digits.len() > 1 && digits.starts_with('0');
            let telephone = bytes[0] == b'+' && digits.len() >= 10;
            if padded || telephone || plain.text.parse::<i64>().is_err() {
                code = true;
            } else {
                shape |= whole_bit;
            }
        }
    }
    if code {
        shape |= CODE;
    }
    if shape == 0 {
        if number::names_infinity(bytes) {
            return NOT_FINITE;
        }
        let alike =
            |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b',' | b' ' | b'e' | b'E');
        if bytes.iter().all(alike) && bytes.iter().any(u8::is_ascii_digit) {
            return LIKE_NUMBER;
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings() {
        let cases = [
            ("5", WHOLE),
            ("-5", WHOLE),
            ("1.5", NUMBER_POINT),
            ("1,5", NUMBER_COMMA),
            ("1.234", NUMBER_POINT | NUMBER_COMMA | WHOLE_COMMA),
            ("1,234", NUMBER_POINT | NUMBER_COMMA | WHOLE_POINT),
            ("1 234", WHOLE),
            ("1 234,5", NUMBER_COMMA),
            ("1,234.5", NUMBER_POINT),
            ("007", CODE | NUMBER),
            ("00.5", NUMBER_POINT),
            ("99999999999999999999", CODE | NUMBER),
            ("+79161234567", CODE | NUMBER),
            ("1e999", NOT_FINITE),
            ("inf", NOT_FINITE),
            ("-Infinity", NOT_FINITE),
            ("12..5", LIKE_NUMBER),
            ("10-20", LIKE_NUMBER),
            ("да", BOOLEAN),
            ("abc", 0),
            ("5%", 0),
            ("31.02.2026", LIKE_DATE),
            ("01.01.0001 0:00:00", NEUTRAL),
            ("20260201", WHOLE | DateForm::Compact.bit()),
            ("2026-02-01", DateForm::Iso.bit() | DateForm::IsoTime.bit() | DateForm::Rfc3339.bit()),
            ("13.02.2026 10:00", DateForm::DotsTime.bit() | TIMED),
            ("13/02/2026", DateForm::SlashDay.bit() | DateForm::SlashDayTime.bit()),
        ];
        for (text, expected) in cases {
            assert_eq!(of_cell(text), expected, "{text}: {:b}", of_cell(text));
        }
    }

    #[test]
    fn strings_of_typed_formats_are_only_dates() {
        assert_eq!(of_string("12"), 0);
        assert_eq!(of_string("20260201"), 0);
        assert_ne!(of_string("2026-02-01") & DATES, 0);
        assert_ne!(of_string("2026-02") & DATES, 0);
    }
}
