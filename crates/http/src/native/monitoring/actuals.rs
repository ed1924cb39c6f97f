//! `/actuals`: what turned out to be true.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::Query;
use crate::problem::Problem;
use axum::extract::State;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::actual::{ActualVersion, TakenActuals, Truth};
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::actuals::{self, Item};
use vakhta_lifecycle::serve::forecast::SeriesChoice;

/// Actuals of a model.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActualsRequest {
    /// The model.
    model_key: String,
    /// At most 50,000. What came before under the same key is replaced and kept; the same again changes nothing.
    items: Vec<ActualItem>,
}

/// One actual: of a forecast named by series and date, else by its key.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActualItem {
    /// What the answer is found by. Of a record: the `request_id` of its prediction, `|`, its place in the request.
    #[serde(default)]
    key: Option<String>,
    /// Of a forecast: the values of the series columns in their order.
    #[serde(default)]
    series: Option<Vec<String>>,
    /// Of a forecast: the first day of the period, YYYY-MM-DD.
    #[serde(default)]
    date: Option<String>,
    /// What turned out to be true, a number.
    #[serde(default)]
    value: Option<f64>,
    /// Of a classification: the true class.
    #[serde(default)]
    label: Option<String>,
}

/// What became of actuals.
#[derive(Serialize, ToSchema)]
pub struct ActualsTaken {
    /// Different keys that came.
    received: u64,
    /// Those that were not known before.
    added: u64,
    /// Those that say something else than before.
    corrected: u64,
    /// Those that say the same.
    unchanged: u64,
}

impl From<TakenActuals> for ActualsTaken {
    fn from(taken: TakenActuals) -> Self {
        let TakenActuals { received, added, corrected, unchanged } = taken;
        Self { received, added, corrected, unchanged }
    }
}

/// Takes in what turned out to be true; durable when answered. All of it or, where an item is wrong, nothing.
#[utoipa::path(post, path = "/actuals", tag = "monitoring", request_body = ActualsRequest,
    responses((status = 200, body = ActualsTaken)))]
pub async fn take(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<ActualsRequest>,
) -> Result<Json<ActualsTaken>, Problem> {
    let actor = who.require(Permission::WriteData)?;
    let items = body.items.into_iter().map(|item| Item {
        key: item.key,
        series: item.series.map(SeriesChoice::Values),
        date: item.date,
        value: item.value,
        label: item.label,
    });
    let model = ModelKey::new(body.model_key);
    let taken = actuals::receive(&app.lifecycle, actor, &model, items.collect()).await?;
    Ok(Json(taken.into()))
}

/// Which actual.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActualParams {
    /// The model.
    model_key: String,
    /// What the answer is found by; of a forecast the values of its series and the date, joined by `|`.
    key: String,
}

/// Every word about one key.
#[derive(Serialize, ToSchema)]
pub struct ActualHistory {
    /// The newest first; only that one counts.
    versions: Vec<ActualVersionView>,
}

/// One word.
#[derive(Serialize, ToSchema)]
#[schema(as = ActualVersion)]
pub struct ActualVersionView {
    /// 1, 2, 3 …
    revision: u32,
    /// A number,
    value: Option<f64>,
    /// or a class.
    label: Option<String>,
    /// `api`, or the version of the dataset.
    source: String,
    /// When it came.
    at: Timestamp,
}

impl From<ActualVersion> for ActualVersionView {
    fn from(version: ActualVersion) -> Self {
        let (value, label) = match version.truth {
            Truth::Number(value) => (Some(value), None),
            Truth::Label(label) => (None, Some(label)),
        };
        Self { revision: version.revision, value, label, source: version.source, at: version.at }
    }
}

/// What was said to be true about one key, corrections and all; empty where nothing was.
#[utoipa::path(get, path = "/actuals", tag = "monitoring", params(ActualParams),
    responses((status = 200, body = ActualHistory)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<ActualParams>,
) -> Result<Json<ActualHistory>, Problem> {
    let actor = who.require(Permission::Look)?;
    let model = ModelKey::new(wanted.model_key);
    let versions = actuals::versions(&app.lifecycle, actor, &model, &wanted.key).await?;
    Ok(Json(ActualHistory { versions: versions.into_iter().map(Into::into).collect() }))
}
