//! Story: a folder of files becomes a dataset by itself; killed in the middle, the server comes back with the old version
//! or the new one, and the run ends.

mod common;

use common::{Api, Server, home, wait_for};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

fn day(folder: &Path, day: u32, rows: u32) {
    let mut csv = "date,branch,y\n".to_owned();
    for branch in 0..rows {
        let _ = writeln!(csv, "2026-01-{day:02},b{branch},{}", branch * day);
    }
    std::fs::write(folder.join(format!("{day}.csv")), csv).expect("written");
}

fn source(folder: &Path) -> Value {
    json!({
        "key": "shop", "dataset": "sales", "keys": ["branch"], "time": "date",
        "files": {"location": format!("file://{}", folder.display()), "pattern": "*.csv"},
    })
}

fn versions(api: &Api) -> u64 {
    let answer = api.get("datasets/sales/versions");
    if answer.status == 404 {
        0
    } else {
        answer.expect(200)["items"].as_array().expect("a list").len() as u64
    }
}

#[test]
fn a_folder_becomes_a_dataset_by_itself() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    let folder = data.join("incoming");
    std::fs::create_dir_all(&folder).expect("a folder");
    day(&folder, 1, 3);
    let made = api.post("sources", &source(&folder)).expect(201);
    assert_eq!((&made["cron"], &made["schedule"]), (&json!("0 2 * * *"), &json!("sync:shop")));
    let again = api.post("sources", &source(&folder)).expect(409);
    assert_eq!(again["code"], "source_exists");
    let job = api.post("sources/shop/sync", &json!({})).expect(202);
    assert_eq!(api.ended(job["job_id"].as_str().expect("a job"))["state"], "completed");
    let runs = api.get("sources/shop/runs").expect(200);
    assert_eq!((&runs["items"][0]["added"], &runs["items"][0]["version"]), (&json!(3), &json!(1)));
    assert_eq!(api.get("sources/shop").expect(200)["last_run"]["newest"], "2026-01-01");

    let outside = json!({"key": "etc", "dataset": "x", "keys": ["a"], "files": {"location": "file:///etc"}});
    api.post("sources", &outside).expect(422);
    let secret = json!({
        "key": "web", "dataset": "x", "keys": ["a"],
        "http": {"url": "https://example.org/x.csv", "headers": {"authorization": "Bearer hunter2"}},
    });
    let refused = api.post("sources", &secret);
    assert!(!refused.text.contains("hunter2"), "{}", refused.text);
    refused.expect(422);
    drop(server);
}

#[test]
fn killed_in_a_sync_there_is_the_old_version_or_the_new_one() {
    let (home, data) = home();
    let mut server = Server::start(home.path(), &data, &[]);
    let mut api = Api::of(&server);
    let folder = data.join("incoming");
    std::fs::create_dir_all(&folder).expect("a folder");
    day(&folder, 1, 20_000);
    api.post("sources", &source(&folder)).expect(201);
    for (number, millis) in [(1, 20), (2, 120), (3, 400), (4, 800)] {
        day(&folder, number + 1, 20_000);
        let before = versions(&api);
        let job = api.post("sources/shop/sync", &json!({})).expect(202);
        std::thread::sleep(Duration::from_millis(millis));
        server.kill();
        server = Server::start(home.path(), &data, &[]);
        api = api.moved_to(&server.url);
        let id = job["job_id"].as_str().expect("a job").to_owned();
        let ended = wait_for(Duration::from_secs(90), || {
            let job = api.get(&format!("jobs/{id}")).expect(200);
            (job["state"] == "completed").then_some(())
        });
        assert!(ended.is_some(), "the run was not taken up again: {}", api.get(&format!("jobs/{id}")).text);
        assert_eq!(versions(&api), before + 1, "one run, one version");
        let run = api.get("sources/shop").expect(200)["last_run"].clone();
        assert_eq!(run["job_id"], id.as_str());
        let rows = api.get("datasets/sales").expect(200);
        assert_eq!(rows["rows"], u64::from(20_000 * (number + 1)), "{rows}");
    }
}
