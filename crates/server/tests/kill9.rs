//! Story: the process is killed at awkward moments. Nothing acknowledged is lost, nothing stays "running",
//! and there is one champion.

mod common;

use common::{Api, Server, home, sales_csv, sales_spec, wait_for};
use serde_json::{Value, json};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

/// Rounds that keep a training busy for some seconds in a debug build.
const SLOW: u32 = 4000;

fn restarted(home: &Path, data: &Path, api: Api) -> (Server, Api) {
    let server = Server::start(home, data, &[]);
    let api = api.moved_to(&server.url);
    (server, api)
}

fn running_job(api: &Api, model: &str) -> String {
    let job = api.post("train", &json!({"model_key": model})).expect(202);
    let id = job["job_id"].as_str().expect("a job").to_owned();
    let moves = wait_for(Duration::from_secs(30), || {
        let job = api.get(&format!("jobs/{id}")).expect(200);
        (job["state"] == "running" && job["progress"].as_f64() > Some(0.0)).then_some(())
    });
    assert!(moves.is_some(), "the job does not run");
    id
}

/// Kills the server after so many milliseconds, whatever it does by then: from here on a request may go unanswered.
fn killed_in(server: &Server, millis: u64) -> JoinHandle<()> {
    let pid = server.pid().to_string();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(millis));
        let _ = std::process::Command::new("kill").args(["-9", &pid]).status();
    })
}

#[test]
fn killed_in_training_the_job_runs_again_or_can_be_cancelled() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("sales", &sales_csv(150)).expect(201);
    api.apply(&sales_spec("sales", SLOW)).expect(200);
    let id = running_job(&api, "sales");
    // One training at a time: the second request is told which one runs.
    let busy = api.post("train", &json!({"model_key": "sales"})).expect(409);
    assert_eq!((busy["code"].as_str(), busy["job_id"].as_str()), (Some("training_runs"), Some(id.as_str())));
    server.kill();

    let (server, api) = restarted(home.path(), &data, api);
    let again = wait_for(Duration::from_secs(30), || {
        let job = api.get(&format!("jobs/{id}")).expect(200);
        (job["state"] == "running" && job["attempt"] == 2).then_some(())
    });
    assert!(again.is_some(), "the job was not taken up again: {}", api.get(&format!("jobs/{id}")).text);
    api.post(&format!("jobs/{id}/cancel"), &json!({})).expect(202);
    let ended = wait_for(Duration::from_secs(3), || {
        (api.get(&format!("jobs/{id}")).expect(200)["state"] == "cancelled").then_some(())
    });
    assert!(ended.is_some(), "cancelling takes too long");
    assert_eq!(api.champion("sales"), None);
    // The model is free again.
    api.apply(&sales_spec("sales", 20)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    assert!(api.champion("sales").is_some());
    drop(server);
}

#[test]
fn stopped_in_training_the_job_goes_back_to_the_queue_at_once() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[]);
    let api = Api::of(&server);
    api.upload("sales", &sales_csv(150)).expect(201);
    api.apply(&sales_spec("sales", SLOW)).expect(200);
    let id = running_job(&api, "sales");
    assert!(server.stop().success());
    let (_server, api) = restarted(home.path(), &data, api);
    let again = wait_for(Duration::from_secs(10), || {
        let job = api.get(&format!("jobs/{id}")).expect(200);
        (job["state"] == "running").then(|| job["attempt"].clone())
    });
    assert_eq!(again, Some(json!(1)), "an orderly stop costs no attempt");
    api.post(&format!("jobs/{id}/cancel"), &json!({})).expect(202);
    assert_eq!(api.ended(&id)["state"], "cancelled");
}

#[test]
fn killed_in_uploads_every_acknowledged_version_is_whole() {
    let (home, data) = home();
    let mut server = Server::start(home.path(), &data, &[]);
    let mut api = Api::of(&server);
    let csv = sales_csv(400);
    let mut acknowledged: Vec<Value> = Vec::new();
    for delay in [3, 11, 26, 55] {
        let killer = killed_in(&server, delay * 4);
        // Until the server is gone; each answered upload is a promise.
        while let Some(answer) =
            api.try_send("POST", "datasets?key=sales", "text/csv", csv.clone().into_bytes())
        {
            acknowledged.push(answer.expect(201));
        }
        killer.join().expect("it killed");
        drop(server);
        (server, api) = restarted(home.path(), &data, api);
        let temporary = std::fs::read_dir(data.join("tmp")).expect("there").count();
        assert_eq!(temporary, 0, "a killed upload left its file behind");
    }
    acknowledged.push(api.upload("sales", &csv).expect(201));
    let kept = api.get("datasets/sales/versions?limit=500").expect(200);
    let kept = kept["items"].as_array().expect("a list").clone();
    for version in &acknowledged {
        let same = kept.iter().find(|k| k["number"] == version["version"]);
        let same =
            same.unwrap_or_else(|| panic!("version {} was acknowledged and is lost", version["version"]));
        assert_eq!(same["sha256"], version["sha256"]);
        let path = format!("datasets/sales/preview?version={}&limit=1", version["version"]);
        assert_eq!(api.get(&path).expect(200)["total"], 1200);
    }
}

#[test]
fn killed_in_deploys_one_champion_serves_and_it_is_the_acknowledged_one_or_the_next() {
    let (home, data) = home();
    let mut server = Server::start(home.path(), &data, &[]);
    let mut api = Api::of(&server);
    api.upload("sales", &sales_csv(100)).expect(201);
    for rounds in [10, 12] {
        api.apply(&sales_spec("sales", rounds)).expect(200);
        assert_eq!(api.train("sales")["state"], "completed");
    }
    let versions = api.get("models/sales/versions").expect(200);
    let ids: Vec<String> =
        (0..2).map(|i| versions["items"][i]["id"].as_str().expect("an id").to_owned()).collect();
    for delay in [2, 9, 21, 40] {
        let mut acknowledged = api.champion("sales").expect("one serves");
        let mut asked = acknowledged.clone();
        let killer = killed_in(&server, delay * 3);
        loop {
            let other = ids.iter().find(|id| **id != acknowledged).expect("there are two").clone();
            asked.clone_from(&other);
            let body = json!({"version": other}).to_string().into_bytes();
            match api.try_send("POST", "models/sales/deploy", "application/json", body) {
                Some(answer) => {
                    answer.expect(200);
                    acknowledged = asked.clone();
                }
                None => break,
            }
        }
        killer.join().expect("it killed");
        drop(server);
        (server, api) = restarted(home.path(), &data, api);
        let serves = api.champion("sales").expect("never none");
        assert!(
            serves == acknowledged || serves == asked,
            "{serves} serves, {acknowledged} was acknowledged"
        );
        let versions = api.get("models/sales/versions").expect(200);
        let deployed =
            versions["items"].as_array().expect("a list").iter().filter(|v| v["state"] == "deployed");
        assert_eq!(deployed.count(), 1);
        let open = api.get("models/sales/deployments").expect(200);
        // What stands beside the champion came with the same transaction: the former one, held against this one.
        let beside = open["beside"].as_array().expect("a list");
        assert_eq!((beside.len(), &beside[0]["part"]), (1, &json!("former")), "{beside:?}");
        assert_eq!(beside[0]["against"], serves.as_str());
        let open = open["items"].as_array().expect("a list").iter().filter(|d| d["until"].is_null());
        assert_eq!(open.count(), 1);
        assert_eq!(
            api.post("forecast", &json!({"model_key": "sales"})).expect(200)["version"],
            serves.as_str()
        );
    }
}

#[test]
fn killed_while_it_answers_every_answer_given_is_in_the_log() {
    let (home, data) = home();
    let mut server = Server::start(home.path(), &data, &[]);
    let mut api = Api::of(&server);
    api.upload("sales", &sales_csv(100)).expect(201);
    api.apply(&sales_spec("sales", 10)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    let asked = json!({"model_key": "sales", "series": [["north"]], "horizon": 1}).to_string().into_bytes();
    let (mut given, mut kills) = (0, 0);
    while given < 100 || kills < 3 {
        kills += 1;
        assert!(kills < 50, "only {given} answers came");
        let killer = killed_in(&server, 30 + 45 * (kills % 5));
        let answered = || {
            let ask = || api.try_send("POST", "forecast", "application/json", asked.clone());
            std::iter::from_fn(ask)
                .inspect(|answer| assert_eq!(answer.status, 200, "{}", answer.text))
                .count()
        };
        given += std::thread::scope(|scope| {
            let askers: Vec<_> = (0..4).map(|_| scope.spawn(answered)).collect();
            askers.into_iter().map(|asker| asker.join().expect("it asks")).sum::<usize>()
        });
        killer.join().expect("it killed");
        drop(server);
        (server, api) = restarted(home.path(), &data, api);
    }
    let job = api.post("monitoring/performance/calculate-daily", &json!({"model_key": "sales"})).expect(202);
    let taken = api.ended(job["job_id"].as_str().expect("a job"))["result"].clone();
    let count = |name: &str| taken[name].as_u64().expect("a count") as usize;
    // One series and one period: a record an answer. The days lie behind, so all of them came too late to count.
    let kept = count("answers") + count("answers_made_too_late");
    assert!(kept >= given, "{given} answers were given, {kept} are in the log");
    assert!(kept <= given + 4 * kills as usize, "{kept} are in the log of {given} answers and {kills} kills");
    drop(server);
}
