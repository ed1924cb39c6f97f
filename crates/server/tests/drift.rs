//! Story: a classifier is asked about other goods than it learnt; the report says so, asks for a training, and is whole
//! whatever moment the process is killed at.

mod common;

use common::{Api, Server, home};
use serde_json::{Value, json};
use std::time::Duration;

const GOODS: [(&str, [&str; 4]); 2] =
    [("dairy", ["молоко", "кефир", "сметана", "творог"]), ("bakery", ["хлеб", "батон", "булка", "лаваш"])];
const SHOPS: [&str; 3] = ["north", "south", "west"];

/// The row-th record, each unlike its neighbours.
fn record(row: usize) -> Value {
    let (group, words) = GOODS[row * 7 % 11 % 2];
    json!({
        "name": format!("{} {} г", words[row * 13 % 17 % 4], 100 + row * 31 % 9),
        "price": 50 + row * 7919 % 101,
        "shop": SHOPS[row * 5 % 13 % 3],
        "category": group,
    })
}

fn goods_csv(rows: usize) -> String {
    let mut csv = String::from("name,price,shop,category\n");
    for row in 0..rows {
        let record = record(row);
        let cell = |name: &str| record[name].to_string().trim_matches('"').to_owned();
        csv.push_str(&["name", "price", "shop", "category"].map(cell).join(","));
        csv.push('\n');
    }
    csv
}

const SPEC: &str = "model_key: goods\ntask: classification\nengine: linear\n\
    data: {dataset: goods, target: category, text: [name], numeric: [price], categorical: [shop]}\n\
    policies: {drift: {min_rows: 50, confirm_days: 1}}\n";

/// Asks about records as they were learnt, but for what `bend` does to them.
fn ask(api: &Api, rows: std::ops::Range<usize>, bend: impl Fn(&mut Value)) {
    let records: Vec<Value> = rows
        .map(|row| {
            let mut asked = record(row);
            asked.as_object_mut().expect("an object").remove("category");
            bend(&mut asked);
            asked
        })
        .collect();
    api.post("predict?wait=60", &json!({"model_key": "goods", "data": records})).expect(200);
}

fn checked(api: &Api, body: &Value) -> Value {
    let job = api.post("drift/check?wait=60", body).expect(200);
    assert_eq!((&job["kind"], &job["state"]), (&json!("drift"), &json!("completed")), "{job}");
    job["result"].clone()
}

fn report(api: &Api, result: &Value) -> Value {
    api.get(&format!("drift/reports/{}", result["report_id"].as_str().expect("a report"))).expect(200)
}

fn feature<'a>(report: &'a Value, column: &str) -> &'a Value {
    let features = report["features"].as_array().expect("a list");
    features.iter().find(|feature| feature["column"] == column).expect("a column")
}

fn served(home: &std::path::Path, data: &std::path::Path) -> (Server, Api) {
    let server = Server::start(home, data, &[]);
    let api = Api::of(&server);
    api.upload("goods", &goods_csv(900)).expect(201);
    api.apply(SPEC).expect(200);
    assert_eq!(api.train("goods")["state"], "completed");
    (server, api)
}

#[test]
fn what_drifts_is_told_compared_and_asks_for_a_training() {
    let (home, data) = home();
    let (server, api) = served(home.path(), &data);
    let schedules = api.get("schedules").expect(200);
    let schedules = schedules["items"].as_array().expect("a list");
    let own = schedules.iter().find(|s| s["id"] == "drift:goods").expect("written with the spec");
    assert_eq!((&own["task"], &own["cron"]), (&json!("drift_check"), &json!("0 23 * * *")));

    let nothing = report(&api, &checked(&api, &json!({})));
    assert_eq!((&nothing["standing"], &nothing["rows"]), (&json!("too_few_rows"), &json!(0)));
    ask(&api, 1000..1200, |_| {});
    let usual = report(&api, &checked(&api, &json!({"model_key": "goods"})));
    assert!(["stable", "slight"].contains(&usual["standing"].as_str().expect("a word")), "{usual}");
    assert_eq!((&usual["rows"], &usual["series"]), (&json!(200), &json!("daily")));
    assert_eq!(usual["id"], nothing["id"], "today's report is made again");
    let price = feature(&usual, "price");
    assert_eq!((&price["part"], &price["kind"]), (&json!("input"), &json!("numbers")));
    let bins = price["bins"].as_array().expect("a histogram");
    let sum = |side: &str| bins.iter().map(|bin| bin[side].as_u64().expect("rows")).sum::<u64>();
    assert_eq!((bins.len(), sum("reference"), sum("current")), (10, 900, 200));
    assert!(price["psi"].as_f64().expect("measured") < 0.2 && price["q"].as_f64().expect("told") > 0.01);

    ask(&api, 1200..1600, |asked| asked["shop"] = json!("a new one"));
    let result = checked(&api, &json!({}));
    assert_eq!(
        (&result["outcome"], &result["confirmed"]),
        (&json!("confirmed"), &json!(["shop"])),
        "{result}"
    );
    let found = report(&api, &result);
    assert_eq!(feature(&found, "shop")["unseen"], 400);
    let today = found["to"].as_str().expect("a day").to_owned();
    let retrain = api.ended(found["retrain_job_id"].as_str().expect("it asked"));
    assert_eq!((&retrain["kind"], &retrain["state"]), (&json!("retrain"), &json!("completed")), "{retrain}");
    let decisions = api.get("models/goods/decisions").expect(200);
    assert_eq!(decisions["items"][0]["kind"], "not_retrained", "no row is new: {decisions}");
    assert_eq!(decisions["items"][0]["evidence"]["facts"]["drifted"], json!(["shop"]));

    // Days by hand are a report of their own, and two reports stand side by side.
    let window = checked(&api, &json!({"from": today, "to": today}));
    let beside = format!(
        "drift/reports/{}?against={}",
        window["report_id"].as_str().expect("a report"),
        found["id"].as_str().expect("an id")
    );
    let beside = api.get(&beside).expect(200);
    assert_eq!((&beside["series"], &beside["compared"]["against"]["id"]), (&json!("window"), &found["id"]));
    assert_eq!(beside["compared"]["columns"].as_array().expect("a list").len(), 5);
    let listed = api.get("drift/daily-reports?days=7&model_key=goods").expect(200);
    assert_eq!(listed["items"].as_array().expect("a list").len(), 2, "{listed}");
    let events = api.get("events?limit=100").expect(200).to_string();
    assert!(events.contains("drift.reported") && events.contains("drift.confirmed"), "{events}");

    for (body, pointer) in [
        (json!({"to": "2026-01-01"}), "/from"),
        (json!({"from": "2999-01-01", "to": "2999-01-02"}), "/to"),
        (json!({"from": "2001-01-01"}), "/from"),
        (json!({"form": "2001-01-01"}), "/form"),
    ] {
        let refused = api.post("drift/check", &body).expect(422);
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    api.post("drift/check", &json!({"model_key": "none"})).expect(404);
    api.get("drift/reports/none").expect(404);
    api.get("drift/daily-reports?days=0").expect(422);
    assert!(server.stop().success());
}

#[test]
fn killed_in_a_check_no_report_is_half() {
    let (home, data) = home();
    let (mut server, mut api) = served(home.path(), &data);
    for part in 0..4 {
        let first = 1000 * (part + 1);
        ask(&api, first..first + 1000, |asked| asked["shop"] = json!("a new one"));
    }
    for millis in [0, 15, 40, 90] {
        let job =
            api.post("drift/check", &json!({})).expect(202)["job_id"].as_str().expect("a job").to_owned();
        std::thread::sleep(Duration::from_millis(millis));
        server.kill();
        server = Server::start(home.path(), &data, &[]);
        api = api.moved_to(&server.url);
        let listed = api.get("drift/daily-reports").expect(200);
        for item in listed["items"].as_array().expect("a list") {
            let whole =
                api.get(&format!("drift/reports/{}", item["id"].as_str().expect("an id"))).expect(200);
            assert_eq!((&whole["rows"], whole["features"].as_array().map(Vec::len)), (&json!(4000), Some(5)));
        }
        let job = api.ended(&job);
        assert_eq!(job["state"], "completed", "it is run again: {job}");
        assert_eq!(job["result"]["confirmed"], json!(["shop"]));
    }
    let listed = api.get("drift/daily-reports").expect(200);
    assert_eq!(listed["items"].as_array().expect("a list").len(), 1, "{listed}");
    let retrains = api.get("monitoring/retrain/history").expect(200);
    assert_eq!(retrains["items"].as_array().expect("a list").len(), 1, "it asked once: {retrains}");
}
