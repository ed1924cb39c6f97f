//! What can be asked about: every table, datasets in their versions, and nothing of another workspace.

mod common;

use common::House;
use serde_json::{Value, json};
use vakhta_domain::query::QueryError;

#[tokio::test(flavor = "multi_thread")]
async fn every_table_holds_what_is_kept() {
    let house = House::full().await;
    let found =
        house.rows("SELECT series, day, step, value, arm, at FROM predictions ORDER BY series, day").await;
    let expected = json!([
        ["север", "2026-09-02", 1, 10.0, "shadow", "2026-09-01T10:00:00Z"],
        ["север", "2026-09-05", 1, null, "shadow", "2026-09-03T00:00:00Z"],
        ["юг", "2026-09-02", 1, 20.0, "shadow", "2026-09-01T10:00:00Z"],
    ]);
    assert_eq!(found, expected, "sealed and open segments, and no number that is none");
    let joined = "SELECT p.series, abs(p.value - a.value) AS error FROM predictions p \
                  JOIN actuals a USING (model, key) ORDER BY error DESC";
    assert_eq!(house.rows(joined).await, json!([["юг", 5.0], ["север", 2.0]]));
    let daily =
        "SELECT day, scope, series, horizon, answers, absolute_error, wape FROM daily_metrics ORDER BY scope";
    let expected = json!([
        ["2026-09-02", "all", null, "2-7", 2, 7.0, null],
        ["2026-09-02", "segment", "север", "2-7", 2, 7.0, null],
    ]);
    assert_eq!(house.rows(daily).await, expected);
    let models = "SELECT m.model, m.task, m.champion, v.state, v.origin FROM models m \
                  JOIN versions v ON v.model = m.model AND v.version = m.champion";
    assert_eq!(house.rows(models).await, json!([["visits", "forecast", "v_1", "deployed", "trained"]]));
    assert_eq!(house.rows("SELECT kind, version FROM decisions").await, json!([["first_champion", "v_1"]]));
    assert_eq!(
        house.rows("SELECT job, kind, state, model FROM jobs").await,
        json!([["job_v_1", "train", "completed", "visits"]])
    );
    let kinds = "SELECT kind, count(*) AS n FROM events WHERE kind IN ('actuals.received', 'dataset.uploaded') \
                 GROUP BY kind ORDER BY kind";
    assert_eq!(house.rows(kinds).await, json!([["actuals.received", 1], ["dataset.uploaded", 2]]));
    assert_eq!(house.rows("SELECT count(*) FROM predictions").await, json!([[3]]), "without a column");
    assert_eq!(house.rows("SELECT count(*) FROM datasets.sales").await, json!([[3]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_and_change_nothing() {
    let house = House::full().await;
    for (filter, expected) in [
        ("model = 'visits'", 3),
        ("model IN ('visits', 'none')", 3),
        ("model = 'none'", 0),
        ("at < '2026-09-02T00:00:00Z'", 2),
        ("at >= TIMESTAMP '2026-09-02T00:00:00Z'", 1),
        ("at = '2026-09-01T10:00:00Z'", 2),
        ("at > '2030-01-01'", 0),
        ("day >= DATE '2026-09-05'", 1),
        ("NOT (model = 'none')", 3),
        ("model = 'none' OR value > 15", 1),
    ] {
        let sql = format!("SELECT count(*) FROM predictions WHERE {filter}");
        assert_eq!(house.rows(&sql).await, json!([[expected]]), "{filter}");
    }
    for (sql, expected) in [
        ("SELECT count(*) FROM daily_metrics WHERE scope = 'all' AND day >= '2026-09-02'", 1),
        ("SELECT count(*) FROM daily_metrics WHERE day > '2026-09-02'", 0),
        ("SELECT count(*) FROM events WHERE kind = 'dataset.' ", 0),
        ("SELECT count(*) FROM events WHERE at <= '2026-09-01T00:00:00Z' AND kind = 'dataset.uploaded'", 2),
        ("SELECT count(*) FROM jobs WHERE state = 'failed'", 0),
        ("SELECT count(*) FROM jobs WHERE kind = 'nonsense'", 0),
        ("SELECT count(*) FROM actuals WHERE model = 'visits' AND day = '2026-09-02'", 2),
    ] {
        assert_eq!(house.rows(sql).await, json!([[expected]]), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn datasets_are_named_by_key_and_version() {
    let house = House::full().await;
    let sum = |name: &str| format!("SELECT sum(\"sum\"), count(*) FROM datasets.{name}");
    assert_eq!(house.rows(&sum("sales")).await, json!([[32.5, 3]]), "the newest");
    assert_eq!(house.rows(&sum("\"sales@2\"")).await, json!([[32.5, 3]]));
    assert_eq!(house.rows(&sum("\"sales@1\"")).await, json!([[30.5, 2]]));
    let changed = "SELECT n.date, o.\"sum\", n.\"sum\" FROM datasets.\"sales@1\" o \
                   JOIN datasets.sales n ON n.date = o.date AND n.branch = o.branch WHERE o.\"sum\" <> n.\"sum\"";
    assert_eq!(house.rows(changed).await, json!([["2026-01-02", 20.0, 21.0]]));
    let order = "SELECT branch, \"date\" FROM datasets.sales ORDER BY 2 DESC LIMIT 1";
    assert_eq!(house.rows(order).await, json!([["north", "2026-01-03"]]), "columns in any order");
    let error = house.refused("SELECT * FROM datasets.\"sales@9\"").await.to_string();
    assert!(error.contains("there is no table"), "{error}");
    assert_eq!(std::fs::read_dir(&house.temp).expect("a folder").count(), 0, "copies are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_found() {
    let house = House::full().await;
    let tables = house.rows("SHOW TABLES").await;
    let tables: Vec<&str> =
        tables.as_array().expect("rows").iter().filter_map(|row| row[1].as_str()).collect();
    let expected = [
        "actuals",
        "daily_metrics",
        "decisions",
        "events",
        "jobs",
        "models",
        "predictions",
        "versions",
        "sales",
    ];
    assert_eq!(tables, expected);
    for sql in ["DESCRIBE predictions", "SHOW COLUMNS FROM predictions"] {
        let columns = house.rows(sql).await.to_string();
        assert!(columns.contains("latency_us") && columns.contains("Int64"), "{sql}: {columns}");
    }
    let types = "SELECT data_type FROM information_schema.columns WHERE table_schema = 'datasets' \
                 AND table_name = 'sales' ORDER BY ordinal_position";
    assert_eq!(house.rows(types).await, json!([["Date32"], ["Utf8"], ["Float64"]]));
    let answer = house.ask_as("default", "SELECT at, day, value, model, step FROM predictions").await;
    let kinds = answer.expect("an answer").columns.into_iter().map(|column| column.kind.as_str());
    assert_eq!(kinds.collect::<Vec<_>>(), ["timestamp", "date", "float", "text", "integer"]);
    assert!(house.rows("EXPLAIN SELECT * FROM models").await.to_string().contains("StreamingTableExec"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspace_sees_nothing() {
    let house = House::full().await;
    for table in
        ["actuals", "daily_metrics", "decisions", "events", "jobs", "models", "predictions", "versions"]
    {
        for name in [table.to_owned(), format!("main.{table}"), format!("vakhta.main.{table}")] {
            let sql = format!("SELECT count(*) FROM {name}");
            let answer = house.ask_as("other", &sql).await.expect("an answer");
            assert_eq!(answer.rows, [[json!(0)]], "{name}");
            let own = house.rows(&sql).await;
            assert!(own[0][0].as_u64().is_some_and(|n| n > 0), "{name} is empty at home");
        }
    }
    let tables = house.ask_as("other", "SHOW TABLES").await.expect("an answer");
    assert!(!json!(tables.rows).to_string().contains("sales"), "{:?}", tables.rows);
    for name in ["datasets.sales", "datasets.\"sales@1\"", "vakhta.datasets.sales"] {
        let error = house.ask_as("other", &format!("SELECT * FROM {name}")).await.expect_err(name);
        assert!(matches!(error, QueryError::Wrong { .. }), "{error:?}");
        assert!(!error.to_string().contains("did you mean datasets"), "{error}");
    }
    let everything = house.rows("SELECT key FROM predictions").await.to_string();
    assert!(!everything.contains("запад"), "a segment that two workspaces share: {everything}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_with_the_way_out() {
    let house = House::full().await;
    for (sql, words) in [
        ("SELECT * FROM prediction", "did you mean predictions?"),
        ("SELECT * FROM sales", "did you mean datasets.\"sales\"?"),
        ("SELECT * FROM datasets.sale", "did you mean datasets.\"sales\"?"),
        ("SELECT * FROM zzz", "SHOW TABLES"),
        ("SELECT modl FROM predictions", "model"),
        ("SELECT nope(value) FROM predictions", "nope"),
        ("SELECT model + day FROM predictions", "Date32"),
    ] {
        let error = house.refused(sql).await;
        assert!(matches!(error, QueryError::Wrong { .. }), "{sql}: {error:?}");
        assert!(error.to_string().contains(words), "{sql}: {error}");
    }
    let place = |error: QueryError| match error {
        QueryError::Wrong { place: Some(place), .. } => (place.line, place.column),
        other => panic!("no place: {other:?}"),
    };
    assert_eq!(place(house.refused("SELECT\nmodl FROM predictions").await), (2, 1));
    assert_eq!(place(house.refused("SELECT * FORM predictions").await).0, 1);
    let values: Value = house.rows("SELECT 1.0/0.0, CAST('9223372036854775807' AS BIGINT), NULL").await;
    assert_eq!(values, json!([[null, "9223372036854775807", null]]));
    let today = "SELECT now(), current_date, count(*) FROM predictions WHERE at < now() - INTERVAL '1 day'";
    assert_eq!(house.rows(today).await, json!([["2026-09-03T00:00:00Z", "2026-09-03", 2]]), "by our clock");
    let error = house.refused("SELECT 1/0").await;
    assert!(matches!(error, QueryError::Wrong { .. }), "{error:?}");
}
