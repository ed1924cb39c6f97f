//! `GET /monitoring/performance/errors`: where a model errs.

use super::meant;
use super::performance_views::MeasuredView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::{Query, within};
use crate::problem::Problem;
use axum::extract::State;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::actual::Truth;
use vakhta_domain::model::Model;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::metrics::errors::{self, Errors, MAX_DAYS, Miss};
use vakhta_lifecycle::metrics::summary::Line;

/// Days looked at where the caller names none.
const DEFAULT_DAYS: u32 = 30;

/// Over which time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ErrorsParams {
    /// Days up to today, 1 to 92; default 30.
    #[param(minimum = 1, maximum = 92)]
    days: Option<u32>,
    /// The model; the only one where it is left out.
    model_key: Option<String>,
}

/// A part of the answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorsPart)]
pub struct PartView {
    /// Which.
    name: String,
    #[serde(flatten)]
    measured: MeasuredView,
}

/// Answers whose actual has a size between two.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorsBySize)]
pub struct SizeView {
    /// The smallest size.
    from: f64,
    /// The largest size.
    to: f64,
    #[serde(flatten)]
    measured: MeasuredView,
}

/// One miss.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Miss)]
pub struct MissView {
    /// What the answer is found by.
    key: String,
    /// The day it is of.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// The series, its values joined by `|`; empty for records.
    series: String,
    /// Periods ahead.
    step: Option<u32>,
    /// The version that answered.
    version: String,
    /// The request, as the prediction log knows it.
    request_id: String,
    /// The number answered, or the confidence in the class answered.
    value: Option<f64>,
    /// The class answered.
    label: Option<String>,
    /// The number that was true.
    actual_value: Option<f64>,
    /// The class that was true.
    actual_label: Option<String>,
    /// The actual of the series a week before.
    week_before: Option<f64>,
    /// `holiday`, `before_holiday`, `after_holiday`, `day_off` or `working`.
    #[schema(value_type = String)]
    day_kind: &'static str,
}

/// Where a model errs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorAnalysis)]
pub struct ErrorsView {
    /// The model.
    model_key: String,
    /// The first day looked at.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// Today.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// All answers that have an actual.
    overall: MeasuredView,
    /// `monday` to `sunday`.
    by_weekday: Vec<PartView>,
    /// By periods ahead, e.g. `2-7`.
    by_horizon: Vec<PartView>,
    /// By series, the largest sum of errors first; of records empty.
    by_series: Vec<PartView>,
    /// By kind of day, as in `misses`.
    by_day_kind: Vec<PartView>,
    /// By the size of the actual, fifths of equal count; of classes empty.
    by_size: Vec<SizeView>,
    /// The largest misses; of classes those that were surest.
    misses: Vec<MissView>,
}

fn parts<T: ToString>(lines: Vec<Line<T>>) -> Vec<PartView> {
    let part =
        |line: Line<T>| PartView { name: line.of.to_string(), measured: MeasuredView::brief(line.measured) };
    lines.into_iter().map(part).collect()
}

impl From<Miss> for MissView {
    fn from(miss: Miss) -> Self {
        let (actual_value, actual_label) = match miss.actual {
            Truth::Number(value) => (Some(value), None),
            Truth::Label(label) => (None, Some(label)),
        };
        let (value, label) = miss.answered;
        Self {
            key: miss.key,
            date: miss.day,
            series: miss.segment,
            step: miss.step,
            version: miss.version,
            request_id: miss.request,
            value,
            label,
            actual_value,
            actual_label,
            week_before: miss.week_before,
            day_kind: miss.day_kind,
        }
    }
}

impl ErrorsView {
    fn of(model: &Model, found: Errors) -> Self {
        let sizes = found.by_size.into_iter().map(|line| SizeView {
            from: line.of.0,
            to: line.of.1,
            measured: MeasuredView::brief(line.measured),
        });
        Self {
            model_key: model.key.to_string(),
            from: found.from,
            to: found.to,
            overall: found.overall.into(),
            by_weekday: parts(found.by_weekday),
            by_horizon: parts(found.by_horizon),
            by_series: parts(found.by_segment),
            by_day_kind: parts(found.by_day_kind),
            by_size: sizes.collect(),
            misses: found.misses.into_iter().map(Into::into).collect(),
        }
    }
}

/// Where a model errs: by weekday, distance, series, kind of day and size, with its largest misses.
#[utoipa::path(get, path = "/monitoring/performance/errors", tag = "monitoring", params(ErrorsParams),
    responses((status = 200, body = ErrorsView)))]
pub async fn errors(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<ErrorsParams>,
) -> Result<Json<ErrorsView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let days = within("days", wanted.days.unwrap_or(DEFAULT_DAYS), MAX_DAYS)?;
    let key = meant(&app, &actor.workspace, wanted.model_key).await?;
    let model = app.ports().models.model(&actor.workspace, &key).await?;
    let model = model.ok_or_else(|| Problem::missing("model_missing", "model", &key))?;
    let found = errors::errors(&app.lifecycle, &actor.workspace, &model, days).await?;
    Ok(Json(ErrorsView::of(&model, found)))
}
