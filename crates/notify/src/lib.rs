//! How people are told: web hooks in Alertmanager's form, mail, Telegram, Slack and Mattermost. It sends one message and
//! says how that went; when to try again, and what to say, is decided elsewhere.

mod addresses;
mod chat;
mod mail;
mod secrets;
mod telegram;
mod web;
mod webhook;

use async_trait::async_trait;
use secrets::Filled;
use std::path::PathBuf;
use vakhta_domain::alert::channel::Target;
use vakhta_domain::ports::{Dispatch, Notifier, NotifyError};

/// The way out of the house.
pub struct Carrier {
    secrets: PathBuf,
}

impl Carrier {
    /// A carrier that finds secrets named `${file:NAME}` in this folder.
    pub fn new(secrets: PathBuf) -> Self {
        Self { secrets }
    }
}

#[async_trait]
impl Notifier for Carrier {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<(), NotifyError> {
        let filled = Filled::of(dispatch.secrets, &self.secrets).map_err(NotifyError::Lasting)?;
        let sent = match dispatch.target {
            Target::Webhook => webhook::send(dispatch, &filled).await,
            Target::Chat(target) => chat::send(dispatch, target, &filled).await,
            Target::Telegram(target) => telegram::send(dispatch, target, &filled).await,
            Target::Email(target) => mail::send(dispatch, target, &filled).await,
        };
        sent.map_err(|error| filled.hidden(error))
    }
}
