//! From a stored table, or from a request, to what an engine learns from or answers: as the spec names the columns.

pub mod records;
pub mod series;

use jiff::civil::Date;
use vakhta_domain::dataset::DatasetVersion;
use vakhta_tables::{Table, Values};

pub(crate) fn take(table: &mut Table, name: &str) -> Values {
    table.take(name).expect("the reader returned every column it was asked for")
}

pub(crate) fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| values[row].clone()).collect()
}

/// The largest value of a date column, as the profile has it.
pub(crate) fn newest_day(dataset: &DatasetVersion, column: &str) -> Option<Date> {
    let column = dataset.table.columns.iter().find(|c| c.name == column)?;
    column.profile.max.as_deref()?.get(..10)?.parse().ok()
}
