//! `POST /query`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::format::Format;
use crate::page::Query;
use crate::problem::{FieldError, Problem};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::query::{Answer, DEFAULT_ROWS, MAX_ROWS};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::query;

/// Says of an answer as a file whether rows were left out.
const TRUNCATED: &str = "x-vakhta-truncated";

/// A question in SQL.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryRequest {
    /// One statement that reads, at most 64 KiB: SELECT, WITH, EXPLAIN, DESCRIBE, SHOW TABLES, SHOW COLUMNS.
    sql: String,
    /// Rows in the answer, 1 to 100,000; default 10,000.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    limit: Option<usize>,
}

/// How the answer is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct QueryParams {
    /// `json`, `csv` or `jsonl`; default as `Accept` says, else `json`.
    format: Option<String>,
}

/// The rows that a question asked for.
#[derive(Serialize, ToSchema)]
pub struct QueryAnswer {
    /// The columns, in order.
    columns: Vec<QueryColumn>,
    /// The rows, each with a value a column. Days are `YYYY-MM-DD`, moments RFC 3339; a number that is not finite is
    /// null; whole numbers beyond 2^53 and exact decimals are texts.
    rows: Vec<Vec<Value>>,
    /// How many rows these are.
    row_count: usize,
    /// Whether there are more.
    truncated: bool,
    /// The time that it took, milliseconds.
    elapsed_ms: u64,
}

/// A column of an answer.
#[derive(Serialize, ToSchema)]
pub struct QueryColumn {
    /// Its name; several may have the same.
    name: String,
    /// `boolean`, `integer`, `float`, `decimal`, `text`, `date`, `time`, `timestamp`, `interval`, `list` or `other`.
    r#type: &'static str,
}

impl From<query::Answered> for QueryAnswer {
    fn from(query::Answered { answer, elapsed }: query::Answered) -> Self {
        let Answer { columns, rows, truncated } = answer;
        let columns =
            columns.into_iter().map(|column| QueryColumn { name: column.name, r#type: column.kind.as_str() });
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        Self { columns: columns.collect(), row_count: rows.len(), rows, truncated, elapsed_ms }
    }
}

/// Asks in SQL about what the workspace keeps: predictions, actuals, daily metrics, events, decisions, jobs, models,
/// versions and every dataset. It only reads. Files say by the header `X-Vakhta-Truncated` whether rows were left out.
#[utoipa::path(post, path = "/query", tag = "query", request_body = QueryRequest, params(QueryParams),
    responses((status = 200, content((QueryAnswer = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"))),
        (status = 400, description = "the statement is wrong, or does more than read"),
        (status = 422, description = "it takes more time or memory than it may"),
        (status = 501, description = "the program was built without SQL"),
        (status = 503, description = "as many queries are being answered as may be at once")))]
pub async fn run(
    State(app): State<App>,
    who: SignedIn,
    Query(params): Query<QueryParams>,
    headers: HeaderMap,
    Json(body): Json<QueryRequest>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Query)?;
    let format = Format::asked(params.format.as_deref(), &headers)?;
    let write = match format {
        Format::Json => None,
        Format::Csv => Some(query::csv as fn(&Answer) -> String),
        Format::Jsonl => Some(query::jsonl as fn(&Answer) -> String),
        Format::Parquet => {
            let message = "an answer is written as json, csv or jsonl".to_owned();
            return Err(Problem::invalid("bad_query", [FieldError { pointer: "?format".into(), message }]));
        }
    };
    let answered = query::ask(&app.lifecycle, actor, &body.sql, rows(body.limit)?).await?;
    let Some(write) = write else { return Ok(Json(QueryAnswer::from(answered)).into_response()) };
    let mut response = format.file("query", write(&answered.answer).into_bytes());
    let truncated = if answered.answer.truncated { "true" } else { "false" };
    response.headers_mut().insert(TRUNCATED, HeaderValue::from_static(truncated));
    Ok(response)
}

fn rows(limit: Option<usize>) -> Result<usize, Problem> {
    match limit.unwrap_or(DEFAULT_ROWS) {
        rows @ 1..=MAX_ROWS => Ok(rows),
        other => Err(Problem::invalid_field("/limit", format!("is {other}, 1 to {MAX_ROWS} are allowed"))),
    }
}
