//! What is known of a model or a source, and what the rules read from it. A rule never fetches; what is not known is
//! `None` and neither fires nor resolves.

use super::rule::{RuleKind, Rules};
use super::{Detail, Did, MOST_NAMES};
use crate::decision::{Decision, DecisionKind};
use crate::ids::{DecisionId, JobId, ModelKey, SourceKey};
use jiff::{SignedDuration, Timestamp};

/// How long a rollback by the system is told of.
const ROLLBACK_TOLD: SignedDuration = SignedDuration::from_hours(24);
/// The share of days whose errors lean to the same side, from which a bias is systematic.
const ONE_SIDED: f64 = 0.7;

/// A number, and what it was measured on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Scored answers.
    pub answers: u64,
    /// Days looked at.
    pub days: u32,
}

/// The mean error of some days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bias {
    /// Mean of forecast minus actual, in the target's unit.
    pub mean: f64,
    /// The same over the mean actual, percent; none where actuals are all zero.
    pub percent: Option<f64>,
    /// The share of days whose mean error has the sign of the whole, 0 to 1.
    pub one_sided: f64,
    /// Scored answers.
    pub answers: u64,
    /// Days looked at.
    pub days: u32,
}

/// The error of this week and of the week before, the larger the worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weeks {
    /// Of the last seven days, percent.
    pub now: f64,
    /// Of the seven days before, percent.
    pub before: f64,
}

/// What drift was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Whether it lasts.
    pub confirmed: bool,
    /// The columns that drifted, the worst first.
    pub columns: Vec<String>,
    /// Which report says so.
    pub report: String,
}

/// How the last job of a kind ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastJob {
    /// What it does, e.g. `training`.
    pub work: &'static str,
    /// The job.
    pub job: JobId,
    /// Whether it failed, and why.
    pub error: Option<String>,
}

/// The system went back to the former version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WentBack {
    /// The decision.
    pub decision: DecisionId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Whether a decision is a rollback that the system took by itself.
pub fn went_back(decision: &Decision) -> Option<WentBack> {
    let by_itself = decision.kind == DecisionKind::AutoRollback;
    by_itself.then(|| WentBack {
        decision: decision.id.clone(),
        reason: decision.reason.clone(),
        at: decision.at,
    })
}

/// What is known of a model. `None` is "not known".
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The model.
    pub model: ModelKey,
    /// Live MAPE of numbers, percent.
    pub mape: Option<Measured>,
    /// Live accuracy of classes, percent.
    pub accuracy: Option<Measured>,
    /// Accuracy at training, percent.
    pub training_accuracy: Option<f64>,
    /// This week's error and last week's.
    pub weeks: Option<Weeks>,
    /// MAPE by branch, percent, the worst first.
    pub branches: Option<Vec<(String, f64)>>,
    /// The mean error.
    pub bias: Option<Bias>,
    /// Drift.
    pub drift: Option<Drift>,
    /// Days that the newest row is older than it should be; 0 where it is in time.
    pub days_late: Option<f64>,
    /// Age of the serving version in days, and the age at which it is to be trained again.
    pub age_days: Option<(f64, f64)>,
    /// How the last job of each kind ended.
    pub jobs: Vec<LastJob>,
    /// Rollbacks by the system, the newest first.
    pub went_back: Option<Vec<WentBack>>,
    /// What the system decided last.
    pub did: Option<Did>,
}

impl Facts {
    /// A model of which nothing is known.
    pub fn unknown(model: ModelKey) -> Self {
        Self {
            model,
            mape: None,
            accuracy: None,
            training_accuracy: None,
            weeks: None,
            branches: None,
            bias: None,
            drift: None,
            days_late: None,
            age_days: None,
            jobs: Vec::new(),
            went_back: None,
            did: None,
        }
    }
}

/// How the last run of a source ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// The source.
    pub source: SourceKey,
    /// The number of its last run.
    pub run: u32,
    /// Why it failed, where it did.
    pub error: Option<String>,
}

/// What was seen by a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen {
    /// A number to be held against limits.
    Number(f64),
    /// It is so, or not.
    So(bool),
}

/// What a rule reads from facts. A rule without a reading knows nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The rule.
    pub rule: RuleKind,
    /// What it is about.
    pub subject: String,
    /// The model concerned.
    pub model: Option<ModelKey>,
    /// What was seen.
    pub seen: Seen,
    /// Which occurrence it is.
    pub occurrence: String,
    /// What is told beside it.
    pub detail: Detail,
}

/// What the rules read from what is known of a model.
pub fn of_model(facts: &Facts, rules: &Rules, now: Timestamp) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut read = |rule, seen, detail: Detail| {
        readings.push(Reading {
            rule,
            subject: facts.model.to_string(),
            model: Some(facts.model.clone()),
            seen,
            occurrence: String::new(),
            detail: Detail { did: facts.did.clone(), ..detail },
        });
    };
    let on = |measured: Measured| Detail {
        answers: Some(measured.answers),
        days: Some(measured.days),
        ..Detail::default()
    };
    if let Some(mape) = facts.mape {
        read(RuleKind::Mape, Seen::Number(mape.value), on(mape));
    }
    if let (Some(live), Some(training)) = (facts.accuracy, facts.training_accuracy) {
        let detail = Detail { compared: Some(training), ..on(live) };
        read(RuleKind::AccuracyDrop, Seen::Number(training - live.value), detail);
    }
    if let Some(weeks) = facts.weeks.filter(|weeks| weeks.before > 0.0) {
        let worse = 100.0 * (weeks.now - weeks.before) / weeks.before;
        let detail = Detail { compared: Some(weeks.before), ..Detail::default() };
        read(RuleKind::Degradation, Seen::Number(worse), detail);
    }
    if let (Some(branches), Some(limit)) = (&facts.branches, rules.of(RuleKind::Branches).branch_mape) {
        let over: Vec<&(String, f64)> = branches.iter().filter(|(_, mape)| *mape > limit).collect();
        let names = over.iter().take(MOST_NAMES).map(|(name, mape)| format!("{name} ({mape:.1}%)")).collect();
        let detail = Detail { names, compared: Some(limit), ..Detail::default() };
        read(RuleKind::Branches, Seen::Number(over.len() as f64), detail);
    }
    if let Some(bias) = facts.bias {
        let systematic = bias.one_sided >= ONE_SIDED;
        let size = |value: f64| if systematic { value.abs() } else { 0.0 };
        let detail = || Detail {
            compared: Some(bias.mean),
            answers: Some(bias.answers),
            days: Some(bias.days),
            ..Detail::default()
        };
        read(RuleKind::Bias, Seen::Number(size(bias.mean)), detail());
        if let Some(percent) = bias.percent {
            read(RuleKind::BiasShare, Seen::Number(size(percent)), detail());
        }
    }
    if let Some(late) = facts.days_late {
        read(RuleKind::DataLate, Seen::Number(late), Detail::default());
    }
    if let Some((age, most)) = facts.age_days {
        let detail = Detail { compared: Some(age), ..Detail::default() };
        read(RuleKind::ModelAge, Seen::Number((age - most).max(0.0)), detail);
    }
    if let Some(drift) = &facts.drift {
        let names = drift.columns.iter().take(MOST_NAMES).cloned().collect();
        read(RuleKind::Drift, Seen::So(drift.confirmed), Detail { names, ..Detail::default() });
    }
    if let Some(went_back) = &facts.went_back {
        let fresh = went_back.first().filter(|back| now.duration_since(back.at) < ROLLBACK_TOLD);
        let error = fresh.map(|back| back.reason.clone());
        read(RuleKind::Rollback, Seen::So(fresh.is_some()), Detail { error, ..Detail::default() });
    }
    for reading in &mut readings {
        match (reading.rule, &facts.drift, &facts.went_back) {
            (RuleKind::Drift, Some(drift), _) => reading.occurrence.clone_from(&drift.report),
            (RuleKind::Rollback, _, Some(backs)) => {
                reading.occurrence = backs.first().map(|back| back.decision.to_string()).unwrap_or_default();
            }
            _ => {}
        }
    }
    readings.extend(facts.jobs.iter().map(|last| of_job(facts, last)));
    readings
}

fn of_job(facts: &Facts, last: &LastJob) -> Reading {
    Reading {
        rule: RuleKind::JobFailed,
        subject: format!("{}/{}", facts.model, last.work),
        model: Some(facts.model.clone()),
        seen: Seen::So(last.error.is_some()),
        occurrence: last.job.to_string(),
        detail: Detail {
            error: last.error.clone(),
            job: last.error.is_some().then(|| last.job.clone()),
            ..Detail::default()
        },
    }
}

/// What the rules read from what is known of a source.
pub fn of_source(facts: &SourceFacts) -> Reading {
    Reading {
        rule: RuleKind::SourceFailed,
        subject: facts.source.to_string(),
        model: None,
        seen: Seen::So(facts.error.is_some()),
        occurrence: facts.run.to_string(),
        detail: Detail { error: facts.error.clone(), ..Detail::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-10T00:00:00Z".parse().expect("a moment")
    }

    fn seen(facts: &Facts, rule: RuleKind) -> Option<Seen> {
        let readings = of_model(facts, &Rules::default(), now());
        readings.into_iter().find(|reading| reading.rule == rule).map(|reading| reading.seen)
    }

    #[test]
    fn what_is_not_known_is_not_read() {
        let nothing = Facts::unknown(ModelKey::new("sales"));
        assert_eq!(of_model(&nothing, &Rules::default(), now()), []);
        let still = Facts { weeks: Some(Weeks { now: 5.0, before: 0.0 }), ..nothing };
        assert_eq!(
            seen(&still, RuleKind::Degradation),
            None,
            "nothing can be worse than no error by a share"
        );
    }

    #[test]
    fn numbers_are_read() {
        let facts = Facts {
            accuracy: Some(Measured { value: 88.0, answers: 50, days: 7 }),
            training_accuracy: Some(94.0),
            weeks: Some(Weeks { now: 12.0, before: 8.0 }),
            branches: Some(vec![("b".into(), 45.0), ("a".into(), 31.0), ("c".into(), 30.0)]),
            age_days: Some((33.5, 30.0)),
            ..Facts::unknown(ModelKey::new("sales"))
        };
        assert_eq!(seen(&facts, RuleKind::AccuracyDrop), Some(Seen::Number(6.0)));
        assert_eq!(seen(&facts, RuleKind::Degradation), Some(Seen::Number(50.0)));
        assert_eq!(seen(&facts, RuleKind::Branches), Some(Seen::Number(2.0)), "30% is not over 30%");
        assert_eq!(seen(&facts, RuleKind::ModelAge), Some(Seen::Number(3.5)));
        assert_eq!(seen(&facts, RuleKind::Mape), None);
    }

    #[test]
    fn a_bias_counts_where_it_leans_to_one_side() {
        let bias = |one_sided| Facts {
            bias: Some(Bias { mean: -20_000.0, percent: Some(-12.0), one_sided, answers: 30, days: 7 }),
            ..Facts::unknown(ModelKey::new("sales"))
        };
        assert_eq!(seen(&bias(1.0), RuleKind::Bias), Some(Seen::Number(20_000.0)));
        assert_eq!(seen(&bias(1.0), RuleKind::BiasShare), Some(Seen::Number(12.0)));
        assert_eq!(seen(&bias(0.6), RuleKind::Bias), Some(Seen::Number(0.0)));
    }

    #[test]
    fn a_rollback_is_told_of_for_a_day() {
        let back = |hours| Facts {
            went_back: Some(vec![WentBack {
                decision: DecisionId::new("d_1"),
                reason: "worse".into(),
                at: now() - SignedDuration::from_hours(hours),
            }]),
            ..Facts::unknown(ModelKey::new("sales"))
        };
        assert_eq!(seen(&back(23), RuleKind::Rollback), Some(Seen::So(true)));
        assert_eq!(seen(&back(24), RuleKind::Rollback), Some(Seen::So(false)));
    }
}
