//! Sources as callers see them. Secrets are references in them, as they were given.

use crate::native::datasets::views::RefusedView;
use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::source::{
    FilesPlace, HttpPlace, Place, RunOutcome, Source, SourceKind, SqlPlace, SyncRun,
};

/// A source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DataSource)]
pub struct SourceView {
    /// Its key.
    pub key: String,
    /// The dataset that it fills.
    pub dataset: String,
    /// The kind of place; the field of that name has its options, the others are null.
    #[schema(value_type = words::SourceKind)]
    pub kind: SourceKind,
    /// Files of a folder or a bucket.
    #[schema(value_type = Option<words::FilesPlace>)]
    pub files: Option<FilesPlace>,
    /// A file at an address.
    #[schema(value_type = Option<words::HttpPlace>)]
    pub http: Option<HttpPlace>,
    /// A query.
    #[schema(value_type = Option<words::SqlPlace>)]
    pub sql: Option<SqlPlace>,
    /// The columns that tell rows apart, with `time`.
    pub keys: Vec<String>,
    /// The column of dates or moments.
    pub time: Option<String>,
    /// How files are read.
    #[schema(value_type = words::ReadOptions)]
    pub read: ReadOptions,
    /// When it is read: minute, hour, day of the month, month, weekday.
    pub cron: String,
    /// The zone that this is read in.
    pub timezone: String,
    /// The schedule that does it; a pause is set there.
    pub schedule: String,
    /// The last run.
    pub last_run: Option<SyncRunView>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        let (mut files, mut http, mut sql) = (None, None, None);
        let kind = source.definition.place.kind();
        let schedule = source.schedule_id().to_string();
        match source.definition.place {
            Place::Files(place) => files = Some(place),
            Place::Http(place) => http = Some(place),
            Place::Sql(place) => sql = Some(place),
        }
        Self {
            key: source.key.to_string(),
            dataset: source.dataset.to_string(),
            kind,
            files,
            http,
            sql,
            keys: source.definition.keys,
            time: source.definition.time,
            read: source.definition.read,
            cron: source.times.cron,
            timezone: source.times.timezone,
            schedule,
            last_run: source.last_run.map(SyncRunView::from),
            created_at: source.created_at,
        }
    }
}

/// A run of a source.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SyncRun)]
pub struct SyncRunView {
    /// 1, 2, 3 … within the source.
    pub number: u32,
    /// The job that ran it.
    pub job_id: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How.
    #[schema(value_type = words::RunOutcome)]
    pub outcome: RunOutcome,
    /// The number of the dataset's new version; null where nothing was new.
    pub version: Option<u32>,
    /// Files, answers or queries that were there.
    pub files_seen: u64,
    /// Those that were new or changed.
    pub files_read: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Rows in them that parse.
    pub rows_in: u64,
    /// Rows that the dataset did not have.
    pub added: u64,
    /// Rows that it had with other values.
    pub changed: u64,
    /// Rows that it had as they are, or that came again in the same run.
    pub unchanged: u64,
    /// Rows left out, and why.
    pub refused: RefusedView,
    /// How often the source had to be asked.
    pub tries: u32,
    /// The newest value of the time column in the dataset afterwards.
    pub newest: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

impl From<SyncRun> for SyncRunView {
    fn from(run: SyncRun) -> Self {
        let told = run.told;
        Self {
            number: run.number,
            job_id: run.job.to_string(),
            started_at: run.started_at,
            finished_at: run.finished_at,
            outcome: run.outcome,
            version: run.version,
            files_seen: told.files_seen,
            files_read: told.files_read,
            bytes: told.bytes,
            rows_in: told.rows_in,
            added: told.added,
            changed: told.changed,
            unchanged: told.unchanged,
            refused: told.refused.into(),
            tries: told.tries,
            newest: told.newest,
            error: run.error,
        }
    }
}
