//! `GET /models/{key}/versions/{version}/export`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::page::Query;
use crate::problem::{FieldError, Problem};
use crate::words;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::export;

/// The format of the file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportParams {
    /// `onnx`, the only one and the default.
    format: Option<String>,
}

/// A version's model as an ONNX file, its pipeline and calibration included. Its input is `X`, rows of 32-bit
/// numbers; its outputs are `label` and `probabilities`, or `value`. Only of models whose columns are all numbers
/// or yes and no.
#[utoipa::path(get, path = "/models/{key}/versions/{version}/export", tag = "versions",
    params(("key" = String, Path), ("version" = String, Path), ExportParams),
    responses((status = 200, content_type = "application/octet-stream", body = words::RawFile),
        (status = 409, description = "ONNX cannot say what the version does")))]
pub async fn export(
    State(app): State<App>,
    who: SignedIn,
    Path((key, version)): Path<(String, String)>,
    Query(params): Query<ExportParams>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Predict)?;
    if let Some(other) = params.format.filter(|format| format != "onnx") {
        let message = format!("`{other}` is not onnx, the only format there is");
        return Err(Problem::invalid("bad_query", [FieldError { pointer: "?format".into(), message }]));
    }
    let file = export::onnx(&app.lifecycle, actor, &ModelKey::new(key.as_str()), &version).await?;
    let name = format!("attachment; filename=\"{key}_{}.onnx\"", file.version);
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
