//! `GET /models/{key}/versions/{version}/backtest` and its comparison with another version's.

use super::found;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::format::Format;
use crate::native::serve::views::{IntervalView, intervals};
use crate::page::{List, Query, page_query};
use crate::problem::{FieldError, Problem};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::backtests::{self, Comparison, Difference, Pairing, ScoredRow, Wanted};
use vakhta_lifecycle::serve::ExportFormat;

/// Which rows are wanted, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BacktestParams {
    /// Only this series: its values of the series columns as a JSON list, e.g. `["Clark/Lake"]`.
    series: Option<String>,
    /// Only this fold, from 0.
    fold: Option<usize>,
    /// Only so many periods ahead, from 1.
    step: Option<usize>,
    /// Rows of a page of JSON, 1 to 500; default 50. Files hold all rows.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `json`, `csv`, `jsonl` or `parquet`; default as `Accept` says, else `json`.
    format: Option<String>,
}

/// A row that was scored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestRow)]
pub struct BacktestRowView {
    /// Its values of the series columns.
    series: Vec<String>,
    /// The first day of its period.
    date: Date,
    /// Its fold, from 0.
    fold: usize,
    /// The last day that the fold learnt from.
    cutoff: Option<Date>,
    /// Periods ahead, from 1.
    step: usize,
    /// What happened.
    actual: f64,
    /// What the version said.
    forecast: f64,
    /// What the seasonal naive said.
    seasonal_naive: f64,
    /// What the same-weekday mean said.
    weekday_mean: f64,
    /// The version's intervals; empty where none could be made before the fold.
    intervals: Vec<IntervalView>,
}

impl From<ScoredRow> for BacktestRowView {
    fn from(row: ScoredRow) -> Self {
        Self {
            series: row.series,
            date: row.date,
            fold: row.fold,
            cutoff: row.cutoff,
            step: row.step,
            actual: row.actual,
            forecast: row.forecast,
            seasonal_naive: row.seasonal_naive,
            weekday_mean: row.weekday_mean,
            intervals: intervals(row.intervals),
        }
    }
}

/// Every row that the version's validation folds scored, by fold, series and date.
#[utoipa::path(get, path = "/models/{key}/versions/{version}/backtest", tag = "versions",
    params(("key" = String, Path), ("version" = String, Path), BacktestParams),
    responses((status = 200, content((List<BacktestRowView> = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (crate::words::RawFile = "application/vnd.apache.parquet"))),
        (status = 409, description = "the version was not backtested")))]
pub async fn rows(
    State(app): State<App>,
    who: SignedIn,
    Path((key, name)): Path<(String, String)>,
    Query(params): Query<BacktestParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Look)?;
    let format = Format::asked(params.format.as_deref(), &headers)?;
    let version = found(&app, &actor.workspace, &key, &name).await?;
    let wanted = Wanted { series: series(params.series.as_deref())?, fold: params.fold, step: params.step };
    let file = match format {
        Format::Json => {
            let page = page_query(params.limit, params.cursor)?;
            let skip = skipped(page.cursor.as_deref())?;
            let limit = page.limit as usize;
            let (rows, more) = backtests::rows(&app.lifecycle, &version, wanted, skip, limit).await?;
            let items = rows.into_iter().map(BacktestRowView::from).collect();
            let next_cursor = more.then(|| (skip + limit).to_string());
            return Ok(Json(List { items, next_cursor }).into_response());
        }
        Format::Csv => ExportFormat::Csv,
        Format::Jsonl => ExportFormat::Jsonl,
        Format::Parquet => ExportFormat::Parquet,
    };
    let bytes = backtests::export(&app.lifecycle, &version, wanted, file).await?;
    Ok(format.file(&format!("{}_{}_backtest", version.model, version.id), bytes))
}

fn bad(pointer: &str, message: String) -> Problem {
    Problem::invalid("bad_query", [FieldError { pointer: pointer.into(), message }])
}

fn series(text: Option<&str>) -> Result<Option<Vec<String>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |_| bad("?series", format!("`{text}` is not a JSON list of texts, write [\"North\"]"));
    serde_json::from_str(text).map(Some).map_err(wrong)
}

fn skipped(cursor: Option<&str>) -> Result<usize, Problem> {
    let Some(cursor) = cursor else { return Ok(0) };
    cursor.parse().map_err(|_| bad("?cursor", "not a `next_cursor` of this list".into()))
}

/// The other version.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompareParams {
    /// The version to compare with: by id, by the name given at training, or `champion`.
    with: String,
}

/// How two versions differ on the rows that both scored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestComparison)]
pub struct ComparisonView {
    /// `same_step`: same series, date and distance. `same_date`: the folds have nothing in common, so the same
    /// series and date were forecast from different distances.
    paired_by: &'static str,
    /// Rows that only this version scored.
    only_first: u64,
    /// Rows that only the other scored.
    only_second: u64,
    /// Rows whose actual was corrected between the two trainings.
    changed_actuals: u64,
    /// On all paired rows.
    overall: DifferenceView,
    /// Series by series.
    by_series: Vec<SeriesDifferenceView>,
    /// Step by step.
    by_horizon: Vec<HorizonDifferenceView>,
}

/// How two versions differ on some rows.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestDifference)]
pub struct DifferenceView {
    /// Rows.
    n: u64,
    /// WAPE of this version, percent; null where all actuals are zero.
    first: Option<f64>,
    /// WAPE of the other.
    second: Option<f64>,
    /// Other less this, percentage points: negative where the other is better.
    change: Option<f64>,
    /// Rows on which this version is closer.
    first_closer: u64,
    /// Rows on which the other is closer.
    second_closer: u64,
}

/// The difference on one series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestSeriesDifference)]
pub struct SeriesDifferenceView {
    /// Its values of the series columns.
    series: Vec<String>,
    /// The difference.
    difference: DifferenceView,
}

/// The difference at one distance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestHorizonDifference)]
pub struct HorizonDifferenceView {
    /// Periods ahead, from 1.
    step: usize,
    /// The difference.
    difference: DifferenceView,
}

impl From<Difference> for DifferenceView {
    fn from(d: Difference) -> Self {
        let Difference { n, first, second, change, first_closer, second_closer } = d;
        Self { n, first, second, change, first_closer, second_closer }
    }
}

impl From<Comparison> for ComparisonView {
    fn from(found: Comparison) -> Self {
        let paired_by = match found.pairing {
            Pairing::SameStep => "same_step",
            Pairing::SameDate => "same_date",
        };
        let series = found.by_series.into_iter();
        let steps = found.by_horizon.into_iter();
        Self {
            paired_by,
            only_first: found.only_first,
            only_second: found.only_second,
            changed_actuals: found.changed_actuals,
            overall: found.overall.into(),
            by_series: series
                .map(|s| SeriesDifferenceView { series: s.series, difference: s.difference.into() })
                .collect(),
            by_horizon: steps
                .map(|h| HorizonDifferenceView { step: h.step, difference: h.difference.into() })
                .collect(),
        }
    }
}

/// This version beside another of the same model, on the rows that both scored.
#[utoipa::path(get, path = "/models/{key}/versions/{version}/backtest/compare", tag = "versions",
    params(("key" = String, Path), ("version" = String, Path), CompareParams),
    responses((status = 200, body = ComparisonView), (status = 409, description = "one was not backtested")))]
pub async fn compare(
    State(app): State<App>,
    who: SignedIn,
    Path((key, name)): Path<(String, String)>,
    Query(params): Query<CompareParams>,
) -> Result<Json<ComparisonView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let first = found(&app, &actor.workspace, &key, &name).await?;
    let second = found(&app, &actor.workspace, &key, &params.with).await?;
    Ok(Json(backtests::compare(&app.lifecycle, &first, &second).await?.into()))
}
