//! Flags made from the list of settings, and the file and environment beside them.

use crate::config::layers::{Layers, Resolved};
use crate::config::settings::SETTINGS;
use crate::config::value::Kind;
use crate::config::{self, Config};
use crate::exit::Result;
use crate::output::Out;
use clap::{Arg, ArgMatches, Command, FromArgMatches};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that settles the settings of a command that runs on the server's machine.
#[derive(Debug, clap::Args)]
pub struct Settings {
    /// Configuration file; default `vakhta.toml` in the current folder where there is one.
    #[arg(long, env = "VAKHTA_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

impl Settings {
    /// The same with a data folder that was given in another way.
    pub fn at(mut self, data_dir: &Path) -> Self {
        self.flags.0.insert("data_dir", data_dir.display().to_string());
        self
    }

    /// Settles them, and warns of what means nothing.
    pub fn load(self, out: Out) -> Result<(Config, Resolved)> {
        let layers = Layers {
            file: config::read_file(self.config.as_deref())?,
            variables: config::variables(),
            flags: self.flags.0,
        };
        let (config, resolved) = config::load(&layers)?;
        for warning in &resolved.warnings {
            out.warn(warning);
        }
        Ok((config, resolved))
    }
}

/// One flag a setting.
#[derive(Debug, Default)]
pub struct Flags(BTreeMap<&'static str, String>);

impl clap::Args for Flags {
    fn augment_args(mut command: Command) -> Command {
        for setting in SETTINGS {
            let Some(flag) = setting.flag() else { continue };
            let default = match setting.default {
                "" => String::new(),
                text => format!(" [default: {text}]"),
            };
            let mut arg = Arg::new(setting.name)
                .long(flag)
                .value_name(value_name(setting.kind))
                .help(format!("{}{default}", setting.doc))
                .help_heading("Settings");
            if setting.kind == Kind::Bool {
                arg = arg.num_args(0..=1).default_missing_value("true");
            }
            command = command.arg(arg);
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        for setting in SETTINGS.iter().filter(|s| s.flag().is_some()) {
            if let Some(text) = matches.get_one::<String>(setting.name) {
                self.0.insert(setting.name, text.clone());
            }
        }
        Ok(())
    }
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Path => "PATH",
        Kind::Ip => "IP",
        Kind::Whole { .. } => "N",
        Kind::Bytes { .. } => "BYTES",
        Kind::Bool => "BOOL",
        Kind::Url { .. } => "URL",
        Kind::Words(_) | Kind::AnyWords(_) => "WORDS",
        Kind::Word(_) => "WORD",
        Kind::Username => "NAME",
        Kind::LogFilter => "LEVEL",
        Kind::Networks => "NETWORKS",
        Kind::Origins => "ORIGINS",
        Kind::Text | Kind::Password | Kind::Token => "TEXT",
    }
}
