//! How a model does on live answers: over a window, by day, by version, by distance and by segment.

use super::estimate::{Estimated, Told, estimated};
use super::tally::LiveSums;
use super::today;
use crate::Lifecycle;
use jiff::civil::Date;
use std::collections::BTreeMap;
use vakhta_domain::daily::{DailyRow, DayMeasures, Role, Scope, bucket_name};
use vakhta_domain::ids::{VersionId, WorkspaceId};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::report::{ClassQuality, Metrics};
use vakhta_domain::spec::Task;
use vakhta_ml::evidence::{Trend, trend};

/// The longest window, days.
pub const MAX_DAYS: u32 = 730;
/// The level of the trend's interval.
const LEVEL: f64 = 0.95;
/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// What was measured on some answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Answers.
    pub answers: u64,
    /// Those that have an actual.
    pub scored: u64,
    /// Accuracy of numbers.
    pub metrics: Option<Metrics>,
    /// Quality of classes.
    pub quality: Option<ClassQuality>,
}

impl Measured {
    /// The headline: of numbers MAPE, of classes the share that is right; percent.
    pub fn value(&self) -> Option<f64> {
        let right = self.quality.as_ref().and_then(|quality| quality.accuracy);
        right.map(|share| 100.0 * share).or_else(|| self.metrics.as_ref().and_then(|metrics| metrics.mape))
    }
}

/// What was measured, and on what: a day, a version, a distance or a segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<T> {
    /// On what.
    pub of: T,
    /// What.
    pub measured: Measured,
}

/// A version's answers in one role.
pub type ByVersion = Line<(VersionId, Role)>;

/// How a model does.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The first day looked at.
    pub from: Date,
    /// Today.
    pub to: Date,
    /// What the headline is: `mape`, the lower the better, or `accuracy`.
    pub metric: &'static str,
    /// The model's answers over the window.
    pub overall: Measured,
    /// The best day, by the headline.
    pub best: Option<(Date, f64)>,
    /// The worst day.
    pub worst: Option<(Date, f64)>,
    /// Where the headline is going, a day.
    pub trend: Option<Trend>,
    /// Answers whose day is over, or whose actual is there already, and how many of them have one.
    pub coverage: (u64, u64),
    /// The newest day with an actual.
    pub newest_actual: Option<Date>,
    /// Days since then.
    pub days_behind: Option<i32>,
    /// The serving version.
    pub champion: Option<VersionId>,
    /// Its age in days.
    pub model_age_days: Option<f64>,
    /// Days of which something new is known that is not computed yet.
    pub days_due: usize,
    /// How right the serving version's answers without an actual are likely to be.
    pub estimated: Option<Estimated>,
    /// Day by day.
    pub by_day: Vec<Line<Date>>,
    /// Version by version, the model's words apart from other answers.
    pub by_version: Vec<ByVersion>,
    /// By how far ahead was forecast.
    pub by_horizon: Vec<Line<String>>,
}

/// A stored row, read.
pub(super) struct DayRow {
    pub row: DailyRow,
    sums: LiveSums,
    pub told: Told,
}

/// What the sums of a stored row say.
pub fn measures(row: &DailyRow) -> Result<DayMeasures, StoreError> {
    Ok(sums_of(row)?.0.measures())
}

/// The sums of a stored row, and what its answers promise; a row of an earlier program does not tell that.
pub(super) fn sums_of(row: &DailyRow) -> Result<(LiveSums, Told), StoreError> {
    serde_json::from_str(&row.sums)
        .or_else(|_| serde_json::from_str(&row.sums).map(|sums| (sums, Told::default())))
        .map_err(|error: serde_json::Error| StoreError::Unreadable {
            what: "daily row",
            reason: error.to_string(),
        })
}

/// Rows added up by what `of` says of each.
fn added<T: Ord + Clone>(task: Task, rows: &[DayRow], of: impl Fn(&DailyRow) -> Option<T>) -> Vec<Line<T>> {
    let mut groups: BTreeMap<T, (u64, u64, LiveSums)> = BTreeMap::new();
    for DayRow { row, sums, .. } in rows {
        let Some(group) = of(row) else { continue };
        let group = groups.entry(group).or_insert_with(|| (0, 0, LiveSums::of(task)));
        group.0 += row.answers;
        group.1 += row.scored;
        group.2.merge(sums);
    }
    let lines = groups.into_iter().map(|(of, (answers, scored, sums))| Line {
        of,
        measured: Measured { answers, scored, metrics: sums.metrics(), quality: sums.quality() },
    });
    lines.collect()
}

async fn window(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
    scope: Scope,
    days: u32,
) -> Result<(Date, Vec<DayRow>), StoreError> {
    let back = i32::try_from(days.min(MAX_DAYS)).unwrap_or(0) - 1;
    let from = today(app, model).saturating_sub(jiff::Span::new().days(back.max(0)));
    let rows = app.ports.actuals.daily_rows(workspace, &model.key, scope, from).await?;
    let rows = rows.into_iter().map(|row| sums_of(&row).map(|(sums, told)| DayRow { row, sums, told }));
    Ok((from, rows.collect::<Result<_, StoreError>>()?))
}

/// How a model did in the last `days` days.
pub async fn summary(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
    days: u32,
) -> Result<Summary, StoreError> {
    let (from, rows) = window(app, workspace, model, Scope::All, days).await?;
    let champion = match &model.champion {
        Some(id) => app.ports.versions.version(workspace, &model.key, id.as_str()).await?,
        None => None,
    };
    let now = app.ports.clock.now();
    let mut summary = summarise(model.spec.task, &rows, from, today(app, model));
    if let Some(version) = &champion {
        summary.estimated = estimated(app, version, &rows).await;
    }
    summary.model_age_days =
        champion.map(|version| now.duration_since(version.created_at).as_secs_f64() / DAY);
    summary.champion.clone_from(&model.champion);
    summary.days_due = app.ports.actuals.due_days(workspace, &model.key).await?.len();
    Ok(summary)
}

/// How a version did, in whatever role it answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// All its answers.
    pub overall: Measured,
    /// Day by day.
    pub by_day: Vec<Line<Date>>,
}

/// How a version did in the last `days` days.
pub async fn course(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
    version: &VersionId,
    days: u32,
) -> Result<Course, StoreError> {
    let (_, rows) = window(app, workspace, model, Scope::All, days).await?;
    let today = today(app, model);
    let counts = |row: &DailyRow| row.version == *version && (row.day < today || row.scored > 0);
    let task = model.spec.task;
    let overall = added(task, &rows, |row| counts(row).then_some(())).pop();
    Ok(Course {
        overall: overall.map_or_else(|| nothing(task), |line| line.measured),
        by_day: added(task, &rows, |row| counts(row).then_some(row.day)),
    })
}

fn nothing(task: Task) -> Measured {
    let sums = LiveSums::of(task);
    Measured { answers: 0, scored: 0, metrics: sums.metrics(), quality: sums.quality() }
}

/// The same from rows alone. A day counts as looked at once it is over, or once an actual of it is there.
fn summarise(task: Task, rows: &[DayRow], from: Date, today: Date) -> Summary {
    let word = |row: &DailyRow| row.role == Role::Champion;
    let over = |row: &DailyRow| row.day < today || row.scored > 0;
    let overall = added(task, rows, |row| (word(row) && over(row)).then_some(())).pop();
    let overall = overall.map_or_else(|| nothing(task), |line| line.measured);
    let by_day = added(task, rows, |row| (word(row) && over(row)).then_some(row.day));
    let values: Vec<(Date, f64)> =
        by_day.iter().filter_map(|line| line.measured.value().map(|value| (line.of, value))).collect();
    let low = values.iter().min_by(|a, b| a.1.total_cmp(&b.1)).copied();
    let high = values.iter().max_by(|a, b| a.1.total_cmp(&b.1)).copied();
    let lower_is_better = task != Task::Classification;
    let (best, worst) = if lower_is_better { (low, high) } else { (high, low) };
    let apart = |day: Date| f64::from(day.since(from).map_or(0, |span| span.get_days()));
    let points: Vec<(f64, f64)> = values.iter().map(|(day, value)| (apart(*day), *value)).collect();
    let newest_actual = by_day.iter().filter(|line| line.measured.scored > 0).map(|line| line.of).max();
    Summary {
        from,
        to: today,
        metric: if lower_is_better { "mape" } else { "accuracy" },
        best,
        worst,
        trend: trend(&points, LEVEL),
        coverage: (overall.answers, overall.scored),
        newest_actual,
        days_behind: newest_actual.and_then(|day| today.since(day).ok()).map(|span| span.get_days().max(0)),
        champion: None,
        model_age_days: None,
        days_due: 0,
        estimated: None,
        by_version: added(task, rows, |row| over(row).then(|| (row.version.clone(), row.role))),
        by_horizon: added(task, rows, |row| (word(row) && over(row)).then_some(row.bucket))
            .into_iter()
            .map(|line| Line { of: bucket_name(line.of), measured: line.measured })
            .collect(),
        overall,
        by_day,
    }
}

/// The series of a forecast, the worst first; those without a scored answer last. Classes stand in the quality of the
/// summary.
pub async fn segments(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    model: &Model,
    days: u32,
) -> Result<Vec<Line<String>>, StoreError> {
    let (_, rows) = window(app, workspace, model, Scope::Segment, days).await?;
    let today = today(app, model);
    let counts = |row: &DailyRow| row.role == Role::Champion && (row.day < today || row.scored > 0);
    let mut lines = added(model.spec.task, &rows, |row| counts(row).then(|| row.segment.clone()));
    let value = |line: &Line<String>| line.measured.value().unwrap_or(f64::NEG_INFINITY);
    lines.sort_by(|a, b| value(b).total_cmp(&value(a)).then_with(|| a.of.cmp(&b.of)));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use vakhta_ml::evaluate::Sums;

    fn row(day: Date, role: Role, pairs: &[(f64, f64)], answers: u64) -> DayRow {
        let mut sums = Sums::default();
        for (actual, said) in pairs {
            sums.add(*actual, *said, None, &[]);
        }
        let row = DailyRow {
            scope: Scope::All,
            day,
            version: VersionId::new("v_1"),
            role,
            segment: String::new(),
            bucket: 1,
            answers,
            scored: pairs.len() as u64,
            sums: String::new(),
        };
        DayRow { row, sums: LiveSums::Numbers(sums), told: Told::default() }
    }

    #[test]
    fn days_are_summed_and_compared() {
        let rows = [
            row(date(2026, 3, 1), Role::Champion, &[(100.0, 110.0), (100.0, 90.0)], 2),
            row(date(2026, 3, 2), Role::Champion, &[(100.0, 130.0)], 2),
            row(date(2026, 3, 3), Role::Champion, &[], 3),
            row(date(2026, 3, 3), Role::Other, &[(100.0, 900.0)], 1),
            row(date(2026, 3, 4), Role::Champion, &[(0.0, 5.0)], 1),
            row(date(2026, 3, 9), Role::Champion, &[], 7),
        ];
        let found = summarise(Task::Forecast, &rows, date(2026, 3, 1), date(2026, 3, 5));
        assert_eq!(found.coverage, (8, 4), "the day to come is not looked at, the day without data is");
        let metrics = found.overall.metrics.expect("of numbers");
        assert_eq!((metrics.n, metrics.zero_actuals), (4, 1));
        assert!((metrics.mape.expect("told") - 50.0 / 3.0).abs() < 1e-9, "zero is left out and counted");
        assert_eq!(found.best, Some((date(2026, 3, 1), 10.0)));
        assert_eq!(found.worst, Some((date(2026, 3, 2), 30.0)));
        assert_eq!((found.newest_actual, found.days_behind), (Some(date(2026, 3, 4)), Some(1)));
        assert_eq!((found.by_day.len(), found.by_version.len()), (4, 2));
        assert!((found.trend.expect("two days").slope - 20.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_a_summary_too() {
        let found = summarise(Task::Classification, &[], date(2026, 3, 1), date(2026, 3, 5));
        assert_eq!((found.coverage, found.best, found.trend), ((0, 0), None, None));
        assert_eq!((found.metric, found.overall.value()), ("accuracy", None));
    }
}
