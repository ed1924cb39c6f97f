//! Which version serves: deploy, roll back, and the records of both.

use super::views::{ArmView, DecisionView, DeploymentView, DeploymentsView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::jobs::train::checked_reason;
use crate::native::models::found;
use crate::page::{List, PageParams, Query};
use crate::problem::Problem;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::deploy as switch;

/// A version to put to serve.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deploy {
    /// The version, by id or by the name given at training.
    version: String,
    /// Why, in words.
    #[serde(default)]
    reason: Option<String>,
}

/// Puts a version to serve, in one transaction and without a dropped request.
#[utoipa::path(post, path = "/models/{key}/deploy", tag = "versions", params(("key" = String, Path)),
    request_body = Deploy, responses((status = 200, body = DeploymentView),
        (status = 409, description = "it serves already, or may not serve")))]
pub async fn deploy(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Json(body): Json<Deploy>,
) -> Result<Json<DeploymentView>, Problem> {
    let actor = who.require(Permission::Deploy)?;
    let reason = checked_reason(body.reason)?;
    let deployed = switch::deploy(&app.lifecycle, actor, &ModelKey::new(key), &body.version, reason).await?;
    Ok(Json(deployed.into()))
}

/// A version to go back to.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The version; default the one that served before.
    #[serde(default)]
    version: Option<String>,
    /// Why, in words.
    #[serde(default)]
    reason: Option<String>,
}

/// Goes back to an earlier version, in one transaction and without a dropped request.
#[utoipa::path(post, path = "/models/{key}/rollback", tag = "versions", params(("key" = String, Path)),
    request_body = Rollback, responses((status = 200, body = DeploymentView),
        (status = 409, description = "no other version served, or it may not serve")))]
pub async fn rollback(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Json(body): Json<Rollback>,
) -> Result<Json<DeploymentView>, Problem> {
    let actor = who.require(Permission::Deploy)?;
    let reason = checked_reason(body.reason)?;
    let (key, version) = (ModelKey::new(key), body.version.as_deref());
    let deployed = switch::rollback(&app.lifecycle, actor, &key, version, reason).await?;
    Ok(Json(deployed.into()))
}

/// A model's deployments, newest first, and what answers beside its champion.
#[utoipa::path(get, path = "/models/{key}/deployments", tag = "versions",
    params(("key" = String, Path), PageParams), responses((status = 200, body = DeploymentsView)))]
pub async fn deployments(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(page): Query<PageParams>,
) -> Result<Json<DeploymentsView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let model = found(&app, &actor.workspace, &key).await?;
    let page = app.ports().versions.deployments(&actor.workspace, &model.key, &page.query()?).await?;
    let beside = app.ports().arms.arms(&actor.workspace, &model.key).await?;
    let List { items, next_cursor } = List::of(page, DeploymentView::from);
    let beside = beside.into_iter().map(ArmView::from).collect();
    Ok(Json(DeploymentsView { items, next_cursor, beside }))
}

/// Every decision about a model's versions, newest first.
#[utoipa::path(get, path = "/models/{key}/decisions", tag = "versions",
    params(("key" = String, Path), PageParams), responses((status = 200, body = List<DecisionView>)))]
pub async fn decisions(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(page): Query<PageParams>,
) -> Result<Json<List<DecisionView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let model = found(&app, &actor.workspace, &key).await?;
    let page = app.ports().versions.decisions(&actor.workspace, &model.key, &page.query()?).await?;
    Ok(Json(List::of(page, DecisionView::from)))
}
