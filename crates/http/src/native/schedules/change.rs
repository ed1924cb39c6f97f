//! `POST /schedules`, `PUT /schedules/{id}`, `DELETE /schedules/{id}`.

use super::views::ScheduleView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::BASE;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::ids::{ModelKey, ScheduleId};
use vakhta_domain::schedule::ScheduledTask;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::schedules::{self, Change, NewSchedule};

/// The zone where none is given.
const UTC: &str = "UTC";

/// A schedule to be made.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSchedule)]
pub struct ScheduleBody {
    /// What it asks for.
    #[schema(value_type = words::ScheduledTask)]
    task: ScheduledTask,
    /// Of which model; a source makes its own schedule.
    model_key: String,
    /// Minute, hour, day of the month, month, weekday, e.g. `0 3 * * SUN`.
    cron: String,
    /// The zone that they are read in, e.g. `Europe/Moscow`; default UTC.
    #[serde(default)]
    timezone: Option<String>,
}

/// Makes a schedule.
#[utoipa::path(post, path = "/schedules", tag = "schedules", request_body = ScheduleBody,
    responses((status = 201, body = ScheduleView)))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<ScheduleBody>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::WriteModels)?;
    if body.task == ScheduledTask::Sync {
        let text = "is `sync`; a source has a schedule of its own: set its `cron`";
        return Err(Problem::invalid_field("/task", text));
    }
    let new = NewSchedule {
        task: body.task,
        model: ModelKey::new(body.model_key),
        cron: body.cron,
        timezone: body.timezone.unwrap_or_else(|| UTC.into()),
    };
    let made = ScheduleView::from(schedules::create(&app.lifecycle, actor, new).await?);
    let location = format!("{BASE}/schedules/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)).into_response())
}

/// What is to be another; what is left out stays.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScheduleChange)]
pub struct ChangeBody {
    /// Other times.
    #[serde(default)]
    cron: Option<String>,
    /// Another zone.
    #[serde(default)]
    timezone: Option<String>,
    /// Whether it is paused.
    #[serde(default)]
    paused: Option<bool>,
}

/// Changes or pauses a schedule. The times of one that follows a spec are changed in the spec.
#[utoipa::path(put, path = "/schedules/{id}", tag = "schedules", params(("id" = String, Path)),
    request_body = ChangeBody, responses((status = 200, body = ScheduleView)))]
pub async fn change(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<ScheduleView>, Problem> {
    let actor = who.require(Permission::WriteModels)?;
    let change = Change { cron: body.cron, timezone: body.timezone, paused: body.paused };
    let changed = schedules::change(&app.lifecycle, actor, &ScheduleId::new(id), change).await?;
    Ok(Json(changed.into()))
}

/// Removes a schedule that a person made.
#[utoipa::path(delete, path = "/schedules/{id}", tag = "schedules", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::WriteModels)?;
    schedules::delete(&app.lifecycle, actor, &ScheduleId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
