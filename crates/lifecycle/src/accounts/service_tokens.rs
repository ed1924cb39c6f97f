//! Short-lived tokens for services (JWT): a session or an API token exchanges itself for one that is over soon, so that
//! the one that lasts stays where it is. Nothing of them is kept: each says by what it was made, and lives no longer.

use super::signed::{Claims, KeyError, Keys, seconds_on};
use super::tokens::TokenError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vakhta_domain::ids::{UserId, WorkspaceId, random_hex};
use vakhta_domain::ports::Ports;
use vakhta_domain::user::{Actor, Permission, User, held};

/// The longest time that one works, seconds; also where its maker does not say.
pub const MAX_JWT_SECONDS: u32 = 15 * 60;
/// Who makes them, and whom they are for.
const ISSUER: &str = "vakhta";
const AUDIENCE: &str = "vakhta-api";

/// What a service token was made by: the SHA-256 of its secret, under which it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parent {
    /// A session.
    Session(String),
    /// An API token.
    Token(String),
}

/// What a service token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceToken {
    iss: String,
    aud: String,
    /// The account.
    pub sub: UserId,
    iat: i64,
    exp: i64,
    jti: String,
    /// The workspace that it works in.
    pub workspace: WorkspaceId,
    /// What it is held to.
    pub scopes: Vec<Permission>,
    /// What it was made by.
    pub parent: Parent,
}

impl Claims for ServiceToken {
    // RFC 9068, section 2.1.
    const TYPE: &'static str = "at+jwt";
    fn ends(&self) -> i64 {
        self.exp
    }
}

/// Why no service token was made.
#[derive(Debug, thiserror::Error)]
pub enum JwtError {
    /// Too short or too long.
    #[error("{0} is out of range, allowed are 1 to {MAX_JWT_SECONDS} seconds")]
    Seconds(u32),
    /// The scopes are not as they must be.
    #[error(transparent)]
    Scopes(#[from] TokenError),
    /// The server's keys cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What is wanted of a service token.
pub struct NewJwt {
    /// Seconds that it works; none for the most.
    pub seconds: Option<u32>,
    /// What it is held to; none for all that its maker may do.
    pub scopes: Option<Vec<Permission>>,
}

/// Makes a service token, no wider than the credential that asks for it, which is held to `asking`. It manages no
/// tokens: one of those would outlive it. When it ends, too.
pub async fn create_jwt(
    ports: &Ports,
    keys: &Keys,
    (actor, user): (&Actor, &User),
    parent: Parent,
    asking: Option<&[Permission]>,
    new: NewJwt,
) -> Result<(String, Timestamp, Vec<Permission>), JwtError> {
    let seconds = new.seconds.unwrap_or(MAX_JWT_SECONDS);
    if !(1..=MAX_JWT_SECONDS).contains(&seconds) {
        return Err(JwtError::Seconds(seconds));
    }
    let mut may = held(actor.tier, asking);
    may.retain(|permission| *permission != Permission::OwnTokens);
    let scopes = super::tokens::allowed_scopes(new.scopes, &may, Some(&may))?.unwrap_or_default();
    let now = ports.clock.now();
    let exp = seconds_on(now, i64::from(seconds));
    let token = ServiceToken {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        sub: user.id.clone(),
        iat: now.as_second(),
        exp,
        jti: random_hex(ports.chance.as_ref(), 8),
        workspace: actor.workspace.clone(),
        scopes: scopes.clone(),
        parent,
    };
    let text = keys.sign(ports, &token).await?;
    Ok((text, Timestamp::from_second(exp).unwrap_or(Timestamp::MAX), scopes))
}

/// What a service token says. None where it ended, was altered, or is not one that we made for this.
pub async fn read_jwt(ports: &Ports, keys: &Keys, text: &str) -> Result<Option<ServiceToken>, KeyError> {
    let found = keys.claims::<ServiceToken>(ports, text).await?;
    Ok(found.filter(|token| token.iss == ISSUER && token.aud == AUDIENCE))
}
