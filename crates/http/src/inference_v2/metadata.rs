//! What the server is, and which tensors a model takes and gives.

use super::Place;
use super::datatype::Datatype;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::problem::Problem;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve::{self, TensorSpec};

/// What the server is.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceServer)]
pub struct Server {
    /// `vakhta`.
    name: &'static str,
    /// The release.
    version: String,
    /// What it can beyond the protocol's core.
    extensions: [&'static str; 1],
}

/// What the server is.
#[utoipa::path(get, path = "", tag = "inference", responses((status = 200, body = Server)))]
pub async fn server(State(app): State<App>, who: SignedIn) -> Result<Json<Server>, Problem> {
    who.require(Permission::Look)?;
    let version = app.settings.version.clone();
    Ok(Json(Server { name: "vakhta", version, extensions: ["binary_tensor_data"] }))
}

/// A model as the protocol describes it.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceModel)]
pub struct Model {
    /// Its key.
    name: String,
    /// Its versions that can answer, newest first.
    versions: Vec<String>,
    /// `vakhta_` and the engine that answers, e.g. `vakhta_gbdt`.
    platform: String,
    /// The tensors that it takes.
    inputs: Vec<TensorView>,
    /// The tensors that it gives.
    outputs: Vec<TensorView>,
}

/// A tensor that a model takes or gives.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceTensor)]
pub struct TensorView {
    /// Its name.
    name: String,
    /// Its element type; other numbers are taken, too.
    datatype: &'static str,
    /// Its extents; -1 for the number of rows.
    shape: Vec<i64>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<TensorParameters>,
}

/// More about a tensor.
#[derive(Serialize, ToSchema)]
#[schema(as = InferenceTensorParameters)]
pub struct TensorParameters {
    /// The columns of a row, in order.
    columns: Vec<String>,
}

impl From<TensorSpec> for TensorView {
    fn from(spec: TensorSpec) -> Self {
        let extent = |extent: Option<usize>| extent.map_or(-1, |extent| extent as i64);
        Self {
            name: spec.name,
            datatype: Datatype::of(spec.kind).word(),
            shape: spec.shape.into_iter().map(extent).collect(),
            parameters: (!spec.columns.is_empty()).then_some(TensorParameters { columns: spec.columns }),
        }
    }
}

/// The serving version of a model: the tensors that it takes and gives.
#[utoipa::path(get, path = "/models/{name}", tag = "inference", params(("name" = String, Path)),
    responses((status = 200, body = Model)))]
pub async fn model(
    State(app): State<App>,
    who: SignedIn,
    Path(place): Path<Place>,
) -> Result<Json<Model>, Problem> {
    of(&app, &who, place).await
}

/// A version of a model: the tensors that it takes and gives.
#[utoipa::path(get, path = "/models/{name}/versions/{version}", tag = "inference",
    params(("name" = String, Path), ("version" = String, Path)), responses((status = 200, body = Model)))]
pub async fn version(
    State(app): State<App>,
    who: SignedIn,
    Path(place): Path<Place>,
) -> Result<Json<Model>, Problem> {
    of(&app, &who, place).await
}

async fn of(app: &App, who: &SignedIn, place: Place) -> Result<Json<Model>, Problem> {
    let actor = who.require(Permission::Look)?;
    let (model, version) = (place.model(), place.version.as_deref());
    let described = serve::describe(&app.lifecycle, &actor.workspace, &model, version).await?;
    Ok(Json(Model {
        name: place.name,
        versions: described.versions.iter().map(|version| version.as_str().to_owned()).collect(),
        platform: format!("vakhta_{}", described.engine),
        inputs: described.inputs.into_iter().map(TensorView::from).collect(),
        outputs: described.outputs.into_iter().map(TensorView::from).collect(),
    }))
}
