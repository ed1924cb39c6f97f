//! When a model is trained again, and when its data cannot bear it. Pure rules.

use crate::spec::RetrainPolicy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Percentage points that live accuracy or MAPE may be worse than at training.
pub const POINTS_LOST: f64 = 5.0;

/// What is known of a serving model; stored as the decision's evidence. What is none is not known and triggers
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Facts {
    /// Who asked for it by hand.
    pub asked_by: Option<String>,
    /// MAPE of live answers, percent.
    pub live_mape: Option<f64>,
    /// The same at training.
    #[serde(default)]
    pub training_mape: Option<f64>,
    /// Accuracy of live answers, percent: of classes the share that is right, of forecasts 100 - WAPE.
    pub live_accuracy: Option<f64>,
    /// The same at training.
    pub training_accuracy: Option<f64>,
    /// Features whose drift is confirmed.
    pub drifted: Vec<String>,
    /// Days since the champion was trained.
    pub age_days: Option<f64>,
    /// Days since any version was trained, whether it serves or was kept aside.
    #[serde(default)]
    pub trained_days: Option<f64>,
    /// Labelled predictions since then.
    pub new_labels: u64,
}

/// Why a model is to be trained again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Trigger {
    /// A person asked.
    Manual {
        /// Who.
        by: String,
    },
    /// Live MAPE is over its limit, and worse than at training.
    Mape {
        /// Percent.
        mape: f64,
        /// The limit.
        limit: f64,
    },
    /// Accuracy fell against training.
    Accuracy {
        /// Percentage points lost.
        lost: f64,
        /// What may be lost.
        limit: f64,
    },
    /// Drift is confirmed.
    Drift {
        /// Of these features.
        features: Vec<String>,
    },
    /// The champion is old.
    Age {
        /// Days.
        days: f64,
        /// The limit.
        limit: u32,
    },
    /// There is much to learn from.
    NewLabels {
        /// Labelled predictions since training.
        count: u64,
        /// The limit.
        limit: u64,
    },
}

impl Trigger {
    /// The code used in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Manual { .. } => "manual",
            Self::Mape { .. } => "mape",
            Self::Accuracy { .. } => "accuracy",
            Self::Drift { .. } => "drift",
            Self::Age { .. } => "age",
            Self::NewLabels { .. } => "new_labels",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Manual { by } => format!("asked for by {by}"),
            Self::Mape { mape, limit } => format!("live MAPE is {mape:.1}%, over {limit:.1}%"),
            Self::Accuracy { lost, limit } => {
                format!("accuracy is {lost:.1} points below that of training, over {limit}")
            }
            Self::Drift { features } => format!("drift is confirmed: {}", features.join(", ")),
            Self::Age { days, limit } => format!("the champion is {days:.0} days old, over {limit}"),
            Self::NewLabels { count, limit } => {
                format!("{count} labelled predictions since training, over {limit}")
            }
        }
    }
}

/// All that asks for a training, the most pressing first.
pub fn triggers(facts: &Facts, policy: &RetrainPolicy) -> Vec<Trigger> {
    let mut found = Vec::new();
    if let Some(by) = &facts.asked_by {
        found.push(Trigger::Manual { by: by.clone() });
    }
    let limit = policy.mape_above;
    // A series that was as hard to forecast at training is no better learnt for being learnt again.
    let expected = facts.training_mape.map_or(limit, |mape| mape + POINTS_LOST);
    if let Some(mape) = facts.live_mape.filter(|mape| *mape > limit.max(expected)) {
        found.push(Trigger::Mape { mape, limit: limit.max(expected) });
    }
    if let (Some(live), Some(training)) = (facts.live_accuracy, facts.training_accuracy) {
        let lost = training - live;
        if lost > POINTS_LOST {
            found.push(Trigger::Accuracy { lost, limit: POINTS_LOST });
        }
    }
    if policy.on_drift && !facts.drifted.is_empty() {
        found.push(Trigger::Drift { features: facts.drifted.clone() });
    }
    let limit = policy.max_age_days;
    // A version that was kept aside is an answer too: the same question each week would get the same one.
    let lately = facts.trained_days.is_some_and(|days| days <= f64::from(limit));
    if let Some(days) = facts.age_days.filter(|days| !lately && *days > f64::from(limit)) {
        found.push(Trigger::Age { days, limit });
    }
    let (count, limit) = (facts.new_labels, policy.new_labels);
    if count > limit {
        found.push(Trigger::NewLabels { count, limit });
    }
    found
}

/// Why a model is to be trained again, the most pressing reason; none where it is not.
pub fn needed(facts: &Facts, policy: &RetrainPolicy) -> Option<Trigger> {
    triggers(facts, policy).into_iter().next()
}

/// What is known of the data that a training would learn from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Data {
    /// Rows.
    pub rows: u64,
    /// Rows without which nothing can be learnt.
    pub least_rows: u64,
    /// Days since the newest row; none where rows have no date.
    pub days_since_newest: Option<f64>,
    /// Days after which a source counts as stopped; none: never.
    pub stopped_after_days: Option<f64>,
    /// Whether neither rows nor spec have changed since the serving version was trained.
    #[serde(default)]
    pub unchanged: bool,
    /// Days of rows that the serving version has not seen, and those without which a new one cannot be told from it; none
    /// where that is not known, or does not matter.
    #[serde(default)]
    pub unseen_days: Option<(f64, f64)>,
    /// Checks of quality that failed, by name.
    pub failed_checks: Vec<String>,
}

/// Why data cannot bear a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// There are too few rows.
    TooFewRows {
        /// Rows.
        rows: u64,
        /// Rows that are wanted.
        wanted: u64,
    },
    /// The source brings nothing any more.
    SourceStopped {
        /// Days since the newest row.
        days: f64,
        /// The limit.
        limit: f64,
    },
    /// Checks of quality failed.
    FailedChecks {
        /// Which.
        checks: Vec<String>,
    },
    /// The serving version has seen all but the last few days: no fold of a new one is unseen by both.
    TooSoon {
        /// Days of rows that it has not seen.
        days: f64,
        /// Days that are wanted.
        wanted: f64,
    },
}

impl Refusal {
    /// The code used in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooFewRows { .. } => "too_few_rows",
            Self::SourceStopped { .. } => "source_stopped",
            Self::FailedChecks { .. } => "failed_checks",
            Self::TooSoon { .. } => "too_soon",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::TooFewRows { rows, wanted } => format!("{rows} rows, at least {wanted} are wanted"),
            Self::SourceStopped { days, limit } => {
                format!("the newest row is {days:.1} days old, over {limit}")
            }
            Self::FailedChecks { checks } => format!("checks of the data failed: {}", checks.join(", ")),
            Self::TooSoon { days, wanted } => {
                format!(
                    "the serving version has seen all but the last {days:.0} days, {wanted:.0} are wanted to tell a new one from it"
                )
            }
        }
    }
}

/// Why `data` cannot bear a training; none where it can.
pub fn refused(data: &Data) -> Option<Refusal> {
    if data.rows < data.least_rows {
        return Some(Refusal::TooFewRows { rows: data.rows, wanted: data.least_rows });
    }
    if let (Some(days), Some(limit)) = (data.days_since_newest, data.stopped_after_days)
        && days > limit
    {
        return Some(Refusal::SourceStopped { days, limit });
    }
    if !data.failed_checks.is_empty() {
        return Some(Refusal::FailedChecks { checks: data.failed_checks.clone() });
    }
    let (days, wanted) = data.unseen_days.filter(|(days, wanted)| !data.unchanged && days < wanted)?;
    Some(Refusal::TooSoon { days, wanted })
}

/// What the rules say to a training that was asked for, or whose time has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Train.
    Train(Trigger),
    /// Nothing asks for it.
    NothingAsks,
    /// Learning the same rows by the same spec gives the same model.
    Unchanged(Trigger),
    /// The data cannot bear it.
    Refused(Trigger, Refusal),
}

impl Verdict {
    /// The code used in JSON, of a training that is not to be.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Train(_) => "train",
            Self::NothingAsks | Self::Unchanged(_) => "not_needed",
            Self::Refused(..) => "refused",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Train(trigger) => trigger.words(),
            Self::NothingAsks => "nothing asks for it".into(),
            Self::Unchanged(_) => {
                "neither rows nor spec have changed since the serving version was trained".into()
            }
            Self::Refused(_, refusal) => refusal.words(),
        }
    }
}

/// Whether a model is to be trained again. A person who asks may have the same rows learnt again.
pub fn verdict(facts: &Facts, policy: &RetrainPolicy, data: &Data) -> Verdict {
    match (needed(facts, policy), refused(data)) {
        (None, _) => Verdict::NothingAsks,
        (Some(trigger), Some(refusal)) => Verdict::Refused(trigger, refusal),
        (Some(trigger), None) if data.unchanged && facts.asked_by.is_none() => Verdict::Unchanged(trigger),
        (Some(trigger), None) => Verdict::Train(trigger),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(facts: &Facts) -> Vec<&'static str> {
        triggers(facts, &RetrainPolicy::default()).iter().map(Trigger::code).collect()
    }

    #[test]
    fn each_trigger_has_its_limit() {
        let none = Facts::default();
        for (facts, wanted) in [
            (none.clone(), vec![]),
            (Facts { asked_by: Some("an operator".into()), ..none.clone() }, vec!["manual"]),
            (Facts { live_mape: Some(15.0), ..none.clone() }, vec![]),
            (Facts { live_mape: Some(15.1), ..none.clone() }, vec!["mape"]),
            (Facts { live_mape: Some(f64::NAN), ..none.clone() }, vec![]),
            (Facts { live_mape: Some(44.0), training_mape: Some(40.0), ..none.clone() }, vec![]),
            (Facts { live_mape: Some(45.1), training_mape: Some(40.0), ..none.clone() }, vec!["mape"]),
            (Facts { live_mape: Some(15.1), training_mape: Some(8.0), ..none.clone() }, vec!["mape"]),
            (Facts { live_accuracy: Some(88.0), training_accuracy: Some(93.0), ..none.clone() }, vec![]),
            (
                Facts { live_accuracy: Some(87.0), training_accuracy: Some(93.0), ..none.clone() },
                vec!["accuracy"],
            ),
            (Facts { live_accuracy: Some(10.0), ..none.clone() }, vec![]),
            (Facts { drifted: vec!["price".into()], ..none.clone() }, vec!["drift"]),
            (Facts { age_days: Some(30.0), ..none.clone() }, vec![]),
            (Facts { age_days: Some(30.5), ..none.clone() }, vec!["age"]),
            (Facts { age_days: Some(40.0), trained_days: Some(10.0), ..none.clone() }, vec![]),
            (Facts { age_days: Some(70.0), trained_days: Some(31.0), ..none.clone() }, vec!["age"]),
            (Facts { new_labels: 1000, ..none.clone() }, vec![]),
            (Facts { new_labels: 1001, ..none.clone() }, vec!["new_labels"]),
            (
                Facts { new_labels: 2000, age_days: Some(40.0), live_mape: Some(40.0), ..none },
                vec!["mape", "age", "new_labels"],
            ),
        ] {
            assert_eq!(codes(&facts), wanted, "{facts:?}");
            let first = needed(&facts, &RetrainPolicy::default());
            assert_eq!(first.as_ref().map(Trigger::code), wanted.first().copied());
            assert!(first.is_none_or(|t| !t.words().is_empty()));
        }
    }

    #[test]
    fn a_policy_may_leave_drift_out() {
        let policy = RetrainPolicy { on_drift: false, ..RetrainPolicy::default() };
        let facts = Facts { drifted: vec!["price".into()], ..Facts::default() };
        assert_eq!(needed(&facts, &policy), None);
    }

    #[test]
    fn data_that_cannot_bear_it_is_refused() {
        let good = Data {
            rows: 1000,
            least_rows: 60,
            days_since_newest: Some(1.0),
            stopped_after_days: Some(3.0),
            unseen_days: Some((28.0, 28.0)),
            ..Data::default()
        };
        let code = |data: &Data| refused(data).map(|r| r.code());
        assert_eq!(code(&good), None);
        assert_eq!(code(&Data { rows: 59, ..good.clone() }), Some("too_few_rows"));
        assert_eq!(code(&Data { rows: 0, least_rows: 1, ..Data::default() }), Some("too_few_rows"));
        assert_eq!(code(&Data { days_since_newest: Some(3.1), ..good.clone() }), Some("source_stopped"));
        assert_eq!(code(&Data { days_since_newest: None, ..good.clone() }), None);
        let failed = Data { failed_checks: vec!["nulls in price".into()], ..good.clone() };
        assert_eq!(code(&failed), Some("failed_checks"));
        assert_eq!(code(&Data { unseen_days: Some((27.0, 28.0)), ..good.clone() }), Some("too_soon"));
        assert_eq!(code(&Data { unseen_days: Some((0.0, 28.0)), unchanged: true, ..good }), None);
    }

    #[test]
    fn the_same_rows_are_learnt_again_only_for_a_person() {
        let policy = RetrainPolicy::default();
        let old = Facts { age_days: Some(40.0), ..Facts::default() };
        let asked = Facts { asked_by: Some("an operator".into()), ..Facts::default() };
        let same = Data { rows: 100, unchanged: true, ..Data::default() };
        assert_eq!(verdict(&Facts::default(), &policy, &same), Verdict::NothingAsks);
        assert!(matches!(verdict(&old, &policy, &same), Verdict::Unchanged(Trigger::Age { .. })));
        assert!(matches!(verdict(&asked, &policy, &same), Verdict::Train(Trigger::Manual { .. })));
        let newer = Data { unchanged: false, ..same.clone() };
        assert!(matches!(verdict(&old, &policy, &newer), Verdict::Train(Trigger::Age { .. })));
        let none = Data { rows: 0, least_rows: 1, ..same };
        assert_eq!(verdict(&asked, &policy, &none).code(), "refused");
    }
}
