//! Signing in: the password, the second factor where there is one, and the session that begins.

use super::challenge::{self, Challenge};
use super::limits::SignInLimits;
use super::passwords::{Passwords, TooBusy, is_outdated};
use super::second_factor::{FactorError, Shown, prove};
use super::secrets::{SESSION_PREFIX, fresh_secret, secret_hash};
use super::signed::{KeyError, Keys};
use jiff::SignedDuration;
use serde_json::json;
use std::time::Duration;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ports::{Ports, StoreError};
use vakhta_domain::user::{Actor, MAX_PASSWORD_BYTES, Proof, Session, User};

/// A name and a password.
pub struct Credentials {
    /// The account's name, in any case.
    pub username: String,
    /// What is said to be its password.
    pub password: String,
}

/// Why nobody was asked for his password.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Too many attempts; the seconds after which the next one may be made.
    #[error("too many sign-in attempts from this address, wait {0} s")]
    TooMany(u64),
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Busy(#[from] TooBusy),
    /// The second factor cannot be looked at.
    #[error(transparent)]
    Factor(#[from] FactorError),
    /// The server's keys cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The account, if the password is its own and it is enabled. Takes as long for a name that nobody has. An outdated
/// hash is made anew.
pub async fn check_credentials(
    ports: &Ports,
    passwords: &Passwords,
    limits: &SignInLimits,
    address: Option<&str>,
    given: Credentials,
) -> Result<Option<User>, SignInError> {
    let Credentials { username, password } = given;
    limits.attempt(address, &username, ports.clock.now()).map_err(SignInError::TooMany)?;
    let user = ports.accounts.user_named(&username).await?;
    if password.len() > MAX_PASSWORD_BYTES {
        limits.failed(address, &username, ports.clock.now());
        return Ok(None);
    }
    // An account that a provider signs in has no password, and takes as long to refuse.
    let own = user.as_ref().filter(|user| user.provider.is_none());
    let hash = own.map(|user| user.password_hash.clone());
    let matches = passwords.matches(password.clone(), hash).await?;
    let Some(user) = user.filter(|user| matches && user.is_active) else {
        limits.failed(address, &username, ports.clock.now());
        return Ok(None);
    };
    limits.succeeded(address, &username);
    Ok(Some(freshly_hashed(ports, passwords, user, password).await))
}

/// The same account with a hash of today's parameters. Where that fails, the old one goes on working.
async fn freshly_hashed(ports: &Ports, passwords: &Passwords, user: User, password: String) -> User {
    if !is_outdated(&user.password_hash) {
        return user;
    }
    let Ok(hash) = passwords.hash(password, ports.chance.as_ref()).await else { return user };
    match ports.accounts.rehash_password(&user.id, &user.password_hash, &hash).await {
        Ok(true) => User { password_hash: hash, ..user },
        Ok(false) => user,
        Err(error) => {
            tracing::warn!(%error, "a password could not be hashed anew");
            user
        }
    }
}

/// What came of a name and a password.
pub enum FirstStep {
    /// They are wrong, or the account is disabled.
    Refused,
    /// They are right, and a second factor is wanted.
    Wanted(Challenge),
    /// They are right, and the code that came with them is not.
    WrongCode(Challenge),
    /// All that is wanted was shown.
    Proven(User, Proof),
}

/// Looks at a name, a password, and what may have come with them.
pub async fn first_step(
    ports: &Ports,
    keys: &Keys,
    (passwords, limits): (&Passwords, &SignInLimits),
    address: Option<&str>,
    given: Credentials,
    shown: Option<&Shown>,
) -> Result<FirstStep, SignInError> {
    let Some(user) = check_credentials(ports, passwords, limits, address, given).await? else {
        return Ok(FirstStep::Refused);
    };
    if user.second_factor_at.is_none() {
        return Ok(FirstStep::Proven(user, Proof::FirstFactorAlone));
    }
    let Some(shown) = shown else {
        return Ok(FirstStep::Wanted(challenge::issue(ports, keys, address, &user).await?));
    };
    match prove(ports, keys, limits, &user, shown).await? {
        Some(proof) => Ok(FirstStep::Proven(user, proof)),
        None => Ok(FirstStep::WrongCode(challenge::issue(ports, keys, address, &user).await?)),
    }
}

/// What came of a second factor that was shown for a challenge.
pub enum SecondStep {
    /// The challenge ended, came from elsewhere, or is none of ours.
    Ended,
    /// The code is wrong.
    WrongCode(User),
    /// It may be right; the store takes it with the session that begins.
    Proven(User, Proof),
}

/// Looks at a second factor that was shown for a challenge.
pub async fn second_step(
    ports: &Ports,
    keys: &Keys,
    limits: &SignInLimits,
    address: Option<&str>,
    challenge: &str,
    shown: &Shown,
) -> Result<SecondStep, SignInError> {
    let Some(user) = challenge::account(ports, keys, address, challenge).await? else {
        return Ok(SecondStep::Ended);
    };
    match prove(ports, keys, limits, &user, shown).await? {
        Some(proof) => Ok(SecondStep::Proven(user, proof)),
        None => Ok(SecondStep::WrongCode(user)),
    }
}

/// A session that began.
pub struct Begun {
    /// The session.
    pub session: Session,
    /// Its secret, shown this once.
    pub secret: String,
}

/// Begins a session that ends after `longest` at the latest. None where the account was changed since its password
/// was compared, and where the proof was used before.
pub async fn begin_session(
    ports: &Ports,
    limits: &SignInLimits,
    actor: &Actor,
    (user, proof): (&User, &Proof),
    longest: Duration,
) -> Result<Option<Begun>, StoreError> {
    let now = ports.clock.now();
    let secret = fresh_secret(SESSION_PREFIX, ports.chance.as_ref());
    let longest = SignedDuration::try_from(longest).unwrap_or(SignedDuration::from_hours(24));
    let session = Session {
        secret_hash: secret_hash(&secret),
        user: user.id.clone(),
        workspace: user.workspace.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.saturating_add(longest).unwrap_or(now),
        ip: actor.ip.clone(),
        user_agent: actor.user_agent.clone(),
    };
    let mut event = NewEvent::about("user.signed_in", ("user", user.id.as_str()), actor, now);
    if let Some(word) = proof.word() {
        event = event.with(json!({ "second_factor": word }));
    }
    let begun = ports.accounts.add_session(&session, user, proof, &event).await?;
    match proof {
        Proof::FirstFactorAlone => {}
        Proof::Code(_) | Proof::Recovery(_) if begun => limits.code_succeeded(&user.id),
        Proof::Code(_) | Proof::Recovery(_) => limits.code_failed(&user.id, now),
    }
    if !begun {
        return Ok(None);
    }
    if let Err(error) = ports.accounts.forget_sessions(now).await {
        tracing::warn!(%error, "ended sessions could not be removed");
    }
    Ok(Some(Begun { session, secret }))
}
