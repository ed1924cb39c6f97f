//! Rows of a query, as JSON Lines. The session may only read, and what it may read is up to its account.

mod mysql;
mod postgres;
mod sqlite;

use super::files::{Spool, at, within};
use super::secrets::{Secrets, in_address};
use crate::tls::one_cryptography;
use serde_json::{Map, Value};
use std::path::Path;
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
    let spool = Spool::new(into, 0).await?;
    let mut lines = Lines { spool, rows: 0, mark: seen.watermark.clone(), most, progress };
    match file {
        Some(path) => sqlite::rows(path, place, seen, &mut lines).await?,
        None => {
            one_cryptography();
            let url = secrets.fill(&place.url, in_address)?;
            if url.starts_with("postgres") {
                postgres::rows(&url, place, seen, &mut lines).await?;
            } else {
                mysql::rows(&url, place, seen, &mut lines).await?;
            }
        }
    }
    let Lines { spool, rows, mark, .. } = lines;
    let mut feed = Feed { seen: seen.clone(), files_seen: 1, bytes: spool.bytes, ..Feed::default() };
    feed.seen.watermark = mark.filter(|_| place.watermark.is_some());
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
    /// The last watermark that a row held.
    mark: Option<Value>,
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

    /// A row that is an object, and the watermark in it.
    async fn add_object(&mut self, row: Map<String, Value>, place: &SqlPlace) -> Result<(), FeedError> {
        let mark = place.watermark.as_ref().and_then(|column| row.get(column));
        if let Some(mark) = mark.filter(|mark| !mark.is_null()) {
            self.mark = Some(mark.clone());
        }
        self.add(&Value::Object(row).to_string()).await
    }
}

/// How a database writes what every database has.
struct Dialect {
    /// Around a column's name.
    quote: char,
    /// How absent values come first.
    ascending: &'static str,
    /// Whether a backslash in a text means something.
    escapes: bool,
}

impl Dialect {
    fn column(&self, name: &str) -> String {
        format!("q.{quote}{name}{quote}", quote = self.quote)
    }

    /// `FROM (query) AS q` with the rows that are not below the watermark, in its order, absent values first.
    fn body(&self, place: &SqlPlace, seen: &Seen) -> String {
        let query = place.query.trim().trim_end_matches(';');
        // On a line of its own, so that a comment at the query's end hides nothing.
        let mut sql = format!("FROM (\n{query}\n) AS q");
        if let Some(column) = &place.watermark {
            let column = self.column(column);
            if let Some(mark) = &seen.watermark {
                sql.push_str(&format!(" WHERE {column} >= {}", self.literal(mark)));
            }
            sql.push_str(&format!(" ORDER BY {column} {}", self.ascending));
        }
        sql
    }

    /// A watermark that an answer held, as SQL.
    fn literal(&self, mark: &Value) -> String {
        let text = match mark {
            Value::Number(number) => return number.to_string(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let text = if self.escapes { text.replace('\\', "\\\\") } else { text };
        format!("'{}'", text.replace('\'', "''"))
    }
}

fn bytes_in(column: &str) -> FeedError {
    FeedError::Lasting(format!("column `{column}` holds bytes; leave it out of the query"))
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
