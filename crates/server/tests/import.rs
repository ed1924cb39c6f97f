//! Story: a model of another program becomes a version, waits for a person, serves, and survives a restart and a kill.

mod common;

use common::{Api, Server, home, repository_file};
use serde_json::{Value, json};
use std::time::Duration;

const SPEC: &str = "{model_key: goods, task: classification, engine: linear, \
                    data: {dataset: goods, target: kind, numeric: [price, visits, share]}}";

fn lightgbm() -> Vec<u8> {
    repository_file("crates/server/tests/fixtures/goods.lightgbm.txt").into_bytes()
}

/// What LightGBM itself answers: rows, probabilities and contributions, written when the model was.
fn expected() -> Value {
    let text = repository_file("crates/server/tests/fixtures/goods.expected.json");
    serde_json::from_str(&text).expect("JSON")
}

fn import(api: &Api, query: &str, file: Vec<u8>) -> common::Answer {
    api.send("POST", &format!("models/goods/versions/import{query}"), "application/octet-stream", file)
}

const NAMED: &str = "?classes=cheap,usual,dear&reason=%D0%B8%D0%B7%20Python";

/// Every probability and contribution is LightGBM's own.
fn answers_as_at_home(api: &Api, version: Option<&str>) {
    let home = expected();
    let mut body = json!({"model_key": "goods", "data": home["rows"], "explain": true, "top": 3});
    if let Some(version) = version {
        body["version"] = json!(version);
    }
    let answer = api.post("predict?wait=30", &body).expect(200);
    let predictions = answer["predictions"].as_array().expect("a list");
    assert_eq!(predictions.len(), 12);
    for (row, said) in predictions.iter().enumerate() {
        for (class, label) in ["cheap", "usual", "dear"].iter().enumerate() {
            let probabilities = said["probabilities"].as_array().expect("a list");
            let found = probabilities.iter().find(|p| p["label"] == *label).expect("every class is told");
            let ours = found["probability"].as_f64().expect("a share");
            let theirs = home["probabilities"][row][class].as_f64().expect("a share");
            assert!((ours - theirs).abs() < 1e-6, "row {row}, {label}: {ours} {theirs}");
            if said["label"] != *label {
                continue;
            }
            let effects = said["explanation"]["contributions"].as_array().expect("a list");
            for (at, name) in ["price", "visits", "share"].iter().enumerate() {
                let ours = effects.iter().find(|e| e["feature"] == *name);
                let ours = ours.map_or(0.0, |effect| effect["effect"].as_f64().expect("a number"));
                let theirs = home["contributions"][row][class][at].as_f64().expect("a number");
                assert!((ours - theirs).abs() < 1e-5, "row {row}, {name}: {ours} {theirs}");
            }
        }
    }
}

#[test]
fn a_file_becomes_a_version_that_waits_and_then_serves() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.apply(SPEC).expect(200);
    let version = import(&api, NAMED, lightgbm()).expect(201);
    let id = version["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        [&version["state"], &version["origin"], &version["engine"], &version["reason"]],
        ["trained", "imported", "imported_trees", "из Python"]
    );
    for unknown in ["quality", "baseline", "dataset", "dataset_version", "job_id", "report"] {
        assert!(version[unknown].is_null(), "{unknown}: {version}");
    }
    let report = &version["records_report"];
    assert!(report["quality"].is_null() && report["train_rows"].is_null(), "{report}");
    assert_eq!(report["notes"][0]["code"], "imported");
    assert_eq!(api.champion("goods"), None, "nobody deployed it");
    let decisions = api.get("models/goods/decisions").expect(200);
    assert_eq!(decisions["items"][0]["kind"], "kept");
    assert!(decisions["items"][0]["reason"].as_str().is_some_and(|r| r.starts_with("imported by admin")));
    let events = api.get("events?kind=version.imported").expect(200);
    assert_eq!(events["items"][0]["subject_id"], id.as_str(), "{events}");

    // It answers who asks for it by name, before and after it serves, and after a restart.
    answers_as_at_home(&api, Some(&id));
    api.post("models/goods/deploy", &json!({"version": id})).expect(200);
    assert_eq!(api.champion("goods").as_deref(), Some(id.as_str()));
    answers_as_at_home(&api, None);
    let rows = expected();
    let labelled: Vec<Value> = (0..12)
        .map(|row| {
            let mut record = rows["rows"][row].clone();
            record["kind"] = rows["truth"][row].clone();
            record
        })
        .collect();
    let measured = api.post("quality", &json!({"model_key": "goods", "data": labelled})).expect(200);
    assert_eq!(measured["quality"]["n"], 12);
    assert!(measured["quality"]["accuracy"].as_f64() > Some(0.7), "{measured}");
    let exported = api.get(&format!("models/goods/versions/{id}/export"));
    assert_eq!(exported.status, 200);
    let tensor = json!({"inputs": [{"name": "predict", "datatype": "FP64", "shape": [1, 3], "data": [120, 300, 0.5]}]});
    let inferred = api.post("../../v2/models/goods/infer", &tensor).expect(200);
    assert_eq!(inferred["model_version"], id.as_str(), "{inferred}");
    assert!(server.stop().success());

    let server = Server::start(home.path(), &data, &[]);
    let api = api.moved_to(&server.url);
    answers_as_at_home(&api, None);
}

#[test]
fn what_is_no_model_of_this_spec_is_refused_in_words() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    import(&api, "", lightgbm()).expect(404);
    api.apply(SPEC).expect(200);
    let mut cut = lightgbm();
    cut.truncate(700);
    let onnx = std::fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ml/fixtures/exchange/mlp_three.onnx"),
    );
    for (query, file, code, words) in [
        ("", lightgbm(), "model_does_not_fit", "does not name its 3 classes"),
        ("?classes=a,b", lightgbm(), "model_does_not_fit", "2 classes were named, the file answers 3"),
        ("", onnx.expect("a fixture"), "model_does_not_fit", "wants 4 inputs, the spec has 3"),
        ("", cut, "bad_model_file", "tree 0"),
        ("", b"PK\x03\x04 no model".to_vec(), "bad_model_file", "ONNX"),
        ("", Vec::new(), "bad_model_file", "ONNX"),
        ("?format=onnx", lightgbm(), "bad_model_file", "ONNX"),
        ("?format=pmml", lightgbm(), "bad_query", "pmml"),
    ] {
        let refused = import(&api, query, file).expect(422);
        let said = refused["detail"].as_str().unwrap_or_default();
        assert!(refused["code"] == code && said.contains(words), "{query}: {refused}");
    }
    let with_text = SPEC.replace("share]", "share], text: [name]");
    api.apply(&with_text).expect(200);
    let refused = import(&api, NAMED, lightgbm()).expect(422);
    assert!(refused["detail"].as_str().is_some_and(|d| d.contains("column `name`")), "{refused}");
    api.upload("sales", &common::sales_csv(30)).expect(201);
    api.apply(&common::sales_spec("goods2", 5)).expect(200);
    let refused = api.send("POST", "models/goods2/versions/import", "application/octet-stream", lightgbm());
    assert_eq!(refused.expect(409)["code"], "wrong_task");
    let none = api.get("models/goods/versions").expect(200);
    assert_eq!(none["items"], json!([]));
}

#[test]
fn killed_in_imports_every_acknowledged_version_is_whole() {
    let (home, data) = home();
    let mut server = Server::start(home.path(), &data, &[]);
    let mut api = Api::of(&server);
    api.apply(SPEC).expect(200);
    let mut acknowledged = Vec::new();
    for delay in [30, 90, 170] {
        let pid = server.pid().to_string();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(delay));
            let _ = std::process::Command::new("kill").args(["-9", &pid]).status();
        });
        let path = format!("models/goods/versions/import{NAMED}");
        // Until the server is gone; each answered import is a promise.
        while let Some(answer) = api.try_send("POST", &path, "application/octet-stream", lightgbm()) {
            acknowledged.push(answer.expect(201)["id"].as_str().expect("an id").to_owned());
        }
        killer.join().expect("it killed");
        drop(server);
        server = Server::start(home.path(), &data, &[]);
        api = api.moved_to(&server.url);
    }
    acknowledged.push(import(&api, NAMED, lightgbm()).expect(201)["id"].as_str().expect("an id").to_owned());
    let kept = api.get("models/goods/versions?limit=500").expect(200);
    let kept = kept["items"].as_array().expect("a list");
    let decisions = api.get("models/goods/decisions?limit=500").expect(200);
    assert_eq!(decisions["items"].as_array().expect("a list").len(), kept.len(), "one decision a version");
    for id in &acknowledged {
        assert!(kept.iter().any(|k| k["id"] == id.as_str()), "{id} was acknowledged and is lost");
    }
    for version in [&acknowledged[0], acknowledged.last().expect("one at least")] {
        answers_as_at_home(&api, Some(version));
    }
    assert_eq!(api.champion("goods"), None);
}
