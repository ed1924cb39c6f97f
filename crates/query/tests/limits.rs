//! How far a query may go: it only reads, and it ends in time, in memory and in rows.

mod common;

use common::{House, LIMITS, question};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vakhta_domain::ports::Analytics as _;
use vakhta_domain::query::{QueryError, QueryLimits, Question};

/// Two million millions of pairs, none of which can be left out.
const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 2000000) a(x), generate_series(1, 1000000) b(y) \
     WHERE (a.x * b.y) % 7 = 3";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_reading_is_done() {
    let house = House::full().await;
    for sql in [
        "INSERT INTO models VALUES ('x')",
        "DELETE FROM models",
        "CREATE TABLE t AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "COPY models TO '/tmp/models.csv'",
        "SET datafusion.execution.batch_size = 1",
        "SELECT * INTO t FROM models",
        "WITH t AS (SELECT 1) INSERT INTO models SELECT * FROM t",
        "SELECT 1; SELECT 2",
        "DROP TABLE models",
    ] {
        let error = house.refused(sql).await;
        assert!(matches!(error, QueryError::Refused(_) | QueryError::Wrong { .. }), "{sql}: {error:?}");
    }
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'file:///etc/passwd'",
        "SELECT * FROM 'http://127.0.0.1/x.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM parquet_metadata('/etc/passwd')",
        "SELECT * FROM information_schema.secrets",
        "SELECT repeat('x', 1000000000)",
        "SELECT lpad('x', 1000000000)",
        "SELECT rpad('x', 1000000000)",
    ] {
        let error = house.refused(sql).await;
        assert!(matches!(error, QueryError::Wrong { .. }), "{sql}: {error:?}");
    }
    assert_eq!(house.rows("SELECT count(*) FROM models").await, json!([[1]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_only_computes_is_stopped_in_time() {
    let house = House::with(1, Duration::from_secs(10)).await;
    let limits = QueryLimits { time: Duration::from_secs(1), ..LIMITS };
    // Pairs that fit now and then, pairs that never fit, pairs without a question, and equal keys that make as many.
    for sql in [
        ENDLESS,
        "SELECT count(*) FROM generate_series(1, 2000000) a(x), generate_series(1, 1000000) b(y) WHERE a.x * b.y = -1",
        "SELECT count(*) FROM generate_series(1, 2000000) a(x), generate_series(1, 1000000) b(y)",
        "SELECT count(*) FROM generate_series(1, 2000000) a(x) JOIN generate_series(1, 1000000) b(y) \
         ON a.x % 2 = b.y % 2 AND a.x * b.y < 0",
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    ] {
        let begun = Instant::now();
        let error = house.engine.ask(question("default", sql, limits)).await.expect_err(sql);
        assert!(matches!(error, QueryError::TimedOut(1)), "{sql}: {error:?}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{sql}: told after {:?}", begun.elapsed());
        // There is one place only: it is free again when the threads have really ended.
        assert_eq!(house.rows("SELECT 1").await, json!([[1]]), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_nobody_waits_for_is_stopped() {
    let house = Arc::new(House::with(1, Duration::from_secs(10)).await);
    let asking = Arc::clone(&house);
    let task = tokio::spawn(async move { asking.engine.ask(question("default", ENDLESS, LIMITS)).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    task.abort();
    assert!(task.await.expect_err("aborted").is_cancelled());
    assert_eq!(house.rows("SELECT 1").await, json!([[1]]), "its place is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_wait_briefly_and_are_told_so() {
    let house = Arc::new(House::with(1, Duration::from_millis(200)).await);
    let asking = Arc::clone(&house);
    let limits = QueryLimits { time: Duration::from_secs(3), ..LIMITS };
    let first = tokio::spawn(async move { asking.engine.ask(question("default", ENDLESS, limits)).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let error = house.refused("SELECT 1").await;
    assert!(matches!(error, QueryError::Busy(1)), "{error:?}");
    assert!(matches!(first.await.expect("no panic"), Err(QueryError::TimedOut(3))));
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_limited_and_the_limit_is_named() {
    let house = House::empty().await;
    let limits = QueryLimits { memory_bytes: 4 << 20, ..LIMITS };
    for sql in [
        "SELECT count(*) FROM (SELECT DISTINCT value * 7919 % 2000003 FROM generate_series(1, 2000000))",
        "SELECT a.value FROM generate_series(1, 2000000) a JOIN generate_series(1, 2000000) b ON a.value = b.value + 1",
        "SELECT value, row_number() OVER (ORDER BY value % 1000) FROM generate_series(1, 2000000)",
    ] {
        let error = house.engine.ask(question("default", sql, limits)).await.expect_err(sql);
        assert!(matches!(error, QueryError::TooLarge { limit_bytes: 4_194_304, .. }), "{sql}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_and_bytes_of_an_answer_are_limited() {
    let house = House::empty().await;
    let sql = "SELECT value FROM generate_series(1, 2500)";
    for (rows, truncated) in [(1, true), (2499, true), (2500, false), (2501, false)] {
        let asked = Question { rows, ..question("default", sql, LIMITS) };
        let answer = house.engine.ask(asked).await.expect("an answer");
        assert_eq!((answer.rows.len(), answer.truncated), (rows.min(2500), truncated), "{rows}");
    }
    let limits = QueryLimits { answer_bytes: 320, ..LIMITS };
    let answer = house.engine.ask(question("default", sql, limits)).await.expect("an answer");
    assert_eq!((answer.rows.len(), answer.truncated), (10, true), "values of 32 bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_overflows_a_stack() {
    let house = House::empty().await;
    let deep = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(matches!(house.refused(&deep).await, QueryError::Refused(_)));
    let nested = (0..3_000).fold("SELECT 1".to_owned(), |inner, _| format!("SELECT * FROM ({inner})"));
    assert!(matches!(house.refused(&nested).await, QueryError::Refused(_)));
    let many = vec!["12345"; 10_000].join(",");
    let listed = format!("SELECT count(*) FROM generate_series(1, 20000) WHERE value IN ({many})");
    assert_eq!(house.rows(&listed).await, json!([[1]]), "a long list is fine");
    // As long a chain as is taken: one word or sign a link. The planner takes its time for it, but no stack ends.
    let limits = QueryLimits { time: Duration::from_secs(5), ..LIMITS };
    let sum = format!("SELECT value{} FROM generate_series(1, 2)", " + 1".repeat(1_900));
    match house.engine.ask(question("default", &sum, limits)).await {
        Ok(answer) => assert_eq!(json!(answer.rows), json!([[1901], [1902]])),
        Err(error) => assert!(matches!(error, QueryError::TimedOut(5)), "{error:?}"),
    }
    let either =
        format!("SELECT count(*) FROM generate_series(1, 5) WHERE value = 0{}", " OR value = 7".repeat(600));
    assert_eq!(house.rows(&either).await, json!([[0]]));
    assert!(matches!(house.refused(&"x".repeat(70_000)).await, QueryError::Refused(_)));
}
