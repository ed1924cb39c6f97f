//! Files that are there, and which of them are new.

use super::glob::fits;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use vakhta_domain::ports::FeedError;
use vakhta_domain::progress::Progress;
use vakhta_domain::source::Seen;

/// The most files below a location.
pub(super) const MOST: usize = 100_000;

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Below the location, with `/` between its parts.
    pub path: String,
    pub size: u64,
    /// What changes with its content.
    pub mark: String,
    pub modified: Timestamp,
}

/// Those that fit and were not seen as they are, the oldest first; and how many fit.
pub(super) fn fresh(all: Vec<Found>, pattern: Option<&str>, seen: &Seen) -> (Vec<Found>, u64) {
    let mut fit: Vec<Found> =
        all.into_iter().filter(|found| found.size > 0 && fits(pattern.unwrap_or("*"), &found.path)).collect();
    let count = fit.len() as u64;
    fit.retain(|found| {
        seen.files.get(&found.path).is_none_or(|old| old.size != found.size || old.mark != found.mark)
    });
    fit.sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
    (fit, count)
}

/// Refuses what would be more than one run may read.
pub(super) fn within(bytes: u64, most: u64) -> Result<(), FeedError> {
    if bytes > most {
        let text =
            format!("over {most} bytes at once: give smaller files, or raise the setting `max_upload_bytes`");
        return Err(FeedError::Lasting(text));
    }
    Ok(())
}

pub(super) fn at(progress: &dyn Progress, done: u64, total: u64) -> Result<(), FeedError> {
    if progress.at("fetch", done, total).is_break() { Err(FeedError::Stopped) } else { Ok(()) }
}

pub(super) fn disk(error: &std::io::Error) -> FeedError {
    FeedError::Passing(format!("the temporary file failed: {error}"))
}

/// A file that is being written, with its hash.
pub(super) struct Spool {
    pub path: PathBuf,
    file: File,
    hash: Sha256,
    pub bytes: u64,
}

impl Spool {
    pub(super) async fn new(folder: &Path, number: usize) -> Result<Self, FeedError> {
        let path = folder.join(format!("feed-{number}"));
        let file = File::create(&path).await.map_err(|error| disk(&error))?;
        Ok(Self { path, file, hash: Sha256::new(), bytes: 0 })
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), FeedError> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file.write_all(bytes).await.map_err(|error| disk(&error))
    }

    /// Ends it; its SHA-256 in hex.
    pub(super) async fn end(mut self) -> Result<String, FeedError> {
        self.file.flush().await.map_err(|error| disk(&error))?;
        Ok(hex::encode(self.hash.finalize()))
    }
}
