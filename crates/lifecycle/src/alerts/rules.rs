//! The rules of a workspace.

use super::AlertError;
use crate::Lifecycle;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use vakhta_domain::alert::rule::{RuleKind, RuleSettings, Rules};
use vakhta_domain::event::NewEvent;
use vakhta_domain::user::Actor;

/// Sets rules; those that are not named stay as they are, those without settings go back to their defaults.
pub async fn set(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    wanted: BTreeMap<RuleKind, Option<RuleSettings>>,
) -> Result<Rules, AlertError> {
    let before = app.ports.alerts.rules(&actor.workspace).await?;
    let mut rules = before.clone();
    for (rule, settings) in wanted {
        match settings {
            Some(settings) => {
                settings.check(rule).map_err(|bad| AlertError::BadRule { rule, bad })?;
                rules.set.insert(rule, settings);
            }
            None => drop(rules.set.remove(&rule)),
        }
    }
    // What is as it is by default is not set: a later release may know better.
    rules.set.retain(|rule, settings| *settings != RuleSettings::default_of(*rule));
    let at = app.ports.clock.now();
    let event = NewEvent::about("alert_rules.changed", ("alert_rules", actor.workspace.as_str()), actor, at)
        .with(json!({ "before": before, "after": rules }));
    app.ports.alerts.set_rules(&actor.workspace, &rules, &event).await?;
    app.signals.bump();
    Ok(rules)
}
