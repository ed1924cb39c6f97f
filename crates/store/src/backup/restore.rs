//! Putting a backup back, into an empty place only.

use super::manifest::{DatabaseKind, FileKept, Manifest};
use super::take::count;
use super::{BackupError, Place, Watch, io, private_folder};
use crate::config::{DatabaseAt, StoreConfig};
use crate::db::{Db, TableName, Tx, args};
use crate::files::{create_private, sync_dir};
use crate::lock::FolderLock;
use crate::migrations::{self, MIGRATIONS};
use crate::open_error::OpenError;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use vakhta_domain::ports::{Chance, Clock};

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Rows of the database.
    pub rows: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of all.
    pub bytes: u64,
}

/// Puts a backup back to where `config` says: the data folder and the database must be empty. With `verify`, every
/// object is read back and the database is checked. The schema stays as it was; the next start brings it up to date.
pub async fn restore(
    config: &StoreConfig,
    place: &Place,
    manifest: &Manifest,
    verify: bool,
    clock: &dyn Clock,
    chance: Arc<dyn Chance>,
    watch: Watch<'_>,
) -> Result<Restored, BackupError> {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
    if manifest.schema > known {
        return Err(OpenError::NewerSchema { found: manifest.schema, known }.into());
    }
    refuse_full(&config.data_dir)?;
    let (data, database) = (&config.data_dir, config.database()?);
    let target = match database {
        DatabaseAt::Sqlite(_) => DatabaseKind::Sqlite,
        DatabaseAt::Postgres(_) => DatabaseKind::Postgresql,
    };
    if target != manifest.database {
        let (backup, target) = (manifest.database.as_str(), target.as_str());
        return Err(BackupError::OtherDatabase { backup, target });
    }
    private_folder(data)?;
    let _lock = FolderLock::take(data)?;
    let temp = data.join("tmp");
    private_folder(&temp)?;

    let now = SystemTime::from(clock.now());
    let objects = crate::open_objects(config.objects()?, config, chance, now)?;
    let passing = temp.join("object");
    for (done, object) in manifest.objects.iter().enumerate() {
        watch("objects", done as u64, manifest.objects.len() as u64);
        if !objects.has(object).await? {
            place.blobs.get_file(object, &passing).await?;
            objects.put_file(&passing).await?;
        }
    }
    put_files(place, &data.join("predictions"), &manifest.predictions).await?;
    put_files(place, &data.join("secrets"), &manifest.secrets).await?;
    watch("database", 0, 1);
    // Last, so that a half-restored folder holds no database that could be mistaken for a whole one.
    match database {
        DatabaseAt::Sqlite(path) => into_sqlite(place, manifest, &path, verify).await?,
        DatabaseAt::Postgres(url) => into_postgres(place, manifest, &url, &temp).await?,
    }
    if verify {
        for (done, object) in manifest.objects.iter().enumerate() {
            watch("reading back", done as u64, manifest.objects.len() as u64);
            objects.get_file(object, &passing).await?;
        }
    }
    std::fs::remove_dir_all(&temp).map_err(io(&temp))?;
    watch("done", 1, 1);
    Ok(Restored {
        rows: manifest.tables.iter().map(|table| table.rows).sum(),
        objects: manifest.objects.len() as u64,
        bytes: manifest.bytes(),
    })
}

fn refuse_full(folder: &Path) -> Result<(), BackupError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(io(folder))?,
    };
    if entries.count() > 0 {
        return Err(BackupError::NotEmpty { what: folder.display().to_string() });
    }
    Ok(())
}

async fn put_files(place: &Place, folder: &Path, files: &[FileKept]) -> Result<(), BackupError> {
    if files.is_empty() {
        return Ok(());
    }
    private_folder(folder)?;
    for file in files {
        // A name of the list must not lead out of the folder.
        let name = Path::new(&file.name).file_name().filter(|name| *name == file.name.as_str());
        let Some(name) = name else {
            let reason = format!("it names a file `{}`", file.name);
            return Err(BackupError::BadManifest { name: "of this place".into(), reason });
        };
        let path = folder.join(name);
        create_private(&path).map_err(io(&path))?;
        place.blobs.get_file(&file.object, &path).await?;
        File::open(&path).and_then(|file| file.sync_all()).map_err(io(&path))?;
    }
    sync_dir(folder).map_err(io(folder))
}

async fn compare_rows(tx: &mut Tx, manifest: &Manifest) -> Result<(), BackupError> {
    for table in &manifest.tables {
        let found = count(tx, &table.name).await?;
        if found != table.rows {
            return Err(BackupError::Rows { table: table.name.clone(), expected: table.rows, found });
        }
    }
    Ok(())
}

async fn into_sqlite(
    place: &Place,
    manifest: &Manifest,
    path: &Path,
    verify: bool,
) -> Result<(), BackupError> {
    if path.exists() {
        return Err(BackupError::NotEmpty { what: path.display().to_string() });
    }
    let missing = || BackupError::BadManifest {
        name: manifest.name.clone(),
        reason: "it names no database file".into(),
    };
    let object = manifest.file.as_ref().ok_or_else(missing)?;
    create_private(path).map_err(io(path))?;
    place.blobs.get_file(object, path).await?;
    File::open(path).and_then(|file| file.sync_all()).map_err(io(path))?;
    let db = Db::open_sqlite(path).await?;
    let mut tx = db.begin().await?;
    compare_rows(&mut tx, manifest).await?;
    if verify {
        let found = tx.one("PRAGMA integrity_check", args![]).await?;
        let answer = found.map_or(Ok(String::new()), |row| row.text("integrity_check"))?;
        if answer != "ok" {
            return Err(BackupError::Damaged(answer));
        }
    }
    drop(tx);
    db.close().await;
    Ok(())
}

async fn into_postgres(
    place: &Place,
    manifest: &Manifest,
    url: &str,
    temp: &Path,
) -> Result<(), BackupError> {
    let db = Db::open_postgres(url).await?;
    if !db.moment().await?.tables().await?.is_empty() {
        return Err(BackupError::NotEmpty { what: "the database".into() });
    }
    let known = MIGRATIONS.iter().take_while(|migration| migration.version <= manifest.schema);
    migrations::run(&db, &known.copied().collect::<Vec<_>>()).await?;
    let mut tx = db.begin().await?;
    // What migrations write by themselves makes room for what they wrote when the backup's database was made.
    for table in tx.tables().await?.iter().rev() {
        if count(&mut tx, &table.name).await? > 0 {
            tx.run(&format!("DELETE FROM {}", table.name), args![]).await?;
        }
    }
    let file = temp.join("table");
    for table in &manifest.tables {
        let Some(object) = &table.object else { continue };
        place.blobs.get_file(object, &file).await?;
        let name = TableName { name: table.name.clone(), columns: table.columns.clone() };
        tx.copy_in(&name, &file).await?;
    }
    compare_rows(&mut tx, manifest).await?;
    tx.save().await?;
    db.close().await;
    Ok(())
}
