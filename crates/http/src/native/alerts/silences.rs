//! `GET /alerts/silences`, `POST /alerts/silences`, `DELETE /alerts/silences/{id}`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, PageParams, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::alert::rule::RuleKind;
use vakhta_domain::alert::silence::Silence;
use vakhta_domain::ids::{ModelKey, SilenceId};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::alerts::silences::{self, NewSilence};

/// A silence.
#[derive(Serialize, ToSchema)]
#[schema(as = Silence)]
pub struct SilenceView {
    /// Its identity.
    id: String,
    /// The rule that it is of; null for every rule.
    #[schema(value_type = Option<words::AlertRuleKind>)]
    rule: Option<RuleKind>,
    /// The model that it is of; null for every model and source.
    model: Option<String>,
    /// Since when.
    from: Timestamp,
    /// Until when.
    until: Timestamp,
    /// When it was ended before its time.
    ended_at: Option<Timestamp>,
    /// Whether it holds now.
    active: bool,
    /// Why.
    reason: String,
    /// Who, by name.
    by: String,
}

impl SilenceView {
    fn of(silence: Silence, now: Timestamp) -> Self {
        Self {
            active: silence.holds(now),
            id: silence.id.to_string(),
            rule: silence.rule,
            model: silence.model.map(|model| model.to_string()),
            from: silence.from,
            until: silence.until,
            ended_at: silence.ended_at,
            reason: silence.reason,
            by: silence.by,
        }
    }
}

/// Silences, newest first.
#[utoipa::path(get, path = "/alerts/silences", tag = "alerts", params(PageParams),
    responses((status = 200, body = List<SilenceView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<PageParams>,
) -> Result<Json<List<SilenceView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let page = app.ports().alerts.silences(&actor.workspace, &wanted.query()?).await?;
    let now = app.now();
    Ok(Json(List::of(page, |silence| SilenceView::of(silence, now))))
}

/// What nobody wants to hear of for a while.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSilence)]
pub struct SilenceBody {
    /// The rule; every rule where left out.
    #[serde(default)]
    #[schema(value_type = Option<words::AlertRuleKind>)]
    rule: Option<RuleKind>,
    /// The model; every model and source where left out.
    #[serde(default)]
    model: Option<String>,
    /// Until when, RFC 3339; within 90 days.
    #[schemars(with = "String")]
    until: Timestamp,
    /// Why.
    reason: String,
}

/// Makes a silence. Alerts go on as ever; nobody is told, until it ends and they are still so.
#[utoipa::path(post, path = "/alerts/silences", tag = "alerts", request_body = SilenceBody,
    responses((status = 201, body = SilenceView)))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<SilenceBody>,
) -> Result<(StatusCode, Json<SilenceView>), Problem> {
    let actor = who.require(Permission::HandleAlerts)?;
    let new = NewSilence {
        rule: body.rule,
        model: body.model.map(ModelKey::new),
        until: body.until,
        reason: body.reason,
    };
    let made = silences::create(&app.lifecycle, actor, new).await?;
    Ok((StatusCode::CREATED, Json(SilenceView::of(made, app.now()))))
}

/// Ends a silence now. Its record stays.
#[utoipa::path(delete, path = "/alerts/silences/{id}", tag = "alerts", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn end(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::HandleAlerts)?;
    silences::end(&app.lifecycle, actor, &SilenceId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
