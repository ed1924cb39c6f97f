//! The generated parts of `docs/cli.md`, every command with its help and the exit codes, and of `docs/accounts.md`,
//! who may do what.

use super::Cli;
use crate::exit::Exit;
use crate::output::Out;
use clap::{Command, CommandFactory as _};
use vakhta_domain::user::{Permission, Tier};

/// Prints a generated part of the documents.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who may do what, instead of the commands.
    #[arg(long)]
    permissions: bool,
}

/// Runs the command.
pub fn run(args: &Args, out: Out) {
    let text = if args.permissions { permissions() } else { markdown() };
    out.line(text.trim_end());
}

/// The table of rights.
fn permissions() -> String {
    let mut text = String::from("| Permission | What it allows |");
    let mut rule = String::from("|---|---|");
    for tier in Tier::ALL {
        text.push_str(&format!(" `{}` |", tier.as_str()));
        rule.push_str(":-:|");
    }
    text.push_str(&format!("\n{rule}\n"));
    for permission in Permission::ALL {
        text.push_str(&format!("| `{}` | {} |", permission.as_str(), permission.meaning()));
        for tier in Tier::ALL {
            text.push_str(if tier.allows(permission) { " yes |" } else { " |" });
        }
        text.push('\n');
    }
    text
}

/// The text.
pub fn markdown() -> String {
    let mut text = String::from("| Exit code | Meaning |\n|---|---|\n");
    for exit in Exit::ALL {
        text.push_str(&format!("| {} | {} |\n", exit.code(), exit.meaning()));
    }
    let mut root = Cli::command().term_width(96).after_help(None::<&str>);
    root.build();
    for command in root.get_subcommands().filter(|c| !c.is_hide_set()) {
        section(command, 2, &mut text);
    }
    text
}

fn section(command: &Command, level: usize, text: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    // Rendering wants a command of its own; its width is not inherited.
    let help = command.clone().term_width(96).render_long_help().to_string();
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    text.push_str(&format!("\n{} `{name}`\n\n```text\n{}\n```\n", "#".repeat(level), lines.join("\n")));
    for inner in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        section(inner, level + 1, text);
    }
}
