//! Why a store could not be opened.

use std::path::PathBuf;
use vakhta_domain::ports::StoreError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An address that cannot be used.
    #[error("{name} `{url}` cannot be used: {expected}")]
    BadUrl {
        /// The setting.
        name: &'static str,
        /// Its value, without what may be a password.
        url: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// Another process works in the folder.
    #[error("another vakhta process uses {path}; stop it first, or choose another data folder", path = path.display())]
    InUse {
        /// The folder, or the database file.
        path: PathBuf,
    },
    /// The database was written by a newer program.
    #[error(
        "the database has schema {found}, this program knows schemas up to {known}; start the newer program, or restore a backup"
    )]
    NewerSchema {
        /// The newest migration in the database.
        found: i64,
        /// The newest one in this program.
        known: i64,
    },
    /// A migration that ran is not the one in this program.
    #[error(
        "migration {version} ({name}) differs from the one that made this database; use an unchanged release of the program"
    )]
    ChangedMigration {
        /// Its number.
        version: i64,
        /// Its name in this program.
        name: String,
    },
    /// A file or folder cannot be used.
    #[error("{path} cannot be used: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The database or the object store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
