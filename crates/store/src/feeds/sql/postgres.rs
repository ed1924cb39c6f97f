//! PostgreSQL, which writes its rows as JSON itself.

use super::{Dialect, Lines, connected, failed};
use futures::StreamExt as _;
use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};
use std::str::FromStr as _;
use vakhta_domain::ports::FeedError;
use vakhta_domain::source::{Seen, SqlPlace};

const SQL: Dialect = Dialect { quote: '"', ascending: "ASC NULLS FIRST", escapes: false };

/// Reads the rows.
pub(super) async fn rows(
    url: &str,
    place: &SqlPlace,
    seen: &Seen,
    lines: &mut Lines<'_>,
) -> Result<(), FeedError> {
    let options = PgConnectOptions::from_str(url).map_err(failed)?.application_name("vakhta").options([
        ("default_transaction_read_only", "on"),
        ("statement_timeout", "900000"),
        ("datestyle", "ISO, YMD"),
        ("timezone", "UTC"),
        ("standard_conforming_strings", "on"),
    ]);
    let mut connection = connected(options.disable_statement_logging().connect()).await?;
    let mark = place.watermark.as_ref().map_or_else(|| "NULL".to_owned(), |column| SQL.column(column));
    let body = SQL.body(place, seen);
    let sql = format!("SELECT row_to_json(q)::text AS line, ({mark})::text AS mark {body}");
    {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut connection);
        while let Some(row) = rows.next().await {
            let row = row.map_err(failed)?;
            lines.add(row.try_get("line").map_err(failed)?).await?;
            if let Some(mark) = row.try_get::<Option<String>, _>("mark").map_err(failed)? {
                lines.mark = Some(Value::from(mark));
            }
        }
    }
    let _ = connection.close().await;
    Ok(())
}
