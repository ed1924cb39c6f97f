//! Numbers as people write them: decimal point or comma, thousands in groups, any usual minus.
//!
//! A number that does not fit 64 bits, or that begins with a zero, is a code and is not parsed as an integer.

/// Why a text is not the number asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    /// Not a number at all.
    NotANumber,
    /// A number with a fraction or an exponent where a whole one is due.
    NotWhole,
    /// Infinite, or too large for a 64-bit float.
    NotFinite,
    /// A whole number beyond 64 bits.
    TooLarge,
}

/// A number in plain ASCII: sign, digits, `.`, exponent; no groups.
#[derive(Debug, PartialEq, Eq)]
pub struct Plain {
    /// The number.
    pub text: String,
    /// Whether it has neither fraction nor exponent.
    pub whole: bool,
    /// Whether its thousands were in groups.
    pub grouped: bool,
}

/// Longest text taken for a number, bytes: 1e308 written out has 309 digits.
const LONGEST: usize = 400;

/// Reads a whole number. Groups of thousands are allowed.
pub fn integer(text: &[u8], decimal: u8) -> Result<i64, NumberFault> {
    if let Some(value) = short_integer(text) {
        return Ok(value);
    }
    let Some(plain) = plain(text, decimal) else { return Err(not_a_number(text)) };
    if !plain.whole {
        let finite = plain.text.parse::<f64>().is_ok_and(f64::is_finite);
        return Err(if finite { NumberFault::NotWhole } else { NumberFault::NotFinite });
    }
    plain.text.parse().map_err(|_| NumberFault::TooLarge)
}

/// Reads a number as a 64-bit float, correctly rounded; never infinite.
pub fn float(text: &[u8], decimal: u8) -> Result<f64, NumberFault> {
    if let Some(value) = short_float(text, decimal) {
        return Ok(value);
    }
    let Some(plain) = plain(text, decimal) else { return Err(not_a_number(text)) };
    match plain.text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) => Err(NumberFault::NotFinite),
        Err(_) => Err(NumberFault::NotANumber),
    }
}

/// Whether the text names an infinity.
pub fn names_infinity(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    unsigned.eq_ignore_ascii_case(b"inf")
        || unsigned.eq_ignore_ascii_case(b"infinity")
        || unsigned == "∞".as_bytes()
}

fn not_a_number(text: &[u8]) -> NumberFault {
    if names_infinity(text) { NumberFault::NotFinite } else { NumberFault::NotANumber }
}

/// Up to 18 digits with an optional sign: the common case, without a detour.
fn short_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = unsign(text);
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// Up to 15 digits with one decimal mark. Both the digits and the power of ten are exact in a double, so one
/// division rounds correctly (Clinger, 1990, "How to read floating point numbers accurately").
fn short_float(text: &[u8], decimal: u8) -> Option<f64> {
    let (negative, digits) = unsign(text);
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let mut value = 0_u64;
    let mut count = 0_usize;
    let mut fraction = None;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value * 10 + u64::from(digit);
            count += 1;
        } else if byte == decimal && fraction.is_none() {
            fraction = Some(count);
        } else {
            return None;
        }
    }
    if count == 0 || count > 15 {
        return None;
    }
    let places = fraction.map_or(0, |at| count - at);
    let magnitude = value as f64 / POWERS[places];
    Some(if negative { -magnitude } else { magnitude })
}

const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

fn unsign(text: &[u8]) -> (bool, &[u8]) {
    match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Rewrites a number in plain ASCII, or says that it is none under this decimal mark.
pub fn plain(text: &[u8], decimal: u8) -> Option<Plain> {
    if text.len() > LONGEST {
        return None;
    }
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    if let Some(after) = rest.strip_prefix("−".as_bytes()).or_else(|| rest.strip_prefix(b"-")) {
        out.push('-');
        rest = after;
    } else if let Some(after) = rest.strip_prefix(b"+") {
        rest = after;
    }
    let mut digits = 0_usize;
    let mut grouped = false;
    take_digits(&mut rest, &mut out, &mut digits);
    let mut separator: Option<&[u8]> = None;
    while let Some(mark) = group_mark(rest, decimal) {
        let fits = separator.is_none_or(|known| known == mark) && (grouped || (1..=3).contains(&digits));
        let group = &rest[mark.len()..];
        let exactly_three = group.len() >= 3
            && group[..3].iter().all(u8::is_ascii_digit)
            && !group.get(3).is_some_and(u8::is_ascii_digit);
        if !fits || !exactly_three {
            return None;
        }
        separator = Some(mark);
        grouped = true;
        rest = group;
        take_digits(&mut rest, &mut out, &mut digits);
    }
    let mut whole = true;
    if rest.first() == Some(&decimal) {
        whole = false;
        rest = &rest[1..];
        if digits == 0 {
            out.push('0');
        }
        out.push('.');
        take_digits(&mut rest, &mut out, &mut digits);
        out.push('0');
    }
    if digits == 0 {
        return None;
    }
    if matches!(rest.first(), Some(b'e' | b'E')) && !grouped {
        whole = false;
        rest = &rest[1..];
        out.push('e');
        if let Some(sign @ (b'-' | b'+')) = rest.first() {
            out.push(char::from(*sign));
            rest = &rest[1..];
        }
        let mut exponent = 0;
        take_digits(&mut rest, &mut out, &mut exponent);
        if exponent == 0 {
            return None;
        }
    }
    rest.is_empty().then_some(Plain { text: out, whole, grouped })
}

fn take_digits(rest: &mut &[u8], out: &mut String, digits: &mut usize) {
    while let Some(&byte) = rest.first()
        && byte.is_ascii_digit()
    {
        out.push(char::from(byte));
        *digits += 1;
        *rest = &rest[1..];
    }
}

/// The mark between groups of thousands that the text begins with: a space of any usual width, an apostrophe, or
/// whichever of point and comma is not the decimal mark.
fn group_mark(text: &[u8], decimal: u8) -> Option<&[u8]> {
    let other: &[u8] = if decimal == b',' { b"." } else { b"," };
    [other, b" ", b"'", "\u{a0}".as_bytes(), "\u{202f}".as_bytes(), "\u{2009}".as_bytes()]
        .into_iter()
        .find(|mark| text.starts_with(mark))
        .map(|mark| &text[..mark.len()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn floats_with_point_and_comma() {
        let cases: [(&str, u8, Result<f64, NumberFault>); 22] = [
            ("1.5", b'.', Ok(1.5)),
            ("1,5", b',', Ok(1.5)),
            ("-0,25", b',', Ok(-0.25)),
            ("−7", b'.', Ok(-7.0)),
            ("+3", b'.', Ok(3.0)),
            ("1 234,56", b',', Ok(1234.56)),
            ("1\u{a0}234\u{a0}567,8", b',', Ok(1_234_567.8)),
            ("1\u{202f}234", b',', Ok(1234.0)),
            ("1,234.50", b'.', Ok(1234.5)),
            ("1.234,50", b',', Ok(1234.5)),
            ("1'000'000", b'.', Ok(1e6)),
            (".5", b'.', Ok(0.5)),
            ("5.", b'.', Ok(5.0)),
            ("1e3", b'.', Ok(1000.0)),
            ("1,5E-3", b',', Ok(0.0015)),
            ("1e999", b'.', Err(NumberFault::NotFinite)),
            ("-Inf", b'.', Err(NumberFault::NotFinite)),
            ("1,23,456", b'.', Err(NumberFault::NotANumber)),
            ("1234,567.8", b'.', Err(NumberFault::NotANumber)),
            ("1.2.3", b'.', Err(NumberFault::NotANumber)),
            ("12a", b'.', Err(NumberFault::NotANumber)),
            (".", b'.', Err(NumberFault::NotANumber)),
        ];
        for (text, decimal, expected) in cases {
            assert_eq!(float(text.as_bytes(), decimal), expected, "{text}");
        }
    }

    #[test]
    fn integers() {
        let cases: [(&str, u8, Result<i64, NumberFault>); 8] = [
            ("0", b'.', Ok(0)),
            ("-42", b'.', Ok(-42)),
            ("9223372036854775807", b'.', Ok(i64::MAX)),
            ("-9223372036854775808", b'.', Ok(i64::MIN)),
            ("9223372036854775808", b'.', Err(NumberFault::TooLarge)),
            ("12 345", b',', Ok(12_345)),
            ("1.0", b'.', Err(NumberFault::NotWhole)),
            ("", b'.', Err(NumberFault::NotANumber)),
        ];
        for (text, decimal, expected) in cases {
            assert_eq!(integer(text.as_bytes(), decimal), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_float_written_short_reads_back_exactly(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            let text = format!("{value:?}");
            prop_assert_eq!(float(text.as_bytes(), b'.').map(f64::to_bits), Ok(value.to_bits()));
            let comma = text.replace('.', ",");
            prop_assert_eq!(float(comma.as_bytes(), b',').map(f64::to_bits), Ok(value.to_bits()));
        }

        #[test]
        fn money_reads_back_exactly(units in -1_000_000_000_i64..1_000_000_000, cents in 0_u32..100) {
            let text = format!("{units}.{cents:02}");
            prop_assert_eq!(float(text.as_bytes(), b'.').ok(), text.parse::<f64>().ok());
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.,e '\u{a0}]{0,24}") {
            let _ = float(text.as_bytes(), b'.');
            let _ = integer(text.as_bytes(), b',');
        }
    }
}
