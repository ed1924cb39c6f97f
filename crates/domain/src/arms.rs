//! Which version answers whom: champion, challenger by share, canary by steps. Stable per key.

use crate::rollback;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The place of a key in [0, 1): always the same for the same `salt` and key, and unrelated between salts, so that
/// two experiments do not meet the same customers. FNV-1a (Fowler, Noll, Vo) with the finish of `SplitMix64`
/// (Steele, Lea, Flood 2014), which spreads keys that differ in their last digit only.
pub fn place(salt: &str, key: &str) -> f64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    // No text holds the byte that parts the two.
    for byte in salt.bytes().chain([0xff]).chain(key.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^= hash >> 31;
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// The arm of a key: the place in `shares` of the one that answers it, or none for what they leave over (the
/// champion's). A share that grows keeps the keys it has, as long as those before it stay as they are. What is not
/// a share (negative, not a number) counts as none.
pub fn assign(salt: &str, key: &str, shares: &[f64]) -> Option<usize> {
    let place = place(salt, key);
    let mut end = 0.0;
    shares.iter().position(|share| {
        end += if *share > 0.0 { *share } else { 0.0 };
        place < end
    })
}

/// A canary: shares that the new version answers, one step after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Canary {
    /// The share of each step, ascending, 0 to 1. After the last the version serves all.
    pub steps: Vec<f64>,
    /// Days that a step lasts at least.
    pub days: u64,
}

impl Default for Canary {
    fn default() -> Self {
        Self { steps: vec![0.05, 0.25, 0.5], days: 3 }
    }
}

/// What comes next for a canary.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Next {
    /// The version is taken out.
    Abort,
    /// It stays at its share.
    Hold {
        /// It.
        share: f64,
    },
    /// It goes on to the next share.
    Advance {
        /// It.
        share: f64,
    },
    /// It serves all.
    Finish,
}

/// What comes next for a canary that is `days` into its step (the first is 0), by what is known of it. A step is
/// left only when it has lasted and was observed.
pub fn next(canary: &Canary, step: usize, days: u64, watched: &rollback::Verdict) -> Next {
    let Some(&share) = canary.steps.get(step) else { return Next::Finish };
    let unseen = matches!(watched.reason, rollback::Reason::TooFewDays { days: 0, .. });
    match (watched.outcome, canary.steps.get(step + 1)) {
        (rollback::Outcome::RollBack, _) => Next::Abort,
        _ if days < canary.days || unseen => Next::Hold { share },
        (_, Some(&share)) => Next::Advance { share },
        (_, None) => Next::Finish,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollback::{Outcome, Reason, Verdict};

    fn keys() -> Vec<String> {
        (0..20_000).map(|i| format!("branch-{i}")).collect()
    }

    #[test]
    fn a_key_stays_where_it_is() {
        // Computed apart from this code. Moving them would swap people between running arms.
        for (key, wanted) in [("", 230_841), ("a", 55_266), ("филиал 7", 384_635)] {
            assert_eq!((place("sales", key) * 1e6) as u64, wanted, "{key}");
        }
    }

    #[test]
    fn arms_get_their_shares() {
        let shares = [0.05, 0.25, 0.3];
        let mut counts = [0u32; 4];
        for key in keys() {
            counts[assign("sales", &key, &shares).unwrap_or(3)] += 1;
        }
        for (count, share) in counts.iter().zip([0.05, 0.25, 0.3, 0.4]) {
            let found = f64::from(*count) / 20_000.0;
            assert!((found - share).abs() < 0.012, "{found} is not {share}");
        }
    }

    #[test]
    fn a_growing_canary_keeps_its_keys() {
        let mut before = 0;
        for key in keys() {
            if assign("sales", &key, &[0.05]).is_some() {
                before += 1;
                assert_eq!(assign("sales", &key, &[0.25]), Some(0));
            }
        }
        assert!(before > 800);
    }

    #[test]
    fn experiments_do_not_meet_the_same_keys() {
        let both = keys()
            .iter()
            .filter(|k| assign("a", k, &[0.5]).is_some() && assign("b", k, &[0.5]).is_some())
            .count();
        assert!((4_700..5_300).contains(&both), "{both}");
    }

    #[test]
    fn odd_shares_are_none_or_all() {
        assert_eq!(assign("a", "k", &[]), None);
        assert_eq!(assign("a", "k", &[f64::NAN, -1.0, 0.0]), None);
        assert_eq!(assign("a", "k", &[1.0]), Some(0));
        assert_eq!(assign("a", "k", &[0.0, f64::INFINITY]), Some(1));
    }

    #[test]
    fn a_canary_goes_step_by_step() {
        let canary = Canary::default();
        let fine = Verdict { outcome: Outcome::Watch, reason: Reason::NotWorse { days: 3, harm: None } };
        let unseen = Verdict { outcome: Outcome::Watch, reason: Reason::TooFewDays { days: 0, wanted: 7 } };
        let worse = Verdict {
            outcome: Outcome::RollBack,
            reason: Reason::Worse { harm: None, days: 9, level: 0.05 },
        };
        assert_eq!(next(&canary, 0, 2, &fine), Next::Hold { share: 0.05 });
        assert_eq!(next(&canary, 0, 3, &fine), Next::Advance { share: 0.25 });
        assert_eq!(next(&canary, 0, 3, &unseen), Next::Hold { share: 0.05 });
        assert_eq!(next(&canary, 1, 0, &worse), Next::Abort);
        assert_eq!(next(&canary, 2, 3, &fine), Next::Finish);
        assert_eq!(next(&canary, 9, 0, &fine), Next::Finish);
    }
}
