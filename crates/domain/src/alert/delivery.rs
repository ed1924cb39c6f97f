//! What is owed to a channel: kept until it was taken, or given up.

use super::Alert;
use super::channel::Channel;
use crate::ids::{ChannelId, DeliveryId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Attempts after which a delivery is given up: most of a day.
pub const MOST_ATTEMPTS: u32 = 24;
/// The wait after the first attempt.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(5);
/// The longest wait between two attempts, whatever a receiver asks for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Why a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryKind {
    /// Alerts fired or are over.
    Alerts,
    /// Somebody tries a channel.
    Test,
}

impl DeliveryKind {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Test => "test",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Alerts, Self::Test].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is owed.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was given up.
    GivenUp,
}

impl DeliveryState {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::GivenUp].into_iter().find(|state| state.as_str() == word)
    }
}

/// A message to one channel. Its id is the same in every attempt, so that a receiver can tell a repetition.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its identity.
    pub id: DeliveryId,
    /// The channel.
    pub channel: ChannelId,
    /// What its alerts are grouped by; messages of one group reach a channel in their order.
    pub group: String,
    /// Why it is sent.
    pub kind: DeliveryKind,
    /// The alerts as they were then.
    pub alerts: Vec<Alert>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts begun.
    pub attempts: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is tried next, while it waits.
    pub next_at: Timestamp,
    /// When it was taken or given up.
    pub ended_at: Option<Timestamp>,
    /// What went wrong last. Holds no secret.
    pub error: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Attempt {
    /// The receiver took it.
    Taken,
    /// It is tried again.
    Again {
        /// When.
        at: Timestamp,
        /// What went wrong.
        error: String,
    },
    /// It is given up.
    GivenUp {
        /// What went wrong.
        error: String,
    },
}

/// How long to wait after a failed attempt of that number (from 1); none where it was the last. The wait doubles from
/// five seconds to an hour; `chance` from 0 to 1 takes up to a fifth of it away, so that many do not come together.
/// What the receiver asks for is waited at least, up to an hour.
pub fn wait_after(attempt: u32, chance: f64, retry_after: Option<SignedDuration>) -> Option<SignedDuration> {
    if attempt >= MOST_ATTEMPTS {
        return None;
    }
    let doubled = FIRST_WAIT.as_secs_f64() * 2_f64.powi(attempt.saturating_sub(1).min(20) as i32);
    let wait = doubled.min(LONGEST_WAIT.as_secs_f64()) * (1.0 - 0.2 * chance.clamp(0.0, 1.0));
    let wait = SignedDuration::from_secs_f64(wait);
    Some(wait.max(retry_after.unwrap_or(SignedDuration::ZERO).min(LONGEST_WAIT)))
}

/// The messages that news of one group make: one a channel, with what that channel wants to hear.
pub fn route(
    channels: &[Channel],
    news: &[Alert],
    now: Timestamp,
    id: &mut dyn FnMut() -> DeliveryId,
) -> Vec<Delivery> {
    let mut made = Vec::new();
    for channel in channels {
        let wanted: Vec<Alert> = news.iter().filter(|alert| channel.wants(alert)).cloned().collect();
        let Some(first) = wanted.first() else { continue };
        made.push(Delivery {
            workspace: channel.workspace.clone(),
            id: id(),
            channel: channel.id.clone(),
            group: first.group(),
            kind: DeliveryKind::Alerts,
            alerts: wanted,
            state: DeliveryState::Waiting,
            attempts: 0,
            created_at: now,
            next_at: now,
            ended_at: None,
            error: None,
        });
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_end() {
        let wait = |attempt| wait_after(attempt, 0.0, None).map(|wait| wait.as_secs());
        assert_eq!((1..=5).map(wait).collect::<Vec<_>>(), [Some(5), Some(10), Some(20), Some(40), Some(80)]);
        assert_eq!((wait(10), wait(11), wait(23), wait(24)), (Some(2560), Some(3600), Some(3600), None));
        assert_eq!(wait_after(1, 1.0, None), Some(SignedDuration::from_secs(4)));
    }

    #[test]
    fn what_the_receiver_asks_for_is_waited_within_bounds() {
        let asked = |seconds| wait_after(1, 0.5, Some(SignedDuration::from_secs(seconds)));
        assert_eq!(asked(30), Some(SignedDuration::from_secs(30)));
        assert_eq!(asked(1), wait_after(1, 0.5, None));
        assert_eq!(asked(1_000_000), Some(SignedDuration::from_hours(1)));
    }
}
