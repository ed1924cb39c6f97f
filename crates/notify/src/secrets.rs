//! Secrets with their references filled, and taken out of whatever is said afterwards.

use std::path::Path;
use vakhta_domain::alert::channel::{Secret, Secrets};
use vakhta_domain::ports::NotifyError;
use vakhta_domain::source::{BadReference, Keeper, Reference, fill};

/// The secrets of one message, in the clear.
pub(crate) struct Filled {
    pub url: Option<String>,
    pub token: Option<String>,
    pub password: Option<String>,
}

struct Missing(String);

impl From<BadReference> for Missing {
    fn from(bad: BadReference) -> Self {
        Self(bad.to_string())
    }
}

impl Filled {
    /// Looks references up: variables of the server, and files of `folder`.
    pub fn of(secrets: &Secrets, folder: &Path) -> Result<Self, String> {
        let of = |secret: &Option<Secret>| -> Result<Option<String>, String> {
            let Some(secret) = secret else { return Ok(None) };
            let filled = fill(secret.expose(), |reference| value_of(folder, reference).map_err(Missing));
            filled.map(Some).map_err(|Missing(text)| text)
        };
        Ok(Self { url: of(&secrets.url)?, token: of(&secrets.token)?, password: of(&secrets.password)? })
    }

    /// The same error without any secret.
    pub fn hidden(&self, error: NotifyError) -> NotifyError {
        let clean = |mut text: String| {
            for secret in [&self.url, &self.token, &self.password].into_iter().flatten() {
                if !secret.is_empty() {
                    text = text.replace(secret.as_str(), "(hidden)");
                }
            }
            text
        };
        match error {
            NotifyError::Passing { text, retry_after } => {
                NotifyError::Passing { text: clean(text), retry_after }
            }
            NotifyError::Lasting(text) => NotifyError::Lasting(clean(text)),
        }
    }
}

fn value_of(folder: &Path, reference: &Reference) -> Result<String, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_filled_and_no_secret_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("bot"), "12:hunter2\n").expect("written");
        let secrets = Secrets { token: Some(Secret::new("${file:bot}")), ..Secrets::default() };
        let filled = Filled::of(&secrets, folder.path()).expect("it is there");
        assert_eq!(filled.token.as_deref(), Some("12:hunter2"));
        let error = filled.hidden(NotifyError::Lasting("no bot 12:hunter2".into()));
        assert_eq!(error, NotifyError::Lasting("no bot (hidden)".into()));
        let missing = Secrets { token: Some(Secret::new("${file:other}")), ..Secrets::default() };
        let error = Filled::of(&missing, folder.path()).err().expect("it is not there");
        assert!(error.contains("secret `other`"), "{error}");
    }
}
