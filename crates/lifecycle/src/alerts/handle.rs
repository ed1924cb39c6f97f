//! What people say about an alert: that they take care of it, or that it is over.

use super::{AlertError, event_of};
use crate::Lifecycle;
use std::sync::Arc;
use vakhta_domain::alert::Alert;
use vakhta_domain::alert::delivery::route;
use vakhta_domain::alert::review;
use vakhta_domain::ids::{self, AlertId, DeliveryId};
use vakhta_domain::ports::AlertChanges;
use vakhta_domain::user::Actor;

/// How often a change that somebody else was first with is tried again.
const TRIES: u32 = 5;

/// Somebody takes care of it.
pub async fn acknowledge(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    id: &AlertId,
    note: Option<String>,
) -> Result<Alert, AlertError> {
    for _ in 0..TRIES {
        let now = app.ports.clock.now();
        let changed = review::acknowledge(&found(app, actor, id).await?, &actor.name, note.clone(), now)?;
        let alert = changed.alert.clone();
        let events = event_of(&changed, actor, now).into_iter().collect();
        let changes = AlertChanges { changed: vec![changed], deliveries: Vec::new(), events };
        if app.ports.alerts.change_alerts(&actor.workspace, &changes).await? {
            app.signals.bump();
            return Ok(alert);
        }
    }
    Err(AlertError::Changing(id.clone()))
}

/// A person says that it is over.
pub async fn resolve(app: &Arc<Lifecycle>, actor: &Actor, id: &AlertId) -> Result<Alert, AlertError> {
    for _ in 0..TRIES {
        let now = app.ports.clock.now();
        let silences = app.ports.alerts.silences_at(&actor.workspace, now).await?;
        let channels = app.ports.alerts.channels(&actor.workspace).await?;
        let (changed, news) = review::resolve(&found(app, actor, id).await?, &actor.name, &silences, now)?;
        let alert = changed.alert.clone();
        let news: Vec<Alert> = news.into_iter().collect();
        let deliveries =
            route(&channels, &news, now, &mut || DeliveryId::new(ids::fresh("delivery", &*app.ports.chance)));
        let events = event_of(&changed, actor, now).into_iter().collect();
        let changes = AlertChanges { changed: vec![changed], deliveries, events };
        if app.ports.alerts.change_alerts(&actor.workspace, &changes).await? {
            app.signals.bump();
            return Ok(alert);
        }
    }
    Err(AlertError::Changing(id.clone()))
}

async fn found(app: &Lifecycle, actor: &Actor, id: &AlertId) -> Result<Alert, AlertError> {
    let alert = app.ports.alerts.alert(&actor.workspace, id).await?;
    alert.ok_or_else(|| AlertError::Missing(id.clone()))
}
