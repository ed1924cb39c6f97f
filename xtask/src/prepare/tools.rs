//! The programs that the tests and the demo need, how each is found and what brings it.

use super::debian;
use crate::process::{find, is_executable, output, works};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that Vite 8 runs on, as (major, minor).
const OLDEST_NODE: (u32, u32) = (20, 19);
/// Where Debian puts the browser; the Playwright tests start this one.
const CHROMIUM: &str = "/usr/bin/chromium";
/// Where Debian puts the database server: `/usr/lib/postgresql/15/bin`.
const POSTGRES: &str = "/usr/lib/postgresql";
/// Where Debian puts the other one, and what makes its tables.
const MARIADB: [&str; 2] = ["/usr/sbin/mariadbd", "/usr/bin/my_print_defaults"];

/// A program that somebody else makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Builds the web UI.
    Node,
    /// Brings the web UI's packages.
    Npm,
    /// Runs the S3 server of the tests.
    Python,
    /// The browser of the end-to-end tests.
    Chromium,
    /// The server binaries; the tests start their own server.
    Postgres,
    /// A source that the tests read from, likewise.
    MariaDb,
}

impl Tool {
    /// What to call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Npm => "npm",
            Self::Python => "python",
            Self::Chromium => "chromium",
            Self::Postgres => "postgresql",
            Self::MariaDb => "mariadb",
        }
    }

    /// Debian's packages that bring it.
    pub fn packages(self) -> Vec<&'static str> {
        match self {
            Self::Node => vec!["nodejs"],
            // NodeSource's nodejs holds npm, and Debian's npm cannot be installed beside it.
            Self::Npm if debian::candidate("nodejs").is_some_and(|v| v.contains("nodesource")) => {
                vec!["nodejs"]
            }
            Self::Npm => vec!["npm"],
            Self::Python => vec!["python3", "python3-venv"],
            Self::Chromium => vec!["chromium", "fonts-dejavu-core"],
            Self::Postgres => vec!["postgresql"],
            Self::MariaDb => vec!["mariadb-server-core", "mariadb-client-core"],
        }
    }

    /// What a person does to bring it.
    pub fn way_out(self) -> String {
        let (major, minor) = OLDEST_NODE;
        match self {
            Self::Node => {
                let offered = debian::candidate("nodejs");
                if offered.as_deref().and_then(version).is_some_and(|v| v >= OLDEST_NODE) {
                    "sudo apt-get install nodejs npm".into()
                } else {
                    format!("install Node {major}.{minor} or newer from https://nodejs.org/en/download")
                }
            }
            _ => format!("sudo apt-get install {}", self.packages().join(" ")),
        }
    }

    /// What is there, or what is wrong.
    pub fn find(self) -> Result<String, String> {
        match self {
            Self::Node => {
                let text = output(Command::new("node").arg("--version"))
                    .map_err(|_| "no `node` is on the path".to_owned())?;
                node_is_new_enough(text.trim())
            }
            Self::Npm => output(Command::new("npm").arg("--version"))
                .map(|text| text.trim().to_owned())
                .map_err(|_| "no `npm` is on the path".to_owned()),
            Self::Python => python().map(|path| path.display().to_string()),
            Self::Chromium if is_executable(Path::new(CHROMIUM)) => Ok(CHROMIUM.into()),
            Self::Chromium => Err(format!("no {CHROMIUM}, the browser of the web tests")),
            Self::Postgres => postgres(Path::new(POSTGRES)).map(|path| path.display().to_string()),
            Self::MariaDb if MARIADB.iter().all(|file| is_executable(Path::new(file))) => {
                Ok(MARIADB[0].into())
            }
            Self::MariaDb => {
                Err(format!("no {}, the database that tests of sources read", MARIADB.join(" or ")))
            }
        }
    }
}

fn node_is_new_enough(text: &str) -> Result<String, String> {
    let (major, minor) = OLDEST_NODE;
    match version(text) {
        Some(found) if found >= OLDEST_NODE => Ok(text.into()),
        Some(_) => Err(format!("node {text} is too old, {major}.{minor} is the oldest that works")),
        None => Err(format!("`node --version` says `{text}`, which is no version")),
    }
}

/// Major and minor of `v20.19.2`, `20.19.2`, `20.20.2-1nodesource1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// A Python that can make environments.
pub fn python() -> Result<PathBuf, String> {
    // Debian's own is tried too: only that one is helped by installing python3-venv.
    for name in ["python3", "/usr/bin/python3"] {
        let check = "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))";
        if works(Command::new(name).args(["-c", check])) {
            return Ok(name.into());
        }
    }
    Err("no Python 3.10 or newer with `venv` is found".into())
}

/// The folder that holds `initdb` and `postgres`; the newest where there are several.
fn postgres(debian: &Path) -> Result<PathBuf, String> {
    let mut folders: Vec<(u32, PathBuf)> = std::fs::read_dir(debian)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    folders.sort();
    let complete = |folder: &PathBuf| ["initdb", "postgres"].iter().all(|b| is_executable(&folder.join(b)));
    if let Some((_, folder)) = folders.into_iter().rev().find(|(_, folder)| complete(folder)) {
        return Ok(folder);
    }
    let on_path = find("initdb").and_then(|file| file.parent().map(Path::to_path_buf)).filter(complete);
    on_path.ok_or_else(|| format!("no `initdb` and `postgres` are in {POSTGRES}/*/bin or on the path"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_has_to_be_new_enough() {
        let cases = [
            ("v20.19.0", true),
            ("v20.20.2", true),
            ("v22.1.0", true),
            ("v20.18.9", false),
            ("v18.20.4", false),
            ("hello", false),
        ];
        for (text, expected) in cases {
            assert_eq!(node_is_new_enough(text).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn debian_versions_are_read() {
        assert_eq!(version("18.20.4+dfsg-1~deb12u1"), Some((18, 20)));
        assert_eq!(version("20.20.2-1nodesource1"), Some((20, 20)));
        assert_eq!(version("(none)"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_newest_complete_postgres_is_taken() {
        use std::os::unix::fs::PermissionsExt;
        let root = std::env::temp_dir().join(format!("vakhta-postgres-{}", std::process::id()));
        for (version, programs) in [("9", ["initdb", "postgres"]), ("15", ["initdb", "postgres"])] {
            std::fs::create_dir_all(root.join(version).join("bin")).expect("a folder");
            for program in programs {
                let file = root.join(version).join("bin").join(program);
                std::fs::write(&file, "").expect("a file");
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("its mode");
            }
        }
        // Only the client of 17 is installed.
        std::fs::create_dir_all(root.join("17/bin")).expect("a folder");
        assert_eq!(postgres(&root), Ok(root.join("15/bin")));
        std::fs::remove_dir_all(&root).expect("it is ours");
    }
}
