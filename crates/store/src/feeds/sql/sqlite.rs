//! SQLite, whose values have types of their own, whatever their column says.

use super::{CONNECT, Dialect, Lines, bytes_in, connected, failed};
use futures::StreamExt as _;
use serde_json::{Map, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _,
};
use std::path::Path;
use vakhta_domain::ports::FeedError;
use vakhta_domain::source::{Seen, SqlPlace};

const SQL: Dialect = Dialect { quote: '"', ascending: "ASC", escapes: false };

/// Reads the rows.
pub(super) async fn rows(
    path: &Path,
    place: &SqlPlace,
    seen: &Seen,
    lines: &mut Lines<'_>,
) -> Result<(), FeedError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(CONNECT);
    let mut connection = connected(options.disable_statement_logging().connect()).await?;
    let sql = format!("SELECT q.* {}", SQL.body(place, seen));
    {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut connection);
        while let Some(row) = rows.next().await {
            lines.add_object(json(&row.map_err(failed)?)?, place).await?;
        }
    }
    let _ = connection.close().await;
    Ok(())
}

fn json(row: &SqliteRow) -> Result<Map<String, Value>, FeedError> {
    let mut object = Map::new();
    for (at, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(at).map_err(failed)?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().name() {
                "INTEGER" | "BOOLEAN" => Value::from(row.try_get_unchecked::<i64, _>(at).map_err(failed)?),
                "REAL" => Value::from(row.try_get_unchecked::<f64, _>(at).map_err(failed)?),
                "BLOB" => return Err(bytes_in(column.name())),
                _ => Value::from(row.try_get_unchecked::<String, _>(at).map_err(failed)?),
            }
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(object)
}
