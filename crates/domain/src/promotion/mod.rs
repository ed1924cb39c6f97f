//! Who is promoted: guards, then effect, then evidence. A pure rule: the same case gives the same verdict.

mod reason;

pub use reason::{Reason, Size};

use crate::evidence::{Evidence, SegmentHarm};
use crate::ids::VersionId;
use crate::spec::{PromoteMode, PromotePolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What no version may exceed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest absolute answer over the largest absolute value in the history.
    pub largest_ratio: f64,
    /// Milliseconds of an answer, 95th percentile; none: no limit.
    pub latency_ms: Option<f64>,
    /// Bytes of the saved model; none: no limit.
    pub size_bytes: Option<u64>,
    /// The share of the champion's rows that the candidate may leave unanswered.
    pub unanswered: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { largest_ratio: 100.0, latency_ms: None, size_bytes: None, unanswered: 0.05 }
    }
}

/// What was measured of the candidate alone. What is none was not measured and breaks no limit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measured {
    /// Answers that were not finite numbers.
    pub broken: u64,
    /// The largest absolute answer over the largest absolute value in the history; none for classes.
    pub largest_ratio: Option<f64>,
    /// Milliseconds of an answer, 95th percentile.
    pub latency_ms: Option<f64>,
    /// Bytes of the saved model.
    pub size_bytes: Option<u64>,
}

/// All that one promotion is decided from; stored as the decision's evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// The version that wants to serve.
    pub candidate: VersionId,
    /// The version that serves; none: there is none yet.
    pub champion: Option<VersionId>,
    /// What was measured of the candidate.
    pub measured: Measured,
    /// Both on the same rows; none where there is no champion or there are no such rows.
    pub evidence: Option<Evidence>,
    /// Whether a person asks to skip effect and evidence. Guards are never skipped.
    pub force: bool,
}

/// What becomes of the candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It serves.
    Promote,
    /// It answers in shadow, until there is evidence.
    Challenge,
    /// The champion stays; the candidate may still be put to serve by a person.
    Keep,
    /// It must not serve.
    Reject,
}

/// What becomes of the candidate, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
}

/// Decides about a candidate. Guards come first and are never skipped; `force` skips the rest. A significant
/// improvement without evidence goes to shadow, a minor one is not taken. Under [`PromoteMode::Challenger`] what
/// would have been promoted over a champion goes to shadow, with the same reason.
pub fn judge(case: &Case, policy: &PromotePolicy, limits: &Limits) -> Verdict {
    if let Some(reason) = harm(case, policy, limits) {
        return Verdict { outcome: Outcome::Reject, reason };
    }
    let verdict = |outcome, reason| Verdict { outcome, reason };
    let gain = case.evidence.as_ref().and_then(|e| e.paired.gain());
    let p = case.evidence.as_ref().and_then(|e| e.decides.p);
    if case.champion.is_none() {
        return verdict(Outcome::Promote, Reason::First);
    }
    if case.force {
        return verdict(Outcome::Promote, Reason::Forced { gain, p });
    }
    let (Some(evidence), Some(gain)) = (&case.evidence, gain) else {
        return verdict(Outcome::Keep, Reason::NotCompared);
    };
    let size = size_of(gain, policy);
    let (level, check) = (policy.level, evidence.check.and_then(|c| c.p));
    match (size, evidence.is_clear(level)) {
        (Size::Negligible, _) => verdict(Outcome::Keep, Reason::NoGain { gain, floor: policy.minor }),
        (_, true) => {
            let outcome = match policy.mode {
                PromoteMode::Champion => Outcome::Promote,
                PromoteMode::Challenger => Outcome::Challenge,
            };
            verdict(outcome, Reason::Gain { gain, size, p, check, level })
        }
        (Size::Minor, false) => verdict(Outcome::Keep, Reason::Unproven { gain, size, p, check, level }),
        (Size::Significant, false) => {
            verdict(Outcome::Challenge, Reason::Unproven { gain, size, p, check, level })
        }
    }
}

/// How large an improvement is by a policy.
pub fn size_of(gain: f64, policy: &PromotePolicy) -> Size {
    if gain > policy.significant {
        Size::Significant
    } else if gain > policy.minor {
        Size::Minor
    } else {
        Size::Negligible
    }
}

fn harm(case: &Case, policy: &PromotePolicy, limits: &Limits) -> Option<Reason> {
    let measured = &case.measured;
    let count = measured.broken.saturating_add(case.evidence.as_ref().map_or(0, |e| e.broken));
    if count > 0 {
        return Some(Reason::BrokenAnswers { count });
    }
    if let Some(ratio) = measured.largest_ratio.filter(|r| !r.is_finite() || *r > limits.largest_ratio) {
        let ratio = Some(ratio).filter(|r| r.is_finite());
        return Some(Reason::OutOfRange { ratio, limit: limits.largest_ratio });
    }
    if let (Some(ms), Some(limit)) = (measured.latency_ms, limits.latency_ms)
        && ms > limit
    {
        return Some(Reason::TooSlow { ms, limit });
    }
    if let (Some(bytes), Some(limit)) = (measured.size_bytes, limits.size_bytes)
        && bytes > limit
    {
        return Some(Reason::TooLarge { bytes, limit });
    }
    let evidence = case.evidence.as_ref()?;
    let rows = evidence.unanswered;
    let share = rows as f64 / rows.saturating_add(evidence.paired.rows).max(1) as f64;
    if share > limits.unanswered {
        return Some(Reason::Unanswered { rows, share, limit: limits.unanswered });
    }
    segment_harm(&evidence.segments, policy)
}

/// The most harmed segment, where one is harmed by more than the policy allows and beyond chance.
pub(crate) fn segment_harm(segments: &[SegmentHarm], policy: &PromotePolicy) -> Option<Reason> {
    let harmed = |segment: &&SegmentHarm| {
        segment.harm() > policy.segment_harm && segment.adjusted.is_some_and(|p| p < policy.level)
    };
    let worst = segments.iter().filter(harmed).max_by(|a, b| a.harm().total_cmp(&b.harm()))?;
    Some(Reason::SegmentHarm {
        segment: worst.segment.clone(),
        harm: Some(worst.harm()).filter(|h| h.is_finite()),
        limit: policy.segment_harm,
        p: worst.adjusted?,
        count: segments.iter().filter(harmed).count() as u64,
    })
}

#[cfg(test)]
mod tests;
