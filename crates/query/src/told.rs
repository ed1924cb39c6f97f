//! The engine's errors as ours: whose fault it is, in its words, and where.

use datafusion::error::DataFusionError;
use vakhta_domain::query::{QueryError, SqlPlace};

/// Longer words of the engine are cut: a list of all columns helps nobody.
const LONGEST: usize = 1_000;

/// An error of the engine, told to the caller. `memory` is what the query may hold, bytes.
pub(crate) fn of(error: &DataFusionError, memory: Option<u64>) -> QueryError {
    let place = error
        .diagnostic()
        .and_then(|diagnostic| diagnostic.span)
        .map(|span| SqlPlace { line: span.start.line, column: span.start.column });
    match error.find_root() {
        DataFusionError::ResourcesExhausted(reason) => {
            // What follows lists every holder of memory.
            let reason = first_line(reason).split(" with top memory consumers").next().unwrap_or_default();
            QueryError::TooLarge { limit_bytes: memory.unwrap_or_default(), reason: shortened(reason) }
        }
        DataFusionError::SQL(error, _) => parsing(&error.to_string()),
        DataFusionError::Internal(reason) => QueryError::Failed(shortened(first_line(reason))),
        DataFusionError::ExecutionJoin(error) => QueryError::Failed(error.to_string()),
        DataFusionError::Collection(errors) => match errors.first() {
            Some(first) => of(first, memory),
            None => QueryError::Failed("errors without a reason".into()),
        },
        root => QueryError::Wrong { reason: shortened(&root.strip_backtrace()), place },
    }
}

/// An error of the parser: it tells the place within its words.
pub(crate) fn parsing(words: &str) -> QueryError {
    if words.contains("recursion limit exceeded") {
        return QueryError::Refused("the query nests too deep".into());
    }
    let place = place_in(words);
    let reason =
        words.rsplit_once(" at Line: ").filter(|_| place.is_some()).map_or(words, |(reason, _)| reason);
    QueryError::Wrong { reason: shortened(reason), place }
}

/// ` … at Line: 1, Column: 8`.
fn place_in(words: &str) -> Option<SqlPlace> {
    let (_, after) = words.rsplit_once("at Line: ")?;
    let (line, column) = after.split_once(", Column: ")?;
    let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
    Some(SqlPlace { line: line.parse().ok()?, column: digits.parse().ok()? })
}

fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or_default()
}

fn shortened(words: &str) -> String {
    if words.chars().count() <= LONGEST {
        return words.to_owned();
    }
    let kept: String = words.chars().take(LONGEST).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_words() {
        let words = "sql parser error: Expected: an expression, found: FROM at Line: 2, Column: 13";
        let QueryError::Wrong { place, reason } = parsing(words) else { panic!("the caller's fault") };
        assert_eq!(place, Some(SqlPlace { line: 2, column: 13 }));
        assert_eq!(reason, "sql parser error: Expected: an expression, found: FROM");
        assert_eq!(place_in("no place"), None);
        assert!(matches!(parsing("sql parser error: recursion limit exceeded"), QueryError::Refused(_)));
    }
}
