//! `/auth/users`: everybody's accounts, for system administrators.

use crate::App;
use crate::auth::SignedIn;
use crate::auth::views::UserView;
use crate::body::{Json, Path};
use crate::idempotency::KeepInstead;
use crate::native::BASE;
use crate::page::{List, NoQuery, Query, page_query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::UserId;
use vakhta_domain::ports::UserFilter;
use vakhta_domain::user::{Permission, Tier};
use vakhta_lifecycle::accounts;
use vakhta_lifecycle::accounts::{Edit, NewAccount, NewPassword, create_user, delete_user, edit_user};

/// Which accounts are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserParams {
    /// The tier.
    #[param(value_type = Option<words::Tier>)]
    tier: Option<Tier>,
    /// Enabled, or disabled.
    is_active: Option<bool>,
    /// A part of the name, in any case.
    username: Option<String>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Accounts by name, without deleted ones.
#[utoipa::path(get, path = "/auth/users", tag = "auth", params(UserParams),
    responses((status = 200, body = List<UserView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<UserParams>,
) -> Result<Json<List<UserView>>, Problem> {
    who.require(Permission::ManageUsers)?;
    let query = page_query(wanted.limit, wanted.cursor)?;
    let filter = UserFilter { tier: wanted.tier, is_active: wanted.is_active, name: wanted.username };
    let page = app.ports().accounts.users(&filter, &query).await?;
    Ok(Json(List::of(page, UserView::from)))
}

/// One account.
#[utoipa::path(get, path = "/auth/users/{user_id}", tag = "auth", params(("user_id" = String, Path)),
    responses((status = 200, body = UserView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<UserView>, Problem> {
    who.require(Permission::ManageUsers)?;
    let user = app.ports().accounts.user(&UserId::new(id.as_str())).await?;
    let user = user.ok_or_else(|| Problem::missing("account_missing", "account", &id))?;
    Ok(Json(user.into()))
}

/// An account to be made.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Its name: 1 to 64 letters, digits, `.`, `_`, `@` or `-`.
    pub username: String,
    /// Its password, at least 12 characters; left out, a one-time one is made and shown in the answer.
    #[serde(default)]
    pub password: Option<String>,
    /// What it may do; default `user`.
    #[serde(default)]
    #[schema(value_type = Option<words::Tier>)]
    pub tier: Option<Tier>,
    /// Whether a given password must be changed at the first sign-in; a one-time one always must.
    #[serde(default)]
    pub must_change_password: Option<bool>,
}

/// An account that was made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedUser {
    #[serde(flatten)]
    user: UserView,
    /// Its one-time password, where one was made. Shown this once; null where the same request is repeated by its
    /// Idempotency-Key.
    one_time_password: Option<String>,
}

/// Makes an account.
#[utoipa::path(post, path = "/auth/users", tag = "auth", request_body = NewUser,
    responses((status = 201, body = ManagedUser), (status = 409, description = "the name is taken")))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(new): Json<NewUser>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::ManageUsers)?;
    let new = NewAccount {
        workspace: actor.workspace.clone(),
        username: new.username,
        password: new.password,
        tier: new.tier.unwrap_or(Tier::User),
        must_change: new.must_change_password.unwrap_or(false),
    };
    let made = create_user(app.ports(), &app.passwords, actor, new).await?;
    app.lifecycle.signals.bump();
    let user = UserView::from(made.user);
    let location = format!("{BASE}/auth/users/{}", user.id);
    let kept = ManagedUser { user: user.clone(), one_time_password: None };
    let kept = serde_json::to_vec(&kept).expect("an account is plain data");
    let made = Json(ManagedUser { user, one_time_password: made.one_time_password });
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)], made).into_response();
    response.extensions_mut().insert(KeepInstead(kept));
    Ok(response)
}

/// What is to change about an account; what is left out stays.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChanges {
    /// Another name.
    #[serde(default)]
    pub username: Option<String>,
    /// Another tier. Its sessions and tokens end.
    #[serde(default)]
    #[schema(value_type = Option<words::Tier>)]
    pub tier: Option<Tier>,
    /// False disables it: its sessions and tokens end at once.
    #[serde(default)]
    pub is_active: Option<bool>,
    /// Another password, to be changed at the next sign-in. Its sessions end.
    #[serde(default)]
    pub password: Option<String>,
    /// True for a one-time password, which is shown in the answer.
    #[serde(default)]
    pub reset_password: Option<bool>,
}

/// Changes an account. Of one's own, the name only; the last active system administrator stays one.
#[utoipa::path(put, path = "/auth/users/{user_id}", tag = "auth", params(("user_id" = String, Path)),
    request_body = UserChanges, responses((status = 200, body = ManagedUser),
    (status = 409, description = "the name is taken, or it is the last active system administrator")))]
pub async fn change(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Json(wanted): Json<UserChanges>,
) -> Result<Json<ManagedUser>, Problem> {
    let actor = who.require(Permission::ManageUsers)?;
    let password = match (wanted.password, wanted.reset_password.unwrap_or(false)) {
        (Some(_), true) => {
            let text = "give a password or ask for a one-time one, not both";
            return Err(Problem::invalid_field("/reset_password", text));
        }
        (Some(password), false) => NewPassword::Given(password),
        (None, true) => NewPassword::MadeUp,
        (None, false) => NewPassword::Stays,
    };
    let edit = Edit { username: wanted.username, tier: wanted.tier, is_active: wanted.is_active, password };
    let edited = edit_user(app.ports(), &app.passwords, actor, &UserId::new(id), edit).await?;
    app.lifecycle.signals.bump();
    let user = edited.user.into();
    Ok(Json(ManagedUser { user, one_time_password: edited.one_time_password }))
}

/// Deletes an account: it signs in nowhere, its name may be taken again, and the history keeps naming it.
#[utoipa::path(delete, path = "/auth/users/{user_id}", tag = "auth", params(("user_id" = String, Path)),
    responses((status = 204), (status = 409, description = "it is the last active system administrator's")))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::ManageUsers)?;
    delete_user(app.ports(), actor, &UserId::new(id)).await?;
    app.lifecycle.signals.bump();
    Ok(StatusCode::NO_CONTENT)
}

/// Turns off the second factor of somebody who lost his phone and his recovery codes. One's own is turned off in the
/// profile.
#[utoipa::path(delete, path = "/auth/users/{user_id}/second-factor", tag = "auth", params(("user_id" = String, Path)),
    responses((status = 204), (status = 409, description = "the account has no second factor")))]
pub async fn reset_second_factor(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::ManageUsers)?;
    accounts::reset_second_factor(app.ports(), actor, &UserId::new(id)).await?;
    app.lifecycle.signals.bump();
    Ok(StatusCode::NO_CONTENT)
}
