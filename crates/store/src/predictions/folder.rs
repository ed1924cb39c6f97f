//! The segment files of this process: which there are, how far each is durable, and what a crash left.

use super::frame;
use crate::files::{create_dir, private, sync_dir};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A segment file.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    /// Microseconds of its beginning and random hex: unique over all processes, ordered by time.
    pub(super) id: String,
    pub(super) path: PathBuf,
    /// Bytes that are on the disk for certain; what follows was never acknowledged.
    pub(super) durable: u64,
    /// Whether nothing will be added any more.
    pub(super) closed: bool,
}

impl Segment {
    /// The durable bytes.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.durable).unwrap_or(0));
        File::open(&self.path)?.take(self.durable).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The moment in a segment's id, microseconds; 0 where it has none.
pub(super) fn moment(id: &str) -> i64 {
    id.split('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// The folder, shared by the writer, readers and sealing.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) dir: PathBuf,
    segments: Arc<Mutex<Vec<Segment>>>,
}

impl Folder {
    /// Finds the segments that the last run left. A torn tail is cut off and kept beside its file; all
    /// whole records stay. Found segments are closed: a new one is begun for new records.
    pub(super) fn recover(dir: &Path) -> io::Result<Self> {
        create_dir(dir)?;
        let mut segments = Vec::new();
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            let Some(id) = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(".log"))
            else {
                continue;
            };
            let (id, durable) = (id.to_owned(), mend(&path)?);
            if durable > frame::HEADER.len() as u64 {
                segments.push(Segment { id, path, durable, closed: true });
            } else {
                fs::remove_file(&path)?;
            }
        }
        sync_dir(dir)?;
        segments.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { dir: dir.to_owned(), segments: Arc::new(Mutex::new(segments)) })
    }

    /// Every segment, oldest first.
    pub(super) fn list(&self) -> Vec<Segment> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a segment that was just begun.
    pub(super) fn begin(&self, segment: Segment) {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner).push(segment);
    }

    /// Changes a segment's entry.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Segment)) {
        let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(segment) = segments.iter_mut().find(|segment| segment.id == id) {
            change(segment);
        }
    }

    /// Removes a segment that lies in the object store by now.
    pub(super) fn remove(&self, id: &str) -> io::Result<()> {
        let path = {
            let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(at) = segments.iter().position(|segment| segment.id == id) else { return Ok(()) };
            segments.remove(at).path
        };
        fs::remove_file(path)?;
        sync_dir(&self.dir)
    }
}

/// Cuts off what is not a whole record; the length that remains.
fn mend(path: &Path) -> io::Result<u64> {
    let bytes = fs::read(path)?;
    let (_, whole) = frame::documents(&bytes);
    if whole < bytes.len() {
        tracing::warn!(
            file = %path.display(), bytes = bytes.len() - whole,
            "the prediction log ends in an unfinished record, which nobody was told is stored"
        );
        let torn = path.with_extension("torn");
        fs::write(&torn, &bytes[whole..])?;
        let file = private().write(true).open(path)?;
        file.set_len(whole as u64)?;
        file.sync_all()?;
    }
    Ok(whole as u64)
}
