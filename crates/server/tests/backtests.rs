//! Story: every row that a version was scored on can be read, saved as a file, and held against another version.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec};
use serde_json::{Value, json};

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().expect("a page")
}

#[test]
fn a_backtest_is_read_page_by_page_saved_and_compared() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("sales", &sales_csv(200)).expect(201);
    let mut versions = Vec::new();
    for rounds in [10, 60] {
        api.apply(&sales_spec("sales", rounds)).expect(200);
        let job = api.train("sales");
        versions.push(job["result"]["version"].as_str().expect("a version").to_owned());
    }
    let path = format!("models/sales/versions/{}/backtest", versions[1]);

    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{path}?limit=40{cursor}")).expect(200);
        rows.extend(items(&page).clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(rows.len(), 2 * 3 * 14, "two folds, three shops, fourteen days");
    // The rows are what the report sums up.
    let (error, size) = rows.iter().fold((0.0, 0.0), |(error, size), row| {
        let number = |name: &str| row[name].as_f64().expect("a number");
        (error + (number("forecast") - number("actual")).abs(), size + number("actual").abs())
    });
    let version = api.get(&format!("models/sales/versions/{}", versions[1])).expect(200);
    let wape = version["report"]["overall"]["wape"].as_f64().expect("measured");
    assert!((100.0 * error / size - wape).abs() < 1e-6, "{wape}");

    let north = api.get(&format!("{path}?series=%5B%22north%22%5D&fold=1&step=14")).expect(200);
    assert_eq!(items(&north).len(), 1);
    assert_eq!(items(&north)[0]["series"], json!(["north"]));
    assert_eq!(items(&api.get(&format!("{path}?series=%5B%22moon%22%5D")).expect(200)).len(), 0);
    assert!(api.get(&format!("{path}?series=north")).expect(422)["errors"][0]["pointer"] == "?series");
    let csv = api.get(&format!("{path}?format=csv")).text;
    assert!(csv.starts_with("shop,date,fold,cutoff,step,actual,forecast,"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + rows.len());

    let compared = api.get(&format!("{path}/compare?with={}", versions[0])).expect(200);
    assert_eq!(
        (&compared["paired_by"], &compared["overall"]["n"]),
        (&json!("same_step"), &json!(rows.len()))
    );
    let change = compared["overall"]["change"].as_f64().expect("a number");
    assert!(change > 0.0, "ten trees forecast worse than sixty: {change}");
    assert_eq!(compared["by_series"].as_array().expect("a list").len(), 3);
    api.get(&format!("{path}/compare?with=v_none")).expect(404);
}

#[test]
fn the_sums_of_a_hierarchy_agree_with_their_series() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    let mut csv = String::new();
    for line in sales_csv(200).lines() {
        // Two shops in one town, one in another.
        let town = match line.split(',').nth(1) {
            Some("shop") => "town",
            Some("west") => "Gdov",
            _ => "Pskov",
        };
        csv.push_str(&format!("{line},{town}\n"));
    }
    api.upload("sales", &csv).expect(201);
    let spec =
        sales_spec("sales", 20).replace("data: {", "reconcile: mint_shrink\ndata: {hierarchy: [town], ");
    api.apply(&spec).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    let plain = api.post("forecast", &json!({"model_key": "sales"})).expect(200);
    assert_eq!(plain["sums"], json!([]));
    let whole = api.post("forecast", &json!({"model_key": "sales", "sums": true, "horizon": 3})).expect(200);
    assert_eq!(
        whole["series"][0]["points"],
        json!(plain["series"][0]["points"].as_array().expect("a list")[..3])
    );
    let sums = whole["sums"].as_array().expect("a list");
    assert_eq!(sums.len(), 3, "the total and two towns");
    assert_eq!((&sums[0]["columns"], &sums[1]["columns"]), (&json!([]), &json!(["town"])));
    for step in 0..3 {
        let value = |of: &Value| of["points"][step]["value"].as_f64().expect("a number");
        let shops: f64 = whole["series"].as_array().expect("a list").iter().map(value).sum();
        assert!((value(&sums[0]) - shops).abs() < 1e-6 * shops, "step {step}");
        assert!((value(&sums[1]) + value(&sums[2]) - shops).abs() < 1e-6 * shops, "step {step}");
    }
}
