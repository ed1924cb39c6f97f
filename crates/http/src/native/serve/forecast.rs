//! `POST /forecast`.

use super::views::ForecastView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::format::Format;
use crate::page::Query;
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::ModelKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::serve::{self, ExportFormat, ForecastRequest};

/// What is to be forecast.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ForecastRequest)]
pub struct ForecastBody {
    /// The model.
    model_key: String,
    /// A version by id, by the name given at training, or `champion`; default the serving one.
    #[serde(default)]
    version: Option<String>,
    /// Periods, at most the spec's horizon; default all of it.
    #[serde(default)]
    horizon: Option<u32>,
    /// The series; default all.
    #[serde(default)]
    series: Option<Vec<SeriesChoice>>,
    /// Interval levels out of the spec's; default all of them.
    #[serde(default)]
    level: Option<Vec<u8>>,
    /// Past periods to add to each series, at most 730; default none.
    #[serde(default)]
    history: Option<u32>,
    /// Whether to forecast also what the series add up to, where the spec names a hierarchy; default no.
    #[serde(default)]
    sums: bool,
    /// Rows with the date column, the series columns and the known-future columns.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    known_future: Option<Vec<Map<String, Value>>>,
}

/// One series: its values in the order of the series columns, or by column.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(untagged)]
pub enum SeriesChoice {
    /// In the order of the series columns.
    Values(Vec<String>),
    /// By column.
    ByColumn(BTreeMap<String, String>),
}

impl From<ForecastBody> for ForecastRequest {
    fn from(body: ForecastBody) -> Self {
        let choice = |choice| match choice {
            SeriesChoice::Values(values) => serve::SeriesChoice::Values(values),
            SeriesChoice::ByColumn(values) => serve::SeriesChoice::ByColumn(values),
        };
        Self {
            model: ModelKey::new(body.model_key),
            version: body.version,
            horizon: body.horizon,
            series: body.series.map(|series| series.into_iter().map(choice).collect()),
            levels: body.level,
            sums: body.sums,
            history: body.history,
            known_future: body.known_future.unwrap_or_default(),
        }
    }
}

/// The form of the answer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatParam {
    /// `json`, `csv`, `jsonl` or `parquet`; default as `Accept` says, else `json`.
    pub(super) format: Option<String>,
}

/// The form of a file; none of the answer as it is.
pub(super) fn file_of(format: Format) -> Option<ExportFormat> {
    match format {
        Format::Json => None,
        Format::Csv => Some(ExportFormat::Csv),
        Format::Jsonl => Some(ExportFormat::Jsonl),
        Format::Parquet => Some(ExportFormat::Parquet),
    }
}

/// Forecasts series with intervals. The answer is in the prediction log when it is given.
#[utoipa::path(post, path = "/forecast", tag = "serve", params(FormatParam), request_body = ForecastBody,
    responses((status = 200, content((ForecastView = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (words::RawFile = "application/vnd.apache.parquet"))),
        (status = 409, description = "nothing serves yet")))]
pub async fn forecast(
    State(app): State<App>,
    who: SignedIn,
    Query(form): Query<FormatParam>,
    headers: HeaderMap,
    Json(body): Json<ForecastBody>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Predict)?;
    let format = Format::asked(form.format.as_deref(), &headers)?;
    let answer = serve::forecast(&app.lifecycle, actor, body.into()).await?;
    let Some(file) = file_of(format) else { return Ok(Json(ForecastView::from(answer)).into_response()) };
    let bytes = serve::export(&answer, file).await?;
    Ok(format.file(&format!("{}_forecast", answer.model_key), bytes))
}
