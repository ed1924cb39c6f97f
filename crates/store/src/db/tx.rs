//! A transaction as a value: take it, use it, `save` it. Dropping it undoes everything.

use super::value::{postgres_query, sqlite_query};
use super::{Db, Pools, Row, Value, database_error};
use sqlx::{Executor as _, PgTransaction, SqliteTransaction};
use std::time::Instant;
use vakhta_domain::ports::StoreError;

/// A transaction that may write.
pub(crate) struct Tx {
    pub(super) db: Db,
    pub(super) open: Open,
    pub(super) began: Instant,
}

pub(super) enum Open {
    Sqlite(SqliteTransaction<'static>),
    Postgres(PgTransaction<'static>),
}

impl Tx {
    pub(super) async fn begin(db: &Db) -> Result<Self, sqlx::Error> {
        let began = Instant::now();
        let open = match &db.pools {
            // IMMEDIATE takes the write lock at once: a transaction that reads first and writes later
            // could otherwise fail half-way because somebody else wrote in between.
            Pools::Sqlite { writer, .. } => Open::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Open::Postgres(pool.begin().await?),
        };
        Ok(Self { db: db.clone(), open, began })
    }

    /// All rows of a statement.
    pub(crate) async fn all(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let sql = self.db.sql(sql);
        match &mut self.open {
            Open::Sqlite(tx) => sqlite_query(sql, args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Open::Postgres(tx) => postgres_query(sql, args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(database_error)
    }

    /// The first row of a statement, if there is one. The statement is run to its end.
    pub(crate) async fn one(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Runs a statement; the number of rows it touched.
    pub(crate) async fn run(&mut self, sql: &str, args: Vec<Value>) -> Result<u64, StoreError> {
        let sql = self.db.sql(sql);
        match &mut self.open {
            Open::Sqlite(tx) => {
                sqlite_query(sql, args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            Open::Postgres(tx) => {
                postgres_query(sql, args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err(database_error)
    }

    /// Runs several statements without values.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        let sql = sqlx::raw_sql(self.db.sql(sql));
        match &mut self.open {
            Open::Sqlite(tx) => tx.execute(sql).await.map(|_| ()),
            Open::Postgres(tx) => tx.execute(sql).await.map(|_| ()),
        }
        .map_err(database_error)
    }

    /// A salt for a seal.
    pub(crate) fn salt(&self) -> String {
        self.db.salts.as_ref().expect("events are written by stores that were opened whole").next()
    }

    /// Makes everything durable.
    pub(crate) async fn save(self) -> Result<(), StoreError> {
        let saved = match self.open {
            Open::Sqlite(tx) => tx.commit().await,
            Open::Postgres(tx) => tx.commit().await,
        };
        self.db.times.writes.note(self.began.elapsed());
        saved.map_err(database_error)
    }
}
