//! `GET /ws`: the WebSocket's front door.

use crate::App;
use crate::auth::{SignedIn, presented, same_origin};
use crate::live;
use crate::problem::Problem;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use vakhta_domain::user::Permission;

/// The longest message that a listener may send, bytes.
const MAX_MESSAGE: usize = 16 << 10;

/// Live news by WebSocket. Send `{"subscribe": ["jobs", "events", "models/KEY"], "after": SEQ}`; `after` is
/// optional and resumes from there. Messages have a `type`: `hello`, `event`, `job`, `job_log`, `resync`
/// (too much was missed: read everything again), `error`.
#[utoipa::path(get, path = "/ws", tag = "events", responses((status = 101, description = "news follow")))]
pub async fn live(
    State(app): State<App>,
    who: SignedIn,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    who.require(Permission::Look)?;
    let by_cookie = !headers.contains_key(header::AUTHORIZATION);
    if by_cookie && !same_origin(&headers) {
        return Err(Problem::forbidden("cross_origin", "the listener is not a page of this server"));
    }
    let upgrade = upgrade.map_err(|_| {
        Problem::new(StatusCode::UPGRADE_REQUIRED, "websocket_expected", "this address speaks WebSocket only")
    })?;
    let (secret, _) = presented(&headers, app.settings.secure_cookies)
        .ok_or_else(|| Problem::not_signed_in("sign in, or send a token"))?;
    Ok(upgrade.max_message_size(MAX_MESSAGE).on_upgrade(move |socket| live::serve(app, who, secret, socket)))
}
