//! The second factor: enrolling, showing it, turning it off.

use super::limits::SignInLimits;
use super::secrets::secret_hash;
use super::signed::{KeyError, Keys};
use super::totp::Secret;
use super::vault::VaultError;
use serde_json::json;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, random_bytes};
use vakhta_domain::ports::{Chance, Ports, StoreError};
use vakhta_domain::user::{
    AccountRefusal, Actor, ConfirmedFactor, Proof, RECOVERY_CODES, User, typed_code, typed_recovery_code,
};

/// Why a second factor was not made, taken or removed.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// There is one already.
    #[error("this account has a second factor; turn it off first")]
    On,
    /// There is none.
    #[error("this account has no second factor")]
    Off,
    /// No enrolment was begun.
    #[error("no enrolment was begun, or another one since; begin again")]
    NotBegun,
    /// The code is not taken.
    #[error("this is not the code of this moment, or it was used before")]
    WrongCode,
    /// A provider signs the account in.
    #[error("a provider signs this account in, and asks for a second factor itself")]
    Provided,
    /// Too many wrong codes; the seconds after which the next one may be tried.
    #[error("too many wrong codes, wait {0} s")]
    TooMany(u64),
    /// There is no such account.
    #[error("there is no account `{0}`")]
    Missing(String),
    /// It may not be done.
    #[error(transparent)]
    Refused(#[from] AccountRefusal),
    /// The kept secret cannot be read.
    #[error("the second factor of this account cannot be read: {0}")]
    Vault(#[from] VaultError),
    /// The server's keys cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody typed.
pub enum Shown {
    /// The six digits of the app.
    Code(String),
    /// One of the recovery codes.
    Recovery(String),
}

/// An enrolment that was begun. Shown this once.
pub struct Enrolment {
    /// The secret, to be typed into an app.
    pub secret: String,
    /// The same as an address, for a picture.
    pub uri: String,
}

fn purpose(user: &UserId) -> String {
    format!("second factor of {user}")
}

/// Begins an enrolment, or begins it anew. The caller has asked for the password.
pub async fn enrol(ports: &Ports, keys: &Keys, user: &User) -> Result<Enrolment, FactorError> {
    if user.provider.is_some() {
        return Err(FactorError::Provided);
    }
    let secret = Secret::fresh(ports.chance.as_ref());
    let kept = keys.vault.seal(&purpose(&user.id), &secret.0, ports.chance.as_ref());
    if !ports.second_factors.begin_factor(&user.id, &kept, ports.clock.now()).await? {
        return Err(FactorError::On);
    }
    Ok(Enrolment { secret: secret.base32(), uri: secret.uri(&user.username) })
}

/// Confirms an enrolment by a code, which ends the account's other sessions; `keep` is the hash of the one that stays.
/// The recovery codes, which are shown this once.
pub async fn confirm_enrolment(
    ports: &Ports,
    keys: &Keys,
    me: &Actor,
    user: &User,
    code: &str,
    keep: Option<&str>,
) -> Result<Vec<String>, FactorError> {
    let factor = ports.second_factors.second_factor(&user.id).await?.ok_or(FactorError::NotBegun)?;
    if factor.confirmed_at.is_some() {
        return Err(FactorError::On);
    }
    let now = ports.clock.now();
    let secret = Secret(keys.vault.open(&purpose(&user.id), &factor.secret)?);
    let step = typed_code(code).and_then(|code| secret.step_of(&code, now, None));
    let step = step.ok_or(FactorError::WrongCode)?;
    let codes = recovery_codes(ports.chance.as_ref());
    let confirmed = ConfirmedFactor {
        user: user.id.clone(),
        secret: factor.secret,
        step,
        codes: codes.iter().map(|code| recovery_hash(&user.id, code)).collect(),
        keep: keep.map(str::to_owned),
    };
    let event = NewEvent::about("user.second_factor_enabled", ("user", user.id.as_str()), me, now)
        .with(json!({ "username": user.username }));
    if !ports.second_factors.confirm_factor(&confirmed, &event).await? {
        return Err(FactorError::NotBegun);
    }
    Ok(codes)
}

/// What was shown, as the store takes it. Whether a code is right is seen here; that it was not used before, and that
/// a recovery code is one, only by the store. None for a wrong code. Attempts are counted for the account.
pub(super) async fn prove(
    ports: &Ports,
    keys: &Keys,
    limits: &SignInLimits,
    user: &User,
    shown: &Shown,
) -> Result<Option<Proof>, FactorError> {
    let now = ports.clock.now();
    limits.attempt_code(&user.id, now).map_err(FactorError::TooMany)?;
    let proof = match shown {
        Shown::Code(text) => {
            let factor = ports.second_factors.second_factor(&user.id).await?;
            let factor = factor.filter(|factor| factor.confirmed_at.is_some()).ok_or(FactorError::Off)?;
            let secret = Secret(keys.vault.open(&purpose(&user.id), &factor.secret)?);
            let code = typed_code(text);
            code.and_then(|code| secret.step_of(&code, now, factor.last_step)).map(Proof::Code)
        }
        Shown::Recovery(text) => {
            typed_recovery_code(text).map(|code| Proof::Recovery(recovery_hash(&user.id, &code)))
        }
    };
    if proof.is_none() {
        limits.code_failed(&user.id, now);
    }
    Ok(proof)
}

/// Turns one's own second factor off. The caller has asked for the password.
pub async fn turn_off(
    ports: &Ports,
    keys: &Keys,
    limits: &SignInLimits,
    me: &Actor,
    user: &User,
    shown: &Shown,
) -> Result<(), FactorError> {
    let proof = shown_by_owner(ports, keys, limits, user, shown).await?;
    let event = switched_off(me, &user.id, &user.username, ports);
    let done = ports.second_factors.remove_factor(&user.id, Some(&proof), &event).await?;
    settled(ports, limits, user, done)
}

/// Makes new recovery codes in the place of all old ones. The caller has asked for the password.
pub async fn renew_recovery_codes(
    ports: &Ports,
    keys: &Keys,
    limits: &SignInLimits,
    me: &Actor,
    user: &User,
    shown: &Shown,
) -> Result<Vec<String>, FactorError> {
    let proof = shown_by_owner(ports, keys, limits, user, shown).await?;
    let codes = recovery_codes(ports.chance.as_ref());
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(&user.id, code)).collect();
    let now = ports.clock.now();
    let event = NewEvent::about("user.recovery_codes_made", ("user", user.id.as_str()), me, now)
        .with(json!({ "username": user.username }));
    let done = ports.second_factors.replace_recovery_codes(&user.id, &proof, &hashes, &event).await?;
    settled(ports, limits, user, done)?;
    Ok(codes)
}

/// Removes somebody else's second factor, for who lost his phone and his recovery codes.
pub async fn reset_second_factor(ports: &Ports, by: &Actor, id: &UserId) -> Result<(), FactorError> {
    if by.user.as_ref() == Some(id) {
        return Err(AccountRefusal::OwnAccount("second factor").into());
    }
    let user = ports.accounts.user(id).await?.ok_or_else(|| FactorError::Missing(id.to_string()))?;
    let event = switched_off(by, &user.id, &user.username, ports);
    if ports.second_factors.remove_factor(&user.id, None, &event).await? {
        Ok(())
    } else {
        Err(FactorError::Off)
    }
}

async fn shown_by_owner(
    ports: &Ports,
    keys: &Keys,
    limits: &SignInLimits,
    user: &User,
    shown: &Shown,
) -> Result<Proof, FactorError> {
    if user.second_factor_at.is_none() {
        return Err(FactorError::Off);
    }
    prove(ports, keys, limits, user, shown).await?.ok_or(FactorError::WrongCode)
}

/// Counts what the store said of a proof.
fn settled(ports: &Ports, limits: &SignInLimits, user: &User, done: bool) -> Result<(), FactorError> {
    if done {
        limits.code_succeeded(&user.id);
        return Ok(());
    }
    limits.code_failed(&user.id, ports.clock.now());
    Err(FactorError::WrongCode)
}

fn switched_off(by: &Actor, id: &UserId, username: &str, ports: &Ports) -> NewEvent {
    let reset = by.user.as_ref() != Some(id);
    NewEvent::about("user.second_factor_disabled", ("user", id.as_str()), by, ports.clock.now())
        .with(json!({ "username": username, "reset": reset }))
}

/// Codes of four groups of four out of 32 letters and digits, 80 bits each: too many for guessing, so that a fast hash
/// is enough to keep them by.
fn recovery_codes(chance: &dyn Chance) -> Vec<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let code = || {
        let groups: Vec<String> = random_bytes(chance, 16)
            .chunks(4)
            .map(|group| group.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
            .collect();
        groups.join("-")
    };
    (0..RECOVERY_CODES).map(|_| code()).collect()
}

/// What is kept of a recovery code. The account is part of it, so that equal codes of two are not seen to be equal.
fn recovery_hash(user: &UserId, code: &str) -> String {
    secret_hash(&format!("recovery {user} {}", code.replace('-', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(7, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn recovery_codes_are_read_as_they_are_shown() {
        let codes = recovery_codes(&Counting(std::sync::atomic::AtomicU8::new(0)));
        assert_eq!(codes.len(), RECOVERY_CODES);
        let (anna, boris) = (UserId::new("u1"), UserId::new("u2"));
        for code in &codes {
            let typed = typed_recovery_code(&code.to_uppercase().replace('-', " ")).expect("a code");
            assert_eq!(recovery_hash(&anna, &typed), recovery_hash(&anna, code));
            assert_ne!(recovery_hash(&anna, code), recovery_hash(&boris, code));
        }
    }
}
