//! `vakhta`: the one binary. It reads the command line, runs one command and turns the outcome into an
//! exit code; everything else lives in its modules.

mod cli;
mod client;
mod config;
mod doors;
mod exit;
mod logs;
mod output;
mod wiring;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let out = output::Out::new(cli.json);
    let exit = match cli::run(cli, out) {
        Ok(()) => exit::Exit::Ok,
        Err(failure) => {
            failure.tell(out);
            failure.exit
        }
    };
    ExitCode::from(exit.code())
}
