//! What live answers showed lately, for alerts: of the serving version over a week, or over four where a week says too
//! little; of the model, this week and the one before.

use super::live::at_training;
use super::summary::sums_of;
use super::tally::LiveSums;
use super::today;
use crate::Lifecycle;
use jiff::Span;
use jiff::civil::Date;
use std::collections::BTreeMap;
use vakhta_domain::alert::facts::{Bias, Measured, Weeks};
use vakhta_domain::daily::{DailyRow, Role, Scope};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::Task;
use vakhta_domain::version::ModelVersion;

/// Days looked at first, and where these hold too few answers.
const WINDOWS: [u32; 2] = [7, 28];
/// Fewer scored answers say nothing of a model.
const LEAST_SCORED: u64 = 20;
/// Fewer say nothing of a branch.
const LEAST_OF_BRANCH: u64 = 5;
/// Fewer days say nothing of a side that errors lean to.
const LEAST_DAYS: usize = 3;

/// What live answers showed lately. What is not known is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Recent {
    pub mape: Option<Measured>,
    pub accuracy: Option<Measured>,
    pub training_accuracy: Option<f64>,
    pub weeks: Option<Weeks>,
    pub branches: Option<Vec<(String, f64)>>,
    pub bias: Option<Bias>,
}

struct Rows {
    task: Task,
    today: Date,
    of_days: Vec<(DailyRow, LiveSums)>,
}

impl Rows {
    async fn read(app: &Lifecycle, model: &Model, scope: Scope) -> Result<Self, StoreError> {
        let today = today(app, model);
        let from = back(today, WINDOWS[1]);
        let rows = app.ports.actuals.daily_rows(&model.workspace, &model.key, scope, from).await?;
        let rows = rows.into_iter().filter(|row| row.role == Role::Champion);
        let rows = rows.map(|row| sums_of(&row).map(|(sums, _)| (row, sums))).collect::<Result<_, _>>()?;
        Ok(Self { task: model.spec.task, today, of_days: rows })
    }

    fn of_version(&mut self, version: &ModelVersion) {
        self.of_days.retain(|(row, _)| row.version == version.id);
    }

    /// Scored answers and sums of the days from `first` back to before `last`, counted from today.
    fn between(&self, first: u32, last: u32) -> (u64, LiveSums) {
        let (from, to) = (back(self.today, first), back(self.today, last));
        let mut sums = LiveSums::of(self.task);
        let mut scored = 0;
        for (row, more) in
            self.of_days.iter().filter(|(row, _)| row.day >= from && (last == 0 || row.day < to))
        {
            scored += row.scored;
            sums.merge(more);
        }
        (scored, sums)
    }

    /// The shortest window that holds enough answers.
    fn window(&self) -> Option<(u32, u64, LiveSums)> {
        WINDOWS.into_iter().find_map(|days| {
            let (scored, sums) = self.between(days, 0);
            (scored >= LEAST_SCORED).then_some((days, scored, sums))
        })
    }
}

fn back(today: Date, days: u32) -> Date {
    today.saturating_sub(Span::new().days(i64::from(days)))
}

/// The headline as an error, percent: of classes the share that is wrong.
fn error(sums: &LiveSums) -> Option<f64> {
    let wrong = sums.quality().and_then(|quality| quality.accuracy).map(|right| 100.0 * (1.0 - right));
    wrong.or_else(|| sums.metrics().and_then(|metrics| metrics.mape))
}

pub(crate) async fn recent(
    app: &Lifecycle,
    model: &Model,
    version: &ModelVersion,
) -> Result<Recent, StoreError> {
    let mut all = Rows::read(app, model, Scope::All).await?;
    let mut recent =
        Recent { training_accuracy: version.report.as_ref().and_then(at_training), ..Recent::default() };
    recent.weeks = weeks(&all);
    all.of_version(version);
    let Some((days, answers, sums)) = all.window() else { return Ok(recent) };
    let measured = |value| Measured { value, answers, days };
    recent.mape = sums.metrics().and_then(|metrics| metrics.mape).map(measured);
    let right = sums.quality().and_then(|quality| quality.accuracy);
    recent.accuracy = right.map(|share| measured(100.0 * share));
    recent.bias = bias(&all, days, answers, &sums);
    if model.spec.task == Task::Forecast {
        let mut rows = Rows::read(app, model, Scope::Segment).await?;
        rows.of_version(version);
        recent.branches = Some(branches(&rows, days));
    }
    Ok(recent)
}

fn weeks(rows: &Rows) -> Option<Weeks> {
    let ((now_scored, now), (before_scored, before)) = (rows.between(7, 0), rows.between(14, 7));
    if now_scored.min(before_scored) < LEAST_SCORED {
        return None;
    }
    Some(Weeks { now: error(&now)?, before: error(&before)? })
}

fn bias(rows: &Rows, days: u32, answers: u64, sums: &LiveSums) -> Option<Bias> {
    let metrics = sums.metrics()?;
    let mean = metrics.bias?;
    let mut by_day: BTreeMap<Date, LiveSums> = BTreeMap::new();
    let from = back(rows.today, days);
    for (row, more) in rows.of_days.iter().filter(|(row, _)| row.day >= from && row.scored > 0) {
        by_day.entry(row.day).or_insert_with(|| LiveSums::of(rows.task)).merge(more);
    }
    let means: Vec<f64> = by_day.values().filter_map(|sums| sums.metrics()?.bias).collect();
    if means.len() < LEAST_DAYS {
        return None;
    }
    let same = means.iter().filter(|day| **day * mean > 0.0).count();
    let one_sided = same as f64 / means.len() as f64;
    Some(Bias { mean, percent: metrics.bias_percent, one_sided, answers, days })
}

fn branches(rows: &Rows, days: u32) -> Vec<(String, f64)> {
    let from = back(rows.today, days);
    let mut by_branch: BTreeMap<&str, (u64, LiveSums)> = BTreeMap::new();
    for (row, more) in rows.of_days.iter().filter(|(row, _)| row.day >= from) {
        let branch = by_branch.entry(&row.segment).or_insert_with(|| (0, LiveSums::of(rows.task)));
        branch.0 += row.scored;
        branch.1.merge(more);
    }
    let known = by_branch.into_iter().filter(|(_, (scored, _))| *scored >= LEAST_OF_BRANCH);
    let mut measured: Vec<(String, f64)> =
        known.filter_map(|(name, (_, sums))| Some((name.to_owned(), sums.metrics()?.mape?))).collect();
    measured.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    measured
}
