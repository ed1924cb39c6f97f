//! `vakhta login` and `vakhta logout`.

use crate::client::credentials::{Credentials, Kept};
use crate::client::{Ask, Client, Connection, fields};
use crate::exit::{Exit, Failure, Result};
use crate::output::{GOOD, Out, styled};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// Signs in to a server and keeps a token.
#[derive(Debug, clap::Args)]
#[command(after_help = "The token is kept in ~/.config/vakhta/credentials.json, readable by you only.")]
pub struct LoginArgs {
    /// The account; asked for where left out.
    #[arg(long, short)]
    username: Option<String>,
    /// Read the password from standard input: the first line. A second line is the new password where a
    /// one-time password must be changed, or the code where the account has a second factor.
    #[arg(long)]
    password_stdin: bool,
    /// Days that the token works for.
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    #[command(flatten)]
    connection: Connection,
}

/// Revokes and forgets the kept token.
#[derive(Debug, clap::Args)]
pub struct LogoutArgs {
    #[command(flatten)]
    connection: Connection,
}

/// Runs `vakhta login`.
pub async fn login(args: LoginArgs, out: Out) -> Result<()> {
    let client = Client::new(&args.connection)?.with_token(None);
    let username = match args.username {
        Some(name) => name,
        None => asked("username: ", args.password_stdin)?,
    };
    let password = secret("password: ", args.password_stdin)?;
    let body = json!({"username": username, "password": password});
    let answer = match client.ask_with(Ask::post(&["auth", "login"]), &body).await {
        Err(failure) => second_step(&client, failure, args.password_stdin).await?,
        answer => answer?,
    };
    let session = answer["token"].as_str().map(str::to_owned);
    let session = session.ok_or_else(|| Failure::new(Exit::Failed, "the server gave no session"))?;
    let client = client.with_token(Some(session.clone()));
    if answer["must_change_password"] == true {
        change_password(&client, &password, args.password_stdin, out).await?;
    }
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = match host.trim() {
        "" => "command line".to_owned(),
        host => format!("command line on {}", host.chars().take(40).collect::<String>()),
    };
    let wish = json!({"name": name, "expires_in_days": args.days});
    let token = match client.ask_with(Ask::post(&["auth", "tokens"]), &wish).await {
        Ok(made) => {
            client.ask(Ask::post(&["auth", "logout"])).await?;
            made["token"].as_str().map(str::to_owned)
        }
        // Viewers may have no tokens of their own: the session itself serves, as long as it lasts.
        Err(failure) if failure.exit == Exit::Forbidden => Some(session),
        Err(failure) => return Err(failure),
    };
    let token = token.ok_or_else(|| Failure::new(Exit::Failed, "the server gave no token"))?;
    let mut kept = Credentials::load()?;
    kept.keep(client.base(), Kept { username: username.clone(), token });
    let path = kept.save()?;
    if out.is_json() {
        out.json(&json!({"server": client.base().as_str(), "username": username, "credentials": path}));
    } else {
        out.line(format!("{} to {} as {username}", styled(GOOD, "signed in"), client.base()));
    }
    Ok(())
}

/// Asks for the second factor where that is all that was missing; any other failure stays one.
async fn second_step(client: &Client, failure: Failure, from_stdin: bool) -> Result<Value> {
    let problem = failure.problem.as_ref().filter(|problem| problem["code"] == "second_factor_required");
    let Some(challenge) = problem.and_then(|problem| problem["challenge"].as_str()) else {
        return Err(failure);
    };
    let typed = secret("code of the app, or a recovery code: ", from_stdin)?;
    let field =
        if typed.chars().filter(char::is_ascii_alphanumeric).count() > 6 { "recovery_code" } else { "code" };
    let body = json!({"challenge": challenge, field: typed});
    client.ask_with(Ask::post(&["auth", "login", "second-factor"]), &body).await
}

async fn change_password(client: &Client, old: &str, from_stdin: bool, out: Out) -> Result<()> {
    out.note("this is a one-time password: choose your own, 12 characters or more");
    let new = secret("new password: ", from_stdin)?;
    if !from_stdin && secret("once more: ", false)? != new {
        return Err(Failure::new(Exit::Usage, "the two passwords differ, sign in again"));
    }
    let body = json!({"current_password": old, "new_password": new});
    client.ask_with(Ask::new(Method::PUT, &["auth", "profile", "password"]), &body).await?;
    Ok(())
}

/// Runs `vakhta logout`.
pub async fn logout(args: LogoutArgs, out: Out) -> Result<()> {
    let client = Client::new(&args.connection)?;
    let mut kept = Credentials::load()?;
    let Some(token) = kept.token(client.base()).map(str::to_owned) else {
        return Err(Failure::new(Exit::Missing, format!("no sign-in to {} is kept", client.base())));
    };
    let client = client.with_token(Some(token.clone()));
    let revoked = revoke(&client, &token).await;
    kept.forget(client.base());
    kept.save()?;
    match revoked {
        Ok(()) => {}
        // A token that works no more needs no revoking.
        Err(failure) if failure.exit == Exit::Forbidden => {}
        Err(failure) => {
            out.warn(format!("the token is forgotten here, but not revoked: {:#}", failure.error));
        }
    }
    if out.is_json() {
        out.json(&json!({"signed_out": client.base().as_str()}));
    } else {
        out.line(format!("signed out of {}", client.base()));
    }
    Ok(())
}

/// A token is found in the list by its prefix; a session ends itself.
async fn revoke(client: &Client, token: &str) -> Result<()> {
    if !token.starts_with("vkt_") {
        client.ask(Ask::post(&["auth", "logout"])).await?;
        return Ok(());
    }
    let list = client.ask(Ask::get(&["auth", "tokens"])).await?;
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = items.iter().find(|t| {
        let prefix = t["prefix"].as_str().unwrap_or("\0");
        token.starts_with(prefix) && t["revoked_at"].is_null()
    });
    if let Some(own) = own {
        client.ask(Ask::post(&["auth", "tokens", &fields::text(own, "/id"), "revoke"])).await?;
    }
    Ok(())
}

fn asked(question: &str, from_stdin: bool) -> Result<String> {
    if from_stdin || !std::io::stdin().is_terminal() {
        return Err(Failure::new(Exit::Usage, "give the account by --username"));
    }
    let _ = write!(anstream::stderr(), "{question}");
    line()
}

/// A secret from the terminal, unseen, or a line of standard input.
pub fn secret(question: &str, from_stdin: bool) -> Result<String> {
    if from_stdin {
        return line();
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(Exit::Usage, "there is no terminal to ask on, use --password-stdin"));
    }
    Ok(rpassword::prompt_password(question)?)
}

fn line() -> Result<String> {
    let mut text = String::new();
    if std::io::stdin().lock().read_line(&mut text)? == 0 {
        return Err(Failure::new(Exit::Usage, "standard input ended, a line was expected"));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
