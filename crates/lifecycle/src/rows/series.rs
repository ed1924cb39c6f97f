//! Rows of a forecast: observations of series.

use super::{pick, take};
use bytes::Bytes;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;
use vakhta_domain::spec::ModelSpec;
use vakhta_ml::forecast::{Actual, KnownValue};
use vakhta_ml::panel::{NumberColumn, Observations, StaticColumn};
use vakhta_tables::{ReadError, Since, Table, Values};

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
    read_since(parquet, spec, Date::MIN)
}

/// The same of rows among which are all of a day or later; many earlier ones are not read.
pub fn read_since(parquet: Bytes, spec: &ModelSpec, day: Date) -> Result<Rows, ReadError> {
    let data = &spec.data;
    let time = data.time.as_deref().unwrap_or_default();
    let mut statics: Vec<&String> = data.static_columns.iter().chain(&data.hierarchy).collect();
    for name in data.grouped.iter().flatten() {
        // What names a series is known already, and one column may stand in several groupings.
        if !data.series.contains(name) && !statics.contains(&name) {
            statics.push(name);
        }
    }
    let mut names: Vec<&str> = vec![time, &data.target];
    names.extend(data.series.iter().chain(&data.known_future).map(String::as_str));
    names.extend(statics.iter().map(|name| name.as_str()));
    let mut table = vakhta_tables::columns_since(parquet, &names, Since { column: time, day })?;

    let zone = zone(spec);
    let dates = take(&mut table, time).into_dates_in(time, &zone)?;
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

/// The zone in which times of the data become dates. A spec with an unknown one is refused when it is written.
pub fn zone(spec: &ModelSpec) -> TimeZone {
    let named = spec.data.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    named.unwrap_or(TimeZone::UTC)
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

/// What happened after a model's last period, and what is known ahead since.
pub(crate) fn since(rows: &Observations, end: Date) -> (Vec<Actual>, Vec<KnownValue>) {
    let (mut actuals, mut known) = (Vec::new(), Vec::new());
    for (at, &date) in rows.time.iter().enumerate().filter(|(_, date)| **date > end) {
        let series: Vec<String> = rows.series.iter().map(|column| column[at].to_string()).collect();
        for column in &rows.known_future {
            known.push(KnownValue {
                series: Some(series.clone()),
                date,
                column: column.name.clone(),
                value: column.values[at],
            });
        }
        actuals.push(Actual { series, date, value: rows.target[at] });
    }
    (actuals, known)
}
