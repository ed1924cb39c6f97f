//! What the product needs from outside, one trait a thing.
//!
//! Every method is one transaction and is durable when it returns `Ok`. Not found is `Option`; a conflict
//! is a value that says which; [`StoreError`] means that the store itself failed. Every row carries a
//! workspace, and no method crosses from one to another.

mod accounts;
mod actuals;
mod alerts;
mod analytics;
mod arms;
mod calendars;
mod data;
mod drift;
mod identities;
mod jobs;
mod models;
mod objects;
mod personal;
mod schedules;
mod second_factors;
mod sources;
mod workspaces;

pub use accounts::{Accounts, Inserted, NetworkSeen, UserChanged, UserFilter};
pub use actuals::{Actuals, AfterAnswer, LogMark, LogPiece};
pub use alerts::{
    AlertChanges, AlertFilter, Alerts, DeliveryFilter, Dispatch, Notifier, NotifyError, OpenAlerts,
};
pub use analytics::Analytics;
pub use arms::{ArmAnswer, Arms};
pub use calendars::Calendars;
pub use data::{Datasets, EventFilter, Events, Idempotency, NewDatasetVersion, Replay};
pub use drift::{Drift, NewDriftReport};
pub use identities::{Identities, Linked, Provider, ProviderError, Question};
pub use jobs::{Beat, CancelAnswer, Enqueued, JobFilter, JobLease, Jobs};
pub use models::{Champion, FinishedTraining, ImportedVersion, Models, SwitchAnswer, Versions};
pub use objects::{Objects, PredictionLog};
pub use personal::{Erased, Personal};
pub use schedules::Schedules;
pub use second_factors::SecondFactors;
pub use sources::{Feed, FeedError, Feeds, Fetched, FinishedSync, Sources, SyncStored};
pub use workspaces::{MemberSet, Workspaces};

use jiff::Timestamp;
use std::sync::Arc;

/// Tells the time. Passed in, so that a test can say "thirty days later".
pub trait Clock: Send + Sync {
    /// The moment that it is.
    fn now(&self) -> Timestamp;
}

/// Randomness. Passed in, so that a failure replays from its seed.
pub trait Chance: Send + Sync {
    /// Fills `bytes` with random ones, fit for secrets in production.
    fn fill(&self, bytes: &mut [u8]);
}

/// Why a store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database or object store cannot be reached or used now.
    #[error("the {part} is not available: {source}")]
    Unavailable {
        /// `database` or `object store`.
        part: &'static str,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No space is left.
    #[error("no space is left on the {part}")]
    Full {
        /// `database` or `object store`.
        part: &'static str,
    },
    /// Stored bytes are not what was written.
    #[error("stored object {name} is damaged: {reason}")]
    Damaged {
        /// The object.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A row cannot be read as what it should be.
    #[error("a stored {what} cannot be read: {reason}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// A page was asked for from a place that this list never gave.
    #[error("cursor `{0}` is not one that this list gave, ask for the first page without a cursor")]
    BadCursor(String),
}

/// All ports together, as the wiring hands them on.
#[derive(Clone)]
pub struct Ports {
    /// Accounts, sessions, tokens.
    pub accounts: Arc<dyn Accounts>,
    /// Actuals and what is measured with them.
    pub actuals: Arc<dyn Actuals>,
    /// What answers beside champions.
    pub arms: Arc<dyn Arms>,
    /// Alerts, and who is told.
    pub alerts: Arc<dyn Alerts>,
    /// The company's days.
    pub calendars: Arc<dyn Calendars>,
    /// Datasets.
    pub datasets: Arc<dyn Datasets>,
    /// Reports on drift.
    pub drift: Arc<dyn Drift>,
    /// Models.
    pub models: Arc<dyn Models>,
    /// Versions, deployments, decisions.
    pub versions: Arc<dyn Versions>,
    /// What happens by the clock.
    pub schedules: Arc<dyn Schedules>,
    /// Accounts that another provider signs in.
    pub identities: Arc<dyn Identities>,
    /// Second factors, and the server's own keys.
    pub second_factors: Arc<dyn SecondFactors>,
    /// Where rows come from by themselves.
    pub sources: Arc<dyn Sources>,
    /// What is read from there.
    pub feeds: Arc<dyn Feeds>,
    /// The queue.
    pub jobs: Arc<dyn Jobs>,
    /// The history.
    pub events: Arc<dyn Events>,
    /// Answers kept for repeated requests.
    pub idempotency: Arc<dyn Idempotency>,
    /// Blobs.
    pub objects: Arc<dyn Objects>,
    /// What is kept of persons.
    pub personal: Arc<dyn Personal>,
    /// What models answered.
    pub predictions: Arc<dyn PredictionLog>,
    /// Workspaces and who belongs to them.
    pub workspaces: Arc<dyn Workspaces>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub chance: Arc<dyn Chance>,
}
