//! `vakhta completions SHELL`.

use super::Cli;
use clap::CommandFactory as _;

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: vakhta completions bash > /etc/bash_completion.d/vakhta")]
pub struct Args {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Runs the command.
pub fn run(args: &Args) {
    clap_complete::generate(args.shell, &mut Cli::command(), "vakhta", &mut anstream::stdout());
}
