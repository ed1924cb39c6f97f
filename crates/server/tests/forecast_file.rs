//! Story: `vakhta forecast FILE`, without a server.

mod common;

use common::{home, run, said, sales_csv};
use std::path::Path;

#[test]
fn the_example_is_understood_and_forecast() {
    let (home, _) = home();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/visits_by_branch.parquet");
    let example = example.display().to_string();
    let arguments = ["forecast", &example, "--engine", "seasonal_naive", "--output", "out.csv"];
    let out = run(home.path(), &arguments, &[]);
    let told = said(&out);
    assert!(out.status.success(), "{told}");
    for part in ["date", "branch", "holiday", "line", "naive WAPE", "sum of 54 series", "wrote", "1512 rows"]
    {
        assert!(told.contains(part), "{part} is missing in {told}");
    }
    let csv = std::fs::read_to_string(home.path().join("out.csv")).expect("written");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("branch,date,step,value,lo80,hi80,lo95,hi95"));
    assert_eq!(lines.count(), 54 * 28);
}

#[test]
fn trees_are_trained_and_written_in_every_format() {
    let (home, _) = home();
    std::fs::write(home.path().join("sales.csv"), sales_csv(120)).expect("written");
    let base =
        ["forecast", "sales.csv", "--engine", "gbdt", "--rounds", "20", "--horizon", "7", "--folds", "2"];
    let with = |more: &[&str]| {
        let arguments: Vec<&str> = base.iter().chain(more).copied().collect();
        run(home.path(), &arguments, &[])
    };
    let out = with(&[]);
    assert!(out.status.success() && home.path().join("sales.forecast.csv").is_file(), "{}", said(&out));
    let out = with(&["--output", "a.parquet", "--level", "90"]);
    assert!(out.status.success(), "{}", said(&out));
    assert!(std::fs::read(home.path().join("a.parquet")).expect("written").starts_with(b"PAR1"));
    let out = with(&["--output", "-", "--format", "json"]);
    let rows: serde_json::Value =
        serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", said(&out)));
    assert_eq!(rows.as_array().map(Vec::len), Some(21));
    let again = with(&["--output", "-", "--format", "json", "--threads", "1"]);
    assert_eq!(again.stdout, out.stdout, "the same for any number of threads");
    let out = with(&["--json", "--output", "b.csv"]);
    let told: serde_json::Value =
        serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", said(&out)));
    assert_eq!(told["report"]["folds"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["spec"]["data"]["series"][0], "shop");
}

#[test]
fn a_file_that_cannot_be_forecast_says_why() {
    let (home, _) = home();
    for (name, text, told) in [
        ("empty.csv", "", "empty"),
        ("header.csv", "date,y\n", "no rows"),
        ("nodate.csv", "a,b\n1,2\n3,4\n", "no column holds dates"),
        ("twice.csv", "date,date\n2026-01-01,1\n", "twice"),
        ("bad.csv", &format!("{}2026-13-45,north,0,7\n", sales_csv(60)), "line 182"),
        ("short.csv", "date,y\n2026-01-01,1\n2026-01-02,2\n", ""),
    ] {
        std::fs::write(home.path().join(name), text).expect("written");
        let out = run(home.path(), &["forecast", name], &[]);
        assert_eq!(out.status.code(), Some(7), "{name}: {}", said(&out));
        assert!(said(&out).contains(told), "{name}: {}", said(&out));
        assert!(!home.path().join(name.replace(".csv", ".forecast.csv")).exists());
    }
    let out =
        run(home.path(), &["forecast", "bad.csv", "--on-error", "skip", "--engine", "weekday_mean"], &[]);
    assert!(out.status.success() && said(&out).contains("1 bad rows were left out"), "{}", said(&out));
    let out = run(home.path(), &["forecast", "missing.csv"], &[]);
    assert_eq!(out.status.code(), Some(7), "{}", said(&out));
}
