//! Everything that is kept, copied while it is used, and put back. A backup is a list (its manifest) over blobs that
//! are named by their SHA-256, like those of the product itself: several backups in one place share what did not
//! change, and every byte is checked when it is read.

mod manifest;
mod place;
mod restore;
mod take;

pub use manifest::{DatabaseKind, FileKept, Manifest, TableKept};
pub use place::Place;
pub use restore::{Restored, restore};
pub use take::backup;

use crate::open_error::OpenError;
use std::path::PathBuf;
use vakhta_domain::ports::StoreError;

/// Where the work is: the stage, and how many of its parts are done.
pub type Watch<'a> = &'a (dyn Fn(&'static str, u64, u64) + Send + Sync);

/// Why no backup was made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there already.
    #[error("{what} is not empty; a backup is put back into an empty place only")]
    NotEmpty {
        /// The folder, or the database.
        what: String,
    },
    /// There is no backup in the place, or none of that name.
    #[error("there is no backup {name} in {place}")]
    NoBackup {
        /// The place.
        place: String,
        /// The name that was asked for; `at all` for any.
        name: String,
    },
    /// The list cannot be read.
    #[error("the manifest of backup {name} cannot be read: {reason}")]
    BadManifest {
        /// The backup.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// It is of another database.
    #[error(
        "the backup is of {backup}, database_url is of {target}; a backup is put back into the same kind"
    )]
    OtherDatabase {
        /// What the backup is of.
        backup: &'static str,
        /// What the settings name.
        target: &'static str,
    },
    /// A table has not as many rows as it had.
    #[error("table {table} has {found} rows, the backup has {expected}")]
    Rows {
        /// The table.
        table: String,
        /// Rows in the backup.
        expected: u64,
        /// Rows that are there now.
        found: u64,
    },
    /// The restored database is not whole.
    #[error("the restored database is damaged: {0}")]
    Damaged(String),
    /// A file or folder cannot be used.
    #[error("{path} cannot be used: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Io { path, source }
}

/// Makes an empty folder, its owner's alone.
fn private_folder(path: &std::path::Path) -> Result<(), BackupError> {
    crate::files::create_dir(path).map_err(io(path))
}
