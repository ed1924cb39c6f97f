//! Story: jobs are found again by who asked for them, tried once more, and predictions come as files.

mod common;

use common::{Api, PASSWORD, Server, home, sales_csv, sales_spec};
use serde_json::{Value, json};

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().into_iter().flatten().filter_map(|job| job["id"].as_str()).collect()
}

#[test]
fn jobs_are_filtered_and_tried_again_and_predictions_come_as_files() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let admin = Api::of(&server);
    admin.upload("sales", &sales_csv(120)).expect(201);
    admin.apply(&sales_spec("sales", 4000)).expect(200);
    let first = admin.post("train", &json!({"model_key": "sales", "reason": "why not"})).expect(202);
    let first = first["job_id"].as_str().expect("a job").to_owned();
    assert_eq!(
        admin.post(&format!("jobs/{first}/retry"), &json!({})).expect(409)["code"],
        "job_did_not_fail"
    );
    admin.post(&format!("jobs/{first}/cancel"), &json!({})).expect(202);
    assert_eq!(admin.ended(&first)["state"], "cancelled");
    let again = admin.post(&format!("jobs/{first}/retry"), &json!({})).expect(202);
    let again = again["job_id"].as_str().expect("a job").to_owned();
    let busy = admin.post(&format!("jobs/{first}/retry"), &json!({})).expect(409);
    assert_eq!((&busy["code"], &busy["job_id"]), (&json!("job_runs"), &json!(again)));
    assert_eq!(admin.get(&format!("jobs/{again}")).expect(200)["retry_of"], first);
    assert_eq!(admin.ended(&again)["state"], "completed", "the same input can be learnt from");
    assert_eq!(
        admin.post(&format!("jobs/{again}/retry"), &json!({})).expect(409)["code"],
        "job_did_not_fail"
    );
    assert_eq!(admin.post("jobs/none/retry", &json!({})).status, 404);

    let records = json!([
        {"shop": "north", "date": "2025-05-01", "promo": 0},
        {"shop": "=south", "date": "2025-05-02", "promo": 1},
    ]);
    let asked = admin.post("predict", &json!({"model_key": "sales", "data": records})).expect(202);
    let predict = asked["job_id"].as_str().expect("a job").to_owned();
    assert_eq!(admin.ended(&predict)["state"], "completed");
    let whole = admin.get(&format!("predict/{predict}")).expect(200);
    let csv = admin.get(&format!("predict/{predict}?format=csv"));
    assert_eq!(csv.status, 200, "{}", csv.text);
    let lines: Vec<&str> = csv.text.lines().collect();
    assert!(lines[0].starts_with("index,value,lo") && lines[0].ends_with(",error"), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("0,{}", whole["predictions"][0]["value"])), "{}", csv.text);
    assert!(lines[2].starts_with("1,,"), "{}", csv.text);
    let jsonl = admin.get(&format!("predict/{predict}?format=jsonl"));
    let row: Value = serde_json::from_str(jsonl.text.lines().next().expect("a line")).expect("JSON");
    assert_eq!(row["value"], whole["predictions"][0]["value"]);
    assert!(admin.get(&format!("predict/{predict}?format=parquet")).text.starts_with("PAR1"));
    assert_eq!(admin.get(&format!("predict/{first}?format=csv")).status, 404, "it is a training");

    assert_eq!(ids(&admin.get("jobs?owner=admin&kind=train").expect(200)), [again.as_str(), first.as_str()]);
    assert_eq!(ids(&admin.get("jobs?state=cancelled&source=api").expect(200)), [first.as_str()]);
    assert!(ids(&admin.get("jobs?owner=nobody").expect(200)).is_empty());
    assert!(ids(&admin.get("jobs?source=gui").expect(200)).is_empty());
    let created =
        admin.get(&format!("jobs/{predict}")).expect(200)["created_at"].as_str().expect("when").to_owned();
    assert_eq!(
        ids(&admin.get(&format!("jobs?since={created}&kind=predict")).expect(200)),
        [predict.as_str()]
    );
    let older = admin.get(&format!("jobs?until={created}&kind=train")).expect(200);
    assert_eq!(ids(&older), [again.as_str(), first.as_str()]);
    let shown = admin.get(&format!("jobs/{predict}")).expect(200);
    assert_eq!(
        (&shown["owner"], &shown["ip"], &shown["source"]),
        (&json!("admin"), &json!("127.0.0.1"), &json!("api"))
    );
}
