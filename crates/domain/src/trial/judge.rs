//! What becomes of a challenger by what is seen of it live. May be asked every day: both tests are valid over all
//! looks at once.

use crate::evidence::{Evidence, Look, Loss, gain};
use crate::promotion::{self, segment_harm};
use crate::rollback::FEWEST_DAYS;
use crate::spec::PromotePolicy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was seen since it began; stored as the decision's evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Live {
    /// Days since it began.
    pub age_days: u64,
    /// Days that it is to last at most.
    pub days: u32,
    /// Its answers that were not finite numbers.
    pub broken: u64,
    /// What is averaged.
    pub loss: Loss,
    /// The always-valid test of "it is no worse than the champion"; its trial is the challenger.
    pub worse: Look,
    /// The always-valid test of "the champion is no worse than it"; its trial is the champion.
    pub better: Look,
    /// Both on the same live rows, by segment.
    pub evidence: Option<Evidence>,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It serves.
    Promote,
    /// It is tried on.
    Watch,
    /// It is tried no more; the champion stays.
    Drop,
}

/// Why, with its numbers. Shares are 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Answers were not finite numbers.
    BrokenLive {
        /// How many.
        count: u64,
    },
    /// Worse than the champion, and that is not chance.
    WorseLive {
        /// By which share; none where the champion never erred.
        harm: Option<f64>,
        /// Days compared.
        days: u64,
        /// The error probability over all looks.
        level: f64,
    },
    /// Better than the champion, and that is not chance.
    BetterLive {
        /// By which share.
        gain: f64,
        /// Days compared.
        days: u64,
        /// The error probability over all looks.
        level: f64,
    },
    /// Better, but a segment becomes worse than it may.
    HarmsLive {
        /// The most harmed.
        segment: String,
        /// By which share; none where the champion never erred there.
        harm: Option<f64>,
        /// By which share it may be.
        limit: f64,
    },
    /// Nothing is proven yet, or was within its time.
    UnprovenLive {
        /// By which share it is better, negative where worse; none where that cannot be told.
        gain: Option<f64>,
        /// Days compared.
        days: u64,
    },
}

impl Reason {
    /// The code used in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BrokenLive { .. } => "broken_live",
            Self::WorseLive { .. } => "worse_live",
            Self::BetterLive { .. } => "better_live",
            Self::HarmsLive { .. } => "harms_live",
            Self::UnprovenLive { .. } => "unproven_live",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        match self {
            Self::BrokenLive { count } => format!("{count} live answers are not finite numbers"),
            Self::WorseLive { harm, days, level } => {
                let harm = harm.map_or("boundlessly".into(), percent);
                format!("worse than the champion by {harm} over {days} live days (error probability {level})")
            }
            Self::BetterLive { gain, days, level } => {
                let gain = percent(*gain);
                format!(
                    "better than the champion by {gain} over {days} live days (error probability {level})"
                )
            }
            Self::HarmsLive { segment, harm, limit } => {
                let (harm, limit) = (harm.map_or("boundlessly".into(), percent), percent(*limit));
                format!(
                    "better as a whole, but `{segment}` becomes worse by {harm}, at most {limit} is allowed"
                )
            }
            Self::UnprovenLive { gain, days } => {
                let gain = gain.map_or("unknown".into(), percent);
                format!("an improvement of {gain} over {days} live days proves nothing")
            }
        }
    }
}

/// What becomes of a challenger, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
}

/// Decides about a challenger. A guard drops it at once; proof of harm drops it; proof of an improvement above the
/// policy's `minor` on at least a week of days promotes it where no segment is harmed; its time drops it.
pub fn judge(live: &Live, policy: &PromotePolicy) -> Verdict {
    let verdict = |outcome, reason| Verdict { outcome, reason };
    if live.broken > 0 {
        return verdict(Outcome::Drop, Reason::BrokenLive { count: live.broken });
    }
    let Look { days, former: champion, trial: challenger, level, .. } = live.worse;
    let gain = gain(live.loss, champion, challenger).filter(|_| days > 0);
    if live.worse.worse_since.is_some() && gain.is_none_or(|gain| gain < 0.0) {
        return verdict(Outcome::Drop, Reason::WorseLive { harm: gain.map(|gain| -gain), days, level });
    }
    let over = if live.age_days >= u64::from(live.days) { Outcome::Drop } else { Outcome::Watch };
    match gain {
        Some(gain) if live.better.worse_since.is_some() && gain > policy.minor && days >= FEWEST_DAYS => {
            let segments = live.evidence.as_ref().map_or(&[][..], |evidence| &evidence.segments);
            match segment_harm(segments, policy) {
                Some(promotion::Reason::SegmentHarm { segment, harm, limit, .. }) => {
                    verdict(over, Reason::HarmsLive { segment, harm, limit })
                }
                _ => verdict(Outcome::Promote, Reason::BetterLive { gain, days, level }),
            }
        }
        gain => verdict(over, Reason::UnprovenLive { gain, days }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{PairedLoss, PairedTest, SegmentHarm, TestName};
    use jiff::civil::date;

    fn look(former: f64, trial: f64, days: u64, clear: bool) -> Look {
        Look {
            days,
            former,
            trial,
            lower: None,
            deviation: None,
            level: 0.05,
            worse_since: clear.then(|| date(2026, 9, 9)),
        }
    }

    /// A challenger whose mean loss is `own` where the champion's is 100.
    fn seen(own: f64, age_days: u64, proven: bool) -> Live {
        let days = age_days;
        Live {
            age_days,
            days: 28,
            broken: 0,
            loss: Loss::Absolute,
            worse: look(100.0, own, days, proven && own > 100.0),
            better: look(own, 100.0, days, proven && own < 100.0),
            evidence: None,
        }
    }

    #[test]
    fn proof_or_time_decides() {
        for (own, age, proven, wanted) in [
            (90.0, 10, true, (Outcome::Promote, "better_live")),
            (90.0, 6, true, (Outcome::Watch, "unproven_live")),
            (90.0, 10, false, (Outcome::Watch, "unproven_live")),
            (99.5, 10, true, (Outcome::Watch, "unproven_live")),
            (90.0, 28, false, (Outcome::Drop, "unproven_live")),
            (110.0, 10, true, (Outcome::Drop, "worse_live")),
            (110.0, 10, false, (Outcome::Watch, "unproven_live")),
            (100.0, 0, false, (Outcome::Watch, "unproven_live")),
        ] {
            let verdict = judge(&seen(own, age, proven), &PromotePolicy::default());
            assert_eq!((verdict.outcome, verdict.reason.code()), wanted, "{own} {age} {proven}");
            assert!(!verdict.reason.words().is_empty());
            let text = serde_json::to_string(&verdict).expect("plain data");
            assert_eq!(serde_json::from_str::<Verdict>(&text).expect("a verdict"), verdict);
        }
    }

    #[test]
    fn broken_answers_and_harmed_segments_stop_it() {
        let broken = Live { broken: 2, ..seen(80.0, 10, true) };
        assert_eq!(judge(&broken, &PromotePolicy::default()).outcome, Outcome::Drop);
        let paired =
            |candidate| PairedLoss { loss: Loss::Absolute, rows: 40, days: 20, champion: 10.0, candidate };
        let test = PairedTest {
            test: TestName::DieboldMariano,
            n: 20,
            statistic: None,
            p: None,
            lag: None,
            seed: None,
        };
        let harmed = SegmentHarm {
            segment: "north".into(),
            paired: paired(14.0),
            p: Some(0.001),
            adjusted: Some(0.002),
        };
        let evidence = Evidence {
            paired: paired(8.0),
            decides: test,
            check: None,
            beside: vec![],
            segments: vec![harmed],
            tested_segments: 1,
            small_segments: 0,
            broken: 0,
            unanswered: 0,
            only_candidate: 0,
        };
        for (age, outcome) in [(10, Outcome::Watch), (28, Outcome::Drop)] {
            let live = Live { evidence: Some(evidence.clone()), ..seen(80.0, age, true) };
            let verdict = judge(&live, &PromotePolicy::default());
            assert_eq!((verdict.outcome, verdict.reason.code()), (outcome, "harms_live"));
        }
    }
}
