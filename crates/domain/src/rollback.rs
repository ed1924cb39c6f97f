//! Probation of a new champion: whether it stays, goes back, or is watched on. A pure rule.

use crate::evidence::Loss;
use crate::evidence::{Look, gain};
use crate::spec::PromotePolicy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days without which a probation that saw too little is not ended before twice its length.
pub const FEWEST_DAYS: u64 = 7;

/// What was seen since the promotion; stored as the decision's evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Probation {
    /// Days since the promotion.
    pub age_days: u64,
    /// Answers of the new champion that were not finite numbers.
    pub broken: u64,
    /// What is averaged in `look`.
    pub loss: Loss,
    /// The always-valid test on live days.
    pub look: Look,
}

/// What becomes of the new champion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The former champion serves again.
    RollBack,
    /// It is watched on.
    Watch,
    /// Probation is over.
    Passed,
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
    /// Worse than the former champion, and that is not chance.
    Worse {
        /// By which share; none where the former champion never erred.
        harm: Option<f64>,
        /// Days compared.
        days: u64,
        /// The error probability over all looks.
        level: f64,
    },
    /// Worse beyond chance, but by no more than a negligible share.
    SlightlyWorse {
        /// By which share.
        harm: f64,
        /// What is negligible.
        floor: f64,
        /// Days compared.
        days: u64,
    },
    /// Nothing speaks against it so far.
    NotWorse {
        /// Days compared.
        days: u64,
        /// By which share it is worse, negative where better; none where that cannot be told.
        harm: Option<f64>,
    },
    /// Too few days have actuals.
    TooFewDays {
        /// Days compared.
        days: u64,
        /// Days that are wanted.
        wanted: u64,
    },
}

impl Reason {
    /// The code used in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BrokenAnswers { .. } => "broken_answers",
            Self::Worse { .. } => "worse",
            Self::SlightlyWorse { .. } => "slightly_worse",
            Self::NotWorse { .. } => "not_worse",
            Self::TooFewDays { .. } => "too_few_days",
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        match self {
            Self::BrokenAnswers { count } => format!("{count} answers are not finite numbers"),
            Self::Worse { harm, days, level } => {
                let harm = harm.map_or("boundlessly".into(), percent);
                format!(
                    "worse by {harm} than the former champion over {days} days (error probability {level})"
                )
            }
            Self::SlightlyWorse { harm, floor, days } => {
                let (harm, floor) = (percent(*harm), percent(*floor));
                format!("worse by {harm} over {days} days, which {floor} allows")
            }
            Self::NotWorse { days, harm } => {
                let told = harm.map_or("unknown".into(), |h| percent(-h));
                format!("not shown to be worse over {days} days (improvement {told})")
            }
            Self::TooFewDays { days, wanted } => format!("{days} days have actuals, {wanted} are wanted"),
        }
    }
}

/// What becomes of the new champion, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
}

/// Decides about a champion in probation. May be asked every day: the test is valid over all looks at once. A
/// probation in which too few days had actuals lasts up to twice its length, then ends and says so.
pub fn judge(probation: &Probation, policy: &PromotePolicy) -> Verdict {
    let Look { days, former, trial, worse_since, level, .. } = probation.look;
    let verdict = |outcome, reason| Verdict { outcome, reason };
    if probation.broken > 0 {
        return verdict(Outcome::RollBack, Reason::BrokenAnswers { count: probation.broken });
    }
    let harm = gain(probation.loss, former, trial).map(|g| -g).filter(|_| days > 0);
    if worse_since.is_some() && harm.is_none_or(|h| h > policy.minor) {
        return verdict(Outcome::RollBack, Reason::Worse { harm, days, level });
    }
    let window = u64::from(policy.probation_days);
    let wanted = FEWEST_DAYS.min(window);
    let over = probation.age_days >= if days < wanted { 2 * window } else { window };
    let outcome = if over { Outcome::Passed } else { Outcome::Watch };
    let reason = match harm {
        _ if days < wanted => Reason::TooFewDays { days, wanted },
        Some(harm) if worse_since.is_some() && harm > 0.0 => {
            Reason::SlightlyWorse { harm, floor: policy.minor, days }
        }
        harm => Reason::NotWorse { days, harm },
    };
    verdict(outcome, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn seen(age_days: u64, days: u64, trial: f64, worse: bool) -> Probation {
        Probation {
            age_days,
            broken: 0,
            loss: Loss::Absolute,
            look: Look {
                days,
                former: 100.0,
                trial,
                lower: None,
                deviation: None,
                level: 0.05,
                worse_since: worse.then(|| date(2026, 9, 5)),
            },
        }
    }

    #[test]
    fn the_test_decides_the_window_ends() {
        for (age, days, trial, worse, wanted) in [
            (9, 9, 112.0, true, (Outcome::RollBack, "worse")),
            (28, 28, 112.0, true, (Outcome::RollBack, "worse")),
            (9, 9, 112.0, false, (Outcome::Watch, "not_worse")),
            (28, 28, 112.0, false, (Outcome::Passed, "not_worse")),
            (28, 28, 90.0, false, (Outcome::Passed, "not_worse")),
            (9, 9, 100.5, true, (Outcome::Watch, "slightly_worse")),
            // Actuals were corrected after the test had been clear.
            (9, 9, 95.0, true, (Outcome::Watch, "not_worse")),
            (28, 28, 100.5, true, (Outcome::Passed, "slightly_worse")),
            (28, 3, 112.0, false, (Outcome::Watch, "too_few_days")),
            (56, 3, 112.0, false, (Outcome::Passed, "too_few_days")),
            (0, 0, 0.0, false, (Outcome::Watch, "too_few_days")),
        ] {
            let verdict = judge(&seen(age, days, trial, worse), &PromotePolicy::default());
            assert_eq!((verdict.outcome, verdict.reason.code()), wanted, "{age} {days} {trial} {worse}");
            assert!(!verdict.reason.words().is_empty());
        }
    }

    #[test]
    fn broken_answers_need_no_test() {
        let broken = Probation { broken: 1, ..seen(0, 0, 0.0, false) };
        assert_eq!(judge(&broken, &PromotePolicy::default()).outcome, Outcome::RollBack);
    }

    #[test]
    fn a_probation_of_no_days_ends_at_once() {
        let policy = PromotePolicy { probation_days: 0, ..PromotePolicy::default() };
        assert_eq!(judge(&seen(0, 0, 0.0, false), &policy).outcome, Outcome::Passed);
    }
}
