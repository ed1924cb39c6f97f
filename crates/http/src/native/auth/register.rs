//! `POST /auth/register`.

use crate::App;
use crate::auth::door;
use crate::auth::views::UserView;
use crate::body::Json;
use crate::problem::Problem;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::Tier;
use vakhta_lifecycle::accounts::{NewAccount, create_user};

/// A name and a password.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account's name.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// An account that was made.
#[derive(Serialize, ToSchema)]
pub struct Registered {
    /// The account.
    pub user: UserView,
}

/// Makes oneself a viewer's account, where the server allows it.
#[utoipa::path(post, path = "/auth/register", tag = "auth", security(()), request_body = Credentials,
    responses((status = 201, body = Registered), (status = 403, description = "registration is off")))]
pub async fn register(
    State(app): State<App>,
    request: Request,
) -> Result<(StatusCode, Json<Registered>), Problem> {
    if !app.settings.registration {
        return Err(Problem::forbidden(
            "registration_off",
            "this server lets nobody register himself; ask an administrator",
        ));
    }
    let (parts, body) = request.into_parts();
    let stranger = door(&parts);
    let Json(given) = Json::<Credentials>::from_request(Request::from_parts(parts, body), &()).await?;
    let by = stranger.stranger(&given.username);
    if let Err(seconds) = app.sign_ins.attempt(by.ip.as_deref(), &given.username, app.now()) {
        return Err(Problem::too_many("too many attempts from this address", seconds));
    }
    let new = NewAccount {
        workspace: WorkspaceId::default_workspace(),
        username: given.username,
        password: Some(given.password),
        tier: Tier::Viewer,
        must_change: false,
    };
    let created = create_user(app.ports(), &app.passwords, &by, new).await?;
    app.lifecycle.signals.bump();
    Ok((StatusCode::CREATED, Json(Registered { user: created.user.into() })))
}
