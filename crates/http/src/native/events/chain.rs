//! `GET /events/chain`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::chain::Head;
use vakhta_domain::user::Permission;

/// The end of the workspace's chain of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventChain {
    /// Events in the chain.
    pub number: u64,
    /// The hash of the last one: SHA-256, hex.
    pub hash: String,
    /// Events that are older than the chain, which it does not vouch for.
    pub older: u64,
}

/// The end of the chain, to be noted elsewhere: `vakhta audit verify --expect-head` tells later whether the history
/// up to here is still there.
#[utoipa::path(get, path = "/events/chain", tag = "events", responses((status = 200, body = EventChain)))]
pub async fn head(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<EventChain>, Problem> {
    let actor = who.require(Permission::Look)?;
    let Head { number, hash, older } = app.ports().events.chain_head(&actor.workspace).await?;
    Ok(Json(EventChain { number, hash, older }))
}
