//! Sessions and tokens. A secret is known here by its hash only.

use super::accounts::{USER, user};
use super::events::tell;
use crate::db::{Db, Row, args};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{TokenId, UserId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::user::{ApiToken, Session, User};

fn no_account(id: &UserId) -> StoreError {
    StoreError::Unreadable { what: "account", reason: format!("there is no account `{id}`") }
}

pub(super) async fn add_session(db: &Db, session: &Session, event: &NewEvent) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let signed_in = tx
        .run(
            "UPDATE users SET last_sign_in_at = ? WHERE id = ?",
            args![session.created_at, session.user.as_str()],
        )
        .await?;
    if signed_in == 0 {
        return Err(no_account(&session.user));
    }
    tx.run(
        "INSERT INTO sessions (secret_hash, workspace, user_id, created_at, last_seen_at, expires_at, ip, user_agent)
         VALUES (?, (SELECT workspace FROM users WHERE id = ?), ?, ?, ?, ?, ?, ?)",
        args![
            session.secret_hash.as_str(),
            session.user.as_str(),
            session.user.as_str(),
            session.created_at,
            session.last_seen_at,
            session.expires_at,
            session.ip.as_deref(),
            session.user_agent.as_deref(),
        ],
    )
    .await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await
}

pub(super) async fn session(db: &Db, secret_hash: &str) -> Result<Option<(Session, User)>, StoreError> {
    let sql = format!(
        "SELECT secret_hash, user_id, sessions.created_at, last_seen_at, expires_at, ip, user_agent, {USER}
         FROM sessions JOIN users ON users.id = sessions.user_id WHERE secret_hash = ?"
    );
    let Some(row) = db.one(&sql, args![secret_hash]).await? else { return Ok(None) };
    let session = Session {
        secret_hash: row.text("secret_hash")?,
        user: UserId::new(row.text("user_id")?),
        created_at: row.time("created_at")?,
        last_seen_at: row.time("last_seen_at")?,
        expires_at: row.time("expires_at")?,
        ip: row.maybe_text("ip")?,
        user_agent: row.maybe_text("user_agent")?,
    };
    Ok(Some((session, user(&row)?)))
}

pub(super) async fn add_token(db: &Db, token: &ApiToken, event: &NewEvent) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let owner = tx.one("SELECT workspace FROM users WHERE id = ?", args![token.user.as_str()]).await?;
    let workspace = owner.ok_or_else(|| no_account(&token.user))?.text("workspace")?;
    tx.run(
        "INSERT INTO tokens (id, workspace, user_id, name, prefix, secret_hash, created_at, expires_at,
            last_used_at, revoked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        args![
            token.id.as_str(),
            workspace,
            token.user.as_str(),
            token.name.as_str(),
            token.prefix.as_str(),
            token.secret_hash.as_str(),
            token.created_at,
            token.expires_at,
            token.last_used_at,
            token.revoked_at,
        ],
    )
    .await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await
}

const TOKEN: &str =
    "tokens.id, user_id, name, prefix, secret_hash, tokens.created_at, expires_at, last_used_at,
    revoked_at";

fn token_of(row: &Row) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: TokenId::new(row.text("id")?),
        user: UserId::new(row.text("user_id")?),
        name: row.text("name")?,
        prefix: row.text("prefix")?,
        secret_hash: row.text("secret_hash")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        last_used_at: row.maybe_time("last_used_at")?,
        revoked_at: row.maybe_time("revoked_at")?,
    })
}

pub(super) async fn tokens(db: &Db, owner: &UserId) -> Result<Vec<ApiToken>, StoreError> {
    let sql = format!("SELECT {TOKEN} FROM tokens WHERE user_id = ? ORDER BY created_at DESC, id DESC");
    db.all(&sql, args![owner.as_str()]).await?.iter().map(token_of).collect()
}

pub(super) async fn token(db: &Db, secret_hash: &str) -> Result<Option<(ApiToken, User)>, StoreError> {
    let sql = format!(
        "SELECT {TOKEN}, {USER} FROM tokens JOIN users ON users.id = tokens.user_id WHERE secret_hash = ?"
    );
    let Some(row) = db.one(&sql, args![secret_hash]).await? else { return Ok(None) };
    Ok(Some((token_of(&row)?, user(&row)?)))
}
