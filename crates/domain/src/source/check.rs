//! What a definition must be before it is stored; every rule that needs nothing from outside.

use super::secrets::{is_reference, references};
use super::{Definition, FilesPlace, HttpPlace, Place, SqlPlace};

/// A part of a definition that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pointer}`: {message}")]
pub struct BadSource {
    /// Where, as a JSON pointer into the request.
    pub pointer: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

fn bad(pointer: &'static str, message: impl Into<String>) -> BadSource {
    BadSource { pointer, message: message.into() }
}

/// Columns that may tell rows apart.
const MOST_KEYS: usize = 16;
/// The longest text of an option, bytes.
const LONGEST: usize = 64 << 10;
/// Parts of names that hold secrets.
const SECRET_WORDS: [&str; 8] = ["auth", "token", "key", "secret", "password", "cookie", "signature", "sig"];

/// Checks a definition.
pub fn check(definition: &Definition) -> Result<(), BadSource> {
    if definition.keys.is_empty() && definition.time.is_none() {
        return Err(bad("/keys", "name the columns that tell one row from another, or `time`, or both"));
    }
    if definition.keys.len() > MOST_KEYS {
        return Err(bad("/keys", format!("at most {MOST_KEYS} columns are taken")));
    }
    for (at, key) in definition.keys.iter().enumerate() {
        if key.trim().is_empty() || definition.keys[..at].contains(key) {
            return Err(bad("/keys", format!("`{key}` is empty or named twice")));
        }
    }
    match &definition.place {
        Place::Files(files) => check_files(files),
        Place::Http(http) => check_http(http),
        Place::Sql(sql) => check_sql(sql),
    }
}

fn check_text(pointer: &'static str, text: &str) -> Result<(), BadSource> {
    if text.len() > LONGEST {
        return Err(bad(pointer, format!("at most {LONGEST} bytes are taken")));
    }
    references(text).map(|_| ()).map_err(|error| bad(pointer, error.to_string()))
}

fn check_files(files: &FilesPlace) -> Result<(), BadSource> {
    const AT: &str = "/files/location";
    let place = &files.location;
    let folder =
        place.strip_prefix("file://").is_some_and(|path| path.starts_with('/') && !path.contains("/../"));
    let bucket = place.strip_prefix("s3://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if !folder && !bucket || place.len() > LONGEST || place.contains("${") {
        return Err(bad(AT, "give file:///absolute/folder or s3://bucket/prefix"));
    }
    if let Some(pattern) = &files.pattern
        && (pattern.is_empty() || pattern.len() > 1024 || pattern.starts_with('/') || pattern.contains(".."))
    {
        return Err(bad("/files/pattern", "give a pattern below the location, such as `sales-*.csv`"));
    }
    let Some(access) = &files.s3 else { return Ok(()) };
    if !bucket {
        return Err(bad("/files/s3", "access to a bucket is of use for s3:// only"));
    }
    check_text("/files/s3/access_key", &access.access_key)?;
    if !is_reference(&access.secret_key) {
        let message = "give it by reference: ${env:VAKHTA_SECRET_NAME} or ${file:NAME}";
        return Err(bad("/files/s3/secret_key", message));
    }
    match &access.endpoint {
        Some(url) if !is_web(url) || url.contains('@') => {
            Err(bad("/files/s3/endpoint", "give https://host[:port]"))
        }
        _ => Ok(()),
    }
}

fn is_web(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme))
}

fn holds_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

fn check_http(http: &HttpPlace) -> Result<(), BadSource> {
    const AT: &str = "/http/url";
    check_text(AT, &http.url)?;
    if !is_web(&http.url) {
        return Err(bad(AT, "give https://… or http://…"));
    }
    let host =
        http.url.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err(bad(AT, "a password does not belong into an address; give a header `authorization`"));
    }
    if host.contains("${") {
        return Err(bad(AT, "the host cannot be a secret"));
    }
    for pair in http.url.split_once('?').map(|(_, query)| query).unwrap_or_default().split('&') {
        if let Some((name, value)) = pair.split_once('=')
            && holds_secret(name)
            && !is_reference(value)
        {
            return Err(bad(
                AT,
                format!("`{name}` looks like a secret: give it by reference, ${{env:VAKHTA_SECRET_…}}"),
            ));
        }
    }
    for (name, value) in &http.headers {
        const AT: &str = "/http/headers";
        check_text(AT, value)?;
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(word) || value.contains(['\r', '\n']) {
            return Err(bad(AT, format!("`{name}` is not a header")));
        }
        if ["host", "content-length", "transfer-encoding", "connection"]
            .contains(&name.to_lowercase().as_str())
        {
            return Err(bad(AT, format!("header `{name}` is set by the client itself")));
        }
        if holds_secret(name) && !is_reference(value) {
            return Err(bad(
                AT,
                format!("`{name}` looks like a secret: give it by reference, ${{env:VAKHTA_SECRET_…}}"),
            ));
        }
    }
    Ok(())
}

fn check_sql(sql: &SqlPlace) -> Result<(), BadSource> {
    const AT: &str = "/sql/url";
    check_text(AT, &sql.url)?;
    let sqlite =
        sql.url.strip_prefix("sqlite://").is_some_and(|path| path.starts_with('/') && !path.contains('?'));
    let schemes = ["postgres://", "postgresql://", "mysql://", "mariadb://"];
    let server = schemes.iter().find_map(|scheme| sql.url.strip_prefix(scheme));
    if !sqlite && server.is_none() {
        let message = "give postgres://user:${env:VAKHTA_SECRET_…}@host/database, mysql://… in the same form, or \
                       sqlite:///absolute/file.db";
        return Err(bad(AT, message));
    }
    if let Some(rest) = server {
        let literal = rest
            .rfind('@')
            .and_then(|at| rest[..at].split_once(':'))
            .is_some_and(|(_, password)| !is_reference(password));
        let in_query = rest.split_once('?').is_some_and(|(_, query)| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .any(|(name, value)| holds_secret(name) && !is_reference(value))
        });
        if literal || in_query {
            return Err(bad(AT, "give the password by reference: ${env:VAKHTA_SECRET_…} or ${file:…}"));
        }
    }
    let query = sql.query.trim().trim_end_matches(';').trim_end();
    let first = query.split_whitespace().next().unwrap_or_default().to_lowercase();
    if !["select", "with", "values"].contains(&first.as_str()) || sql.query.len() > LONGEST {
        return Err(bad("/sql/query", "give one SELECT"));
    }
    // A second statement could do what a SELECT cannot.
    if query.contains(';') {
        return Err(bad("/sql/query", "give one statement, without `;` inside"));
    }
    if sql.watermark.as_ref().is_some_and(|column| column.is_empty() || column.contains(['"', '`', '\0'])) {
        return Err(bad("/sql/watermark", "give the name of one of the query's columns"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ReadOptions;
    use serde_json::json;

    fn of(place: &serde_json::Value) -> Result<(), BadSource> {
        let place: Place = serde_json::from_value(place.clone()).expect("a place");
        check(&Definition { place, read: ReadOptions::default(), keys: vec!["id".into()], time: None })
    }

    #[test]
    fn right_definitions_pass() {
        for place in [
            json!({"kind": "files", "location": "file:///srv/in", "pattern": "*.csv"}),
            json!({"kind": "files", "location": "s3://b/p", "s3": {"access_key": "AK", "secret_key": "${file:s3}"}}),
            json!({"kind": "http", "url": "https://h/x?token=${file:t}", "headers": {"Authorization": "Bearer ${file:t}"}}),
            json!({"kind": "sql", "url": "postgres://u:${env:VAKHTA_SECRET_P}@h/d", "query": "select 1 as id;"}),
            json!({"kind": "sql", "url": "postgres://u@h/d", "query": "WITH a AS (SELECT 1) SELECT * FROM a"}),
            json!({"kind": "sql", "url": "mysql://u:${env:VAKHTA_SECRET_P}@h/d", "query": "select 1 as id"}),
            json!({"kind": "sql", "url": "sqlite:///a/b.db", "query": "select * from t", "watermark": "id"}),
        ] {
            assert_eq!(of(&place), Ok(()), "{place}");
        }
    }

    #[test]
    fn wrong_ones_say_where_and_repeat_no_secret() {
        for (place, pointer) in [
            (json!({"kind": "files", "location": "/srv/in"}), "/files/location"),
            (json!({"kind": "files", "location": "file:///srv/../etc"}), "/files/location"),
            (json!({"kind": "files", "location": "file:///srv", "pattern": "../*"}), "/files/pattern"),
            (
                json!({"kind": "files", "location": "s3://b", "s3": {"access_key": "A", "secret_key": "hunter2"}}),
                "/files/s3/secret_key",
            ),
            (json!({"kind": "http", "url": "ftp://h/x"}), "/http/url"),
            (json!({"kind": "http", "url": "https://u:hunter2@h/x"}), "/http/url"),
            (json!({"kind": "http", "url": "https://h/x?api_key=hunter2"}), "/http/url"),
            (json!({"kind": "http", "url": "https://${file:h}/x"}), "/http/url"),
            (
                json!({"kind": "http", "url": "https://h/x", "headers": {"X-Token": "hunter2"}}),
                "/http/headers",
            ),
            (json!({"kind": "http", "url": "https://h/x", "headers": {"host": "other"}}), "/http/headers"),
            (json!({"kind": "sql", "url": "postgres://u:hunter2@h/d", "query": "select 1"}), "/sql/url"),
            (
                json!({"kind": "sql", "url": "postgres://h/d?password=hunter2", "query": "select 1"}),
                "/sql/url",
            ),
            (json!({"kind": "sql", "url": "mysql://u:hunter2@h/d", "query": "select 1"}), "/sql/url"),
            (json!({"kind": "sql", "url": "oracle://h/d", "query": "select 1"}), "/sql/url"),
            (json!({"kind": "sql", "url": "postgres://h/d", "query": "delete from t"}), "/sql/query"),
            (
                json!({"kind": "sql", "url": "postgres://h/d", "query": "select 1; drop table t"}),
                "/sql/query",
            ),
        ] {
            let error = of(&place).expect_err("wrong");
            assert_eq!(error.pointer, pointer, "{place}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        let nothing = Definition {
            place: Place::Files(FilesPlace { location: "file:///a".into(), pattern: None, s3: None }),
            read: ReadOptions::default(),
            keys: Vec::new(),
            time: None,
        };
        assert_eq!(check(&nothing).expect_err("nothing tells rows apart").pointer, "/keys");
    }
}
