//! Making, changing and deleting accounts, as an administrator does it, and the command line.

use super::AccountError;
use super::passwords::Passwords;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId, fresh};
use vakhta_domain::ports::{Chance, Inserted, Ports, UserChanged};
use vakhta_domain::user::{
    AccountRefusal, Actor, Tier, User, UserChange, UserEdit, check_password, check_username, edited,
    may_delete, may_edit,
};

/// How often a change is made anew from what somebody else made of the account meanwhile.
const TRIES: usize = 5;

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
    /// Whether a given password must be changed at the first sign-in; a made-up one always must.
    pub must_change: bool,
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
        must_change_password: new.must_change || one_time_password.is_some(),
        created_at: at,
        last_sign_in_at: None,
        deleted_at: None,
        second_factor_at: None,
        provider: None,
    };
    let event = NewEvent::about("user.created", ("user", user.id.as_str()), by, at)
        .with(json!({ "username": user.username, "tier": user.tier }));
    match ports.accounts.add_user(&user, &event).await? {
        Inserted::Done => Ok(Created { user, one_time_password }),
        Inserted::Taken => Err(AccountError::Taken(user.username)),
    }
}

/// What becomes of an account's password.
#[derive(Debug, Clone, Default)]
pub enum NewPassword {
    /// It stays.
    #[default]
    Stays,
    /// This one, to be changed at the next sign-in.
    Given(String),
    /// A random one-time one.
    MadeUp,
}

/// What an administrator wants changed; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Another name.
    pub username: Option<String>,
    /// Another tier.
    pub tier: Option<Tier>,
    /// Enabled or disabled.
    pub is_active: Option<bool>,
    /// Another password.
    pub password: NewPassword,
}

/// An account that was changed.
#[derive(Debug, Clone)]
pub struct Edited {
    /// As it is now.
    pub user: User,
    /// Its new password, where it was made up.
    pub one_time_password: Option<String>,
}

/// Changes an account. `by` is who asked: of his own account he changes the name only.
pub async fn edit_user(
    ports: &Ports,
    passwords: &Passwords,
    by: &Actor,
    id: &UserId,
    edit: Edit,
) -> Result<Edited, AccountError> {
    let user = found(ports, id).await?;
    let name = edit.username.as_deref().unwrap_or(&user.username).to_owned();
    if edit.username.is_some() {
        check_username(&name)?;
    }
    let given = match edit.password {
        NewPassword::Stays => None,
        NewPassword::Given(password) => Some(Some(password)),
        NewPassword::MadeUp => Some(None),
    };
    if given.is_some() && user.provider.is_some() {
        return Err(AccountError::Provided(user.username));
    }
    let mut wanted = UserEdit {
        username: edit.username,
        tier: edit.tier,
        is_active: edit.is_active,
        password_hash: given.as_ref().map(|_| String::new()),
    };
    // Before the expensive hash.
    may_edit(by.user.as_ref(), &user, &wanted)?;
    let mut one_time_password = None;
    if let Some(given) = given {
        let (password, made_up) = chosen_or_made_up(ports, &name, given)?;
        wanted.password_hash = Some(passwords.hash(password, ports.chance.as_ref()).await?);
        one_time_password = made_up;
    }
    let user = change(ports, by, id, None, |user| {
        may_edit(by.user.as_ref(), user, &wanted)?;
        Ok(edited(user, wanted.clone()))
    })
    .await?;
    Ok(Edited { user, one_time_password })
}

/// Deletes an account of somebody else. Its id stays in the history, its name may be taken again.
pub async fn delete_user(ports: &Ports, by: &Actor, id: &UserId) -> Result<(), AccountError> {
    let may = |user: &User| may_delete(by.user.as_ref(), user).map_err(AccountError::from);
    delete(ports, by, id, UserChange::deletion, may).await
}

pub(super) async fn delete(
    ports: &Ports,
    by: &Actor,
    id: &UserId,
    how: fn(User, Timestamp, NewEvent) -> UserChange,
    check: impl Fn(&User) -> Result<(), AccountError> + Send + Sync,
) -> Result<(), AccountError> {
    for _ in 0..TRIES {
        let user = found(ports, id).await?;
        check(&user)?;
        let at = ports.clock.now();
        let event = NewEvent::about("user.deleted", ("user", id.as_str()), by, at);
        let (data, told) =
            (json!({ "username": user.username, "tier": user.tier }), json!({ "tier": user.tier }));
        let change = how(user, at, event);
        let data = if change.erases() { told } else { data };
        let change = UserChange {
            events: change.events.into_iter().map(|e| e.with(data.clone())).collect(),
            ..change
        };
        match ports.accounts.change_user(&change).await? {
            UserChanged::Done => return Ok(()),
            UserChanged::Stale => {}
            other => return Err(refused(other, &change)),
        }
    }
    Err(AccountError::Contended(id.to_string()))
}

/// Changes an account to what `after` makes of it, again where somebody else was faster; the account as it is then.
/// What changes nothing is told to nobody.
pub(super) async fn change(
    ports: &Ports,
    by: &Actor,
    id: &UserId,
    keep: Option<&str>,
    after: impl Fn(&User) -> Result<User, AccountError> + Send + Sync,
) -> Result<User, AccountError> {
    for _ in 0..TRIES {
        let before = found(ports, id).await?;
        let after = after(&before)?;
        if before == after {
            return Ok(after);
        }
        let events = told(by, &before, &after, ports.clock.now());
        let change = UserChange { before, after, keep: keep.map(str::to_owned), events };
        match ports.accounts.change_user(&change).await? {
            UserChanged::Done => return Ok(change.after),
            UserChanged::Stale => {}
            other => return Err(refused(other, &change)),
        }
    }
    Err(AccountError::Contended(id.to_string()))
}

async fn found(ports: &Ports, id: &UserId) -> Result<User, AccountError> {
    ports.accounts.user(id).await?.ok_or_else(|| AccountError::Missing(id.to_string()))
}

fn refused(answer: UserChanged, change: &UserChange) -> AccountError {
    match answer {
        UserChanged::Taken => AccountError::Taken(change.after.username.clone()),
        UserChanged::LastSystemAdmin => {
            AccountRefusal::LastSystemAdmin(change.before.username.clone()).into()
        }
        UserChanged::Done | UserChanged::Missing | UserChanged::Stale => {
            AccountError::Missing(change.before.id.to_string())
        }
    }
}

/// What is told of a change: every field that is not a secret, as it was and as it is.
fn told(by: &Actor, before: &User, after: &User, at: Timestamp) -> Vec<NewEvent> {
    let subject = ("user", before.id.as_str());
    let fields = |user: &User| {
        [("username", json!(user.username)), ("tier", json!(user.tier)), ("is_active", json!(user.is_active))]
    };
    let (mut was, mut is) = (Map::new(), Map::new());
    for ((name, old), (_, new)) in fields(before).into_iter().zip(fields(after)) {
        if old != new {
            was.insert(name.into(), old);
            is.insert(name.into(), new);
        }
    }
    let mut events = Vec::new();
    if !is.is_empty() {
        let data =
            json!({ "username": after.username, "before": Value::Object(was), "after": Value::Object(is) });
        events.push(NewEvent::about("user.changed", subject, by, at).with(data));
    }
    if before.password_hash != after.password_hash {
        let reset = by.user.as_ref() != Some(&before.id);
        let data = json!({ "username": after.username, "reset": reset });
        events.push(NewEvent::about("user.password_changed", subject, by, at).with(data));
    }
    events
}

/// Gives an account another password and ends its sessions, for the command line. With no password given, a
/// random one-time one is made up and returned; a given one is the account's from now on.
pub async fn reset_password(
    ports: &Ports,
    passwords: &Passwords,
    by: &Actor,
    username: &str,
    password: Option<String>,
) -> Result<Option<String>, AccountError> {
    let user = ports.accounts.user_named(username).await?;
    let user = user.ok_or_else(|| AccountError::Missing(username.to_owned()))?;
    if user.provider.is_some() {
        return Err(AccountError::Provided(user.username));
    }
    let (password, one_time) = chosen_or_made_up(ports, &user.username, password)?;
    let hash = passwords.hash(password, ports.chance.as_ref()).await?;
    change(ports, by, &user.id, None, |user| {
        let must_change_password = one_time.is_some();
        Ok(User { password_hash: hash.clone(), must_change_password, ..user.clone() })
    })
    .await?;
    Ok(one_time)
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
