//! The rows of later days, counted against a version's profile day by day: what was asked of a model of records, or
//! what came into the dataset of a forecast. Parts are counted as they are read; rows are not held.

use super::baseline::Baseline;
use super::columns::{self, Column, Part, Sort, binned};
use super::{Broken, Step};
use crate::Lifecycle;
use crate::jobs::pulse::Pulse;
use crate::{metrics, rows};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use vakhta_domain::ids::DatasetKey;
use vakhta_domain::model::Model;
use vakhta_domain::prediction::LoggedPrediction;
use vakhta_domain::spec::{Data, ModelSpec};
use vakhta_domain::version::ModelVersion;
use vakhta_ml::drift::{Counts, DriftError, Profile};
use vakhta_ml::records::Values;
use vakhta_tables::{ReadError, Since};

/// Records that are counted at once.
const AT_ONCE: usize = 8192;
/// Parts of the log before the place to go on from that are looked at again: processes write beside each other.
const OVERLAP: usize = 8;
/// Days after which rows without any target are a broken feed, not a plan.
const PLAN_DAYS: i32 = 2;

/// What days hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Today.
    pub today: Date,
}

/// Rows counted by day.
#[derive(Debug, Default)]
pub(super) struct Days {
    /// Rows of each day.
    pub rows: BTreeMap<Date, u64>,
    /// The counts of each day, column by column.
    counts: BTreeMap<Date, Vec<Option<Counts>>>,
    /// Parts of the log with the newest day in each.
    pub parts: Vec<(String, Option<Date>)>,
}

impl Days {
    fn add(&mut self, columns: usize, day: Date, column: usize, counts: Counts) -> Result<(), DriftError> {
        let of_day = self.counts.entry(day).or_insert_with(|| vec![None; columns]);
        match &mut of_day[column] {
            Some(there) => there.merge(&counts)?,
            none => *none = Some(counts),
        }
        Ok(())
    }

    /// All rows from a day to another, column by column.
    pub fn between(&self, baseline: &Baseline, from: Date, to: Date) -> Result<Vec<Counts>, DriftError> {
        let mut all: Vec<Counts> = baseline.profiles.iter().map(|p| p.count_missing(0)).collect();
        for of_day in self.counts.range(from..=to).map(|(_, counts)| counts) {
            for (sum, counts) in all.iter_mut().zip(of_day) {
                if let Some(counts) = counts {
                    sum.merge(counts)?;
                }
            }
        }
        Ok(all)
    }

    /// Where the log is read from, once all days up to `to` are done with.
    pub fn log_from(&self, to: Date) -> Option<String> {
        let open = self.parts.iter().position(|(_, newest)| newest.is_some_and(|day| day > to));
        let at = open.unwrap_or(self.parts.len().saturating_sub(1));
        self.parts.get(at.saturating_sub(OVERLAP)).map(|(part, _)| part.clone())
    }
}

/// The answer as logged.
#[derive(Deserialize)]
struct Output {
    label: Option<String>,
}

/// What was asked of a version, by day, from a part of the log on.
pub(super) async fn asked(
    app: &Arc<Lifecycle>,
    version: &ModelVersion,
    baseline: &Arc<Baseline>,
    zone: &TimeZone,
    wanted: Wanted,
    log_from: Option<&str>,
    pulse: &Pulse,
) -> Step<Days> {
    let (workspace, model) = (&version.workspace, &version.model);
    let parts = app.ports.predictions.parts(workspace, model).await?;
    let first = log_from.and_then(|from| parts.iter().position(|part| part.segment == from)).unwrap_or(0);
    let mut days = Days::default();
    for (at, part) in parts.iter().enumerate().skip(first) {
        if pulse.enter("rows", (700_000 * at / parts.len()) as u32).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let logged = app.ports.predictions.read_part(workspace, model, &part.segment).await?;
        let newest = logged.iter().map(|record| record.at.to_zoned(zone.clone()).date()).max();
        days.parts.push((part.segment.clone(), newest));
        let mut by_day: BTreeMap<Date, Vec<LoggedPrediction>> = BTreeMap::new();
        for record in logged.into_iter().filter(|record| record.version == version.id) {
            let day = record.at.to_zoned(zone.clone()).date();
            if (wanted.from..=wanted.to).contains(&day) {
                by_day.entry(day).or_default().push(record);
            }
        }
        let (baseline, data) = (baseline.clone(), version.spec.data.clone());
        days = blocking(move || {
            for (day, records) in by_day {
                for part in records.chunks(AT_ONCE) {
                    *days.rows.entry(day).or_default() += part.len() as u64;
                    for (column, counts) in of_log(&baseline, &data, part)? {
                        days.add(baseline.profiles.len(), day, column, counts)?;
                    }
                }
            }
            Ok(days)
        })
        .await?;
    }
    Ok(ControlFlow::Continue(days))
}

/// Work for a thread that nobody waits on for an answer.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Broken> + Send + 'static,
) -> Result<T, Broken> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(Broken::Program(panic.to_string())))
}

fn of_log(
    baseline: &Baseline,
    data: &Data,
    logged: &[LoggedPrediction],
) -> Result<Vec<(usize, Counts)>, DriftError> {
    let objects: Vec<Map<String, Value>> =
        logged.iter().map(|record| serde_json::from_str(&record.input).unwrap_or_default()).collect();
    // A value of a wrong kind was refused when it was asked; in the log there is none.
    let (records, _) = rows::records::asked(data, &objects);
    let told = |record: &LoggedPrediction| serde_json::from_str::<Output>(&record.output).ok();
    let mut found = Vec::new();
    for (at, (column, profile)) in baseline.facts.columns.iter().zip(&baseline.profiles).enumerate() {
        let gone = columns::nothing();
        let made;
        let values = match (column.part, column.sort) {
            (Part::Prediction, Sort::Category) => {
                let labels = logged.iter().map(|record| told(record)?.label.map(Arc::from));
                made = Values::Words(labels.collect());
                &made
            }
            (Part::Prediction, _) => {
                made = Values::Numbers(logged.iter().map(|record| record.value).collect());
                &made
            }
            (Part::Confidence, _) => {
                made = Values::Numbers(logged.iter().map(|record| binned(record.value)).collect());
                &made
            }
            _ => records.column(&column.name).unwrap_or(&gone),
        };
        found.push((at, column.sort.count(profile, values, 0..logged.len())?));
    }
    Ok(found)
}

/// What came into the dataset of a forecast, by day, and what was forecast for these days.
pub(super) async fn came(
    app: &Arc<Lifecycle>,
    model: &Model,
    version: &ModelVersion,
    baseline: &Arc<Baseline>,
    wanted: Wanted,
    pulse: &Pulse,
) -> Step<Days> {
    let key = DatasetKey::new(model.spec.data.dataset.as_str());
    let Some(dataset) =
        app.ports.datasets.dataset_version(&version.workspace, &key, model.spec.data.version).await?
    else {
        return Ok(ControlFlow::Continue(Days::default()));
    };
    let parquet = app.ports.objects.get(&dataset.object).await?;
    if pulse.enter("rows", 100_000).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let (baseline_of, spec) = (baseline.clone(), version.spec.clone());
    let mut days = blocking(move || of_dataset(&parquet, &spec, &baseline_of, wanted)).await?;
    let prediction = baseline.facts.columns.iter().position(|column| column.part == Part::Prediction);
    if let Some(column) = prediction {
        let ControlFlow::Continue(()) = metrics::take_log(app, model, pulse).await? else {
            return Ok(ControlFlow::Break(()));
        };
        let profile = &baseline.profiles[column];
        for day in days.rows.keys().copied().collect::<Vec<_>>() {
            let said = forecasts(app, version, profile, day).await?;
            days.add(baseline.profiles.len(), day, column, said)?;
        }
    }
    Ok(ControlFlow::Continue(days))
}

fn of_dataset(
    parquet: &bytes::Bytes,
    spec: &ModelSpec,
    baseline: &Baseline,
    wanted: Wanted,
) -> Result<Days, Broken> {
    let (time, zone) = (spec.data.time.as_deref().unwrap_or_default(), rows::series::zone(spec));
    let mut days = Days::default();
    let counted = counted_days(parquet, spec, &zone, wanted)?;
    let since = Since { column: time, day: wanted.from };
    for (at, (column, profile)) in baseline.facts.columns.iter().zip(&baseline.profiles).enumerate() {
        if matches!(column.part, Part::Prediction | Part::Confidence) {
            continue;
        }
        let Column { name, sort, .. } = column;
        let read = vakhta_tables::batches_since(parquet.clone(), &[time, name], since, |mut table| {
            let of_batch = rows::take(&mut table, time).into_dates_in(time, &zone)?;
            // What holds something else than at training is missing, as is what is gone.
            let values = columns::stored(rows::take(&mut table, name), name, *sort, &zone);
            let values = values.unwrap_or_else(|_| columns::nothing());
            for (day, places) in by_day(&of_batch, &counted) {
                let counts = sort.count(profile, &values, places.into_iter())?;
                days.add(baseline.profiles.len(), day, at, counts)?;
            }
            Ok::<(), Broken>(())
        });
        match read {
            Err(Broken::Rows(ReadError::NoColumn { .. })) => {
                for (day, rows) in &counted {
                    days.add(baseline.profiles.len(), *day, at, profile.count_missing(*rows))?;
                }
            }
            other => other?,
        }
    }
    days.rows = counted;
    Ok(days)
}

/// Rows of each day that counts: it has a target, or it is over for so long that it should.
fn counted_days(
    parquet: &bytes::Bytes,
    spec: &ModelSpec,
    zone: &TimeZone,
    wanted: Wanted,
) -> Result<BTreeMap<Date, u64>, Broken> {
    let (time, target) = (spec.data.time.as_deref().unwrap_or_default(), &spec.data.target);
    let mut found: BTreeMap<Date, (u64, bool)> = BTreeMap::new();
    let mut add = |dates: Vec<Option<Date>>, targets: Option<Vec<f64>>| {
        for (row, day) in dates.into_iter().enumerate() {
            if let Some(day) = day.filter(|day| (wanted.from..=wanted.to).contains(day)) {
                let of_day = found.entry(day).or_default();
                of_day.0 += 1;
                of_day.1 |= targets.as_ref().is_some_and(|targets| targets[row].is_finite());
            }
        }
    };
    let since = Since { column: time, day: wanted.from };
    let read = vakhta_tables::batches_since(parquet.clone(), &[time, target], since, |mut table| {
        let dates = rows::take(&mut table, time).into_dates_in(time, zone)?;
        add(dates, rows::take(&mut table, target).into_floats(target).ok());
        Ok::<(), Broken>(())
    });
    match read {
        // The target is gone: days count once they are over.
        Err(Broken::Rows(ReadError::NoColumn { name, .. })) if name == *target => {
            vakhta_tables::batches_since(parquet.clone(), &[time], since, |mut table| {
                add(rows::take(&mut table, time).into_dates_in(time, zone)?, None);
                Ok::<(), Broken>(())
            })?;
        }
        other => other?,
    }
    let overdue = wanted.today.saturating_sub(PLAN_DAYS.days());
    let counts =
        found.into_iter().filter(|(day, (_, told))| *day <= wanted.today && (*told || *day <= overdue));
    Ok(counts.map(|(day, (rows, _))| (day, rows)).collect())
}

/// The rows of each day that counts.
fn by_day(days: &[Option<Date>], counted: &BTreeMap<Date, u64>) -> BTreeMap<Date, Vec<usize>> {
    let mut found: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
    for (row, day) in days.iter().enumerate() {
        if let Some(day) = day.filter(|day| counted.contains_key(day)) {
            found.entry(day).or_default().push(row);
        }
    }
    found
}

/// What a version forecast for a day: of each series the last word before it.
async fn forecasts(
    app: &Lifecycle,
    version: &ModelVersion,
    profile: &Profile,
    day: Date,
) -> Result<Counts, Broken> {
    let mut counts = profile.count_missing(0);
    let mut after = None;
    loop {
        let (workspace, model) = (&version.workspace, &version.model);
        let page = app.ports.actuals.paired(workspace, model, day, after.as_ref(), AT_ONCE as u32).await?;
        let of_version = page.iter().filter(|paired| paired.answer.version == version.id);
        let said: Vec<f64> = of_version.map(|paired| paired.answer.value.unwrap_or(f64::NAN)).collect();
        counts.merge(&profile.count_numbers(&said)?)?;
        if page.len() < AT_ONCE {
            return Ok(counts);
        }
        after = page.last().map(|last| (last.answer.key.clone(), last.answer.version.to_string()));
    }
}
