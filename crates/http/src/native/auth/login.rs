//! `POST /auth/login`.

use crate::App;
use crate::auth::views::UserView;
use crate::auth::{door, session_cookie};
use crate::body::Json;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::event::NewEvent;
use vakhta_domain::suspicion::SIGN_IN_FAILED;
use vakhta_domain::user::Actor;
use vakhta_lifecycle::accounts::{self, begin_session, check_credentials};

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
    let given = accounts::Credentials { username: given.username, password: given.password };
    let address = failed.ip.as_deref();
    let user = check_credentials(app.ports(), &app.passwords, &app.sign_ins, address, given).await?;
    let Some(user) = user else { return Err(refuse(&app, &failed).await?) };
    let actor = stranger.actor(&user);
    let Some(begun) = begin_session(app.ports(), &actor, &user, app.settings.session_max).await? else {
        return Err(refuse(&app, &failed).await?);
    };
    app.lifecycle.signals.bump();
    let view = SignedInView {
        must_change_password: user.must_change_password,
        user: UserView { last_sign_in_at: Some(begun.session.created_at), ..user.into() },
        expires_at: begun.session.expires_at,
        token: begun.secret,
    };
    let cookie = session_cookie(&view.token, app.settings.session_max.as_secs(), app.settings.secure_cookies);
    Ok(([(header::SET_COOKIE, cookie)], Json(view)).into_response())
}

/// Tells the history; the words say nothing of which part was wrong.
async fn refuse(app: &App, who: &Actor) -> Result<Problem, Problem> {
    let event = NewEvent::about(SIGN_IN_FAILED, ("user", "-"), who, app.now());
    app.ports().events.append(&event).await?;
    app.lifecycle.signals.bump();
    Ok(Problem::new(
        StatusCode::UNAUTHORIZED,
        "bad_credentials",
        "the name or the password is wrong, or the account is disabled",
    ))
}
