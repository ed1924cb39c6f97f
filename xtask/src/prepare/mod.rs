//! Makes a machine able to run the tests and the demo. What is there already is left as it is.
//!
//! On Debian, as root, what is missing is installed; elsewhere it is named with the command that brings it.

mod debian;
mod moto;
mod tools;

use crate::process::say;
use crate::{place, web};
use anyhow::{Context, Result, bail};
use std::fs::File;
use tools::Tool;

/// Everything that `cargo xtask test` needs.
pub fn everything() -> Result<()> {
    let _lock = lock()?;
    install(&[Tool::Node, Tool::Npm, Tool::Python, Tool::Chromium, Tool::Postgres, Tool::MariaDb])?;
    moto::install()?;
    web::packages()?;
    say("web packages: as package-lock.json asks");
    Ok(())
}

/// Everything, as a step of the tests.
pub fn for_tests() -> Result<String> {
    everything()?;
    Ok(String::new())
}

/// What the web's lint and types need, as a step of the checks.
pub fn for_web() -> Result<String> {
    let _lock = lock()?;
    install(&[Tool::Node, Tool::Npm])?;
    web::packages()?;
    Ok(String::new())
}

/// Fails, with the way out, where Node and npm are missing or too old; installs nothing.
pub fn node() -> Result<()> {
    for tool in [Tool::Node, Tool::Npm] {
        tool.find().map_err(|problem| anyhow::anyhow!("{problem}\n{}", tool.way_out()))?;
    }
    Ok(())
}

/// Two runs at once would write the same folders.
fn lock() -> Result<File> {
    let folder = place::cache()?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let path = folder.join("prepare.lock");
    let file = File::create(&path).with_context(|| format!("opening {}", path.display()))?;
    file.lock().with_context(|| format!("locking {}", path.display()))?;
    Ok(file)
}

/// Looks for each tool, installs what is missing where that is possible, and looks again.
fn install(tools: &[Tool]) -> Result<()> {
    let missing = report(tools);
    if missing.is_empty() {
        return Ok(());
    }
    if !debian::can_install() {
        bail!("{}", advice(&missing));
    }
    debian::install(&missing.iter().flat_map(|(tool, _)| tool.packages()).collect::<Vec<_>>())?;
    let asked: Vec<Tool> = missing.iter().map(|(tool, _)| *tool).collect();
    let missing = report(&asked);
    if missing.is_empty() { Ok(()) } else { bail!("{}", advice(&missing)) }
}

/// Says what is found, and gives back what is not, with the problem.
fn report(tools: &[Tool]) -> Vec<(Tool, String)> {
    let mut missing = Vec::new();
    for tool in tools {
        match tool.find() {
            Ok(found) => say(&format!("{}: {found}", tool.name())),
            Err(problem) => {
                say(&format!("{}: {problem}", tool.name()));
                missing.push((*tool, problem));
            }
        }
    }
    missing
}

fn advice(missing: &[(Tool, String)]) -> String {
    let mut lines = vec!["this machine lacks what the tests need:".to_owned()];
    for (tool, problem) in missing {
        lines.push(format!("- {problem}"));
        lines.push(format!("  {}", tool.way_out()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_names_each_problem_and_its_way_out() {
        let text = advice(&[
            (Tool::Postgres, "no PostgreSQL server is found".into()),
            (Tool::Chromium, "no /usr/bin/chromium".into()),
        ]);
        assert!(
            text.contains("- no PostgreSQL server is found\n  sudo apt-get install postgresql"),
            "{text}"
        );
        assert!(
            text.contains("- no /usr/bin/chromium\n  sudo apt-get install chromium fonts-dejavu-core"),
            "{text}"
        );
    }
}
