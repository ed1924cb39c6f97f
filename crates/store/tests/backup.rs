//! Backups: taken while the store is used, put back elsewhere, and compared row by row.

mod servers;

use bytes::Bytes;
use servers::moto::{BUCKET, Moto};
use servers::postgres::Postgres;
use std::path::Path;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::EventFilter;
use vakhta_store::backup::{BackupError, Manifest, Place, backup, restore};
use vakhta_store::conformance::{Bed, SeededChance, StandingClock, samples};
use vakhta_store::{FeedOptions, S3Options, StoreConfig};

fn local(folder: &Path) -> StoreConfig {
    StoreConfig {
        database_url: format!("sqlite://{}", folder.join("vakhta.db").display()),
        objects_url: format!("file://{}", folder.join("objects").display()),
        feeds: FeedOptions::default(),
        s3: S3Options::default(),
        data_dir: folder.to_owned(),
    }
}

/// Something of what is kept: rows with odd texts, objects, predictions sealed and not.
async fn fill(bed: &Bed) {
    samples::add_model(bed, "visits").await;
    samples::enqueue(bed, &samples::job("job_v_1", "visits", bed.now())).await;
    let job = samples::claim(bed, "w").await.expect("a job");
    let mut end = samples::training(&samples::lease(&job), "visits", "v_1", true, None, bed.now());
    let put = async |text: &'static str| {
        Some(bed.ports.objects.put(Bytes::from_static(text.as_bytes())).await.expect("works"))
    };
    end.version.artifact = put("artifact").await;
    end.version.backtest = put("backtest").await;
    end.version.profile = put("profile").await;
    assert!(bed.ports.versions.finish_training(&end).await.expect("works"));
    let odd = NewEvent::about("some.thing", ("thing", "a\tb\\c\n'\""), &samples::actor(), bed.now());
    let odd = odd.with(serde_json::json!({"text": "строка\n\u{1}\\N", "n": 0.1, "big": u64::MAX}));
    bed.ports.events.append(&odd).await.expect("works");
    let mut version = samples::dataset("sales", "dv_1", bed.now());
    version.object = bed.ports.objects.put(Bytes::from(vec![7; 3_000_000])).await.expect("works");
    let told = samples::event("dataset.uploaded", bed.now());
    bed.ports.datasets.add_version(&samples::home(), version, &told).await.expect("works");
    bed.ports.predictions.append(vec![samples::prediction("visits", 1, bed.now())]).await.expect("works");
    bed.store.seal_predictions(true).await.expect("works");
    bed.ports.predictions.append(vec![samples::prediction("visits", 2, bed.now())]).await.expect("works");
}

/// What a reader finds.
async fn found(bed: &Bed) -> String {
    let (page, home, model) = (PageQuery::first(500), samples::home(), ModelKey::new("visits"));
    let ports = &bed.ports;
    let events = ports.events.events(&home, &EventFilter::default(), &page).await.expect("works").items;
    let chain = ports.events.chain(&home, 0, 500).await.expect("works");
    let head = ports.events.chain_head(&home).await.expect("works");
    let versions = ports.versions.versions(&home, &model, &page).await.expect("works").items;
    let datasets = ports.datasets.datasets(&home, &page).await.expect("works").items;
    let predictions = ports.predictions.read(&home, &model, 0, 100).await.expect("works");
    let object = &datasets[0].latest.object;
    let bytes = ports.objects.get(object).await.expect("it is there");
    assert_eq!(bytes, Bytes::from(vec![7; 3_000_000]));
    format!("{events:?}\n{chain:?}\n{head:?}\n{versions:?}\n{datasets:?}\n{predictions:?}")
}

struct Taken {
    place: Place,
    manifest: Manifest,
}

async fn take(bed: &Bed, config: &StoreConfig, name: &str) -> Result<Taken, BackupError> {
    let temp = tempfile::tempdir().expect("a folder");
    let place = Place::open(name, &config.s3, SeededChance::new(9), bed.now())?;
    let chance = SeededChance::new(8);
    let manifest =
        backup(config, &place, ("test", temp.path()), bed.clock.as_ref(), chance, &|_, _, _| ()).await?;
    Ok(Taken { place, manifest })
}

async fn put_back(taken: &Taken, config: &StoreConfig) -> Result<(), BackupError> {
    let clock = StandingClock::new();
    let chance = SeededChance::new(7);
    restore(config, &taken.place, &taken.manifest, true, clock.as_ref(), chance, &|_, _, _| ()).await?;
    Ok(())
}

async fn is_the_same_elsewhere(config: StoreConfig, to: &str, elsewhere: StoreConfig) {
    let bed = Bed::open(&config, 1).await.expect("a store");
    fill(&bed).await;
    std::fs::create_dir_all(config.data_dir.join("secrets")).expect("a folder");
    std::fs::write(config.data_dir.join("secrets/shop"), "s3cret").expect("a file");
    // The store is open and goes on being used.
    let taken = take(&bed, &config, to).await.expect("a backup");
    let before = found(&bed).await;
    bed.ports.events.append(&samples::event("too.late", bed.now())).await.expect("works");
    let again = take(&bed, &config, to).await;
    // Within the same thousandth of a second by a standing clock: it is the same backup, made anew.
    assert_eq!(again.expect("a backup").manifest.name, taken.manifest.name);

    put_back(&taken, &elsewhere).await.expect("it is put back");
    assert!(matches!(put_back(&taken, &elsewhere).await, Err(BackupError::NotEmpty { .. })));
    let secret = std::fs::read_to_string(elsewhere.data_dir.join("secrets/shop")).expect("is there");
    assert_eq!(secret, "s3cret");
    let restored = Bed::open(&elsewhere, 2).await.expect("a store");
    assert_eq!(found(&restored).await, before);
    restored.ports.events.append(&samples::event("goes.on", bed.now())).await.expect("works");
    samples::enqueue(&restored, &samples::job("next", "visits", bed.now())).await;

    // A blob that is not what it was is found before anything is believed.
    let mut damaged = taken.manifest.clone();
    damaged.objects[0].sha256 = "0".repeat(64);
    let third = tempfile::tempdir().expect("a folder");
    let bad = Taken { manifest: damaged, place: taken.place };
    assert!(put_back(&bad, &local(&third.path().join("x"))).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_into_a_folder_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let place = folder.path().join("backups");
    is_the_same_elsewhere(local(&from), place.to_str().expect("a path"), local(&to)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_into_a_bucket_and_back() {
    let (postgres, moto) = (Postgres::start().await, Moto::start());
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str, database_url: String| StoreConfig {
        database_url,
        objects_url: format!("s3://{BUCKET}/{name}"),
        feeds: FeedOptions::default(),
        s3: moto.options(),
        data_dir: folder.path().join(name),
    };
    let from = at("from", postgres.database("origin").await);
    let to = at("to", postgres.database("target").await);
    is_the_same_elsewhere(from, &format!("s3://{BUCKET}/backups"), to).await;
}

#[tokio::test]
async fn what_cannot_be_put_back_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = local(&folder.path().join("from"));
    let bed = Bed::open(&config, 1).await.expect("a store");
    let name = folder.path().join("place");
    let place = Place::open(name.to_str().expect("a path"), &config.s3, SeededChance::new(1), bed.now());
    let place = place.expect("a place");
    assert!(matches!(place.manifest(None).await, Err(BackupError::NoBackup { .. })));
    let taken = take(&bed, &config, name.to_str().expect("a path")).await.expect("a backup");
    assert!(matches!(place.manifest(Some("never")).await, Err(BackupError::NoBackup { .. })));
    assert_eq!(place.manifest(None).await.expect("it is there"), taken.manifest);

    let target = local(&folder.path().join("to"));
    let newer = Manifest { schema: 9_999, ..taken.manifest.clone() };
    let refused = put_back(&Taken { manifest: newer, place }, &target).await;
    assert!(refused.expect_err("it is newer").to_string().contains("start the newer program"));
    let other = StoreConfig { database_url: "postgres://u@127.0.0.1:1/d".into(), ..target.clone() };
    assert!(matches!(put_back(&taken, &other).await, Err(BackupError::OtherDatabase { .. })));
    let mut short = taken.manifest.clone();
    short.tables[0].rows += 1;
    let refused = put_back(&Taken { manifest: short, place: taken.place }, &target).await;
    assert!(matches!(refused, Err(BackupError::Rows { .. })), "{refused:?}");
}
