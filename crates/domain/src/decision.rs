//! Decisions about versions: pure rules, and the record that each leaves.

use crate::ids::{DecisionId, ModelKey, VersionId};
use crate::report::{Quality, RecordsReport, Report, TrainingReport};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// The first good version of a model serves.
    FirstChampion,
    /// A new version was kept aside until a person decides: another one serves and nothing shows that this one is better,
    /// or it was imported and nobody measured it.
    Kept,
    /// A new version replaced the serving one: a guard, an effect and evidence spoke for it, or a person forced it.
    Promoted,
    /// A guard refused a version.
    Rejected,
    /// A model was not trained again: nothing asked for it, or its data cannot bear it.
    NotRetrained,
    /// A person put a version to serve.
    Deploy,
    /// A person went back to an earlier version.
    Rollback,
    /// A version is tried beside the champion.
    Challenger,
    /// A challenger is tried no more: the evidence spoke against it, its time was over, or a person ended it.
    ChallengerEnded,
    /// A canary goes on to its next share.
    CanaryStep,
    /// A new champion stood its probation.
    ProbationPassed,
    /// A new champion was worse in its probation: the former one serves again.
    AutoRollback,
}

impl DecisionKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::FirstChampion,
        Self::Kept,
        Self::Promoted,
        Self::Rejected,
        Self::NotRetrained,
        Self::Deploy,
        Self::Rollback,
        Self::Challenger,
        Self::ChallengerEnded,
        Self::CanaryStep,
        Self::ProbationPassed,
        Self::AutoRollback,
    ];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstChampion => "first_champion",
            Self::Kept => "kept",
            Self::Promoted => "promoted",
            Self::Rejected => "rejected",
            Self::NotRetrained => "not_retrained",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Challenger => "challenger",
            Self::ChallengerEnded => "challenger_ended",
            Self::CanaryStep => "canary_step",
            Self::ProbationPassed => "probation_passed",
            Self::AutoRollback => "auto_rollback",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// A decision as stored: what, why in words, and the numbers it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its identity.
    pub id: DecisionId,
    /// The model.
    pub model: ModelKey,
    /// What was decided.
    pub kind: DecisionKind,
    /// The version that it is about.
    pub version: VersionId,
    /// The version that served before.
    pub previous: Option<VersionId>,
    /// Why, in words.
    pub reason: String,
    /// The numbers.
    pub evidence: serde_json::Value,
    /// Who decided, by name.
    pub decided_by: String,
    /// When.
    pub at: Timestamp,
}

/// Why a freshly trained version must not serve, whatever else speaks for it; none where nothing speaks against it.
///
/// Of a forecast: accuracy was measured and is finite, and no forecast is finite-but-absurd (over 100 times the largest
/// value seen; [`TrainingReport::largest_ratio`] carries that number). Of a model of records: its quality was measured
/// on held-out rows, and it is no worse than answering without looking.
pub fn unfit(report: &Report) -> Option<String> {
    match report {
        Report::Forecast(report) => harm_of_forecast(report),
        Report::Records(report) => harm_of_records(report),
    }
}

fn harm_of_forecast(report: &TrainingReport) -> Option<String> {
    if !report.overall.wape.is_some_and(f64::is_finite) {
        return Some("accuracy could not be measured: no fold has a non-zero actual".into());
    }
    let absurd = !report.largest_ratio.is_finite() || report.largest_ratio > 100.0;
    absurd.then(|| {
        format!(
            "the forecast reaches {:.1} times the largest value in the history, at most 100 is sane",
            report.largest_ratio
        )
    })
}

fn harm_of_records(report: &RecordsReport) -> Option<String> {
    let (name, own, blind) = match (&report.quality, &report.baseline) {
        (Some(Quality::Classification(own)), Some(Quality::Classification(blind))) => {
            ("log-loss", own.log_loss, blind.log_loss)
        }
        (Some(Quality::Regression(own)), Some(Quality::Regression(blind))) => ("RMSE", own.rmse, blind.rmse),
        _ => ("quality", None, None),
    };
    let finite = |value: Option<f64>| value.filter(|v| v.is_finite());
    match (finite(own), finite(blind)) {
        (None, _) => Some("quality could not be measured: no held-out row has a known target".into()),
        (Some(own), Some(blind)) if own > blind * (1.0 + 1e-9) => Some(format!(
            "{name} {own:.4} is worse than {blind:.4}, what answering without looking at the columns gives"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{ClassQuality, Metrics};

    fn report(wape: Option<f64>, largest_ratio: f64) -> Report {
        Report::Forecast(Box::new(TrainingReport {
            overall: Metrics { wape, ..Metrics::default() },
            largest_ratio,
            ..TrainingReport::default()
        }))
    }

    fn classifier(log_loss: Option<f64>) -> Report {
        let of =
            |log_loss| Quality::Classification(ClassQuality { n: 100, log_loss, ..ClassQuality::default() });
        Report::Records(Box::new(RecordsReport {
            engine: "linear".into(),
            quality: Some(of(log_loss)),
            baseline: Some(of(Some(1.5))),
            candidates: vec![],
            importance: vec![],
            params: serde_json::Value::Null,
            train_rows: Some(900),
            test_rows: 100,
            notes: vec![],
        }))
    }

    #[test]
    fn a_classifier_must_know_more_than_the_frequencies() {
        assert_eq!(unfit(&classifier(Some(0.4))), None);
        assert_eq!(unfit(&classifier(Some(1.5))), None);
        for bad in [Some(1.6), Some(f64::NAN), None] {
            assert!(unfit(&classifier(bad)).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_report_is_read_back_as_what_it_was() {
        for report in [report(Some(7.0), 1.0), classifier(Some(0.4))] {
            let text = serde_json::to_string(&report).expect("plain data");
            assert_eq!(serde_json::from_str::<Report>(&text).expect("a report"), report);
        }
    }

    #[test]
    fn a_forecast_must_be_measured_and_sane() {
        assert_eq!(unfit(&report(Some(7.7), 1.1)), None);
        for bad in [
            report(None, 1.0),
            report(Some(f64::NAN), 1.0),
            report(Some(7.0), f64::INFINITY),
            report(Some(7.0), 1e6),
        ] {
            assert!(unfit(&bad).is_some());
        }
    }
}
