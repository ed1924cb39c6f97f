//! Taking a backup of what others may be using. First the prediction log's files, then the database at one moment,
//! then the objects that it points at: what is sealed in between is in both of the first, and an object that a row
//! points at is never changed and never removed.

use super::manifest::{DatabaseKind, FORMAT, FileKept, Manifest, TableKept};
use super::{BackupError, Place, Watch, io};
use crate::config::{DatabaseAt, StoreConfig};
use crate::db::{Db, Row, Tx, args, copy_sqlite};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ports::{Chance, Clock, StoreError};

/// Where rows point at objects.
pub(super) const POINTERS: [(&str, &str, &str); 5] = [
    ("dataset_versions", "sha256", "bytes"),
    ("versions", "artifact_sha256", "artifact_bytes"),
    ("versions", "backtest_sha256", "backtest_bytes"),
    ("versions", "profile_sha256", "profile_bytes"),
    ("prediction_segments", "sha256", "bytes"),
];

/// What was read from the database at one moment.
struct Taken {
    database: DatabaseKind,
    schema: i64,
    /// The whole as one file.
    file: Option<PathBuf>,
    /// Each table, with a file where it has one of its own.
    tables: Vec<(TableKept, Option<PathBuf>)>,
    objects: Vec<ObjectRef>,
}

/// Copies everything that `config` names into a place, while servers go on. `temp` is a folder for passing files.
pub async fn backup(
    config: &StoreConfig,
    place: &Place,
    (program, temp): (&str, &Path),
    clock: &dyn Clock,
    chance: Arc<dyn Chance>,
    watch: Watch<'_>,
) -> Result<Manifest, BackupError> {
    let made_at = clock.now();
    watch("prediction log", 0, 1);
    let predictions = keep_folder(place, &config.data_dir.join("predictions"), Some("log")).await?;
    let secrets = keep_folder(place, &config.data_dir.join("secrets"), None).await?;
    watch("database", 0, 1);
    let taken = match config.database()? {
        DatabaseAt::Sqlite(path) => of_sqlite(&path, temp).await?,
        DatabaseAt::Postgres(url) => of_postgres(&url, temp).await?,
    };
    let file = match &taken.file {
        Some(path) => Some(place.blobs.put_file(path).await?),
        None => None,
    };
    let mut tables = Vec::new();
    for (mut table, path) in taken.tables {
        if let Some(path) = path {
            table.object = Some(place.blobs.put_file(&path).await?);
            tokio::fs::remove_file(&path).await.map_err(io(&path))?;
        }
        tables.push(table);
    }
    let now = SystemTime::from(clock.now());
    let source = crate::open_objects(config.objects()?, config, chance, now)?;
    let passing = temp.join("object");
    for (done, object) in taken.objects.iter().enumerate() {
        watch("objects", done as u64, taken.objects.len() as u64);
        if place.blobs.has(object).await? {
            continue;
        }
        source.get_file(object, &passing).await?;
        place.blobs.put_file(&passing).await?;
        tokio::fs::remove_file(&passing).await.map_err(io(&passing))?;
    }
    let manifest = Manifest {
        format: FORMAT,
        name: made_at.strftime("%Y%m%dT%H%M%S.%3fZ").to_string(),
        made_at,
        program: program.to_owned(),
        database: taken.database,
        schema: taken.schema,
        file,
        tables,
        objects: taken.objects,
        predictions,
        secrets,
    };
    place.keep(&manifest).await?;
    watch("done", 1, 1);
    Ok(manifest)
}

/// Keeps the files of a folder with one ending, or all; none where there is no folder. A file that goes away
/// meanwhile was sealed, and the database knows it by then.
async fn keep_folder(
    place: &Place,
    folder: &Path,
    ending: Option<&str>,
) -> Result<Vec<FileKept>, BackupError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(io(folder))?,
    };
    let mut kept = Vec::new();
    for entry in entries {
        let path = entry.map_err(io(folder))?.path();
        let fits = ending.is_none_or(|ending| path.extension().is_some_and(|own| own == ending));
        if !fits || !path.is_file() {
            continue;
        }
        // At once, because the file may be written to: what is there now is kept, and nothing of what comes.
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            bytes => bytes.map_err(io(&path))?,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        kept.push(FileKept { name, object: place.blobs.put(bytes.into()).await? });
    }
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(kept)
}

/// The objects that rows point at, each once.
async fn pointed_at(tx: &mut Tx) -> Result<Vec<ObjectRef>, StoreError> {
    let mut seen = HashSet::new();
    let mut objects = Vec::new();
    for (table, name, size) in POINTERS {
        let sql =
            format!("SELECT DISTINCT {name} AS name, {size} AS size FROM {table} WHERE {name} IS NOT NULL");
        let object =
            |row: &Row| Ok::<_, StoreError>(ObjectRef { sha256: row.text("name")?, bytes: row.u64("size")? });
        for row in tx.all(&sql, args![]).await? {
            let object = object(&row)?;
            if seen.insert(object.clone()) {
                objects.push(object);
            }
        }
    }
    Ok(objects)
}

async fn schema(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx.one("SELECT MAX(version) AS version FROM schema_migrations", args![]).await?;
    row.map_or(Ok(0), |row| row.int("version"))
}

/// The rows of a table of ours.
pub(super) async fn count(tx: &mut Tx, table: &str) -> Result<u64, StoreError> {
    let row = tx.one(&format!("SELECT COUNT(*) AS n FROM {table}"), args![]).await?;
    row.map_or(Ok(0), |row| row.u64("n"))
}

async fn of_sqlite(path: &Path, temp: &Path) -> Result<Taken, BackupError> {
    let copy = temp.join("vakhta.db");
    copy_sqlite(path, &copy).await?;
    let db = Db::open_sqlite(&copy).await?;
    let mut tx = db.begin().await?;
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
         ORDER BY name";
    let mut tables = Vec::new();
    for row in tx.all(names, args![]).await? {
        let name = row.text("name")?;
        let rows = count(&mut tx, &name).await?;
        tables.push((TableKept { name, rows, columns: Vec::new(), object: None }, None));
    }
    let (objects, schema) = (pointed_at(&mut tx).await?, schema(&mut tx).await?);
    drop(tx);
    db.close().await;
    Ok(Taken { database: DatabaseKind::Sqlite, schema, file: Some(copy), tables, objects })
}

async fn of_postgres(url: &str, temp: &Path) -> Result<Taken, BackupError> {
    let db = Db::open_postgres(url).await?;
    let mut tx = db.moment().await?;
    let mut tables = Vec::new();
    for (n, table) in tx.tables().await?.into_iter().enumerate() {
        let path = temp.join(format!("table_{n}"));
        let rows = tx.copy_out(&table, &path).await?;
        tables.push((TableKept { name: table.name, rows, columns: table.columns, object: None }, Some(path)));
    }
    let (objects, schema) = (pointed_at(&mut tx).await?, schema(&mut tx).await?);
    drop(tx);
    db.close().await;
    Ok(Taken { database: DatabaseKind::Postgresql, schema, file: None, tables, objects })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::{self, MIGRATIONS};

    #[tokio::test]
    async fn every_column_that_points_at_objects_is_known() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open_sqlite(&folder.path().join("x.db")).await.expect("a database");
        migrations::run(&db, MIGRATIONS).await.expect("it runs");
        let columns = "SELECT t.name AS name, c.name AS column_name FROM sqlite_master t
             JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name LIKE '%sha256'";
        for row in db.all(columns, args![]).await.expect("works") {
            let (table, column) = (row.text("name").expect("text"), row.text("column_name").expect("text"));
            let known = POINTERS.iter().any(|(own, name, _)| *own == table && *name == column);
            assert!(known, "{table}.{column} points at objects that no backup would hold");
        }
    }
}
