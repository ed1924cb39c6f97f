//! The tokens of settings, which are no account's. `VAKHTA_METRICS_TOKEN` reads figures. `VAKHTA_ADMIN_API_TOKEN` is a
//! system administrator, for scripts that set a server up. Each address's use is written into the history, at most once an hour; every change is in it anyway.

use super::actor::{Credential, Door, SignedIn};
use super::authenticate::no_workspace;
use crate::App;
use crate::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::user::{Actor, Permission, Tier, User};

/// The name that the history shows.
const NAME: &str = "VAKHTA_ADMIN_API_TOKEN";
/// The name of whoever holds the token that reads figures.
const SCRAPER: &str = "VAKHTA_METRICS_TOKEN";
/// Uses from one address within this time are told once.
const TOLD_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// Addresses remembered at once.
const MAX_ADDRESSES: usize = 1_000;

/// When the token was last used, by address, as far as it was told.
#[derive(Default)]
pub(crate) struct AuditedUses(Mutex<HashMap<String, Timestamp>>);

impl AuditedUses {
    /// Whether a use from there is to be told.
    fn is_news(&self, address: &str, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(address).is_some_and(|at| now.duration_since(*at) < TOLD_EVERY) {
            return false;
        }
        if told.len() >= MAX_ADDRESSES {
            told.retain(|_, at| now.duration_since(*at) < TOLD_EVERY);
        }
        told.insert(address.to_owned(), now);
        true
    }
}

/// Whoever holds the token.
pub(super) async fn sign_in(app: &App, door: Door) -> Result<SignedIn, Problem> {
    let now = app.now();
    let wanted = door.workspace.clone();
    let mut actor = Actor { tier: Tier::SystemAdmin, ..door.stranger(NAME) };
    if let Some(key) = wanted {
        let workspace = WorkspaceId::new(key.as_str());
        let found = app.ports().workspaces.workspace(&workspace).await?;
        actor.workspace = found.ok_or_else(|| no_workspace(&key))?.id;
    }
    if app.admin_token_uses.is_news(actor.ip.as_deref().unwrap_or("-"), now) {
        let event = NewEvent::about("admin_token.used", ("token", NAME), &actor, now);
        app.ports().events.append(&event).await?;
        app.lifecycle.signals.bump();
    }
    let user = nobodys(app, &actor, NAME);
    Ok(SignedIn { actor, user, credential: Credential::System, scopes: None, must_enrol: false })
}

/// Whoever holds the token that reads the server's figures, and may do nothing else.
pub(super) fn scraper(app: &App, door: Door) -> SignedIn {
    let actor = Actor { tier: Tier::SystemAdmin, ..door.stranger(SCRAPER) };
    let user = nobodys(app, &actor, SCRAPER);
    let scopes = Some(vec![Permission::Metrics]);
    SignedIn { actor, user, credential: Credential::System, scopes, must_enrol: false }
}

/// The account that a token without one stands for.
fn nobodys(app: &App, actor: &Actor, name: &str) -> User {
    User {
        id: UserId::new(name),
        workspace: actor.workspace.clone(),
        username: name.into(),
        password_hash: String::new(),
        tier: Tier::SystemAdmin,
        is_active: true,
        must_change_password: false,
        created_at: app.settings.started_at,
        last_sign_in_at: None,
        deleted_at: None,
        second_factor_at: None,
        provider: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_told_once_an_hour() {
        let uses = AuditedUses::default();
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(uses.is_news("10.0.0.1", at(0)));
        assert!(!uses.is_news("10.0.0.1", at(59)));
        assert!(uses.is_news("10.0.0.2", at(59)));
        assert!(uses.is_news("10.0.0.1", at(60)));
    }
}
