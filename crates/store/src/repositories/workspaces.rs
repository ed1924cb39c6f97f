//! Workspaces and members.

use super::{cursor, events::tell};
use crate::db::{Db, Row, Value, args};
use async_trait::async_trait;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{MemberSet, StoreError, Workspaces};
use vakhta_domain::user::Tier;
use vakhta_domain::workspace::{Member, Workspace};

/// Workspaces in the database.
pub(crate) struct WorkspaceRows {
    pub(crate) db: Db,
}

fn workspace(row: &Row) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        id: WorkspaceId::new(row.text("id")?),
        title: row.text("title")?,
        created_at: row.time("created_at")?,
    })
}

fn member(row: &Row) -> Result<Member, StoreError> {
    Ok(Member {
        user: UserId::new(row.text("id")?),
        username: row.text("username")?,
        role: row.word("role", Tier::parse)?,
        is_home: row.truth("is_home")?,
        is_active: row.truth("is_active")?,
    })
}

#[async_trait]
impl Workspaces for WorkspaceRows {
    async fn workspaces(&self, of: Option<&UserId>, page: &PageQuery) -> Result<Page<Workspace>, StoreError> {
        let after = cursor::after_text("workspaces", page)?.unwrap_or_default();
        let mut sql = String::from("SELECT id, title, created_at FROM workspaces WHERE id > ?");
        let mut values = args![after];
        if let Some(user) = of {
            sql.push_str(
                " AND (id IN (SELECT workspace FROM members WHERE user_id = ?)
                    OR id IN (SELECT workspace FROM users WHERE id = ?))",
            );
            values.extend(args![user.as_str(), user.as_str()]);
        }
        sql.push_str(" ORDER BY id LIMIT ?");
        values.push(Value::from(cursor::limit(page) + 1));
        let rows = self.db.all(&sql, values).await?;
        cursor::page("workspaces", page, &rows, |row| row.text("id"), workspace)
    }

    async fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        let sql = "SELECT id, title, created_at FROM workspaces WHERE id = ?";
        self.db.one(sql, args![id.as_str()]).await?.as_ref().map(workspace).transpose()
    }

    async fn add_workspace(&self, workspace: &Workspace, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql =
            "INSERT INTO workspaces (id, title, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING";
        let values = args![workspace.id.as_str(), workspace.title.as_str(), workspace.created_at];
        if tx.run(sql, values).await? == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn members(&self, workspace: &WorkspaceId, page: &PageQuery) -> Result<Page<Member>, StoreError> {
        let after = cursor::after_text("members", page)?.unwrap_or_default();
        let sql = "SELECT users.id, username, username_folded, is_active,
                CASE WHEN users.workspace = ? THEN users.tier ELSE members.role END AS role,
                CAST(CASE WHEN users.workspace = ? THEN 1 ELSE 0 END AS {int}) AS is_home
             FROM users LEFT JOIN members ON members.user_id = users.id AND members.workspace = ?
             WHERE deleted_at IS NULL AND (users.workspace = ? OR members.role IS NOT NULL) AND username_folded > ?
             ORDER BY username_folded LIMIT ?";
        let place = workspace.as_str();
        let values = args![place, place, place, place, after, cursor::limit(page) + 1];
        let rows = self.db.all(sql, values).await?;
        cursor::page("members", page, &rows, |row| row.text("username_folded"), member)
    }

    async fn role(&self, workspace: &WorkspaceId, user: &UserId) -> Result<Option<Tier>, StoreError> {
        let sql = "SELECT role FROM members WHERE workspace = ? AND user_id = ?";
        let row = self.db.one(sql, args![workspace.as_str(), user.as_str()]).await?;
        row.map(|row| row.word("role", Tier::parse)).transpose()
    }

    async fn set_member(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        role: Tier,
        event: &NewEvent,
    ) -> Result<MemberSet, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "SELECT users.workspace FROM users JOIN workspaces ON workspaces.id = ?
             WHERE users.id = ? AND deleted_at IS NULL";
        let Some(found) = tx.one(sql, args![workspace.as_str(), user.as_str()]).await? else {
            return Ok(MemberSet::Missing);
        };
        if found.text("workspace")? == workspace.as_str() {
            return Ok(MemberSet::Home);
        }
        tx.run(
            "INSERT INTO members (workspace, user_id, role, set_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (workspace, user_id) DO UPDATE SET role = excluded.role, set_at = excluded.set_at",
            args![workspace.as_str(), user.as_str(), role.as_str(), event.at],
        )
        .await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(MemberSet::Done)
    }

    async fn remove_member(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let (place, id) = (workspace.as_str(), user.as_str());
        let mut tx = self.db.begin().await?;
        let sql = "DELETE FROM members WHERE workspace = ? AND user_id = ?";
        if tx.run(sql, args![place, id]).await? == 0 {
            return Ok(false);
        }
        tx.run(
            "UPDATE tokens SET revoked_at = ? WHERE workspace = ? AND user_id = ? AND revoked_at IS NULL",
            args![event.at, place, id],
        )
        .await?;
        tx.run(
            "UPDATE sessions SET workspace = (SELECT workspace FROM users WHERE id = ?)
             WHERE workspace = ? AND user_id = ?",
            args![id, place, id],
        )
        .await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn switch_session(
        &self,
        secret_hash: &str,
        workspace: &WorkspaceId,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE sessions SET workspace = ? WHERE secret_hash = ?";
        if tx.run(sql, args![workspace.as_str(), secret_hash]).await? == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }
}
