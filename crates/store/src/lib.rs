//! The ports made real: metadata in SQLite or PostgreSQL by one set of queries, blobs in a local folder or
//! S3, and the prediction log. No rule of the product lives here.

pub mod backup;
mod config;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod db;
mod dialect;
mod feeds;
mod files;
mod lock;
mod migrations;
mod objects;
mod open_error;
mod predictions;
mod repositories;
mod tls;

pub use config::{S3Options, StoreConfig};
pub use db::DatabaseTimes;
pub use feeds::FeedOptions;
pub use migrations::MigrationReport;
pub use open_error::OpenError;
pub use predictions::Sealed;

use config::{DatabaseAt, ObjectsAt};
use db::{Db, args};
use lock::FolderLock;
use objects::{CheckedObjects, LocalObjects, S3Objects};
use predictions::PredictionFiles;
use repositories::{
    accounts::AccountRows, actuals::ActualRows, alerts::AlertRows, arms::ArmRows, calendars::CalendarRows,
    datasets::DatasetRows, drift::DriftRows, events::EventRows, idempotency::AnswerRows,
    identities::IdentityRows, jobs::JobRows, models::ModelRows, personal::PersonalRows,
    schedules::ScheduleRows, second_factors::FactorRows, segments::SegmentRows, sources::SourceRows,
    versions::VersionRows, workspaces::WorkspaceRows,
};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use vakhta_domain::ports::{Chance, Clock, Objects, Ports, StoreError};

/// How the store is.
#[derive(Debug)]
pub struct Health {
    /// Whether the database answers.
    pub database: Result<(), StoreError>,
    /// Whether the object store answers.
    pub objects: Result<(), StoreError>,
}

/// Everything that is kept, open. One process at a time may have a data folder open.
pub struct Store {
    db: Db,
    objects: Arc<dyn CheckedObjects>,
    predictions: Arc<PredictionFiles>,
    ports: Ports,
    /// Given back when the store is closed or dropped.
    _locks: Vec<FolderLock>,
}

impl Store {
    /// Opens everything: takes the data folder for this process, brings the schema up to date, and mends
    /// what a crash may have left.
    pub async fn open(
        config: &StoreConfig,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, OpenError> {
        let objects_at = config.objects()?;
        let (db, locks) = open_database(config).await?;
        migrations::run(&db, migrations::MIGRATIONS).await?;
        let db = db.salted(chance.as_ref());
        let now = SystemTime::from(clock.now());
        let objects = open_objects(objects_at, config, Arc::clone(&chance), now)?;
        let blobs: Arc<dyn Objects> = Arc::<dyn CheckedObjects>::clone(&objects);
        let predictions = PredictionFiles::open(
            &config.data_dir.join("predictions"),
            SegmentRows { db: db.clone() },
            Arc::clone(&blobs),
            Arc::clone(&clock),
            Arc::clone(&chance),
        )
        .await?;
        let predictions = Arc::new(predictions);
        let rows = || db.clone();
        let ports = Ports {
            accounts: Arc::new(AccountRows { db: rows() }),
            actuals: Arc::new(ActualRows { db: rows() }),
            arms: Arc::new(ArmRows { db: rows() }),
            alerts: Arc::new(AlertRows { db: rows() }),
            calendars: Arc::new(CalendarRows { db: rows() }),
            datasets: Arc::new(DatasetRows { db: rows() }),
            drift: Arc::new(DriftRows { db: rows() }),
            models: Arc::new(ModelRows { db: rows() }),
            versions: Arc::new(VersionRows { db: rows() }),
            schedules: Arc::new(ScheduleRows { db: rows() }),
            identities: Arc::new(IdentityRows { db: rows() }),
            second_factors: Arc::new(FactorRows { db: rows() }),
            sources: Arc::new(SourceRows { db: rows() }),
            feeds: Arc::new(feeds::Outside::new(config.feeds.clone(), &config.data_dir)),
            jobs: Arc::new(JobRows { db: rows() }),
            events: Arc::new(EventRows { db: rows() }),
            idempotency: Arc::new(AnswerRows { db: rows() }),
            objects: blobs,
            workspaces: Arc::new(WorkspaceRows { db: rows() }),
            personal: Arc::new(PersonalRows { db: rows() }),
            predictions: Arc::<PredictionFiles>::clone(&predictions),
            clock,
            chance,
        };
        Ok(Self { db, objects, predictions, ports, _locks: locks })
    }

    /// The ports, as the wiring hands them on.
    pub fn ports(&self) -> Ports {
        self.ports.clone()
    }

    /// Asks the database and the object store whether they can be used now. Whoever does not answer within `patience`
    /// cannot, and does not keep the other one's answer back.
    pub async fn health(&self, patience: Duration) -> Health {
        let (database, objects) = tokio::join!(
            in_time("database", patience, self.db.one("SELECT id FROM workspaces LIMIT 1", args![])),
            in_time("object store", patience, self.objects.check()),
        );
        Health { database: database.map(|_| ()), objects }
    }

    /// How long the database took so far; goes on counting.
    pub fn database_times(&self) -> Arc<DatabaseTimes> {
        Arc::clone(self.db.times())
    }

    /// Moves closed parts of the prediction log into the object store. To be called every minute; `now`
    /// also moves a part that is neither full (8 MiB) nor old (10 minutes).
    pub async fn seal_predictions(&self, now: bool) -> Result<Sealed, StoreError> {
        self.predictions.seal(now).await
    }

    /// Waits for writes under way, closes everything and gives the data folder back. Ports that are still
    /// held answer "not available" afterwards.
    pub async fn close(self) {
        self.predictions.close().await;
        self.db.close().await;
    }
}

async fn in_time<T>(
    part: &'static str,
    patience: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let silent = |source| StoreError::Unavailable { part, source: Box::new(source) };
    tokio::time::timeout(patience, answer).await.map_err(silent)?
}

/// Brings the schema of a database that no server uses up to date, and does nothing else.
pub async fn migrate(config: &StoreConfig) -> Result<MigrationReport, OpenError> {
    let (db, locks) = open_database(config).await?;
    let report = migrations::run(&db, migrations::MIGRATIONS).await;
    db.close().await;
    drop(locks);
    report
}

/// Locks the data folder and opens the database in it or elsewhere.
async fn open_database(config: &StoreConfig) -> Result<(Db, Vec<FolderLock>), OpenError> {
    let database = config.database()?;
    let mut locks = vec![FolderLock::take(&config.data_dir)?];
    let db = match database {
        DatabaseAt::Sqlite(path) => {
            // Two data folders must not share a database file either.
            let dir = path.parent().unwrap_or(Path::new("/"));
            let same = dir.canonicalize().ok() == config.data_dir.canonicalize().ok();
            if !same {
                locks.push(FolderLock::take(dir)?);
            }
            Db::open_sqlite(&path).await?
        }
        DatabaseAt::Postgres(url) => Db::open_postgres(&url).await?,
    };
    Ok((db, locks))
}

fn open_objects(
    at: ObjectsAt,
    config: &StoreConfig,
    chance: Arc<dyn Chance>,
    now: SystemTime,
) -> Result<Arc<dyn CheckedObjects>, OpenError> {
    Ok(match at {
        ObjectsAt::Folder(path) => {
            let objects =
                LocalObjects::open(&path, chance, now).map_err(|source| OpenError::Io { path, source })?;
            Arc::new(objects)
        }
        ObjectsAt::S3 { bucket, prefix } => Arc::new(S3Objects::new(&bucket, &prefix, &config.s3)?),
    })
}
