//! Alerts, their rules, silences and channels, what is owed to channels, and the way out of the house.

use super::StoreError;
use crate::alert::channel::{Channel, Secrets, Target};
use crate::alert::delivery::{Attempt, Delivery, DeliveryState};
use crate::alert::review::Changed;
use crate::alert::rule::Rules;
use crate::alert::silence::Silence;
use crate::alert::words::Message;
use crate::alert::{Alert, Severity, State};
use crate::event::NewEvent;
use crate::ids::{AlertId, ChannelId, DeliveryId, ModelKey, SilenceId, WorkspaceId};
use crate::page::{Page, PageQuery};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// Which alerts are wanted. `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// The state.
    pub state: Option<State>,
    /// The model.
    pub model: Option<ModelKey>,
    /// Those that are not over, or were not at this moment.
    pub since: Option<Timestamp>,
}

/// Which deliveries are wanted. `None` means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// The channel.
    pub channel: Option<ChannelId>,
    /// Where they stand.
    pub state: Option<DeliveryState>,
}

/// What becomes of a group's alerts, in one transaction: the alerts, what is owed to channels, the events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlertChanges {
    /// The alerts. Nothing is written where one of them was changed by somebody else meanwhile.
    pub changed: Vec<Changed>,
    /// What is owed.
    pub deliveries: Vec<Delivery>,
    /// What is told.
    pub events: Vec<NewEvent>,
}

/// Open alerts of every workspace by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenAlerts {
    /// Firing or acknowledged, warnings.
    pub warning: u64,
    /// Firing or acknowledged, critical.
    pub critical: u64,
}

impl OpenAlerts {
    /// Counts some more.
    pub fn add(&mut self, severity: Severity, count: u64) {
        match severity {
            Severity::Warning => self.warning += count,
            Severity::Critical => self.critical += count,
        }
    }
}

/// Alerts and everything around them.
#[async_trait]
pub trait Alerts: Send + Sync {
    /// Every workspace there is.
    async fn workspaces(&self) -> Result<Vec<WorkspaceId>, StoreError>;
    /// Alerts that are not over, or that a person resolved and that still hold; oldest first.
    async fn live_alerts(&self, workspace: &WorkspaceId) -> Result<Vec<Alert>, StoreError>;
    /// Writes what became of a group. False where somebody else was first: nothing was written.
    async fn change_alerts(
        &self,
        workspace: &WorkspaceId,
        changes: &AlertChanges,
    ) -> Result<bool, StoreError>;
    /// Alerts, newest first.
    async fn alerts(
        &self,
        workspace: &WorkspaceId,
        filter: &AlertFilter,
        page: &PageQuery,
    ) -> Result<Page<Alert>, StoreError>;
    /// One alert.
    async fn alert(&self, workspace: &WorkspaceId, id: &AlertId) -> Result<Option<Alert>, StoreError>;
    /// How many fire, over all workspaces.
    async fn open_alerts(&self) -> Result<OpenAlerts, StoreError>;

    /// The rules that a workspace set.
    async fn rules(&self, workspace: &WorkspaceId) -> Result<Rules, StoreError>;
    /// Sets them all.
    async fn set_rules(
        &self,
        workspace: &WorkspaceId,
        rules: &Rules,
        event: &NewEvent,
    ) -> Result<(), StoreError>;

    /// Silences, newest first.
    async fn silences(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Silence>, StoreError>;
    /// Silences that hold at a moment.
    async fn silences_at(&self, workspace: &WorkspaceId, at: Timestamp) -> Result<Vec<Silence>, StoreError>;
    /// Adds a silence.
    async fn add_silence(&self, silence: &Silence, event: &NewEvent) -> Result<(), StoreError>;
    /// Ends a silence. False where there is none that holds.
    async fn end_silence(
        &self,
        workspace: &WorkspaceId,
        id: &SilenceId,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;

    /// Channels by name.
    async fn channels(&self, workspace: &WorkspaceId) -> Result<Vec<Channel>, StoreError>;
    /// A channel with its secrets.
    async fn channel(
        &self,
        workspace: &WorkspaceId,
        id: &ChannelId,
    ) -> Result<Option<(Channel, Secrets)>, StoreError>;
    /// Adds a channel. False where its name is taken.
    async fn add_channel(
        &self,
        channel: &Channel,
        secrets: &Secrets,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Writes a channel with its secrets. None where there is none, false where its name is taken.
    async fn change_channel(
        &self,
        channel: &Channel,
        secrets: &Secrets,
        event: &NewEvent,
    ) -> Result<Option<bool>, StoreError>;
    /// Deletes a channel with its secrets; what is owed to it is given up, and its record stays.
    async fn delete_channel(
        &self,
        workspace: &WorkspaceId,
        id: &ChannelId,
        at: Timestamp,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;

    /// Takes the longest due delivery of any workspace for one attempt and counts it; nobody else takes it before
    /// `until`. What waits behind an earlier message of its group to the same channel is not due.
    async fn claim_delivery(&self, now: Timestamp, until: Timestamp) -> Result<Option<Delivery>, StoreError>;
    /// Ends the attempt that a delivery was taken for. False where another attempt has begun meanwhile.
    async fn end_attempt(
        &self,
        delivery: &Delivery,
        attempt: &Attempt,
        at: Timestamp,
        events: &[NewEvent],
    ) -> Result<bool, StoreError>;
    /// Keeps a delivery that was tried at once.
    async fn record_delivery(&self, delivery: &Delivery, event: &NewEvent) -> Result<(), StoreError>;
    /// Deliveries, newest first.
    async fn deliveries(
        &self,
        workspace: &WorkspaceId,
        filter: &DeliveryFilter,
        page: &PageQuery,
    ) -> Result<Page<Delivery>, StoreError>;
    /// Forgets deliveries that ended before a moment; how many.
    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError>;
}

/// Why a message was not taken. The text holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// It may go better in a moment.
    #[error("{text}")]
    Passing {
        /// What went wrong.
        text: String,
        /// How long the receiver asks to wait.
        retry_after: Option<SignedDuration>,
    },
    /// It will not go better by itself.
    #[error("{0}")]
    Lasting(String),
}

/// What is sent, and where.
#[derive(Debug, Clone, Copy)]
pub struct Dispatch<'a> {
    /// Where.
    pub target: &'a Target,
    /// The channel's secrets.
    pub secrets: &'a Secrets,
    /// What the channel is called.
    pub channel: &'a str,
    /// The identity of the message, the same in every attempt.
    pub id: &'a DeliveryId,
    /// When it was made.
    pub at: Timestamp,
    /// Its group, `model:KEY` or `source:KEY`.
    pub group: &'a str,
    /// The alerts; none where a channel is tried.
    pub alerts: &'a [Alert],
    /// The same in words.
    pub message: &'a Message,
    /// The server's own address, where it is known.
    pub public_url: Option<&'a str>,
}

/// Carries messages out of the house.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Sends one message; answers within half a minute.
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<(), NotifyError>;
}
