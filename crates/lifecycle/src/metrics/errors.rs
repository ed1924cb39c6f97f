//! Where a model errs: its scored answers taken apart by weekday, distance, series, kind of day and size, and the
//! largest misses one by one.

use super::summary::{Line, Measured};
use super::tally::{LiveSums, score, word_of};
use super::{PAGE, today};
use crate::Lifecycle;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;
use vakhta_domain::actual::Truth;
use vakhta_domain::daily::{Paired, bucket_name, bucket_of};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::ModelSpec;
use vakhta_ml::features::{Overrides, official_kind};

/// The longest window, days.
pub const MAX_DAYS: u32 = 92;
/// Misses told one by one.
const MISSES: usize = 20;
/// Parts of equal count that sizes are divided into.
const SIZES: usize = 5;

/// Where a model errs.
#[derive(Debug, Clone, PartialEq)]
pub struct Errors {
    /// The first day looked at.
    pub from: Date,
    /// Today.
    pub to: Date,
    /// All scored answers.
    pub overall: Measured,
    /// Monday to Sunday.
    pub by_weekday: Vec<Line<&'static str>>,
    /// By how far ahead was forecast.
    pub by_horizon: Vec<Line<String>>,
    /// By series, the largest sum of errors first; of records empty.
    pub by_segment: Vec<Line<String>>,
    /// By kind of day: `holiday`, `before_holiday`, `after_holiday`, `day_off`, `working`.
    pub by_day_kind: Vec<Line<&'static str>>,
    /// By the size of the actual, smallest first; of classes empty.
    pub by_size: Vec<Line<(f64, f64)>>,
    /// The largest misses, the largest first; of classes those that were surest.
    pub misses: Vec<Miss>,
}

/// One miss.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// What the answer is found by.
    pub key: String,
    /// The day it is of.
    pub day: Date,
    /// The series; empty for records.
    pub segment: String,
    /// Periods ahead.
    pub step: Option<u32>,
    /// The version that answered.
    pub version: String,
    /// The request, as the prediction log knows it with all that was asked.
    pub request: String,
    /// What was answered: a number, or a class with its confidence.
    pub answered: (Option<f64>, Option<String>),
    /// What was true.
    pub actual: Truth,
    /// The actual of the series a week before, where it is known: most misses are a break with it.
    pub week_before: Option<f64>,
    /// What kind of day it was.
    pub day_kind: &'static str,
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Takes the scored answers of the last `days` days apart; the model's words alone.
pub async fn errors(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
    days: u32,
) -> Result<Errors, StoreError> {
    let to = today(app, model);
    let back = i32::try_from(days.min(MAX_DAYS)).unwrap_or(1) - 1;
    let from = to.saturating_sub(jiff::Span::new().days(back.max(0)));
    let mut scored = Vec::new();
    let mut day = from;
    while day <= to {
        words(app, workspace, model, day, &mut scored).await?;
        day = day.saturating_add(jiff::Span::new().days(1));
    }
    Ok(taken_apart(&model.spec, &scored, from, to))
}

/// The model's words of a day that have an actual.
async fn words(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
    day: Date,
    scored: &mut Vec<Paired>,
) -> Result<(), StoreError> {
    let mut of_key: Vec<Paired> = Vec::new();
    let mut keep = |of_key: &mut Vec<Paired>| {
        if let Some(place) = word_of(of_key) {
            scored.extend(Some(of_key.swap_remove(place)).filter(|paired| paired.truth.is_some()));
        }
        of_key.clear();
    };
    let mut after = None;
    loop {
        let page = app.ports.actuals.paired(workspace, &model.key, day, after.as_ref(), PAGE).await?;
        let whole = page.len() < PAGE as usize;
        after = page.last().map(|last| (last.answer.key.clone(), last.answer.version.to_string()));
        for paired in page {
            if of_key.first().is_some_and(|first| first.answer.key != paired.answer.key) {
                keep(&mut of_key);
            }
            of_key.push(paired);
        }
        if whole {
            keep(&mut of_key);
            return Ok(());
        }
    }
}

/// The calendar that a spec names.
struct DayKinds<'a> {
    spec: &'a ModelSpec,
    overrides: Overrides,
}

impl<'a> DayKinds<'a> {
    fn of(spec: &'a ModelSpec) -> Self {
        let days = spec.features.calendar.overrides.iter();
        let known = days.filter_map(|day| Some((day.date.parse().ok()?, day.kind)));
        Self { spec, overrides: Overrides(known.collect()) }
    }

    fn word(&self, day: Date) -> &'static str {
        let country = self.spec.features.calendar.country;
        self.overrides.of(day).unwrap_or_else(|| official_kind(country, day)).as_str()
    }

    fn kind(&self, day: Date) -> &'static str {
        let is_holiday = |day: Result<Date, jiff::Error>| day.is_ok_and(|day| self.word(day) == "holiday");
        match self.word(day) {
            "holiday" => "holiday",
            _ if is_holiday(day.tomorrow()) => "before_holiday",
            _ if is_holiday(day.yesterday()) => "after_holiday",
            "day_off" => "day_off",
            _ => "working",
        }
    }
}

fn weekday(day: Date) -> usize {
    usize::from(day.weekday().since(Weekday::Monday).unsigned_abs())
}

fn number(paired: &Paired) -> Option<f64> {
    if let Some(Truth::Number(actual)) = &paired.truth { Some(*actual) } else { None }
}

/// How large a miss is: the error of a number; of a class how sure the wrong answer was.
fn size(paired: &Paired) -> f64 {
    match &paired.truth {
        Some(Truth::Number(actual)) => paired.answer.value.map_or(f64::MAX, |said| (said - actual).abs()),
        Some(Truth::Label(label)) if paired.answer.label.as_ref() != Some(label) => {
            paired.answer.value.unwrap_or(0.0)
        }
        _ => -1.0,
    }
}

fn groups<T: Ord>(spec: &ModelSpec, scored: &[Paired], of: impl Fn(&Paired) -> Option<T>) -> Vec<Line<T>> {
    let mut sums: BTreeMap<T, (u64, LiveSums)> = BTreeMap::new();
    for paired in scored {
        let Some(group) = of(paired) else { continue };
        let (count, sums) = sums.entry(group).or_insert_with(|| (0, LiveSums::of(spec.task)));
        let threshold = spec.confidence_threshold.unwrap_or(0.0);
        *count += u64::from(score(sums, paired, threshold));
    }
    let lines = sums.into_iter().map(|(of, (count, sums))| Line { of, measured: measured(count, &sums) });
    lines.collect()
}

fn measured(scored: u64, sums: &LiveSums) -> Measured {
    Measured { answers: scored, scored, metrics: sums.metrics(), quality: sums.quality() }
}

fn taken_apart(spec: &ModelSpec, scored: &[Paired], from: Date, to: Date) -> Errors {
    let days = DayKinds::of(spec);
    let overall = groups(spec, scored, |_| Some(())).pop();
    let overall = overall.map_or_else(|| measured(0, &LiveSums::of(spec.task)), |line| line.measured);
    let by_weekday = groups(spec, scored, |paired| Some(weekday(paired.answer.day)));
    let by_horizon = groups(spec, scored, |paired| Some(bucket_of(paired.answer.step)));
    let segment = |paired: &Paired| Some(paired.answer.segment.clone()).filter(|name| !name.is_empty());
    let mut by_segment = groups(spec, scored, segment);
    let mut weight: BTreeMap<&str, f64> = BTreeMap::new();
    for paired in scored {
        *weight.entry(&paired.answer.segment).or_default() += size(paired).max(0.0);
    }
    let weight = |name: &str| weight.get(name).copied().unwrap_or(0.0);
    by_segment.sort_by(|a, b| weight(&b.of).total_cmp(&weight(&a.of)).then_with(|| a.of.cmp(&b.of)));
    Errors {
        from,
        to,
        overall,
        by_weekday: by_weekday.into_iter().map(|line| renamed(line, |at| WEEKDAYS[at])).collect(),
        by_horizon: by_horizon.into_iter().map(|line| renamed(line, bucket_name)).collect(),
        by_segment,
        by_day_kind: groups(spec, scored, |paired| Some(days.kind(paired.answer.day))),
        by_size: by_size(spec, scored),
        misses: misses(scored, &days),
    }
}

fn renamed<A, B>(line: Line<A>, name: impl Fn(A) -> B) -> Line<B> {
    Line { of: name(line.of), measured: line.measured }
}

/// Fifths by the size of the actual. Equal sizes stay together, so that there may be fewer.
fn by_size(spec: &ModelSpec, scored: &[Paired]) -> Vec<Line<(f64, f64)>> {
    let mut sizes: Vec<f64> = scored.iter().filter_map(number).map(f64::abs).collect();
    sizes.sort_by(f64::total_cmp);
    let Some(&largest) = sizes.last() else { return Vec::new() };
    let mut edges: Vec<f64> = (1..SIZES).map(|part| sizes[part * sizes.len() / SIZES]).collect();
    edges.dedup();
    let part = |actual: f64| edges.partition_point(|edge| *edge <= actual.abs());
    let lines = groups(spec, scored, |paired| number(paired).map(part));
    let ends = |at: usize| {
        let low = if at == 0 { sizes[0] } else { edges[at - 1] };
        (low, edges.get(at).copied().unwrap_or(largest))
    };
    lines.into_iter().map(|line| renamed(line, ends)).collect()
}

fn misses(scored: &[Paired], days: &DayKinds) -> Vec<Miss> {
    let mut order: Vec<&Paired> = scored.iter().filter(|paired| size(paired) > 0.0).collect();
    order.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.answer.key.cmp(&b.answer.key)));
    let known: BTreeMap<(&str, Date), f64> = scored
        .iter()
        .filter_map(|paired| Some(((paired.answer.segment.as_str(), paired.answer.day), number(paired)?)))
        .collect();
    let told = order.into_iter().take(MISSES).filter_map(|paired| {
        let answer = &paired.answer;
        let week_before = answer.day.saturating_sub(jiff::Span::new().days(7));
        let before = (!answer.segment.is_empty()).then_some((answer.segment.as_str(), week_before));
        Some(Miss {
            key: answer.key.clone(),
            day: answer.day,
            segment: answer.segment.clone(),
            step: answer.step,
            version: answer.version.to_string(),
            request: answer.request.clone(),
            answered: (answer.value, answer.label.clone()),
            actual: paired.truth.clone()?,
            week_before: before.and_then(|place| known.get(&place).copied()),
            day_kind: days.kind(answer.day),
        })
    });
    told.collect()
}
