//! Story: log lines go to a file that is put aside at a size, and a job's lines name the request that asked for it.

mod common;

use common::{Api, PASSWORD, Server, home, sales_csv, sales_spec, wait_for};
use serde_json::Value;
use std::path::Path;

fn lines(folder: &Path) -> Vec<Value> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    // The one that is written comes last.
    files.sort_by_key(|file| (file.ends_with("vakhta.log"), file.clone()));
    // A file may be put aside while it is looked for.
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    texts
        .flat_map(|text| text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect::<Vec<_>>())
        .collect()
}

#[test]
fn lines_go_to_files_that_are_put_aside() {
    let (home, data) = home();
    let variables = [
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
        ("VAKHTA_LOG_FORMAT", "json"),
        ("VAKHTA_LOG_FILE", "logs/vakhta.log"),
        ("VAKHTA_LOG_FILE_BYTES", "4KiB"),
        ("VAKHTA_LOG_FILES", "3"),
    ];
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    let logs = home.path().join("logs");
    api.upload("sales", &sales_csv(60)).expect(201);
    api.apply(&sales_spec("sales", 10)).expect(200);
    let token = format!("Authorization: Bearer {}", api.token());
    let head = [token.as_str(), "Content-Type: application/json", "X-Request-Id: order-7"];
    let queued = common::wire::ask(&server, "POST", "/api/v1/train", &head, br#"{"model_key":"sales"}"#);
    assert_eq!(queued.status, 202, "{}", queued.text);
    let told = wait_for(std::time::Duration::from_mins(1), || {
        let all = lines(&logs);
        let of_job =
            |line: &&Value| line["span"]["request_id"] == "order-7" && line["span"]["kind"] == "train";
        let said = |words: &str| all.iter().filter(of_job).any(|line| line["message"] == words);
        (said("job begins") && said("job ends")).then_some(())
    });
    assert!(told.is_some(), "{:#?}", lines(&logs));
    for _ in 0..120 {
        api.get("models").expect(200);
    }
    assert!(server.stop().success());
    let names = std::fs::read_dir(&logs).expect("a folder").count();
    assert_eq!(names, 4, "the one that is written, and three put aside");
    assert_eq!(common::mode(&logs.join("vakhta.log")), 0o600);
    let all = lines(&logs);
    assert_eq!(all.last().expect("a line")["message"], "stopped", "what waited was written");
    assert!(!std::fs::read_to_string(logs.join("vakhta.log")).expect("read").contains(PASSWORD));
}
