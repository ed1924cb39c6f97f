//! Story: a person gets what is kept of him, leaves, and is gone from the history, which still holds.

mod common;

use common::{Api, PASSWORD, Server, home, run, said, sales_csv, sales_spec};
use serde_json::json;

#[test]
fn what_is_kept_is_given_out_and_erased() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let admin = Api::of(&server);
    let new = json!({"username": "Evdokia", "password": PASSWORD, "tier": "admin"});
    let made = admin.post("auth/users", &new).expect(201);
    let own = Api::new(&server.url).sign_in("Evdokia", PASSWORD);
    let token = own.post("auth/tokens", &json!({"name": "Evdokia's laptop"})).expect(201);
    let secret = token["token"].as_str().expect("shown once");
    own.upload("sales", &sales_csv(120)).expect(201);
    own.apply(&sales_spec("sales", 20)).expect(200);
    assert_eq!(own.train("sales")["state"], "completed");
    let wrong = json!({"username": "EVDOKIA", "password": "not this one"});
    Api::new(&server.url).post("auth/login", &wrong).expect(401);

    let export = own.get("auth/profile/export");
    assert!(!export.text.contains(secret) && !export.text.contains("argon2"), "a secret is told");
    let export = export.expect(200);
    assert_eq!((&export["account"]["id"], &export["workspaces"][0]["key"]), (&made["id"], &json!("default")));
    assert_eq!(export["tokens"][0]["name"], "Evdokia's laptop");
    assert_eq!(
        (export["sessions"].as_array().map(Vec::len), &export["sessions"][0]["ip"]),
        (Some(1), &json!("127.0.0.1"))
    );
    assert_eq!(
        (export["jobs"].as_array().map(Vec::len), &export["jobs"][0]["owner"]),
        (Some(1), &json!("Evdokia"))
    );
    let events = export["events"].as_array().expect("a list");
    let kinds: Vec<&str> = events.iter().filter_map(|e| e["kind"].as_str()).collect();
    assert!(kinds.contains(&"dataset.uploaded") && kinds.contains(&"version.deployed"), "{kinds:?}");
    assert!(events.iter().all(|e| e["user"] == made["id"] && e["workspace"] == "default"));

    let leave = json!({"current_password": PASSWORD}).to_string().into_bytes();
    own.send("DELETE", "auth/profile", "application/json", leave).expect(204);
    own.get("models").expect(401);
    let history = admin.get("events?limit=500");
    assert!(!history.text.to_lowercase().contains("evdokia"), "{}", history.text);
    let history = history.expect(200);
    let by_nobody = history["items"].as_array().expect("a list").iter().filter(|e| e["actor"] == "(erased)");
    assert!(by_nobody.clone().count() >= events.len());
    assert!(by_nobody.clone().all(|e| e["ip"].is_null() && e["user_agent"].is_null()));
    let jobs = admin.get("jobs").expect(200);
    assert_eq!((&jobs["items"][0]["owner"], &jobs["items"][0]["ip"]), (&json!("(erased)"), &json!(null)));
    let decisions = admin.get("models/sales/decisions");
    assert!(!decisions.text.contains("Evdokia"), "{}", decisions.text);
    admin.post("auth/users", &new).expect(201);

    assert!(server.stop().success());
    let folder = data.to_str().expect("a path");
    let output = run(home.path(), &["audit", "verify", "--data-dir", folder], &[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("with something personal erased"), "{}", said(&output));
}
