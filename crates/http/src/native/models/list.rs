//! `GET /models` and `GET /models/{key}`.

use super::views::{ModelDetail, ModelView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use vakhta_domain::user::Permission;

/// Models by key.
#[utoipa::path(get, path = "/models", tag = "models", params(PageParams),
    responses((status = 200, body = List<ModelView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(page): Query<PageParams>,
) -> Result<Json<List<ModelView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let page = app.ports().models.models(&actor.workspace, &page.query()?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for model in &page.items {
        items.push(ModelView::of(&app, model).await?);
    }
    Ok(Json(List { items, next_cursor: page.next_cursor }))
}

/// A model with its spec.
#[utoipa::path(get, path = "/models/{key}", tag = "models", params(("key" = String, Path)),
    responses((status = 200, body = ModelDetail)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<ModelDetail>, Problem> {
    let actor = who.require(Permission::Look)?;
    let model = super::found(&app, &actor.workspace, &key).await?;
    Ok(Json(ModelDetail::of(&app, model).await?))
}
