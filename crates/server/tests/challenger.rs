//! Story: versions are tried beside the serving one, through the API; shares of answers are stable, over a kill too.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec, wait_for};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::Duration;

/// Two versions of a model; the first one serves. Newest first.
fn two_versions(api: &Api, model: &str, specs: [&str; 2]) -> [String; 2] {
    for spec in specs {
        api.apply(spec).expect(200);
        assert_eq!(api.train(model)["state"], "completed");
    }
    let versions = api.get(&format!("models/{model}/versions")).expect(200);
    let id = |at: usize| versions["items"][at]["id"].as_str().expect("an id").to_owned();
    let champion = api.champion(model).expect("one serves");
    let other = if id(0) == champion { id(1) } else { id(0) };
    [other, champion]
}

fn beside(api: &Api, model: &str) -> Vec<Value> {
    let told = api.get(&format!("models/{model}/deployments")).expect(200);
    told["beside"].as_array().expect("a list").clone()
}

fn arms_of(forecast: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let series = forecast["series"].as_array().expect("a list");
    series.iter().map(|s| (text(&s["series"][0]), text(&s["arm"]), text(&s["version"]))).collect()
}

#[test]
fn a_challenger_is_tried_told_and_ended() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("sales", &sales_csv(200)).expect(201);
    let none = json!({"version": "v", "mode": "shadow"});
    api.post("models/sales/challenger", &none).expect(404);
    let specs = [sales_spec("sales", 30), sales_spec("sales", 31)];
    let [other, champion] = two_versions(&api, "sales", [&specs[0], &specs[1]]);
    api.post("models/sales/challenger", &none).expect(404);
    for (body, status, code) in [
        (json!({"version": champion, "mode": "shadow"}), 409, "already_serves"),
        (json!({"version": other, "mode": "ab"}), 422, "bad_input"),
        (json!({"version": other, "mode": "ab", "share": 1.5}), 422, "bad_input"),
        (json!({"version": other, "mode": "shadow", "share": 0.5}), 422, "bad_input"),
        (json!({"version": other, "mode": "canary", "steps": [0.5, 0.1]}), 422, "bad_input"),
        (json!({"version": other, "mode": "shadow", "days": 9999}), 422, "bad_input"),
    ] {
        let refused = api.post("models/sales/challenger", &body).expect(status);
        assert_eq!(refused["code"], code, "{body}");
    }
    api.send("DELETE", "models/sales/challenger", "application/json", vec![]).expect(404);
    let plain = api.post("forecast", &json!({"model_key": "sales"})).expect(200);
    assert!(plain["series"][0]["arm"].is_null(), "nobody shares the answers");

    let half = json!({"version": other, "mode": "ab", "share": 0.5, "reason": "a test"});
    let begun = api.post("models/sales/challenger", &half).expect(201);
    assert_eq!(
        (&begun["mode"], &begun["share"], &begun["part"]),
        (&json!("ab"), &json!(0.5), &json!("challenger"))
    );
    assert_eq!(api.post("models/sales/challenger", &half).expect(409)["code"], "challenger_runs");
    let told = beside(&api, "sales");
    let own = told.iter().find(|arm| arm["part"] == "challenger").expect("told");
    assert_eq!(own, &begun);
    let decisions = api.get("models/sales/decisions").expect(200);
    assert_eq!(decisions["items"][0]["kind"], "challenger");
    assert_eq!(decisions["items"][0]["id"], begun["decision_id"]);

    let first = api.post("forecast", &json!({"model_key": "sales"})).expect(200);
    let split = arms_of(&first);
    for (series, arm, version) in &split {
        let wanted = if arm == "challenger" { &other } else { &champion };
        assert_eq!(version, wanted, "{series}");
    }
    // A process that was killed gives the same series to the same version.
    server.kill();
    let server = Server::start(home.path(), &data, &[]);
    let api = api.moved_to(&server.url);
    assert_eq!(arms_of(&api.post("forecast", &json!({"model_key": "sales"})).expect(200)), split);
    assert_eq!(beside(&api, "sales"), told);
    let answer = api.send("DELETE", "models/sales/challenger", "application/json", vec![]);
    assert_eq!(answer.status, 204, "{}", answer.text);
    let plain = api.post("forecast", &json!({"model_key": "sales"})).expect(200);
    assert!(plain["series"][0]["arm"].is_null());
    assert_eq!(api.get("models/sales/decisions").expect(200)["items"][0]["kind"], "challenger_ended");

    // A deployment by hand begins a probation, a rollback by hand ends it.
    api.post("models/sales/deploy", &json!({"version": other})).expect(200);
    let former = &beside(&api, "sales")[0];
    assert_eq!((&former["part"], &former["version"]), (&json!("former"), &json!(champion)));
    assert_eq!((&former["days"], &former["mode"]), (&json!(28), &json!("shadow")));
    api.post("models/sales/rollback", &json!({})).expect(200);
    assert_eq!(beside(&api, "sales"), Vec::<Value>::new());
}

#[test]
fn records_are_shared_out_by_key_and_answered_in_shadow() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    let mut csv = String::from("a,b,c,y\n");
    for row in 0..400 {
        let (a, b) = (row * 37 % 101, row * 53 % 89);
        // The third is a bad look at the first.
        let c = a + row * 29 % 61;
        csv.push_str(&format!("{a},{b},{c},{}\n", if a + row % 7 > 52 { "hi" } else { "lo" }));
    }
    api.upload("points", &csv).expect(201);
    let spec = |columns: &str| {
        format!(
            "{{model_key: points, task: classification, engine: linear, \
             data: {{dataset: points, target: y, numeric: [{columns}]}}}}"
        )
    };
    // What was held out by both trainings is compared: the one that sees the better column is promoted.
    let [other, champion] = two_versions(&api, "points", [&spec("c"), &spec("a, b")]);
    let decided = api.get("models/points/decisions").expect(200)["items"][0].clone();
    assert_eq!((&decided["kind"], &decided["version"]), (&json!("promoted"), &json!(champion)), "{decided}");
    let evidence = &decided["evidence"]["case"]["evidence"];
    assert_eq!(evidence["paired"]["loss"], "log_loss");
    assert!(evidence["paired"]["rows"].as_u64() > Some(300), "{evidence}");
    assert_eq!(evidence["beside"][0]["test"], "mc_nemar");
    api.get(&format!("models/points/versions/{champion}/backtest")).expect(409);

    let body = json!({"version": other, "mode": "ab", "share": 0.5});
    api.post("models/points/challenger", &body).expect(201);
    let answered = RefCell::new(Vec::new());
    let ask = |key: &str| {
        let body = json!({"model_key": "points", "data": [{"a": 90, "b": 5, "c": 95}], "key": key});
        let answer = api.post("predict?wait=30", &body).expect(200);
        let request = answer["request_id"].as_str().expect("an id").to_owned();
        answered.borrow_mut().push(json!({"key": format!("{request}|0"), "label": "hi"}));
        (answer["version"].clone(), answer["arm"].clone())
    };
    let mut counts = [0, 0];
    for customer in 0..12 {
        let key = format!("customer-{customer}");
        let (version, arm) = ask(&key);
        let challenged = arm == "challenger";
        assert_eq!(version, if challenged { other.as_str() } else { champion.as_str() });
        counts[usize::from(challenged)] += 1;
        assert_eq!(ask(&key), (version, arm), "a key stays where it is");
    }
    assert!(counts.iter().all(|count| *count > 0), "both are asked: {counts:?}");
    // What was true meets each answer and its shadow, which is logged after the answer was given.
    let actuals = json!({"model_key": "points", "items": answered.into_inner()});
    api.post("actuals", &actuals).expect(200);
    let found = wait_for(Duration::from_secs(20), || {
        let job = api.post("monitoring/performance/calculate-daily", &json!({})).expect(202);
        api.ended(job["job_id"].as_str().expect("a job"));
        let told = api.get("monitoring/performance/summary").expect(200);
        let lines = told["by_version"].as_array().expect("a list").clone();
        let of = |role: &str| -> u64 {
            let lines = lines.iter().filter(|line| line["role"] == role);
            lines.filter_map(|line| line["answers"].as_u64()).sum()
        };
        // The former champion is in shadow too: it is the challenger, so each answer has one shadow.
        (of("champion"), of("shadow") >= 24).1.then_some((of("champion"), of("shadow")))
    });
    assert_eq!(found, Some((24, 24)));
}
