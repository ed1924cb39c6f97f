//! Accounts: their rows, and the port that joins them with sessions and tokens.

use super::{credentials, cursor, events::tell, personal, second_factors};
use crate::db::{Db, Row, Tx, Value, args, is_taken};
use async_trait::async_trait;
use jiff::Timestamp;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{TokenId, UserId, WorkspaceId};
use vakhta_domain::page::{Page, PageQuery};
use vakhta_domain::ports::{Accounts, Inserted, NetworkSeen, StoreError, UserChanged, UserFilter};
use vakhta_domain::user::{ApiToken, Proof, Session, Tier, User, UserChange};

/// Accounts in the database.
pub(crate) struct AccountRows {
    pub(crate) db: Db,
}

/// An account's columns; prefixed, so that they can stand beside those of a session or token.
pub(super) const USER: &str =
    "users.id AS u_id, users.workspace AS u_workspace, users.username AS u_username,
    users.password_hash AS u_password_hash, users.tier AS u_tier, users.is_active AS u_is_active,
    users.must_change_password AS u_must_change_password, users.created_at AS u_created_at,
    users.last_sign_in_at AS u_last_sign_in_at, users.deleted_at AS u_deleted_at,
    (SELECT confirmed_at FROM second_factors WHERE second_factors.user_id = users.id) AS u_second_factor_at,
    (SELECT issuer FROM identities WHERE identities.user_id = users.id) AS u_provider";

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
        deleted_at: row.maybe_time("u_deleted_at")?,
        second_factor_at: row.maybe_time("u_second_factor_at")?,
        provider: row.maybe_text("u_provider")?,
    })
}

/// The form in which names are compared. Done here and not by the databases: they fold Latin letters only,
/// or as their locale says.
fn folded(username: &str) -> String {
    username.to_lowercase()
}

/// What an account is found by: its name, or for a deleted one something that is no name.
fn found_by(user: &User) -> String {
    if user.deleted_at.is_some() { format!("deleted {}", user.id) } else { folded(&user.username) }
}

/// Adds an account's row. False where the name is taken.
pub(super) async fn insert(tx: &mut Tx, user: &User) -> Result<bool, StoreError> {
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
    Ok(added > 0)
}

/// Whether another system administrator is there. Their rows stay locked until the transaction ends, in one order
/// everywhere: of two that take one another away, the second waits and finds the first one's work.
async fn another_rules(tx: &mut Tx, id: &UserId) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM users WHERE tier = 'system_admin' AND is_active = 1 AND deleted_at IS NULL
               ORDER BY id {for_update}";
    for row in tx.all(sql, args![]).await? {
        if row.text("id")? != id.as_str() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends the sessions and tokens that a changed account no longer vouches for.
async fn end_credentials(tx: &mut Tx, change: &UserChange, at: Timestamp) -> Result<(), StoreError> {
    let id = change.after.id.as_str();
    if change.ends_tokens() {
        let sql = "UPDATE tokens SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL";
        tx.run(sql, args![at, id]).await?;
    }
    if change.ends_sessions() {
        // No session has an empty hash, so without one to keep all of them end.
        let keep = change.keep.as_deref().unwrap_or_default();
        tx.run("DELETE FROM sessions WHERE user_id = ? AND secret_hash <> ?", args![id, keep]).await?;
    }
    Ok(())
}

#[async_trait]
impl Accounts for AccountRows {
    async fn add_user(&self, user: &User, event: &NewEvent) -> Result<Inserted, StoreError> {
        let mut tx = self.db.begin().await?;
        if !insert(&mut tx, user).await? {
            return Ok(Inserted::Taken);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(Inserted::Done)
    }

    async fn user_named(&self, username: &str) -> Result<Option<User>, StoreError> {
        let sql = format!("SELECT {USER} FROM users WHERE username_folded = ? AND deleted_at IS NULL");
        self.db.one(&sql, args![folded(username)]).await?.as_ref().map(user).transpose()
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let sql = format!("SELECT {USER} FROM users WHERE id = ? AND deleted_at IS NULL");
        self.db.one(&sql, args![id.as_str()]).await?.as_ref().map(user).transpose()
    }

    async fn users(&self, filter: &UserFilter, page: &PageQuery) -> Result<Page<User>, StoreError> {
        let after = cursor::after_text("users", page)?.unwrap_or_default();
        let mut sql = format!(
            "SELECT {USER}, username_folded FROM users WHERE deleted_at IS NULL AND username_folded > ?"
        );
        let mut values = args![after];
        if let Some(tier) = filter.tier {
            sql.push_str(" AND tier = ?");
            values.push(Value::from(tier.as_str()));
        }
        if let Some(active) = filter.is_active {
            sql.push_str(" AND is_active = ?");
            values.push(Value::from(active));
        }
        if let Some(part) = &filter.name {
            sql.push_str(" AND username_folded LIKE ? ESCAPE '!'");
            let part = folded(part).replace('!', "!!").replace('%', "!%").replace('_', "!_");
            values.push(Value::from(format!("%{part}%")));
        }
        sql.push_str(" ORDER BY username_folded LIMIT ?");
        values.push(Value::from(cursor::limit(page) + 1));
        let rows = self.db.all(&sql, values).await?;
        cursor::page("users", page, &rows, |row| row.text("username_folded"), user)
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        let row = self.db.one("SELECT COUNT(*) AS n FROM users", args![]).await?;
        row.map_or(Ok(0), |row| row.u64("n"))
    }

    async fn change_user(&self, change: &UserChange) -> Result<UserChanged, StoreError> {
        let (before, after) = (&change.before, &change.after);
        let mut tx = self.db.begin().await?;
        let leaves_nobody = change.takes_a_ruler() && !another_rules(&mut tx, &before.id).await?;
        let sql = format!("SELECT {USER} FROM users WHERE id = ? AND deleted_at IS NULL {{for_update}}");
        let Some(found) = tx.one(&sql, args![before.id.as_str()]).await? else {
            return Ok(UserChanged::Missing);
        };
        if !change.fits(&user(&found)?) {
            return Ok(UserChanged::Stale);
        }
        if leaves_nobody {
            return Ok(UserChanged::LastSystemAdmin);
        }
        let changed = tx
            .run(
                "UPDATE users SET username = ?, username_folded = ?, password_hash = ?, tier = ?, is_active = ?,
                    must_change_password = ?, deleted_at = ? WHERE id = ?",
                args![
                    after.username.as_str(),
                    found_by(after),
                    after.password_hash.as_str(),
                    after.tier.as_str(),
                    after.is_active,
                    after.must_change_password,
                    after.deleted_at,
                    after.id.as_str(),
                ],
            )
            .await;
        match changed {
            Err(error) if is_taken(&error) => return Ok(UserChanged::Taken),
            other => other?,
        };
        let at = change.events.first().map(|event| event.at);
        end_credentials(&mut tx, change, at.unwrap_or(Timestamp::UNIX_EPOCH)).await?;
        if change.erases() {
            personal::erase(&mut tx, before).await?;
        }
        if after.deleted_at.is_some() {
            second_factors::forget(&mut tx, &after.id).await?;
            tx.run("DELETE FROM identities WHERE user_id = ?", args![after.id.as_str()]).await?;
        }
        tell(&mut tx, &change.events).await?;
        tx.save().await?;
        Ok(UserChanged::Done)
    }

    async fn rehash_password(&self, id: &UserId, old: &str, new: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?";
        Ok(self.db.run(sql, args![new, id.as_str(), old]).await? > 0)
    }

    async fn add_session(
        &self,
        session: &Session,
        of: &User,
        proof: &Proof,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        credentials::add_session(&self.db, session, of, proof, event).await
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

    async fn add_token(&self, token: &ApiToken, of: &User, event: &NewEvent) -> Result<bool, StoreError> {
        credentials::add_token(&self.db, token, of, event).await
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

    async fn note_network(
        &self,
        id: &TokenId,
        network: &str,
        event: &NewEvent,
    ) -> Result<NetworkSeen, StoreError> {
        credentials::note_network(&self.db, id, network, event).await
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
