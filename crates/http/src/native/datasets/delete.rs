//! `DELETE /datasets/{key}`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use vakhta_domain::ids::DatasetKey;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::upload;

/// Hides a dataset. Refused while a model learns from it; versions stay readable for models that did.
#[utoipa::path(delete, path = "/datasets/{key}", tag = "datasets", params(("key" = String, Path)),
    responses((status = 204), (status = 409, description = "a model uses it")))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::Delete)?;
    if upload::delete(&app.lifecycle, actor, &DatasetKey::new(key.as_str())).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing("dataset_missing", "dataset", key))
    }
}
