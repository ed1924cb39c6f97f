//! Debian's package manager.

use crate::process::{self, find, output};
use anyhow::{Context, Result};
use std::process::Command;

/// Whether packages can be installed: Debian or its kin, and root.
pub fn can_install() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    is_debian(&release) && is_root && find("apt-get").is_some()
}

fn is_debian(release: &str) -> bool {
    release.lines().any(|line| {
        let value = line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE="));
        value.is_some_and(|v| v.trim_matches('"').split(' ').any(|word| word == "debian"))
    })
}

/// Installs packages, the lists brought up to date first.
pub fn install(packages: &[&str]) -> Result<()> {
    apt(&["update", "--quiet"])?;
    let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments).context("Debian could not install what the tests need")
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    // Another installation may be running for a while.
    command.args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments);
    process::run(command.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// The version of a package that would be installed.
pub fn candidate(package: &str) -> Option<String> {
    let policy = output(Command::new("apt-cache").args(["policy", package]).env("LC_ALL", "C")).ok()?;
    candidate_of(&policy)
}

fn candidate_of(policy: &str) -> Option<String> {
    let line = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate:"))?;
    Some(line.trim().to_owned()).filter(|version| version != "(none)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_kin_are_known() {
        assert!(is_debian("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(is_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian("ID=fedora\nID_LIKE=\"rhel\"\n"));
        assert!(!is_debian(""));
    }

    #[test]
    fn the_offered_version_is_read() {
        let policy = "nodejs:\n  Installed: (none)\n  Candidate: 18.20.4+dfsg-1~deb12u1\n  Version table:\n";
        assert_eq!(candidate_of(policy).as_deref(), Some("18.20.4+dfsg-1~deb12u1"));
        assert_eq!(candidate_of("nodejs:\n  Candidate: (none)\n"), None);
        assert_eq!(candidate_of(""), None);
    }
}
