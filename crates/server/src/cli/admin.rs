//! `vakhta admin …`: accounts, directly in the database, for when nobody can sign in.

use super::login::secret;
use super::settings::Settings;
use crate::config::Config;
use crate::exit::{Exit, Failure, Result};
use crate::output::{GOOD, Out, STRONG, styled};
use crate::wiring::{self, first_sign_in};
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde_json::json;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::Ports;
use vakhta_domain::user::{Actor, Source, Tier};
use vakhta_lifecycle::accounts::{
    AccountError, FactorError, NewAccount, Passwords, create_user, reset_password, reset_second_factor,
};

/// Manages accounts directly in the database.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "With PostgreSQL this works while servers run. With the embedded database stop the server first."
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an account.
    CreateUser {
        /// Its name.
        username: String,
        /// What it may do.
        #[arg(long, default_value = "user", value_parser = PossibleValuesParser::new(["viewer", "user", "admin", "system_admin"]))]
        tier: String,
        /// Read its password from standard input, instead of making a one-time one.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Give an account a new password and end its sessions.
    ResetPassword {
        /// Its name.
        username: String,
        /// Read its password from standard input, instead of making a one-time one.
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Turn off an account's second factor, for who lost his phone and his recovery codes.
    ResetSecondFactor {
        /// Its name.
        username: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    match args.action {
        Action::CreateUser { username, tier, password_stdin, settings } => {
            let tier = Tier::parse(&tier).expect("the command line takes known tiers only");
            let password = given(password_stdin)?;
            let (config, _) = settings.load(out)?;
            let workspace = WorkspaceId::default_workspace();
            let new =
                NewAccount { workspace, username: username.clone(), password, tier, must_change: false };
            let made = with_ports(&config, async |ports| {
                create_user(&ports, &Passwords::for_this_machine(), &actor(), new).await
            });
            let made = made.await?.map_err(refused)?;
            tell("made", &username, made.one_time_password, out);
        }
        Action::ResetPassword { username, password_stdin, settings } => {
            let password = given(password_stdin)?;
            let (config, _) = settings.load(out)?;
            let made = with_ports(&config, async |ports| {
                reset_password(&ports, &Passwords::for_this_machine(), &actor(), &username, password).await
            });
            let made = made.await?.map_err(refused)?;
            if username.eq_ignore_ascii_case(&config.admin_username) {
                // The one-time password in it works no more.
                first_sign_in::forget(&config.data_dir.join(first_sign_in::FILE_NAME));
            }
            tell("has a new password:", &username, made, out);
        }
        Action::ResetSecondFactor { username, settings } => {
            let (config, _) = settings.load(out)?;
            let done = with_ports(&config, async |ports| {
                let user = ports.accounts.user_named(&username).await?;
                let user = user.ok_or_else(|| FactorError::Missing(username.clone()))?;
                reset_second_factor(&ports, &actor(), &user.id).await
            });
            done.await?.map_err(|error| {
                let exit = match &error {
                    FactorError::Missing(_) => Exit::Missing,
                    FactorError::Off => Exit::Conflict,
                    _ => Exit::Failed,
                };
                Failure::from(error).with_exit(exit)
            })?;
            if out.is_json() {
                out.json(&json!({ "username": username, "second_factor": false }));
            } else {
                out.line(format!("account {username} {}", styled(GOOD, "has no second factor now")));
            }
        }
    }
    Ok(())
}

fn given(from_stdin: bool) -> Result<Option<String>> {
    if from_stdin { Ok(Some(secret("password: ", true)?)) } else { Ok(None) }
}

fn actor() -> Actor {
    Actor {
        source: Source::Cli,
        name: "command line".into(),
        ..Actor::system(WorkspaceId::default_workspace())
    }
}

pub(super) async fn with_ports<T>(config: &Config, work: impl AsyncFnOnce(Ports) -> T) -> Result<T> {
    // A server holds its data folder for itself; with PostgreSQL nothing in it is needed here.
    let aside = tempfile::tempdir()?;
    let data_dir = if config.is_sqlite() { config.data_dir.clone() } else { aside.path().to_owned() };
    let store = wiring::open_store(&Config { data_dir, ..config.clone() }).await?;
    let answer = work(store.ports()).await;
    store.close().await;
    Ok(answer)
}

fn refused(error: AccountError) -> Failure {
    let exit = match &error {
        AccountError::Bad(_) => Exit::BadInput,
        AccountError::Taken(_) => Exit::Conflict,
        AccountError::Missing(_) => Exit::Missing,
        _ => Exit::Failed,
    };
    Failure::from(error).with_exit(exit)
}

fn tell(what: &str, username: &str, one_time: Option<String>, out: Out) {
    if out.is_json() {
        out.json(&json!({"username": username, "one_time_password": one_time}));
        return;
    }
    out.line(format!("account {username} {}", styled(GOOD, what)));
    if let Some(password) = one_time {
        out.line(format!(
            "one-time password {}, to be changed at the first sign-in",
            styled(STRONG, password)
        ));
    }
}
