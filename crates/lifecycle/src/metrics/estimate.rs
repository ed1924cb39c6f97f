//! How right answers are whose actual is not known yet: an estimate, said to be one, with how far such estimates were
//! off where the truth came.

use super::summary::DayRow;
use crate::Lifecycle;
use crate::drift::Baseline;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vakhta_domain::actual::Truth;
use vakhta_domain::daily::{Paired, Role};
use vakhta_domain::report::{Interval, Quality, Report};
use vakhta_domain::spec::Task;
use vakhta_domain::version::ModelVersion;
use vakhta_ml::evidence::estimate::{
    Agreement, ClassEstimator, Estimate, ForecastDay, ForecastEstimator, LabelledDay, Promise, backtest,
};

use crate::serve::answer::Probability;

/// What the answers of a day promise. Days add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Of classes: answers without an actual.
    open: Promise,
    /// Those with one.
    kept: LabelledDay,
    /// Of numbers: answers without an actual.
    ahead: ForecastDay,
    /// Those with one.
    past: ForecastDay,
}

impl Told {
    /// Takes in an answer.
    pub fn add(&mut self, task: Task, paired: &Paired) {
        let answer = &paired.answer;
        if task == Task::Classification {
            let told: Vec<Probability> = serde_json::from_str(&answer.detail).unwrap_or_default();
            let mut told: Vec<f64> = told.iter().map(|p| p.probability).collect();
            // What was told of a few classes leaves the rest to all others.
            let rest = 1.0 - told.iter().sum::<f64>();
            told.extend((rest > 0.0).then_some(rest));
            match (&paired.truth, &answer.label) {
                (Some(Truth::Label(truth)), Some(said)) => {
                    let before = self.kept.promise.n;
                    self.kept.promise.add(&told);
                    self.kept.right += u64::from(self.kept.promise.n > before && truth == said);
                }
                _ => self.open.add(&told),
            }
            return;
        }
        let intervals: Vec<Interval> = serde_json::from_str(&answer.detail).unwrap_or_default();
        let narrowest = intervals.iter().min_by_key(|interval| interval.level);
        let (Some(value), Some(interval)) = (answer.value, narrowest) else { return };
        let half = (interval.hi - interval.lo) / 2.0;
        match &paired.truth {
            Some(Truth::Number(actual)) => self.past.add(value, half, Some(*actual)),
            _ => self.ahead.add(value, half, None),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.open.merge(&other.open);
        self.kept.promise.merge(&other.kept.promise);
        self.kept.right += other.kept.right;
        for (sum, more) in [(&mut self.ahead, &other.ahead), (&mut self.past, &other.past)] {
            sum.n += more.n;
            sum.width += more.width;
            sum.forecast += more.forecast;
            sum.error += more.error;
            sum.actual += more.actual;
        }
    }
}

/// How right the serving version's open answers are likely to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// `accuracy`, or `wape`; percent.
    pub metric: &'static str,
    /// The estimate, percent.
    pub estimate: Estimate,
    /// Days with actuals that it was learnt from; those of held-out rows among them.
    pub days: usize,
    /// How far such estimates were off on these days, each estimated from the others; percentage points.
    pub backtest: Agreement,
}

/// The estimate for the answers of a version in these rows that have no actual; none where nothing can be said.
pub(super) async fn estimated(app: &Lifecycle, version: &ModelVersion, rows: &[DayRow]) -> Option<Estimated> {
    let mut days: BTreeMap<Date, Told> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.row.role == Role::Champion && row.row.version == version.id) {
        days.entry(row.row.day).or_default().merge(&row.told);
    }
    let mut all = Told::default();
    for day in days.values() {
        all.merge(day);
    }
    if all.open.n == 0 && all.ahead.n == 0 {
        return None;
    }
    // Without a profile, or with a damaged one, live days alone must do.
    let baseline = match &version.profile {
        Some(object) => app.ports.objects.get(object).await.ok().and_then(|b| Baseline::from_bytes(&b).ok()),
        None => None,
    };
    let facts = baseline.map(|baseline| baseline.facts).unwrap_or_default();
    let usual = version.report.as_ref().and_then(usual);
    if version.spec.task == Task::Classification {
        let kept = days.values().map(|day| day.kept).filter(|day| day.promise.n > 0);
        return of_classes(&all.open, &facts.held_out.into_iter().chain(kept).collect::<Vec<_>>(), usual);
    }
    let past = days.values().map(|day| day.past).filter(|day| day.n > 0);
    of_numbers(&all.ahead, &facts.forecast_days.into_iter().chain(past).collect::<Vec<_>>(), usual)
}

/// The metric at training, percent.
fn usual(report: &Report) -> Option<f64> {
    match report {
        Report::Forecast(report) => report.overall.wape,
        Report::Records(report) => match report.quality.as_ref()? {
            Quality::Classification(quality) => quality.accuracy.map(|share| 100.0 * share),
            Quality::Regression(numbers) => numbers.wape,
        },
    }
}

fn percent(estimate: Estimate) -> Estimate {
    let of = |share: f64| 100.0 * share;
    Estimate { value: of(estimate.value), low: estimate.low.map(of), high: estimate.high.map(of), ..estimate }
}

/// All but one.
fn others<T: Copy>(days: &[T], at: usize) -> Vec<T> {
    days.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, day)| *day).collect()
}

fn of_classes(open: &Promise, days: &[LabelledDay], usual: Option<f64>) -> Option<Estimated> {
    let estimate = percent(ClassEstimator::learn(days).accuracy(open)?);
    let held: Vec<(Estimate, f64)> = days
        .iter()
        .enumerate()
        .filter_map(|(at, day)| {
            let told = ClassEstimator::learn(&others(days, at)).accuracy(&day.promise)?;
            Some((percent(told), 100.0 * day.right as f64 / day.promise.n as f64))
        })
        .collect();
    let backtest = backtest(&held, usual.unwrap_or(f64::NAN));
    Some(Estimated { metric: "accuracy", estimate, days: days.len(), backtest })
}

fn of_numbers(ahead: &ForecastDay, days: &[ForecastDay], usual: Option<f64>) -> Option<Estimated> {
    let estimate = ForecastEstimator::learn(days).wape(ahead)?;
    let held: Vec<(Estimate, f64)> = days
        .iter()
        .enumerate()
        .filter_map(|(at, day)| {
            let told = ForecastEstimator::learn(&others(days, at)).wape(day)?;
            Some((told, day.wape()?))
        })
        .collect();
    let backtest = backtest(&held, usual.unwrap_or(f64::NAN));
    Some(Estimated { metric: "wape", estimate, days: days.len(), backtest })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::json;
    use vakhta_domain::daily::LoggedAnswer;
    use vakhta_domain::ids::VersionId;

    fn paired(value: f64, detail: &serde_json::Value, truth: Option<Truth>) -> Paired {
        let answer = LoggedAnswer {
            key: "k".into(),
            version: VersionId::new("v_1"),
            day: jiff::civil::date(2026, 3, 1),
            served: true,
            shadow: false,
            at: Timestamp::UNIX_EPOCH,
            request: "r".into(),
            segment: String::new(),
            step: None,
            value: Some(value),
            label: Some("a".into()),
            detail: detail.to_string(),
        };
        Paired { answer, truth }
    }

    #[test]
    fn probabilities_promise_and_labels_keep() {
        let sure = json!([{"label": "a", "probability": 0.8}, {"label": "b", "probability": 0.1}]);
        let mut day = Told::default();
        for truth in ["a", "a", "b", "a", "a"] {
            day.add(Task::Classification, &paired(0.8, &sure, Some(Truth::Label(truth.into()))));
        }
        day.add(Task::Classification, &paired(0.8, &sure, None));
        assert_eq!((day.kept.promise.n, day.kept.right, day.open.n), (5, 4, 1));
        assert!((day.open.right - 0.8).abs() < 1e-9, "what was not told belongs to other classes");
        let days = vec![day.kept; 6];
        let found = of_classes(&day.open, &days, Some(90.0)).expect("answers");
        assert!((found.estimate.value - 80.0).abs() < 1e-6 && found.estimate.estimated, "{found:?}");
        assert!(found.estimate.low.is_some());
        assert_eq!((found.backtest.days, found.days), (6, 6));
        assert!(found.backtest.error.expect("six days") < 1e-6, "{found:?}");
        assert!((found.backtest.usual_error.expect("six days") - 10.0).abs() < 1e-6);
    }

    #[test]
    fn widths_promise_and_errors_keep() {
        let width = json!([{"level": 95, "lo": 0.0, "hi": 400.0}, {"level": 80, "lo": 90.0, "hi": 110.0}]);
        let mut day = Told::default();
        for actual in [95.0, 105.0] {
            day.add(Task::Forecast, &paired(100.0, &width, Some(Truth::Number(actual))));
        }
        let wide = json!([{"level": 80, "lo": 80.0, "hi": 120.0}]);
        day.add(Task::Forecast, &paired(100.0, &wide, None));
        day.add(Task::Forecast, &paired(100.0, &json!([]), None));
        assert_eq!((day.past.n, day.ahead.n), (2, 1), "without an interval nothing is promised");
        let found = of_numbers(&day.ahead, &[day.past; 5], None).expect("a width");
        assert!((found.estimate.value - 10.0).abs() < 1e-6, "twice as wide, twice as wrong: {found:?}");
        assert_eq!(found.backtest.usual_error, None);
        assert_eq!(of_numbers(&day.ahead, &[], None), None, "nothing taught what a width is worth");
        let mut sum = day;
        sum.merge(&day);
        assert_eq!((sum.past.n, sum.ahead.width), (4, 40.0));
    }
}
