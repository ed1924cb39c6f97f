//! Sources: what is new becomes a version, what is not does not, and a run that fails changes nothing.

mod common;

use common::House;
use jiff::SignedDuration;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vakhta_domain::dataset::{DatasetVersion, OnError, ReadOptions};
use vakhta_domain::ids::{DatasetKey, ScheduleId, SourceKey};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::source::{Definition, FilesPlace, HttpPlace, Place, RunOutcome, SqlPlace, SyncRun};
use vakhta_lifecycle::sync::{self, NewSource, SourceError};
use vakhta_lifecycle::{jobs, upload};

/// The folder that sources may always read.
fn incoming(house: &House) -> PathBuf {
    let folder = house.app.settings.temp_dir.parent().expect("the data folder").join("incoming");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn of(place: Place) -> NewSource {
    NewSource {
        key: "shop".into(),
        dataset: "sales".into(),
        definition: Definition {
            place,
            read: ReadOptions::default(),
            keys: vec!["branch".into()],
            time: Some("date".into()),
        },
        cron: None,
        timezone: Some("Europe/Moscow".into()),
    }
}

fn files(folder: &Path, pattern: &str) -> NewSource {
    let location = format!("file://{}", folder.display());
    of(Place::Files(FilesPlace { location, pattern: Some(pattern.into()), s3: None }))
}

/// Reads the source once and answers its last run.
async fn read(house: &House) -> SyncRun {
    let key = SourceKey::new("shop");
    let job = sync::request(&house.app, &house.actor, &key).await.expect("queued");
    house.ended(&job.id).await;
    let found = house.ports.sources.source(&house.actor.workspace, &key).await.expect("the store answers");
    let run = found.expect("it is there").0.last_run.expect("it ran");
    assert_eq!(run.job, job.id, "every run is told");
    run
}

async fn newest(house: &House) -> DatasetVersion {
    let found = house.ports.datasets.dataset(&house.actor.workspace, &DatasetKey::new("sales")).await;
    found.expect("the store answers").expect("it is there").latest
}

async fn rows(house: &House) -> Vec<String> {
    let shown = upload::preview(&house.app, &newest(house).await, 100, 0).await.expect("readable");
    shown.rows.iter().map(|row| serde_json::to_string(row).expect("plain")).collect()
}

fn counts(run: &SyncRun) -> (u64, u64, u64, u64) {
    (run.told.rows_in, run.told.added, run.told.changed, run.told.unchanged)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_and_changed_files_become_versions_and_others_do_not() {
    let house = House::running().await;
    let folder = incoming(&house);
    std::fs::write(folder.join("a.csv"), "date,branch,y\n2026-01-01,007,1\n2026-01-01,north,2\n")
        .expect("written");
    std::fs::write(folder.join("other.txt"), "not, a, table").expect("written");
    sync::create(&house.app, &house.actor, files(&folder, "*.csv")).await.expect("right");
    let first = read(&house).await;
    assert_eq!((first.outcome, first.version, counts(&first)), (RunOutcome::Loaded, Some(1), (2, 2, 0, 0)));
    assert_eq!((first.told.files_seen, first.told.newest.as_deref()), (1, Some("2026-01-01")));

    let same = read(&house).await;
    assert_eq!((same.outcome, same.version, same.told.files_read), (RunOutcome::Unchanged, None, 0));

    // A late correction, a new day, and codes that look like numbers where nothing else is in the file.
    std::fs::write(folder.join("b.csv"), "date,branch,y\n2026-01-01,007,5\n2026-01-02,007,3\n")
        .expect("written");
    let second = read(&house).await;
    assert_eq!((second.version, counts(&second)), (Some(2), (2, 1, 1, 0)));
    assert_eq!(second.told.newest.as_deref(), Some("2026-01-02"));
    let expected = [r#"["2026-01-01","north",2]"#, r#"["2026-01-01","007",5]"#, r#"["2026-01-02","007",3]"#];
    assert_eq!(rows(&house).await, expected);
    let sales = DatasetKey::new("sales");
    let old = house.ports.datasets.dataset_version(&house.actor.workspace, &sales, Some(1)).await;
    assert_eq!(old.expect("the store answers").expect("it stays").rows, 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_changes_nothing_and_is_made_good() {
    let house = House::running().await;
    let folder = incoming(&house);
    let file = folder.join("a.csv");
    std::fs::write(&file, "date,branch,y\n2026-01-01,north,1\n").expect("written");
    sync::create(&house.app, &house.actor, files(&folder, "*.csv")).await.expect("right");
    assert_eq!(read(&house).await.version, Some(1));
    std::fs::write(&file, "date,branch,y\n2026-01-02,north,many\n").expect("written");
    let failed = read(&house).await;
    assert_eq!((failed.outcome, failed.version), (RunOutcome::Failed, None));
    let error = failed.error.expect("why");
    assert!(error.contains("column `y` holds texts"), "{error}");
    assert_eq!(newest(&house).await.number, 1);
    std::fs::write(&file, "date,branch,y\n2026-01-02,north,2\n,south,2\n").expect("written");
    let refused = read(&house).await;
    assert_eq!((refused.outcome, refused.told.refused.rows), (RunOutcome::Failed, 1));
    let mut lenient = files(&folder, "*.csv");
    lenient.definition.read.on_error = OnError::Skip;
    sync::change(&house.app, &house.actor, lenient).await.expect("right");
    let good = read(&house).await;
    assert_eq!((good.version, counts(&good), good.told.refused.rows), (Some(2), (2, 1, 0, 0), 1));
    let (shop, page) = (SourceKey::new("shop"), PageQuery::first(9));
    let runs = house.ports.sources.sync_runs(&house.actor.workspace, &shop, &page).await;
    assert_eq!(runs.expect("the store answers").items.len(), 4);
    // A worker clears up after its run has ended.
    let temporary = || std::fs::read_dir(&house.app.settings.temp_dir).expect("there").count();
    for _ in 0..250 {
        if temporary() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert_eq!(temporary(), 0, "nothing is left behind");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_read_at_two_by_its_schedule() {
    let house = House::running().await;
    let folder = incoming(&house);
    std::fs::write(folder.join("a.csv"), "date,branch,y\n2026-01-01,north,1\n").expect("written");
    let made = sync::create(&house.app, &house.actor, files(&folder, "*.csv")).await.expect("right");
    let id = ScheduleId::new("sync:shop");
    let schedule = || house.ports.schedules.schedule(&house.actor.workspace, &id);
    let before = schedule().await.expect("the store answers").expect("it is there");
    assert_eq!(before.next_at, "2026-03-01T23:00:00Z".parse().expect("a moment"), "two o'clock in Moscow");
    house.clock.advance(SignedDuration::from_hours(30));
    jobs::fire_due(&house.app).await.expect("fires");
    let fired = schedule().await.expect("the store answers").expect("it is there").last.expect("it fired");
    assert_eq!(house.ended(&fired.job).await.state, JobState::Completed);
    assert_eq!(newest(&house).await.number, 1);
    sync::delete(&house.app, &house.actor, &made.key).await.expect("it is there");
    assert_eq!(schedule().await.expect("the store answers"), None);
    let gone = sync::request(&house.app, &house.actor, &made.key).await;
    assert!(matches!(gone, Err(SourceError::Missing(_))));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_reads_only_what_it_may() {
    let house = House::running().await;
    let elsewhere = tempfile::tempdir().expect("a folder");
    let refused = sync::create(&house.app, &house.actor, files(elsewhere.path(), "*")).await;
    assert!(matches!(refused, Err(SourceError::Refused(text)) if text.contains("source_folders")));
    #[cfg(unix)]
    {
        let link = incoming(&house).join("link");
        std::os::unix::fs::symlink(elsewhere.path(), &link).expect("a link");
        assert!(matches!(
            sync::create(&house.app, &house.actor, files(&link, "*")).await,
            Err(SourceError::Refused(_))
        ));
    }
    // Whatever a name resolves to is looked at, not the name.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let url = format!("http://localhost:{port}/sales.csv");
    let place = Place::Http(HttpPlace { url, headers: [].into() });
    sync::create(&house.app, &house.actor, of(place)).await.expect("it may be asked for");
    let run = read(&house).await;
    let error = run.error.expect("why");
    assert!(error.contains("inner network") && error.contains("source_private"), "{error}");
    listener.set_nonblocking(true).expect("set");
    assert!(listener.accept().is_err(), "nothing was sent");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_goes_on_from_its_watermark() {
    let house = House::running().await;
    let folder = incoming(&house);
    let place = SqlPlace {
        url: format!("sqlite://{}/shop.db", folder.display()),
        query: "select date, branch, y, id from sales -- all of them".into(),
        watermark: Some("id".into()),
    };
    let written = |sql: &'static str| {
        let file = folder.join("shop.db");
        async move { house_sql(&file, sql).await }
    };
    written("CREATE TABLE sales (id INTEGER PRIMARY KEY, date TEXT, branch TEXT, y REAL)").await;
    written(
        "INSERT INTO sales (date, branch, y) VALUES ('2026-01-01', 'it''s', 1.5), ('2026-01-01', 'south', 2)",
    )
    .await;
    sync::create(&house.app, &house.actor, of(Place::Sql(place))).await.expect("right");
    assert_eq!(counts(&read(&house).await), (2, 2, 0, 0));
    // The newest row is asked for again: another of the same mark may have come.
    let same = read(&house).await;
    assert_eq!((same.outcome, counts(&same)), (RunOutcome::Unchanged, (1, 0, 0, 1)));
    written("INSERT INTO sales (date, branch, y) VALUES ('2026-01-02', 'south', 3)").await;
    let more = read(&house).await;
    assert_eq!((more.version, counts(&more)), (Some(2), (2, 1, 0, 1)));
    house.close().await;
}

/// Writes into the database of a shop with the program `sqlite3` of Python.
async fn house_sql(file: &Path, sql: &str) {
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    let done = tokio::process::Command::new("python3").args(["-c", script]).arg(file).arg(sql).status().await;
    assert!(done.expect("python3 runs").success());
}
