//! A web hook in the form of Alertmanager's, version 4, so that what reads that reads this.

use crate::secrets::Filled;
use crate::web;
use serde_json::{Map, Value, json};
use vakhta_domain::alert::words::{Told, plain};
use vakhta_domain::alert::{Alert, State};
use vakhta_domain::ports::{Dispatch, NotifyError};

/// What stands for "it is not over".
const NEVER: &str = "0001-01-01T00:00:00Z";

pub(crate) async fn send(dispatch: Dispatch<'_>, secrets: &Filled) -> Result<(), NotifyError> {
    let url = secrets.url.as_deref().ok_or_else(|| NotifyError::Lasting("the hook has no address".into()))?;
    let answer = web::post(url, secrets.token.as_deref(), dispatch.id, &body(dispatch)).await?;
    web::taken(&answer, "the hook", None)
}

/// The body.
fn body(dispatch: Dispatch<'_>) -> Value {
    let alerts: Vec<Value> = if dispatch.alerts.is_empty() {
        vec![trial(dispatch)]
    } else {
        dispatch.alerts.iter().zip(&dispatch.message.alerts).map(|(alert, told)| one(alert, told)).collect()
    };
    let firing = dispatch.alerts.iter().any(Alert::is_open) || dispatch.alerts.is_empty();
    let (kind, name) = dispatch.group.split_once(':').unwrap_or(("group", dispatch.group));
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{{{kind}=\"{name}\"}}"),
        "truncatedAlerts": 0,
        "status": if firing { "firing" } else { "resolved" },
        "receiver": dispatch.channel,
        "groupLabels": { kind: name },
        "commonLabels": common(&alerts, "labels"),
        "commonAnnotations": common(&alerts, "annotations"),
        "externalURL": dispatch.public_url.unwrap_or_default(),
        "alerts": alerts,
    })
}

fn one(alert: &Alert, told: &Told) -> Value {
    let mut labels = json!({
        "alertname": alert.rule.as_str(),
        "severity": alert.severity.as_str(),
        "subject": alert.subject,
        "workspace": alert.workspace,
    });
    let whose = if alert.model.is_some() { "model" } else { "source" };
    labels[whose] = alert.model.as_ref().map_or_else(|| json!(alert.subject), |model| json!(model));
    let mut annotations =
        json!({ "summary": told.title, "description": told.lines.join("\n"), "alert_id": alert.id });
    for (name, number) in [("value", alert.value), ("limit", alert.limit)] {
        if let Some(number) = number.filter(|number| number.is_finite()) {
            annotations[name] = json!(number.to_string());
        }
    }
    json!({
        "status": if alert.state == State::Resolved { "resolved" } else { "firing" },
        "labels": labels,
        "annotations": annotations,
        "startsAt": alert.fired_at.unwrap_or(alert.since),
        "endsAt": alert.resolved_at.map_or_else(|| json!(NEVER), |at| json!(at)),
        "generatorURL": told.link.clone().unwrap_or_default(),
        "fingerprint": alert.fingerprint(),
    })
}

/// What is sent where a channel is tried.
fn trial(dispatch: Dispatch<'_>) -> Value {
    json!({
        "status": "firing",
        "labels": { "alertname": "test", "severity": "none" },
        "annotations": { "summary": dispatch.message.subject, "description": plain(dispatch.message) },
        "startsAt": dispatch.at,
        "endsAt": NEVER,
        "generatorURL": dispatch.public_url.unwrap_or_default(),
        "fingerprint": "0000000000000000",
    })
}

/// What all alerts have alike.
fn common(alerts: &[Value], part: &str) -> Map<String, Value> {
    let mut alike = alerts.first().and_then(|first| first[part].as_object()).cloned().unwrap_or_default();
    alike.retain(|name, value| alerts.iter().all(|alert| alert[part][name.as_str()] == *value));
    alike
}
