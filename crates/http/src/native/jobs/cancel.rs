//! `POST /jobs/{id}/cancel`.

use super::found;
use super::views::JobView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use vakhta_domain::ids::JobId;
use vakhta_domain::ports::CancelAnswer;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::jobs;

/// Asks a job to stop. A queued one is cancelled at once, a running one within a second.
#[utoipa::path(post, path = "/jobs/{id}/cancel", tag = "jobs", params(("id" = String, Path)),
    responses((status = 202, body = JobView), (status = 409, description = "it had ended before")))]
pub async fn cancel(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<JobView>), Problem> {
    let actor = who.require(Permission::Train)?;
    match jobs::cancel(&app.lifecycle, actor, &JobId::new(id.as_str())).await? {
        CancelAnswer::Missing => Err(Problem::missing("job_missing", "job", id)),
        CancelAnswer::Ended(state) => {
            Err(Problem::conflict("job_ended", format!("the job is {} already", state.as_str())))
        }
        CancelAnswer::Cancelled | CancelAnswer::Requested => {
            let job = found(&app, &actor.workspace, &id).await?;
            Ok((StatusCode::ACCEPTED, Json(JobView::of(&job, app.now(), actor))))
        }
    }
}
