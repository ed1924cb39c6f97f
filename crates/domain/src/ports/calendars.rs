//! The company's days.

use super::StoreError;
use crate::calendar::CompanyDay;
use crate::event::NewEvent;
use crate::ids::WorkspaceId;
use crate::spec::Country;
use async_trait::async_trait;
use jiff::civil::Date;

/// The company's word on single days.
#[async_trait]
pub trait Calendars: Send + Sync {
    /// Every day of a country that the workspace has spoken about, by date.
    async fn company_days(
        &self,
        workspace: &WorkspaceId,
        country: Country,
    ) -> Result<Vec<CompanyDay>, StoreError>;
    /// Writes a day, over what was said of it before.
    async fn set_company_day(
        &self,
        workspace: &WorkspaceId,
        day: &CompanyDay,
        event: &NewEvent,
    ) -> Result<(), StoreError>;
    /// Takes the word on a day back. False where there was none.
    async fn clear_company_day(
        &self,
        workspace: &WorkspaceId,
        country: Country,
        date: Date,
        event: &NewEvent,
    ) -> Result<bool, StoreError>;
}
