//! `GET /datasets/{key}`, its versions and its profile.

use super::views::{ColumnView, DatasetDetail, DatasetVersionView, ProfileView};
use super::{found, found_version};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::upload;

/// A dataset with its columns, how it was read, and what its columns seem to be for.
#[utoipa::path(get, path = "/datasets/{key}", tag = "datasets", params(("key" = String, Path)),
    responses((status = 200, body = DatasetDetail)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<DatasetDetail>, Problem> {
    let actor = who.require(Permission::Look)?;
    let dataset = found(&app, &actor.workspace, &key).await?;
    let guess = upload::guess(&app.lifecycle, &dataset.latest).await?;
    Ok(Json(DatasetDetail::new(dataset, guess)))
}

/// A dataset's versions, newest first.
#[utoipa::path(get, path = "/datasets/{key}/versions", tag = "datasets",
    params(("key" = String, Path), PageParams), responses((status = 200, body = List<DatasetVersionView>)))]
pub async fn versions(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(page): Query<PageParams>,
) -> Result<Json<List<DatasetVersionView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let dataset = found(&app, &actor.workspace, &key).await?;
    let page = app.ports().datasets.dataset_versions(&actor.workspace, &dataset.key, &page.query()?).await?;
    Ok(Json(List::of(page, DatasetVersionView::from)))
}

/// Which version is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionParam {
    /// The version's number; default the newest.
    version: Option<u32>,
}

/// The profile of each column of a version.
#[utoipa::path(get, path = "/datasets/{key}/profile", tag = "datasets",
    params(("key" = String, Path), VersionParam), responses((status = 200, body = ProfileView)))]
pub async fn profile(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(of): Query<VersionParam>,
) -> Result<Json<ProfileView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let version = found_version(&app, &actor.workspace, &key, of.version).await?;
    let columns = version.table.columns.into_iter().map(ColumnView::from).collect();
    Ok(Json(ProfileView { columns }))
}
