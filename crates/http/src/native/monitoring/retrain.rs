//! `/monitoring/retrain/*`: training again.

use super::meant;
use super::views::RetrainStatus;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::jobs::train::checked_reason;
use crate::native::jobs::views::{JobAccepted, JobView};
use crate::native::schedules::views::ScheduleView;
use crate::page::{List, Query, page_query};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::ids::ModelKey;
use vakhta_domain::job::{Job, JobKind};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::JobFilter;
use vakhta_domain::schedule::ScheduledTask;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::retrain::{self, Asked};

/// What is asked.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetrainRequest {
    /// The model; the only one where it is left out.
    #[serde(default)]
    model_key: Option<String>,
    /// Why, in words.
    #[serde(default)]
    reason: Option<String>,
    /// Percent, above 0: a version whose own error on its validation folds is larger is kept aside, forced or not. The
    /// error is the spec's metric where that is a percentage, else WAPE; of classes the share that is wrong.
    #[serde(default)]
    performance_threshold: Option<f64>,
    /// Whether the new version is to serve without an effect and evidence. Guards are never skipped. Default false.
    #[serde(default)]
    force_deploy: bool,
}

/// Trains a model again. The new version serves if it is better than the serving one on the same rows, by more than the
/// policy's floor and beyond chance.
#[utoipa::path(post, path = "/monitoring/retrain/manual", tag = "monitoring", request_body = RetrainRequest,
    responses((status = 202, body = JobAccepted),
        (status = 409, description = "the model is being trained; `job_id` says by which job")))]
pub async fn manual(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<RetrainRequest>,
) -> Result<Response, Problem> {
    let actor = who.require(if body.force_deploy { Permission::Deploy } else { Permission::Train })?;
    if body.performance_threshold.is_some_and(|percent| percent.is_nan() || percent <= 0.0) {
        return Err(Problem::invalid_field("/performance_threshold", "a percentage above 0 is wanted"));
    }
    let asked = Asked {
        by_hand: true,
        reason: checked_reason(body.reason)?,
        performance_threshold: body.performance_threshold,
        force_deploy: body.force_deploy,
    };
    let model = meant(&app, &actor.workspace, body.model_key).await?;
    let job = retrain::request(&app.lifecycle, actor, &model, asked).await?;
    Ok(JobAccepted::response(&job, "jobs"))
}

/// Of which model.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ModelParam {
    /// The model; all of them where it is left out.
    model_key: Option<String>,
}

/// When retraining will be asked for, whether it is under way, and how it ended the last time.
#[utoipa::path(get, path = "/monitoring/retrain/status", tag = "monitoring", params(ModelParam),
    responses((status = 200, body = RetrainStatus)))]
pub async fn status(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<ModelParam>,
) -> Result<Json<RetrainStatus>, Problem> {
    let actor = who.require(Permission::Look)?;
    let all = app.ports().schedules.schedules(&actor.workspace, &PageQuery::first(500)).await?.items;
    let of_model = |model: &ModelKey| wanted.model_key.as_ref().is_none_or(|key| key == model.as_str());
    let scheduled = all
        .into_iter()
        .filter(|s| s.task == ScheduledTask::Retrain && s.subject.model().is_some_and(of_model));
    let filter = filter(wanted.model_key.as_ref());
    let jobs = app.ports().jobs.jobs(&actor.workspace, &filter, &PageQuery::first(20)).await?.items;
    let view = |job: &Job| JobView::of(job, app.now(), actor);
    Ok(Json(RetrainStatus {
        scheduled_jobs: scheduled.map(ScheduleView::from).collect(),
        active: jobs.iter().find(|job| !job.state.is_final()).map(view),
        last_run: jobs.iter().find(|job| job.state.is_final()).map(view),
    }))
}

/// Which runs are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// The model; all of them where it is left out.
    model_key: Option<String>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Every time that retraining was asked for, newest first; `result` says what became of it.
#[utoipa::path(get, path = "/monitoring/retrain/history", tag = "monitoring", params(HistoryParams),
    responses((status = 200, body = List<JobView>)))]
pub async fn history(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<HistoryParams>,
) -> Result<Json<List<JobView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let query = page_query(wanted.limit, wanted.cursor)?;
    let page = app.ports().jobs.jobs(&actor.workspace, &filter(wanted.model_key.as_ref()), &query).await?;
    let now = app.now();
    Ok(Json(List::of(page, |job| JobView::of(&job, now, actor))))
}

fn filter(model: Option<&String>) -> JobFilter {
    JobFilter {
        kind: Some(JobKind::Retrain),
        model: model.map(|key| ModelKey::new(key.as_str())),
        ..JobFilter::default()
    }
}
