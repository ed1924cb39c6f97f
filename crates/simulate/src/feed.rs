//! The rows of a dataset in the order in which they would have come: one batch a morning, with the rows of the day
//! before.

use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::spec::ModelSpec;
use vakhta_tables::{ImportError, ReadError};

/// A row, its columns by name.
pub type Row = Map<String, Value>;

/// Why a dataset cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The file cannot be opened.
    #[error("cannot read the file: {0}")]
    Io(#[from] std::io::Error),
    /// It is no table.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The table cannot be read back.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The model is not one that days pass for.
    #[error(
        "model `{0}` is of records, only forecasts are replayed day by day; name a spec with `task: forecast`"
    )]
    NotAForecast(String),
    /// A column that the spec names is not in the table.
    #[error("the table has no column `{0}`, which the spec names")]
    NoColumn(String),
    /// No row has a date.
    #[error("no row has a date in column `{0}`")]
    NoDates(String),
}

/// The columns by which rows are known.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The date.
    pub time: String,
    /// What names a series.
    pub series: Vec<String>,
    /// What is forecast.
    pub target: String,
}

impl Columns {
    /// The columns of a spec.
    pub fn of(spec: &ModelSpec) -> Result<Self, FeedError> {
        let Some(time) = spec.data.time.clone() else {
            return Err(FeedError::NotAForecast(spec.model_key.clone()));
        };
        Ok(Self { time, series: spec.data.series.clone(), target: spec.data.target.clone() })
    }

    /// The day of a row.
    pub fn day(&self, row: &Row) -> Option<Date> {
        row.get(&self.time)?.as_str()?.get(..10)?.parse().ok()
    }

    /// What a row is forecast of.
    pub fn value(&self, row: &Row) -> Option<f64> {
        row.get(&self.target)?.as_f64()
    }

    /// The name of a row's series.
    pub fn name(&self, row: &Row) -> String {
        let part = |column: &String| match row.get(column) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        self.series.iter().map(part).collect::<Vec<_>>().join(" · ")
    }
}

/// Batches of rows by the day that they are about.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    /// What comes on the morning after each day: mostly its rows, but a feed that breaks brings others, or none, and
    /// later the right ones.
    pub batches: BTreeMap<Date, Vec<Row>>,
}

impl Feed {
    /// Reads a file in any form that an upload may have. `scratch` is a file that is written and left there.
    pub fn read(path: &Path, columns: &Columns, scratch: &Path) -> Result<Self, FeedError> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let never_stop = &mut |_, _| ControlFlow::Continue(());
        let texts = columns.series.clone();
        let options = ReadOptions { text_columns: texts, ..ReadOptions::default() };
        let table =
            vakhta_tables::import(&File::open(path)?, name, &options, File::create(scratch)?, never_stop)?;
        let known: BTreeSet<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let named = columns.series.iter().chain([&columns.time, &columns.target]);
        for column in named {
            if !known.contains(column.as_str()) {
                return Err(FeedError::NoColumn(column.clone()));
            }
        }
        let rows = vakhta_tables::preview(File::open(scratch)?, usize::MAX, 0)?;
        let mut feed = Self::default();
        for row in rows {
            if let Some(day) = columns.day(&row) {
                feed.batches.entry(day).or_default().push(row);
            }
        }
        if feed.batches.is_empty() { Err(FeedError::NoDates(columns.time.clone())) } else { Ok(feed) }
    }

    /// The first and the last day.
    pub fn span(&self) -> Option<(Date, Date)> {
        Some((*self.batches.keys().next()?, *self.batches.keys().next_back()?))
    }

    /// The rows up to and with a day, as JSON Lines.
    pub fn until(&self, day: Date) -> String {
        lines(self.batches.range(..=day).flat_map(|(_, rows)| rows))
    }

    /// What comes on the morning after a day, as JSON Lines; none where nothing comes.
    pub fn after(&self, day: Date) -> Option<String> {
        self.batches.get(&day).filter(|rows| !rows.is_empty()).map(|rows| lines(rows.iter()))
    }
}

fn lines<'r>(rows: impl Iterator<Item = &'r Row>) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&serde_json::to_string(row).expect("a row is plain data"));
        text.push('\n');
    }
    text
}
