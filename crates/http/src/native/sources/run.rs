//! `POST /sources/{key}/sync`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::native::jobs::views::JobAccepted;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use vakhta_domain::ids::SourceKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::sync;

/// Reads a source now.
#[utoipa::path(post, path = "/sources/{key}/sync", tag = "sources", params(("key" = String, Path)),
    responses((status = 202, body = JobAccepted),
        (status = 409, description = "the source is being read; `job_id` says by which job")))]
pub async fn run(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::WriteData)?;
    let job = sync::request(&app.lifecycle, actor, &SourceKey::new(key)).await?;
    Ok(JobAccepted::response(&job, "jobs"))
}
