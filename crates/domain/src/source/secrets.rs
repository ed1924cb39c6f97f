//! Secrets by reference: `${env:VAKHTA_SECRET_NAME}` or `${file:NAME}` stand for a value that only the server knows.

/// Only such variables may be named: a source must not be able to send the server's own secrets elsewhere.
pub const SECRET_PREFIX: &str = "VAKHTA_SECRET_";

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// An environment variable of the server.
    Env,
    /// A file in the folder `secrets` of the server's data folder.
    File,
}

/// One reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where it is kept.
    pub keeper: Keeper,
    /// Its name there.
    pub name: String,
}

/// Why a text's references cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    /// Not a reference.
    #[error("`{0}` is not a reference, write ${{env:VAKHTA_SECRET_NAME}} or ${{file:NAME}}")]
    Form(String),
    /// A variable that may not be named.
    #[error("variable `{0}` may not be named: only those that begin with VAKHTA_SECRET_ may")]
    Variable(String),
    /// A file that may not be named.
    #[error("`{0}` is not the name of a secret's file: use letters, digits, `_`, `-` and `.`, not first")]
    File(String),
}

/// A part of a text.
enum Part<'t> {
    Plain(&'t str),
    Secret(Reference),
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, BadReference> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        parts.push(Part::Plain(&rest[..start]));
        let inner = &rest[start + 2..];
        let end = inner.find('}').ok_or_else(|| BadReference::Form("${".into()))?;
        parts.push(Part::Secret(reference(&inner[..end])?));
        rest = &inner[end + 1..];
    }
    parts.push(Part::Plain(rest));
    Ok(parts)
}

fn reference(inner: &str) -> Result<Reference, BadReference> {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if let Some(name) = inner.strip_prefix("env:") {
        let fits =
            name.strip_prefix(SECRET_PREFIX).is_some_and(|rest| !rest.is_empty() && rest.chars().all(word));
        return if fits {
            Ok(Reference { keeper: Keeper::Env, name: name.to_owned() })
        } else {
            Err(BadReference::Variable(name.chars().take(80).collect()))
        };
    }
    if let Some(name) = inner.strip_prefix("file:") {
        return if !name.is_empty() && !name.starts_with('.') && name.chars().all(word) {
            Ok(Reference { keeper: Keeper::File, name: name.to_owned() })
        } else {
            Err(BadReference::File(name.chars().take(80).collect()))
        };
    }
    // What stands there may be a secret by mistake: it is not shown.
    Err(BadReference::Form("${…}".into()))
}

/// The references in a text.
pub fn references(text: &str) -> Result<Vec<Reference>, BadReference> {
    let found = parts(text)?.into_iter().filter_map(|part| match part {
        Part::Secret(reference) => Some(reference),
        Part::Plain(_) => None,
    });
    Ok(found.collect())
}

/// Whether a text holds no more than one reference, perhaps after a word such as `Bearer`.
pub fn is_reference(text: &str) -> bool {
    let rest =
        ["Bearer ", "Basic ", "Token "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    matches!(parts(rest).as_deref(), Ok([Part::Plain(""), Part::Secret(_), Part::Plain("")]))
}

/// The text with every reference replaced by what `look_up` knows of it.
pub fn fill<E: From<BadReference>>(
    text: &str,
    mut look_up: impl FnMut(&Reference) -> Result<String, E>,
) -> Result<String, E> {
    let mut filled = String::with_capacity(text.len());
    for part in parts(text)? {
        match part {
            Part::Plain(text) => filled.push_str(text),
            Part::Secret(reference) => filled.push_str(&look_up(&reference)?),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_filled() {
        let text = "postgres://u:${env:VAKHTA_SECRET_PG}@h/${file:db.name}";
        let found = references(text).expect("right");
        assert_eq!(
            found.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(),
            ["VAKHTA_SECRET_PG", "db.name"]
        );
        let filled = fill::<BadReference>(text, |r| Ok(format!("<{}>", r.name)));
        assert_eq!(filled.as_deref(), Ok("postgres://u:<VAKHTA_SECRET_PG>@h/<db.name>"));
        assert!(is_reference("Bearer ${file:token}") && is_reference("${file:token}"));
        assert!(!is_reference("abc") && !is_reference("${file:token}x"));
    }

    #[test]
    fn what_the_server_keeps_for_itself_cannot_be_named() {
        for bad in [
            "${env:VAKHTA_S3_SECRET_KEY}",
            "${env:PATH}",
            "${env:VAKHTA_SECRET_}",
            "${file:../vakhta.db}",
            "${file:.hidden}",
            "${file:}",
            "${secret}",
            "${env:VAKHTA_SECRET_A",
        ] {
            assert!(references(bad).is_err(), "{bad}");
        }
    }
}
