//! A forecast as a file: one row a series and period.

use super::ServeError;
use super::answer::ForecastAnswer;
use vakhta_domain::ids::VersionId;
use vakhta_tables::{Table, Values};

pub use vakhta_tables::ExportFormat;

/// Writes a forecast in a format: the series columns, `date`, `step`, `value`, and `lo80`, `hi80` … for each
/// interval level.
pub async fn export(answer: &ForecastAnswer, format: ExportFormat) -> Result<Vec<u8>, ServeError> {
    bytes(table(answer), answer.version.clone(), format).await
}

/// A table of what a version answered, written on a blocking thread.
pub(super) async fn bytes(
    table: Table,
    version: VersionId,
    format: ExportFormat,
) -> Result<Vec<u8>, ServeError> {
    let written = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        vakhta_tables::write(&table, format, &mut bytes).map(|()| bytes)
    });
    match written.await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(ServeError::Unusable { version, reason: error.to_string() }),
        Err(panic) => Err(ServeError::Unusable { version, reason: panic.to_string() }),
    }
}

/// A forecast as columns.
pub fn table(answer: &ForecastAnswer) -> Table {
    let rows: Vec<_> = answer.series.iter().flat_map(|s| s.points.iter().map(move |p| (s, p))).collect();
    let mut columns: Vec<(String, Values)> = Vec::new();
    for (i, name) in answer.series_columns.iter().enumerate() {
        let texts = rows.iter().map(|(s, _)| s.series.get(i).map(String::as_str)).collect();
        columns.push((name.clone(), Values::Texts(texts)));
    }
    columns.push(("date".into(), Values::Dates(rows.iter().map(|(_, p)| Some(p.date)).collect())));
    columns
        .push(("step".into(), Values::Integers(rows.iter().map(|(_, p)| Some(i64::from(p.step))).collect())));
    columns.push(("value".into(), Values::Floats(rows.iter().map(|(_, p)| p.value).collect())));
    let levels: Vec<u8> =
        rows.first().map(|(_, p)| p.intervals.iter().map(|i| i.level).collect()).unwrap_or_default();
    for (i, level) in levels.into_iter().enumerate() {
        let bound = |pick: fn(&vakhta_domain::report::Interval) -> f64| {
            Values::Floats(rows.iter().map(|(_, p)| p.intervals.get(i).map_or(f64::NAN, pick)).collect())
        };
        columns.push((format!("lo{level}"), bound(|interval| interval.lo)));
        columns.push((format!("hi{level}"), bound(|interval| interval.hi)));
    }
    Table { columns }
}
