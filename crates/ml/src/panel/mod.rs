//! From rows to a panel: one gap-free calendar of periods, one series a key, every gap with a meaning.
//!
//! It decides what counts as history and what as missing; it computes no feature.

mod build;
mod closures;
mod fill;
mod observations;
mod periods;
#[cfg(test)]
mod tests;
mod unusual;

pub use closures::Closures;
pub(crate) use fill::{Filled, continued};
pub use observations::{NumberColumn, Observations, StaticColumn};
pub use periods::Periods;

use jiff::civil::Date;
use vakhta_domain::spec::{Frequency, Missing, Outliers};

/// The largest absolute target that is taken for real.
pub const LARGEST_TARGET: f64 = 1e15;
/// The most cells (series × periods) of a panel.
pub const MAX_CELLS: usize = 1 << 25;

/// How rows become a panel.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelRules {
    /// The length of a period; guessed when left out.
    pub frequency: Option<Frequency>,
    /// What a gap inside a series means.
    pub missing: Missing,
    /// What happens to outliers.
    pub outliers: Outliers,
}

/// Why rows cannot become a panel.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PanelError {
    /// No row at all.
    #[error("the data has no rows: upload rows with a date and a target")]
    NoRows,
    /// A column that is longer or shorter than the others.
    #[error("column `{column}` has {len} values for {rows} rows")]
    Uneven {
        /// The column.
        column: String,
        /// Its values.
        len: usize,
        /// The rows.
        rows: usize,
    },
    /// Every target is missing.
    #[error("the target is missing in all {rows} rows: check the target column")]
    NoTarget {
        /// Rows given.
        rows: usize,
    },
    /// A target that no company sells.
    #[error(
        "series {series} on {date}: target {value} is not a usable number, allowed are values from -1e15 to 1e15"
    )]
    Absurd {
        /// The series.
        series: String,
        /// The day.
        date: Date,
        /// The value.
        value: f64,
    },
    /// Hourly data.
    #[error("frequency H is not supported yet: sum the hours into days and use D, W, M or Q")]
    Hourly,
    /// More cells than memory should be given to.
    #[error(
        "{series} series over {periods} periods are more than {max} cells: look for a wrong date ({first} to {last}) or shorten the history"
    )]
    TooLarge {
        /// Series.
        series: usize,
        /// Periods.
        periods: usize,
        /// Cells possible.
        max: usize,
        /// First date.
        first: Date,
        /// Last date.
        last: Date,
    },
}

/// How a value came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// It was in the data.
    Observed = 0,
    /// A gap that means "nothing was sold".
    Zero = 1,
    /// A gap that was filled to compute features; neither learnt from nor scored.
    Filled = 2,
    /// The branch was closed: zero; neither learnt from nor scored.
    Closed = 3,
}

impl Kind {
    /// Whether the value is learnt from and scored.
    pub fn is_actual(self) -> bool {
        matches!(self, Self::Observed | Self::Zero)
    }

    /// The kind of that number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Observed, Self::Zero, Self::Filled, Self::Closed].get(usize::from(number)).copied()
    }
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its key, one value a series column.
    pub key: Vec<String>,
    /// The period of its first value, counted from the panel's first.
    pub start: usize,
    /// Its values from `start` to the end of the history; all finite.
    pub values: Vec<f64>,
    /// How each came to be.
    pub kinds: Vec<Kind>,
    /// Known-future columns, from the panel's first period to the last known one; missing as NaN.
    pub known: Vec<Vec<f32>>,
    /// Static columns: numbers, or codes of words in alphabetical order; missing as NaN.
    pub statics: Vec<f32>,
    /// On which future days it will be closed.
    pub closures: Closures,
}

impl Series {
    /// The key as people read it.
    pub fn name(&self) -> String {
        self.key.join(" / ")
    }

    /// Value and kind at a period of the panel; none before the series began.
    pub fn at(&self, period: usize) -> Option<(f64, Kind)> {
        let at = period.checked_sub(self.start)?;
        Some((*self.values.get(at)?, *self.kinds.get(at)?))
    }
}

/// Series on one calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The grid of its calendar.
    pub periods: Periods,
    /// The number of its first period on that grid.
    pub first: i64,
    /// Periods of history.
    pub len: usize,
    /// Names of the series columns.
    pub series_columns: Vec<String>,
    /// Names of the known-future columns.
    pub known_names: Vec<String>,
    /// Names of the static columns.
    pub static_names: Vec<String>,
    /// For each of them the words that its codes stand for; empty for numbers.
    pub static_words: Vec<Vec<String>>,
    /// The series, by key.
    pub series: Vec<Series>,
}

impl Panel {
    /// What a series has in a series column or a static one, as people write it; an empty text where it is missing,
    /// none where there is no such column.
    pub fn label(&self, series: usize, column: &str) -> Option<String> {
        let series = self.series.get(series)?;
        if let Some(at) = self.series_columns.iter().position(|name| name == column) {
            return series.key.get(at).cloned();
        }
        let at = self.static_names.iter().position(|name| name == column)?;
        let value = *series.statics.get(at)?;
        let words = self.static_words.get(at).filter(|words| !words.is_empty());
        Some(match words {
            _ if value.is_nan() => String::new(),
            Some(words) => words.get(value as usize).cloned().unwrap_or_default(),
            None => value.to_string(),
        })
    }

    /// The first day of a period, counted from the panel's first.
    pub fn date(&self, period: usize) -> Date {
        self.periods.first_day(self.first + period as i64)
    }

    /// First and last period of the history.
    pub fn history(&self) -> (Date, Date) {
        (self.date(0), self.date(self.len.saturating_sub(1)))
    }

    /// Periods of the season that is repeated most clearly: a week of days, a year of the others.
    pub fn season(&self) -> usize {
        self.periods.frequency.season()
    }
}
