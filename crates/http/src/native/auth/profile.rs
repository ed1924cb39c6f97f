//! One's own account: `/auth/user-info`, `/auth/profile`, and changing or leaving it.

use crate::App;
use crate::auth::views::UserView;
use crate::auth::{Credential, SignedIn, session_cookie};
use crate::body::Json;
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::user::{Permission, User};
use vakhta_lifecycle::accounts::{
    AccountError, change_own_password, confirm_password, delete_own_account, rename_own_account,
};

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
    /// Whether a second factor must be enrolled before anything else.
    pub must_enrol_second_factor: bool,
    /// Where it works.
    pub workspace: String,
}

impl From<SignedIn> for UserInfo {
    fn from(who: SignedIn) -> Self {
        Self {
            permissions: who.permissions(),
            must_change_password: who.user.must_change_password,
            must_enrol_second_factor: who.must_enrol,
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
    let user = who.account()?;
    let keep = match &who.credential {
        Credential::Session { secret_hash } => Some(secret_hash.as_str()),
        Credential::Token { .. } | Credential::Jwt | Credential::System => None,
    };
    let words = (change.current_password, change.new_password);
    attempt(&app, &who)?;
    let done = change_own_password(app.ports(), &app.passwords, &who.actor, user, words, keep).await;
    attempted(&app, &who, done).map_err(|error| match error {
        AccountError::Bad(bad) => Problem::invalid_field("/new_password", bad.to_string()),
        other => other.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another name.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameChange {
    /// The name to come.
    pub username: String,
    /// The password; where it is given, it must be right.
    #[serde(default)]
    pub current_password: Option<String>,
}

/// Gives oneself another name. Sessions and tokens stay.
#[utoipa::path(put, path = "/auth/profile/username", tag = "auth", request_body = NameChange,
    responses((status = 200, body = UserView), (status = 409, description = "the name is taken")))]
pub async fn change_username(
    State(app): State<App>,
    who: SignedIn,
    Json(change): Json<NameChange>,
) -> Result<Json<UserView>, Problem> {
    let user = own_account(&who)?;
    if let Some(password) = change.current_password {
        confirmed(&app, &who, user, password).await?;
    }
    let user = rename_own_account(app.ports(), &who.actor, user, change.username).await?;
    app.lifecycle.signals.bump();
    Ok(Json(user.into()))
}

/// The password, to show that it is oneself.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// The password as it is.
    pub current_password: String,
}

/// Deletes one's own account, its sessions and its tokens, and erases its name, addresses and programs from events and
/// jobs. What was done stays in the history, by nobody.
#[utoipa::path(delete, path = "/auth/profile", tag = "auth", request_body = Leaving,
    responses((status = 204), (status = 409, description = "it is the last active system administrator's")))]
pub async fn leave(
    State(app): State<App>,
    who: SignedIn,
    Json(leaving): Json<Leaving>,
) -> Result<Response, Problem> {
    let user = own_account(&who)?;
    attempt(&app, &who)?;
    let password = leaving.current_password;
    let done = delete_own_account(app.ports(), &app.passwords, &who.actor, user, password).await;
    attempted(&app, &who, done)?;
    let gone = session_cookie("", 0, app.settings.secure_cookies);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// The caller's account once its password is its own. What is held to scopes changes no account: none of them says so.
fn own_account(who: &SignedIn) -> Result<&User, Problem> {
    who.settled()?;
    if who.scopes.is_some() {
        let text = "a token that is held to scopes changes no account; sign in instead";
        return Err(Problem::forbidden("scoped_token", text));
    }
    who.account()
}

/// Refuses a password that is not the caller's, and counts the attempt.
pub(super) async fn confirmed(
    app: &App,
    who: &SignedIn,
    user: &User,
    password: String,
) -> Result<(), Problem> {
    attempt(app, who)?;
    let known = confirm_password(&app.passwords, user, password).await;
    Ok(attempted(app, who, known)?)
}

/// A stolen session must not be able to guess the password: attempts are counted as at sign-in.
fn attempt(app: &App, who: &SignedIn) -> Result<(), Problem> {
    app.sign_ins
        .attempt(who.actor.ip.as_deref(), &who.user.username, app.now())
        .map_err(|seconds| Problem::too_many("too many attempts from this address", seconds))
}

fn attempted<T>(app: &App, who: &SignedIn, done: Result<T, AccountError>) -> Result<T, AccountError> {
    let (address, name) = (who.actor.ip.as_deref(), &who.user.username);
    match &done {
        Ok(_) => {
            app.sign_ins.succeeded(address, name);
            app.lifecycle.signals.bump();
        }
        Err(AccountError::WrongPassword) => app.sign_ins.failed(address, name, app.now()),
        Err(_) => {}
    }
    done
}
