//! One look at everything: facts, rules, what becomes of alerts, what is owed to channels. Several processes may look at
//! once: a change is written by whoever comes first, and the others see it the next time.

use super::{event_of, facts};
use crate::Lifecycle;
use crate::models;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use vakhta_domain::alert::channel::Channel;
use vakhta_domain::alert::delivery::route;
use vakhta_domain::alert::facts::{Reading, of_model, of_source};
use vakhta_domain::alert::review::{Move, Setting, review};
use vakhta_domain::alert::rule::Rules;
use vakhta_domain::alert::silence::Silence;
use vakhta_domain::alert::{Alert, group_of};
use vakhta_domain::ids::{self, AlertId, DeliveryId, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{AlertChanges, StoreError};
use vakhta_domain::user::Actor;

/// What holds for a whole workspace in one look.
struct Look<'a> {
    workspace: &'a WorkspaceId,
    silences: Vec<Silence>,
    channels: Vec<Channel>,
    alerts: BTreeMap<String, Vec<Alert>>,
}

/// Looks at every model and source of every workspace.
pub async fn evaluate(app: &Arc<Lifecycle>) -> Result<(), StoreError> {
    for workspace in app.ports.alerts.workspaces().await? {
        of_workspace(app, &workspace).await?;
    }
    Ok(())
}

async fn of_workspace(app: &Arc<Lifecycle>, workspace: &WorkspaceId) -> Result<(), StoreError> {
    let alerts = &app.ports.alerts;
    let rules = alerts.rules(workspace).await?;
    let mut look = Look {
        workspace,
        silences: alerts.silences_at(workspace, app.ports.clock.now()).await?,
        channels: alerts.channels(workspace).await?,
        alerts: BTreeMap::new(),
    };
    for alert in alerts.live_alerts(workspace).await? {
        look.alerts.entry(alert.group()).or_default().push(alert);
    }
    let mut seen = BTreeSet::new();
    for model in models::all(app, workspace).await? {
        let rules = rules.for_model(model.spec.policies.alerts.as_ref());
        let facts = facts::of_model(app, &model).await?;
        let readings = of_model(&facts, &rules, app.ports.clock.now());
        let group = group_of(Some(&model.key), "");
        settle(app, &look, &group, &rules, Some(&readings)).await?;
        seen.insert(group);
    }
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let part = app.ports.sources.sources(workspace, &page).await?;
        next = page.after(&part);
        for source in part.items {
            let readings: Vec<Reading> = facts::of_source(&source).iter().map(of_source).collect();
            let group = group_of(None, source.key.as_str());
            settle(app, &look, &group, &rules, Some(&readings)).await?;
            seen.insert(group);
        }
    }
    for group in look.alerts.keys().filter(|group| !seen.contains(*group)) {
        settle(app, &look, group, &rules, None).await?;
    }
    Ok(())
}

async fn settle(
    app: &Arc<Lifecycle>,
    look: &Look<'_>,
    group: &str,
    rules: &Rules,
    readings: Option<&[Reading]>,
) -> Result<(), StoreError> {
    let now = app.ports.clock.now();
    let chance = &*app.ports.chance;
    let setting = Setting { workspace: look.workspace, rules, silences: &look.silences, now };
    let alerts = look.alerts.get(group).map_or(&[][..], Vec::as_slice);
    let found = review(setting, alerts, readings, &mut || AlertId::new(ids::fresh("alert", chance)));
    if found.changed.is_empty() {
        return Ok(());
    }
    let actor = Actor::system(look.workspace.clone());
    let events = found.changed.iter().filter_map(|changed| event_of(changed, &actor, now)).collect();
    let deliveries =
        route(&look.channels, &found.news, now, &mut || DeliveryId::new(ids::fresh("delivery", chance)));
    for changed in found.changed.iter().filter(|changed| changed.moved == Move::Fired) {
        let alert = &changed.alert;
        tracing::info!(rule = alert.rule.as_str(), subject = %alert.subject, "an alert fires");
    }
    let changes = AlertChanges { changed: found.changed, deliveries, events };
    if app.ports.alerts.change_alerts(look.workspace, &changes).await? {
        app.signals.bump();
    }
    Ok(())
}
