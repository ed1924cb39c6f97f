//! Accounts: their rows, and the port that joins them with sessions and tokens.

use super::{credentials, cursor, events::tell};
use crate::db::{Db, Row, args};
use async_trait::async_trait;
use jiff::Timestamp;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{TokenId, UserId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Accounts, Inserted, StoreError};
use vakhta_domain::user::{ApiToken, Session, Tier, User};

/// Accounts in the database.
pub(crate) struct AccountRows {
    pub(crate) db: Db,
}

/// An account's columns; prefixed, so that they can stand beside those of a session or token.
pub(super) const USER: &str =
    "users.id AS u_id, users.workspace AS u_workspace, users.username AS u_username,
    users.password_hash AS u_password_hash, users.tier AS u_tier, users.is_active AS u_is_active,
    users.must_change_password AS u_must_change_password, users.created_at AS u_created_at,
    users.last_sign_in_at AS u_last_sign_in_at";

pub(super) fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: UserId::new(row.text("u_id")?),
        workspace: WorkspaceId::new(row.text("u_workspace")?),
        username: row.text("u_username")?,
        password_hash: row.text("u_password_hash")?,
        tier: row.word("u_tier", Tier::parse)?,
        is_active: row.truth("u_is_active")?,
        must_change_password: row.truth("u_must_change_password")?,
        created_at: row.time("u_created_at")?,
        last_sign_in_at: row.maybe_time("u_last_sign_in_at")?,
    })
}

/// The form in which names are compared. Done here and not by the databases: they fold Latin letters only,
/// or as their locale says.
fn folded(username: &str) -> String {
    username.to_lowercase()
}

#[async_trait]
impl Accounts for AccountRows {
    async fn add_user(&self, user: &User, event: &NewEvent) -> Result<Inserted, StoreError> {
        let mut tx = self.db.begin().await?;
        let added = tx
            .run(
                "INSERT INTO users (id, workspace, username, username_folded, password_hash, tier, is_active,
                    must_change_password, created_at, last_sign_in_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (username_folded) DO NOTHING",
                args![
                    user.id.as_str(),
                    user.workspace.as_str(),
                    user.username.as_str(),
                    folded(&user.username),
                    user.password_hash.as_str(),
                    user.tier.as_str(),
                    user.is_active,
                    user.must_change_password,
                    user.created_at,
                    user.last_sign_in_at,
                ],
            )
            .await?;
        if added == 0 {
            return Ok(Inserted::Taken);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(Inserted::Done)
    }

    async fn user_named(&self, username: &str) -> Result<Option<User>, StoreError> {
        let sql = format!("SELECT {USER} FROM users WHERE username_folded = ?");
        self.db.one(&sql, args![folded(username)]).await?.as_ref().map(user).transpose()
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let sql = format!("SELECT {USER} FROM users WHERE id = ?");
        self.db.one(&sql, args![id.as_str()]).await?.as_ref().map(user).transpose()
    }

    async fn users(&self, page: &PageQuery) -> Result<Page<User>, StoreError> {
        let after = cursor::after_text("users", page)?.unwrap_or_default();
        let sql = format!(
            "SELECT {USER}, username_folded FROM users WHERE username_folded > ? ORDER BY username_folded LIMIT ?"
        );
        let rows = self.db.all(&sql, args![after, cursor::limit(page) + 1]).await?;
        cursor::page("users", page, &rows, |row| row.text("username_folded"), user)
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        let row = self.db.one("SELECT COUNT(*) AS n FROM users", args![]).await?;
        row.map_or(Ok(0), |row| row.u64("n"))
    }

    async fn set_password(
        &self,
        id: &UserId,
        password_hash: &str,
        must_change: bool,
        keep: Option<&str>,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let changed = tx
            .run(
                "UPDATE users SET password_hash = ?, must_change_password = ? WHERE id = ?",
                args![password_hash, must_change, id.as_str()],
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        // No session has an empty hash, so without one to keep all of them end.
        tx.run(
            "DELETE FROM sessions WHERE user_id = ? AND secret_hash <> ?",
            args![id.as_str(), keep.unwrap_or_default()],
        )
        .await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn add_session(&self, session: &Session, event: &NewEvent) -> Result<(), StoreError> {
        credentials::add_session(&self.db, session, event).await
    }

    async fn session(&self, secret_hash: &str) -> Result<Option<(Session, User)>, StoreError> {
        credentials::session(&self.db, secret_hash).await
    }

    async fn touch_session(&self, secret_hash: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET last_seen_at = ? WHERE secret_hash = ? AND last_seen_at < ?";
        self.db.run(sql, args![at, secret_hash, at]).await.map(|_| ())
    }

    async fn end_session(&self, secret_hash: &str, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let ended = tx.run("DELETE FROM sessions WHERE secret_hash = ?", args![secret_hash]).await?;
        if ended == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn forget_sessions(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.db.run("DELETE FROM sessions WHERE expires_at < ?", args![before]).await
    }

    async fn add_token(&self, token: &ApiToken, event: &NewEvent) -> Result<(), StoreError> {
        credentials::add_token(&self.db, token, event).await
    }

    async fn tokens(&self, user: &UserId) -> Result<Vec<ApiToken>, StoreError> {
        credentials::tokens(&self.db, user).await
    }

    async fn token(&self, secret_hash: &str) -> Result<Option<(ApiToken, User)>, StoreError> {
        credentials::token(&self.db, secret_hash).await
    }

    async fn touch_token(&self, id: &TokenId, at: Timestamp) -> Result<(), StoreError> {
        let sql =
            "UPDATE tokens SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)";
        self.db.run(sql, args![at, id.as_str(), at]).await.map(|_| ())
    }

    async fn revoke_token(&self, user: &UserId, id: &TokenId, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let revoked = tx
            .run(
                "UPDATE tokens SET revoked_at = ? WHERE id = ? AND user_id = ? AND revoked_at IS NULL",
                args![event.at, id.as_str(), user.as_str()],
            )
            .await?;
        if revoked == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn delete_token(&self, user: &UserId, id: &TokenId, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let deleted = tx
            .run("DELETE FROM tokens WHERE id = ? AND user_id = ?", args![id.as_str(), user.as_str()])
            .await?;
        if deleted == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }
}
