//! SPDX licence expressions: `MIT OR Apache-2.0`, `(A AND B) OR C`, `A WITH exception`.
//!
//! Grammar: SPDX specification, annex D; AND binds tighter than OR. The slash of old crates means OR.

use std::collections::BTreeSet;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// One licence, with its exception if any: `Apache-2.0 WITH LLVM-exception`.
    Licence(String),
    /// All of them apply.
    All(Vec<Expression>),
    /// We may choose.
    Any(Vec<Expression>),
}

impl Expression {
    /// Whether the licences taken are enough.
    pub fn satisfied_by(&self, allowed: &BTreeSet<&str>) -> bool {
        match self {
            Self::Licence(id) => allowed.contains(id.as_str()),
            Self::All(parts) => parts.iter().all(|part| part.satisfied_by(allowed)),
            Self::Any(parts) => parts.iter().any(|part| part.satisfied_by(allowed)),
        }
    }
}

/// Parses an expression; the error says what is wrong with it.
pub fn parse(text: &str) -> Result<Expression, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let expression = any(&mut words)?;
    match words.pop() {
        None => Ok(expression),
        Some(word) => Err(format!("`{word}` is not expected there")),
    }
}

// The words lie in reverse: the next one is the last.
fn any(words: &mut Vec<&str>) -> Result<Expression, String> {
    let mut parts = vec![all(words)?];
    while take(words, "OR") {
        parts.push(all(words)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
}

fn all(words: &mut Vec<&str>) -> Result<Expression, String> {
    let mut parts = vec![one(words)?];
    while take(words, "AND") {
        parts.push(one(words)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
}

fn one(words: &mut Vec<&str>) -> Result<Expression, String> {
    if take(words, "(") {
        let inner = any(words)?;
        return if take(words, ")") { Ok(inner) } else { Err("a parenthesis is not closed".into()) };
    }
    let mut licence = identifier(words)?.to_owned();
    if take(words, "WITH") {
        licence = format!("{licence} WITH {}", identifier(words)?);
    }
    Ok(Expression::Licence(licence))
}

fn identifier<'a>(words: &mut Vec<&'a str>) -> Result<&'a str, String> {
    let word = words.pop().ok_or("it ends where a licence is expected")?;
    let is_name = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | ':'));
    if is_name && !["OR", "AND", "WITH"].contains(&word) {
        Ok(word)
    } else {
        Err(format!("`{word}` is no licence"))
    }
}

fn take(words: &mut Vec<&str>, word: &str) -> bool {
    let next = words.last() == Some(&word);
    if next {
        words.pop();
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn satisfied_or_not() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]);
        let cases = [
            ("MIT", true),
            ("GPL-2.0-only", false),
            ("MIT OR GPL-2.0-only", true),
            ("MIT AND GPL-2.0-only", false),
            ("MIT AND Apache-2.0", true),
            ("MIT/GPL-2.0-only", true),
            ("Apache-2.0 / GPL-2.0-only", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-2.0-only", false),
            // AND binds tighter.
            ("MIT OR Apache-2.0 AND GPL-2.0-only", true),
            ("GPL-2.0-only AND MIT OR Apache-2.0", true),
            ("GPL-2.0-only AND (MIT OR Apache-2.0)", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0 WITH LLVM-exception OR GPL-2.0-only", true),
            // An exception that nobody looked at is not the licence without it.
            ("MIT WITH Classpath-exception-2.0", false),
            ("((MIT))", true),
        ];
        for (text, expected) in cases {
            let expression = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(expression.satisfied_by(&allowed), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let cases = [
            ("", "it ends where a licence is expected"),
            ("MIT OR", "it ends where a licence is expected"),
            ("OR MIT", "`OR` is no licence"),
            ("(MIT", "a parenthesis is not closed"),
            ("MIT)", "`)` is not expected there"),
            ("MIT Apache-2.0", "`Apache-2.0` is not expected there"),
            ("Apache-2.0 WITH", "it ends where a licence is expected"),
            ("MIT*", "`MIT*` is no licence"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Err(expected.to_owned()), "{text}");
        }
    }
}
