//! At training: the profile of every column, read part by part, one column after the other.

use super::baseline::{Baseline, Facts};
use super::columns::{self, Column, Sort, binned};
use crate::learnt::Learnt;
use crate::rows;
use bytes::Bytes;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};
use vakhta_domain::drift::unit_days;
use vakhta_domain::report::{ClassQuality, Quality};
use vakhta_domain::spec::ModelSpec;
use vakhta_ml::drift::{DriftError, LEAST_DAYS, MOST_DAYS, Profile, TextRows};
use vakhta_ml::evidence::estimate::{ForecastDay, LabelledDay, Promise};
use vakhta_ml::forecast::Backtest;
use vakhta_ml::records::{Answer, Fitted, Goal, Records, Values};
use vakhta_tables::ReadError;

/// Training rows that a regression answers for the profile of its answers.
const ANSWERED: usize = 20_000;

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoBaseline {
    #[error(transparent)]
    Rows(#[from] ReadError),
    #[error(transparent)]
    Drift(#[from] DriftError),
}

/// The profile of the rows that a version learnt from. Heavy: not for a thread that serves.
pub(crate) fn baseline(parquet: &Bytes, spec: &ModelSpec, learnt: &Learnt) -> Result<Baseline, NoBaseline> {
    match learnt {
        Learnt::Forecast(fitted) => of_forecast(parquet, spec, fitted.backtest()),
        Learnt::Records(fitted) => of_records(parquet, spec, fitted),
    }
}

/// Values of a column by name.
#[derive(Default)]
struct Names {
    rows: HashMap<String, u64>,
    missing: u64,
}

impl Names {
    fn add(&mut self, name: Option<&str>) {
        match name {
            None => self.missing += 1,
            Some(name) => match self.rows.get_mut(name) {
                Some(rows) => *rows += 1,
                None => {
                    self.rows.insert(name.to_owned(), 1);
                }
            },
        }
    }

    fn counted(&self) -> impl Iterator<Item = (Option<&str>, u64)> {
        let named = self.rows.iter().map(|(name, rows)| (Some(name.as_str()), *rows));
        named.chain([(None, self.missing)])
    }
}

/// A column as far as it was read, whole and by unit of days.
enum Gathered {
    Numbers { all: Vec<f64>, units: BTreeMap<usize, Vec<f64>> },
    Names { all: Names, units: BTreeMap<usize, Names> },
    Texts(TextRows),
}

impl Gathered {
    fn of(sort: Sort) -> Self {
        match sort {
            Sort::Number => Self::Numbers { all: Vec::new(), units: BTreeMap::new() },
            Sort::Text => Self::Texts(TextRows::default()),
            Sort::Flag | Sort::Category | Sort::Weekday => {
                Self::Names { all: Names::default(), units: BTreeMap::new() }
            }
        }
    }

    fn add(&mut self, sort: Sort, values: &Values, row: usize, unit: Option<usize>) {
        match self {
            Self::Numbers { all, units } => {
                let number = values.number(row);
                all.push(number);
                if let Some(unit) = unit {
                    units.entry(unit).or_default().push(number);
                }
            }
            Self::Names { all, units } => {
                let name = sort.name(values, row);
                all.add(name.as_deref());
                if let Some(unit) = unit {
                    units.entry(unit).or_default().add(name.as_deref());
                }
            }
            Self::Texts(texts) => texts.add([values.word(row).as_deref()]),
        }
    }

    /// The profile, with what units of days are like.
    fn profile(self) -> Result<Profile, DriftError> {
        Ok(match self {
            Self::Texts(texts) => Profile::of_texts(texts),
            Self::Numbers { all, units } => {
                let mut profile = Profile::numbers(&all);
                let counted: Vec<_> =
                    units.values().map(|unit| profile.count_numbers(unit)).collect::<Result<_, _>>()?;
                profile.learn_days(&counted)?;
                profile
            }
            Self::Names { all, units } => {
                let mut profile = Profile::categories(all.counted());
                let counted: Vec<_> = units
                    .values()
                    .map(|unit| profile.count_categories(unit.counted()))
                    .collect::<Result<_, _>>()?;
                profile.learn_days(&counted)?;
                profile
            }
        })
    }
}

fn of_records(parquet: &Bytes, spec: &ModelSpec, fitted: &Fitted) -> Result<Baseline, NoBaseline> {
    let (mut found, mut profiles) = (columns::of_spec(spec), Vec::new());
    for Column { name, sort, .. } in &found {
        let mut gathered = Gathered::of(*sort);
        vakhta_tables::batches(parquet.clone(), &[name], |mut table| {
            let values = rows::take(&mut table, name);
            let values = columns::stored(values, name, *sort, &TimeZone::UTC)?;
            let rows = table_rows(&values);
            (0..rows).for_each(|row| gathered.add(*sort, &values, row, None));
            Ok::<(), NoBaseline>(())
        })?;
        profiles.push(gathered.profile()?);
    }
    let mut held_out = None;
    match &fitted.report().quality {
        Some(Quality::Classification(quality)) if quality.n > 0 => {
            found.extend([Column::prediction(Sort::Category), Column::confidence()]);
            profiles.extend(of_answers(quality));
            held_out = Some(promised(quality));
        }
        _ if fitted.goal() == Goal::Numbers => {
            found.push(Column::prediction(Sort::Number));
            profiles.push(Profile::numbers(&answered(parquet, spec, fitted)?));
        }
        _ => {}
    }
    let facts = Facts { columns: found, unit_days: 1, held_out, ..Facts::default() };
    Ok(Baseline { facts, profiles })
}

fn table_rows(values: &Values) -> usize {
    match values {
        Values::Words(values) => values.len(),
        Values::Numbers(values) => values.len(),
        Values::Dates(values) => values.len(),
    }
}

/// The classes that were answered on held-out rows, and how surely.
fn of_answers(quality: &ClassQuality) -> [Profile; 2] {
    let classes = quality.classes.iter().map(|class| (Some(class.class.as_str()), class.predicted));
    let mut sure = Vec::new();
    for bin in &quality.reliability {
        sure.extend(std::iter::repeat_n(binned(f64::midpoint(bin.from, bin.to)), bin.n as usize));
    }
    [Profile::categories(classes), Profile::numbers(&sure)]
}

/// What the probabilities of held-out rows promised, and what they kept.
fn promised(quality: &ClassQuality) -> LabelledDay {
    let mut day = LabelledDay::default();
    let mut right = 0.0;
    for bin in &quality.reliability {
        let n = bin.n as f64;
        day.promise.merge(&Promise {
            n: bin.n,
            right: n * bin.confidence,
            variance: n * bin.confidence * (1.0 - bin.confidence),
            entropy: 0.0,
        });
        right += n * bin.accuracy;
    }
    day.right = right.round() as u64;
    day
}

/// The answers to training rows, at most [`ANSWERED`] of them, evenly spread.
fn answered(parquet: &Bytes, spec: &ModelSpec, fitted: &Fitted) -> Result<Vec<f64>, NoBaseline> {
    let names = rows::records::inputs(&spec.data);
    let mut total = 0;
    vakhta_tables::batches(parquet.clone(), &names[..names.len().min(1)], |table| {
        total += table.rows();
        Ok::<(), NoBaseline>(())
    })?;
    let step = total.div_ceil(ANSWERED).max(1);
    let (mut before, mut answers) = (0, Vec::new());
    vakhta_tables::batches(parquet.clone(), &names, |mut table| {
        let rows = table.rows();
        let records = rows::records::of_table(&mut table, &spec.data)?;
        let picked: Vec<usize> = (0..rows).filter(|row| (before + row).is_multiple_of(step)).collect();
        before += rows;
        for answer in fitted.predict(&picked_of(&records, &picked), 1) {
            if let Answer::Number { value, .. } = answer {
                answers.push(value);
            }
        }
        Ok::<(), NoBaseline>(())
    })?;
    Ok(answers)
}

fn picked_of(records: &Records, rows: &[usize]) -> Records {
    let mut picked = records.clone();
    picked.rows = rows.len();
    for column in &mut picked.columns {
        column.values = match &column.values {
            Values::Words(values) => Values::Words(rows::pick(values, rows)),
            Values::Numbers(values) => Values::Numbers(rows::pick(values, rows)),
            Values::Dates(values) => Values::Dates(rows::pick(values, rows)),
        };
    }
    picked
}

/// The day of each row, as far as it counts, and how days make units.
struct Calendar {
    days: Vec<Option<Date>>,
    until: Option<Date>,
    unit_days: u32,
    /// Whole units.
    units: usize,
}

impl Calendar {
    /// Rows after the last one with a target are plans, not history.
    fn read(parquet: &Bytes, spec: &ModelSpec) -> Result<Self, NoBaseline> {
        let (time, zone) = (spec.data.time.as_deref().unwrap_or_default(), rows::series::zone(spec));
        let (mut days, mut until, mut first) = (Vec::new(), None::<Date>, None::<Date>);
        vakhta_tables::batches(parquet.clone(), &[time, &spec.data.target], |mut table| {
            let of_batch = rows::take(&mut table, time).into_dates_in(time, &zone)?;
            let target = rows::take(&mut table, &spec.data.target).into_floats(&spec.data.target)?;
            for (day, value) in of_batch.iter().zip(&target) {
                if let Some(day) = day.filter(|_| value.is_finite()) {
                    until = until.max(Some(day));
                    first = Some(first.map_or(day, |first| first.min(day)));
                }
            }
            days.extend(of_batch);
            Ok::<(), NoBaseline>(())
        })?;
        let counts = |day: &Option<Date>| day.is_some_and(|day| Some(day) <= until);
        let rows = days.iter().filter(|day| counts(day)).count() as u64;
        for day in &mut days {
            *day = day.filter(|_| counts(day));
        }
        let span = first.zip(until).map_or(0, |(first, until)| apart(first, until) + 1);
        let min_rows = spec.policies.drift.clone().unwrap_or_default().min_rows;
        let unit_days = unit_days(rows, span as u64, min_rows);
        Ok(Self { days, until, unit_days, units: span / unit_days as usize })
    }

    /// The unit of a day, counted so that the newest is the last; none of what is too old or begins before the rows.
    fn unit(&self, day: Date) -> Option<usize> {
        let back = apart(day, self.until.filter(|until| day <= *until)?) / self.unit_days as usize;
        (back < self.units.min(MOST_DAYS)).then(|| MOST_DAYS - back)
    }
}

fn apart(from: Date, to: Date) -> usize {
    to.since(from).map_or(0, |span| span.get_days().max(0) as usize)
}

fn of_forecast(
    parquet: &Bytes,
    spec: &ModelSpec,
    backtest: Option<&Backtest>,
) -> Result<Baseline, NoBaseline> {
    let calendar = Calendar::read(parquet, spec)?;
    let (mut found, mut profiles) = (columns::of_spec(spec), Vec::new());
    for Column { name, sort, .. } in &found {
        let (mut gathered, mut before) = (Gathered::of(*sort), 0);
        vakhta_tables::batches(parquet.clone(), &[name], |mut table| {
            let values = rows::take(&mut table, name);
            let values = columns::stored(values, name, *sort, &TimeZone::UTC)?;
            for (row, day) in calendar.days[before..].iter().take(table_rows(&values)).enumerate() {
                if let Some(day) = day {
                    gathered.add(*sort, &values, row, calendar.unit(*day));
                }
            }
            before += table_rows(&values);
            Ok::<(), NoBaseline>(())
        })?;
        profiles.push(gathered.profile()?);
    }
    let mut forecast_days = Vec::new();
    if let Some(backtest) = backtest {
        forecast_days = of_folds(backtest);
        let profile = of_forecasts(backtest, &calendar)?;
        // The days of a forecast are few and differ by season: without their noise every season is drift.
        if profile.days().len() >= LEAST_DAYS {
            found.push(Column::prediction(Sort::Number));
            profiles.push(profile);
        }
    }
    let (until, unit_days) = (calendar.until, calendar.unit_days);
    let facts = Facts { columns: found, until, unit_days, forecast_days, held_out: None };
    Ok(Baseline { facts, profiles })
}

fn of_forecasts(backtest: &Backtest, calendar: &Calendar) -> Result<Profile, DriftError> {
    let mut gathered = Gathered::of(Sort::Number);
    let values = Values::Numbers(backtest.rows.iter().map(|row| row.forecast).collect());
    for (at, row) in backtest.rows.iter().enumerate() {
        gathered.add(Sort::Number, &values, at, calendar.unit(backtest.date(row)));
    }
    gathered.profile()
}

/// What the forecasts of each day of the folds promised, and how far off they were. Folds and days in order of time.
fn of_folds(backtest: &Backtest) -> Vec<ForecastDay> {
    let mut days: BTreeMap<(usize, Date), ForecastDay> = BTreeMap::new();
    for (at, row) in backtest.rows.iter().enumerate() {
        if let Some(interval) = backtest.intervals(at).first() {
            let day = days.entry((row.fold, backtest.date(row))).or_default();
            day.add(row.forecast, (interval.hi - interval.lo) / 2.0, Some(row.actual));
        }
    }
    days.into_values().collect()
}
