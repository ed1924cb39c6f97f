//! Story: the history is chained and checked, a hand in the database is found, and what is odd is told with its
//! reason.

mod common;

use common::{Api, PASSWORD, Server, home, run, said};
use serde_json::{Value, json};
use std::path::Path;

fn verify(home: &Path, data: &Path, more: &[&str]) -> std::process::Output {
    let data = data.to_str().expect("a path");
    let arguments = [&["audit", "verify", "--json", "--data-dir", data], more].concat();
    run(home, &arguments, &[])
}

fn answers(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

/// Writes other letters of the same length over a text wherever the database file holds it.
fn write_over(file: &Path, text: &str, other: &str) {
    let mut bytes = std::fs::read(file).expect("the database");
    let places: Vec<usize> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(text.as_bytes())).collect();
    assert!(!places.is_empty() && text.len() == other.len(), "{text} is not in the database");
    for at in places {
        bytes[at..at + text.len()].copy_from_slice(other.as_bytes());
    }
    std::fs::write(file, bytes).expect("it is written");
}

#[test]
fn a_hand_in_the_database_is_found() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let admin = Api::of(&server);
    admin.post("workspaces", &json!({"key": "shops", "title": "Shops of the south"})).expect(201);
    let noted = admin.get("events/chain").expect(200);
    let head = noted["hash"].as_str().expect("a hash").to_owned();
    assert!(noted["number"].as_u64() > Some(2) && head.len() == 64 && noted["older"] == 0, "{noted}");
    admin.post("workspaces", &json!({"key": "depots"})).expect(201);
    let later = admin.get("events/chain").expect(200);
    assert_eq!(later["number"], noted["number"].as_u64().expect("a number") + 1);
    assert!(!verify(home.path(), &data, &[]).status.success(), "the server holds its folder");
    assert!(server.stop().success());

    let output = verify(home.path(), &data, &["--workspace", "default", "--expect-head", &head]);
    assert!(output.status.success(), "{}", said(&output));
    let all = verify(home.path(), &data, &[]);
    assert!(all.status.success(), "{}", said(&all));
    let found = answers(&all);
    let places: Vec<&str> =
        found.as_array().expect("a list").iter().filter_map(|w| w["workspace"].as_str()).collect();
    assert_eq!(places, ["default", "depots", "shops"]);
    assert_eq!((&found[0]["holds"], &found[0]["head"]), (&json!(true), &later["hash"]));
    let strange = "0".repeat(64);
    let output = verify(home.path(), &data, &["--workspace", "default", "--expect-head", &strange]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(verify(home.path(), &data, &["--workspace", "nowhere"]).status.code(), Some(5));

    write_over(&data.join("vakhta.db"), "Shops of the south", "Shops of the north");
    let output = verify(home.path(), &data, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let found = &answers(&output)[0];
    assert_eq!((&found["holds"], &found["fault"]), (&json!(false), &json!("its data was altered")));
    let seq = found["seq"].as_u64().expect("it is named");
    assert_eq!(seq, noted["number"].as_u64().expect("a number"), "the event that told of the workspace");
    assert!(String::from_utf8_lossy(&output.stderr).contains(&format!("event {seq}")), "{}", said(&output));
}

/// A request from another address of this machine.
fn status_from(address: [u8; 4], url: &str, token: &str) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = reqwest::Client::builder().local_address(Some(address.into())).build().expect("a client");
    let sent = client.get(format!("{url}/api/v1/models")).bearer_auth(token).send();
    runtime.block_on(sent).expect("an answer").status().as_u16()
}

#[test]
fn what_is_odd_is_told_with_its_reason() {
    let (home, data) = home();
    let variables = [("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_LOGIN_PER_MIN", "1000")];
    let server = Server::start(home.path(), &data, &variables);
    let admin = Api::of(&server);
    assert_eq!(admin.get("events/suspicious").expect(200)["items"], json!([]));

    for _ in 0..5 {
        let wrong = json!({"username": "Anna", "password": "not this one"});
        Api::new(&server.url).post("auth/login", &wrong).expect(401);
    }
    let viewer = json!({"username": "viewer", "password": PASSWORD, "tier": "viewer"});
    admin.post("auth/users", &viewer).expect(201);
    let viewer = Api::new(&server.url).sign_in("viewer", PASSWORD);
    for _ in 0..9 {
        viewer.post("models", &json!({})).expect(403);
    }
    viewer.get("events/suspicious").expect(403);
    viewer.get("events?ip=127.0.0.1").expect(403);
    let token = admin.post("auth/tokens", &json!({"name": "nightly"})).expect(201);
    let token = token["token"].as_str().expect("shown once");
    for address in [[127, 0, 0, 1], [127, 0, 0, 9], [127, 0, 7, 1], [127, 0, 7, 2]] {
        assert_eq!(status_from(address, &server.url, token), 200);
    }

    let found = admin.get("events/suspicious?days=1&language=ru").expect(200);
    let shown: Vec<(&str, &str, u64)> = found["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|s| {
            (
                s["rule"].as_str().expect("a rule"),
                s["about"].as_str().expect("whom"),
                s["count"].as_u64().expect("n"),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("new_network", "nightly", 1),
            ("denied_access", "viewer", 8),
            ("failed_sign_ins_from_address", "127.0.0.1", 5),
            ("failed_sign_ins_of_name", "anna", 5),
        ],
        "{found}"
    );
    assert!(found["items"][0]["reason"].as_str().expect("words").contains("127.0.7.0/24"));
    assert!(found["items"][2]["reason"].as_str().expect("words").starts_with("неудачных входов с адреса"));
    for evidence in found["items"][1]["events"].as_array().expect("evidence") {
        let event = admin.get(&format!("events/{evidence}")).expect(200);
        assert_eq!((&event["kind"], &event["subject_id"]), (&json!("access.denied"), &json!("POST /models")));
    }
    let by_ip = admin.get("events/by-ip/127.0.7.1").expect(200);
    assert_eq!(by_ip["items"][0]["kind"], "token.new_network", "{by_ip}");
    assert_eq!(admin.get("events/by-ip/nowhere").status, 422);
}
