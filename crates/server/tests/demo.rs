//! Story: `vakhta demo`, the first thing that most people run: killed in the middle, run again, looked at, gone on with.

mod common;

use common::{Api, Server, home, run, said, vakhta, wait_for};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

fn demo(home: &Path) -> Server {
    let mut command = vakhta(home);
    command.args(["demo", "--port", "0", "--data-dir", "shown", "--days", "3"]);
    Server::of(command, Duration::from_mins(8)).unwrap_or_else(|log| panic!("no demo:\n{log}"))
}

#[test]
fn a_demo_has_a_past_and_stands_where_its_rows_end() {
    let (home, _) = home();
    let shown = home.path().join("shown");
    let mut killed = vakhta(home.path())
        .args(["demo", "--port", "0", "--data-dir", "shown"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("vakhta starts");
    wait_for(Duration::from_mins(2), || shown.join("vakhta.db").exists().then_some(())).expect("it began");
    killed.kill().expect("it runs");
    killed.wait().expect("it ended");

    let server = demo(home.path());
    assert!(server.says("deleted the earlier demo"), "{}", server.log());
    assert!(server.says("its clock stands on 12 September 2016"), "{}", server.log());
    let api = Api::of(&server);
    let champion = api.champion("visits_by_branch").expect("a version serves");
    let summary = api.get("monitoring/performance/summary?model_key=visits_by_branch").expect(200);
    assert_eq!(summary["newest_actual"], "2016-09-11", "{summary}");
    assert!(summary["mean"].as_f64().is_some_and(|mape| mape > 1.0 && mape < 30.0), "{summary}");
    let job = api.get("jobs?kind=sync").expect(200);
    assert!(job["items"].as_array().is_some_and(|jobs| jobs.len() >= 3), "each morning's rows came: {job}");
    assert!(api.get("health").time.starts_with("2016-09-12T07:"));
    assert!(server.stop().success());

    // Later it goes on: the same version, the same time, and nothing is learnt again.
    let server = demo(home.path());
    let api = Api::of(&server);
    assert_eq!(api.champion("visits_by_branch"), Some(champion));
    let trainings = api.get("jobs?kind=train").expect(200);
    assert_eq!(trainings["items"].as_array().map(Vec::len), Some(1), "{trainings}");
    drop(server);

    let other = home.path().join("mine");
    std::fs::create_dir(&other).expect("made");
    std::fs::write(other.join("thesis.txt"), "years of work").expect("written");
    let out = run(home.path(), &["demo", "--data-dir", "mine", "--fresh"], &[]);
    assert!(!out.status.success() && said(&out).contains("no earlier demo made it"), "{}", said(&out));
}
