//! `POST /auth/tokens/jwt`: a session or an API token exchanges itself for a token that is over soon.

use crate::App;
use crate::auth::{Credential, SignedIn};
use crate::body::Json;
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::accounts::{Parent, create_jwt};

/// A short-lived token to be made.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJwt {
    /// Seconds that it works, 1 to 900; default 900.
    #[serde(default)]
    pub expires_in_seconds: Option<u32>,
    /// What it is held to, no wider than what you may do yourself; left out, all of that but managing tokens.
    #[serde(default)]
    #[schema(value_type = Option<Vec<words::Permission>>)]
    pub scopes: Option<Vec<Permission>>,
}

/// A short-lived token. Nothing of it is kept.
#[derive(Serialize, ToSchema)]
pub struct MadeJwt {
    /// The token, to be sent as a bearer.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// When it ends; earlier where what it was made by ends.
    pub expires_at: Timestamp,
    /// What it is held to.
    #[schema(value_type = Vec<words::Permission>)]
    pub scopes: Vec<Permission>,
}

/// Exchanges one's session or API token for a signed token (JWT) that works for 15 minutes at most, and no longer than
/// what it was made by.
#[utoipa::path(post, path = "/auth/tokens/jwt", tag = "auth", request_body = NewJwt,
    responses((status = 200, body = MadeJwt)))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(new): Json<NewJwt>,
) -> Result<Json<MadeJwt>, Problem> {
    who.settled()?;
    let user = who.account()?;
    let parent = match &who.credential {
        Credential::Session { secret_hash } => Parent::Session(secret_hash.clone()),
        Credential::Token { secret_hash, .. } => Parent::Token(secret_hash.clone()),
        Credential::Jwt | Credential::System => {
            let text = "a short-lived token makes no further one; use the session or API token that made it";
            return Err(Problem::forbidden("short_lived_token", text));
        }
    };
    let new = vakhta_lifecycle::accounts::NewJwt { seconds: new.expires_in_seconds, scopes: new.scopes };
    let asking = who.scopes.as_deref();
    let (text, expires_at, scopes) =
        create_jwt(app.ports(), &app.keys, (&who.actor, user), parent, asking, new).await?;
    Ok(Json(MadeJwt { access_token: text, token_type: "Bearer", expires_at, scopes }))
}
