//! From fetched files to the dataset's next version: read, compared with what is there, written.

use crate::Lifecycle;
use crate::jobs::pulse::{Part as Share, Pulse};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vakhta_domain::dataset::{ColumnKind, DatasetVersion, ReadOptions, Refused, TableFacts};
use vakhta_domain::ports::{Fetched, StoreError};
use vakhta_domain::progress::Progress as _;
use vakhta_domain::source::{Definition, Told};
use vakhta_tables::{ImportError, Part, Upserted};

/// Why fetched files did not become rows.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// A file.
    #[error("`{name}`: {error}")]
    File {
        /// Its name at the source.
        name: String,
        /// What is wrong with it.
        error: ImportError,
    },
    /// All of them together.
    #[error(transparent)]
    Rows(#[from] ImportError),
    /// The program.
    #[error("the program failed: {0}")]
    Broken(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody asked to stop.
    #[error("it was stopped")]
    Stopped,
}

/// A table that was made.
pub(super) struct Loaded {
    pub table: TableFacts,
    pub rows: u64,
    pub path: PathBuf,
}

struct Read {
    path: PathBuf,
    table: TableFacts,
}

/// Reads the files and puts their rows into those of `base`; what became of them is told. None where nothing is new.
pub(super) async fn load(
    app: &Arc<Lifecycle>,
    pulse: &Arc<Pulse>,
    files: Vec<Fetched>,
    definition: &Definition,
    base: Option<&DatasetVersion>,
    folder: &Path,
    told: &mut Told,
) -> Result<Option<Loaded>, LoadError> {
    let there = folder.join("there.parquet");
    if let Some(base) = base {
        app.ports.objects.get_file(&base.object, &there).await?;
    }
    let (pulse, definition, folder) = (pulse.clone(), definition.clone(), folder.to_owned());
    let base = base.map(|base| base.table.clone());
    let work = move || {
        let texts: Vec<String> = base.iter().flat_map(texts_of).collect();
        let mut refused = Refused::default();
        let mut read = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let share = 500_000 / files.len() as u32;
            let from = 100_000 + share * at as u32;
            let share = Share { pulse: &pulse, from, to: from + share };
            let path = folder.join(format!("read-{at}.parquet"));
            if let Some(table) = read_file(file, &definition.read, &texts, &path, &share)? {
                add(&mut refused, &table.refused);
                read.push(Read { path, table });
            }
        }
        let result = put(&there, base.as_ref(), &read, &definition, &folder.join("new.parquet"), &pulse)?;
        Ok::<_, LoadError>((result, refused))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (result, refused) = done.map_err(|panic| LoadError::Broken(panic.to_string()))??;
    let path = result.1;
    let result = result.0;
    told.refused = refused;
    add(&mut told.refused, &result.refused);
    (told.rows_in, told.added, told.changed) = (result.rows_in, result.added, result.changed);
    told.unchanged = result.unchanged;
    Ok(result.table.map(|table| Loaded { table, rows: result.rows, path }))
}

/// Columns of texts; a file in which they happen to look like numbers must not take their zeros away.
fn texts_of(table: &TableFacts) -> Vec<String> {
    let texts = table.columns.iter().filter(|c| c.kind == ColumnKind::Text && c.profile.count > 0);
    texts.map(|column| column.name.clone()).collect()
}

/// One file as Parquet; none where it holds no rows.
fn read_file(
    file: &Fetched,
    options: &ReadOptions,
    texts: &[String],
    path: &Path,
    share: &Share<'_>,
) -> Result<Option<TableFacts>, LoadError> {
    let mut options = options.clone();
    options.format = file.format.or(options.format);
    let failed = |error| match error {
        ImportError::Cancelled => LoadError::Stopped,
        error => LoadError::File { name: file.name.clone(), error },
    };
    let once = |options: &ReadOptions| {
        let source = File::open(&file.path)?;
        let mut tell = |done, total| share.at("read", done, total);
        vakhta_tables::import(&source, &file.name, options, File::create(path)?, &mut tell)
    };
    let table = match once(&options) {
        Err(ImportError::Empty | ImportError::HeaderOnly) => {
            share.pulse.say(format!("`{}` holds no rows", file.name));
            return Ok(None);
        }
        read => read.map_err(failed)?,
    };
    let otherwise = table.columns.iter().filter(|c| c.kind != ColumnKind::Text && texts.contains(&c.name));
    let mut codes: Vec<String> = otherwise.map(|column| column.name.clone()).collect();
    if codes.is_empty() {
        return Ok(Some(table));
    }
    codes.retain(|name| !options.text_columns.contains(name));
    options.text_columns.extend(codes);
    once(&options).map(Some).map_err(failed)
}

fn put(
    there: &Path,
    base: Option<&TableFacts>,
    read: &[Read],
    definition: &Definition,
    path: &Path,
    pulse: &Pulse,
) -> Result<(Upserted, PathBuf), LoadError> {
    if read.is_empty() {
        return Ok((Upserted::default(), path.to_owned()));
    }
    let io = |error: std::io::Error| LoadError::Rows(ImportError::Io(error));
    let old = base.map(|_| File::open(there)).transpose().map_err(io)?;
    let files = read.iter().map(|one| File::open(&one.path)).collect::<Result<Vec<_>, _>>().map_err(io)?;
    let parts: Vec<Part<'_>> =
        read.iter().zip(&files).map(|(one, file)| Part { file, table: &one.table }).collect();
    let old = old.as_ref().zip(base).map(|(file, table)| Part { file, table });
    let share = Share { pulse, from: 600_000, to: 900_000 };
    let mut tell = |done, total| share.at("compare", done, total);
    let sink = File::create(path).map_err(io)?;
    let on_error = definition.read.on_error;
    match vakhta_tables::upsert(old, &parts, &definition.identity(), on_error, sink, &mut tell) {
        Ok(result) => Ok((result, path.to_owned())),
        Err(ImportError::Cancelled) => Err(LoadError::Stopped),
        Err(error) => Err(error.into()),
    }
}

/// Adds the report of one file to that of all.
fn add(all: &mut Refused, more: &Refused) {
    all.rows += more.rows;
    let room = Refused::SHOWN.saturating_sub(all.first.len());
    all.first.extend(more.first.iter().take(room).cloned());
    for (reason, rows) in &more.reasons {
        match all.reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, known)) => *known += rows,
            None => all.reasons.push((reason.clone(), *rows)),
        }
    }
}
