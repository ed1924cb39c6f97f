//! Story: `vakhta simulate`, and its server looked at afterwards.

mod common;

use common::{Api, Server, home, run, said, sales_csv, sales_spec};

#[test]
fn a_replay_writes_its_report_and_leaves_a_server() {
    let (home, _) = home();
    std::fs::write(home.path().join("sales.csv"), sales_csv(160)).expect("written");
    std::fs::write(home.path().join("sales.yaml"), sales_spec("sales", 15)).expect("written");
    let base = ["simulate", "sales.csv", "--spec", "sales.yaml", "--days", "16"];
    let more = ["--scenario", "broken-feed:days=3", "--data-dir", "replayed", "--language", "ru"];
    let arguments: Vec<&str> = base.iter().chain(&more).copied().collect();
    let out = run(home.path(), &arguments, &[]);
    assert!(out.status.success(), "{}", said(&out));
    for part in ["watched", "left alone", "broken-feed from", "first_champion", "replayed"] {
        assert!(said(&out).contains(part), "{part} is missing in {}", said(&out));
    }
    let folder = home.path().join("vakhta-simulation");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("written");
    let report: serde_json::Value = serde_json::from_str(&read("report.json")).expect("JSON");
    assert_eq!((&report["model"], report["failed"].as_array().map(Vec::len)), (&"sales".into(), Some(0)));
    assert!(read("report.html").contains("<html lang=\"ru\">") && read("report.txt").contains("seed 7"));

    // The replayed server is one like any other: its versions, decisions and accuracy are there to look at.
    let server = Server::start(home.path(), &home.path().join("replayed"), &[]);
    let api = Api::of(&server);
    let champion = api.champion("sales").expect("a version serves");
    let decisions = api.get("models/sales/decisions").expect(200);
    let decisions = decisions["items"].as_array().expect("a list");
    assert_eq!(decisions.len(), report["decisions"].as_array().expect("a list").len());
    assert!(decisions.iter().any(|decision| decision["version"] == champion.as_str()));
    drop(server);

    let again = run(home.path(), &arguments, &[]);
    assert!(!again.status.success() && said(&again).contains("not empty"), "{}", said(&again));
    for (bad, told) in [
        (vec!["--scenario", "flood"], "level-shift, lost-branch"),
        (vec!["--to", "1999-01-01"], "the rows go from"),
        (vec!["--days", "0"], "0 is not in"),
    ] {
        let arguments: Vec<&str> =
            base.iter().copied().filter(|a| *a != "--days" && *a != "16").chain(bad).collect();
        let out = run(home.path(), &arguments, &[]);
        assert!(!out.status.success() && said(&out).contains(told), "{told}: {}", said(&out));
    }
}
