//! The command line: one file a command.

mod accuracy;
mod admin;
mod apply;
mod audit;
mod backup;
mod completions;
mod config;
mod datasets;
mod demo;
mod forecast;
mod import;
mod jobs;
mod login;
mod migrate;
mod models;
mod predict;
mod query;
mod reference;
mod serve;
mod settings;
mod simulate;
mod tls;
mod train;
mod version;

use crate::client::{Ask, Client};
use crate::exit::{Exit, Result};
use crate::output::Out;
use clap::{Parser, Subcommand};
use reqwest::Method;
use serde_json::json;
use std::future::Future;

/// Keeps a company's forecasting and classification models right.
#[derive(Debug, Parser)]
#[command(
    name = "vakhta",
    version,
    about,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = exit_codes(),
)]
pub struct Cli {
    /// Write JSON, for programs.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    Serve(serve::Args),
    /// Try it: a server with real data and a trained forecast, in one command.
    Demo(demo::Args),
    /// Forecast a file at once, without a server.
    Forecast(Box<forecast::Args>),
    /// Replay a dataset day by day: what would have been trained, promoted and rolled back.
    Simulate(simulate::Args),
    /// Train a model on a server.
    Train(train::Args),
    /// Make a version of a model that another program learnt.
    Import(import::Args),
    /// Ask a model on a server for predictions of records.
    Predict(predict::Args),
    /// Ask a server in SQL about predictions, actuals, metrics, events and datasets.
    Query(query::Args),
    /// List models; show one, its versions, its forecast; deploy and roll back.
    Models(models::Args),
    /// List datasets; upload, show, preview and delete them.
    Datasets(datasets::Args),
    /// List jobs; show, follow and cancel them, try them once more.
    Jobs(jobs::Args),
    /// Create or change models from specs.
    Apply(apply::Args),
    /// Sign in to a server and keep a token.
    Login(login::LoginArgs),
    /// Revoke and forget the kept token.
    Logout(login::LogoutArgs),
    /// Bring the database to this version's schema.
    Migrate(migrate::Args),
    /// Make a certificate for TLS.
    Tls(tls::Args),
    /// Manage accounts directly in the database.
    Admin(admin::Args),
    /// Copy everything that is kept into a folder or a bucket, while the server runs.
    Backup(backup::BackupArgs),
    /// Put a backup back into an empty folder.
    Restore(backup::RestoreArgs),
    /// Check that the history is as it was written.
    Audit(audit::Args),
    /// Show the settings in force and where each came from.
    Config(config::Args),
    /// Show the version.
    Version(version::Args),
    /// Print completions for a shell.
    Completions(completions::Args),
    /// Print the reference of all commands in Markdown.
    #[command(hide = true)]
    Reference(reference::Args),
}

/// Runs one command.
pub fn run(cli: Cli, out: Out) -> Result<()> {
    match cli.command {
        Command::Serve(args) => serve::run(args, out),
        Command::Demo(args) => demo::run(&args, out),
        Command::Forecast(args) => forecast::run(&args, out),
        Command::Simulate(args) => simulate::run(&args, out),
        Command::Train(args) => block_on(train::run(args, out)),
        Command::Import(args) => block_on(import::run(args, out)),
        Command::Predict(args) => block_on(predict::run(args, out)),
        Command::Query(args) => block_on(query::run(args, out)),
        Command::Models(args) => block_on(models::run(args, out)),
        Command::Datasets(args) => block_on(datasets::run(args, out)),
        Command::Jobs(args) => block_on(jobs::run(args, out)),
        Command::Apply(args) => block_on(apply::run(args, out)),
        Command::Login(args) => block_on(login::login(args, out)),
        Command::Logout(args) => block_on(login::logout(args, out)),
        Command::Migrate(args) => block_on(migrate::run(args, out)),
        Command::Tls(args) => tls::run(&args, out),
        Command::Admin(args) => block_on(admin::run(args, out)),
        Command::Backup(args) => block_on(backup::backup(args, out)),
        Command::Restore(args) => block_on(backup::restore(args, out)),
        Command::Audit(args) => block_on(audit::run(args, out)),
        Command::Config(args) => config::run(args, out),
        Command::Version(args) => {
            version::run(&args, out);
            Ok(())
        }
        Command::Completions(args) => {
            completions::run(&args);
            Ok(())
        }
        Command::Reference(args) => {
            reference::run(&args, out);
            Ok(())
        }
    }
}

/// Runs a client command to its end.
fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(work);
    // Reading standard input cannot be interrupted; do not wait for it.
    runtime.shutdown_background();
    answer
}

/// Deletes what stands at `path`, whose last part is its key, and says so.
async fn delete(client: &Client, path: &[&str], out: Out) -> Result<()> {
    client.ask(Ask::new(Method::DELETE, path)).await?;
    let key = path.last().expect("a key ends the path");
    if out.is_json() {
        out.json(&json!({"deleted": key}));
    } else {
        out.line(format!("deleted {key}"));
    }
    Ok(())
}

fn exit_codes() -> String {
    let codes = Exit::ALL.map(|exit| format!("  {:>2}  {}", exit.code(), exit.meaning()));
    format!("Exit codes:\n{}", codes.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_are_read() {
        for line in [
            "serve --port 0 --data-dir /d --registration --roles serve",
            "serve --config v.toml",
            "demo --port 9000 --data-dir d --fresh",
            "forecast x.csv --time date --series a,b --target y --horizon 7 --level 80,95 --engine gbdt --seed 1",
            "forecast - --format json --output -",
            "train m --wait --reason why --json",
            "import m f.onnx --classes a,b --reason why",
            "predict m --data -",
            "query SHOW --limit 5 --format csv",
            "query -",
            "query --file q.sql --json",
            "models",
            "models show m",
            "models versions m",
            "models deploy m v_1 --reason x",
            "models rollback m",
            "models forecast m --horizon 7",
            "datasets",
            "datasets upload f.csv --key k --on-error skip",
            "datasets show k",
            "jobs --state running",
            "jobs logs j --follow",
            "jobs cancel j",
            "jobs retry j",
            "jobs --owner ann --kind sync",
            "apply -f a.yaml -f dir -f -",
            "login --username admin",
            "logout",
            "migrate",
            "tls self-signed --host vakhta.local,10.0.0.5 --out tls --days 30 --force",
            "admin create-user ann --tier user",
            "admin reset-password ann",
            "backup /b --data-dir d",
            "restore --from s3://b/p --into d --at 20260901T000000.000Z --verify",
            "audit verify --workspace w --expect-head 00ff",
            "config --json",
            "config --markdown",
            "version",
            "completions bash",
        ] {
            let words = std::iter::once("vakhta").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }

    #[test]
    fn wrong_lines_end_with_the_code_for_usage() {
        for line in [
            "sing",
            "serve --admin-password x",
            "train",
            "models deploy m",
            "tls self-signed --out tls",
            "forecast",
            "forecast x.csv --level 120",
            "admin create-user a --tier king",
            "jobs --state asleep",
            "query",
            "query a --file b",
            "query a --limit 0",
            "query a --format parquet",
        ] {
            let words = std::iter::once("vakhta").chain(line.split(' '));
            let error = Cli::try_parse_from(words).expect_err(line);
            assert_eq!(error.exit_code(), i32::from(Exit::Usage.code()), "{line}");
        }
    }
}
