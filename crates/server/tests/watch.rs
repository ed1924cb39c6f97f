//! Story: a model watches over itself: schedules, training again, promotion on evidence, over the API and across kills.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec, wait_for};
use serde_json::{Value, json};
use std::time::Duration;

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().expect("a list")
}

#[test]
fn schedules_follow_the_spec_and_people() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("sales", &sales_csv(60)).expect(201);
    api.apply(&sales_spec("sales", 5)).expect(200);
    let found = |id: &str| {
        let all = api.get("schedules").expect(200);
        items(&all).iter().find(|schedule| schedule["id"] == id).expect("a schedule of the spec").clone()
    };
    for (id, cron) in [("retrain:sales", "0 3 * * SUN"), ("metrics:sales", "0 4 * * *")] {
        let own = found(id);
        assert_eq!((&own["cron"], &own["origin"]), (&json!(cron), &json!("spec")));
    }

    let put = |id: &str, body: Value| {
        api.send("PUT", &format!("schedules/{id}"), "application/json", body.to_string().into_bytes())
    };
    assert_eq!(put("retrain:sales", json!({"cron": "0 4 * * *"})).expect(409)["code"], "schedule_of_spec");
    assert_eq!(put("retrain:sales", json!({"paused": true})).expect(200)["next_at"], Value::Null);
    let bad = json!({"task": "retrain", "model_key": "sales", "cron": "every day"});
    assert_eq!(api.post("schedules", &bad).expect(422)["errors"][0]["pointer"], "/cron");
    let nowhere = json!({"task": "retrain", "model_key": "sales", "cron": "0 4 * * *", "timezone": "Moscow"});
    assert_eq!(api.post("schedules", &nowhere).expect(422)["errors"][0]["pointer"], "/timezone");
    let unknown = json!({"task": "retrain", "model_key": "none", "cron": "0 4 * * *"});
    api.post("schedules", &unknown).expect(404);
    let sync = json!({"task": "sync", "model_key": "sales", "cron": "0 4 * * *"});
    assert_eq!(api.post("schedules", &sync).expect(422)["errors"][0]["pointer"], "/task");
    let good =
        json!({"task": "retrain", "model_key": "sales", "cron": "0 4 * * *", "timezone": "Europe/Moscow"});
    let made = api.post("schedules", &good).expect(201);
    let id = made["id"].as_str().expect("an id");
    let job = api.post(&format!("schedules/{id}/run"), &json!({})).expect(202);
    let done = api.ended(job["job_id"].as_str().expect("a job"));
    assert_eq!((&done["kind"], &done["result"]["outcome"]), (&json!("retrain"), &json!("not_needed")));
    assert_eq!(api.send("DELETE", &format!("schedules/{id}"), "application/json", Vec::new()).status, 204);

    // The spec's own schedule follows it, and stays paused.
    let spec =
        sales_spec("sales", 5) + "policies: {retrain: {schedule: \"30 5 * * MON\", timezone: Asia/Omsk}}\n";
    api.apply(&spec).expect(200);
    let own = found("retrain:sales");
    assert_eq!((&own["cron"], &own["paused"]), (&json!("30 5 * * MON"), &json!(true)));
    let wrong = sales_spec("sales", 5) + "policies: {retrain: {schedule: sometimes}}\n";
    assert_eq!(api.apply(&wrong).expect(422)["errors"][0]["pointer"], "/policies/retrain/schedule");
}

#[test]
fn a_retraining_by_hand_is_judged_on_evidence_and_survives_a_kill() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("sales", &sales_csv(200)).expect(201);
    api.apply(&sales_spec("sales", 1)).expect(200);
    api.train("sales");
    let weak = api.champion("sales").expect("it serves");

    api.apply(&sales_spec("sales", 1200)).expect(200);
    let body =
        json!({"reason": "Тестовое переобучение", "performance_threshold": 90.0, "force_deploy": false});
    let job = api.post("monitoring/retrain/manual", &body).expect(202);
    let id = job["job_id"].as_str().expect("a job").to_owned();
    let again = api.post("monitoring/retrain/manual", &body).expect(409);
    assert_eq!(again["job_id"], json!(id), "the model is trained once at a time");
    let begun = wait_for(Duration::from_mins(1), || {
        let job = api.get(&format!("jobs/{id}")).expect(200);
        (job["state"] == "running" && job["progress"].as_f64() > Some(0.1)).then_some(())
    });
    assert!(begun.is_some(), "the training does not run");
    server.kill();

    let server = Server::start(home.path(), &data, &[]);
    let api = api.moved_to(&server.url);
    assert!(api.champion("sales").is_some(), "there is one champion");
    let done = api.ended(&id);
    assert_eq!(
        (&done["state"], &done["result"]["decision"]),
        (&json!("completed"), &json!("promoted")),
        "{done}"
    );
    assert_ne!(api.champion("sales"), Some(weak.clone()));
    let decisions = api.get("models/sales/decisions").expect(200);
    let newest = &items(&decisions)[0];
    assert_eq!((&newest["kind"], &newest["previous"]), (&json!("promoted"), &json!(weak)));
    let evidence = &newest["evidence"]["case"]["evidence"];
    assert!(evidence["paired"]["candidate"].as_f64() < evidence["paired"]["champion"].as_f64(), "{evidence}");

    let status = api.get("monitoring/retrain/status").expect(200);
    assert_eq!((&status["scheduled_jobs"][0]["model"], &status["active"]), (&json!("sales"), &Value::Null));
    assert_eq!(status["last_run"]["id"], json!(id));
    assert_eq!(items(&api.get("monitoring/retrain/history?model_key=sales").expect(200)).len(), 1);
    // The way back is one call.
    api.post("models/sales/rollback", &json!({"reason": "a test"})).expect(200);
    assert_eq!(api.champion("sales"), newest["previous"].as_str().map(str::to_owned));
}
