//! Story: rows come, a model learns and answers, the truth comes; then people ask in SQL, by the API and by commands.

mod common;

use common::{Api, PASSWORD, Server, home, repository_file, run, said, sales_csv, sales_spec, vakhta};
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

/// A server that has forecast from today on, by its own clock, and was told the truth of two days.
fn told(home: &Path, data: &Path, variables: &[(&str, &str)]) -> (Server, Api) {
    let server = Server::start(home, data, variables);
    let api = Api::of(&server);
    let uploaded = api.upload("sales", &sales_csv(3)).expect(201);
    let today: Date = uploaded["created_at"].as_str().expect("a moment")[..10].parse().expect("a date");
    let days = today.since(date(2025, 1, 1)).expect("a span").get_days();
    api.upload("sales", &sales_csv(usize::try_from(days).expect("after 2025"))).expect(201);
    api.apply(&sales_spec("sales", 10)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    let north = api.forecast("sales")[0].clone();
    let day = |at: usize| north["points"][at]["date"].as_str().expect("a date").to_owned();
    let items = json!([
        {"series": ["north"], "date": day(1), "value": 100},
        {"series": ["north"], "date": day(2), "value": 200},
    ]);
    api.post("actuals", &json!({"model_key": "sales", "items": items})).expect(200);
    let job = api.post("monitoring/performance/calculate-daily", &json!({})).expect(202);
    assert_eq!(api.ended(job["job_id"].as_str().expect("a job"))["state"], "completed");
    (server, api)
}

#[track_caller]
fn ask(api: &Api, sql: &str) -> Value {
    let answer = api.post("query", &json!({ "sql": sql }));
    assert_eq!(answer.status, 200, "{sql}\n{}", answer.text);
    answer.body
}

fn rows(api: &Api, sql: &str) -> Value {
    ask(api, sql)["rows"].clone()
}

#[test]
fn people_ask_in_sql() {
    let (home, data) = home();
    let (server, api) = told(home.path(), &data, &[("VAKHTA_REGISTRATION", "true")]);
    the_api_answers(&api);
    the_questions_of_the_page_work(&api);
    refusals_say_why(&api);
    files_are_written(&api);
    the_history_knows(&api);
    commands_answer(home.path(), &server, &api);
    rights_are_asked_for(&server, &api);
}

fn the_api_answers(api: &Api) {
    let answer = ask(
        api,
        "SELECT shop, sum(sales) AS sold, count(*) AS days FROM datasets.\"sales@1\" GROUP BY shop ORDER BY shop",
    );
    let columns = json!([
        {"name": "shop", "type": "text"}, {"name": "sold", "type": "integer"}, {"name": "days", "type": "integer"},
    ]);
    assert_eq!(answer["columns"], columns, "{answer}");
    assert_eq!((&answer["row_count"], &answer["truncated"]), (&json!(3), &json!(false)));
    assert!(answer["elapsed_ms"].is_u64());
    // What the file says, added up by hand.
    let north: u64 = sales_csv(3)
        .lines()
        .filter(|line| line.contains(",north,"))
        .map(|line| line.rsplit(',').next().expect("a cell").parse::<u64>().expect("a number"))
        .sum();
    assert_eq!(answer["rows"][0], json!(["north", north, 3]));
    let forecast = api.forecast("sales");
    let said = forecast[1]["points"][0]["value"].as_f64().expect("a number");
    let logged =
        rows(api, "SELECT value FROM predictions WHERE series = 'south' AND step = 1 ORDER BY at LIMIT 1");
    assert_eq!(logged[0][0].as_f64(), Some(said), "what was answered is what was logged");
    let joined = rows(
        api,
        "SELECT sum(abs(p.value - a.value)), sum(a.value) FROM \
        (SELECT DISTINCT model, key, value FROM predictions) p JOIN actuals a USING (model, key)",
    );
    let daily =
        rows(api, "SELECT sum(absolute_error), sum(absolute_actual) FROM daily_metrics WHERE scope = 'all'");
    assert_eq!(daily[0][1], json!(300.0));
    let (left, right) = (joined[0][0].as_f64().expect("a sum"), daily[0][0].as_f64().expect("a sum"));
    assert!((left - right).abs() < 1e-9 * right, "{left} against {right}: two ways to one number");
    let series =
        rows(api, "SELECT DISTINCT series FROM daily_metrics WHERE scope = 'segment' ORDER BY series");
    assert_eq!(series, json!([["north"], ["south"], ["west"]]));
    let cut = api.post("query", &json!({"sql": "SELECT * FROM datasets.sales", "limit": 7})).expect(200);
    assert_eq!((&cut["row_count"], &cut["truncated"]), (&json!(7), &json!(true)));
}

/// Every query that docs/query.md shows.
fn the_questions_of_the_page_work(api: &Api) {
    let page = repository_file("docs/query.md");
    let questions: Vec<&str> =
        page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().expect("an end")).collect();
    assert_eq!(questions.len(), 6);
    for question in questions {
        let answer = ask(api, question);
        assert!(answer["row_count"].as_u64().is_some_and(|n| n > 0), "{question}\n{answer}");
    }
}

fn refusals_say_why(api: &Api) {
    let refused = |sql: &str, status| api.post("query", &json!({ "sql": sql })).expect(status);
    let wrong = refused("SELECT * FROM\npredictons", 400);
    assert_eq!(wrong["code"], "bad_sql");
    assert!(
        wrong["detail"].as_str().is_some_and(|text| text.contains("did you mean predictions?")),
        "{wrong}"
    );
    let wrong = refused("SELECT\nmodl FROM predictions", 400);
    assert!(wrong["detail"].as_str().is_some_and(|text| text.contains("(line 2, column 1)")), "{wrong}");
    for sql in ["DROP TABLE models", "COPY models TO '/x.csv'", "SET a = 1", "SELECT 1; SELECT 2", " "] {
        assert_eq!(refused(sql, 400)["code"], "query_refused", "{sql}");
    }
    let deep = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(refused(&deep, 400)["code"], "query_refused");
    for limit in [0, 100_001] {
        let wrong = api.post("query", &json!({"sql": "SELECT 1", "limit": limit})).expect(422);
        assert_eq!(wrong["errors"][0]["pointer"], "/limit");
    }
    api.post("query?format=parquet", &json!({"sql": "SELECT 1"})).expect(422);
}

fn files_are_written(api: &Api) {
    let body = serde_json::to_vec(&json!({
        "sql": "SELECT model, champion IS NOT NULL AS serves, NULL AS nothing, '=1' AS formula FROM models",
    }))
    .expect("plain data");
    let csv = api.send("POST", "query?format=csv", "application/json", body.clone());
    assert_eq!(csv.status, 200);
    assert_eq!(csv.text, "model,serves,nothing,formula\r\nsales,true,,'=1\r\n");
    let lines = api.send("POST", "query?format=jsonl", "application/json", body);
    assert_eq!(lines.text, "{\"model\":\"sales\",\"serves\":true,\"nothing\":null,\"formula\":\"=1\"}\n");
}

fn the_history_knows(api: &Api) {
    let sql = "SELECT 'told in the history'";
    ask(api, sql);
    let events = api.get("events?kind=query.run&limit=1").expect(200);
    let event = &events["items"][0];
    assert_eq!((&event["data"]["sql"], &event["data"]["rows"]), (&json!(sql), &json!(1)), "{event}");
    assert_eq!(event["data"]["ended"], "answered");
    let own = rows(api, "SELECT actor, subject_type FROM events WHERE kind = 'query.run' LIMIT 1");
    assert_eq!(own, json!([["admin", "workspace"]]), "a query can ask about queries");
}

fn commands_answer(home: &Path, server: &Server, api: &Api) {
    let variables = [("VAKHTA_SERVER", server.url.as_str()), ("VAKHTA_TOKEN", api.token())];
    let command = |arguments: &[&str]| run(home, &[&["query"], arguments].concat(), &variables);
    let stdout = |output: &Output| String::from_utf8(output.stdout.clone()).expect("UTF-8");
    let sql = "SELECT shop, count(*) AS n FROM datasets.\"sales@1\" GROUP BY shop ORDER BY shop";
    let table = command(&[sql]);
    assert!(table.status.success(), "{}", said(&table));
    let lines: Vec<String> = stdout(&table).lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[1].starts_with("north") && lines[1].ends_with('3'), "{lines:?}");
    assert_eq!(stdout(&command(&[sql, "--format", "csv"])), "shop,n\r\nnorth,3\r\nsouth,3\r\nwest,3\r\n");
    let json: Value = serde_json::from_str(&stdout(&command(&[sql, "--json"]))).expect("JSON");
    assert_eq!(json["rows"][2], json!(["west", 3]));
    let cut = command(&[sql, "--limit", "1", "--format", "jsonl"]);
    assert_eq!(stdout(&cut), "{\"shop\":\"north\",\"n\":3}\n");
    assert!(said(&cut).contains("there are more rows"), "{}", said(&cut));
    std::fs::write(home.join("q.sql"), "SELECT 1 AS one").expect("room on the disk");
    assert_eq!(stdout(&command(&["--file", "q.sql", "--format", "csv"])), "one\r\n1\r\n");
    let mut asked = vakhta(home);
    asked
        .args(["query", "-", "--format", "csv"])
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = asked.spawn().expect("vakhta starts");
    child.stdin.take().expect("a pipe").write_all(b"SELECT 2 AS two").expect("it reads");
    assert_eq!(stdout(&child.wait_with_output().expect("it ends")), "two\r\n2\r\n");
    let wrong = command(&["SELECT nope FROM models"]);
    assert_eq!(wrong.status.code(), Some(7), "{}", said(&wrong));
    assert!(said(&wrong).contains("nope"), "{}", said(&wrong));
    assert_eq!(command(&[]).status.code(), Some(2), "nothing was asked");
}

fn rights_are_asked_for(server: &Server, api: &Api) {
    let account = json!({"username": "vera", "password": PASSWORD});
    api.post("auth/register", &account).expect(201);
    let viewer = Api::new(&server.url).sign_in("vera", PASSWORD);
    let refused = viewer.post("query", &json!({"sql": "SELECT 1"}));
    refused.expect(403);
}

#[test]
fn limits_hold_in_a_server() {
    let (home, data) = home();
    let variables = [("VAKHTA_QUERY_SECONDS", "1"), ("VAKHTA_QUERY_MEMORY_BYTES", "4MiB")];
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::of(&server);
    let endless = "SELECT count(*) FROM generate_series(1, 100000) a(x), generate_series(1, 100000000) b(y) \
        WHERE (a.x * b.y) % 7 = 3";
    // Two may run at once; the third waits for one of them, and all three are told the same.
    let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let answer = api.post("query", &json!({ "sql": endless }));
                    (answer.status, answer.body)
                })
            })
            .collect();
        // The server answers others all the while.
        api.get("models").expect(200);
        asking.into_iter().map(|asked| asked.join().expect("no panic")).collect()
    });
    for (status, answer) in &answers {
        assert_eq!((*status, &answer["code"]), (422, &json!("query_timed_out")), "{answer}");
    }
    let large =
        "SELECT count(*) FROM (SELECT DISTINCT value * 7919 % 2000003 FROM generate_series(1, 2000000))";
    let refused = api.post("query", &json!({ "sql": large })).expect(422);
    assert_eq!(refused["code"], "query_too_large", "{refused}");
    assert_eq!(rows(&api, "SELECT 1"), json!([[1]]));
    let ended = "SELECT count(*) FROM events WHERE kind = 'query.run' AND data LIKE '%timed_out%'";
    assert_eq!(rows(&api, ended), json!([[3]]));
}
