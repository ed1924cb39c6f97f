//! Where everything is kept.

use crate::feeds::FeedOptions;
use crate::open_error::OpenError;
use std::fmt;
use std::path::PathBuf;

/// Where everything is kept.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite:///absolute/path.db` or `postgres://user@host/database`.
    pub database_url: String,
    /// `file:///absolute/folder` or `s3://bucket/prefix`.
    pub objects_url: String,
    /// How to reach S3; unused with a folder.
    pub s3: S3Options,
    /// What sources may read.
    pub feeds: FeedOptions,
    /// This process's own folder: the write-ahead prediction log and its lock.
    pub data_dir: PathBuf,
}

/// How to reach S3. What is left out comes from the usual `AWS_*` environment variables.
#[derive(Clone, Default)]
pub struct S3Options {
    /// The server's address; AWS where left out.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The key's name.
    pub access_key: Option<String>,
    /// The key's secret; never shown.
    pub secret_key: Option<String>,
    /// Whether an address without TLS may be used.
    pub allow_http: bool,
}

impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Options")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("access_key", &self.access_key)
            .field("secret_key", &self.secret_key.as_ref().map(|_| "hidden"))
            .field("allow_http", &self.allow_http)
            .finish()
    }
}

/// A checked database address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DatabaseAt {
    Sqlite(PathBuf),
    Postgres(String),
}

/// A checked object store address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ObjectsAt {
    Folder(PathBuf),
    S3 { bucket: String, prefix: String },
}

impl StoreConfig {
    pub(crate) fn database(&self) -> Result<DatabaseAt, OpenError> {
        let url = self.database_url.as_str();
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| is_plain_path(path)) {
            return Ok(DatabaseAt::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(DatabaseAt::Postgres(url.to_owned()));
        }
        Err(OpenError::BadUrl {
            name: "database_url",
            url: without_password(url),
            expected: "give sqlite:///absolute/path.db or postgres://user@host/database",
        })
    }

    pub(crate) fn objects(&self) -> Result<ObjectsAt, OpenError> {
        let url = self.objects_url.as_str();
        if let Some(path) = url.strip_prefix("file://").filter(|path| is_plain_path(path)) {
            return Ok(ObjectsAt::Folder(PathBuf::from(path)));
        }
        if let Some(rest) = url.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if !bucket.is_empty() {
                return Ok(ObjectsAt::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
            }
        }
        Err(OpenError::BadUrl {
            name: "objects_url",
            url: without_password(url),
            expected: "give file:///absolute/folder or s3://bucket/prefix",
        })
    }
}

/// Paths are taken as they are, without percent-encoding; a query would be silently part of the name.
fn is_plain_path(path: &str) -> bool {
    path.starts_with('/') && path.len() > 1 && !path.contains('?')
}

/// The address with everything between `://` and `@` hidden but its beginning.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(start), Some(end)) if start + 3 < end => format!("{}://…{}", &url[..start], &url[end..]),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(database: &str, objects: &str) -> StoreConfig {
        StoreConfig {
            database_url: database.into(),
            objects_url: objects.into(),
            s3: S3Options::default(),
            feeds: FeedOptions::default(),
            data_dir: PathBuf::from("/d"),
        }
    }

    #[test]
    fn addresses_are_understood() {
        let good = config("sqlite:///a b/х.db", "s3://bucket/some/prefix");
        assert_eq!(good.database().ok(), Some(DatabaseAt::Sqlite("/a b/х.db".into())));
        let s3 = ObjectsAt::S3 { bucket: "bucket".into(), prefix: "some/prefix".into() };
        assert_eq!(good.objects().ok(), Some(s3));
        let local = config("postgres://u@h/d", "file:///x");
        assert_eq!(local.database().ok(), Some(DatabaseAt::Postgres("postgres://u@h/d".into())));
        assert_eq!(local.objects().ok(), Some(ObjectsAt::Folder("/x".into())));
    }

    #[test]
    fn bad_addresses_say_what_is_allowed_and_hide_passwords() {
        for bad in ["sqlite://relative.db", "sqlite:///", "sqlite:///a?mode=ro", "mysql://u:secret@h/d", ""] {
            let error = config(bad, "file:///x").database().expect_err(bad).to_string();
            assert!(error.contains("sqlite:///absolute/path.db"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
        for bad in ["s3://", "file://x", "/x"] {
            assert!(config("postgres://h/d", bad).objects().is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let options = S3Options { secret_key: Some("very secret".into()), ..S3Options::default() };
        assert!(!format!("{options:?}").contains("very secret"));
    }
}
