//! `POST /auth/login` and `POST /auth/login/second-factor`.

use super::factor::shown;
use crate::App;
use crate::auth::views::UserView;
use crate::auth::{Door, door, session_cookie};
use crate::body::Json;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vakhta_domain::event::NewEvent;
use vakhta_domain::suspicion::SIGN_IN_FAILED;
use vakhta_domain::user::{Actor, Proof, User};
use vakhta_lifecycle::accounts::{
    self, Begun, Challenge, FirstStep, SecondStep, begin_session, first_step, second_step,
};

/// A name and a password, and a second factor where it is at hand.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's name, in any case.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The six digits that its app shows. Where it has a second factor and this is left out, the answer asks for it.
    #[serde(default)]
    pub code: Option<String>,
    /// One of its recovery codes instead.
    #[serde(default)]
    pub recovery_code: Option<String>,
}

/// A session that began.
#[derive(Serialize, ToSchema)]
pub struct SignedInView {
    /// The account.
    pub user: UserView,
    /// Whether the one-time password must be replaced before anything else.
    pub must_change_password: bool,
    /// Whether a second factor must be enrolled before anything else.
    pub must_enrol_second_factor: bool,
    /// The latest moment at which the session ends.
    pub expires_at: Timestamp,
    /// The session's secret for programs, as a bearer. Browsers get it as a cookie.
    pub token: String,
}

/// Signs in. Sets the session cookie and gives the same secret as a bearer token. Where the account has a second factor
/// and none is sent, the answer is 401 `second_factor_required` with a `challenge` for the next request.
#[utoipa::path(post, path = "/auth/login", tag = "auth", security(()), request_body = Login,
    responses((status = 200, body = SignedInView), (status = 429, description = "too many attempts, see Retry-After")))]
pub async fn login(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let stranger = door(&parts);
    let Json(given) = Json::<Login>::from_request(Request::from_parts(parts, body), &()).await?;
    let failed = stranger.clone().stranger(&given.username);
    let shown = shown(given.code, given.recovery_code)?;
    let given = accounts::Credentials { username: given.username, password: given.password };
    let counted = (&app.passwords, &app.sign_ins);
    let address = failed.ip.as_deref();
    match first_step(app.ports(), &app.keys, counted, address, given, shown.as_ref()).await? {
        FirstStep::Refused => Err(refuse(&app, &failed, None).await?),
        FirstStep::Wanted(challenge) => Err(wanted(challenge)),
        FirstStep::WrongCode(challenge) => Err(refuse(&app, &failed, Some(challenge)).await?),
        FirstStep::Proven(user, proof) => begin(&app, stranger, user, proof).await,
    }
}

/// A challenge and a second factor for it.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorLogin {
    /// What `POST /auth/login` gave. It is good for five minutes, from the same address.
    pub challenge: String,
    /// The six digits that the app shows.
    #[serde(default)]
    pub code: Option<String>,
    /// One of the recovery codes instead.
    #[serde(default)]
    pub recovery_code: Option<String>,
}

/// The second step of signing in. Answers as the first one does where nothing more is wanted.
#[utoipa::path(post, path = "/auth/login/second-factor", tag = "auth", security(()), request_body = SecondFactorLogin,
    responses((status = 200, body = SignedInView), (status = 429, description = "too many attempts, see Retry-After")))]
pub async fn second_factor(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let stranger = door(&parts);
    let Json(given) = Json::<SecondFactorLogin>::from_request(Request::from_parts(parts, body), &()).await?;
    let shown = shown(given.code, given.recovery_code)?;
    let shown =
        shown.ok_or_else(|| Problem::invalid_field("/code", "a code or a recovery code is wanted"))?;
    let address = stranger.ip.as_deref();
    match second_step(app.ports(), &app.keys, &app.sign_ins, address, &given.challenge, &shown).await? {
        SecondStep::Ended => Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "challenge_ended",
            "the challenge ended or came from another address; send name and password again",
        )),
        SecondStep::WrongCode(user) => Err(refuse_code(&app, &stranger.actor(&user)).await?),
        SecondStep::Proven(user, proof) => begin(&app, stranger, user, proof).await,
    }
}

/// Begins the session of who has shown all that is wanted, and answers it.
async fn begin(app: &App, door: Door, user: User, proof: Proof) -> Result<Response, Problem> {
    let begun = begin_session_for(app, door, user.clone(), &proof).await?;
    Ok(([(header::SET_COOKIE, started(app, &begun))], Json(view(app, user, begun))).into_response())
}

/// The session of who has shown all that is wanted.
pub(super) async fn begin_session_for(
    app: &App,
    door: Door,
    user: User,
    proof: &Proof,
) -> Result<Begun, Problem> {
    let actor = door.actor(&user);
    let longest = app.settings.session_max;
    if let Some(begun) = begin_session(app.ports(), &app.sign_ins, &actor, (&user, proof), longest).await? {
        app.lifecycle.signals.bump();
        return Ok(begun);
    }
    Err(match proof {
        Proof::FirstFactorAlone => refuse(app, &actor, None).await?,
        Proof::Code(_) | Proof::Recovery(_) => refuse_code(app, &actor).await?,
    })
}

/// The cookie of a session that began.
pub(super) fn started(app: &App, begun: &Begun) -> HeaderValue {
    session_cookie(&begun.secret, app.settings.session_max.as_secs(), app.settings.secure_cookies)
}

fn view(app: &App, user: User, begun: Begun) -> SignedInView {
    SignedInView {
        must_change_password: user.must_change_password,
        must_enrol_second_factor: app.must_enrol(&user, user.tier),
        user: UserView { last_sign_in_at: Some(begun.session.created_at), ..user.into() },
        expires_at: begun.session.expires_at,
        token: begun.secret,
    }
}

fn wanted(challenge: Challenge) -> Problem {
    let text = "the password is right; send the code of your app, or a recovery code, with this challenge to \
                POST /auth/login/second-factor";
    Problem::new(StatusCode::UNAUTHORIZED, "second_factor_required", text)
        .with_challenge(challenge.text, challenge.expires_at)
}

/// Tells the history; the words say nothing of which part was wrong.
async fn refuse(app: &App, who: &Actor, code: Option<Challenge>) -> Result<Problem, Problem> {
    if let Some(challenge) = code {
        let problem = refuse_code(app, who).await?;
        return Ok(problem.with_challenge(challenge.text, challenge.expires_at));
    }
    let event = NewEvent::about(SIGN_IN_FAILED, ("user", "-"), who, app.now());
    app.ports().events.append(&event).await?;
    app.lifecycle.signals.bump();
    Ok(Problem::new(
        StatusCode::UNAUTHORIZED,
        "bad_credentials",
        "the name or the password is wrong, or the account is disabled",
    ))
}

/// Tells the history that somebody knew the password and not the code.
async fn refuse_code(app: &App, who: &Actor) -> Result<Problem, Problem> {
    let event =
        NewEvent::about(SIGN_IN_FAILED, ("user", "-"), who, app.now()).with(json!({ "second_factor": true }));
    app.ports().events.append(&event).await?;
    app.lifecycle.signals.bump();
    Ok(Problem::new(
        StatusCode::UNAUTHORIZED,
        "bad_code",
        "this is not the code of this moment, or it was used before",
    ))
}
