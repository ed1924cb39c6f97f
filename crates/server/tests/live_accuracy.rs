//! Story: forecasts are asked for, actuals come, the process is killed in between, and the numbers are right.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec};
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use std::path::Path;

/// A server that forecasts from today on, by its own clock.
fn forecasting(home: &Path, data: &Path) -> (Server, Api) {
    let server = Server::start(home, data, &[]);
    let api = Api::of(&server);
    let uploaded = api.upload("sales", &sales_csv(3)).expect(201);
    let now = uploaded["created_at"].as_str().expect("a moment");
    let today: Date = now[..10].parse().expect("a date");
    let days = today.since(date(2025, 1, 1)).expect("a span").get_days();
    api.upload("sales", &sales_csv(usize::try_from(days).expect("after 2025"))).expect(201);
    api.apply(&sales_spec("sales", 10)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    (server, api)
}

fn killed(server: Server, home: &Path, data: &Path, api: Api) -> (Server, Api) {
    server.kill();
    let server = Server::start(home, data, &[]);
    let api = api.moved_to(&server.url);
    (server, api)
}

fn calculated(api: &Api, body: &Value) -> Value {
    let job = api.post("monitoring/performance/calculate-daily", body).expect(202);
    let job = api.ended(job["job_id"].as_str().expect("a job"));
    assert_eq!(job["state"], "completed", "{job}");
    job["result"].clone()
}

#[test]
fn what_was_forecast_meets_what_came() {
    let (home, data) = home();
    let (server, api) = forecasting(home.path(), &data);
    let north = api.forecast("sales")[0].clone();
    assert_eq!(north["series"], json!(["north"]));
    let (server, api) = killed(server, home.path(), &data, api);
    let taken = calculated(&api, &json!({}));
    assert_eq!((&taken["answers"], &taken["answers_made_too_late"]), (&json!(39), &json!(3)), "{taken}");

    let said = |at: usize| north["points"][at]["value"].as_f64().expect("a number");
    let day = |at: usize| north["points"][at]["date"].as_str().expect("a date").to_owned();
    let items = json!([
        {"series": ["north"], "date": day(1), "value": said(1) / 1.25},
        {"key": format!("north|{}", day(2)), "value": 0},
    ]);
    let actuals = json!({"model_key": "sales", "items": items});
    assert_eq!(api.post("actuals", &actuals).expect(200)["added"], 2);
    let (_server, api) = killed(server, home.path(), &data, api);
    assert_eq!(api.post("actuals", &actuals).expect(200)["unchanged"], 2, "what was acknowledged is there");
    assert_eq!(calculated(&api, &json!({"model_key": "sales"}))["days"], 2);
    let summary = api.get("monitoring/performance/summary?days=30").expect(200);
    assert!((summary["mean"].as_f64().expect("told") - 25.0).abs() < 1e-6, "{summary}");
    assert_eq!(summary["overall"]["metrics"]["zero_actuals"], 1);
    assert_eq!(summary["coverage"]["answers"], 6, "a day without data, still to come, is not looked at");
    assert_eq!(summary["coverage"]["with_actual"], 2);
    assert_eq!(summary["by_version"][0]["role"], "champion");
    let estimated = &summary["estimated"];
    assert_eq!((&estimated["estimated"], &estimated["metric"]), (&json!(true), &json!("wape")), "{summary}");
    assert_eq!(estimated["answers"], 37, "those without an actual");
    assert!(estimated["value"].as_f64().expect("a number") > 0.0, "{estimated}");
    let folds = estimated["backtest"]["days"].as_u64().expect("days of the folds");
    assert!(folds >= 28 && estimated["backtest"]["error"].is_f64(), "{estimated}");

    let corrected = json!({"model_key": "sales", "items": [
        {"series": ["north"], "date": day(1), "value": said(1) / 1.5},
    ]});
    assert_eq!(api.post("actuals", &corrected).expect(200)["corrected"], 1);
    calculated(&api, &json!({}));
    let again = calculated(&api, &json!({"recalculate": true}));
    assert_eq!(again["days"], 13);
    let summary = api.get("monitoring/performance/summary?days=30&model_key=sales").expect(200);
    assert!((summary["mean"].as_f64().expect("told") - 50.0).abs() < 1e-6, "{summary}");
    let words = api.get(&format!("actuals?model_key=sales&key=north%7C{}", day(1))).expect(200);
    assert_eq!(words["versions"].as_array().expect("a list").len(), 2);
    let segments = api.get("monitoring/performance/segments").expect(200);
    assert_eq!(segments["segments"][0]["name"], "north", "{segments}");
    let health = api.get("monitoring/health").expect(200);
    assert_eq!(health["status"], "ok", "{health}");

    for (body, pointer) in [
        (json!({"model_key": "sales", "items": []}), "/items"),
        (
            json!({"model_key": "sales", "items": [{"series": ["north"], "date": "soon", "value": 1}]}),
            "/items/0/date",
        ),
        (json!({"model_key": "sales", "items": [{"key": "k", "label": "x"}]}), "/items/0/value"),
    ] {
        let refused = api.post("actuals", &body).expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    api.get("monitoring/performance/summary?days=0").expect(422);
    api.get("monitoring/performance/summary?model_key=none").expect(404);
    api.post("actuals", &json!({"model_key": "none", "items": [{"key": "k", "value": 1}]})).expect(404);
}
