//! From a stored table to the engine's observations, as the spec names the columns.

use bytes::Bytes;
use std::sync::Arc;
use vakhta_domain::spec::ModelSpec;
use vakhta_ml::panel::{NumberColumn, Observations, StaticColumn};
use vakhta_tables::{ReadError, Table, Values};

/// The rows of a dataset as a spec sees them, with what people should know about them.
pub struct Rows {
    /// The rows.
    pub observations: Observations,
    /// What was left out and why, in words.
    pub notes: Vec<String>,
}

/// Reads the columns that a spec names. Rows without a date or without a series belong nowhere: they are
/// left out and counted.
pub fn read(parquet: Bytes, spec: &ModelSpec) -> Result<Rows, ReadError> {
    let data = &spec.data;
    let time = data.time.as_deref().unwrap_or_default();
    let statics: Vec<&String> = data.static_columns.iter().chain(&data.hierarchy).collect();
    let mut names: Vec<&str> = vec![time, &data.target];
    names.extend(data.series.iter().chain(&data.known_future).map(String::as_str));
    names.extend(statics.iter().map(|name| name.as_str()));
    let mut table = vakhta_tables::columns(parquet, &names)?;

    let dates = take(&mut table, time).into_dates(time)?;
    let series: Vec<Vec<Option<Arc<str>>>> =
        data.series.iter().map(|name| take(&mut table, name).into_texts().to_rows()).collect();
    let kept: Vec<usize> = (0..dates.len())
        .filter(|&row| dates[row].is_some() && series.iter().all(|c| c[row].is_some()))
        .collect();
    let mut notes = Vec::new();
    if kept.len() < dates.len() {
        notes.push(format!("{} rows without a date or a series were left out", dates.len() - kept.len()));
    }
    let observations = Observations {
        time: kept.iter().filter_map(|&row| dates[row]).collect(),
        series_columns: data.series.clone(),
        series: series
            .iter()
            .map(|column| kept.iter().filter_map(|&row| column[row].clone()).collect())
            .collect(),
        target: pick(&take(&mut table, &data.target).into_floats(&data.target)?, &kept),
        known_future: data
            .known_future
            .iter()
            .map(|name| {
                let values = take(&mut table, name).into_floats(name)?;
                Ok(NumberColumn { name: name.clone(), values: pick(&values, &kept) })
            })
            .collect::<Result<_, ReadError>>()?,
        statics: statics
            .into_iter()
            .map(|name| fixed(&mut table, name, &kept))
            .collect::<Result<_, ReadError>>()?,
    };
    Ok(Rows { observations, notes })
}

fn fixed(table: &mut Table, name: &str, kept: &[usize]) -> Result<StaticColumn, ReadError> {
    Ok(match take(table, name) {
        values @ (Values::Floats(_) | Values::Integers(_)) => {
            let values = pick(&values.into_floats(name)?, kept);
            StaticColumn::Numbers(NumberColumn { name: name.to_owned(), values })
        }
        values => {
            let rows = values.into_texts().to_rows();
            StaticColumn::Words { name: name.to_owned(), values: pick(&rows, kept) }
        }
    })
}

fn take(table: &mut Table, name: &str) -> Values {
    table.take(name).expect("the reader returned every column it was asked for")
}

fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| values[row].clone()).collect()
}
