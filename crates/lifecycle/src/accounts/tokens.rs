//! API tokens: what a new one may be, and making it.

use super::secrets::{API_TOKEN_PREFIX, fresh_secret, secret_hash};
use jiff::SignedDuration;
use serde_json::json;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{TokenId, fresh};
use vakhta_domain::ports::{Ports, StoreError};
use vakhta_domain::user::{Actor, ApiToken, Permission, User, held};

/// Days that a token works where its maker does not say.
pub const DEFAULT_DAYS: u32 = 365;
/// The most days that a token works.
pub const MAX_DAYS: u32 = 365;
/// Characters of a secret that are kept to recognise it by: the prefix and eight more.
const SHOWN: usize = API_TOKEN_PREFIX.len() + 8;

/// A token to be made.
pub struct NewToken {
    /// What to call it.
    pub name: String,
    /// Days that it works.
    pub days: Option<u32>,
    /// What it is held to; none for all that its maker may do.
    pub scopes: Option<Vec<Permission>>,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Not a name.
    #[error("a token's name has 1 to 100 characters")]
    Name,
    /// Too short or too long.
    #[error("{0} is out of range, allowed are 1 to {MAX_DAYS} days")]
    Days(u32),
    /// A token that may do nothing.
    #[error("a token needs a scope; leave them out for all that you may do")]
    NoScope,
    /// A scope that its maker does not hold, by its place in the list.
    #[error("you may not `{}` yourself, so no token of yours may", .1.as_str())]
    Wider(usize, Permission),
    /// The owner was disabled or given another tier while it was made.
    #[error("your account was changed meanwhile, sign in again")]
    OwnerChanged,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a token of `owner` for the workspace that he is in, no wider than the credential that asks for it, which is held to `asking`. Also its
/// secret, which is kept nowhere.
pub async fn create_token(
    ports: &Ports,
    actor: &Actor,
    owner: &User,
    asking: Option<&[Permission]>,
    new: NewToken,
) -> Result<(ApiToken, String), TokenError> {
    let name = new.name.trim().to_owned();
    if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(TokenError::Name);
    }
    let days = new.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(TokenError::Days(days));
    }
    let scopes = allowed_scopes(new.scopes, &held(actor.tier, asking), asking)?;
    let (now, chance) = (ports.clock.now(), ports.chance.as_ref());
    let secret = fresh_secret(API_TOKEN_PREFIX, chance);
    let token = ApiToken {
        id: TokenId::new(fresh("tok", chance)),
        user: owner.id.clone(),
        workspace: actor.workspace.clone(),
        name,
        prefix: secret[..SHOWN].to_owned(),
        secret_hash: secret_hash(&secret),
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24 * i64::from(days)),
        scopes,
        last_used_at: None,
        revoked_at: None,
    };
    let event = NewEvent::about("token.created", ("token", token.id.as_str()), actor, now)
        .with(json!({ "name": token.name, "expires_at": token.expires_at, "scopes": token.scopes }));
    if !ports.accounts.add_token(&token, owner, &event).await? {
        return Err(TokenError::OwnerChanged);
    }
    Ok((token, secret))
}

/// The wanted scopes, each once; those of the credential that asks where none are named.
pub(super) fn allowed_scopes(
    wanted: Option<Vec<Permission>>,
    may: &[Permission],
    asking: Option<&[Permission]>,
) -> Result<Option<Vec<Permission>>, TokenError> {
    let Some(mut wanted) = wanted else { return Ok(asking.map(<[Permission]>::to_vec)) };
    if wanted.is_empty() {
        return Err(TokenError::NoScope);
    }
    if let Some((at, wider)) = wanted.iter().enumerate().find(|(_, scope)| !may.contains(scope)) {
        return Err(TokenError::Wider(at, *wider));
    }
    wanted.sort();
    wanted.dedup();
    Ok(Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::user::Tier;

    #[test]
    fn no_token_is_wider_than_what_asks_for_it() {
        let (look, train, deploy) = (Permission::Look, Permission::Train, Permission::Deploy);
        let of = |wanted: Option<Vec<Permission>>, asking: Option<&[Permission]>| {
            allowed_scopes(wanted, &held(Tier::User, asking), asking)
        };
        assert!(matches!(of(None, None), Ok(None)));
        assert_eq!(of(Some(vec![train, look, train]), None).expect("right"), Some(vec![look, train]));
        assert!(matches!(of(Some(vec![]), None), Err(TokenError::NoScope)));
        assert!(matches!(of(Some(vec![look, deploy]), None), Err(TokenError::Wider(1, Permission::Deploy))));
        assert_eq!(of(None, Some(&[look])).expect("right"), Some(vec![look]), "it hands on what it has");
        assert!(matches!(of(Some(vec![train]), Some(&[look])), Err(TokenError::Wider(0, Permission::Train))));
    }
}
