//! Story: a disk fills up. What cannot be kept is refused at once and not acknowledged, what needs no room goes on, and
//! everything works again when there is room.

mod common;

use common::{Api, PASSWORD, Server, home, sales_csv, sales_spec, wait_for};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A disk of its own in memory; none where this may not mount one.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a folder");
        let size = format!("size={megabytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "none"]).arg(at);
        let mounted = mount.output().is_ok_and(|done| done.status.success());
        mounted.then(|| Self(at.to_owned()))
    }

    /// Fills it to the last byte; what fills it.
    fn fill(&self) -> PathBuf {
        let ballast = self.0.join("ballast");
        let mut file = std::fs::File::create(&ballast).expect("made");
        for size in [1 << 20, 4096, 1] {
            while std::io::Write::write_all(&mut file, &vec![7; size]).is_ok() {}
        }
        ballast
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_got_over() {
    let (home, data) = home();
    // Only who may mount can be shown a full disk; the mapping of its errors is tested with the stores.
    let Some(disk) = Disk::mount(&data, 64) else { return };
    let variables = [("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_MIN_FREE_BYTES", "1MiB")];
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    api.upload("sales", &sales_csv(120)).expect(201);
    api.apply(&sales_spec("sales", 20)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    let ask = json!({"model_key": "sales", "data": [{"shop": "north", "date": "2025-05-02"}]});
    api.post("predict?wait=9", &ask).expect(200);
    api.get("/health/ready").expect(200);

    let ballast = disk.fill();
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for n in 0..12 {
        // The database has room in its own files for a while, so the first ones may still be kept.
        let began = Instant::now();
        let answer = api.upload(&format!("late_{n}"), &sales_csv(900));
        assert!(began.elapsed() < Duration::from_secs(5), "it is told at once");
        match answer.status {
            201 => acknowledged.push(format!("late_{n}")),
            503 | 507 => refused += 1,
            other => panic!("{other}: {}", answer.text),
        }
        let predicted = api.post("predict?wait=9", &ask);
        assert!(matches!(predicted.status, 200 | 503 | 507), "{}", predicted.text);
    }
    assert!(refused > 0, "a full disk was not noticed");
    let full = api.upload("late", &sales_csv(900));
    assert!(matches!(full.status, 503 | 507), "{}", full.text);
    let head = common::wire::ask(
        &server,
        "POST",
        "/api/v1/datasets?key=late",
        &[&format!("Authorization: Bearer {}", api.token()), "Content-Type: text/csv"],
        sales_csv(900).as_bytes(),
    );
    assert!(head.field("Retry-After").parse::<u32>().is_ok(), "{}", head.text);
    // Reading goes on, and health tells the truth.
    api.get("datasets").expect(200);
    let ready = wait_for(Duration::from_secs(5), || {
        let answer = api.get("/health/ready");
        (answer.status == 503).then_some(answer)
    });
    assert_eq!(ready.expect("not ready").body["checks"]["disk"], "failed");
    assert_eq!(api.get("/health/live").status, 200);

    std::fs::remove_file(ballast).expect("removed");
    let freed = Instant::now();
    let well = wait_for(Duration::from_secs(15), || {
        let written = api.upload("after", &sales_csv(900)).status == 201;
        let predicted = api.post("predict?wait=9", &ask).status == 200;
        (written && predicted && api.get("/health/ready").status == 200).then_some(())
    });
    assert!(well.is_some(), "it is not got over after {:?}:\n{}", freed.elapsed(), server.log());
    for key in &acknowledged {
        api.get(&format!("datasets/{key}/preview?limit=1")).expect(200);
    }
    assert_eq!(api.train("sales")["state"], "completed");
    assert!(server.stop().success());
    // Everything is there for the next start, too.
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    for key in acknowledged.iter().map(String::as_str).chain(["after", "sales"]) {
        api.get(&format!("datasets/{key}/preview?limit=1")).expect(200);
    }
}
