//! A small panel replayed on a real store: what comes out is what a server would have done, and comes out again.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::spec::{ModelSpec, parse_yaml};
use vakhta_domain::user::Actor;
use vakhta_lifecycle::{Lifecycle, Settings, Workers};
use vakhta_simulate::page::Language;
use vakhta_simulate::{
    Columns, Feed, Nobody, Plan, SeededChance, SetClock, SimulateError, Told, page, run, text,
};
use vakhta_store::{FeedOptions, S3Options, Store, StoreConfig};

const FROM: Date = date(2025, 7, 1);
const TO: Date = date(2025, 8, 10);

/// Sales of three branches with a weekly season and a little noise, 2025-01-01 to 2025-08-10.
fn sales() -> String {
    let mut csv = "date,branch,y\n".to_owned();
    for day in 0..222 {
        let date = date(2025, 1, 1).saturating_add(jiff::Span::new().days(day));
        for (i, branch) in ["north", "south", "центр"].into_iter().enumerate() {
            let season = [100, 110, 120, 140, 200, 300, 250][(day % 7) as usize];
            let noise = (day * 7919 + i as i64 * 104_729) % 17;
            let _ = writeln!(csv, "{date},{branch},{}", (season + noise) * (i as i64 + 1));
        }
    }
    csv
}

fn spec() -> ModelSpec {
    let text = "{model_key: sales, task: forecast, engine: gbdt, horizon: 14, data: {dataset: sales, time: date, series: [branch], target: y}, params: {rounds: 120, leaves: 7, learning_rate: 0.1}}";
    parse_yaml(text).expect("a right spec").remove(0)
}

async fn replayed(scenarios: &[&str], from: Date) -> Result<Told, SimulateError> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().display();
    let (incoming, temp_dir) = (folder.path().join("incoming"), folder.path().join("tmp"));
    for folder in [&incoming, &temp_dir] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let file = folder.path().join("sales.csv");
    std::fs::write(&file, sales()).expect("written");
    let spec = spec();
    let columns = Columns::of(&spec).expect("a forecast");
    let feed = Feed::read(&file, &columns, &folder.path().join("rows.parquet")).expect("a table");
    let start = FROM.to_zoned(TimeZone::UTC).expect("a day").timestamp();
    let clock = Arc::new(SetClock::at(start));
    let config = StoreConfig {
        database_url: format!("sqlite://{at}/vakhta.db"),
        objects_url: format!("file://{at}/objects"),
        s3: S3Options::default(),
        feeds: FeedOptions { folders: vec![incoming.clone()], ..FeedOptions::default() },
        data_dir: folder.path().to_path_buf(),
    };
    let chance = Arc::new(SeededChance::new(7));
    let store = Store::open(&config, clock.clone(), chance).await.expect("a fresh store opens");
    let settings = Settings {
        temp_dir,
        threads: 2,
        train_limit_seconds: 600,
        lease_seconds: 600,
        workers: Workers { train: 1, sync: 1, predict: 0, metrics: 1 },
        model_memory_bytes: 1 << 30,
        public_url: None,
        code_version: "test".into(),
    };
    let app = Lifecycle::new(store.ports(), Arc::new(Nobody), settings);
    let shutdown = CancellationToken::new();
    let background = app.start(shutdown.clone()).await.expect("it starts");
    let scenarios = scenarios.iter().map(|text| text.parse().expect("a scenario")).collect();
    let plan = Plan { spec, feed, scenarios, from, to: TO, incoming, seed: 7 };
    let mut days = 0;
    let actor = Actor::system(WorkspaceId::default_workspace());
    let told = Box::pin(run(&app, &clock, &actor, plan, &mut |_| days += 1)).await;
    shutdown.cancel();
    background.finished().await;
    if told.is_ok() {
        assert_eq!(days, 41, "every day is told");
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_weeks_need_no_training_and_come_again() {
    let told = replayed(&[], FROM).await.expect("it replays");
    assert_eq!((told.from, told.to, told.series), (FROM, TO, 3));
    assert_eq!(told.failed, []);
    let wape = told.watched.wape.expect("days were scored");
    assert!(wape < 2.0, "the noise is small: {wape}");
    // A forecast counts for days after the one on which it was made, and the last day's rows are in.
    assert_eq!((told.days[0].day, told.days.last().map(|day| day.day)), (date(2025, 7, 2), Some(TO)));
    assert!(told.days.iter().all(|day| day.watched.is_some() && day.left_alone.is_some()), "{:?}", told.days);
    let kinds: Vec<&str> = told.decisions.iter().map(|decision| decision.kind).collect();
    assert_eq!((kinds[0], kinds.len()), ("first_champion", 7), "and one answer each Sunday: {kinds:?}");
    assert_eq!((told.jobs["sync"], told.jobs["metrics"] > 41), (43, true), "{:?}", told.jobs);

    let again = replayed(&[], FROM).await.expect("it replays");
    assert_eq!(again.days, told.days);
    // Ids are drawn by whoever comes first; all else is the same.
    let what =
        |told: &Told| -> Vec<_> { told.decisions.iter().map(|d| (d.at, d.kind, d.reason.clone())).collect() };
    assert_eq!(what(&again), what(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_is_seen_and_learnt() {
    let told = replayed(&["level-shift:from=2025-07-10,days=0,factor=3"], FROM).await.expect("it replays");
    let kinds: Vec<&str> = told.decisions.iter().map(|decision| decision.kind).collect();
    assert!(kinds.contains(&"promoted"), "a model of the new level serves: {:?}", told.decisions);
    let text = text::write(&told);
    assert!(text.contains("level-shift from 2025-07-10") && text.contains("of its first version"), "{text}");
    for (language, word) in [(Language::En, "left alone"), (Language::Ru, "без присмотра")] {
        let page = page::write(&told, language);
        assert!(page.contains(word) && page.contains("<svg") && !page.contains("<script"));
        assert!(!page.contains("http"), "it needs nothing from elsewhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_breaks_is_mended_by_what_comes_later() {
    let told = replayed(&["broken-feed:from=2025-07-10,days=4"], FROM).await.expect("it replays");
    assert_eq!(told.failed, []);
    let wape = told.watched.wape.expect("scored");
    assert!(wape < 25.0, "the right rows came later and count: {wape}");
    assert!(told.days.iter().all(|day| day.watched.is_some()));
    let wrong = replayed(&[], date(2025, 1, 1)).await;
    assert!(matches!(wrong, Err(SimulateError::Span { .. })), "there is nothing to learn from");
}
