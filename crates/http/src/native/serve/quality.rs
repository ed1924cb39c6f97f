//! `POST /quality`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::versions::metrics::MetricsView;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::report::Quality;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve::answer::{Measured, QualityAnswer};
use vakhta_lifecycle::serve::{self, PredictRequest};

/// Labelled records.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QualityRequest)]
pub struct QualityBody {
    /// The model.
    model_key: String,
    /// A version by id, by the name given at training, or `champion`; default the serving one.
    #[serde(default)]
    version: Option<String>,
    /// At most 10,000 records with what a prediction needs and the target column.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Map<String, Value>>,
}

/// How right a version is on the records.
#[derive(Serialize, ToSchema)]
#[schema(as = MeasuredQuality)]
pub struct QualityView {
    /// The model.
    model_key: String,
    /// The version that was measured.
    version: String,
    /// Of a model of records: its quality.
    #[schema(value_type = Option<words::Quality>)]
    quality: Option<Quality>,
    /// Of a forecast: its accuracy.
    metrics: Option<MetricsView>,
    /// Records that were left out, and why.
    errors: Vec<RecordError>,
}

/// A record that was left out.
#[derive(Serialize, ToSchema)]
pub struct RecordError {
    /// Its place in the request, from 0.
    index: usize,
    /// What is wrong with it and what would be right.
    error: String,
}

impl From<QualityAnswer> for QualityView {
    fn from(answer: QualityAnswer) -> Self {
        let (quality, metrics) = match answer.quality {
            Measured::Records(quality) => (Some(quality), None),
            Measured::Forecast(metrics) => (None, Some(metrics.into())),
        };
        Self {
            model_key: answer.model_key.as_str().to_owned(),
            version: answer.version.as_str().to_owned(),
            quality,
            metrics,
            errors: answer.errors.into_iter().map(|(index, error)| RecordError { index, error }).collect(),
        }
    }
}

/// Measures a version on labelled records. Nothing is logged.
#[utoipa::path(post, path = "/quality", tag = "serve", request_body = QualityBody,
    responses((status = 200, body = QualityView), (status = 409, description = "nothing serves yet")))]
pub async fn quality(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
    Json(body): Json<QualityBody>,
) -> Result<Json<QualityView>, Problem> {
    let actor = who.require(Permission::Predict)?;
    let QualityBody { model_key, version, data } = body;
    let request = PredictRequest {
        model: ModelKey::new(model_key),
        version,
        data,
        key: None,
        top: None,
        explain: false,
    };
    Ok(Json(serve::quality(&app.lifecycle, actor, request).await?.into()))
}
