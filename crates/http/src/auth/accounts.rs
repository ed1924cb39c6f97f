//! Making accounts and resetting passwords, for the doors and for the command line.

use super::password::{Passwords, TooBusy};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId, fresh};
use vakhta_domain::ports::{Chance, Inserted, Ports, StoreError};
use vakhta_domain::user::{Actor, BadCredential, Tier, User, check_password, check_username};

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name or password is not fit.
    #[error(transparent)]
    Bad(#[from] BadCredential),
    /// Somebody has that name.
    #[error("an account named `{0}` exists already, choose another name")]
    Taken(String),
    /// Nobody has that name.
    #[error("there is no account named `{0}`")]
    Missing(String),
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Busy(#[from] TooBusy),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Where it works.
    pub workspace: WorkspaceId,
    /// Its name.
    pub username: String,
    /// Its password; none for a random one-time one that must be changed at the first sign-in.
    pub password: Option<String>,
    /// What it may do.
    pub tier: Tier,
}

/// An account that was made.
#[derive(Debug, Clone)]
pub struct Created {
    /// The account.
    pub user: User,
    /// Its password, where it was made up.
    pub one_time_password: Option<String>,
}

/// Makes an account. `by` is who asked, for the history.
pub async fn create_user(
    ports: &Ports,
    passwords: &Passwords,
    by: &Actor,
    new: NewAccount,
) -> Result<Created, AccountError> {
    check_username(&new.username)?;
    let (password, one_time_password) = chosen_or_made_up(ports, &new.username, new.password)?;
    let at = ports.clock.now();
    let user = User {
        id: UserId::new(fresh("user", ports.chance.as_ref())),
        workspace: new.workspace,
        username: new.username,
        password_hash: passwords.hash(password, ports.chance.as_ref()).await?,
        tier: new.tier,
        is_active: true,
        must_change_password: one_time_password.is_some(),
        created_at: at,
        last_sign_in_at: None,
    };
    let event = NewEvent::about("user.created", ("user", user.id.as_str()), by, at)
        .with(serde_json::json!({ "username": user.username, "tier": user.tier }));
    match ports.accounts.add_user(&user, &event).await? {
        Inserted::Done => Ok(Created { user, one_time_password }),
        Inserted::Taken => Err(AccountError::Taken(user.username)),
    }
}

/// Gives an account another password and ends its sessions. With no password given, a random one-time one
/// is made up and returned.
pub async fn reset_password(
    ports: &Ports,
    passwords: &Passwords,
    by: &Actor,
    username: &str,
    password: Option<String>,
) -> Result<Option<String>, AccountError> {
    let user = ports.accounts.user_named(username).await?;
    let user = user.ok_or_else(|| AccountError::Missing(username.to_owned()))?;
    let (password, one_time) = chosen_or_made_up(ports, &user.username, password)?;
    let hash = passwords.hash(password, ports.chance.as_ref()).await?;
    let event = NewEvent::about("user.password_changed", ("user", user.id.as_str()), by, ports.clock.now())
        .with(serde_json::json!({ "username": user.username, "reset": true }));
    let done = ports.accounts.set_password(&user.id, &hash, one_time.is_some(), None, &event).await?;
    if done { Ok(one_time) } else { Err(AccountError::Missing(username.to_owned())) }
}

fn chosen_or_made_up(
    ports: &Ports,
    username: &str,
    password: Option<String>,
) -> Result<(String, Option<String>), AccountError> {
    if let Some(password) = password {
        check_password(username, &password)?;
        return Ok((password, None));
    }
    let made_up = one_time_password(ports.chance.as_ref());
    Ok((made_up.clone(), Some(made_up)))
}

/// A random password that is easy to read aloud and type: five groups of four out of 32 letters and digits
/// (100 bits), without those that look alike.
pub fn one_time_password(chance: &dyn Chance) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0u8; 20];
    chance.fill(&mut bytes);
    let groups: Vec<String> = bytes
        .chunks(4)
        .map(|group| group.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
        .collect();
    groups.join("-")
}
