//! What everybody may do with his own account: another password, another name, and leaving.

use super::AccountError;
use super::passwords::Passwords;
use super::users::{change, delete};
use vakhta_domain::ports::Ports;
use vakhta_domain::user::{Actor, User, UserChange, check_password, check_username};

/// Changes one's own password, which ends one's other sessions; `keep` is the hash of the one that stays.
pub async fn change_own_password(
    ports: &Ports,
    passwords: &Passwords,
    me: &Actor,
    user: &User,
    (current, new): (String, String),
    keep: Option<&str>,
) -> Result<(), AccountError> {
    if new == current {
        return Err(AccountError::SamePassword);
    }
    check_password(&user.username, &new)?;
    confirm_password(passwords, user, current).await?;
    let known = &user.password_hash;
    let hash = passwords.hash(new, ports.chance.as_ref()).await?;
    change(ports, me, &user.id, keep, |user| {
        // Somebody who reset it meanwhile meant to.
        if user.password_hash != *known {
            return Err(AccountError::WrongPassword);
        }
        Ok(User { password_hash: hash.clone(), must_change_password: false, ..user.clone() })
    })
    .await?;
    Ok(())
}

/// Refuses a password that is not the account's.
pub async fn confirm_password(
    passwords: &Passwords,
    user: &User,
    current: String,
) -> Result<(), AccountError> {
    if passwords.matches(current, Some(user.password_hash.clone())).await? {
        return Ok(());
    }
    Err(AccountError::WrongPassword)
}

/// Gives oneself another name.
pub async fn rename_own_account(
    ports: &Ports,
    me: &Actor,
    user: &User,
    name: String,
) -> Result<User, AccountError> {
    check_username(&name)?;
    change(ports, me, &user.id, None, |user| Ok(User { username: name.clone(), ..user.clone() })).await
}

/// Deletes one's own account, and what is kept of oneself with it. The last active system administrator stays.
pub async fn delete_own_account(
    ports: &Ports,
    passwords: &Passwords,
    me: &Actor,
    user: &User,
    current: String,
) -> Result<(), AccountError> {
    confirm_password(passwords, user, current).await?;
    delete(ports, me, &user.id, UserChange::erasure, |_| Ok(())).await
}
