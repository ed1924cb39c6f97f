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
    /// A new version was kept aside until a person decides: another one serves, or it was imported and nobody
    /// measured it.
    Kept,
    /// A guard refused a version.
    Rejected,
    /// A person put a version to serve.
    Deploy,
    /// A person went back to an earlier version.
    Rollback,
}

impl DecisionKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::FirstChampion, Self::Kept, Self::Rejected, Self::Deploy, Self::Rollback];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstChampion => "first_champion",
            Self::Kept => "kept",
            Self::Rejected => "rejected",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
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

/// What is to happen to a version that was just trained.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It serves from now on.
    Serve(String),
    /// It waits for a person.
    Keep(String),
    /// It must not serve.
    Reject(String),
}

impl Verdict {
    /// The kind of decision that it is recorded as, and the reason.
    pub fn into_record(self) -> (DecisionKind, String) {
        match self {
            Self::Serve(why) => (DecisionKind::FirstChampion, why),
            Self::Keep(why) => (DecisionKind::Kept, why),
            Self::Reject(why) => (DecisionKind::Rejected, why),
        }
    }
}

/// Decides about a freshly trained version. Guards come first; the first version that passes them serves.
///
/// Guards of a forecast: accuracy was measured and is finite, and no forecast is finite-but-absurd (over 100
/// times the largest value seen; [`TrainingReport::largest_ratio`] carries that number). Guards of a model of
/// records: its quality was measured on held-out rows, and it is no worse than answering without looking.
pub fn judge_new(report: &Report, champion: Option<&VersionId>) -> Verdict {
    let harm = match report {
        Report::Forecast(report) => harm_of_forecast(report),
        Report::Records(report) => harm_of_records(report),
    };
    if let Some(reason) = harm {
        return Verdict::Reject(reason);
    }
    match champion {
        None => Verdict::Serve("the first version that passed the guards".into()),
        Some(current) => Verdict::Keep(format!("{current} serves; deploy this version to replace it")),
    }
}

/// Decides about an imported version: whatever serves, it waits for a person, for nobody measured it here.
pub fn judge_imported(by: &str) -> Verdict {
    Verdict::Keep(format!(
        "imported by {by}; its quality was not measured, so it serves only if a person deploys it"
    ))
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
        assert!(matches!(judge_new(&classifier(Some(0.4)), None), Verdict::Serve(_)));
        assert!(matches!(judge_new(&classifier(Some(1.5)), None), Verdict::Serve(_)));
        for bad in [Some(1.6), Some(f64::NAN), None] {
            assert!(matches!(judge_new(&classifier(bad), None), Verdict::Reject(_)), "{bad:?}");
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
    fn the_first_good_version_serves() {
        assert!(matches!(judge_new(&report(Some(7.7), 1.1), None), Verdict::Serve(_)));
    }

    #[test]
    fn a_second_one_waits() {
        let current = VersionId::new("v_1");
        assert!(matches!(judge_new(&report(Some(7.7), 1.1), Some(&current)), Verdict::Keep(_)));
    }

    #[test]
    fn guards_come_first() {
        for bad in [
            report(None, 1.0),
            report(Some(f64::NAN), 1.0),
            report(Some(7.0), f64::INFINITY),
            report(Some(7.0), 1e6),
        ] {
            assert!(matches!(judge_new(&bad, None), Verdict::Reject(_)));
        }
    }
}
