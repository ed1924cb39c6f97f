//! Channels: where people are told, what each wants to hear, and its secrets, which are kept apart.

use super::{Alert, Language, Severity, State};
use crate::ids::{ChannelId, ModelKey, UserId, WorkspaceId};
use crate::source::{is_reference, references};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How mail reaches its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// By TLS from the first byte (port 465).
    Tls,
    /// By STARTTLS, which the server must offer (port 587).
    #[default]
    Starttls,
    /// In the open. Never with a password.
    None,
}

/// A mail server and whom it is to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailTarget {
    /// The mail server.
    pub host: String,
    /// Its port; 587 with STARTTLS, 465 with TLS, 25 in the open where left out.
    #[serde(default)]
    pub port: Option<u16>,
    /// How it is reached.
    #[serde(default)]
    pub tls: Tls,
    /// The name to sign in by; none where the server asks for none.
    #[serde(default)]
    pub username: Option<String>,
    /// The sender, e.g. `Vakhta <vakhta@example.com>`.
    pub from: String,
    /// Whom to write, 1 to 50.
    pub to: Vec<String>,
    /// The certificate of the company's own authority, PEM, where the server's is of no public one.
    #[serde(default)]
    pub ca_pem: Option<String>,
}

/// A Telegram chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelegramTarget {
    /// The chat's number, or `@name` of a public channel.
    pub chat_id: String,
    /// The address of an own bot server; Telegram's where left out.
    #[serde(default)]
    pub api: Option<String>,
}

/// An incoming web hook of Slack or Mattermost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatTarget {
    /// Another channel than the hook's own, where the server allows it.
    #[serde(default)]
    pub channel: Option<String>,
}

/// Where people are told. Addresses of hooks and passwords are [`Secrets`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// A web hook, in the form of Alertmanager's, version 4.
    Webhook,
    /// Mail.
    Email(EmailTarget),
    /// Telegram.
    Telegram(TelegramTarget),
    /// Slack or Mattermost.
    Chat(ChatTarget),
}

/// The kinds of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A web hook.
    Webhook,
    /// Mail.
    Email,
    /// Telegram.
    Telegram,
    /// Slack or Mattermost.
    Chat,
}

impl Target {
    /// Its kind.
    pub fn kind(&self) -> ChannelKind {
        match self {
            Self::Webhook => ChannelKind::Webhook,
            Self::Email(_) => ChannelKind::Email,
            Self::Telegram(_) => ChannelKind::Telegram,
            Self::Chat(_) => ChannelKind::Chat,
        }
    }
}

/// A text that is shown to nobody. It may be a reference, `${env:VAKHTA_SECRET_…}` or `${file:…}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the store, and for what is sent.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// What a channel must not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The address of a hook; whoever knows it may write there.
    pub url: Option<Secret>,
    /// The bearer of a web hook, or the bot of Telegram.
    pub token: Option<Secret>,
    /// The password of the mail server.
    pub password: Option<Secret>,
}

impl Secrets {
    /// The names of those that are set.
    pub fn names(&self) -> Vec<&'static str> {
        [("url", &self.url), ("token", &self.token), ("password", &self.password)]
            .into_iter()
            .filter_map(|(name, secret)| secret.is_some().then_some(name))
            .collect()
    }
}

/// A channel as stored, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its identity.
    pub id: ChannelId,
    /// What people call it.
    pub name: String,
    /// Where it leads.
    pub target: Target,
    /// Scheme and host of its address, where it has one that is no reference.
    pub address: Option<String>,
    /// The names of the secrets that are set.
    pub secrets: Vec<String>,
    /// The language of its messages.
    pub language: Language,
    /// What is less bad is not told.
    pub least: Severity,
    /// The models that it is told of; all, and sources, where empty.
    pub models: Vec<ModelKey>,
    /// Whether it is told that something is over.
    pub resolved: bool,
    /// Whether it is told at all.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Option<UserId>,
}

impl Channel {
    /// Whether this alert is to be told here.
    pub fn wants(&self, alert: &Alert) -> bool {
        self.enabled
            && alert.worst >= self.least
            && (alert.state != State::Resolved || self.resolved)
            && (self.models.is_empty()
                || alert.model.as_ref().is_some_and(|model| self.models.contains(model)))
    }
}

/// What a channel is wrong in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadChannel {
    /// The field, a JSON pointer.
    pub pointer: &'static str,
    /// What is wrong, and the way out.
    pub message: String,
}

fn bad<T>(pointer: &'static str, message: impl Into<String>) -> Result<T, BadChannel> {
    Err(BadChannel { pointer, message: message.into() })
}

/// Most people of one mail.
const MOST_PEOPLE: usize = 50;
/// The longest text of a channel but a certificate.
const LONGEST: usize = 2000;

/// Checks a channel with its secrets.
pub fn check(name: &str, target: &Target, secrets: &Secrets) -> Result<(), BadChannel> {
    if !(1..=100).contains(&name.trim().chars().count()) || !plain(name) {
        return bad("/name", "a name has 1 to 100 characters");
    }
    for (pointer, secret) in
        [("/url", &secrets.url), ("/token", &secrets.token), ("/password", &secrets.password)]
    {
        let Some(secret) = secret else { continue };
        if secret.expose().is_empty() || secret.expose().len() > LONGEST || !plain(secret.expose()) {
            return bad(pointer, "give 1 to 2000 characters without line breaks");
        }
        if let Err(error) = references(secret.expose()) {
            return bad(pointer, error.to_string());
        }
    }
    match target {
        Target::Webhook => {
            hook(secrets)?;
            none(secrets.password.as_ref(), "/password")
        }
        Target::Chat(chat) => {
            hook(secrets)?;
            none(secrets.token.as_ref(), "/token")?;
            none(secrets.password.as_ref(), "/password")?;
            let fits = chat.channel.as_deref().is_none_or(|c| !c.is_empty() && c.len() <= 200 && plain(c));
            if fits { Ok(()) } else { bad("/chat/channel", "a channel has 1 to 200 characters") }
        }
        Target::Telegram(telegram) => {
            none(secrets.url.as_ref(), "/url")?;
            none(secrets.password.as_ref(), "/password")?;
            if secrets.token.is_none() {
                return bad("/token", "give the token of the bot, as BotFather told it");
            }
            if let Some(api) = &telegram.api {
                web_address(api).map_err(|message| BadChannel { pointer: "/telegram/api", message })?;
            }
            chat_id(&telegram.chat_id)
        }
        Target::Email(email) => {
            none(secrets.url.as_ref(), "/url")?;
            none(secrets.token.as_ref(), "/token")?;
            mail(email, secrets)
        }
    }
}

fn none(secret: Option<&Secret>, pointer: &'static str) -> Result<(), BadChannel> {
    if secret.is_some() { bad(pointer, "a channel of this kind has none") } else { Ok(()) }
}

fn plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

fn hook(secrets: &Secrets) -> Result<(), BadChannel> {
    let Some(url) = &secrets.url else { return bad("/url", "give the address of the hook") };
    if is_reference(url.expose()) {
        return Ok(());
    }
    web_address(url.expose()).map(|_| ()).map_err(|message| BadChannel { pointer: "/url", message })
}

fn chat_id(id: &str) -> Result<(), BadChannel> {
    let number = id.strip_prefix('-').unwrap_or(id);
    let is_number = !number.is_empty() && number.len() <= 20 && number.bytes().all(|b| b.is_ascii_digit());
    let name = id.strip_prefix('@').unwrap_or_default();
    let is_name =
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_number || is_name {
        return Ok(());
    }
    bad("/telegram/chat_id", "give the chat's number, such as -1001234567890, or @name of a public channel")
}

fn mail(email: &EmailTarget, secrets: &Secrets) -> Result<(), BadChannel> {
    let host = &email.host;
    let fits = (1..=253).contains(&host.len())
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '_'));
    if !fits {
        return bad("/email/host", "give the name or the address of the mail server");
    }
    if email.port == Some(0) {
        return bad("/email/port", "allowed are 1 to 65535");
    }
    if !is_mailbox(&email.from) {
        return bad("/email/from", "give an address, such as `Vakhta <vakhta@example.com>`");
    }
    if !(1..=MOST_PEOPLE).contains(&email.to.len()) || !email.to.iter().all(|to| is_mailbox(to)) {
        return bad("/email/to", "give 1 to 50 addresses");
    }
    match (&email.username, &secrets.password) {
        (None, Some(_)) => return bad("/email/username", "say whose password it is"),
        (Some(_), None) => return bad("/password", "give the password of that name"),
        (Some(_), Some(_)) if email.tls == Tls::None => {
            return bad("/email/tls", "a password is never sent in the open: use starttls or tls");
        }
        _ => {}
    }
    if !email.username.as_deref().is_none_or(|name| !name.is_empty() && name.len() <= 320 && plain(name)) {
        return bad("/email/username", "a name has 1 to 320 characters");
    }
    let pem = email.ca_pem.as_deref().unwrap_or("-----BEGIN CERTIFICATE-----");
    if !pem.contains("-----BEGIN CERTIFICATE-----") || pem.len() > 100_000 {
        return bad("/email/ca_pem", "give a certificate in PEM form, at most 100 kB");
    }
    Ok(())
}

/// Whether a text looks like `name@host` or `Name <name@host>`; the mail client reads it strictly.
fn is_mailbox(text: &str) -> bool {
    let bare = match text.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    let parts = bare.split_once('@');
    plain(text)
        && text.len() <= 500
        && parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && !bare.chars().any(|c| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>'))
        && bare.matches('@').count() == 1
}

/// Scheme and host of an address of the web; why it is none.
pub fn web_address(url: &str) -> Result<String, String> {
    let Some((scheme @ ("http" | "https"), rest)) = url.split_once("://") else {
        return Err("give an address that begins with https:// or http://".into());
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err("an address takes no name and password; give them as `token`".into());
    }
    if host.is_empty() || url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("the address names no server".into());
    }
    Ok(format!("{scheme}://{host}"))
}

/// What is shown of where a channel leads.
pub fn address_of(target: &Target, secrets: &Secrets) -> Option<String> {
    match target {
        Target::Webhook | Target::Chat(_) => web_address(secrets.url.as_ref()?.expose()).ok(),
        Target::Email(email) => Some(email.host.clone()),
        Target::Telegram(telegram) => web_address(telegram.api.as_deref().unwrap_or(TELEGRAM)).ok(),
    }
}

/// Telegram's own bot server.
pub const TELEGRAM: &str = "https://api.telegram.org";

/// The secrets of a changed channel: those that were not given stay, unless they would go to another place than before.
/// A text without characters takes one away.
pub fn merged(before: (&Target, &Secrets), target: &Target, given: Secrets) -> Result<Secrets, BadChannel> {
    let mut kept = before.1.clone();
    if before.0.kind() != target.kind() {
        kept = Secrets::default();
    }
    let fresh = |old: Option<Secret>, new: Option<Secret>| match new {
        Some(new) if new.expose().is_empty() => None,
        Some(new) => Some(new),
        None => old,
    };
    let url_moves = given.url.is_some() && given.url != kept.url;
    let place_moves = match (before.0, target) {
        (Target::Email(old), Target::Email(new)) => {
            (&old.host, old.port, old.tls, &old.ca_pem) != (&new.host, new.port, new.tls, &new.ca_pem)
        }
        (Target::Telegram(old), Target::Telegram(new)) => old.api != new.api,
        _ => url_moves,
    };
    let again = "it would go to another place than before: give it again";
    if place_moves && kept.token.is_some() && given.token.is_none() {
        return bad("/token", again);
    }
    if place_moves && kept.password.is_some() && given.password.is_none() {
        return bad("/password", again);
    }
    Ok(Secrets {
        url: fresh(kept.url, given.url),
        token: fresh(kept.token, given.token),
        password: fresh(kept.password, given.password),
    })
}

#[cfg(test)]
#[path = "channel_tests.rs"]
mod tests;
