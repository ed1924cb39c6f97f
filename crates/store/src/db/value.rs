//! Values on their way into a query. Four kinds are enough: whole numbers (also moments, in microseconds
//! UTC, and truth as 0 and 1), numbers, texts (also JSON) and bytes.

use jiff::Timestamp;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Postgres, Sqlite};
use std::sync::Arc;

/// A value to bind. Absence has a type, because PostgreSQL asks for one.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    /// Always finite: `SQLite` takes what is not a number for nothing.
    Float(Option<f64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

impl Value {
    /// A text. PostgreSQL cannot hold the zero character, so both databases get its replacement.
    fn text(text: Option<String>) -> Self {
        match text {
            Some(text) if text.contains('\0') => Self::Text(Some(text.replace('\0', "\u{fffd}"))),
            text => Self::Text(text),
        }
    }
}

/// The values of a query, in the order of its placeholders.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}
pub(crate) use args;

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(Some(i64::from(number)))
    }
}

/// Counts and sizes; none of ours reaches 2^63.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(Some(i64::from(truth)))
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Int(Some(at.as_microsecond()))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(at: Option<Timestamp>) -> Self {
        Self::Int(at.map(Timestamp::as_microsecond))
    }
}

impl From<Option<u64>> for Value {
    fn from(number: Option<u64>) -> Self {
        Self::Int(number.map(|n| i64::try_from(n).unwrap_or(i64::MAX)))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Some(number).into()
    }
}

/// A number that is not finite is stored as absent.
impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        Self::Float(number.filter(|number| number.is_finite()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(Some(text))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }
}

/// A query for SQLite with its values bound.
pub(super) fn sqlite_query(
    sql: AssertSqlSafe<Arc<str>>,
    values: Vec<Value>,
) -> Query<'static, Sqlite, SqliteArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Float(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Blob(bytes) => query.bind(bytes),
    })
}

/// A query for PostgreSQL with its values bound.
pub(super) fn postgres_query(
    sql: AssertSqlSafe<Arc<str>>,
    values: Vec<Value>,
) -> Query<'static, Postgres, PgArguments> {
    values.into_iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Float(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Blob(bytes) => query.bind(bytes),
    })
}
