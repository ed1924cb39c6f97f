//! `POST /models`: creates, or with `?apply=true` creates or changes.

use super::spec_body::Specs;
use super::views::ModelChange;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::BASE;
use crate::page::Query;
use crate::problem::Problem;
use crate::words;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::ModelKey;
use vakhta_domain::spec::ModelSpec;
use vakhta_domain::user::{Actor, Permission};
use vakhta_lifecycle::models;

/// How specs are taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApplyParam {
    /// Change models that are there instead of refusing; default false.
    apply: Option<bool>,
}

/// What was done, one entry a spec.
#[derive(Serialize, ToSchema)]
pub struct ModelChanges {
    /// The models.
    items: Vec<ModelChange>,
}

/// Creates models from specs; with `apply`, changes those that are there. Every spec is checked before
/// anything is done.
#[utoipa::path(post, path = "/models", tag = "models", params(ApplyParam),
    request_body(content((words::ModelSpec = "application/json"), (String = "application/yaml"))),
    responses((status = 201, body = ModelChanges), (status = 200, body = ModelChanges, description = "applied"),
        (status = 409, description = "a model of that key exists")))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Query(how): Query<ApplyParam>,
    request: Request,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::WriteModels)?;
    let Specs(specs) = Specs::from_request(request, &()).await?;
    let apply = how.apply.unwrap_or(false);
    refuse_conflicts(&app, actor, &specs, apply).await?;
    let mut items = Vec::with_capacity(specs.len());
    for spec in specs {
        let applied = if apply {
            models::apply(&app.lifecycle, actor, spec).await?
        } else {
            models::create(&app.lifecycle, actor, spec).await?
        };
        items.push(ModelChange::of(&app, applied).await?);
    }
    let location = (!apply).then(|| format!("{BASE}/models/{}", items[0].model.key));
    let status = if apply { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = (status, Json(ModelChanges { items })).into_response();
    if let Some(value) = location.and_then(|place| HeaderValue::from_str(&place).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}

/// Refuses the whole body before anything is created: a key twice in it, or one that is taken.
async fn refuse_conflicts(app: &App, actor: &Actor, specs: &[ModelSpec], apply: bool) -> Result<(), Problem> {
    for (i, spec) in specs.iter().enumerate() {
        if specs[..i].iter().any(|earlier| earlier.model_key == spec.model_key) {
            let message = format!("document {}: `{}` is described twice in this body", i + 1, spec.model_key);
            return Err(Problem::invalid_field("/model_key", message));
        }
        let key = ModelKey::new(spec.model_key.as_str());
        if !apply && app.ports().models.model(&actor.workspace, &key).await?.is_some() {
            return Err(models::ModelError::Exists(key).into());
        }
    }
    Ok(())
}
