//! Telegram's `sendMessage`, of its own server or of the company's.

use crate::secrets::Filled;
use crate::web;
use jiff::SignedDuration;
use serde_json::{Value, json};
use vakhta_domain::alert::channel::{TELEGRAM, TelegramTarget};
use vakhta_domain::alert::words::plain;
use vakhta_domain::ports::{Dispatch, NotifyError};

/// Characters of a message; Telegram takes 4096 units of UTF-16, and half of these may be pairs.
const MOST_UNITS: usize = 4000;
/// Characters of Telegram's reason that are told.
const LONGEST_REASON: usize = 200;

pub(crate) async fn send(
    dispatch: Dispatch<'_>,
    target: &TelegramTarget,
    secrets: &Filled,
) -> Result<(), NotifyError> {
    let token =
        secrets.token.as_deref().ok_or_else(|| NotifyError::Lasting("the bot has no token".into()))?;
    let fits = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-'));
    if !fits || token.is_empty() {
        return Err(NotifyError::Lasting("the token is not one of a bot".into()));
    }
    let base = target.api.as_deref().unwrap_or(TELEGRAM).trim_end_matches('/');
    let body = json!({
        "chat_id": target.chat_id,
        "text": shortened(&plain(dispatch.message)),
        "disable_web_page_preview": true,
    });
    let mut answer = web::post(&format!("{base}/bot{token}/sendMessage"), None, dispatch.id, &body).await?;
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if let Some(seconds) = said["parameters"]["retry_after"].as_u64() {
        answer.retry_after = Some(SignedDuration::from_secs(seconds.min(86_400) as i64));
    }
    let why = said["description"].as_str().map(|text| text.chars().take(LONGEST_REASON).collect());
    web::taken(&answer, "Telegram", why)?;
    if said["ok"] == json!(true) {
        return Ok(());
    }
    Err(NotifyError::Lasting("the server answered, but not as Telegram does".into()))
}

fn shortened(text: &str) -> String {
    let mut units = 0;
    let fits = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MOST_UNITS
    });
    match fits {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(shortened("short"), "short");
        let long = shortened(&"я😀".repeat(2000));
        assert!(long.ends_with('…') && long.encode_utf16().count() <= MOST_UNITS + 1);
    }
}
