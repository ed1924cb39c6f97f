//! `GET /alerts/rules`, `PUT /alerts/rules`.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::page::{List, NoQuery, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::alert::rule::{RuleKind, RuleSettings, Rules};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::alerts::rules;

/// A rule of the workspace. What a model's spec says (`policies.alerts`) goes before it.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertRule)]
pub struct RuleView {
    /// What it watches.
    #[schema(value_type = words::AlertRuleKind)]
    rule: RuleKind,
    /// Whether it compares a number with limits; others are so or not.
    measured: bool,
    /// Whether it is as it is by default.
    is_default: bool,
    /// How it is set.
    #[schema(value_type = words::RuleSettings)]
    settings: RuleSettings,
}

fn views(rules: &Rules) -> List<RuleView> {
    let view = |rule: RuleKind| RuleView {
        rule,
        measured: rule.is_measured(),
        is_default: !rules.set.contains_key(&rule),
        settings: rules.of(rule),
    };
    List::whole(RuleKind::ALL.into_iter().map(view).collect())
}

/// Every rule.
#[utoipa::path(get, path = "/alerts/rules", tag = "alerts",
    responses((status = 200, body = List<RuleView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<List<RuleView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    Ok(Json(views(&app.ports().alerts.rules(&actor.workspace).await?)))
}

/// How one rule is to be set.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlertRuleChange)]
pub struct RuleChange {
    /// Which.
    #[schema(value_type = words::AlertRuleKind)]
    rule: RuleKind,
    /// How; as by default where left out.
    #[serde(default)]
    #[schema(value_type = Option<words::RuleSettings>)]
    settings: Option<RuleSettings>,
}

/// Rules to be set.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlertRulesBody)]
pub struct RulesBody {
    /// Those that are to be otherwise; the rest stays.
    rules: Vec<RuleChange>,
}

/// Sets rules; those that are not named stay.
#[utoipa::path(put, path = "/alerts/rules", tag = "alerts", request_body = RulesBody,
    responses((status = 200, body = List<RuleView>)))]
pub async fn set(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<RulesBody>,
) -> Result<Json<List<RuleView>>, Problem> {
    let actor = who.require(Permission::WriteAlerts)?;
    let wanted = body.rules.into_iter().map(|change| (change.rule, change.settings)).collect();
    Ok(Json(views(&rules::set(&app.lifecycle, actor, wanted).await?)))
}
