//! `GET /jobs`, `GET /jobs/{id}`, `GET /jobs/{id}/logs`.

use super::found;
use super::views::{JobLogLineView, JobView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, Query, page_query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::job::{JobKind, JobState};
use vakhta_domain::ports::JobFilter;
use vakhta_domain::user::{Permission, Source};

/// Which jobs are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobParams {
    /// The kind.
    #[param(value_type = Option<words::JobKind>)]
    kind: Option<JobKind>,
    /// The state.
    #[param(value_type = Option<words::JobState>)]
    state: Option<JobState>,
    /// The model.
    model: Option<String>,
    /// Who asked for it, by name.
    owner: Option<String>,
    /// The door that he came through.
    #[param(value_type = Option<words::Source>)]
    source: Option<Source>,
    /// Asked for then or later, RFC 3339.
    since: Option<Timestamp>,
    /// Asked for before, RFC 3339.
    until: Option<Timestamp>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(JobParams), responses((status = 200, body = List<JobView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<JobParams>,
) -> Result<Json<List<JobView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let JobParams { kind, state, model, owner, source, since, until, limit, cursor } = wanted;
    let query = page_query(limit, cursor)?;
    let filter = JobFilter { kind, state, model: model.map(ModelKey::new), owner, source, since, until };
    let page = app.ports().jobs.jobs(&actor.workspace, &filter, &query).await?;
    let now = app.now();
    Ok(Json(List::of(page, |job| JobView::of(&job, now, actor))))
}

/// One job.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<JobView>, Problem> {
    let actor = who.require(Permission::Look)?;
    let job = found(&app, &actor.workspace, &id).await?;
    Ok(Json(JobView::of(&job, app.now(), actor)))
}

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogParams {
    /// Lines after this one; default from the first.
    after: Option<u64>,
    /// Lines in the answer, 1 to 500; default 500.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// A job's log, oldest line first. Ask again with `after` set to the last line's number.
#[utoipa::path(get, path = "/jobs/{id}/logs", tag = "jobs", params(("id" = String, Path), LogParams),
    responses((status = 200, body = List<JobLogLineView>)))]
pub async fn logs(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(wanted): Query<LogParams>,
) -> Result<Json<List<JobLogLineView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let limit = page_query(wanted.limit.or(Some(500)), None)?.limit;
    let job = found(&app, &actor.workspace, &id).await?;
    let after = wanted.after.unwrap_or(0);
    let lines = app.ports().jobs.job_log(&actor.workspace, &job.id, after, limit).await?;
    Ok(Json(List::whole(lines.into_iter().map(JobLogLineView::from).collect())))
}
