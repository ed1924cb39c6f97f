//! Opening the pools, with the settings that make `Ok` mean "on the disk".

use super::{Db, Pools};
use crate::open_error::OpenError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _};
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

/// Readers beside the one writer of SQLite.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL of one process.
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long to wait for a free connection, or for another program's lock on the file.
const PATIENCE: Duration = Duration::from_secs(15);

impl Db {
    /// Opens the SQLite file, making it, readable by its owner only, where it is not there.
    pub(crate) async fn open_sqlite(path: &Path) -> Result<Self, OpenError> {
        crate::files::create_private(path)
            .map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(super::database_error)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        Ok(Self::over(Pools::Sqlite { writer, readers }))
    }

    /// Connects to PostgreSQL.
    pub(crate) async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(super::database_error)?
            .application_name("vakhta")
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            // A server may have been told to answer before the disk has it; our promise is stronger.
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("SET synchronous_commit = on").await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(super::database_error)?;
        Ok(Self::over(Pools::Postgres(pool)))
    }
}
