//! `POST /auth/logout`.

use crate::App;
use crate::auth::{Credential, SignedIn, session_cookie};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use vakhta_domain::event::NewEvent;

/// Ends the session that this request came by. With an API token it changes nothing.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", responses((status = 204)))]
pub async fn logout(State(app): State<App>, who: SignedIn) -> Result<Response, Problem> {
    if let Credential::Session { secret_hash } = &who.credential {
        let event = NewEvent::about("user.signed_out", ("user", who.user.id.as_str()), &who.actor, app.now());
        app.ports().accounts.end_session(secret_hash, &event).await?;
        app.lifecycle.signals.bump();
    }
    let gone = session_cookie("", 0, app.settings.secure_cookies);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}
