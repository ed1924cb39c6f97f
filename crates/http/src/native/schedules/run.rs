//! `POST /schedules/{id}/run`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::native::jobs::views::JobAccepted;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use vakhta_domain::ids::ScheduleId;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::schedules;

/// Does now what a schedule asks for, paused or not; its next moment stays.
#[utoipa::path(post, path = "/schedules/{id}/run", tag = "schedules", params(("id" = String, Path)),
    responses((status = 202, body = JobAccepted),
        (status = 409, description = "a job of that model is under way; `job_id` says which")))]
pub async fn run(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Train)?;
    let job = schedules::run_now(&app.lifecycle, actor, &ScheduleId::new(id)).await?;
    Ok(JobAccepted::response(&job, "jobs"))
}
