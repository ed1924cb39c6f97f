//! Rows as they come from a dataset: columns side by side, in any order.

use jiff::civil::Date;
use std::sync::Arc;

/// A named column of numbers, missing as NaN.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberColumn {
    /// Its name.
    pub name: String,
    /// One value a row.
    pub values: Vec<f64>,
}

/// A column that says what a series is and does not change.
#[derive(Debug, Clone, PartialEq)]
pub enum StaticColumn {
    /// Numbers, missing as NaN.
    Numbers(NumberColumn),
    /// Words.
    Words {
        /// Its name.
        name: String,
        /// One value a row.
        values: Vec<Option<Arc<str>>>,
    },
}

impl StaticColumn {
    /// The column's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Numbers(column) => &column.name,
            Self::Words { name, .. } => name,
        }
    }

    /// Its rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(column) => column.values.len(),
            Self::Words { values, .. } => values.len(),
        }
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The rows of a dataset. All columns have one entry a row.
///
/// Rows after the last one with a target carry the future values of the `known_future` columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observations {
    /// The day, or any day of the period.
    pub time: Vec<Date>,
    /// The names of the columns that name a series; may be empty: then all rows are one series.
    pub series_columns: Vec<String>,
    /// Those columns.
    pub series: Vec<Vec<Arc<str>>>,
    /// What is forecast; NaN where it is missing.
    pub target: Vec<f64>,
    /// Columns whose future is known.
    pub known_future: Vec<NumberColumn>,
    /// Columns that say what a series is.
    pub statics: Vec<StaticColumn>,
}

impl Observations {
    /// The name of a column whose length is not that of `time`, if there is one.
    pub fn uneven_column(&self) -> Option<(&str, usize)> {
        let rows = self.time.len();
        let target = [("target", self.target.len())];
        let series = self.series_columns.iter().zip(&self.series).map(|(n, c)| (n.as_str(), c.len()));
        let known = self.known_future.iter().map(|c| (c.name.as_str(), c.values.len()));
        let statics = self.statics.iter().map(|c| (c.name(), c.len()));
        target.into_iter().chain(series).chain(known).chain(statics).find(|&(_, len)| len != rows)
    }
}
