//! `GET /schedules`.

use super::views::ScheduleView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::{List, PageParams, Query, page_query};
use crate::problem::Problem;
use axum::extract::State;
use vakhta_domain::user::Permission;

/// Schedules by id.
#[utoipa::path(get, path = "/schedules", tag = "schedules", params(PageParams),
    responses((status = 200, body = List<ScheduleView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<PageParams>,
) -> Result<Json<List<ScheduleView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let query = page_query(wanted.limit, wanted.cursor)?;
    let page = app.ports().schedules.schedules(&actor.workspace, &query).await?;
    Ok(Json(List::of(page, ScheduleView::from)))
}
