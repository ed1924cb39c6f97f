//! From a secret to the account that it speaks for, in a workspace.

use super::actor::{Credential, Door, SignedIn};
use super::{system, watched};
use crate::App;
use crate::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::{ApiToken, Permission, Session, Tier, User};
use vakhta_domain::workspace::standing;
use vakhta_lifecycle::accounts::{API_TOKEN_PREFIX, Parent, read_jwt, secret_hash};

/// Uses within this time are noted once: a busy program must not write a row a request.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// What a secret speaks for.
struct Spoken {
    user: User,
    credential: Credential,
    scopes: Option<Vec<Permission>>,
    /// The workspace that it is about where the request names none.
    own: WorkspaceId,
    /// The token that was used, itself or by what was made of it.
    token: Option<ApiToken>,
}

/// Finds the account of a secret. 401 where it is unknown, expired, revoked, or the account is disabled; all
/// of them sound the same.
pub(crate) async fn authenticate(app: &App, secret: &str, door: Door) -> Result<SignedIn, Problem> {
    let hash = secret_hash(secret);
    if !door.by_cookie && app.settings.admin_token_hash.as_ref() == Some(&hash) {
        return system::sign_in(app, door).await;
    }
    if !door.by_cookie && app.settings.metrics_token_hash.as_ref() == Some(&hash) {
        return Ok(system::scraper(app, door));
    }
    let spoken = if secret.contains('.') {
        if door.by_cookie { None } else { by_jwt(app, secret).await? }
    } else if secret.starts_with(API_TOKEN_PREFIX) {
        if door.by_cookie { None } else { by_token(app, &hash).await? }
    } else {
        by_session(app, hash).await?
    };
    let Spoken { user, credential, scopes, own, token } =
        spoken.filter(|spoken| spoken.user.is_active).ok_or_else(refused)?;
    let (workspace, tier) = match door.workspace.as_deref().filter(|key| *key != own.as_str()) {
        Some(key) if credential.is_bound() => return Err(no_workspace(key)),
        Some(key) => {
            let wanted = WorkspaceId::new(key);
            let tier = tier_in(app, &user, &wanted).await?.ok_or_else(|| no_workspace(key))?;
            (wanted, tier)
        }
        None => {
            let tier = tier_in(app, &user, &own).await?.ok_or_else(refused)?;
            (own, tier)
        }
    };
    let must_enrol = app.must_enrol(&user, tier);
    let actor = door.actor_in(&user, workspace, tier);
    if let Some(token) = token {
        watched::came_from(app, &token, &actor).await;
    }
    Ok(SignedIn { actor, user, credential, scopes, must_enrol })
}

fn refused() -> Problem {
    Problem::not_signed_in("the session or token is unknown, ended or revoked; sign in again")
}

async fn by_session(app: &App, hash: String) -> Result<Option<Spoken>, Problem> {
    let Some((session, user)) = working_session(app, &hash).await? else { return Ok(None) };
    if is_worth_noting(Some(session.last_seen_at), app.now()) {
        app.ports().accounts.touch_session(&hash, app.now()).await?;
    }
    let credential = Credential::Session { secret_hash: hash };
    Ok(Some(Spoken { user, credential, scopes: None, own: session.workspace, token: None }))
}

async fn by_token(app: &App, hash: &str) -> Result<Option<Spoken>, Problem> {
    let Some((token, user)) = working_token(app, hash).await? else { return Ok(None) };
    let credential = Credential::Token { id: token.id.clone(), secret_hash: token.secret_hash.clone() };
    let (scopes, own) = (token.scopes.clone(), token.workspace.clone());
    Ok(Some(Spoken { user, credential, scopes, own, token: Some(token) }))
}

/// A short-lived token works as long as what it was made by, and may do no more than that may now.
async fn by_jwt(app: &App, text: &str) -> Result<Option<Spoken>, Problem> {
    let Some(jwt) = read_jwt(app.ports(), &app.keys, text).await? else { return Ok(None) };
    let (user, held_to, token) = match &jwt.parent {
        Parent::Session(hash) => match working_session(app, hash).await? {
            Some((_, user)) => (user, None, None),
            None => return Ok(None),
        },
        Parent::Token(hash) => match working_token(app, hash).await? {
            Some((token, user)) => (user, token.scopes.clone(), Some(token)),
            None => return Ok(None),
        },
    };
    let mut scopes = jwt.scopes;
    scopes.retain(|scope| held_to.as_ref().is_none_or(|held_to| held_to.contains(scope)));
    let credential = Credential::Jwt;
    let found = Spoken { user, credential, scopes: Some(scopes), own: jwt.workspace, token };
    Ok((found.user.id == jwt.sub).then_some(found))
}

async fn working_session(app: &App, hash: &str) -> Result<Option<(Session, User)>, Problem> {
    let now = app.now();
    let idle = SignedDuration::try_from(app.settings.session_idle).unwrap_or(SignedDuration::MAX);
    let found = app.ports().accounts.session(hash).await?;
    Ok(found
        .filter(|(session, _)| session.expires_at > now && now.duration_since(session.last_seen_at) <= idle))
}

/// Also notes its use.
async fn working_token(app: &App, hash: &str) -> Result<Option<(ApiToken, User)>, Problem> {
    let (accounts, now) = (&app.ports().accounts, app.now());
    let found = accounts.token(hash).await?;
    let found = found.filter(|(token, _)| token.revoked_at.is_none() && token.expires_at > now);
    if let Some((token, _)) = found.as_ref().filter(|(token, _)| is_worth_noting(token.last_used_at, now)) {
        accounts.touch_token(&token.id, now).await?;
    }
    Ok(found)
}

/// What an account is in a workspace; none where it does not belong or there is none.
async fn tier_in(app: &App, user: &User, workspace: &WorkspaceId) -> Result<Option<Tier>, Problem> {
    if user.workspace == *workspace {
        return Ok(Some(user.tier));
    }
    let workspaces = &app.ports().workspaces;
    if workspaces.workspace(workspace).await?.is_none() {
        return Ok(None);
    }
    Ok(standing(user, workspace, workspaces.role(workspace, &user.id).await?))
}

/// 404, as where there is none: a workspace that one does not belong to is not to be found.
pub(super) fn no_workspace(key: &str) -> Problem {
    Problem::missing("workspace_missing", "workspace", key.chars().take(80).collect::<String>())
}

fn is_worth_noting(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= NOTED_EVERY)
}
