//! Schedules.

use super::{Enqueued, StoreError};
use crate::event::NewEvent;
use crate::ids::{ScheduleId, WorkspaceId};
use crate::page::{Page, PageQuery};
use crate::schedule::{Firing, Schedule};
use async_trait::async_trait;
use jiff::Timestamp;

/// Schedules. Those of a model's spec are written with the model ([`super::Models`]).
#[async_trait]
pub trait Schedules: Send + Sync {
    /// Adds a schedule. False where its id is taken or its model is not there.
    async fn add_schedule(&self, schedule: &Schedule, event: &NewEvent) -> Result<bool, StoreError>;
    /// Writes a schedule's times, pause and next moment. False where there is none.
    async fn change_schedule(&self, schedule: &Schedule, event: &NewEvent) -> Result<bool, StoreError>;
    /// Removes a schedule.
    async fn delete_schedule(
        &self,
        workspace: &WorkspaceId,
        id: &ScheduleId,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
    /// Schedules by id.
    async fn schedules(
        &self,
        workspace: &WorkspaceId,
        page: &PageQuery,
    ) -> Result<Page<Schedule>, StoreError>;
    /// One schedule.
    async fn schedule(
        &self,
        workspace: &WorkspaceId,
        id: &ScheduleId,
    ) -> Result<Option<Schedule>, StoreError>;
    /// Schedules of every workspace that are due and not paused, the longest due first; at most 100.
    async fn due_schedules(&self, now: Timestamp) -> Result<Vec<Schedule>, StoreError>;
    /// Fires a schedule. `None` where another process fired it first, or it was changed or paused: nothing was
    /// written. A job that is under way already is joined.
    async fn fire(&self, firing: &Firing) -> Result<Option<Enqueued>, StoreError>;
}
