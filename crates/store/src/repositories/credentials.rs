//! Sessions and tokens. A secret is known here by its hash only.

use super::accounts::{USER, user};
use super::events::tell;
use super::{json, second_factors};
use crate::db::{Db, Row, args};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{TokenId, UserId, WorkspaceId};
use vakhta_domain::ports::{NetworkSeen, StoreError};
use vakhta_domain::user::{ApiToken, Proof, Session, User};

pub(super) async fn add_session(
    db: &Db,
    session: &Session,
    of: &User,
    proof: &Proof,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let signed_in = tx
        .run(
            "UPDATE users SET last_sign_in_at = ?
             WHERE id = ? AND password_hash = ? AND is_active = 1 AND deleted_at IS NULL",
            args![session.created_at, session.user.as_str(), of.password_hash.as_str()],
        )
        .await?;
    // The account's row is locked since then: no factor is confirmed before the session is there.
    if signed_in == 0 || !second_factors::take(&mut tx, &session.user, proof, session.created_at).await? {
        return Ok(false);
    }
    tx.run(
        "INSERT INTO sessions (secret_hash, workspace, user_id, created_at, last_seen_at, expires_at, ip, user_agent)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        args![
            session.secret_hash.as_str(),
            session.workspace.as_str(),
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
    tx.save().await?;
    Ok(true)
}

pub(super) async fn session(db: &Db, secret_hash: &str) -> Result<Option<(Session, User)>, StoreError> {
    let sql = format!(
        "SELECT secret_hash, user_id, sessions.workspace, sessions.created_at, last_seen_at, expires_at, ip, user_agent, {USER}
         FROM sessions JOIN users ON users.id = sessions.user_id
         WHERE secret_hash = ? AND users.deleted_at IS NULL"
    );
    let Some(row) = db.one(&sql, args![secret_hash]).await? else { return Ok(None) };
    let session = Session {
        secret_hash: row.text("secret_hash")?,
        user: UserId::new(row.text("user_id")?),
        workspace: WorkspaceId::new(row.text("workspace")?),
        created_at: row.time("created_at")?,
        last_seen_at: row.time("last_seen_at")?,
        expires_at: row.time("expires_at")?,
        ip: row.maybe_text("ip")?,
        user_agent: row.maybe_text("user_agent")?,
    };
    Ok(Some((session, user(&row)?)))
}

pub(super) async fn add_token(
    db: &Db,
    token: &ApiToken,
    of: &User,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    // Locked, so that it is not disabled between this look and the token's row.
    let owner = tx
        .one(
            "SELECT id FROM users WHERE id = ? AND tier = ? AND is_active = 1 AND deleted_at IS NULL
             {for_update}",
            args![token.user.as_str(), of.tier.as_str()],
        )
        .await?;
    if owner.is_none() {
        return Ok(false);
    }
    let scopes = token.scopes.as_ref().map(|scopes| json("token", scopes)).transpose()?;
    tx.run(
        "INSERT INTO tokens (id, workspace, user_id, name, prefix, secret_hash, created_at, expires_at,
            scopes, last_used_at, revoked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        args![
            token.id.as_str(),
            token.workspace.as_str(),
            token.user.as_str(),
            token.name.as_str(),
            token.prefix.as_str(),
            token.secret_hash.as_str(),
            token.created_at,
            token.expires_at,
            scopes,
            token.last_used_at,
            token.revoked_at,
        ],
    )
    .await?;
    tell(&mut tx, std::slice::from_ref(event)).await?;
    tx.save().await?;
    Ok(true)
}

/// Notes that a token comes from a network, and tells of one that it never came from.
pub(super) async fn note_network(
    db: &Db,
    id: &TokenId,
    network: &str,
    event: &NewEvent,
) -> Result<NetworkSeen, StoreError> {
    let known = "SELECT network FROM token_networks WHERE token = ? AND network = ?";
    if db.one(known, args![id.as_str(), network]).await?.is_some() {
        return Ok(NetworkSeen::Known);
    }
    let mut tx = db.begin().await?;
    let noted = tx
        .run(
            "INSERT INTO token_networks (token, workspace, network, first_seen_at)
             SELECT id, workspace, ?, ? FROM tokens WHERE id = ? ON CONFLICT (token, network) DO NOTHING",
            args![network, event.at, id.as_str()],
        )
        .await?;
    if noted == 0 {
        return Ok(NetworkSeen::Known);
    }
    let sql = "SELECT COUNT(*) AS n FROM token_networks WHERE token = ? AND network <> ?";
    let others = tx.one(sql, args![id.as_str(), network]).await?.map_or(Ok(0), |row| row.u64("n"))?;
    if others > 0 {
        let mut told = event.clone();
        told.data["known"] = others.into();
        tell(&mut tx, std::slice::from_ref(&told)).await?;
    }
    tx.save().await?;
    Ok(if others > 0 { NetworkSeen::New } else { NetworkSeen::First })
}

const TOKEN: &str =
    "tokens.id, user_id, tokens.workspace, name, prefix, secret_hash, tokens.created_at, expires_at, scopes,
    last_used_at, revoked_at";

fn token_of(row: &Row) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: TokenId::new(row.text("id")?),
        user: UserId::new(row.text("user_id")?),
        workspace: WorkspaceId::new(row.text("workspace")?),
        name: row.text("name")?,
        prefix: row.text("prefix")?,
        secret_hash: row.text("secret_hash")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        scopes: row.maybe_json("scopes")?,
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
        "SELECT {TOKEN}, {USER} FROM tokens JOIN users ON users.id = tokens.user_id
         WHERE secret_hash = ? AND users.deleted_at IS NULL"
    );
    let Some(row) = db.one(&sql, args![secret_hash]).await? else { return Ok(None) };
    Ok(Some((token_of(&row)?, user(&row)?)))
}
