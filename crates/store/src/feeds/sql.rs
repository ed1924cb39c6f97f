//! Rows of a query, as JSON Lines. The session may only read, and what it may read is up to its account.

use super::files::{Spool, at, within};
use super::secrets::{Secrets, in_address};
use futures::StreamExt as _;
use serde_json::{Map, Value};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _,
};
use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;
use vakhta_domain::dataset::FileFormat;
use vakhta_domain::ports::{Feed, FeedError, Fetched};
use vakhta_domain::progress::Progress;
use vakhta_domain::source::{Seen, SqlPlace};

/// A connection that takes longer is given up.
const CONNECT: Duration = Duration::from_secs(20);
/// Rows between two looks at whether to stop.
const STRIDE: u64 = 1000;

/// What `file` is: the checked path of a SQLite database, where the place is one.
pub(super) async fn fetch(
    place: &SqlPlace,
    file: Option<&Path>,
    secrets: &mut Secrets,
    seen: &Seen,
    into: &Path,
    most: u64,
    progress: &dyn Progress,
) -> Result<Feed, FeedError> {
    at(progress, 0, 1)?;
    let mut lines = Lines { spool: Spool::new(into, 0).await?, rows: 0, most, progress };
    let mark = match file {
        Some(path) => sqlite(path, place, seen, &mut lines).await?,
        None => {
            let url = secrets.fill(&place.url, in_address)?;
            postgres(&url, place, seen, &mut lines).await?
        }
    };
    let Lines { spool, rows, .. } = lines;
    let mut feed = Feed { seen: seen.clone(), files_seen: 1, bytes: spool.bytes, ..Feed::default() };
    feed.seen.watermark = mark.or_else(|| seen.watermark.clone()).filter(|_| place.watermark.is_some());
    let path = spool.path.clone();
    spool.end().await?;
    if rows > 0 {
        feed.files.push(Fetched { name: "query".into(), path, format: Some(FileFormat::Jsonl) });
    }
    Ok(feed)
}

struct Lines<'p> {
    spool: Spool,
    rows: u64,
    most: u64,
    progress: &'p dyn Progress,
}

impl Lines<'_> {
    async fn add(&mut self, line: &str) -> Result<(), FeedError> {
        self.rows += 1;
        if self.rows.is_multiple_of(STRIDE) {
            at(self.progress, 0, 1)?;
        }
        self.spool.write(line.as_bytes()).await?;
        self.spool.write(b"\n").await?;
        within(self.spool.bytes, self.most)
    }
}

/// `(query) AS q` with the rows that are not below the watermark, in its order, absent values first.
fn body(place: &SqlPlace, seen: &Seen, nulls_first: &str) -> String {
    let query = place.query.trim().trim_end_matches(';');
    // On a line of its own, so that a comment at the query's end hides nothing.
    let mut sql = format!("FROM (\n{query}\n) AS q");
    if let Some(column) = &place.watermark {
        if let Some(mark) = &seen.watermark {
            sql.push_str(&format!(" WHERE q.\"{column}\" >= {}", literal(mark)));
        }
        sql.push_str(&format!(" ORDER BY q.\"{column}\" {nulls_first}"));
    }
    sql
}

/// A watermark that an answer held, as SQL.
fn literal(mark: &Value) -> String {
    match mark {
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        other => format!("'{}'", other.to_string().replace('\'', "''")),
    }
}

async fn connected<T>(connecting: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, FeedError> {
    match tokio::time::timeout(CONNECT, connecting).await {
        Ok(connected) => connected.map_err(failed),
        Err(_) => Err(FeedError::Passing("the database did not answer in time".into())),
    }
}

fn failed(error: sqlx::Error) -> FeedError {
    match error {
        // The classes of PostgreSQL for broken connections, too little room, a stop and inner trouble.
        sqlx::Error::Database(inner) => {
            let text = format!("the database refuses: {}", inner.message());
            let passing = inner.code().is_some_and(|code| {
                ["08", "53", "57", "58", "40"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                    || ["5", "6", "261", "517"].contains(&code.as_ref())
            });
            if passing { FeedError::Passing(text) } else { FeedError::Lasting(text) }
        }
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
            FeedError::Passing(format!("the database cannot be reached: {error}"))
        }
        // Its text may repeat the address.
        sqlx::Error::Configuration(_) => {
            FeedError::Lasting("the address of the database cannot be read".into())
        }
        other => FeedError::Lasting(format!("the database cannot be read: {other}")),
    }
}

async fn postgres(
    url: &str,
    place: &SqlPlace,
    seen: &Seen,
    lines: &mut Lines<'_>,
) -> Result<Option<Value>, FeedError> {
    // One cryptography for the whole process; whoever came first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = PgConnectOptions::from_str(url).map_err(failed)?.application_name("vakhta").options([
        ("default_transaction_read_only", "on"),
        ("statement_timeout", "900000"),
        ("datestyle", "ISO, YMD"),
        ("timezone", "UTC"),
        ("standard_conforming_strings", "on"),
    ]);
    let mut connection = connected(options.disable_statement_logging().connect()).await?;
    let mark = place.watermark.as_ref().map_or_else(|| "NULL".to_owned(), |column| format!("q.\"{column}\""));
    let body = body(place, seen, "ASC NULLS FIRST");
    let sql = format!("SELECT row_to_json(q)::text AS line, ({mark})::text AS mark {body}");
    let mut last = None;
    {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut connection);
        while let Some(row) = rows.next().await {
            let row = row.map_err(failed)?;
            lines.add(row.try_get("line").map_err(failed)?).await?;
            if let Some(mark) = row.try_get::<Option<String>, _>("mark").map_err(failed)? {
                last = Some(Value::from(mark));
            }
        }
    }
    let _ = connection.close().await;
    Ok(last)
}

async fn sqlite(
    path: &Path,
    place: &SqlPlace,
    seen: &Seen,
    lines: &mut Lines<'_>,
) -> Result<Option<Value>, FeedError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(CONNECT);
    let mut connection = connected(options.disable_statement_logging().connect()).await?;
    let sql = format!("SELECT q.* {}", body(place, seen, "ASC"));
    let mut last = None;
    {
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut connection);
        while let Some(row) = rows.next().await {
            let object = json(&row.map_err(failed)?)?;
            if let Some(mark) =
                place.watermark.as_ref().and_then(|column| object.get(column)).filter(|v| !v.is_null())
            {
                last = Some(mark.clone());
            }
            lines.add(&Value::Object(object).to_string()).await?;
        }
    }
    let _ = connection.close().await;
    Ok(last)
}

/// A row of SQLite, whose values have types of their own.
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
                "BLOB" => {
                    let text = format!("column `{}` holds bytes; leave it out of the query", column.name());
                    return Err(FeedError::Lasting(text));
                }
                _ => Value::from(row.try_get_unchecked::<String, _>(at).map_err(failed)?),
            }
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(object)
}
