//! Changing and deleting accounts: who may change what, and which credentials end with it.

use super::{Tier, User};
use crate::chain::ERASED_NAME;
use crate::event::NewEvent;
use crate::ids::UserId;
use jiff::Timestamp;

/// What somebody wants changed about an account; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserEdit {
    /// Another name.
    pub username: Option<String>,
    /// Another tier.
    pub tier: Option<Tier>,
    /// Enabled or disabled.
    pub is_active: Option<bool>,
    /// The hash of a new password, which must be changed at the next sign-in.
    pub password_hash: Option<String>,
}

/// Why an account is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// An administrator at his own account.
    #[error("nobody changes the {0} of his own account here; ask another system administrator")]
    OwnAccount(&'static str),
    /// An administrator at his own password.
    #[error("one's own password is changed by PUT /auth/profile/password, which asks for the current one")]
    OwnPassword,
    /// An administrator who would delete himself.
    #[error("nobody deletes his own account here; DELETE /auth/profile does, and asks for the password")]
    OwnDeletion,
    /// Nobody would be left to manage the installation.
    #[error("`{0}` is the last active system administrator; make another one first")]
    LastSystemAdmin(String),
}

/// Whether `by` may make this edit. Of one's own account only the name: who is tricked or mistaken must not lock
/// himself out, and a stolen session must not replace the password.
pub fn may_edit(by: Option<&UserId>, user: &User, edit: &UserEdit) -> Result<(), AccountRefusal> {
    if by != Some(&user.id) {
        return Ok(());
    }
    if edit.tier.is_some_and(|tier| tier != user.tier) {
        return Err(AccountRefusal::OwnAccount("tier"));
    }
    if edit.is_active.is_some_and(|active| active != user.is_active) {
        return Err(AccountRefusal::OwnAccount("state"));
    }
    if edit.password_hash.is_some() {
        return Err(AccountRefusal::OwnPassword);
    }
    Ok(())
}

/// Whether `by` may delete this account as an administrator.
pub fn may_delete(by: Option<&UserId>, user: &User) -> Result<(), AccountRefusal> {
    if by == Some(&user.id) { Err(AccountRefusal::OwnDeletion) } else { Ok(()) }
}

/// The account after an edit.
#[must_use]
pub fn edited(user: &User, edit: UserEdit) -> User {
    let resets = edit.password_hash.is_some();
    User {
        username: edit.username.unwrap_or_else(|| user.username.clone()),
        tier: edit.tier.unwrap_or(user.tier),
        is_active: edit.is_active.unwrap_or(user.is_active),
        password_hash: edit.password_hash.unwrap_or_else(|| user.password_hash.clone()),
        must_change_password: resets || user.must_change_password,
        ..user.clone()
    }
}

/// An account as it was read and as it is to be. The store makes it so only if it still is as it was read and a
/// system administrator stays, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    /// As it was read.
    pub before: User,
    /// As it is to be.
    pub after: User,
    /// The session to keep where others end, by its secret's hash.
    pub keep: Option<String>,
    /// What is told.
    pub events: Vec<NewEvent>,
}

impl UserChange {
    /// An account that is deleted: its name becomes free, it signs in nowhere.
    pub fn deletion(before: User, at: Timestamp, event: NewEvent) -> Self {
        let after = User { is_active: false, deleted_at: Some(at), ..before.clone() };
        Self { before, after, keep: None, events: vec![event] }
    }

    /// An account that its owner leaves: deleted, and with it his name, addresses and programs wherever they stand.
    /// The event is told of nobody.
    pub fn erasure(before: User, at: Timestamp, event: NewEvent) -> Self {
        let mut change = Self::deletion(before, at, event);
        change.after.username = ERASED_NAME.into();
        change.after.password_hash = String::new();
        for event in &mut change.events {
            event.actor.name = ERASED_NAME.into();
            (event.actor.ip, event.actor.user_agent) = (None, None);
        }
        change
    }

    /// Whether what is kept of the person goes with the account.
    pub fn erases(&self) -> bool {
        self.after.deleted_at.is_some() && self.after.username == ERASED_NAME
    }

    /// Whether it takes a system administrator away, so that another one must be there.
    pub fn takes_a_ruler(&self) -> bool {
        self.before.rules() && !self.after.rules()
    }

    /// Whether the account's sessions end, all but the one to keep.
    pub fn ends_sessions(&self) -> bool {
        self.ends_tokens() || self.before.password_hash != self.after.password_hash
    }

    /// Whether the account's tokens end: another tier, disabled or deleted. A programme that was given rights
    /// has to be given them anew.
    pub fn ends_tokens(&self) -> bool {
        let stays = self.after.is_active && self.after.deleted_at.is_none();
        self.before.tier != self.after.tier || !stays
    }

    /// Whether `found` is still the account that the change was made from.
    pub fn fits(&self, found: &User) -> bool {
        // Signing in and enrolling are no changes of what an edit is about.
        let seen = |user: &User| User { last_sign_in_at: None, second_factor_at: None, ..user.clone() };
        seen(&self.before) == seen(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::WorkspaceId;
    use crate::user::Actor;

    fn user(tier: Tier) -> User {
        User {
            id: UserId::new("u1"),
            workspace: WorkspaceId::default_workspace(),
            username: "anna".into(),
            password_hash: "a".into(),
            tier,
            is_active: true,
            must_change_password: false,
            created_at: Timestamp::UNIX_EPOCH,
            last_sign_in_at: None,
            deleted_at: None,
            second_factor_at: None,
            provider: None,
        }
    }

    #[test]
    fn of_ones_own_account_only_the_name_is_changed() {
        let anna = user(Tier::SystemAdmin);
        let own = |edit: UserEdit| may_edit(Some(&anna.id), &anna, &edit);
        let other = |edit: UserEdit| may_edit(Some(&UserId::new("u2")), &anna, &edit);
        let tier = UserEdit { tier: Some(Tier::User), ..UserEdit::default() };
        let disable = UserEdit { is_active: Some(false), ..UserEdit::default() };
        let password = UserEdit { password_hash: Some("b".into()), ..UserEdit::default() };
        let name = UserEdit { username: Some("ann".into()), ..UserEdit::default() };
        assert_eq!(own(tier.clone()), Err(AccountRefusal::OwnAccount("tier")));
        assert_eq!(own(disable.clone()), Err(AccountRefusal::OwnAccount("state")));
        assert_eq!(own(password.clone()), Err(AccountRefusal::OwnPassword));
        assert_eq!(own(name), Ok(()));
        let same = UserEdit { tier: Some(Tier::SystemAdmin), is_active: Some(true), ..UserEdit::default() };
        assert_eq!(own(same), Ok(()), "what stays is no change");
        for edit in [tier, disable, password] {
            assert_eq!(other(edit), Ok(()));
        }
        assert_eq!(may_delete(Some(&anna.id), &anna), Err(AccountRefusal::OwnDeletion));
        assert_eq!(may_delete(None, &anna), Ok(()));
    }

    #[test]
    fn what_ends_with_a_change() {
        let anna = user(Tier::SystemAdmin);
        let change = |edit: UserEdit| UserChange {
            before: anna.clone(),
            after: edited(&anna, edit),
            keep: None,
            events: Vec::new(),
        };
        let none = UserEdit::default;
        let cases = [
            // edit, takes a ruler, ends sessions, ends tokens
            (none(), false, false, false),
            (UserEdit { username: Some("ann".into()), ..none() }, false, false, false),
            (UserEdit { password_hash: Some("b".into()), ..none() }, false, true, false),
            (UserEdit { tier: Some(Tier::Admin), ..none() }, true, true, true),
            (UserEdit { is_active: Some(false), ..none() }, true, true, true),
        ];
        for (edit, ruler, sessions, tokens) in cases {
            let shown = format!("{edit:?}");
            let change = change(edit);
            let found = (change.takes_a_ruler(), change.ends_sessions(), change.ends_tokens());
            assert_eq!(found, (ruler, sessions, tokens), "{shown}");
        }
        let reset = change(UserEdit { password_hash: Some("b".into()), ..none() });
        assert!(reset.after.must_change_password && !reset.before.must_change_password);
        let at = Timestamp::UNIX_EPOCH;
        let told =
            NewEvent::about("user.deleted", ("user", "u1"), &Actor::system(anna.workspace.clone()), at);
        let gone = UserChange::deletion(anna.clone(), at, told);
        assert!(gone.takes_a_ruler() && gone.ends_sessions() && gone.ends_tokens() && !gone.after.is_active);
        let told = NewEvent::about(
            "user.deleted",
            ("user", "u1"),
            &Actor { ip: Some("::1".into()), ..Actor::system(anna.workspace.clone()) },
            at,
        );
        let left = UserChange::erasure(anna.clone(), at, told);
        assert!(left.erases() && !gone.erases() && left.ends_tokens() && left.takes_a_ruler());
        assert_eq!((left.after.username.as_str(), left.events[0].actor.ip.as_deref()), (ERASED_NAME, None));
        let later = User { last_sign_in_at: Some(at), ..anna.clone() };
        assert!(gone.fits(&later) && !gone.fits(&User { tier: Tier::User, ..anna }));
    }
}
