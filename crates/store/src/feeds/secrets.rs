//! Secrets: looked up by reference when they are needed, and taken out of whatever is said afterwards.

use std::path::PathBuf;
use vakhta_domain::ports::FeedError;
use vakhta_domain::source::{BadReference, Keeper, Reference, fill};

/// The secrets of one run.
pub(super) struct Secrets {
    folder: PathBuf,
    used: Vec<String>,
}

enum Missing {
    Reference(BadReference),
    Value(String),
}

impl From<BadReference> for Missing {
    fn from(bad: BadReference) -> Self {
        Self::Reference(bad)
    }
}

impl Secrets {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Self { folder, used: Vec::new() }
    }

    /// The text with its references filled; `write` says how a value is written in it.
    pub(super) fn fill(&mut self, text: &str, write: impl Fn(&str) -> String) -> Result<String, FeedError> {
        let (folder, used) = (&self.folder, &mut self.used);
        let filled = fill(text, |reference| {
            let value = value_of(folder, reference).map_err(Missing::Value)?;
            let written = write(&value);
            used.extend([value, written.clone()]);
            Ok(written)
        });
        filled.map_err(|missing| match missing {
            Missing::Reference(bad) => FeedError::Lasting(bad.to_string()),
            Missing::Value(text) => FeedError::Lasting(text),
        })
    }

    /// The same error without any secret that was looked up.
    pub(super) fn hidden(&self, error: FeedError) -> FeedError {
        let clean = |mut text: String| {
            for secret in self.used.iter().filter(|secret| !secret.is_empty()) {
                text = text.replace(secret.as_str(), "(hidden)");
            }
            text
        };
        match error {
            FeedError::Passing(text) => FeedError::Passing(clean(text)),
            FeedError::Lasting(text) => FeedError::Lasting(clean(text)),
            FeedError::Stopped => FeedError::Stopped,
        }
    }
}

fn value_of(folder: &std::path::Path, reference: &Reference) -> Result<String, String> {
    let name = &reference.name;
    match reference.keeper {
        Keeper::Env => std::env::var(name).map_err(|_| format!("the server has no variable {name}")),
        Keeper::File => std::fs::read_to_string(folder.join(name))
            .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(|error| {
                format!("secret `{name}` cannot be read in the folder `secrets` of the data folder: {error}")
            }),
    }
}

/// A value as a part of an address.
pub(super) fn in_address(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    value.bytes().fold(String::new(), |mut text, byte| {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_filled_in_and_never_told() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("pg"), "p@ss word\n").expect("written");
        let mut secrets = Secrets::in_folder(folder.path().to_owned());
        let url = secrets.fill("postgres://u:${file:pg}@h/d", in_address).expect("it is there");
        assert_eq!(url, "postgres://u:p%40ss%20word@h/d");
        let error = secrets.hidden(FeedError::Passing(format!("cannot reach {url} with p@ss word")));
        assert_eq!(error, FeedError::Passing("cannot reach postgres://u:(hidden)@h/d with (hidden)".into()));
        let missing = secrets.fill("${file:other}", str::to_owned).expect_err("it is not there");
        assert!(missing.to_string().contains("secret `other`"), "{missing}");
    }
}
