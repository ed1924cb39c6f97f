//! Story: an empty folder becomes a server with a served forecast, and stays one after a restart.

mod common;

use common::{
    Api, PASSWORD, Server, home, mode, patient_spec, run, said, sales_csv, sales_spec, vakhta, wait_for,
};
use serde_json::json;
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn the_one_time_password_is_printed_once_and_kept_until_it_is_changed() {
    let (home, data) = home();
    let file = data.join("first-sign-in.txt");
    let server = Server::start(home.path(), &data, &[]);
    let password = server.printed_password().expect("it is printed");
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&data), 0o700);
    assert!(std::fs::read_to_string(&file).expect("kept").contains(&password));
    assert!(server.stop().success());

    // A second start does not print it again, and says where it lies.
    let server = Server::start(home.path(), &data, &[]);
    let told = wait_for(Duration::from_secs(5), || server.log().contains("first-sign-in.txt").then_some(()));
    assert!(told.is_some() && !server.log().contains(&password), "{}", server.log());

    let api = Api::new(&server.url);
    api.post("auth/login", &json!({"username": "admin", "password": "wrong"})).expect(401);
    let api = api.sign_in("admin", &password);
    let gone = wait_for(Duration::from_secs(5), || (!file.exists()).then_some(()));
    assert!(gone.is_some(), "the file outlived the change of the password");
    Api::new(&server.url).post("auth/login", &json!({"username": "admin", "password": password})).expect(401);
    assert_eq!(api.get("auth/user-info").expect(200)["user"]["username"], "admin");
}

#[test]
fn a_given_password_is_used_and_a_weak_one_stops_the_start() {
    let (home, data) = home();
    let weak = Server::try_start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", "short")]);
    let log = weak.err().expect("it must not start");
    assert!(log.contains("admin_password") && !log.contains("`short`"), "{log}");
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    assert!(!data.join("first-sign-in.txt").exists());
    Api::new(&server.url).sign_in("admin", PASSWORD);
}

#[test]
fn one_model_lives_its_whole_basic_life() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);

    let dataset = api.upload("sales", &sales_csv(150)).expect(201);
    assert_eq!((dataset["rows"].as_u64(), dataset["version"].as_u64()), (Some(450), Some(1)));
    let applied = api.apply(&sales_spec("sales", 30)).expect(200);
    assert_eq!(applied["items"][0]["change"], "created");
    assert_eq!(api.apply(&sales_spec("sales", 30)).expect(200)["items"][0]["change"], "unchanged");

    let job = api.train("sales");
    assert_eq!(job["state"], "completed", "{job}");
    let first = api.champion("sales").expect("the first good version serves");
    let forecast = api.forecast("sales");
    assert_eq!(forecast.as_array().map(Vec::len), Some(3));
    assert_eq!(forecast[0]["points"].as_array().map(Vec::len), Some(14));
    assert_eq!(forecast[0]["points"][0]["intervals"].as_array().map(Vec::len), Some(2));

    // A second version that is not much better is kept aside until somebody deploys it.
    api.apply(&patient_spec("sales", 40)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    assert_eq!(api.champion("sales").as_deref(), Some(first.as_str()));
    let versions = api.get("models/sales/versions").expect(200);
    let second = versions["items"][0]["id"].as_str().expect("newest first").to_owned();
    assert_ne!(second, first);
    api.post("models/sales/deploy", &json!({"version": second})).expect(200);
    assert_eq!(api.champion("sales").as_deref(), Some(second.as_str()));
    let newer = api.forecast("sales");
    assert_ne!(newer, forecast);
    api.post("models/sales/deploy", &json!({"version": second})).expect(409);
    api.post("models/sales/rollback", &json!({})).expect(200);
    assert_eq!(api.champion("sales").as_deref(), Some(first.as_str()));
    assert_eq!(api.forecast("sales"), forecast);

    let predicted = api.send(
        "POST",
        "predict?wait=20",
        "application/json",
        json!({"model_key": "sales", "data": [{"shop": "north", "date": "2025-06-02"}, {"shop": "moon", "date": "2025-06-02"}]})
            .to_string()
            .into_bytes(),
    );
    let predicted = predicted.expect(200);
    assert!(predicted["predictions"][0]["value"].is_number(), "{predicted}");
    assert!(predicted["predictions"][1]["error"].is_string(), "{predicted}");

    // The same champion answers the same after a restart.
    assert!(server.stop().success());
    let server = Server::start(home.path(), &data, &[]);
    let api = api.moved_to(&server.url);
    assert_eq!(api.champion("sales").as_deref(), Some(first.as_str()));
    assert_eq!(api.forecast("sales"), forecast);
    let decisions = api.get("models/sales/decisions").expect(200);
    let kinds: Vec<&str> =
        decisions["items"].as_array().into_iter().flatten().filter_map(|d| d["kind"].as_str()).collect();
    assert_eq!(kinds, ["rollback", "deploy", "kept", "first_champion"]);
}

#[test]
fn the_command_line_does_the_same() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let url = server.url.clone();
    let variables = [("VAKHTA_SERVER", url.as_str())];
    let vk = |arguments: &[&str]| run(home.path(), arguments, &variables);

    let out = vk(&["models"]);
    assert_eq!(out.status.code(), Some(4), "{}", said(&out));

    let one_time = server.printed_password().expect("printed");
    let mut login = vakhta(home.path())
        .args(["login", "--username", "admin", "--password-stdin"])
        .envs(variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    writeln!(login.stdin.take().expect("piped"), "{one_time}\n{PASSWORD}").expect("written");
    let out = login.wait_with_output().expect("it ends");
    assert!(out.status.success(), "{}", said(&out));
    assert_eq!(mode(&home.path().join(".config/vakhta/credentials.json")), 0o600);

    std::fs::write(home.path().join("sales.csv"), sales_csv(120)).expect("written");
    std::fs::write(home.path().join("spec.yaml"), sales_spec("sales", 20)).expect("written");
    std::fs::write(home.path().join("bad.yaml"), "model_key: x\ntask: forcast\ndata: {}\n").expect("written");
    for (arguments, code, told) in [
        (&["datasets", "upload", "sales.csv"][..], 0, "360"),
        (&["datasets"], 0, "sales"),
        (&["datasets", "preview", "sales", "--limit", "2"], 0, "north"),
        (&["datasets", "show", "nothing"], 5, "nothing"),
        (&["apply", "-f", "bad.yaml"], 7, "bad.yaml: /task"),
        (&["apply", "-f", "spec.yaml"], 0, "created"),
        (&["models", "show", "sales"], 0, "nothing serves yet"),
        (&["train", "sales", "--wait"], 0, "all folds"),
        (&["models"], 0, "forecast"),
        (&["models", "versions", "sales"], 0, "deployed"),
        (&["models", "forecast", "sales"], 0, "north"),
        (&["models", "forecast", "sales", "--output", "-"], 0, "lo80"),
        (&["models", "rollback", "sales"], 6, ""),
        (&["train", "nothing"], 5, "nothing"),
        (&["jobs", "--state", "completed"], 0, "train"),
        (&["jobs", "show", "j_nothing"], 5, ""),
    ] {
        let out = vk(arguments);
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {}", said(&out));
        assert!(said(&out).contains(told), "{arguments:?} does not tell {told:?}: {}", said(&out));
    }
    std::fs::write(home.path().join("ask.csv"), "shop,date\nnorth,2025-05-05\n").expect("written");
    let out = vk(&["predict", "sales", "--data", "ask.csv", "--json"]);
    assert!(out.status.success(), "{}", said(&out));
    let answer: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert!(answer["predictions"][0]["value"].is_number(), "{answer}");
    let out = vk(&["models", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(list["items"][0]["key"], "sales");
    assert!(vk(&["logout"]).status.success());
    assert_eq!(vk(&["models"]).status.code(), Some(4));
    drop(server);
    let out = vk(&["models"]);
    assert_eq!(out.status.code(), Some(3), "{}", said(&out));
}

#[test]
fn accounts_are_made_and_mended_beside_the_server() {
    let (home, data) = home();
    let data_text = data.display().to_string();
    let server = Server::start(home.path(), &data, &[]);
    let arguments = ["admin", "reset-password", "admin", "--data-dir", &data_text, "--json"];
    let out = run(home.path(), &arguments, &[]);
    assert_eq!(out.status.code(), Some(1), "{}", said(&out));
    assert!(said(&out).contains("stop it first"), "{}", said(&out));
    assert!(server.stop().success());

    let out = run(home.path(), &arguments, &[]);
    assert!(out.status.success(), "{}", said(&out));
    let made: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let admin_password = made["one_time_password"].as_str().expect("made up").to_owned();
    assert!(!data.join("first-sign-in.txt").exists(), "the old one-time password is of no use");
    let create = ["admin", "create-user", "ann", "--tier", "viewer", "--data-dir", &data_text, "--json"];
    let out = run(home.path(), &create, &[]);
    let made: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let ann_password = made["one_time_password"].as_str().expect("made up").to_owned();
    assert_eq!(run(home.path(), &create, &[]).status.code(), Some(6));
    let missing = ["admin", "reset-password", "nobody", "--data-dir", &data_text];
    assert_eq!(run(home.path(), &missing, &[]).status.code(), Some(5));

    let server = Server::start(home.path(), &data, &[]);
    Api::new(&server.url).sign_in("admin", &admin_password);
    let ann = Api::new(&server.url).sign_in("ann", &ann_password);
    ann.get("models").expect(200);
    ann.post("train", &json!({"model_key": "x"})).expect(403);
}
