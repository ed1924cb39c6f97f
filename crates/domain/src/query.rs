//! SQL over what is kept: the question, its limits, the answer, and why there is none.

use crate::ids::WorkspaceId;
use crate::ports::StoreError;
use std::time::Duration;

/// The longest text of a question, bytes.
pub const MAX_SQL_BYTES: usize = 64 << 10;
/// The most rows that one answer may hold.
pub const MAX_ROWS: usize = 100_000;
/// Rows of an answer where nobody says how many.
pub const DEFAULT_ROWS: usize = 10_000;

/// A question about one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The tenant: nothing of another one can be seen.
    pub workspace: WorkspaceId,
    /// One reading statement.
    pub sql: String,
    /// Rows that are wanted at most.
    pub rows: usize,
    /// How far it may go.
    pub limits: QueryLimits,
}

/// How far one question may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    /// The longest time.
    pub time: Duration,
    /// The most memory that its joins, groups and sorts may hold, bytes.
    pub memory_bytes: u64,
    /// The largest answer, bytes in memory; what is beyond it is left out.
    pub answer_bytes: usize,
}

impl QueryLimits {
    /// Where nothing can be asked.
    pub const NOTHING: Self = Self { time: Duration::ZERO, memory_bytes: 0, answer_bytes: 0 };
}

/// What a column of an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// True or false.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers, 64-bit float.
    Float,
    /// Exact decimal numbers, as texts.
    Decimal,
    /// Texts.
    Text,
    /// Days.
    Date,
    /// Times of a day.
    Time,
    /// Moments.
    Timestamp,
    /// Lengths of time, in words.
    Interval,
    /// Lists.
    List,
    /// Anything else, as the engine writes it.
    Other,
}

impl ColumnType {
    /// Every type.
    pub const ALL: [Self; 11] = [
        Self::Boolean,
        Self::Integer,
        Self::Float,
        Self::Decimal,
        Self::Text,
        Self::Date,
        Self::Time,
        Self::Timestamp,
        Self::Interval,
        Self::List,
        Self::Other,
    ];

    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Interval => "interval",
            Self::List => "list",
            Self::Other => "other",
        }
    }
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name; several may have the same.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
}

/// The rows that a question asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The columns.
    pub columns: Vec<AnswerColumn>,
    /// The rows, each with a value a column. Moments are RFC 3339 in UTC, days `YYYY-MM-DD`; a number that is not finite
    /// is null; a whole number beyond 2^53 is a text of its digits, because JSON readers lose them.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows than were wanted, or than an answer may hold.
    pub truncated: bool,
}

/// A place in the text of a question; both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlPlace {
    /// The line.
    pub line: u64,
    /// The character in it.
    pub column: u64,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// This program has no SQL in it.
    #[error("this program was built without SQL; one built with the feature `sql` has it")]
    NotBuilt,
    /// It does more than read, or is no single statement.
    #[error("{0}")]
    Refused(String),
    /// The engine does not understand it, or it cannot be done with these values.
    #[error("{reason}")]
    Wrong {
        /// In the engine's words.
        reason: String,
        /// Where, as far as the engine knows.
        place: Option<SqlPlace>,
    },
    /// As many questions are answered as may be at once, and none of them ended soon.
    #[error("{0} queries are being answered, which is as many as may be at once; try again")]
    Busy(usize),
    /// It took too long and was stopped.
    #[error(
        "the query was stopped after {0} seconds; narrow it, e.g. by model and day, or raise `query_seconds`"
    )]
    TimedOut(u64),
    /// It holds more than it may and was stopped.
    #[error(
        "the query needs more than the {limit_bytes} bytes of memory that it may take ({reason}); group or join \
         fewer rows, or raise `query_memory_bytes`"
    )]
    TooLarge {
        /// What it may take.
        limit_bytes: u64,
        /// What wanted more, in the engine's words.
        reason: String,
    },
    /// What is asked about cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engine failed.
    #[error("the query engine failed: {0}")]
    Failed(String),
}
