//! Versions that answer beside the champion: the former one in its probation, and a challenger. What each is, and what
//! becomes of a challenger by what is seen of it live. Pure rules; a probation is judged by [`crate::rollback`].

mod judge;

pub use judge::{Live, Outcome, Reason, Verdict, judge};

use crate::arms::{Canary, place};
use crate::decision::Decision;
use crate::event::NewEvent;
use crate::ids::{DecisionId, ModelKey, VersionId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest that a challenger may be tried, days.
pub const MAX_DAYS: u32 = 365;
/// The most steps of a canary.
pub const MAX_STEPS: usize = 20;

/// What a version beside the champion is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It served before, and goes on answering while the new champion is in its probation.
    Former,
    /// It wants to serve.
    Challenger,
}

impl Part {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Former => "former",
            Self::Challenger => "challenger",
        }
    }

    /// The part of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Former, Self::Challenger].into_iter().find(|part| part.as_str() == word)
    }
}

/// Whom a version beside the champion answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mode {
    /// Nobody: its answers are only logged.
    Shadow,
    /// A share of the keys, the same ones all the time.
    Ab {
        /// It, above 0 and below 1.
        share: f64,
    },
    /// A share of the keys that grows step by step.
    Canary {
        /// The steps.
        #[serde(flatten)]
        canary: Canary,
        /// The step that it is on, from 0.
        step: usize,
    },
}

impl Mode {
    /// The word used in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Ab { .. } => "ab",
            Self::Canary { .. } => "canary",
        }
    }

    /// The share of the keys that it answers.
    pub fn share(&self) -> f64 {
        match self {
            Self::Shadow => 0.0,
            Self::Ab { share } => *share,
            Self::Canary { canary, step } => canary.steps.get(*step).copied().unwrap_or(0.0),
        }
    }

    /// What is wrong with it: a field and the words for it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        match self {
            Self::Shadow => Ok(()),
            Self::Ab { share } if *share > 0.0 && *share < 1.0 => Ok(()),
            Self::Ab { share } => {
                Err(("/share", format!("{share} is no share, it lies above 0 and below 1")))
            }
            Self::Canary { canary: Canary { steps, days }, .. } => {
                if steps.is_empty() || steps.len() > MAX_STEPS {
                    return Err((
                        "/steps",
                        format!("holds {} steps, 1 to {MAX_STEPS} are taken", steps.len()),
                    ));
                }
                let grows = steps.windows(2).all(|pair| pair[0] < pair[1]);
                if !grows || steps.iter().any(|share| !(*share > 0.0 && *share <= 1.0)) {
                    return Err(("/steps", "must be shares above 0 and up to 1 that grow".into()));
                }
                if *days == 0 || *days > u64::from(MAX_DAYS) {
                    return Err((
                        "/days",
                        format!("{days} is out of range, a step lasts 1 to {MAX_DAYS} days"),
                    ));
                }
                Ok(())
            }
        }
    }
}

/// A version that answers beside the champion.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The model.
    pub model: ModelKey,
    /// What it is there for; a model has at most one of each.
    pub part: Part,
    /// The version.
    pub version: VersionId,
    /// The champion that it is held against. It ends when another one comes to serve.
    pub against: VersionId,
    /// Whom it answers.
    pub mode: Mode,
    /// Days that it is to last: of a probation its length, of a challenger at most.
    pub days: u32,
    /// Since when.
    pub since: Timestamp,
    /// Since when it has had its share.
    pub step_since: Timestamp,
    /// The decision that put it there.
    pub decision: DecisionId,
}

impl Arm {
    /// Whether it answers that key. A key stays with it while its share grows.
    pub fn takes(&self, key: &str) -> bool {
        let share = self.mode.share();
        share > 0.0 && place(self.decision.as_str(), key) < share
    }
}

/// What begins with a decision: an arm, and the words of it.
#[derive(Debug, Clone, PartialEq)]
pub struct BeginArm {
    /// The arm.
    pub arm: Arm,
    /// Why and by whom; its `previous` is the champion.
    pub decision: Decision,
    /// What is told.
    pub event: NewEvent,
}

/// What becomes of an arm without a switch.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeArm {
    /// The arm as the decision knew it.
    pub was: Arm,
    /// Whom it answers from now on; none: it ends.
    pub mode: Option<Mode>,
    /// Why and by whom.
    pub decision: Decision,
    /// What is told.
    pub event: NewEvent,
}

/// A forecast that the program made by itself, so that champion and arms are held against the same days.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialAnswer {
    /// What its actual is found by.
    pub key: String,
    /// The version.
    pub version: VersionId,
    /// Periods between the day on which it was made and the forecast one.
    pub ahead: u32,
    /// The first day of the forecast period.
    pub day: Date,
    /// The series.
    pub segment: String,
    /// When it was made: the same for all versions of one making.
    pub at: Timestamp,
    /// The number; none where it is not finite.
    pub value: Option<f64>,
}

/// What a version said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The number, or the confidence in the class; none where it is not finite.
    pub value: Option<f64>,
    /// The class.
    pub label: Option<String>,
    /// Probabilities, as JSON.
    pub detail: String,
}

/// What two versions said of one key whose truth is known.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedAnswers {
    /// The key.
    pub key: String,
    /// How far ahead; 0 of records.
    pub ahead: u32,
    /// The series; empty for records.
    pub segment: String,
    /// What turned out to be true.
    pub truth: crate::actual::Truth,
    /// What the version said that the other is held against.
    pub former: Said,
    /// What the version on trial said.
    pub trial: Said,
}

/// How far ahead champion and arms forecast for their comparison: 1, 7, 14 and 28 periods as far as they go, and the
/// whole horizon.
pub fn distances(horizon: u32) -> Vec<u32> {
    let mut found: Vec<u32> = [1, 7, 14, 28].into_iter().filter(|ahead| *ahead < horizon).collect();
    found.push(horizon.max(1));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(mode: Mode) -> Arm {
        let at = Timestamp::UNIX_EPOCH;
        Arm {
            workspace: WorkspaceId::new("w"),
            model: ModelKey::new("m"),
            part: Part::Challenger,
            version: VersionId::new("v_2"),
            against: VersionId::new("v_1"),
            mode,
            days: 28,
            since: at,
            step_since: at,
            decision: DecisionId::new("decision_1"),
        }
    }

    #[test]
    fn an_arm_takes_its_share_and_keeps_its_keys() {
        let canary = |step| arm(Mode::Canary { canary: Canary::default(), step });
        let keys: Vec<String> = (0..4000).map(|i| format!("branch-{i}")).collect();
        let taken = |arm: &Arm| keys.iter().filter(|key| arm.takes(key)).count();
        assert_eq!(taken(&arm(Mode::Shadow)), 0);
        let half = taken(&arm(Mode::Ab { share: 0.5 }));
        assert!((1850..2150).contains(&half), "{half}");
        let (small, large) = (canary(0), canary(1));
        assert!(taken(&small) < taken(&large));
        assert!(
            keys.iter().all(|key| !small.takes(key) || large.takes(key)),
            "a growing share keeps its keys"
        );
        assert_eq!(taken(&canary(9)), 0, "no step, no share");
    }

    #[test]
    fn comparisons_reach_to_the_horizon() {
        for (horizon, wanted) in
            [(1, vec![1]), (7, vec![1, 7]), (14, vec![1, 7, 14]), (90, vec![1, 7, 14, 28, 90]), (0, vec![1])]
        {
            assert_eq!(distances(horizon), wanted, "{horizon}");
        }
    }

    #[test]
    fn odd_modes_are_refused() {
        let steps =
            |steps: &[f64], days| Mode::Canary { canary: Canary { steps: steps.to_vec(), days }, step: 0 };
        for (mode, field) in [
            (Mode::Ab { share: 0.0 }, "/share"),
            (Mode::Ab { share: 1.0 }, "/share"),
            (Mode::Ab { share: f64::NAN }, "/share"),
            (steps(&[], 3), "/steps"),
            (steps(&[0.5, 0.2], 3), "/steps"),
            (steps(&[0.0, 0.2], 3), "/steps"),
            (steps(&[0.2, 1.1], 3), "/steps"),
            (steps(&[0.2], 0), "/days"),
        ] {
            assert_eq!(mode.check().expect_err(field).0, field);
        }
        for mode in [Mode::Shadow, Mode::Ab { share: 0.5 }, steps(&[0.05, 1.0], 1)] {
            assert_eq!(mode.check(), Ok(()));
            let text = serde_json::to_string(&mode).expect("plain data");
            assert_eq!(serde_json::from_str::<Mode>(&text).expect("a mode"), mode, "{text}");
        }
    }
}
