//! Every database with every object store, through one list of checks.

mod feeds;
mod servers;

use bytes::Bytes;
use servers::moto::{BUCKET, Moto};
use servers::postgres::Postgres;
use std::path::Path;
use vakhta_domain::ports::StoreError;
use vakhta_store::conformance::{Bed, Case, cases};
use vakhta_store::{MigrationReport, OpenError, S3Options, StoreConfig, migrate};

fn local(folder: &Path) -> StoreConfig {
    StoreConfig {
        database_url: format!("sqlite://{}", folder.join("vakhta.db").display()),
        objects_url: format!("file://{}", folder.join("objects").display()),
        feeds: vakhta_store::FeedOptions::default(),
        s3: S3Options::default(),
        data_dir: folder.to_owned(),
    }
}

/// Runs one check on a store of its own; what went wrong, if something did.
async fn run(case: Case, config: StoreConfig, seed: u64) -> Option<String> {
    let name = case.name;
    let task = tokio::spawn(async move {
        let bed = Bed::open(&config, seed).await.expect("a store");
        (case.run)(bed).await;
    });
    task.await.err().map(|error| {
        let panic = error.into_panic();
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        format!("{name}: {}", text.unwrap_or("it panicked"))
    })
}

fn none_failed(failures: &[String], ran: usize) {
    assert!(ran > 40, "only {ran} checks ran");
    assert!(failures.is_empty(), "{} of {ran} checks failed:\n{}", failures.len(), failures.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_and_a_local_folder() {
    let (mut failures, mut ran) = (Vec::new(), 0);
    for (n, case) in cases().into_iter().enumerate() {
        let folder = tempfile::tempdir().expect("a folder");
        failures.extend(run(case, local(folder.path()), n as u64).await);
        ran += 1;
    }
    none_failed(&failures, ran);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_and_s3() {
    let (postgres, moto) = (Postgres::start().await, Moto::start());
    let (mut failures, mut ran) = (Vec::new(), 0);
    for (n, case) in cases().into_iter().enumerate() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = StoreConfig {
            database_url: postgres.database(&format!("case_{n}")).await,
            objects_url: format!("s3://{BUCKET}/case-{n}"),
            feeds: vakhta_store::FeedOptions::default(),
            s3: moto.options(),
            data_dir: folder.path().to_owned(),
        };
        failures.extend(run(case, config, n as u64).await);
        ran += 1;
    }
    none_failed(&failures, ran);
}

/// What only a shared database can show: two processes at once, and what S3 does to a damaged object.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_share_postgres_and_s3() {
    let (postgres, moto) = (Postgres::start().await, Moto::start());
    let database_url = postgres.database("shared").await;
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let configs = folders.each_ref().map(|folder| StoreConfig {
        database_url: database_url.clone(),
        objects_url: format!("s3://{BUCKET}/shared"),
        feeds: vakhta_store::FeedOptions::default(),
        s3: moto.options(),
        data_dir: folder.path().to_owned(),
    });
    let (first, second) = tokio::join!(migrate(&configs[0]), migrate(&configs[1]));
    let mut applied: Vec<MigrationReport> = vec![first.expect("it runs"), second.expect("it runs")];
    applied.sort_by_key(|report| report.applied.len());
    assert_eq!(applied[0].applied, Vec::<String>::new(), "each migration ran in one of them");
    assert_eq!(applied[1].applied[0], "0001_first");
    let last = applied[1].applied.last().expect("some ran");
    assert!(last.starts_with(&format!("{:04}_", applied[1].version)), "and every one of them: {last}");

    let first = Bed::open(&configs[0], 1).await.expect("a store");
    let second = Bed::open(&configs[1], 2).await.expect("a store");
    let object = first.ports.objects.put(Bytes::from_static(b"shared bytes")).await.expect("works");
    let read = second.ports.objects.get(&object).await.expect("works");
    assert_eq!(read, Bytes::from_static(b"shared bytes"));
    let (a, b) = (&object.sha256[..2], &object.sha256[2..4]);
    moto.empty(&format!("shared/{a}/{b}/{}", object.sha256)).await;
    let damaged = second.ports.objects.get(&object).await;
    assert!(matches!(damaged, Err(StoreError::Damaged { .. })), "{damaged:?}");
    let to = folders[0].path().join("copy");
    let damaged = second.ports.objects.get_file(&object, &to).await;
    assert!(matches!(damaged, Err(StoreError::Damaged { .. })), "{damaged:?}");
    assert!(!to.exists(), "no damaged copy is left");

    let missing = StoreConfig {
        objects_url: "s3://no-such-bucket/x".into(),
        data_dir: folders[0].path().join("third"),
        ..configs[0].clone()
    };
    let third = Bed::open(&missing, 3).await.expect("a store");
    let health = third.store.health(std::time::Duration::from_secs(5)).await;
    assert!(health.database.is_ok());
    assert!(matches!(health.objects, Err(StoreError::Unavailable { part: "object store", .. })));
}

#[tokio::test]
async fn an_unreachable_database_is_said_to_be_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = StoreConfig {
        database_url: "postgres://vakhta@127.0.0.1:1/none?sslmode=disable".into(),
        ..local(folder.path())
    };
    let answer = Bed::open(&config, 1).await.err();
    let unavailable =
        matches!(&answer, Some(OpenError::Store(StoreError::Unavailable { part: "database", .. })));
    assert!(unavailable, "{answer:?}");
}
