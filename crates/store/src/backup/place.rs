//! Where backups are kept: a folder or a bucket, with blobs in it and a list for each backup.

use super::{BackupError, Manifest, io};
use crate::config::{ObjectsAt, S3Options, StoreConfig};
use crate::files::{private, sync_dir};
use crate::objects::{CheckedObjects, LocalObjects, S3Objects};
use bytes::Bytes;
use jiff::Timestamp;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use vakhta_domain::ports::Chance;

/// The folder of the lists.
const LISTS: &str = "backups";

enum Lists {
    Folder(PathBuf),
    Bucket(Arc<S3Objects>),
}

/// A place of backups.
pub struct Place {
    /// As it was named.
    name: String,
    lists: Lists,
    pub(super) blobs: Arc<dyn CheckedObjects>,
}

impl Place {
    /// Opens a place: a folder, which is made where it is not there, or `s3://bucket/prefix`.
    pub fn open(
        name: &str,
        s3: &S3Options,
        chance: Arc<dyn Chance>,
        now: Timestamp,
    ) -> Result<Self, BackupError> {
        if name.starts_with("s3://") {
            let config = StoreConfig {
                database_url: String::new(),
                objects_url: name.to_owned(),
                s3: s3.clone(),
                feeds: crate::FeedOptions::default(),
                data_dir: PathBuf::new(),
            };
            let ObjectsAt::S3 { bucket, prefix } = config.objects()? else {
                return Err(BackupError::NoBackup { place: name.to_owned(), name: "at all".into() });
            };
            let bucket = Arc::new(S3Objects::new(&bucket, &prefix, s3)?);
            let blobs: Arc<dyn CheckedObjects> = Arc::<S3Objects>::clone(&bucket);
            return Ok(Self { name: name.to_owned(), lists: Lists::Bucket(bucket), blobs });
        }
        let folder = std::path::absolute(name).map_err(io(Path::new(name)))?;
        super::private_folder(&folder)?;
        let objects = LocalObjects::open(&folder.join("blobs"), chance, SystemTime::from(now));
        let blobs = Arc::new(objects.map_err(io(&folder))?);
        Ok(Self { name: name.to_owned(), lists: Lists::Folder(folder.join(LISTS)), blobs })
    }

    /// Keeps a list; only now there is a backup.
    pub(super) async fn keep(&self, manifest: &Manifest) -> Result<(), BackupError> {
        let bytes = serde_json::to_vec_pretty(manifest).expect("a list is plain data");
        let file = format!("{}.json", manifest.name);
        match &self.lists {
            Lists::Bucket(bucket) => {
                bucket.put_named(&format!("{LISTS}/{file}"), Bytes::from(bytes)).await?;
            }
            Lists::Folder(folder) => {
                super::private_folder(folder)?;
                let (passing, path) = (folder.join(format!("{file}.part")), folder.join(&file));
                let write = || {
                    let mut open = private().write(true).create(true).truncate(true).open(&passing)?;
                    open.write_all(&bytes)?;
                    open.sync_all()?;
                    std::fs::rename(&passing, &path)?;
                    sync_dir(folder)
                };
                write().map_err(io(&path))?;
            }
        }
        Ok(())
    }

    /// The names of the backups, oldest first.
    pub async fn backups(&self) -> Result<Vec<String>, BackupError> {
        let mut names = match &self.lists {
            Lists::Bucket(bucket) => bucket.named(LISTS).await?,
            Lists::Folder(folder) => match std::fs::read_dir(folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
                entries => {
                    let entries = entries.map_err(io(folder))?;
                    entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
                }
            },
        };
        names.retain_mut(|name| match name.strip_suffix(".json") {
            Some(stem) => {
                *name = stem.to_owned();
                true
            }
            None => false,
        });
        names.sort();
        Ok(names)
    }

    /// Reads the list of a backup; of the newest one where none is named.
    pub async fn manifest(&self, name: Option<&str>) -> Result<Manifest, BackupError> {
        let names = self.backups().await?;
        let found = match name {
            Some(name) => names.iter().find(|known| *known == name),
            None => names.last(),
        };
        let missing = || BackupError::NoBackup {
            place: self.name.clone(),
            name: name.map_or_else(|| "at all".to_owned(), str::to_owned),
        };
        let found = found.ok_or_else(missing)?;
        let file = format!("{found}.json");
        let bytes = match &self.lists {
            Lists::Bucket(bucket) => bucket.get_named(&format!("{LISTS}/{file}")).await?,
            Lists::Folder(folder) => {
                let path = folder.join(&file);
                Bytes::from(std::fs::read(&path).map_err(io(&path))?)
            }
        };
        let bad = |reason: String| BackupError::BadManifest { name: found.clone(), reason };
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        if manifest.format != super::manifest::FORMAT {
            return Err(bad(format!("it has form {}, this program reads form 1", manifest.format)));
        }
        Ok(manifest)
    }
}
