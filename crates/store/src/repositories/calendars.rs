//! The company's days.

use super::events::tell;
use crate::db::{Db, Row, args};
use async_trait::async_trait;
use jiff::civil::Date;
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::ports::{Calendars, StoreError};
use vakhta_domain::spec::{Country, DayKind};

/// The company's days in the database.
pub(crate) struct CalendarRows {
    pub(crate) db: Db,
}

fn company_day(row: &Row) -> Result<CompanyDay, StoreError> {
    Ok(CompanyDay {
        country: row.word("country", Country::parse)?,
        date: row.word("day", |day| day.parse().ok())?,
        kind: row.word("kind", DayKind::parse)?,
        note: row.maybe_text("note")?,
        set_at: row.time("set_at")?,
        set_by: row.maybe_text("set_by")?.map(UserId::new),
    })
}

#[async_trait]
impl Calendars for CalendarRows {
    async fn company_days(
        &self,
        workspace: &WorkspaceId,
        country: Country,
    ) -> Result<Vec<CompanyDay>, StoreError> {
        let sql = "SELECT country, day, kind, note, set_at, set_by FROM company_days
            WHERE workspace = ? AND country = ? ORDER BY day";
        self.db.all(sql, args![workspace.as_str(), country.as_str()]).await?.iter().map(company_day).collect()
    }

    async fn set_company_day(
        &self,
        workspace: &WorkspaceId,
        day: &CompanyDay,
        event: &NewEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        tx.run(
            "INSERT INTO company_days (workspace, country, day, kind, note, set_at, set_by)
             VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (workspace, country, day) DO UPDATE SET kind = excluded.kind, note = excluded.note,
                set_at = excluded.set_at, set_by = excluded.set_by",
            args![
                workspace.as_str(),
                day.country.as_str(),
                day.date.to_string(),
                day.kind.as_str(),
                day.note.clone(),
                day.set_at,
                day.set_by.as_ref().map(UserId::as_str),
            ],
        )
        .await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await
    }

    async fn clear_company_day(
        &self,
        workspace: &WorkspaceId,
        country: Country,
        date: Date,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "DELETE FROM company_days WHERE workspace = ? AND country = ? AND day = ?";
        if tx.run(sql, args![workspace.as_str(), country.as_str(), date.to_string()]).await? == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }
}
