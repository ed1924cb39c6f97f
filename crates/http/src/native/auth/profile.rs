//! `GET /auth/user-info`, `GET /auth/profile`, `PUT /auth/profile/password`.

use crate::App;
use crate::auth::views::{PERMISSIONS, UserView};
use crate::auth::{Credential, SignedIn};
use crate::body::Json;
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::event::NewEvent;
use vakhta_domain::user::{Permission, check_password};

/// Who is asking, and what he may do.
#[derive(Serialize, ToSchema)]
pub struct UserInfo {
    /// The account.
    pub user: UserView,
    /// What it may do.
    #[schema(value_type = Vec<words::Permission>)]
    pub permissions: Vec<Permission>,
    /// Whether the one-time password must be replaced before anything else.
    pub must_change_password: bool,
    /// Where it works.
    pub workspace: String,
}

impl From<SignedIn> for UserInfo {
    fn from(who: SignedIn) -> Self {
        Self {
            permissions: PERMISSIONS.into_iter().filter(|p| who.user.tier.allows(*p)).collect(),
            must_change_password: who.user.must_change_password,
            workspace: who.actor.workspace.as_str().to_owned(),
            user: who.user.into(),
        }
    }
}

/// Tells who is signed in.
#[utoipa::path(get, path = "/auth/user-info", tag = "auth", responses((status = 200, body = UserInfo)))]
pub async fn user_info(who: SignedIn) -> Json<UserInfo> {
    Json(who.into())
}

/// Tells who is signed in; the same as `/auth/user-info`.
#[utoipa::path(get, path = "/auth/profile", tag = "auth", responses((status = 200, body = UserInfo)))]
pub async fn profile(who: SignedIn) -> Json<UserInfo> {
    Json(who.into())
}

/// The old password and the new one.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    pub current_password: String,
    /// The one to come: at least 12 characters.
    pub new_password: String,
}

/// Changes one's own password and ends one's other sessions.
#[utoipa::path(put, path = "/auth/profile/password", tag = "auth", request_body = PasswordChange,
    responses((status = 204), (status = 429, description = "too many attempts, see Retry-After")))]
pub async fn change_password(
    State(app): State<App>,
    who: SignedIn,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let name = &who.user.username;
    // A stolen session must not be able to guess the password.
    if let Err(seconds) = app.sign_ins.attempt(who.actor.ip.as_deref(), name, app.now()) {
        return Err(Problem::too_many("too many attempts from this address", seconds));
    }
    if change.new_password == change.current_password {
        return Err(Problem::invalid_field("/new_password", "the new password is the current one"));
    }
    check_password(name, &change.new_password)
        .map_err(|bad| Problem::invalid_field("/new_password", bad.to_string()))?;
    let known = Some(who.user.password_hash.clone());
    if !app.passwords.matches(change.current_password, known).await? {
        return Err(Problem::invalid_field("/current_password", "this is not the current password"));
    }
    let hash = app.passwords.hash(change.new_password, app.ports().chance.as_ref()).await?;
    let keep = match &who.credential {
        Credential::Session { secret_hash } => Some(secret_hash.as_str()),
        Credential::Token(_) => None,
    };
    let event =
        NewEvent::about("user.password_changed", ("user", who.user.id.as_str()), &who.actor, app.now());
    app.ports().accounts.set_password(&who.user.id, &hash, false, keep, &event).await?;
    app.sign_ins.succeeded(who.actor.ip.as_deref(), name);
    app.lifecycle.signals.bump();
    Ok(StatusCode::NO_CONTENT)
}
