//! `/auth/tokens`: named API tokens, shown once, kept hashed.

use crate::App;
use crate::auth::SignedIn;
use crate::auth::views::TokenView;
use crate::body::{Json, Path};
use crate::idempotency::KeepInstead;
use crate::native::BASE;
use crate::page::{List, NoQuery, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::TokenId;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::accounts::{self, create_token};

/// One's own tokens, newest first.
#[utoipa::path(get, path = "/auth/tokens", tag = "auth", responses((status = 200, body = List<TokenView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<List<TokenView>>, Problem> {
    who.require(Permission::OwnTokens)?;
    let tokens = app.ports().accounts.tokens(&who.account()?.id).await?;
    Ok(Json(List::whole(tokens.into_iter().map(TokenView::from).collect())))
}

/// A token to be made.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What to call it: 1 to 100 characters.
    pub name: String,
    /// Days that it works, 1 to 365; default 365.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
    /// What it is held to, no wider than what you may do yourself; left out, all that you may do at the time.
    #[serde(default)]
    #[schema(value_type = Option<Vec<words::Permission>>)]
    pub scopes: Option<Vec<Permission>>,
}

/// A token that was made, with its secret.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    #[serde(flatten)]
    about: TokenView,
    /// The secret, `vkt_…`. Shown this once; null where the same request is repeated by its Idempotency-Key.
    token: Option<String>,
}

/// Makes an API token. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/auth/tokens", tag = "auth", request_body = NewToken,
    responses((status = 201, body = MadeToken)))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(new): Json<NewToken>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::OwnTokens)?;
    let new = accounts::NewToken { name: new.name, days: new.expires_in_days, scopes: new.scopes };
    let owner = who.account()?;
    let (token, secret) = create_token(app.ports(), actor, owner, who.scopes.as_deref(), new).await?;
    app.lifecycle.signals.bump();
    let about = TokenView::from(token);
    let location = format!("{BASE}/auth/tokens/{}", about.id);
    let kept = serde_json::to_vec(&MadeToken { about: about.clone(), token: None });
    let made = Json(MadeToken { about, token: Some(secret) });
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)], made).into_response();
    response.extensions_mut().insert(KeepInstead(kept.expect("a token is plain data")));
    Ok(response)
}

/// Revokes one of one's own tokens; it stays in the list.
#[utoipa::path(post, path = "/auth/tokens/{id}/revoke", tag = "auth", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn revoke(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::OwnTokens)?;
    let event = NewEvent::about("token.revoked", ("token", &id), actor, app.now());
    let done =
        app.ports().accounts.revoke_token(&who.account()?.id, &TokenId::new(id.as_str()), &event).await?;
    answer(&app, done, &id)
}

/// Deletes one of one's own tokens.
#[utoipa::path(delete, path = "/auth/tokens/{id}", tag = "auth", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::OwnTokens)?;
    let event = NewEvent::about("token.deleted", ("token", &id), actor, app.now());
    let done =
        app.ports().accounts.delete_token(&who.account()?.id, &TokenId::new(id.as_str()), &event).await?;
    answer(&app, done, &id)
}

fn answer(app: &App, done: bool, id: &str) -> Result<StatusCode, Problem> {
    if !done {
        return Err(Problem::missing("token_missing", "working token", id));
    }
    app.lifecycle.signals.bump();
    Ok(StatusCode::NO_CONTENT)
}
