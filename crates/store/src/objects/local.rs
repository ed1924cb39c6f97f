//! Objects in a local folder. A blob is written under a passing name, forced to the disk, renamed, and its
//! folder forced too: after power loss it is whole or not there.

use super::{CheckedObjects, Tally, compare, damaged, io_error, place, reference, unavailable};
use crate::files::{create_dir, private, sync_dir};
use async_trait::async_trait;
use bytes::Bytes;
use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ids::random_hex;
use vakhta_domain::ports::{Chance, Objects, StoreError};

/// Bytes read or written at once.
const CHUNK: usize = 256 * 1024;
/// A passing file this old belongs to nobody.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// A folder of objects.
#[derive(Clone)]
pub(crate) struct LocalObjects {
    root: PathBuf,
    chance: Arc<dyn Chance>,
}

impl LocalObjects {
    /// Uses the folder, making it where it is not there, and removes what a crash left half-written.
    pub(crate) fn open(root: &Path, chance: Arc<dyn Chance>, now: SystemTime) -> io::Result<Self> {
        let objects = Self { root: root.to_owned(), chance };
        create_dir(&objects.passing())?;
        // Only old ones: another process may be writing into the same folder.
        for entry in fs::read_dir(objects.passing())? {
            let entry = entry?;
            let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
            if age > LEFT_BEHIND {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(objects)
    }

    fn passing(&self) -> PathBuf {
        self.root.join("passing")
    }

    fn path(&self, object: &ObjectRef) -> Result<PathBuf, StoreError> {
        Ok(self.root.join(place(object)?))
    }

    /// Writes a blob. One that is there is replaced by the same bytes, which also mends a damaged one.
    fn write(&self, fill: impl FnOnce(&mut File) -> io::Result<ObjectRef>) -> Result<ObjectRef, StoreError> {
        let passing = self.passing().join(random_hex(self.chance.as_ref(), 16));
        let written = private().write(true).create_new(true).open(&passing).and_then(|mut file| {
            let object = fill(&mut file)?;
            file.sync_all()?;
            Ok(object)
        });
        let placed = written.map_err(io_error).and_then(|object| {
            let path = self.path(&object)?;
            let dir = path.parent().unwrap_or(&self.root);
            create_dir(dir)
                .and_then(|()| fs::rename(&passing, &path))
                .and_then(|()| sync_dir(dir))
                .map_err(io_error)?;
            Ok(object)
        });
        if placed.is_err() {
            // It may never have come to be; the error that matters is the one above.
            let _ = fs::remove_file(&passing);
        }
        placed
    }

    fn open_object(&self, object: &ObjectRef) -> Result<File, StoreError> {
        File::open(self.path(object)?).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => damaged(object, "it is not there"),
            _ => unavailable(error),
        })
    }
}

/// Copies everything, hashing it on the way.
fn copy(from: &mut File, to: &mut impl Write) -> io::Result<ObjectRef> {
    let mut tally = Tally::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        let n = from.read(&mut chunk)?;
        if n == 0 {
            return Ok(tally.reference());
        }
        tally.add(&chunk[..n]);
        to.write_all(&chunk[..n])?;
    }
}

/// Runs file work on a thread where waiting for a disk holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(unavailable)?
}

#[async_trait]
impl Objects for LocalObjects {
    async fn put(&self, bytes: Bytes) -> Result<ObjectRef, StoreError> {
        let objects = self.clone();
        blocking(move || {
            objects.write(|file| {
                file.write_all(&bytes)?;
                Ok(reference(&bytes))
            })
        })
        .await
    }

    async fn put_file(&self, path: &Path) -> Result<ObjectRef, StoreError> {
        let (objects, path) = (self.clone(), path.to_owned());
        blocking(move || {
            let mut from = File::open(&path).map_err(io_error)?;
            objects.write(|file| copy(&mut from, file))
        })
        .await
    }

    async fn get(&self, object: &ObjectRef) -> Result<Bytes, StoreError> {
        let (objects, object) = (self.clone(), object.clone());
        blocking(move || {
            let mut bytes = Vec::with_capacity(usize::try_from(object.bytes).unwrap_or(0).min(1 << 30));
            objects.open_object(&object)?.read_to_end(&mut bytes).map_err(io_error)?;
            compare(&object, &reference(&bytes))?;
            Ok(Bytes::from(bytes))
        })
        .await
    }

    async fn get_file(&self, object: &ObjectRef, path: &Path) -> Result<(), StoreError> {
        let (objects, object, path) = (self.clone(), object.clone(), path.to_owned());
        blocking(move || {
            let mut from = objects.open_object(&object)?;
            let copied = File::create(&path).and_then(|mut to| copy(&mut from, &mut to)).map_err(io_error);
            let checked = copied.and_then(|found| compare(&object, &found));
            if checked.is_err() {
                // Nobody may take a damaged copy for a good one.
                let _ = fs::remove_file(&path);
            }
            checked
        })
        .await
    }

    async fn has(&self, object: &ObjectRef) -> Result<bool, StoreError> {
        let (path, size) = (self.path(object)?, object.bytes);
        blocking(move || match fs::metadata(&path) {
            Ok(found) => Ok(found.is_file() && found.len() == size),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io_error(error)),
        })
        .await
    }
}

#[async_trait]
impl CheckedObjects for LocalObjects {
    async fn check(&self) -> Result<(), StoreError> {
        let probe = self.passing().join(random_hex(self.chance.as_ref(), 16));
        blocking(move || {
            private().write(true).create_new(true).open(&probe).map_err(io_error)?;
            fs::remove_file(&probe).map_err(io_error)
        })
        .await
    }
}
