//! Datasets as callers see them.

use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vakhta_domain::dataset::{
    BadRow, Column, ColumnKind, ColumnProfile, Dataset, DatasetVersion, FileFormat, ReadAs, Refused,
};
use vakhta_domain::spec::Frequency;
use vakhta_lifecycle::upload::{Inspection, Preview, RoleGuess};

/// A named table with its newest version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dataset)]
pub struct DatasetView {
    /// Its key.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// When it was first uploaded.
    pub created_at: Timestamp,
    /// When its newest version came in.
    pub updated_at: Timestamp,
    /// The newest version's number.
    pub version: u32,
    /// The newest version's identity.
    pub version_id: String,
    /// Its rows.
    pub rows: u64,
    /// Its size as stored.
    pub bytes: u64,
    /// Its columns.
    pub columns: usize,
}

impl From<&Dataset> for DatasetView {
    fn from(dataset: &Dataset) -> Self {
        let latest = &dataset.latest;
        Self {
            key: dataset.key.as_str().to_owned(),
            title: dataset.title.clone(),
            created_at: dataset.created_at,
            updated_at: latest.created_at,
            version: latest.number,
            version_id: latest.id.as_str().to_owned(),
            rows: latest.rows,
            bytes: latest.object.bytes,
            columns: latest.table.columns.len(),
        }
    }
}

/// A dataset with its columns and how its newest version was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetDetail {
    #[serde(flatten)]
    dataset: DatasetView,
    /// The columns, in order, each with its profile.
    columns_detail: Vec<ColumnView>,
    /// How the file was read.
    read_as: ReadAsView,
    /// Rows left out.
    refused: RefusedView,
    /// SHA-256 of the stored rows.
    sha256: String,
    /// What the columns seem to be for; null where no forecast can be made of them.
    guess: Option<RoleGuessView>,
}

impl DatasetDetail {
    /// A dataset with what its columns seem to be for.
    pub fn new(dataset: Dataset, guess: Option<RoleGuess>) -> Self {
        let view = DatasetView::from(&dataset);
        let version = dataset.latest;
        Self {
            dataset: view,
            columns_detail: version.table.columns.into_iter().map(ColumnView::from).collect(),
            read_as: version.table.read_as.into(),
            refused: version.table.refused.into(),
            sha256: version.object.sha256,
            guess: guess.map(RoleGuessView::from),
        }
    }
}

/// A column and what its values look like.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Column)]
pub struct ColumnView {
    /// As in the file's header.
    pub name: String,
    /// The type of its values.
    #[schema(value_type = words::ColumnKind)]
    pub kind: ColumnKind,
    /// Its profile.
    pub profile: ColumnProfileView,
}

impl From<Column> for ColumnView {
    fn from(Column { name, kind, profile }: Column) -> Self {
        Self { name, kind, profile: profile.into() }
    }
}

/// A column's values in short. Numbers are texts, since JSON would lose 64-bit integers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ColumnProfile)]
pub struct ColumnProfileView {
    /// Values present.
    pub count: u64,
    /// Values absent.
    pub missing: u64,
    /// Distinct values, up to 10,000; null beyond.
    pub distinct: Option<u64>,
    /// The smallest value.
    pub min: Option<String>,
    /// The largest value.
    pub max: Option<String>,
    /// The arithmetic mean, of numbers only.
    pub mean: Option<String>,
    /// The commonest values with their counts, at most 10.
    pub top: Vec<(String, u64)>,
}

impl From<ColumnProfile> for ColumnProfileView {
    fn from(profile: ColumnProfile) -> Self {
        let ColumnProfile { count, missing, distinct, min, max, mean, top } = profile;
        Self { count, missing, distinct, min, max, mean, top }
    }
}

/// How a file was read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReadAs)]
pub struct ReadAsView {
    /// Its format.
    #[schema(value_type = words::FileFormat)]
    pub format: FileFormat,
    /// The text encoding, e.g. `windows-1251`; text formats only.
    pub encoding: Option<String>,
    /// The delimiter; CSV only.
    #[schema(value_type = Option<String>)]
    pub delimiter: Option<char>,
    /// `.` or `,`; CSV only.
    #[schema(value_type = Option<String>)]
    pub decimal: Option<char>,
    /// The date form, e.g. `DD.MM.YYYY`; where a column holds dates.
    pub dates: Option<String>,
}

impl From<ReadAs> for ReadAsView {
    fn from(ReadAs { format, encoding, delimiter, decimal, dates }: ReadAs) -> Self {
        Self { format, encoding, delimiter, decimal, dates }
    }
}

/// Rows left out of a table, or that an upload was refused for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refused)]
pub struct RefusedView {
    /// How many.
    pub rows: u64,
    /// The first hundred in full.
    pub first: Vec<BadRowView>,
    /// How many for each reason, over all of them.
    pub reasons: Vec<(String, u64)>,
}

impl From<Refused> for RefusedView {
    fn from(Refused { rows, first, reasons }: Refused) -> Self {
        Self { rows, first: first.into_iter().map(BadRowView::from).collect(), reasons }
    }
}

/// A row that does not parse.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BadRow)]
pub struct BadRowView {
    /// Its line in the file, the header being 1 (the row's number in Parquet).
    pub line: u64,
    /// The column, where one value is at fault.
    pub column: Option<String>,
    /// The offending text.
    pub text: String,
    /// What is wrong.
    pub reason: String,
}

impl From<BadRow> for BadRowView {
    fn from(BadRow { line, column, text, reason }: BadRow) -> Self {
        Self { line, column, text, reason }
    }
}

/// What columns seem to be for in a forecast.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleGuess)]
pub struct RoleGuessView {
    /// The column of dates.
    pub time: Option<String>,
    /// Columns that name a series.
    pub series: Vec<String>,
    /// The column to predict.
    pub target: Option<String>,
    /// Coarser levels that the series belong to.
    pub hierarchy: Vec<String>,
    /// Columns whose future values may be known ahead.
    pub known_future: Vec<String>,
    /// Columns that do not change within a series.
    pub r#static: Vec<String>,
    /// The length of a period.
    #[schema(value_type = Option<words::Frequency>)]
    pub frequency: Option<Frequency>,
    /// The reasons, in words.
    pub why: Vec<String>,
}

impl From<RoleGuess> for RoleGuessView {
    fn from(guess: RoleGuess) -> Self {
        let RoleGuess { time, series, target, hierarchy, known_future, static_columns, frequency, why } =
            guess;
        Self { time, series, target, hierarchy, known_future, r#static: static_columns, frequency, why }
    }
}

/// One immutable set of rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DatasetVersion)]
pub struct DatasetVersionView {
    /// 1, 2, 3 … within the dataset.
    pub number: u32,
    /// Its identity.
    pub id: String,
    /// Rows kept.
    pub rows: u64,
    /// Its size as stored.
    pub bytes: u64,
    /// SHA-256 of the stored rows.
    pub sha256: String,
    /// When it came in.
    pub created_at: Timestamp,
    /// Who brought it, by id; null for the system.
    pub created_by: Option<String>,
}

impl From<DatasetVersion> for DatasetVersionView {
    fn from(version: DatasetVersion) -> Self {
        Self {
            number: version.number,
            id: version.id.as_str().to_owned(),
            rows: version.rows,
            bytes: version.object.bytes,
            sha256: version.object.sha256,
            created_at: version.created_at,
            created_by: version.created_by.map(|user| user.as_str().to_owned()),
        }
    }
}

/// A column's name and type.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnHead {
    /// As in the file's header.
    pub name: String,
    /// The type of its values.
    #[schema(value_type = words::ColumnKind)]
    pub kind: ColumnKind,
}

/// Some rows of a table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview)]
pub struct PreviewView {
    /// The columns, in order.
    pub columns: Vec<ColumnHead>,
    /// The rows: one value a column, null where it is missing.
    pub rows: Vec<Vec<Value>>,
    /// Rows in all.
    pub total: u64,
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        let columns = preview.columns.into_iter().map(|(name, kind)| ColumnHead { name, kind }).collect();
        Self { columns, rows: preview.rows, total: preview.total }
    }
}

/// The profile of each column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub struct ProfileView {
    /// The columns, in order.
    pub columns: Vec<ColumnView>,
}

/// What reading a file would give; nothing was stored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Inspection)]
pub struct InspectionView {
    /// How the file was read.
    pub read_as: ReadAsView,
    /// The columns, in order, each with its profile.
    pub columns: Vec<ColumnView>,
    /// Rows that can be read.
    pub rows: u64,
    /// The first rows: one value a column, null where it is missing.
    pub preview: Vec<Vec<Value>>,
    /// Rows that cannot be read.
    pub refused: RefusedView,
    /// What the columns seem to be for; null where no forecast can be made of them.
    pub guess: Option<RoleGuessView>,
}

impl From<Inspection> for InspectionView {
    fn from(inspection: Inspection) -> Self {
        Self {
            read_as: inspection.table.read_as.into(),
            columns: inspection.table.columns.into_iter().map(ColumnView::from).collect(),
            rows: inspection.rows,
            preview: inspection.preview.rows,
            refused: inspection.table.refused.into(),
            guess: inspection.guess.map(RoleGuessView::from),
        }
    }
}
