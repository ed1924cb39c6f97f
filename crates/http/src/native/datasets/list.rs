//! `GET /datasets`.

use super::views::DatasetView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::{List, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use vakhta_domain::user::Permission;

/// Datasets by key.
#[utoipa::path(get, path = "/datasets", tag = "datasets", params(PageParams),
    responses((status = 200, body = List<DatasetView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(page): Query<PageParams>,
) -> Result<Json<List<DatasetView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let page = app.ports().datasets.datasets(&actor.workspace, &page.query()?).await?;
    Ok(Json(List::of(page, |dataset| DatasetView::from(&dataset))))
}
