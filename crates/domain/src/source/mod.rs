//! Where rows come from by themselves: a source, what its dataset's rows are told apart by, and the log of its runs.

mod check;
mod run;
mod secrets;

pub use check::{BadSource, check};
pub use run::{RunOutcome, SeenFile, SyncRun, Told, passing_wait};
pub use secrets::{BadReference, Keeper, Reference, SECRET_PREFIX, fill, is_reference, references};

use crate::dataset::ReadOptions;
use crate::ids::{DatasetKey, ScheduleId, SourceKey, UserId, WorkspaceId};
use crate::schedule::Times;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When a source is read where nothing else is said: every night at two.
pub const DEFAULT_CRON: &str = "0 2 * * *";

/// Where rows come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// Files in a folder or a bucket.
    Files(FilesPlace),
    /// A file at an address.
    Http(HttpPlace),
    /// A query.
    Sql(SqlPlace),
}

impl Place {
    /// The word for its kind.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Files(_) => SourceKind::Files,
            Self::Http(_) => SourceKind::Http,
            Self::Sql(_) => SourceKind::Sql,
        }
    }
}

/// The kinds of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Files in a folder or a bucket.
    Files,
    /// A file at an address.
    Http,
    /// A query.
    Sql,
}

/// Files in a folder of the server or in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesPlace {
    /// `file:///absolute/folder` below one of the server's `source_folders`, or `s3://bucket/prefix`.
    pub location: String,
    /// Which files below it, e.g. `sales-*.csv` or `2026/**/*.parquet`. `*` and `?` stay within a name, `**` goes
    /// through folders. Everything in the folder itself by default.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Access to the bucket; the machine's own where left out.
    #[serde(default)]
    pub s3: Option<BucketAccess>,
}

/// Access to a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BucketAccess {
    /// The address of another store than Amazon's; taken where the server's `source_private` is on.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The region.
    #[serde(default)]
    pub region: Option<String>,
    /// The key's name.
    pub access_key: String,
    /// The key's secret, by reference: `${env:VAKHTA_SECRET_…}` or `${file:…}`.
    pub secret_key: String,
}

/// A file at an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpPlace {
    /// `https://…` or `http://…`.
    pub url: String,
    /// Headers to send; secrets by reference.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// A query to a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlPlace {
    /// `postgres://user:${env:VAKHTA_SECRET_…}@host/database`, or `sqlite:///absolute/file.db` below one of the server's
    /// `source_folders`.
    pub url: String,
    /// One SELECT.
    pub query: String,
    /// A column of the query that never goes back (a counter, a time of change): only rows that are not below its
    /// largest value so far are asked for. All rows each time where left out.
    #[serde(default)]
    pub watermark: Option<String>,
}

/// A source as people define it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Where rows come from.
    pub place: Place,
    /// How files are read.
    pub read: ReadOptions,
    /// The columns that tell rows apart, e.g. branch; with [`Self::time`].
    pub keys: Vec<String>,
    /// The column of dates or moments, which tells rows apart, too, and says how fresh they are.
    pub time: Option<String>,
}

impl Definition {
    /// The columns that tell one row from another.
    pub fn identity(&self) -> Vec<String> {
        let time = self.time.iter().filter(|time| !self.keys.contains(time));
        self.keys.iter().chain(time).cloned().collect()
    }
}

/// A source as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its key.
    pub key: SourceKey,
    /// The dataset that it fills.
    pub dataset: DatasetKey,
    /// What it is.
    pub definition: Definition,
    /// When it is read.
    pub times: Times,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Option<UserId>,
    /// Counts its definitions: 1, 2, 3 …; a run that began under another is not stored.
    pub revision: u32,
    /// Its last run.
    pub last_run: Option<SyncRun>,
}

impl Source {
    /// The identity of its schedule.
    pub fn schedule_id(&self) -> ScheduleId {
        ScheduleId::new(format!("sync:{}", self.key))
    }
}

/// What a source showed the last time, so that only what is new is read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Files by their path.
    #[serde(default)]
    pub files: BTreeMap<String, SeenFile>,
    /// The largest value of the watermark column.
    #[serde(default)]
    pub watermark: Option<serde_json::Value>,
}
