//! Commands for those who work on the project: `cargo xtask demo`, `test`, `check` and the parts of them.
//!
//! Invariant: nothing here is shipped, and no crate of the product depends on it.

mod bench;
mod check;
mod check_deps;
mod crates;
mod demo;
mod dev;
mod licences;
mod openapi;
mod place;
mod prepare;
mod process;
mod rust_tests;
mod steps;
mod test;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Commands for those who work on Vakhta.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build web and server in release and start the demo with data in it
    Demo {
        /// Passed on to `vakhta demo`: --port, --data-dir, --fresh …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every check and every test; what CI runs
    Test,
    /// Format, lints, dependency rules, licences, sources, web lint and types
    Check,
    /// Make this machine able to run the tests and the demo
    Prepare,
    /// Run the server and the web UI for development, the UI reloading on change
    Dev {
        /// Passed on to `vakhta serve`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Rewrite the snapshot of the API and the web's types made from it
    Openapi,
    /// Check which crate may depend on which
    CheckDeps,
    /// Check the licences of every crate and npm package
    Licences,
    /// Check file sizes, forbidden words and where the lock files point
    Sources,
    /// Run a benchmark of `bench/`; without a name, list them
    Bench {
        /// One of the list
        name: Option<String>,
        /// Passed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            process::complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo { arguments } => return demo::run(&arguments),
        Command::Dev { arguments } => return dev::run(&arguments),
        Command::Test => return Ok(test::run()),
        Command::Check => return Ok(check::run()),
        Command::Prepare => prepare::everything()?,
        Command::Openapi => openapi::run()?,
        Command::CheckDeps => process::say(&check_deps::run()?),
        Command::Licences => process::say(&licences::run()?),
        Command::Sources => process::say(&check::sources::run()?),
        Command::Bench { name, arguments } => bench::run(name.as_deref(), &arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_passed_on() {
        let cli = Cli::parse_from(["xtask", "demo", "--port", "9000", "--fresh"]);
        let Command::Demo { arguments } = cli.command else { panic!("another command") };
        assert_eq!(arguments, ["--port", "9000", "--fresh"]);
        let cli = Cli::parse_from(["xtask", "bench", "upload", "--rows", "10"]);
        let Command::Bench { name, arguments } = cli.command else { panic!("another command") };
        assert_eq!((name.as_deref(), arguments.len()), (Some("upload"), 2));
    }
}
