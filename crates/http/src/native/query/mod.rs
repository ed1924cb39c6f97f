//! Questions in SQL.

pub mod run;

use crate::problem::Problem;
use axum::http::StatusCode;
use vakhta_domain::query::QueryError;

/// When to come again where as many queries are answered as may be, seconds.
const AGAIN: u64 = 2;

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let words = error.to_string();
        match error {
            QueryError::NotBuilt => Self::new(StatusCode::NOT_IMPLEMENTED, "no_sql", words),
            QueryError::Refused(_) => Self::bad_request("query_refused", words),
            QueryError::Wrong { place: None, .. } => Self::bad_request("bad_sql", words),
            QueryError::Wrong { place: Some(place), .. } => {
                let words = format!("{words} (line {}, column {})", place.line, place.column);
                Self::bad_request("bad_sql", words)
            }
            QueryError::Busy(_) => Self::unavailable("queries_busy", words, AGAIN),
            QueryError::TimedOut(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "query_timed_out", words),
            QueryError::TooLarge { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "query_too_large", words)
            }
            QueryError::Store(error) => error.into(),
            failed @ QueryError::Failed(_) => Self::internal(&failed),
        }
    }
}
