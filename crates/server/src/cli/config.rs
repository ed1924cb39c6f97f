//! `vakhta config`: the settings in force, secrets hidden, and where each came from.

use super::settings::Settings;
use crate::config::settings::SETTINGS;
use crate::exit::Result;
use crate::output::Out;
use crate::output::table::Grid;
use serde_json::{Map, json};

/// Shows the settings in force and where each came from.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
    /// Print the table of all settings for the documents.
    #[arg(long, hide = true)]
    markdown: bool,
}

/// Runs the command.
pub fn run(args: Args, out: Out) -> Result<()> {
    if args.markdown {
        out.line(markdown().trim_end());
        return Ok(());
    }
    let (_, resolved) = args.settings.load(out)?;
    if out.is_json() {
        let mut all = Map::new();
        for entry in &resolved.entries {
            let value = entry.setting.show(&entry.text);
            all.insert(entry.setting.name.into(), json!({"value": value, "from": entry.origin.to_string()}));
        }
        out.json(&all);
        return Ok(());
    }
    let mut grid = Grid::new(&["setting", "value", "from"]);
    for entry in &resolved.entries {
        let shown = entry.setting.show(&entry.text);
        grid.row([
            entry.setting.name,
            if shown.is_empty() { "–" } else { &shown },
            &entry.origin.to_string(),
        ]);
    }
    grid.show(out);
    Ok(())
}

/// The table of `docs/configuration.md`.
pub fn markdown() -> String {
    let mut text = String::from("| Setting | Default | Allowed | What it does |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let names = match setting.flag() {
            Some(flag) => format!("`{}`<br>`{}`<br>`--{flag}`", setting.name, setting.variable()),
            None => format!("`{}`<br>`{}`<br>secret, no flag", setting.name, setting.variable()),
        };
        let default = match setting.default {
            "" => "–".to_owned(),
            default => format!("`{default}`"),
        };
        let cells = [names, default, setting.kind.allowed(), setting.doc.to_owned()];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}
