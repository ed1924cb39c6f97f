//! The first account and its one-time password: printed once, and kept in a file for its owner only until
//! the password is changed.

use crate::config::Config;
use crate::exit::{Exit, Failure, Result};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::Actor;
use vakhta_http::FirstAdmin;
use vakhta_lifecycle::Lifecycle;
use vakhta_lifecycle::accounts::{AccountError, Passwords, reset_password};

/// The file's name in the data folder.
pub const FILE_NAME: &str = "first-sign-in.txt";

/// Another process may be the one where the password is changed; then only asking tells.
const ASK_EVERY: Duration = Duration::from_secs(30);

/// How to sign in for the first time.
#[derive(Debug, Clone)]
pub struct FirstSignIn {
    /// The account.
    pub username: String,
    /// Its one-time password.
    pub password: String,
    /// Where it is kept.
    pub file: PathBuf,
    /// Whether it was made by this start.
    pub is_new: bool,
}

/// Makes the first account where there is none; finds its one-time password where it was not changed yet.
pub async fn prepare(app: &Arc<Lifecycle>, config: &Config) -> Result<Option<FirstSignIn>> {
    let file = config.data_dir.join(FILE_NAME);
    let username = &config.admin_username;
    let made =
        vakhta_http::ensure_first_admin(app, username, config.admin_password.clone()).await.map_err(wrong)?;
    match made {
        FirstAdmin::Created { one_time_password: None } => Ok(None),
        FirstAdmin::Created { one_time_password: Some(password) } => {
            keep(&file, username, &password)?;
            Ok(Some(FirstSignIn { username: username.clone(), password, file, is_new: true }))
        }
        FirstAdmin::Existing => waiting(app, config, file).await,
    }
}

/// The account exists: its one-time password still waits, or was lost in a crash, or was changed.
async fn waiting(app: &Arc<Lifecycle>, config: &Config, file: PathBuf) -> Result<Option<FirstSignIn>> {
    let username = &config.admin_username;
    if !must_change(app, username).await? {
        forget(&file);
        return Ok(None);
    }
    if let Some(password) = kept(&file) {
        return Ok(Some(FirstSignIn { username: username.clone(), password, file, is_new: false }));
    }
    // With one database for several processes the file may lie in another's data folder. With an embedded
    // one it can only have been lost: the process died after making the account and before writing it.
    let never_used =
        app.ports.accounts.user_named(username).await?.is_some_and(|u| u.last_sign_in_at.is_none());
    if !config.is_sqlite() || !never_used || app.ports.accounts.count_users().await? != 1 {
        return Ok(None);
    }
    let system = Actor::system(WorkspaceId::default_workspace());
    let made = reset_password(&app.ports, &Passwords::for_this_machine(), &system, username, None).await;
    let Some(password) = made.map_err(wrong)? else { return Ok(None) };
    keep(&file, username, &password)?;
    Ok(Some(FirstSignIn { username: username.clone(), password, file, is_new: true }))
}

fn wrong(error: AccountError) -> Failure {
    Failure::from(anyhow::Error::new(error).context("making the first account"))
}

async fn must_change(app: &Lifecycle, username: &str) -> Result<bool> {
    Ok(app.ports.accounts.user_named(username).await?.is_some_and(|user| user.must_change_password))
}

/// Removes the file once the password is changed.
pub async fn forget_when_used(
    app: Arc<Lifecycle>,
    username: String,
    data_dir: PathBuf,
    shutdown: CancellationToken,
) {
    let file = data_dir.join(FILE_NAME);
    let mut changes = app.signals.changed();
    while file.exists() {
        match must_change(&app, &username).await {
            Ok(true) => {}
            Ok(false) => forget(&file),
            Err(failure) => {
                tracing::debug!(error = %failure.error, "cannot tell whether the password was changed");
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = changes.changed() => {}
            () = tokio::time::sleep(ASK_EVERY) => {}
        }
    }
}

/// Removes the file.
pub fn forget(file: &Path) {
    if let Err(error) = std::fs::remove_file(file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(file = %file.display(), %error, "cannot remove the one-time password");
    }
}

fn keep(file: &Path, username: &str, password: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        // Temporary files are made with mode 0600.
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(temporary, "username: {username}\none-time password: {password}")?;
        temporary.as_file().sync_all()?;
        temporary.persist(file)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(|e| Failure::new(Exit::Failed, format!("cannot write {}: {e}", file.display())))
}

fn kept(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| line.strip_prefix("one-time password: ")).map(|p| p.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_its_owners_alone_and_goes_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE_NAME);
        assert_eq!(kept(&file), None);
        keep(&file, "admin", "abcd-efgh").expect("written");
        assert_eq!(kept(&file).as_deref(), Some("abcd-efgh"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        }
        forget(&file);
        forget(&file);
        assert!(!file.exists());
    }
}
