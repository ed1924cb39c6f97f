//! From bytes to a fitted forecast. Nothing in the bytes is believed before it is checked.

use super::{Head, HeadSeries, MAGIC, VERSION};
use crate::artifact::{ArtifactError, Reader, open, unsound};
use crate::evaluate::{Conformal, conformal};
use crate::features::{Plan, Summary};
use crate::forecast::{Booster, Fitted, Kept, Learnt, MAX_HORIZON, by_key};
use crate::panel::{Kind, LARGEST_TARGET, MAX_CELLS};
use crate::trees::Ensemble;
use vakhta_domain::spec::{Engine, Frequency};

/// The largest sum that filled, duplicate-summed or forecast values may reach before a file counts as wrong.
const ABSURD: f64 = LARGEST_TARGET * 1e9;

impl Fitted {
    /// The model that [`Fitted::to_bytes`] wrote. It forecasts exactly as the original does.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        read_body(open(MAGIC, VERSION, bytes)?)
    }
}

fn read_body(body: &[u8]) -> Result<Fitted, ArtifactError> {
    let mut body = Reader(body);
    let head: Head = match serde_json::from_slice(body.bytes()?) {
        Ok(head) => head,
        Err(error) => return unsound(format!("its head cannot be read, {error}")),
    };
    check_head(&head)?;
    let conformal = read_conformal(&mut body, head.series.len())?;
    let learnt = match (head.engine, head.plan) {
        (Engine::SeasonalNaive, None) => Learnt::SeasonalNaive,
        (Engine::WeekdayMean, None) => Learnt::WeekdayMean,
        (Engine::Gbdt, Some(plan)) => {
            let ensemble = Ensemble::read(&mut body, plan.width())?;
            Learnt::Gbdt(Box::new(Booster { plan, ensemble }))
        }
        _ => return unsound("engine and features do not fit"),
    };
    let plan = if let Learnt::Gbdt(booster) = &learnt { Some(&booster.plan) } else { None };
    let columns = head.known_names.len();
    let mut series = Vec::new();
    for of_series in head.series {
        series.push(read_series(&mut body, of_series, plan, columns, head.len, head.horizon)?);
    }
    if !body.0.is_empty() {
        return unsound(format!("{} bytes are left over", body.0.len()));
    }
    let statics = series.first().map_or(0, |s: &Kept| s.statics.len());
    if series.iter().any(|s| s.statics.len() != statics) {
        return unsound("series have different static columns");
    }
    if let Some(plan) = plan
        && !(plan.is_sound(columns, statics) && plan.calendar.periods == head.periods)
    {
        return unsound("its features do not fit its columns");
    }
    let by_key = by_key(&series);
    if by_key.len() != series.len() {
        return unsound("two series have the same key");
    }
    Ok(Fitted {
        periods: head.periods,
        first: head.first,
        len: head.len,
        horizon: head.horizon,
        levels: head.levels,
        known_names: head.known_names,
        learnt,
        conformal,
        series,
        report: head.report,
        by_key,
        backtest: Vec::new(),
    })
}

fn check_head(head: &Head) -> Result<(), ArtifactError> {
    if head.len == 0 || head.len > MAX_CELLS || !(1..=MAX_HORIZON).contains(&head.horizon) {
        return unsound(format!("{} periods and a horizon of {}", head.len, head.horizon));
    }
    // Ten thousand years of days on either side of 1970 are less than four million periods.
    if head.first.abs() > 4_000_000 || head.periods.week_start >= 7 || head.periods.frequency == Frequency::H
    {
        return unsound("its calendar is not one that this program makes");
    }
    if head.series.is_empty() || head.levels.iter().any(|level| !(1..=99).contains(level)) {
        return unsound("it has no series, or interval levels out of range");
    }
    let columns = head.known_names.len();
    if head.series.iter().any(|s| s.closures.column.is_some_and(|(column, _)| column >= columns)) {
        return unsound("a series closes by a column that is not there");
    }
    Ok(())
}

fn read_conformal(body: &mut Reader<'_>, series: usize) -> Result<Conformal, ArtifactError> {
    let blocks = body.count(4 + 8)?;
    let (mut ends, mut quantiles) = (Vec::new(), Vec::new());
    for _ in 0..blocks {
        ends.push(body.u32()?);
        let own = body.f64s()?;
        if own.len() != conformal::LEVELS || !own.iter().all(|q| *q >= 0.0) {
            return unsound("interval widths are missing or negative");
        }
        quantiles.push(own);
    }
    let spread = body.f64s()?;
    if spread.len() != series || !spread.iter().all(|s| *s >= 0.0) {
        return unsound("the spread of a series is missing or negative");
    }
    if ends.first() == Some(&0) || ends.windows(2).any(|w| w[0] > w[1]) {
        return unsound("interval blocks are out of order");
    }
    Ok(Conformal { ends, quantiles, spread })
}

fn read_series(
    body: &mut Reader<'_>,
    head: HeadSeries,
    plan: Option<&Plan>,
    columns: usize,
    len: usize,
    horizon: usize,
) -> Result<Kept, ArtifactError> {
    let usable = |values: &[f64]| values.iter().all(|v| v.abs() <= ABSURD);
    let tail = body.f64s()?;
    let kinds = body.bytes()?.iter().map(|&kind| Kind::from_number(kind)).collect::<Option<Vec<Kind>>>();
    let Some(kinds) = kinds.filter(|kinds| kinds.len() == tail.len()) else {
        return unsound("a series has values of no known kind");
    };
    if tail.is_empty() || tail.len() > len || !usable(&tail) {
        return unsound("a series has an impossible past");
    }
    let unit = body.f64()?;
    let ready = body.f64s()?;
    if ready.len() != horizon || !ready.iter().all(|v| v.is_finite()) || !(unit > 0.0 && unit.is_finite()) {
        return unsound("a series has an impossible forecast");
    }
    let statics = body.f32s()?;
    let known = body.count(8)?;
    let known = (0..known).map(|_| body.f32s()).collect::<Result<Vec<_>, _>>()?;
    if known.len() != columns {
        return unsound("a series lacks known-future columns");
    }
    let count = body.u64()?;
    let mean = body.f64()?;
    let ewma = body.f64s()?;
    let flags = body.count(16)?;
    let flags = (0..flags)
        .map(|_| Ok((body.f64()?, body.u64()?)))
        .collect::<Result<Vec<(f64, u64)>, ArtifactError>>()?;
    if let Some(plan) = plan {
        let long_enough = tail.len() >= plan.reach() || tail.len() as u64 == count;
        let fits = ewma.len() == plan.weights.len() && flags.len() == plan.flags.len() && count <= len as u64;
        if !(long_enough && fits && mean.is_finite()) {
            return unsound("what a series left behind does not fit its features");
        }
    }
    let summary = Summary { count, mean, ewma, flags };
    let HeadSeries { key, closures, non_negative } = head;
    Ok(Kept { key, tail, kinds, summary, statics, known, closures, non_negative, unit, ready })
}
