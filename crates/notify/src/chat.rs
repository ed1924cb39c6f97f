//! An incoming web hook of Slack or Mattermost: a line, and a coloured attachment an alert.

use crate::secrets::Filled;
use crate::web;
use serde_json::{Value, json};
use vakhta_domain::alert::Severity;
use vakhta_domain::alert::channel::ChatTarget;
use vakhta_domain::alert::words::Told;
use vakhta_domain::ports::{Dispatch, NotifyError};

/// Attachments that one message holds; Slack asks for no more.
const MOST: usize = 20;

pub(crate) async fn send(
    dispatch: Dispatch<'_>,
    target: &ChatTarget,
    secrets: &Filled,
) -> Result<(), NotifyError> {
    let url = secrets.url.as_deref().ok_or_else(|| NotifyError::Lasting("the hook has no address".into()))?;
    let answer = web::post(url, None, dispatch.id, &body(dispatch, target)).await?;
    web::taken(&answer, "the hook", None)
}

fn body(dispatch: Dispatch<'_>, target: &ChatTarget) -> Value {
    let alerts = &dispatch.message.alerts;
    let mut text = inert(&dispatch.message.subject);
    if alerts.len() > MOST {
        text.push_str(&format!(" (+{})", alerts.len() - MOST));
    }
    let mut body =
        json!({ "text": text, "attachments": alerts.iter().take(MOST).map(attachment).collect::<Vec<_>>() });
    if let Some(channel) = &target.channel {
        body["channel"] = json!(channel);
    }
    body
}

fn attachment(told: &Told) -> Value {
    let colour = match (told.over, told.severity) {
        (true, _) => "#2e7d32",
        (false, Severity::Warning) => "#f9a825",
        (false, Severity::Critical) => "#c62828",
    };
    let mut attachment = json!({
        "fallback": inert(&told.title),
        "color": colour,
        "title": inert(&told.title),
        "text": inert(&told.lines.join("\n")),
    });
    if let Some(link) = &told.link {
        attachment["title_link"] = json!(link);
    }
    attachment
}

/// Text that is shown as it is: it calls nobody and opens no link, whatever a branch or an error is named.
fn inert(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_data_call_nobody() {
        assert_eq!(inert("a & <!channel> @all"), "a &amp; &lt;!channel&gt; @\u{200b}all");
    }
}
