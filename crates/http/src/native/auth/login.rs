//! `POST /auth/login`.

use crate::App;
use crate::auth::views::UserView;
use crate::auth::{self, SESSION_PREFIX, door, fresh_secret, secret_hash, session_cookie_name};
use crate::body::Json;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::event::NewEvent;
use vakhta_domain::user::{Actor, MAX_PASSWORD_BYTES, Session, User};

/// A name and a password.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account's name, in any case.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// A session that began.
#[derive(Serialize, ToSchema)]
pub struct SignedInView {
    /// The account.
    pub user: UserView,
    /// Whether the one-time password must be replaced before anything else.
    pub must_change_password: bool,
    /// The latest moment at which the session ends.
    pub expires_at: Timestamp,
    /// The session's secret for programs, as a bearer. Browsers get it as a cookie.
    pub token: String,
}

/// Signs in. Sets the session cookie and gives the same secret as a bearer token.
#[utoipa::path(post, path = "/auth/login", tag = "auth", security(()), request_body = Credentials,
    responses((status = 200, body = SignedInView), (status = 429, description = "too many attempts, see Retry-After")))]
pub async fn login(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let stranger = door(&parts);
    let Json(given) = Json::<Credentials>::from_request(Request::from_parts(parts, body), &()).await?;
    let failed = stranger.clone().stranger(&given.username);
    let Some(user) = check(&app, &failed, given).await? else {
        let event = NewEvent::about("user.sign_in_failed", ("user", &failed.name), &failed, app.now());
        app.ports().events.append(&event).await?;
        app.lifecycle.signals.bump();
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "bad_credentials",
            "the name or the password is wrong, or the account is disabled",
        ));
    };
    begin_session(&app, &stranger.actor(&user), user).await
}

/// The account, if the password is its own. Takes as long for a name that nobody has.
async fn check(app: &App, stranger: &Actor, given: Credentials) -> Result<Option<User>, Problem> {
    let address = stranger.ip.as_deref();
    if let Err(seconds) = app.sign_ins.attempt(address, &given.username, app.now()) {
        return Err(Problem::too_many("too many sign-in attempts from this address", seconds));
    }
    let user = app.ports().accounts.user_named(&given.username).await?;
    if given.password.len() > MAX_PASSWORD_BYTES {
        return Ok(None);
    }
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = app.passwords.matches(given.password, hash).await?;
    let user = user.filter(|user| matches && user.is_active);
    if user.is_some() {
        app.sign_ins.succeeded(address, &given.username);
    }
    Ok(user)
}

async fn begin_session(app: &App, actor: &Actor, user: User) -> Result<Response, Problem> {
    let now = app.now();
    let secret = fresh_secret(SESSION_PREFIX, app.ports().chance.as_ref());
    let longest =
        SignedDuration::try_from(app.settings.session_max).unwrap_or(SignedDuration::from_hours(24));
    let session = Session {
        secret_hash: secret_hash(&secret),
        user: user.id.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.saturating_add(longest).unwrap_or(now),
        ip: actor.ip.clone(),
        user_agent: actor.user_agent.clone(),
    };
    let event = NewEvent::about("user.signed_in", ("user", user.id.as_str()), actor, now);
    app.ports().accounts.add_session(&session, &event).await?;
    app.lifecycle.signals.bump();
    if let Err(error) = app.ports().accounts.forget_sessions(now).await {
        tracing::warn!(%error, "ended sessions could not be removed");
    }
    let must_change_password = user.must_change_password;
    let user = UserView { last_sign_in_at: Some(now), ..user.into() };
    let cookie = cookie(&secret, app.settings.session_max.as_secs(), app.settings.secure_cookies);
    let view = SignedInView { user, must_change_password, expires_at: session.expires_at, token: secret };
    Ok(([(header::SET_COOKIE, cookie)], Json(view)).into_response())
}

/// The session cookie; an age of 0 removes it.
pub(super) fn cookie(secret: &str, max_age_seconds: u64, secure: bool) -> HeaderValue {
    let name = session_cookie_name(secure);
    let only_tls = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_seconds}{only_tls}");
    HeaderValue::from_str(&text).expect("the secret is hex")
}

impl From<auth::TooBusy> for Problem {
    fn from(busy: auth::TooBusy) -> Self {
        Self::unavailable("too_busy", busy.to_string(), 5)
    }
}
