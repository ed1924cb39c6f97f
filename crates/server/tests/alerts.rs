//! Story: a source breaks, people are told over real channels, the process is killed in between, and it ends.

mod common;
#[path = "../../notify/tests/receivers/mod.rs"]
mod receivers;

use common::{Api, Server, home, wait_for};
use receivers::mail::{MailServer, Talk};
use receivers::{OK, Receiver, Reply};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Looks, waits between attempts, and a busy machine.
const SOON: Duration = Duration::from_mins(1);

fn folder(data: &Path) -> std::path::PathBuf {
    let folder = data.join("incoming");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn add_source(api: &Api, folder: &Path) {
    let source = json!({
        "key": "shop", "dataset": "sales", "keys": ["branch"], "time": "date", "cron": "0 2 1 1 *",
        "files": {"location": format!("file://{}", folder.display())},
    });
    api.post("sources", &source).expect(201);
}

/// Reads the source once; it fails where its file is none.
fn sync(api: &Api, folder: &Path, good: bool) {
    let text = if good { "date,branch,y\n2026-01-01,north,5\n" } else { "date,branch,y\n2026-01-01,north\n" };
    std::fs::write(folder.join("day.csv"), text).expect("written");
    let ended = api.post("sources/shop/sync?wait=60", &json!({})).expect(200);
    assert_eq!(ended["state"], if good { "completed" } else { "failed" }, "{ended}");
}

fn alerts(api: &Api) -> Vec<Value> {
    api.get("alerts").expect(200)["items"].as_array().expect("a list").clone()
}

fn in_state(api: &Api, state: &str) -> Value {
    let found = wait_for(SOON, || {
        alerts(api).into_iter().find(|alert| alert["rule"] == "source_failed" && alert["state"] == state)
    });
    found.unwrap_or_else(|| panic!("no alert is {state}: {:?}", alerts(api)))
}

fn add_channel(api: &Api, body: &Value) -> String {
    let made = api.post("alerts/channels", body).expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_broken_source_is_told_over_every_channel_and_its_end_too() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_PUBLIC_URL", "https://v.example.com")]);
    let api = Api::of(&server);
    assert_eq!(api.get("health/alerts").expect(200), json!({"status": "ok", "warning": 0, "critical": 0}));

    let hook = Receiver::start(vec![Reply::With(500, "a: b", "no"), OK]);
    let chat = Receiver::start(vec![OK]);
    let telegram = Receiver::start(vec![Reply::With(200, "a: b", r#"{"ok":true}"#)]);
    let mail = MailServer::start(Talk::Starttls, 0);
    let webhook = json!({
        "name": "hook", "kind": "webhook", "url": format!("{}/in?key=hunter2url", hook.url),
        "token": "hunter2token", "language": "en",
    });
    let hook_id = add_channel(&api, &webhook);
    add_channel(
        &api,
        &json!({"name": "chat", "kind": "chat", "url": format!("{}/hooks/hunter2chat", chat.url)}),
    );
    let bot = json!({
        "name": "bot", "kind": "telegram", "token": "1:hunter2bot",
        "telegram": {"chat_id": "-100", "api": telegram.url},
    });
    add_channel(&api, &bot);
    let email = json!({
        "name": "mail", "kind": "email", "password": "hunter2mail", "language": "ru",
        "email": {
            "host": "localhost", "port": mail.port, "tls": "starttls", "username": "vakhta",
            "from": "vakhta@example.com", "to": ["ops@example.com"], "ca_pem": mail.pem,
        },
    });
    let mail_id = add_channel(&api, &email);
    api.post("alerts/channels", &webhook).expect(409);
    let moved = json!({
        "name": "mail", "kind": "email",
        "email": {"host": "127.0.0.1", "port": 25, "username": "vakhta", "from": "a@b", "to": ["c@d"]},
    });
    let refused = api.put(&format!("alerts/channels/{mail_id}"), &moved).expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/password", "a kept password goes nowhere else");
    let tried = api.post(&format!("alerts/channels/{mail_id}/test"), &json!({})).expect(200);
    assert_eq!((&tried["state"], &tried["kind"]), (&json!("delivered"), &json!("test")), "{tried}");
    assert!(mail.mails()[0].over_tls);

    let folder = folder(&data);
    add_source(&api, &folder);
    sync(&api, &folder, false);
    let fired = in_state(&api, "firing");
    let id = fired["id"].as_str().expect("an id").to_owned();
    assert_eq!((&fired["subject"], &fired["severity"]), (&json!("shop"), &json!("warning")));
    assert_eq!(api.get("health/alerts").expect(200)["warning"], 1);
    let came = hook.wait(2, SOON);
    assert_eq!(came.len(), 2, "500 first, then taken");
    assert_eq!(came[0].header("idempotency-key"), came[1].header("idempotency-key"));
    assert_eq!(came[1].header("authorization"), Some("Bearer hunter2token"));
    assert_eq!((&came[1].body["version"], &came[1].body["status"]), (&json!("4"), &json!("firing")));
    assert_eq!(came[1].body["alerts"][0]["labels"]["alertname"], "source_failed");
    assert_eq!(came[1].body["externalURL"], "https://v.example.com");
    let said = chat.wait(1, SOON)[0].body.clone();
    assert!(said["text"].as_str().is_some_and(|text| text.contains("источник не прочитан")), "{said}");
    let said = telegram.wait(1, SOON)[0].clone();
    assert_eq!(said.path, "/bot1:hunter2bot/sendMessage");
    let mails = mail.wait(2, SOON);
    assert!(mails[1].over_tls && mails[1].auth.is_some());

    let kept = api.post(&format!("alerts/{id}/acknowledge"), &json!({"note": "смотрю"})).expect(200);
    assert_eq!((&kept["state"], &kept["acknowledged"]["note"]), (&json!("acknowledged"), &json!("смотрю")));
    sync(&api, &folder, true);
    assert_eq!(in_state(&api, "resolved")["id"], id.as_str());
    let came = hook.wait(3, SOON);
    assert_eq!(came[2].body["status"], "resolved");
    assert_eq!(came[2].body["alerts"][0]["fingerprint"], came[1].body["alerts"][0]["fingerprint"]);
    api.post(&format!("alerts/{id}/resolve"), &json!({})).expect(409);
    let recent = api.get("monitoring/alerts/recent?days=7").expect(200);
    assert_eq!((&recent["warning"], recent["items"].as_array().map(Vec::len)), (&json!(0), Some(1)));

    let log = api.get(&format!("alerts/deliveries?channel={hook_id}")).expect(200);
    assert_eq!(log["items"][1]["attempts"], 2, "{log}");
    assert!(log["items"][1]["error"].as_str().is_some_and(|error| error.contains("500")), "{log}");
    let channels = api.get("alerts/channels").expect(200);
    let shown = channels["items"].as_array().expect("a list").iter().find(|c| c["name"] == "hook");
    let shown = shown.expect("it is there");
    assert_eq!((&shown["secrets_set"], &shown["address"]), (&json!(["url", "token"]), &json!(hook.url)));
    let told = [
        channels.to_string(),
        api.get("alerts/deliveries").expect(200).to_string(),
        api.get("events?limit=500").expect(200).to_string(),
        alerts(&api).iter().map(Value::to_string).collect(),
        server.log(),
    ];
    for text in told {
        assert!(!text.contains("hunter2"), "a secret is told: {text}");
    }
}

#[test]
fn killed_between_firing_and_delivery_what_was_owed_is_delivered() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    // It takes the message and never says so; later it does.
    let hook = Receiver::start(vec![Reply::Nothing, OK]);
    add_channel(&api, &json!({"name": "hook", "kind": "webhook", "url": format!("{}/in", hook.url)}));
    let folder = folder(&data);
    add_source(&api, &folder);
    sync(&api, &folder, false);
    let fired = in_state(&api, "firing");
    let first = hook.wait(1, SOON)[0].clone();
    server.kill();
    let server = Server::start(home.path(), &data, &[]);
    let api = api.moved_to(&server.url);
    let came = hook.wait(2, SOON);
    assert_eq!(came.len(), 2, "it was not delivered again");
    assert_eq!(came[1].header("idempotency-key"), first.header("idempotency-key"), "the same message");
    assert_eq!(came[1].body, first.body);
    let log = wait_for(SOON, || {
        let log = api.get("alerts/deliveries").expect(200);
        (log["items"][0]["state"] == "delivered").then_some(log)
    });
    let log = log.expect("it was delivered");
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "{log}");
    let open: Vec<Value> = alerts(&api);
    assert_eq!((open.len(), &open[0]["id"], &open[0]["state"]), (1, &fired["id"], &json!("firing")));
}

#[test]
fn rules_and_silences_are_set_and_refused_with_their_reason() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    let rules = api.get("alerts/rules").expect(200);
    assert_eq!(rules["items"].as_array().map(Vec::len), Some(12));
    let mape = json!({"rules": [{"rule": "mape", "settings":
        {"enabled": true, "warning": 12, "critical": 20, "clear_below_percent": 5, "for_minutes": 60}}]});
    let set = api.put("alerts/rules", &mape).expect(200);
    assert_eq!(
        (&set["items"][0]["settings"]["warning"], &set["items"][0]["is_default"]),
        (&json!(12.0), &json!(false))
    );
    let wrong = json!({"rules": [{"rule": "mape", "settings": {"enabled": true, "warning": -1}}]});
    let refused = api.put("alerts/rules", &wrong).expect(422);
    assert!(refused["errors"][0]["message"].as_str().is_some_and(|text| text.contains("mape")), "{refused}");
    let back = api.put("alerts/rules", &json!({"rules": [{"rule": "mape"}]})).expect(200);
    assert_eq!(
        (&back["items"][0]["settings"]["warning"], &back["items"][0]["is_default"]),
        (&json!(10.0), &json!(true))
    );

    api.post("alerts/silences", &json!({"until": "2020-01-01T00:00:00Z", "reason": "x"})).expect(422);
    let nowhere = json!({"model": "none", "until": "2020-01-01T00:00:00Z", "reason": "x"});
    api.post("alerts/silences", &nowhere).expect(422);
    api.get("alerts/alert_0").expect(404);
    api.get("alerts?state=broken").expect(422);
    api.delete("alerts/silences/silence_0").expect(404);
    for wrong in [
        json!({"name": "x", "kind": "webhook"}),
        json!({"name": "x", "kind": "email", "url": "https://h/"}),
        json!({"name": "x", "kind": "webhook", "url": "https://u:p@h/"}),
        json!({"name": "x", "kind": "webhook", "url": "https://h/", "chat": {}}),
    ] {
        api.post("alerts/channels", &wrong).expect(422);
    }
}
