//! What two versions cost on the same live days.

use crate::Lifecycle;
use crate::actuals::zone;
use crate::metrics::today;
use crate::serve::answer::Probability;
use jiff::civil::Date;
use std::collections::HashMap;
use vakhta_domain::actual::Truth;
use vakhta_domain::evidence::{DailyLoss, Evidence, Loss};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{Metric, Task};
use vakhta_domain::trial::{Arm, PairedAnswers, Part, Said};
use vakhta_ml::evaluate::classes::LEAST_PROBABILITY;
use vakhta_ml::evidence::{LossRow, Sequential, Settings, compare, loss_for, loss_of};

/// Pairs of records that are looked at a day.
const MOST_PAIRS: u32 = 50_000;

/// What is known of an arm and the champion.
pub(super) struct Seen {
    /// What is averaged.
    pub loss: Loss,
    /// Days since it began.
    pub age_days: u64,
    /// Answers of the version on trial that are not finite numbers.
    pub broken: u64,
    /// Day by day; the trial is the version on trial.
    pub days: Vec<DailyLoss>,
    rows: Vec<LossRow>,
    segments: Vec<String>,
    seed: u64,
}

/// The loss that live answers of a model are compared by. The scale of MASE is that of a version's own history, so
/// absolute errors stand in for it.
fn live_loss(model: &Model) -> Loss {
    match (model.spec.task, model.spec.validation.metric) {
        (Task::Classification, _) => Loss::LogLoss,
        (_, Metric::Mase) => Loss::Absolute,
        (_, metric) => loss_for(metric),
    }
}

/// Reads every day that is over since an arm began. In a probation the champion is on trial, else the challenger.
pub(super) async fn read(app: &Lifecycle, model: &Model, arm: &Arm) -> Result<Seen, StoreError> {
    let (former, trial) = match arm.part {
        Part::Former => (&arm.version, &arm.against),
        Part::Challenger => (&arm.against, &arm.version),
    };
    let forecast = model.spec.task == Task::Forecast;
    let (workspace, key) = (&arm.workspace, &arm.model);
    let began = arm.since.to_zoned(zone(&model.spec)).date();
    let age = app.ports.clock.now().duration_since(arm.since).as_hours().max(0) / 24;
    let mut seen = Seen {
        loss: live_loss(model),
        age_days: age.unsigned_abs(),
        broken: 0,
        days: Vec::new(),
        rows: Vec::new(),
        segments: Vec::new(),
        seed: model.spec.seed,
    };
    let mut places = HashMap::new();
    let mut day = began;
    while day < today(app, model) {
        let pairs = if forecast {
            app.ports.arms.trial_pairs(workspace, key, (former, trial), day).await?
        } else {
            app.ports.arms.answer_pairs(workspace, key, (former, trial), day, MOST_PAIRS).await?
        };
        seen.add(day, &pairs, &mut places);
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    Ok(seen)
}

impl Seen {
    fn add(&mut self, day: Date, pairs: &[PairedAnswers], places: &mut HashMap<String, usize>) {
        let (mut rows, mut former, mut trial) = (0, 0.0, 0.0);
        for pair in pairs {
            let (one, other) =
                (cost(self.loss, &pair.truth, &pair.former), cost(self.loss, &pair.truth, &pair.trial));
            // What one version alone said wrong is its own fault; what no metric can tell is nobody's.
            self.broken += u64::from(other.is_some_and(f64::is_infinite));
            let (Some(one), Some(other)) = (one.filter(|l| l.is_finite()), other.filter(|l| l.is_finite()))
            else {
                continue;
            };
            let segment = match &pair.truth {
                Truth::Label(label) => label,
                Truth::Number(_) => &pair.segment,
            };
            let next = places.len();
            let segment = *places.entry(segment.clone()).or_insert_with(|| {
                self.segments.push(segment.clone());
                next
            });
            let number = day.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days());
            self.rows.push(LossRow { segment, day: number, champion: Some(one), candidate: Some(other) });
            rows += 1;
            former += one;
            trial += other;
        }
        if rows > 0 {
            let n = rows as f64;
            self.days.push(DailyLoss { day, rows, former: former / n, trial: trial / n });
        }
    }

    /// The always-valid test of "the version on trial is no worse".
    pub fn worse(&self, level: f64) -> Sequential {
        let mut test = Sequential::new(level);
        for day in &self.days {
            test.observe(*day);
        }
        test
    }

    /// The always-valid test of "the former one is no worse".
    pub fn better(&self, level: f64) -> Sequential {
        let mut test = Sequential::new(level);
        for day in &self.days {
            test.observe(DailyLoss { former: day.trial, trial: day.former, ..*day });
        }
        test
    }

    /// Both on all live rows, by segment; none where there are none.
    pub fn evidence(&self) -> Option<Evidence> {
        let settings = Settings::of(self.loss, self.seed);
        (!self.rows.is_empty()).then(|| compare(&self.rows, &self.segments, &settings))
    }
}

/// What an answer costs; infinitely much where it is no finite number, nothing known where the metric cannot say.
fn cost(loss: Loss, truth: &Truth, said: &Said) -> Option<f64> {
    match truth {
        Truth::Number(actual) => loss_of(loss, *actual, said.value.unwrap_or(f64::NAN), None),
        Truth::Label(label) => {
            said.value.map_or(Some(f64::INFINITY), |_| Some(-probability(label, said)?.ln()))
        }
    }
}

/// The probability that an answer gave to a class. Of one that was not told it is at most what the told ones leave
/// over; that is taken.
fn probability(label: &str, said: &Said) -> Option<f64> {
    let told: Vec<Probability> = serde_json::from_str(&said.detail).ok()?;
    let own = told.iter().find(|p| p.label == label).map(|p| p.probability);
    let rest = || 1.0 - told.iter().map(|p| p.probability).sum::<f64>();
    Some(own.unwrap_or_else(rest).clamp(LEAST_PROBABILITY, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn said(value: Option<f64>, detail: &str) -> Said {
        Said { value, label: None, detail: detail.into() }
    }

    #[test]
    fn answers_cost_what_the_metric_says() {
        let number = |value| said(value, "[]");
        let truth = Truth::Number(10.0);
        assert_eq!(cost(Loss::Absolute, &truth, &number(Some(7.0))), Some(3.0));
        assert_eq!(cost(Loss::Percentage, &Truth::Number(0.0), &number(Some(7.0))), None);
        assert_eq!(cost(Loss::Absolute, &truth, &number(None)), Some(f64::INFINITY));
        let detail = r#"[{"label": "a", "probability": 0.5}, {"label": "b", "probability": 0.25}]"#;
        let told = said(Some(0.5), detail);
        for (label, p) in [("a", 0.5f64), ("b", 0.25), ("c", 0.25)] {
            assert_eq!(cost(Loss::LogLoss, &Truth::Label(label.into()), &told), Some(-p.ln()), "{label}");
        }
    }

    #[test]
    fn days_are_means_of_what_both_answered() {
        let mut seen = Seen {
            loss: Loss::Absolute,
            age_days: 0,
            broken: 0,
            days: Vec::new(),
            rows: Vec::new(),
            segments: Vec::new(),
            seed: 1,
        };
        let pair = |segment: &str, former, trial| PairedAnswers {
            key: "k".into(),
            ahead: 1,
            segment: segment.into(),
            truth: Truth::Number(10.0),
            former: said(former, "[]"),
            trial: said(trial, "[]"),
        };
        let pairs =
            [pair("a", Some(9.0), Some(8.0)), pair("b", Some(7.0), Some(10.0)), pair("b", Some(1.0), None)];
        let mut places = HashMap::new();
        seen.add(date(2026, 3, 1), &pairs, &mut places);
        seen.add(date(2026, 3, 2), &[], &mut places);
        assert_eq!((seen.days.len(), seen.broken), (1, 1));
        assert_eq!((seen.days[0].rows, seen.days[0].former, seen.days[0].trial), (2, 2.0, 1.0));
        assert_eq!(seen.segments, ["a", "b"]);
        assert_eq!(seen.evidence().expect("rows").paired.rows, 2);
        assert_eq!(seen.better(0.05).days()[0].former, 1.0);
    }
}
