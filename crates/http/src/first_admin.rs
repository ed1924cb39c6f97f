//! The first start's account: there is no default password.

use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::{Actor, Tier};
use vakhta_lifecycle::Lifecycle;
use vakhta_lifecycle::accounts::{AccountError, NewAccount, Passwords, create_user};

/// What the first start did about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstAdmin {
    /// There are accounts already.
    Existing,
    /// The first one was made.
    Created {
        /// Its password where it was made up: to be shown once and changed at the first sign-in.
        one_time_password: Option<String>,
    },
}

/// Makes one system administrator where there is no account at all. A given password must be strong; with
/// none, a random one-time one is made up. Of several processes that start at once, one makes it.
pub async fn ensure_first_admin(
    app: &Lifecycle,
    username: &str,
    password: Option<String>,
) -> Result<FirstAdmin, AccountError> {
    if app.ports.accounts.count_users().await? > 0 {
        return Ok(FirstAdmin::Existing);
    }
    let workspace = WorkspaceId::default_workspace();
    let new = NewAccount {
        workspace: workspace.clone(),
        username: username.to_owned(),
        password,
        tier: Tier::SystemAdmin,
        must_change: false,
    };
    match create_user(&app.ports, &Passwords::for_this_machine(), &Actor::system(workspace), new).await {
        Ok(created) => Ok(FirstAdmin::Created { one_time_password: created.one_time_password }),
        Err(AccountError::Taken(_)) => Ok(FirstAdmin::Existing),
        Err(error) => Err(error),
    }
}
