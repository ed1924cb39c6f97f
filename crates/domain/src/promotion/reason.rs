//! Why a candidate was promoted or not: a code, its numbers, and the words for them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How large an improvement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// No more than the policy's `minor`.
    Negligible,
    /// Above `minor`.
    Minor,
    /// Above `significant`.
    Significant,
}

/// Why, with its numbers. Shares are 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Answers were not finite numbers.
    BrokenAnswers {
        /// How many.
        count: u64,
    },
    /// The champion answers what the candidate does not.
    Unanswered {
        /// Rows.
        rows: u64,
        /// Their share of the rows that the champion answered.
        share: f64,
        /// What it may be.
        limit: f64,
    },
    /// An answer is out of all proportion to the history.
    OutOfRange {
        /// The largest answer over the largest value; none where that is not finite.
        ratio: Option<f64>,
        /// The limit.
        limit: f64,
    },
    /// Answers take too long.
    TooSlow {
        /// Milliseconds.
        ms: f64,
        /// The limit.
        limit: f64,
    },
    /// The saved model is too large.
    TooLarge {
        /// Bytes.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Segments become worse than they may, beyond chance.
    SegmentHarm {
        /// The most harmed.
        segment: String,
        /// By which share it is worse; none where the champion never erred there.
        harm: Option<f64>,
        /// By which share it may be.
        limit: f64,
        /// The adjusted p.
        p: f64,
        /// How many segments are harmed.
        count: u64,
    },
    /// Nothing served before.
    First,
    /// A person asked for it. The numbers say what was skipped.
    Forced {
        /// The improvement; none where it could not be measured.
        gain: Option<f64>,
        /// The p of the test that decides.
        p: Option<f64>,
    },
    /// There are no rows that both answered, or no improvement can be told from them.
    NotCompared,
    /// The improvement is negligible, or there is none.
    NoGain {
        /// It.
        gain: f64,
        /// What it must exceed.
        floor: f64,
    },
    /// The improvement may be chance.
    Unproven {
        /// It.
        gain: f64,
        /// How large that is.
        size: Size,
        /// The p of the test that decides; none where there were too few days.
        p: Option<f64>,
        /// The p of the check.
        check: Option<f64>,
        /// What they must be below.
        level: f64,
    },
    /// The improvement is large enough and not chance.
    Gain {
        /// It.
        gain: f64,
        /// How large that is.
        size: Size,
        /// The p of the test that decides.
        p: Option<f64>,
        /// The p of the check.
        check: Option<f64>,
        /// What they are below.
        level: f64,
    },
}

impl Reason {
    /// The code used in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BrokenAnswers { .. } => "broken_answers",
            Self::Unanswered { .. } => "unanswered",
            Self::OutOfRange { .. } => "out_of_range",
            Self::TooSlow { .. } => "too_slow",
            Self::TooLarge { .. } => "too_large",
            Self::SegmentHarm { .. } => "segment_harm",
            Self::First => "first",
            Self::Forced { .. } => "forced",
            Self::NotCompared => "not_compared",
            Self::NoGain { .. } => "no_gain",
            Self::Unproven { .. } => "unproven",
            Self::Gain { .. } => "gain",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        let told = |p: &Option<f64>| match p {
            None => "p is unknown".to_owned(),
            Some(p) if *p < 0.001 => "p < 0.001".to_owned(),
            Some(p) => format!("p = {p:.3}"),
        };
        match self {
            Self::BrokenAnswers { count } => format!("{count} answers are not finite numbers"),
            Self::Unanswered { rows, share, limit } => {
                let (share, limit) = (percent(*share), percent(*limit));
                format!("{rows} rows that the champion answers are not answered ({share}, at most {limit})")
            }
            Self::OutOfRange { ratio: Some(ratio), limit } => {
                format!(
                    "an answer is {ratio:.1} times the largest value in the history, at most {limit} is sane"
                )
            }
            Self::OutOfRange { ratio: None, .. } => "an answer is out of all range".into(),
            Self::TooSlow { ms, limit } => format!("an answer takes {ms:.1} ms, at most {limit} is allowed"),
            Self::TooLarge { bytes, limit } => {
                format!("the saved model has {bytes} bytes, at most {limit} are allowed")
            }
            Self::SegmentHarm { segment, harm, limit, p, count } => {
                let harm = harm.map_or("boundlessly".into(), percent);
                let limit = percent(*limit);
                let others = if *count > 1 { format!(", and {} more", count - 1) } else { String::new() };
                format!(
                    "`{segment}` becomes worse by {harm}, at most {limit} is allowed ({}){others}",
                    told(&Some(*p))
                )
            }
            Self::First => "the first version that passed the guards".into(),
            Self::Forced { gain, p } => {
                let gain = gain.map_or("unknown".into(), percent);
                format!("forced: effect ({gain}) and evidence ({}) were not asked", told(p))
            }
            Self::NotCompared => "no rows that both versions answered tell them apart".into(),
            Self::NoGain { gain, floor } => {
                format!("the improvement of {} does not exceed {}", percent(*gain), percent(*floor))
            }
            Self::Unproven { gain, p, level, .. } => {
                let gain = percent(*gain);
                format!("the improvement of {gain} may be chance ({}, wanted below {level})", told(p))
            }
            Self::Gain { gain, p, level, .. } => {
                let gain = percent(*gain);
                format!("better by {gain}, and that is not chance ({}, below {level})", told(p))
            }
        }
    }
}
