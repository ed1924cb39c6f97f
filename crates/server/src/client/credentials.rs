//! The tokens that `vakhta login` keeps, one a server, in a file that only its owner can read.

use crate::exit::{Exit, Failure, Result};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Kept tokens, by server address.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Credentials {
    servers: BTreeMap<String, Kept>,
}

/// What is kept of one sign-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Who signed in.
    pub username: String,
    /// The token.
    pub token: String,
}

/// `credentials.json` in the user's configuration folder.
pub fn path() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    match folder {
        Some(folder) => Ok(folder.join("vakhta").join("credentials.json")),
        None => Err(Failure::new(Exit::Failed, "neither HOME nor XDG_CONFIG_HOME is set, use VAKHTA_TOKEN")),
    }
}

impl Credentials {
    /// Reads them; none where nobody signed in yet.
    pub fn load() -> Result<Self> {
        let Ok(path) = path() else { return Ok(Self::default()) };
        Self::load_from(&path)
    }

    fn load_from(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).map_err(|e| {
                Failure::new(
                    Exit::Failed,
                    format!("{} is not readable: {e}; delete it and sign in again", path.display()),
                )
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::new(Exit::Failed, format!("cannot read {}: {error}", path.display()))),
        }
    }

    /// The token for a server.
    pub fn token(&self, server: &Url) -> Option<&str> {
        self.servers.get(server.as_str()).map(|kept| kept.token.as_str())
    }

    /// Keeps a sign-in.
    pub fn keep(&mut self, server: &Url, kept: Kept) {
        self.servers.insert(server.to_string(), kept);
    }

    /// Forgets a sign-in.
    pub fn forget(&mut self, server: &Url) -> bool {
        self.servers.remove(server.as_str()).is_some()
    }

    /// Writes them, whole or not at all.
    pub fn save(&self) -> Result<PathBuf> {
        let path = path()?;
        self.save_to(&path)?;
        Ok(path)
    }

    fn save_to(&self, path: &Path) -> Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        // Temporary files are made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_kept_by_server_and_for_the_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/credentials.json");
        let server = Url::parse("http://h:1/").expect("a URL");
        let mut kept = Credentials::load_from(&path).expect("none yet");
        assert_eq!(kept.token(&server), None);
        kept.keep(&server, Kept { username: "admin".into(), token: "vkt_1".into() });
        kept.save_to(&path).expect("written");
        let mut again = Credentials::load_from(&path).expect("readable");
        assert_eq!(again.token(&server), Some("vkt_1"));
        assert_eq!(again.token(&Url::parse("http://other/").expect("a URL")), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(again.forget(&server) && !again.forget(&server));
        std::fs::write(&path, "{").expect("written");
        assert!(Credentials::load_from(&path).is_err());
    }
}
