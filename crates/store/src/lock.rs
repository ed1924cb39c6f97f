//! The lock that keeps a second process out of a data folder. The operating system gives it back when the
//! process ends, however it ends.

use crate::files::{create_dir, private};
use crate::open_error::OpenError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// A folder taken by this process.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes a folder, making it where it is not there.
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join("lock");
        let failed = |source| OpenError::Io { path: path.clone(), source };
        create_dir(dir).map_err(failed)?;
        let file = private().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
