//! Story: a decree moves a day off; the next training learns from the corrected calendar.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec};
use serde_json::{Value, json};

fn day(api: &Api, date: &str) -> Option<Value> {
    let days = api.get(&format!("calendars/RU/days?year={}", &date[..4])).expect(200);
    days["items"].as_array().expect("a list").iter().find(|day| day["date"] == date).cloned()
}

fn put(api: &Api, date: &str, body: &Value) -> common::Answer {
    api.send("PUT", &format!("calendars/RU/days/{date}"), "application/json", body.to_string().into_bytes())
}

#[test]
fn the_company_has_the_last_word_on_a_day() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    assert_eq!(day(&api, "2025-05-09").expect("Victory Day")["kind"], "holiday");
    assert_eq!(day(&api, "2025-05-12"), None, "a Monday like others");
    assert_eq!(day(&api, "2025-05-17"), None, "a Saturday like others");

    put(&api, "2025-05-12", &json!({"kind": "day_off", "note": "указ"})).expect(200);
    let moved = day(&api, "2025-05-12").expect("said");
    assert_eq!((&moved["kind"], &moved["official"]), (&json!("day_off"), &json!("working")));
    assert_eq!(moved["company"]["note"], "указ");

    assert_eq!(
        put(&api, "12.05.2025", &json!({"kind": "day_off"})).expect(422)["errors"][0]["pointer"],
        "/date"
    );
    assert_eq!(put(&api, "2025-05-12", &json!({"kind": "off"})).expect(422)["errors"][0]["pointer"], "/kind");
    api.get("calendars/XX/days").expect(404);
    api.get("calendars/RU/days?year=1800").expect(422);

    api.upload("sales", &sales_csv(120)).expect(201);
    let own = "features: {calendar: {country: RU, overrides: [{date: \"2025-05-12\", kind: short}]}}";
    let plain = "features: {calendar: {country: RU}}";
    for (model, features, kind) in [("plain", plain, "day_off"), ("own", own, "short")] {
        api.apply(&format!("{}\n{features}\n", sales_spec(model, 5))).expect(200);
        let version = api.train(model)["result"]["version"].as_str().expect("a version").to_owned();
        let version = api.get(&format!("models/{model}/versions/{version}")).expect(200);
        let learnt = &version["spec"]["features"]["calendar"]["overrides"];
        assert_eq!(*learnt, json!([{"date": "2025-05-12", "kind": kind}]), "{model}");
    }

    let path = "calendars/RU/days/2025-05-12";
    assert_eq!(api.send("DELETE", path, "application/json", Vec::new()).status, 204);
    assert_eq!(api.send("DELETE", path, "application/json", Vec::new()).status, 404);
    assert_eq!(day(&api, "2025-05-12"), None);
}
