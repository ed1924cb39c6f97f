//! `POST /models/{key}/versions/import`.

use super::views::VersionDetail;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path, whole_body};
use crate::native::BASE;
use crate::native::jobs::train::checked_reason;
use crate::page::Query;
use crate::problem::{FieldError, Problem};
use crate::words;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::import::{self, Format, Import, ImportError};

/// How to read the file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// `onnx` or `lightgbm`; else told by the content.
    format: Option<String>,
    /// The labels of the classes in the file's order, separated by commas: for files that do not name them, or to
    /// name them otherwise.
    classes: Option<String>,
    /// Why, in words.
    reason: Option<String>,
}

/// Makes a version of a model that another program learnt: an ONNX file of a perceptron or of trees, or LightGBM's
/// text. Its inputs are the spec's numeric columns in their order. The version waits in state `trained` until a
/// person deploys it; its quality is not measured.
#[utoipa::path(post, path = "/models/{key}/versions/import", tag = "versions",
    params(("key" = String, Path), ImportParams),
    request_body(content((words::RawFile = "application/octet-stream"))),
    responses((status = 201, body = VersionDetail),
        (status = 409, description = "the model is a forecast"),
        (status = 422, description = "the file cannot be read, or is no model of this spec")))]
pub async fn import(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(params): Query<ImportParams>,
    request: Request,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Train)?.clone();
    let format = params.format.as_deref().map(|word| Format::parse(word).ok_or(word)).transpose();
    let format = format.map_err(|word| {
        let message = format!("`{word}` is neither onnx nor lightgbm");
        Problem::invalid("bad_query", [FieldError { pointer: "?format".into(), message }])
    })?;
    let classes = params.classes.as_deref().unwrap_or_default().split(',').map(str::trim);
    let asked = Import {
        model: ModelKey::new(key.as_str()),
        format,
        classes: classes.filter(|label| !label.is_empty()).map(str::to_owned).collect(),
        reason: checked_reason(params.reason)?,
        bytes: whole_body(request).await?,
    };
    let version = import::import(&app.lifecycle, &actor, asked).await?;
    let location = format!("{BASE}/models/{key}/versions/{}", version.id);
    let detail = Json(VersionDetail::of(&app, version).await?);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], detail).into_response())
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let unprocessable = |code, words| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, words);
        match error {
            ImportError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            forecast @ ImportError::Forecast(_) => Self::conflict("wrong_task", forecast.to_string()),
            ImportError::BadFile(words) => unprocessable("bad_model_file", words),
            ImportError::Unfit(words) => unprocessable("model_does_not_fit", words),
            unusable @ ImportError::Unusable(_) => Self::internal(&unusable),
            ImportError::Store(error) => error.into(),
        }
    }
}
