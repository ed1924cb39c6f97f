//! Story: two processes on one PostgreSQL and one S3 share the queue and the champion.

mod common;

use common::servers::{Postgres, S3};
use common::{Api, PASSWORD, Server, home, patient_spec, run, said, sales_csv, sales_spec, wait_for};
use serde_json::json;
use std::time::Duration;

#[test]
fn two_processes_share_the_queue_and_the_champion() {
    let (postgres, s3) = (Postgres::start(), S3::start());
    let (home, _) = home();
    let objects = format!("s3://{}/first", s3.bucket);
    let shared = [
        ("VAKHTA_DATABASE_URL", postgres.url.as_str()),
        ("VAKHTA_OBJECTS_URL", objects.as_str()),
        ("VAKHTA_S3_ENDPOINT", s3.endpoint.as_str()),
        ("VAKHTA_S3_ACCESS_KEY", "test"),
        ("VAKHTA_S3_SECRET_KEY", "test"),
        ("VAKHTA_S3_ALLOW_HTTP", "true"),
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
    ];
    let with_roles = |roles: &'static str| -> Vec<(&str, &str)> {
        shared.iter().copied().chain([("VAKHTA_ROLES", roles)]).collect()
    };
    // One only serves, so that the other must do the training.
    let front = Server::start(home.path(), &home.path().join("front"), &with_roles("serve"));
    let back = Server::start(home.path(), &home.path().join("back"), &with_roles("serve,train"));
    let at_front = Api::new(&front.url).sign_in("admin", PASSWORD);
    let at_back = Api::new(&back.url).sign_in("admin", PASSWORD);
    assert_eq!(at_front.get("about").expect(200)["database"], "postgresql");
    assert_eq!(at_front.get("health").expect(200)["status"], "ok");

    at_front.upload("sales", &sales_csv(120)).expect(201);
    at_front.apply(&sales_spec("sales", 1500)).expect(200);
    // Asked of both at once, it is one job.
    let first = at_front.post("train", &json!({"model_key": "sales"})).expect(202);
    let second = at_back.post("train", &json!({"model_key": "sales"})).expect(409);
    assert_eq!(first["job_id"], second["job_id"]);
    let job = at_front.ended(first["job_id"].as_str().expect("a job"));
    assert_eq!(job["state"], "completed", "{job}");
    assert_eq!(at_front.get("jobs?kind=train").expect(200)["items"].as_array().map(Vec::len), Some(1));

    let champion = at_back.champion("sales").expect("it serves");
    let serves = |api: &Api, version: &str| {
        let body = json!({"model_key": "sales"});
        wait_for(Duration::from_secs(10), || {
            let answer = api.post("forecast", &body);
            (answer.status == 200 && answer.body["version"] == version).then_some(())
        })
    };
    assert!(serves(&at_front, &champion).is_some(), "the other process did not load the champion");
    assert_eq!(at_front.forecast("sales"), at_back.forecast("sales"));

    // A deploy by one is served by the other.
    at_front.apply(&patient_spec("sales", 1501)).expect(200);
    assert_eq!(at_front.train("sales")["state"], "completed");
    let versions = at_front.get("models/sales/versions").expect(200);
    let newer = versions["items"][0]["id"].as_str().expect("an id");
    at_back.post("models/sales/deploy", &json!({"version": newer})).expect(200);
    assert!(serves(&at_front, newer).is_some(), "the deploy did not reach the other process");

    // Accounts are managed while both run.
    let out = run(home.path(), &["admin", "create-user", "ann", "--json"], &shared);
    assert!(out.status.success(), "{}", said(&out));
    let made: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    Api::new(&front.url).sign_in("ann", made["one_time_password"].as_str().expect("made up"));

    // A killed trainer's job is finished by another process.
    at_front.apply(&sales_spec("sales", 4000)).expect(200);
    let job = at_front.post("train", &json!({"model_key": "sales"})).expect(202);
    let id = job["job_id"].as_str().expect("a job").to_owned();
    let runs = wait_for(Duration::from_secs(30), || {
        let job = at_front.get(&format!("jobs/{id}")).expect(200);
        (job["state"] == "running").then_some(())
    });
    assert!(runs.is_some());
    back.kill();
    let rescue = Server::start(home.path(), &home.path().join("rescue"), &with_roles("train"));
    let again = wait_for(Duration::from_secs(30), || {
        let job = at_front.get(&format!("jobs/{id}")).expect(200);
        (job["state"] == "running" && job["attempt"] == 2).then_some(())
    });
    assert!(again.is_some(), "nobody took the job over: {}", at_front.get(&format!("jobs/{id}")).text);
    at_front.post(&format!("jobs/{id}/cancel"), &json!({})).expect(202);
    assert_eq!(at_front.ended(&id)["state"], "cancelled");
    drop(rescue);
}
