//! `/auth/tokens`: named API tokens, shown once, kept hashed.

use crate::App;
use crate::auth::views::TokenView;
use crate::auth::{API_TOKEN_PREFIX, SignedIn, fresh_secret, secret_hash};
use crate::body::{Json, Path};
use crate::idempotency::KeepInstead;
use crate::native::BASE;
use crate::page::{List, NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{TokenId, fresh};
use vakhta_domain::user::{ApiToken, Permission};

/// Days that a token works where its maker does not say.
const DEFAULT_DAYS: u32 = 90;
/// The most days that a token works.
const MAX_DAYS: u32 = 365;
/// Characters of a secret that are kept to recognise it by: the prefix and eight more.
const SHOWN: usize = API_TOKEN_PREFIX.len() + 8;

/// One's own tokens, newest first.
#[utoipa::path(get, path = "/auth/tokens", tag = "auth", responses((status = 200, body = List<TokenView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<List<TokenView>>, Problem> {
    who.require(Permission::OwnTokens)?;
    let tokens = app.ports().accounts.tokens(&who.user.id).await?;
    Ok(Json(List::whole(tokens.into_iter().map(TokenView::from).collect())))
}

/// A token to be made.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What to call it: 1 to 100 characters.
    pub name: String,
    /// Days that it works, 1 to 365; default 90.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
}

impl NewToken {
    fn checked(self) -> Result<(String, u32), Problem> {
        let name = self.name.trim().to_owned();
        if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(Problem::invalid_field("/name", "a token's name has 1 to 100 characters"));
        }
        let days = self.expires_in_days.unwrap_or(DEFAULT_DAYS);
        if !(1..=MAX_DAYS).contains(&days) {
            let message = format!("{days} is out of range, allowed are 1 to {MAX_DAYS} days");
            return Err(Problem::invalid_field("/expires_in_days", message));
        }
        Ok((name, days))
    }
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
    let (name, days) = new.checked()?;
    let now = app.now();
    let chance = app.ports().chance.as_ref();
    let secret = fresh_secret(API_TOKEN_PREFIX, chance);
    let token = ApiToken {
        id: TokenId::new(fresh("tok", chance)),
        user: who.user.id.clone(),
        name,
        prefix: secret[..SHOWN].to_owned(),
        secret_hash: secret_hash(&secret),
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24 * i64::from(days)),
        last_used_at: None,
        revoked_at: None,
    };
    let event = NewEvent::about("token.created", ("token", token.id.as_str()), actor, now)
        .with(serde_json::json!({ "name": token.name, "expires_at": token.expires_at }));
    app.ports().accounts.add_token(&token, &event).await?;
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
    let done = app.ports().accounts.revoke_token(&who.user.id, &TokenId::new(id.as_str()), &event).await?;
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
    let done = app.ports().accounts.delete_token(&who.user.id, &TokenId::new(id.as_str()), &event).await?;
    answer(&app, done, &id)
}

fn answer(app: &App, done: bool, id: &str) -> Result<StatusCode, Problem> {
    if !done {
        return Err(Problem::missing("token_missing", "working token", id));
    }
    app.lifecycle.signals.bump();
    Ok(StatusCode::NO_CONTENT)
}
