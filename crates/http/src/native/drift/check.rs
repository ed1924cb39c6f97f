//! `POST /drift/check`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::native::jobs::train::{WaitParam, checked_wait, waited};
use crate::native::jobs::views::{JobAccepted, JobView};
use crate::native::monitoring::meant;
use crate::page::Query;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::drift::{self, Asked};

/// What is to be checked.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriftCheck {
    /// The model; the only one where it is left out.
    #[serde(default)]
    model_key: Option<String>,
    /// The first of some days that are judged together and by themselves. Left out: every day that none was reported on
    /// is, one after the other, as it happens daily.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    #[schemars(with = "Option<String>")]
    from: Option<Date>,
    /// The last of these days; today where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    #[schemars(with = "Option<String>")]
    to: Option<Date>,
}

/// Compares what the serving version saw with what it was trained on. The job's `result` names the newest report.
#[utoipa::path(post, path = "/drift/check", tag = "drift", params(WaitParam), request_body = DriftCheck,
    responses((status = 202, body = JobAccepted), (status = 200, body = JobView, description = "ended while waiting"),
        (status = 409, description = "the model is being checked; `job_id` says by which job")))]
pub async fn check(
    State(app): State<App>,
    who: SignedIn,
    Query(params): Query<WaitParam>,
    Json(body): Json<DriftCheck>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::Train)?;
    let wait = checked_wait(params.wait)?;
    let model = meant(&app, &actor.workspace, body.model_key).await?;
    let asked = Asked { from: body.from, to: body.to };
    let job = drift::request(&app.lifecycle, actor, &model, asked).await?;
    waited(&app, actor, &job, wait).await
}
