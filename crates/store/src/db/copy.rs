//! Whole tables in and out, for backups: each database's own way, because each knows its values best.

use super::tx::{Open, Tx};
use super::{Db, Pools, args, database_error};
use futures::TryStreamExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use vakhta_domain::ports::StoreError;

/// How long a copy waits for another program's lock on the file.
const PATIENCE: Duration = Duration::from_mins(1);

/// A table of PostgreSQL, with its columns in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableName {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl TableName {
    fn with_columns(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        format!("{} ({})", quoted(&self.name), columns.join(", "))
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable { part: "database", source: Box::new(error) }
}

/// Copies an SQLite database that others may be using into a new file, as it was at one moment.
pub(crate) async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(from)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let mut connection: SqliteConnection = options.connect().await.map_err(database_error)?;
    let to = to.to_string_lossy().into_owned();
    let copied = sqlx::query("VACUUM INTO ?").bind(to).execute(&mut connection).await;
    copied.map_err(database_error)?;
    connection.close().await.map_err(database_error)
}

impl Db {
    /// Begins a transaction that sees one moment of PostgreSQL, whatever others write.
    pub(crate) async fn moment(&self) -> Result<Tx, StoreError> {
        let Pools::Postgres(pool) = &self.pools else { return self.begin().await };
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        let began = Instant::now();
        let tx = pool.begin_with(begin).await.map_err(database_error)?;
        Ok(Tx { db: self.clone(), open: Open::Postgres(tx), began })
    }
}

impl Tx {
    /// The tables of PostgreSQL's schema, each after those that it refers to.
    pub(crate) async fn tables(&mut self) -> Result<Vec<TableName>, StoreError> {
        let rows = self
            .all(
                "SELECT CAST(t.table_name AS TEXT) AS name, CAST(c.column_name AS TEXT) AS column_name
                 FROM information_schema.tables t
                 JOIN information_schema.columns c USING (table_schema, table_name)
                 WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
                 ORDER BY t.table_name, c.ordinal_position",
                args![],
            )
            .await?;
        let mut tables: Vec<TableName> = Vec::new();
        for row in rows {
            let (name, column) = (row.text("name")?, row.text("column_name")?);
            match tables.last_mut().filter(|last| last.name == name) {
                Some(last) => last.columns.push(column),
                None => tables.push(TableName { name, columns: vec![column] }),
            }
        }
        let references = self
            .all(
                "SELECT CAST(child.relname AS TEXT) AS child, CAST(parent.relname AS TEXT) AS parent
                 FROM pg_constraint
                 JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
                 WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)",
                args![],
            )
            .await?;
        let references = references.iter().map(|row| Ok((row.text("child")?, row.text("parent")?)));
        Ok(parents_first(tables, &references.collect::<Result<Vec<_>, StoreError>>()?))
    }

    /// Writes a table of PostgreSQL into a file; its rows.
    pub(crate) async fn copy_out(&mut self, table: &TableName, to: &Path) -> Result<u64, StoreError> {
        let Open::Postgres(tx) = &mut self.open else { return Ok(0) };
        let sql = format!("COPY {} TO STDOUT", table.with_columns());
        let mut file = tokio::fs::File::create(to).await.map_err(broken)?;
        let mut parts = tx.copy_out_raw(&sql).await.map_err(database_error)?;
        let mut rows = 0;
        while let Some(part) = parts.try_next().await.map_err(database_error)? {
            // A row ends with a line's end; one within a value is written in another way.
            rows += part.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
            file.write_all(&part).await.map_err(broken)?;
        }
        file.flush().await.map_err(broken)?;
        Ok(rows)
    }

    /// Reads a table of PostgreSQL from a file; its rows.
    pub(crate) async fn copy_in(&mut self, table: &TableName, from: &Path) -> Result<u64, StoreError> {
        let Open::Postgres(tx) = &mut self.open else { return Ok(0) };
        let sql = format!("COPY {} FROM STDIN", table.with_columns());
        let file = tokio::fs::File::open(from).await.map_err(broken)?;
        let mut sink = tx.copy_in_raw(&sql).await.map_err(database_error)?;
        if let Err(error) = sink.read_from(file).await {
            sink.abort("the backup cannot be read").await.map_err(database_error)?;
            return Err(database_error(error));
        }
        sink.finish().await.map_err(database_error)
    }
}

/// Tables in an order in which each comes after those that it refers to; `references` are of a child to its parent.
fn parents_first(mut tables: Vec<TableName>, references: &[(String, String)]) -> Vec<TableName> {
    let mut ordered: Vec<TableName> = Vec::new();
    while !tables.is_empty() {
        let ready = |table: &TableName| {
            references
                .iter()
                .filter(|(child, parent)| *child == table.name && parent != child)
                .all(|(_, parent)| ordered.iter().any(|done| done.name == *parent))
        };
        let (next, rest): (Vec<_>, Vec<_>) = tables.into_iter().partition(ready);
        if next.is_empty() {
            // They refer to one another in a circle, which no schema of ours does.
            ordered.extend(rest);
            break;
        }
        ordered.extend(next);
        tables = rest;
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_first() {
        let table = |name: &str| TableName { name: name.into(), columns: vec!["a\"b".into()] };
        let reference = |child: &str, parent: &str| (child.to_owned(), parent.to_owned());
        let references = [reference("a", "c"), reference("c", "b"), reference("b", "b")];
        let ordered = parents_first(vec![table("a"), table("b"), table("c")], &references);
        assert_eq!(ordered.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["b", "c", "a"]);
        assert_eq!(ordered[0].with_columns(), "\"b\" (\"a\"\"b\")");
        let circle = [reference("a", "b"), reference("b", "a")];
        assert_eq!(parents_first(vec![table("a"), table("b")], &circle).len(), 2);
    }
}
