//! The S3 server of the tests: moto, in an environment of its own, every version pinned.

use super::tools;
use crate::place;
use crate::process::{self, say, works};
use anyhow::{Context, Result, anyhow};
use std::path::Path;
use std::process::Command;

const REQUIREMENTS: &str = include_str!("../../moto-requirements.txt");
/// Written last, so that it is there only after a whole installation.
const MARK: &str = "installed.txt";

/// Makes `${XDG_CACHE_HOME:-~/.cache}/vakhta/moto`, unless it holds these versions and runs.
pub fn install() -> Result<()> {
    let folder = place::cache()?.join("moto");
    if is_whole(&folder) {
        say(&format!("S3 server of the tests: {}", folder.join("bin/moto_server").display()));
        return Ok(());
    }
    let python = tools::python().map_err(|problem| anyhow!(problem))?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    process::run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let list = folder.join("requirements.txt");
    std::fs::write(&list, REQUIREMENTS).with_context(|| format!("writing {}", list.display()))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"]);
    process::run(pip.arg("--requirement").arg(&list))?;
    // What is imported first at each start is compiled now.
    process::run(
        Command::new(folder.join("bin/moto_server")).arg("--help").stdout(std::process::Stdio::null()),
    )?;
    let mark = folder.join(MARK);
    std::fs::write(&mark, REQUIREMENTS).with_context(|| format!("writing {}", mark.display()))
}

fn is_whole(folder: &Path) -> bool {
    let installed = std::fs::read_to_string(folder.join(MARK));
    // A Python that was since removed leaves a dead link.
    installed.is_ok_and(|text| text == REQUIREMENTS)
        && process::is_executable(&folder.join("bin/moto_server"))
        && works(Command::new(folder.join("bin/python")).arg("--version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_exact() {
        let lines: Vec<&str> = REQUIREMENTS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.iter().any(|line| line.starts_with("moto==")));
        for line in lines {
            let (name, version) = line.split_once("==").unwrap_or_else(|| panic!("`{line}` is not pinned"));
            let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
            assert!(plain(name) && plain(version), "`{line}` is more than a name and a version");
        }
    }

    #[test]
    fn an_empty_folder_is_not_whole() {
        assert!(!is_whole(&std::env::temp_dir().join("vakhta-nothing-here")));
    }
}
