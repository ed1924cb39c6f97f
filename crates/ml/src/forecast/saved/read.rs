//! From bytes to a fitted forecast. Nothing in the bytes is believed before it is checked.

use super::{Head, HeadSeries, MAGIC, VERSION};
use crate::artifact::{ArtifactError, Reader, open, unsound};
use crate::evaluate::{Conformal, conformal};
use crate::features::{Plan, Summary};
use crate::forecast::{Blend, Booster, Fitted, Issued, Kept, Learnt, MAX_HORIZON, MOST_NODES, Nodes, by_key};
use crate::hierarchy::Reconciler;
use crate::panel::{Kind, LARGEST_TARGET, MAX_CELLS};
use crate::smoothing::Smoothed;
use crate::trees::Ensemble;
use vakhta_domain::spec::{Engine, Frequency};

/// The largest sum that filled, duplicate-summed or forecast values may reach before a file counts as wrong.
const ABSURD: f64 = LARGEST_TARGET * 1e9;

/// Most engines that a blend is made of.
const MOST_MEMBERS: usize = 8;

impl Fitted {
    /// The model that [`Fitted::to_bytes`] wrote. It forecasts exactly as the original does.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        read_body(open(MAGIC, VERSION, bytes)?, true)
    }
}

fn read_body(body: &[u8], may_have_nodes: bool) -> Result<Fitted, ArtifactError> {
    let mut body = Reader(body);
    let head: Head = match serde_json::from_slice(body.bytes()?) {
        Ok(head) => head,
        Err(error) => return unsound(format!("its head cannot be read, {error}")),
    };
    check_head(&head)?;
    let conformal = read_conformal(&mut body, head.series.len())?;
    let learnt = read_learnt(&mut body, head.engine, head.plan.as_ref(), head.series.len())?;
    let plan = learnt.booster().map(|booster| &booster.plan);
    if plan.is_some() != head.plan.is_some() {
        return unsound("engine and features do not fit");
    }
    let columns = head.known_names.len();
    let mut series = Vec::new();
    for of_series in head.series {
        series.push(read_series(&mut body, of_series, plan, columns, head.len, head.horizon)?);
    }
    let issued = read_issued(&mut body, series.len(), head.len, head.horizon)?;
    let nodes = match body.u32()? {
        0 => None,
        1 if may_have_nodes => Some(read_nodes(&mut body, &series, head.len, head.horizon)?),
        flag => return unsound(format!("a hierarchy cannot be marked by {flag} here")),
    };
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
        missing: head.missing,
        adapted_until: head.adapted_until,
        issued,
        known_names: head.known_names,
        learnt,
        conformal,
        series,
        report: head.report,
        by_key,
        backtest: None,
        nodes,
    })
}

/// The sums above the series. They have no sums above themselves.
fn read_nodes(
    body: &mut Reader<'_>,
    series: &[Kept],
    len: usize,
    horizon: usize,
) -> Result<Nodes, ArtifactError> {
    let fitted = read_body(open(MAGIC, VERSION, body.bytes()?)?, false)?;
    if fitted.len != len || fitted.horizon != horizon {
        return unsound("the sums of a hierarchy have another history or horizon");
    }
    let reconciler = Reconciler::read(body, fitted.series.len().min(MOST_NODES), series.len(), ABSURD)?;
    let hierarchy = reconciler.hierarchy();
    if hierarchy.count() != fitted.series.len() {
        return unsound("the sums of a hierarchy are not those that were learnt");
    }
    Ok(Nodes { fitted: Box::new(fitted), reconciler })
}

fn read_learnt(
    body: &mut Reader<'_>,
    engine: Engine,
    plan: Option<&Plan>,
    series: usize,
) -> Result<Learnt, ArtifactError> {
    Ok(match (engine, plan) {
        (Engine::SeasonalNaive, _) => Learnt::SeasonalNaive,
        (Engine::WeekdayMean, _) => Learnt::WeekdayMean,
        (Engine::Gbdt, Some(plan)) => {
            let ensemble = Ensemble::read(body, plan.width())?;
            Learnt::Gbdt(Box::new(Booster { plan: plan.clone(), ensemble }))
        }
        (Engine::Ets | Engine::Theta | Engine::Croston, _) => {
            let series = (0..series).map(|_| Smoothed::read(body, ABSURD));
            Learnt::Smoothed(engine, series.collect::<Result<_, _>>()?)
        }
        (Engine::Auto, _) => Learnt::Blend(read_blend(body, plan, series)?),
        _ => return unsound("engine and features do not fit"),
    })
}

fn read_blend(body: &mut Reader<'_>, plan: Option<&Plan>, series: usize) -> Result<Blend, ArtifactError> {
    let count = body.count(8)?;
    if !(1..=MOST_MEMBERS).contains(&count) {
        return unsound(format!("a blend has {count} members"));
    }
    let mut members = Vec::with_capacity(count);
    for _ in 0..count {
        let engine = serde_json::from_slice(body.bytes()?).ok().filter(|engine| *engine != Engine::Auto);
        let Some(engine) = engine else { return unsound("a blend has a member of no known engine") };
        members.push(read_learnt(body, engine, plan, series)?);
    }
    let sound = |shares: &Vec<f64>| {
        shares.len() == count
            && shares.iter().all(|s| (0.0..=1.0).contains(s))
            && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-6
    };
    let shares = (0..series).map(|_| body.f64s()).collect::<Result<Vec<_>, _>>()?;
    if !shares.iter().all(sound) {
        return unsound("the shares of a blend do not make a whole");
    }
    Ok(Blend { members, shares })
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
    if !(head.len..=head.len + MAX_HORIZON).contains(&head.adapted_until) {
        return unsound("its intervals were adapted to a time that it does not know");
    }
    let columns = head.known_names.len();
    if head.series.iter().any(|s| s.closures.column.is_some_and(|(column, _)| column >= columns)) {
        return unsound("a series closes by a column that is not there");
    }
    Ok(())
}

fn read_issued(
    body: &mut Reader<'_>,
    series: usize,
    len: usize,
    horizon: usize,
) -> Result<Vec<Issued>, ArtifactError> {
    let count = body.count(8)?;
    if count >= horizon {
        return unsound(format!("it keeps {count} earlier forecasts of a horizon of {horizon}"));
    }
    let mut all: Vec<Issued> = Vec::with_capacity(count);
    for _ in 0..count {
        let cutoff = body.u64()? as usize;
        let units = body.f64s()?;
        let paths = (0..series).map(|_| body.f64s()).collect::<Result<Vec<_>, _>>()?;
        let in_time = cutoff < len
            && cutoff.saturating_add(horizon) > len
            && all.last().is_none_or(|last| last.cutoff < cutoff);
        let sound_units = units.len() == series && units.iter().all(|u| *u > 0.0 && u.is_finite());
        let sound = |path: &Vec<f64>| path.len() == horizon && path.iter().all(|v| v.is_finite());
        if !in_time || !sound_units || !paths.iter().all(sound) {
            return unsound("it keeps an impossible earlier forecast");
        }
        all.push(Issued { cutoff, units, paths });
    }
    Ok(all)
}

fn read_conformal(body: &mut Reader<'_>, series: usize) -> Result<Conformal, ArtifactError> {
    let blocks = body.count(4 + 8)?;
    let (mut ends, mut quantiles) = (Vec::new(), Vec::new());
    for _ in 0..blocks {
        ends.push(body.u32()?);
        let own = body.f64s()?;
        if own.len() != conformal::QUANTILES || !own.iter().all(|q| *q >= 0.0) {
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
    let mut drift = [0.0; conformal::ANCHORS.len()];
    for drift in &mut drift {
        *drift = body.f64()?;
        if !(-100.0..=100.0).contains(drift) {
            return unsound("an interval level has drifted out of range");
        }
    }
    Ok(Conformal { ends, quantiles, spread, drift })
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
