//! Tables that came in: immutable versions with a schema, a profile and a report of refused rows.

use crate::ids::{DatasetKey, DatasetVersionId, UserId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A named table. Its rows live in versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its key.
    pub key: DatasetKey,
    /// What people call it.
    pub title: String,
    /// When it was first uploaded.
    pub created_at: Timestamp,
    /// The newest version.
    pub latest: DatasetVersion,
}

/// One immutable set of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetVersion {
    /// Its identity.
    pub id: DatasetVersionId,
    /// The dataset it belongs to.
    pub dataset: DatasetKey,
    /// 1, 2, 3 … within the dataset.
    pub number: u32,
    /// Rows kept.
    pub rows: u64,
    /// The Parquet object.
    pub object: ObjectRef,
    /// Columns, profile and how the upload was read.
    pub table: TableFacts,
    /// When it came in.
    pub created_at: Timestamp,
    /// Who brought it; none for the system.
    pub created_by: Option<UserId>,
}

/// An immutable object, named by its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// SHA-256 of the bytes, 64 hex digits; also its name in the object store.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// What reading a table found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFacts {
    /// The columns, in order, each with its profile.
    pub columns: Vec<Column>,
    /// How the file was read.
    pub read_as: ReadAs,
    /// Rows left out, with the first of them in full.
    pub refused: Refused,
}

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Whole numbers, 64 bits.
    Integer,
    /// Numbers, 64-bit float.
    Float,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A moment; texts without a zone are taken as UTC.
    Timestamp,
    /// Anything else.
    Text,
}

/// A column and what its values look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// As in the file's header.
    pub name: String,
    /// The type that its values have.
    pub kind: ColumnKind,
    /// Its profile.
    pub profile: ColumnProfile,
}

/// A column's values in short. Numbers are texts where JSON would lose them (e.g. 64-bit integers).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Values present.
    pub count: u64,
    /// Values absent.
    pub missing: u64,
    /// Distinct values; exact up to 10,000, then `None`.
    pub distinct: Option<u64>,
    /// The smallest value, as text.
    pub min: Option<String>,
    /// The largest value, as text.
    pub max: Option<String>,
    /// The arithmetic mean, as text with up to 6 significant decimals; numbers only.
    pub mean: Option<String>,
    /// The commonest values with their counts, at most 10, only where [`Self::distinct`] is exact.
    pub top: Vec<(String, u64)>,
}

/// A file's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// Delimited text with a header line.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

/// How a file was read: detected, or as the caller said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAs {
    /// Its format.
    pub format: FileFormat,
    /// The text encoding, e.g. `utf-8`, `windows-1251`; text formats only.
    pub encoding: Option<String>,
    /// The delimiter; CSV only.
    pub delimiter: Option<char>,
    /// `.` or `,`; CSV only.
    pub decimal: Option<char>,
    /// The date form, e.g. `YYYY-MM-DD`, `DD.MM.YYYY`; where a column holds dates.
    pub dates: Option<String>,
}

/// What a caller says about a file instead of letting it be detected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadOptions {
    /// The format; else by name and content.
    pub format: Option<FileFormat>,
    /// The encoding label (WHATWG); else detected.
    pub encoding: Option<String>,
    /// One ASCII character; else detected.
    pub delimiter: Option<char>,
    /// `.` or `,`; else detected.
    pub decimal: Option<char>,
    /// One of the forms that [`ReadAs::dates`] may show; else detected.
    pub dates: Option<String>,
    /// Columns to keep as text whatever their values look like (codes, telephone numbers); none by default.
    #[serde(default)]
    pub text_columns: Vec<String>,
    /// What to do with a row that does not parse.
    #[serde(default)]
    pub on_error: OnError,
}

/// What to do with a bad row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Refuse the upload whole.
    #[default]
    Refuse,
    /// Leave the row out and keep a report.
    Skip,
}

/// Rows left out of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// How many.
    pub rows: u64,
    /// The first [`Refused::SHOWN`] in full.
    pub first: Vec<BadRow>,
    /// How many for each reason, over all of them.
    pub reasons: Vec<(String, u64)>,
}

impl Refused {
    /// Rows shown in full; the rest is only counted.
    pub const SHOWN: usize = 100;

    /// Adds one bad row.
    pub fn add(&mut self, row: BadRow) {
        self.rows += 1;
        match self.reasons.iter_mut().find(|(reason, _)| *reason == row.reason) {
            Some((_, n)) => *n += 1,
            None => self.reasons.push((row.reason.clone(), 1)),
        }
        if self.first.len() < Self::SHOWN {
            self.first.push(row);
        }
    }
}

/// A row that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// Its line in the file, the header being 1 (row number for Parquet).
    pub line: u64,
    /// The column, where one value is at fault.
    pub column: Option<String>,
    /// The offending text, cut to 200 characters.
    pub text: String,
    /// What is wrong, in words that do not depend on the row, so that rows can be counted by it.
    pub reason: String,
}
