//! Story: a classifier and a regression of records, from a file to explained answers, over a restart.

mod common;

use common::{Api, Server, home};
use serde_json::{Value, json};

const GOODS: [(&str, &[&str]); 3] = [
    ("dairy", &["молоко", "кефир", "сметана", "творог", "йогурт"]),
    ("bakery", &["хлеб", "батон", "булка", "лаваш", "пирог"]),
    ("drinks", &["сок", "вода", "квас", "лимонад", "морс"]),
];

/// Names of goods with their group, a price, whether they are new, and since when they are sold.
fn goods_csv(rows: usize) -> String {
    let mut csv = String::from("name,price,fresh,since,category\n");
    for row in 0..rows {
        let (group, words) = GOODS[row % 3];
        let word = words[row * 7 % words.len()];
        let name =
            format!("{word} {} {} мл", ["домашний", "деревенский", "свежий"][row / 3 % 3], 100 + row % 9);
        let price = 30 + row % 3 * 40 + row * 31 % 17;
        csv.push_str(&format!("{name},{price},{},2025-{:02}-11,{group}\n", row % 2 == 0, row % 12 + 1));
    }
    csv
}

fn spec(task: &str, target: &str, more: &str) -> String {
    let numeric = if target == "price" { "" } else { "numeric: [price], " };
    let words = if target == "price" { "categorical: [category], " } else { "" };
    format!(
        "{{model_key: goods_{target}, task: {task}, data: {{dataset: goods, target: {target}, text: [name], \
         {words}{numeric}boolean: [fresh], date: [since]}}, engine: linear{more}}}"
    )
}

fn prediction(api: &Api, model: &str, record: &Value) -> Value {
    let body = json!({"model_key": model, "data": [record], "explain": true, "top": 3});
    let answer = api.post("predict?wait=30", &body).expect(200);
    answer["predictions"][0].clone()
}

#[test]
fn records_are_classified_explained_and_measured() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("goods", &goods_csv(600)).expect(201);
    let text = spec("classification", "category", ", confidence_threshold: 0.6");
    api.apply(&text).expect(200);
    let job = api.train("goods_category");
    assert_eq!(job["state"], "completed", "{job}");
    let version = api.get("models/goods_category/versions/champion").expect(200);
    let report = &version["records_report"];
    assert!(version["report"].is_null());
    let accuracy = report["quality"]["accuracy"].as_f64().expect("measured");
    assert!(accuracy > 0.95, "{accuracy}");
    assert!(report["baseline"]["accuracy"].as_f64().expect("measured") < 0.5);
    assert_eq!(report["quality"]["classes"].as_array().expect("a list").len(), 3);
    assert_eq!(version["quality"]["classes"].as_array().expect("a list").len(), 0, "a list says it in brief");

    let kefir = prediction(&api, "goods_category", &json!({"name": "Кефир деревенский 101 мл", "price": 35}));
    assert_eq!(kefir["label"], "dairy", "{kefir}");
    assert_eq!(kefir["probabilities"].as_array().expect("a list").len(), 3);
    assert_eq!(kefir["needs_person"], kefir["confidence"].as_f64().expect("a share") < 0.6);
    let effects = kefir["explanation"]["contributions"].as_array().expect("a list");
    let strongest = effects.iter().find(|e| e["feature"] == "name").expect("the name speaks");
    assert_eq!(strongest["word"], "кефир", "{kefir}");
    // What was never seen is answered, and a wrong value is the error of its record alone.
    let body = json!({"model_key": "goods_category", "data": [{}, {"price": "dear"}, {"name": "хлеб"}]});
    let answers = api.post("predict?wait=30", &body).expect(200)["predictions"].clone();
    assert!(answers[0]["label"].is_string(), "{answers}");
    assert!(answers[1]["error"].as_str().is_some_and(|e| e.contains("price")), "{answers}");
    assert_eq!(answers[2]["label"], "bakery", "{answers}");

    let labelled = json!({"model_key": "goods_category", "data": [
        {"name": "молоко свежий 104 мл", "category": "dairy"},
        {"name": "квас домашний 103 мл", "category": "drinks"},
        {"name": "сок домашний 103 мл"},
    ]});
    let measured = api.post("quality", &labelled).expect(200);
    assert_eq!((&measured["quality"]["n"], &measured["quality"]["accuracy"]), (&json!(2), &json!(1.0)));
    assert_eq!(measured["errors"][0]["index"], 2);
    let refused = api.post("quality", &json!({"model_key": "goods_category", "data": [{"name": "сок"}]}));
    assert!(refused.expect(422)["errors"][0]["message"].as_str().is_some_and(|m| m.contains("category")));

    let refused = api.post("forecast", &json!({"model_key": "goods_category"})).expect(409);
    assert_eq!(refused["code"], "wrong_task");
    let none = api.get("models/goods_category/versions/champion/backtest").expect(409);
    assert_eq!(none["code"], "no_backtest");

    assert!(server.stop().success());
    let server = Server::start(home.path(), &data, &[]);
    let api = api.moved_to(&server.url);
    let again = prediction(&api, "goods_category", &json!({"name": "Кефир деревенский 101 мл", "price": 35}));
    assert_eq!(again, kefir, "a restart changes no answer");
}

#[test]
fn numbers_of_records_come_with_intervals() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("goods", &goods_csv(600)).expect(201);
    api.apply(&spec("regression", "price", "")).expect(200);
    assert_eq!(api.train("goods_price")["state"], "completed");
    let version = api.get("models/goods_price/versions/champion").expect(200);
    let (own, blind) = (&version["quality"]["rmse"], &version["baseline"]["rmse"]);
    assert!(own.as_f64().expect("measured") < 0.5 * blind.as_f64().expect("measured"), "{own} {blind}");
    let answer = prediction(&api, "goods_price", &json!({"name": "молоко", "category": "dairy"}));
    let value = answer["value"].as_f64().expect("a number");
    let interval = &answer["intervals"][0];
    assert!(interval["lo"].as_f64() <= Some(value) && Some(value) <= interval["hi"].as_f64(), "{answer}");
    assert!((20.0..60.0).contains(&value), "{answer}");
}
