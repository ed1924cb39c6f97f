//! One small database type over two typed pools. It runs portable SQL and knows neither tables nor rules.

mod connect;
mod copy;
mod errors;
mod row;
mod salts;
mod tx;
mod value;

pub(crate) use copy::{TableName, copy_sqlite};
pub(crate) use errors::{database_error, is_taken};
pub(crate) use row::Row;
pub(crate) use tx::Tx;
pub(crate) use value::{Value, args};

use crate::dialect::{Dialect, POSTGRES, SQLITE};
use salts::Salts;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use vakhta_domain::ports::{Chance, StoreError};
use vakhta_domain::times::Times;

/// The database.
#[derive(Clone)]
pub(crate) struct Db {
    pools: Pools,
    /// Portable text to the dialect's, so that each query is translated once.
    translated: Arc<Mutex<HashMap<String, Arc<str>>>>,
    /// Where the seals of events get their salts; none while only the schema is worked on.
    salts: Option<Arc<Salts>>,
    times: Arc<DatabaseTimes>,
}

/// How long the database took.
#[derive(Debug, Default)]
pub struct DatabaseTimes {
    /// Statements that read, with the wait for a connection.
    pub reads: Times,
    /// Transactions that wrote, from the wait for their turn until they were durable.
    pub writes: Times,
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        /// One connection: SQLite has one writer at a time, and waiting here is fair and cheap.
        writer: SqlitePool,
        /// Several; they see what was committed last and never wait for the writer.
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    fn over(pools: Pools) -> Self {
        Self { pools, translated: Arc::default(), salts: None, times: Arc::default() }
    }

    /// The same, able to write events.
    pub(crate) fn salted(mut self, chance: &dyn Chance) -> Self {
        self.salts = Some(Arc::new(Salts::new(chance)));
        self
    }

    fn dialect(&self) -> &'static Dialect {
        match self.pools {
            Pools::Sqlite { .. } => &SQLITE,
            Pools::Postgres(_) => &POSTGRES,
        }
    }

    /// Whether this is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// The text as this database reads it. Values are never part of the text: they are bound.
    fn sql(&self, portable: &str) -> AssertSqlSafe<Arc<str>> {
        let mut known = self.translated.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sql) = known.get(portable) {
            return AssertSqlSafe(Arc::clone(sql));
        }
        let sql: Arc<str> = self.dialect().translate(portable).into();
        known.insert(portable.to_owned(), Arc::clone(&sql));
        AssertSqlSafe(sql)
    }

    /// Begins a transaction that may write. Dropping it undoes everything.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Tx::begin(self).await.map_err(database_error)
    }

    /// Runs one reading statement outside any transaction.
    pub(crate) async fn all(&self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let sql = self.sql(sql);
        let began = Instant::now();
        let rows = match &self.pools {
            Pools::Sqlite { readers, .. } => value::sqlite_query(sql, args)
                .fetch_all(readers)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Pools::Postgres(pool) => value::postgres_query(sql, args)
                .fetch_all(pool)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        };
        self.times.reads.note(began.elapsed());
        rows.map_err(database_error)
    }

    /// How long it took so far.
    pub(crate) fn times(&self) -> &Arc<DatabaseTimes> {
        &self.times
    }

    /// The first row of a reading statement, if there is one.
    pub(crate) async fn one(&self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Runs one writing statement in a transaction of its own; the number of rows it touched.
    pub(crate) async fn run(&self, sql: &str, args: Vec<Value>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let touched = tx.run(sql, args).await?;
        tx.save().await?;
        Ok(touched)
    }

    /// Waits for what is running and closes every connection.
    pub(crate) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
