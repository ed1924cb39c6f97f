//! What a backup consists of.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vakhta_domain::dataset::ObjectRef;

/// The form of manifests that this program writes and reads.
pub(super) const FORMAT: u32 = 1;

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseKind {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgresql,
}

impl DatabaseKind {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgresql => "PostgreSQL",
        }
    }
}

/// A table of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableKept {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Its columns, where it is kept by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Its rows as PostgreSQL copies them out; none where the whole database is one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileKept {
    /// Its name in its folder.
    pub name: String,
    /// Its bytes.
    pub object: ObjectRef,
}

/// The list of a backup: sizes and SHA-256 of everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this list.
    pub format: u32,
    /// Its name: the moment that it was begun at, UTC.
    pub name: String,
    /// When it was begun.
    pub made_at: Timestamp,
    /// The program that made it.
    pub program: String,
    /// What it is of.
    pub database: DatabaseKind,
    /// The schema's number.
    pub schema: i64,
    /// The database as one file, of SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ObjectRef>,
    /// The tables, each after those that it refers to.
    pub tables: Vec<TableKept>,
    /// Datasets, models and sealed predictions that the database points at.
    pub objects: Vec<ObjectRef>,
    /// The part of the prediction log that was not sealed.
    pub predictions: Vec<FileKept>,
    /// Secrets that sources and channels refer to.
    pub secrets: Vec<FileKept>,
}

impl Manifest {
    /// Every blob of it.
    pub fn blobs(&self) -> impl Iterator<Item = &ObjectRef> {
        let tables = self.tables.iter().filter_map(|table| table.object.as_ref());
        let files = self.predictions.iter().chain(&self.secrets).map(|file| &file.object);
        self.file.iter().chain(tables).chain(&self.objects).chain(files)
    }

    /// Its size, bytes.
    pub fn bytes(&self) -> u64 {
        self.blobs().map(|blob| blob.bytes).sum()
    }
}
