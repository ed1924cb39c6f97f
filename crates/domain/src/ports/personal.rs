//! What is kept of persons: told to them, and erased when its time is over.

use super::StoreError;
use crate::event::{Event, NewEvent};
use crate::ids::{UserId, WorkspaceId};
use crate::job::Job;
use crate::page::{Page, PageQuery};
use crate::user::Session;
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

/// How much was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Events.
    pub events: u64,
    /// Jobs.
    pub jobs: u64,
    /// Networks that tokens came from.
    pub networks: u64,
}

impl Erased {
    /// Whether there was nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What is kept of persons. An account is one over all workspaces, and so is what is told of it here.
#[async_trait]
pub trait Personal: Send + Sync {
    /// An account's sessions, newest first.
    async fn sessions_of(&self, user: &UserId) -> Result<Vec<Session>, StoreError>;
    /// What an account did, newest first, with the workspace of each.
    async fn events_of(
        &self,
        user: &UserId,
        page: &PageQuery,
    ) -> Result<Page<(WorkspaceId, Event)>, StoreError>;
    /// The jobs that an account asked for, newest first.
    async fn jobs_of(&self, user: &UserId, page: &PageQuery) -> Result<Page<Job>, StoreError>;
    /// Erases the addresses and programs of a workspace's events and ended jobs, and the networks of its tokens, that
    /// are older than `before`; at most `limit` of each. Where something was erased, `event` tells how much.
    async fn forget_origins(
        &self,
        workspace: &WorkspaceId,
        before: Timestamp,
        limit: u32,
        event: &NewEvent,
    ) -> Result<Erased, StoreError>;
}
