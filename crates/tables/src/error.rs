//! What can go wrong when a table is brought in, read back or written out.

use crate::limits;
use vakhta_domain::dataset::Refused;

/// Why a file did not become a table.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file or the place for the result failed.
    #[error("reading or writing the table failed: {0}")]
    Io(#[from] std::io::Error),
    /// No bytes, or nothing but blanks.
    #[error("the file is empty; it needs a header and rows")]
    Empty,
    /// No rows under the header.
    #[error("the file has a header and no rows")]
    HeaderOnly,
    /// The first line reads as data.
    #[error("the first line `{0}` looks like values, not like column names; add a header line")]
    NoHeader(String),
    /// The first line does not parse.
    #[error("the header cannot be read: {reason}; it begins `{text}`")]
    Header {
        /// What is wrong with it.
        reason: String,
        /// Its beginning.
        text: String,
    },
    /// A column without a name.
    #[error("column {position} has no name; name every column in the header")]
    UnnamedColumn {
        /// Its position from 1.
        position: usize,
    },
    /// Two columns of one name.
    #[error("column `{name}` appears twice, at positions {first} and {second}; rename one of them")]
    DuplicateColumn {
        /// The name.
        name: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// Too many columns.
    #[error("the file has {0} columns or more; at most {max} are taken", max = limits::COLUMNS)]
    TooManyColumns(usize),
    /// The caller's options contradict the file or each other.
    #[error("`{field}`: {message}")]
    Options {
        /// The option at fault.
        field: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
    /// Not a format that is read.
    #[error("{0}")]
    Format(String),
    /// Quote characters all over the file.
    #[error("over {max} quotes are never closed, the first on line {first_line}; is the delimiter right, and are quotes doubled inside quoted values?", max = limits::OPEN_QUOTES)]
    Quotes {
        /// Line of the first.
        first_line: u64,
    },
    /// A column of a Parquet file that is no table column.
    #[error("column `{column}` is {found}; a table takes numbers, booleans, texts, dates and timestamps")]
    UnfitColumn {
        /// Its name.
        column: String,
        /// What it is.
        found: String,
    },
    /// A Parquet file that cannot be read.
    #[error("the parquet file cannot be read: {0}")]
    Parquet(String),
    /// Rows that do not parse, and [`vakhta_domain::dataset::OnError::Refuse`].
    #[error("{}", bad_rows(.0))]
    BadRows(Box<Refused>),
    /// Every row was left out.
    #[error("no row could be read; {}", bad_rows(.0))]
    NothingLeft(Box<Refused>),
    /// New rows lack a column that the table has.
    #[error("the new rows have no column `{0}`, and the dataset has it")]
    MissingColumn(String),
    /// New rows hold another kind of values than the table.
    #[error("column `{column}` holds {found} in the new rows and {had} in the dataset")]
    OtherKind {
        /// The column.
        column: String,
        /// What the table holds.
        had: &'static str,
        /// What the new rows hold.
        found: &'static str,
    },
    /// More new rows than are compared at once.
    #[error("over {max} new rows at once; give smaller files, or a watermark", max = limits::NEW_ROWS)]
    TooManyNewRows,
    /// The caller asked to stop.
    #[error("the import was cancelled")]
    Cancelled,
}

impl ImportError {
    /// The report of bad rows, where there is one.
    pub fn refused(&self) -> Option<&Refused> {
        match self {
            Self::BadRows(refused) | Self::NothingLeft(refused) => Some(refused),
            _ => None,
        }
    }

    /// The option at fault, where it is one.
    pub fn option(&self) -> Option<&'static str> {
        match self {
            Self::Options { field, .. } => Some(field),
            _ => None,
        }
    }
}

fn bad_rows(refused: &Refused) -> String {
    let rows = refused.rows;
    let noun = if rows == 1 { "row does" } else { "rows do" };
    let first = refused.first.first().map_or_else(String::new, |row| {
        let column = row.column.as_ref().map_or_else(String::new, |name| format!(", column `{name}`"));
        format!("; line {}{column}: {}: `{}`", row.line, row.reason, row.text)
    });
    format!(
        "{rows} {noun} not parse{first}; correct the file, name the column in `text_columns` or leave such rows out with `on_error=skip`"
    )
}

/// Why a stored table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No such column.
    #[error("there is no column `{name}`{}; the table has {}", nearest_words(.nearest.as_ref()), listed(.columns))]
    NoColumn {
        /// The name asked for.
        name: String,
        /// The most alike, where one is.
        nearest: Option<String>,
        /// All columns.
        columns: Vec<String>,
    },
    /// A column of another kind than is needed.
    #[error("column `{name}` holds {found}, and {needed} are needed")]
    WrongKind {
        /// The column.
        name: String,
        /// What it holds.
        found: &'static str,
        /// What was asked for.
        needed: &'static str,
    },
    /// The stored Parquet cannot be read.
    #[error("the stored table cannot be read: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The stored Parquet holds what we never write.
    #[error("the stored table is not in this program's form: {0}")]
    Foreign(String),
}

impl From<arrow_schema::ArrowError> for ReadError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Parquet(error.into())
    }
}

fn nearest_words(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn listed(columns: &[String]) -> String {
    const MOST: usize = 20;
    let text = columns.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if columns.len() > MOST { format!("{text} and {} more", columns.len() - MOST) } else { text }
}

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The place for it failed.
    #[error("writing the table failed: {0}")]
    Io(#[from] std::io::Error),
    /// Parquet could not be made.
    #[error("writing the table as parquet failed: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// JSON could not be made.
    #[error("writing the table as json failed: {0}")]
    Json(#[from] serde_json::Error),
    /// Columns of different lengths.
    #[error("column `{name}` has {found} rows, and the first column has {expected}")]
    Ragged {
        /// The column.
        name: String,
        /// Its rows.
        found: usize,
        /// The rows of the first column.
        expected: usize,
    },
}

impl From<arrow_schema::ArrowError> for WriteError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Parquet(error.into())
    }
}
