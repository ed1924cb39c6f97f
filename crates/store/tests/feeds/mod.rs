//! Rows from databases of others: PostgreSQL and MariaDB, the same table in each.

use crate::servers::mariadb::{MariaDb, PASSWORD};
use crate::servers::postgres::Postgres;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection};
use std::path::Path;
use std::sync::Arc;
use vakhta_domain::ports::{Feed, FeedError, Feeds};
use vakhta_domain::progress::Unwatched;
use vakhta_domain::source::{Place, Seen, SqlPlace};
use vakhta_store::conformance::Bed;
use vakhta_store::{FeedOptions, S3Options, StoreConfig};

async fn feeds(folder: &Path) -> (Bed, Arc<dyn Feeds>) {
    let config = StoreConfig {
        database_url: format!("sqlite://{}", folder.join("vakhta.db").display()),
        objects_url: format!("file://{}", folder.join("objects").display()),
        feeds: FeedOptions { max_bytes: 1 << 20, ..FeedOptions::default() },
        s3: S3Options::default(),
        data_dir: folder.to_owned(),
    };
    let secrets = folder.join("secrets");
    std::fs::create_dir_all(&secrets).expect("a folder");
    std::fs::write(secrets.join("shop"), PASSWORD).expect("written");
    let bed = Bed::open(&config, 1).await.expect("a store");
    let feeds = bed.ports.feeds.clone();
    (bed, feeds)
}

fn place(url: String, query: &str) -> Place {
    Place::Sql(SqlPlace { url, query: query.into(), watermark: Some("id".into()) })
}

async fn rows(
    feeds: &dyn Feeds,
    place: &Place,
    seen: &Seen,
    folder: &Path,
) -> Result<(Feed, Vec<Value>), FeedError> {
    let feed = feeds.fetch(place, seen, folder, &Unwatched).await?;
    let text = feed.files.first().map(|file| std::fs::read_to_string(&file.path).expect("spooled"));
    let rows =
        text.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).expect("JSON"));
    let rows = rows.collect();
    Ok((feed, rows))
}

#[tokio::test]
async fn mariadb_is_read_from_a_watermark_on_and_never_written() {
    let server = MariaDb::start(
        "CREATE TABLE sales (id BIGINT, branch VARCHAR(9), day DATE, y DECIMAL(9,2), open BOOLEAN, photo BLOB);\n\
         INSERT INTO sales VALUES (1, '007', '2026-01-01', 12.50, TRUE, NULL), (2, 'север', NULL, NULL, NULL, x'00');",
    )
    .await;
    let home = tempfile::tempdir().expect("a folder");
    let (_bed, feeds) = feeds(home.path()).await;
    let url = server.url("${file:shop}");
    let sales = place(url.clone(), "SELECT id, branch, day, y, open FROM sales -- all of them");
    let (feed, found) = rows(&*feeds, &sales, &Seen::default(), home.path()).await.expect("it reads");
    let expected = [
        json!({"id": 1, "branch": "007", "day": "2026-01-01", "y": 12.5, "open": 1}),
        json!({"id": 2, "branch": "север", "day": null, "y": null, "open": null}),
    ];
    assert_eq!((found, feed.seen.watermark.clone()), (expected.to_vec(), Some(json!(2))));
    server.run("INSERT INTO sales VALUES (3, 'юг', '2026-01-02', -1, FALSE, NULL)").await;
    let (feed, found) = rows(&*feeds, &sales, &feed.seen, home.path()).await.expect("it reads");
    assert_eq!(found.iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(feed.seen.watermark, Some(json!(3)));

    let refused = async |query: &str| {
        let error = rows(&*feeds, &place(url.clone(), query), &Seen::default(), home.path()).await;
        error.expect_err("refused").to_string()
    };
    assert!(refused("SELECT id, photo FROM sales").await.contains("`photo` holds bytes"));
    assert!(refused("SELECT id FROM nothing").await.contains("shop.nothing"));
    assert!(refused("SELECT id FROM sales FOR UPDATE").await.contains("refuses"));
    assert!(refused("SELECT id FROM sales INTO OUTFILE '/tmp/x'").await.contains("refuses"));
    let wrong = place(server.url("wrong"), "SELECT 1 AS id");
    let error = rows(&*feeds, &wrong, &Seen::default(), home.path()).await.expect_err("no such password");
    assert!(matches!(&error, FeedError::Lasting(_)) && !error.to_string().contains("wrong@"), "{error}");
}

#[tokio::test]
async fn postgresql_is_read_from_a_watermark_on_and_never_written() {
    let server = Postgres::start().await;
    let url = server.database("shop").await;
    let mut connection = PgConnection::connect(&url).await.expect("it answers");
    let sql = "CREATE TABLE sales (id bigint, branch text, day date, y numeric(9,2), open boolean);
        INSERT INTO sales VALUES (1, '007', '2026-01-01', 12.50, true), (2, 'север', NULL, NULL, NULL)";
    connection.execute(sql).await.expect("it runs");
    let home = tempfile::tempdir().expect("a folder");
    let (_bed, feeds) = feeds(home.path()).await;
    let sales = place(url.clone(), "SELECT id, branch, day, y, open FROM sales -- all of them");
    let (feed, found) = rows(&*feeds, &sales, &Seen::default(), home.path()).await.expect("it reads");
    let expected = [
        json!({"id": 1, "branch": "007", "day": "2026-01-01", "y": 12.5, "open": true}),
        json!({"id": 2, "branch": "север", "day": null, "y": null, "open": null}),
    ];
    assert_eq!((found, feed.seen.watermark.clone()), (expected.to_vec(), Some(json!("2"))));
    connection.execute("INSERT INTO sales VALUES (3, 'юг', '2026-01-02', -1, false)").await.expect("it runs");
    let (_, found) = rows(&*feeds, &sales, &feed.seen, home.path()).await.expect("it reads");
    assert_eq!(found.iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [2, 3]);
    let writing = place(url, "SELECT id FROM sales FOR UPDATE");
    let error = rows(&*feeds, &writing, &Seen::default(), home.path()).await.expect_err("read-only");
    assert!(error.to_string().contains("refuses"), "{error}");
}
