//! What is kept of persons: told to them, and erased. The chain of events holds without it.

use super::job_rows::{JOB, job};
use super::{cursor, events, json};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use vakhta_domain::chain::{ERASED_DATA, ERASED_NAME};
use vakhta_domain::event::{Event, NewEvent};
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::job::Job;
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Erased, Personal, StoreError};
use vakhta_domain::suspicion::SIGN_IN_FAILED;
use vakhta_domain::user::{Actor, Session, User};

/// What is kept of persons in the database.
pub(crate) struct PersonalRows {
    pub(crate) db: Db,
}

fn session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        secret_hash: row.text("secret_hash")?,
        user: UserId::new(row.text("user_id")?),
        workspace: WorkspaceId::new(row.text("workspace")?),
        created_at: row.time("created_at")?,
        last_seen_at: row.time("last_seen_at")?,
        expires_at: row.time("expires_at")?,
        ip: row.maybe_text("ip")?,
        user_agent: row.maybe_text("user_agent")?,
    })
}

fn event_of_workspace(row: &Row) -> Result<(WorkspaceId, Event), StoreError> {
    Ok((WorkspaceId::new(row.text("workspace")?), events::event(row)?))
}

/// Erases a person's name, addresses and programs wherever they stand, in the transaction that deletes his account.
pub(super) async fn erase(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    let (id, name) = (user.id.as_str(), user.username.as_str());
    tx.run("DELETE FROM tokens WHERE user_id = ?", args![id]).await?;
    tx.run("DELETE FROM members WHERE user_id = ?", args![id]).await?;
    tx.run("UPDATE decisions SET decided_by = ? WHERE decided_by = ?", args![ERASED_NAME, name]).await?;
    erase_from_jobs(tx, id).await?;
    let nobody = "actor = ?, actor_salt = NULL, ip = NULL, user_agent = NULL, origin_salt = NULL";
    let sql = format!("UPDATE events SET {nobody} WHERE user_id = ?");
    tx.run(&sql, args![ERASED_NAME, id]).await?;
    tx.run(
        "UPDATE events SET data = ?, data_salt = NULL
         WHERE (subject_type = 'user' AND subject_id = ?) OR (subject_type = 'token' AND user_id = ?)",
        args![ERASED_DATA, id, id],
    )
    .await?;
    // Who could not sign in is known by the name that he typed, in any case.
    let typed = tx.all("SELECT DISTINCT actor FROM events WHERE kind = ?", args![SIGN_IN_FAILED]).await?;
    for row in typed {
        let typed = row.text("actor")?;
        if typed.to_lowercase() == name.to_lowercase() {
            let sql = format!("UPDATE events SET {nobody} WHERE kind = ? AND actor = ?");
            tx.run(&sql, args![ERASED_NAME, SIGN_IN_FAILED, typed]).await?;
        }
    }
    Ok(())
}

async fn erase_from_jobs(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    let owned = tx.all("SELECT id, owner FROM jobs WHERE owner_user = ?", args![id]).await?;
    for row in owned {
        let owner = Actor { name: ERASED_NAME.into(), ip: None, user_agent: None, ..row.json("owner")? };
        tx.run(
            "UPDATE jobs SET owner = ?, owner_name = ? WHERE id = ?",
            args![json("job owner", &owner)?, ERASED_NAME, row.text("id")?],
        )
        .await?;
    }
    Ok(())
}

/// Jobs that have ended and still know where they were asked for from.
const OLD_ORIGINS: &str = "SELECT id, owner FROM jobs WHERE workspace = ? AND created_at < ?
    AND state IN ('completed', 'failed', 'cancelled')
    AND (owner LIKE '%\"ip\":\"%' OR owner LIKE '%\"user_agent\":\"%') LIMIT ?";

#[async_trait]
impl Personal for PersonalRows {
    async fn sessions_of(&self, user: &UserId) -> Result<Vec<Session>, StoreError> {
        let sql =
            "SELECT secret_hash, user_id, workspace, created_at, last_seen_at, expires_at, ip, user_agent
             FROM sessions WHERE user_id = ? ORDER BY created_at DESC, secret_hash";
        self.db.all(sql, args![user.as_str()]).await?.iter().map(session).collect()
    }

    async fn events_of(
        &self,
        user: &UserId,
        page: &PageQuery,
    ) -> Result<Page<(WorkspaceId, Event)>, StoreError> {
        let before = cursor::after_number("own events", page)?.unwrap_or(i64::MAX);
        let columns = events::COLUMNS;
        let sql =
            format!("SELECT {columns} FROM events WHERE user_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?");
        let rows = self.db.all(&sql, args![user.as_str(), before, cursor::limit(page) + 1]).await?;
        cursor::page(
            "own events",
            page,
            &rows,
            |row| row.int("seq").map(|n| n.to_string()),
            event_of_workspace,
        )
    }

    async fn jobs_of(&self, user: &UserId, page: &PageQuery) -> Result<Page<Job>, StoreError> {
        let before = cursor::after_number("own jobs", page)?.unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT {JOB} FROM jobs WHERE owner_user = ? AND number < ? ORDER BY number DESC LIMIT ?"
        );
        let rows = self.db.all(&sql, args![user.as_str(), before, cursor::limit(page) + 1]).await?;
        cursor::page("own jobs", page, &rows, |row| row.int("number").map(|n| n.to_string()), job)
    }

    async fn forget_origins(
        &self,
        workspace: &WorkspaceId,
        before: Timestamp,
        limit: u32,
        event: &NewEvent,
    ) -> Result<Erased, StoreError> {
        let place = workspace.as_str();
        let mut tx = self.db.begin().await?;
        let mut erased = Erased::default();
        for row in tx.all(OLD_ORIGINS, args![place, before, limit]).await? {
            let owner = Actor { ip: None, user_agent: None, ..row.json("owner")? };
            let values = args![json("job owner", &owner)?, row.text("id")?];
            erased.jobs += tx.run("UPDATE jobs SET owner = ? WHERE id = ?", values).await?;
        }
        erased.networks = tx
            .run("DELETE FROM token_networks WHERE workspace = ? AND first_seen_at < ?", args![place, before])
            .await?;
        erased.events = tx
            .run(
                "UPDATE events SET ip = NULL, user_agent = NULL, origin_salt = NULL WHERE seq IN (
                    SELECT seq FROM events WHERE workspace = ? AND happened_at < ?
                        AND (ip IS NOT NULL OR user_agent IS NOT NULL) ORDER BY seq LIMIT ?)",
                args![place, before, limit],
            )
            .await?;
        if !erased.is_nothing() {
            let told = event.clone().with(json!({ "before": before, "erased": erased }));
            events::tell(&mut tx, std::slice::from_ref(&told)).await?;
            tx.save().await?;
        }
        Ok(erased)
    }
}
