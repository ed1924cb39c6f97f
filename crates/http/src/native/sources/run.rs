//! `POST /sources/{key}/sync`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::native::jobs::train::{WaitParam, checked_wait, waited};
use crate::native::jobs::views::{JobAccepted, JobView};
use crate::page::Query;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use vakhta_domain::ids::SourceKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::sync;

/// Reads a source now; with `wait`, answers the job where it ended in that time.
#[utoipa::path(post, path = "/sources/{key}/sync", tag = "sources", params(("key" = String, Path), WaitParam),
    responses((status = 202, body = JobAccepted), (status = 200, body = JobView, description = "ended while waiting"),
        (status = 409, description = "the source is being read; `job_id` says by which job")))]
pub async fn run(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(params): Query<WaitParam>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::WriteData)?;
    let wait = checked_wait(params.wait)?;
    let job = sync::request(&app.lifecycle, actor, &SourceKey::new(key)).await?;
    waited(&app, actor, &job, wait).await
}
