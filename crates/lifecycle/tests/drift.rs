//! What a model sees is held against what it was trained on, day after day.

mod common;

use common::{House, training};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::drift::{DriftReport, Series, Standing};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{DecisionId, ModelKey, VersionId};
use vakhta_domain::job::{Job, JobKind, JobState};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{ImportedVersion, JobFilter};
use vakhta_domain::retrain::Trigger;
use vakhta_domain::spec::parse_yaml;
use vakhta_domain::version::{ModelVersion, VersionState};
use vakhta_lifecycle::drift::report::{Full, compare, report};
use vakhta_lifecycle::drift::{self, Asked, Part, Verdict};
use vakhta_lifecycle::serve::{PredictRequest, predict};
use vakhta_lifecycle::{deploy, jobs, models, training as trainings};

/// A source of chance that replays.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

const GOODS: [(&str, &[&str]); 2] = [
    ("dairy", &["молоко домашнее", "кефир густой", "сметана", "творог"]),
    ("bakery", &["хлеб ржаной", "батон", "булка сдобная", "лаваш"]),
];
const SHOPS: [&str; 4] = ["north", "south", "west", "центр"];

/// A record of goods as they usually are.
fn usual(dice: &mut Dice) -> Map<String, Value> {
    let (_, words) = GOODS[dice.below(2) as usize];
    let record = json!({
        "name": format!("{} {} г", words[dice.below(4) as usize], 100 + 10 * dice.below(9)),
        "price": 50.0 + (dice.below(1000) + dice.below(1000)) as f64 / 20.0,
        "shop": SHOPS[dice.below(4) as usize],
        "fresh": dice.below(3) == 0,
        "since": format!("2025-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28)),
    });
    record.as_object().expect("an object").clone()
}

fn goods(rows: usize) -> String {
    let (mut csv, mut dice) = ("name,price,shop,fresh,since,category\n".to_owned(), Dice(1));
    for _ in 0..rows {
        let record = usual(&mut dice);
        let text = |name: &str| record[name].to_string().trim_matches('"').to_owned();
        let is_dairy = GOODS[0].1.iter().any(|word| text("name").starts_with(word));
        let cells = ["name", "price", "shop", "fresh", "since"].map(text).join(",");
        let _ = writeln!(csv, "{cells},{}", if is_dairy { "dairy" } else { "bakery" });
    }
    csv
}

async fn trained(house: &House, spec: &str) -> ModelKey {
    let spec = parse_yaml(spec).expect("a right spec").remove(0);
    let key = ModelKey::new(spec.model_key.as_str());
    models::create(&house.app, &house.actor, spec).await.expect("a right spec");
    // Days are set here; by the clock nothing happens unless a test says so.
    for task in ["retrain", "metrics", "drift"] {
        house.paused(&format!("{task}:{key}"), true).await;
    }
    let job = trainings::request(&house.app, &house.actor, training(&key)).await.expect("queued");
    let job = house.ended(&job.id).await;
    assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
    assert_eq!(job.result.expect("a result")["decision"], "first_champion");
    key
}

/// A house with a classifier of goods, on the first of March 2026 in the morning.
async fn classifier() -> (House, ModelKey) {
    let house = House::running().await;
    house.upload("goods", &goods(1500)).await;
    let spec = "{model_key: goods, task: classification, engine: linear, data: {dataset: goods, target: category, \
                text: [name], categorical: [shop], numeric: [price], boolean: [fresh], date: [since]}}";
    let key = trained(&house, spec).await;
    (house, key)
}

/// Asks a model about so many records.
async fn ask(house: &House, model: &ModelKey, data: Vec<Map<String, Value>>) {
    let request =
        PredictRequest { model: model.clone(), version: None, data, top: None, explain: false, key: None };
    predict(&house.app, &house.actor, request).await.expect("it answers");
}

async fn day_of(
    house: &House,
    model: &ModelKey,
    dice: &mut Dice,
    rows: usize,
    bend: impl Fn(&mut Map<String, Value>),
) {
    let mut data: Vec<Map<String, Value>> = (0..rows).map(|_| usual(dice)).collect();
    data.iter_mut().for_each(bend);
    ask(house, model, data).await;
}

fn dearer(record: &mut Map<String, Value>) {
    let price = record["price"].as_f64().expect("a number");
    record.insert("price".into(), json!(price * 1.6));
}

fn next_day(house: &House) {
    house.clock.advance(SignedDuration::from_hours(24));
}

async fn checked(house: &House, model: &ModelKey, asked: Asked) -> Job {
    let job = drift::request(&house.app, &house.actor, model, asked).await.expect("queued");
    let job = house.ended(&job.id).await;
    assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
    job
}

/// The newest report, made now.
async fn reported(house: &House, model: &ModelKey) -> Full {
    full(house, &checked(house, model, Asked::default()).await).await
}

async fn full(house: &House, job: &Job) -> Full {
    let result = job.result.as_ref().expect("a result");
    let id = vakhta_domain::ids::DriftReportId::new(result["report_id"].as_str().expect("a report"));
    report(&house.app, &house.actor.workspace, &id).await.expect("it is stored")
}

async fn all(house: &House, model: &ModelKey) -> Vec<DriftReport> {
    let page = PageQuery::first(500);
    let found = house.ports.drift.drift_reports(&house.actor.workspace, Some(model), date(2025, 1, 1), &page);
    let mut found = found.await.expect("works").items;
    found.retain(|report| report.series == Series::Daily);
    found.sort_by_key(|report| report.from);
    found
}

async fn stored(house: &House, model: &ModelKey) -> Model {
    house.ports.models.model(&house.actor.workspace, model).await.expect("works").expect("is there")
}

async fn version(house: &House, model: &ModelKey) -> ModelVersion {
    let champion = stored(house, model).await.champion.expect("one serves");
    let found = house.ports.versions.version(&house.actor.workspace, model, champion.as_str()).await;
    found.expect("works").expect("is there")
}

fn verdict(full: &Full, column: &str) -> Verdict {
    let feature = full.detail.features.iter().find(|feature| feature.finding.column == column);
    feature.unwrap_or_else(|| panic!("no column {column}")).finding.verdict
}

fn days(reports: &[DriftReport]) -> Vec<(i8, i8, bool, Standing)> {
    reports.iter().map(|r| (r.from.day(), r.to.day(), r.complete, r.standing)).collect()
}

/// The columns whose drift the newest report confirms.
async fn confirmed(house: &House, model: &ModelKey) -> Vec<String> {
    let model = stored(house, model).await;
    let report = drift::latest(&house.app, &house.actor.workspace, &model).await.expect("works");
    report.map(|report| report.confirmed).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_day_passes_and_what_lasts_is_confirmed_and_asks_for_a_training() {
    let (house, model) = classifier().await;
    let mut dice = Dice(2);
    let mut names: Vec<String> = Vec::new();
    for bend in [false, true, false] {
        day_of(&house, &model, &mut dice, 150, |record| {
            if bend {
                dearer(record);
            }
        })
        .await;
        let found = reported(&house, &model).await;
        assert!(!found.report.complete, "the day is not over");
        assert_eq!(verdict(&found, "price") == Verdict::Drifted, bend, "{:?}", found.report);
        assert_eq!(found.report.confirmed, Vec::<String>::new());
        names = found.detail.features.iter().map(|feature| feature.finding.column.clone()).collect();
        next_day(&house);
    }
    assert_eq!(names, ["name", "shop", "price", "fresh", "since", "prediction", "confidence"]);
    // A day without data, then two that are dearer: the first waits for the day without.
    next_day(&house);
    day_of(&house, &model, &mut dice, 150, dearer).await;
    assert_eq!(reported(&house, &model).await.report.standing, Standing::Drifted);
    assert_eq!(confirmed(&house, &model).await, Vec::<String>::new());
    next_day(&house);
    day_of(&house, &model, &mut dice, 150, dearer).await;
    // By the clock this time: at 23:00 the check is due.
    house.paused("drift:goods", false).await;
    house.clock.advance(SignedDuration::from_hours(14));
    jobs::fire_due(&house.app).await.expect("works");
    house.paused("drift:goods", true).await;
    let filter = JobFilter { kind: Some(JobKind::Drift), ..JobFilter::default() };
    let newest = house.ports.jobs.jobs(&house.actor.workspace, &filter, &PageQuery::first(1)).await;
    let job = house.ended(&newest.expect("works").items[0].id).await;
    let found = full(&house, &job).await;
    assert_eq!(
        (found.report.standing, &found.report.confirmed[..]),
        (Standing::Confirmed, &["price".into()][..])
    );
    let reports = all(&house, &model).await;
    assert_eq!(
        days(&reports),
        [
            (1, 1, true, reports[0].standing),
            (2, 2, true, Standing::Drifted),
            (3, 3, true, reports[2].standing),
            (4, 5, true, Standing::Drifted),
            (6, 6, false, Standing::Confirmed),
        ],
        "one report a day with rows, made again once the day is over"
    );
    assert!(reports[0].standing <= Standing::Slight && reports[2].standing <= Standing::Slight);
    assert_eq!(reports[0].rows, 150);
    // The report asked for a training; it is refused for want of new rows, and that is a decision with its reason.
    let retrain = house.ended(found.report.retrain.as_ref().expect("it asked")).await;
    assert_eq!((retrain.kind, retrain.state), (JobKind::Retrain, JobState::Completed));
    let decisions =
        house.ports.versions.decisions(&house.actor.workspace, &model, &PageQuery::first(1)).await;
    let decision = decisions.expect("works").items.remove(0);
    assert_eq!(decision.kind, DecisionKind::NotRetrained);
    let wanted = Trigger::Drift { features: vec!["price".into()] };
    assert_eq!(decision.evidence["trigger"], json!(wanted));
    // The next day confirms the same and does not ask again.
    next_day(&house);
    day_of(&house, &model, &mut dice, 150, dearer).await;
    let found = reported(&house, &model).await;
    assert_eq!((found.report.standing, found.report.retrain), (Standing::Confirmed, None));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn few_rows_new_names_other_words_and_a_broken_feed() {
    let (house, model) = classifier().await;
    let mut dice = Dice(3);
    day_of(&house, &model, &mut dice, 60, |_| {}).await;
    let found = reported(&house, &model).await;
    assert_eq!((found.report.standing, found.report.rows), (Standing::TooFewRows, 60));
    assert!(
        found.report.reason.as_deref().is_some_and(|why| why.contains("100")),
        "{:?}",
        found.report.reason
    );
    assert!(found.detail.features.iter().all(|feature| feature.finding.p.is_none()));
    next_day(&house);
    day_of(&house, &model, &mut dice, 60, |_| {}).await;
    let found = reported(&house, &model).await;
    assert_eq!((found.report.from.day(), found.report.to.day(), found.report.rows), (1, 2, 120));
    assert_ne!(found.report.standing, Standing::TooFewRows);
    let first = found;

    next_day(&house);
    day_of(&house, &model, &mut dice, 150, |record| {
        record.insert("shop".into(), json!("a new one"));
        record.insert("name".into(), json!("wireless keyboard, black"));
        record.remove("price");
        record.insert("since".into(), json!("2031-06-02"));
    })
    .await;
    let found = reported(&house, &model).await;
    for column in ["shop", "name", "price", "since"] {
        assert_eq!(verdict(&found, column), Verdict::Drifted, "{column}");
    }
    assert!(verdict(&found, "fresh") < Verdict::Drifted);
    assert_eq!(found.report.broken, ["price"], "it comes empty");
    let shop = found.detail.features.iter().find(|f| f.finding.column == "shop").expect("a column");
    assert_eq!((shop.finding.unseen, shop.part), (150, Part::Input));
    let new = shop.bins.iter().find(|bin| bin.label.as_deref() == Some("a new one")).expect("it is shown");
    assert_eq!((new.reference, new.current), (0, 150));
    let price = found.detail.features.iter().find(|f| f.finding.column == "price").expect("a column");
    assert_eq!(price.bins.iter().map(|bin| bin.reference).sum::<u64>(), 1500);
    assert_eq!((price.finding.missing, price.bins.iter().map(|bin| bin.current).sum::<u64>()), (150, 0));
    let pairs = compare(&first, &found);
    assert_eq!(pairs.len(), 7);
    assert!(pairs.iter().all(|pair| pair.first.is_some() && pair.second.is_some()));

    // Days by hand are judged by themselves and change nothing in the days.
    let before = all(&house, &model).await;
    let asked = Asked { from: Some(date(2026, 3, 1)), to: Some(date(2026, 3, 3)) };
    let window = full(&house, &checked(&house, &model, asked).await).await;
    assert_eq!(
        (window.report.series, window.report.rows, window.report.retrain),
        (Series::Window, 270, None)
    );
    assert_eq!(all(&house, &model).await, before);
    // The same check again makes the same reports.
    let again = reported(&house, &model).await;
    assert_eq!((again.report.id, again.detail), (found.report.id, found.detail));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_profile_the_way_out_is_told() {
    let (house, model) = classifier().await;
    let trained = version(&house, &model).await;
    // A version that another program learnt: the same model, nothing known of its rows.
    let imported = ModelVersion {
        id: VersionId::new("v_20260301_090000_00000001"),
        job: None,
        dataset_version: None,
        profile: None,
        state: VersionState::Trained,
        ..trained.clone()
    };
    let decision = Decision {
        id: DecisionId::new("decision_imported"),
        model: model.clone(),
        kind: DecisionKind::Kept,
        version: imported.id.clone(),
        previous: Some(trained.id.clone()),
        reason: "brought".into(),
        evidence: json!({}),
        decided_by: "system".into(),
        at: house.ports.clock.now(),
    };
    let event =
        NewEvent::about("version.imported", ("version", imported.id.as_str()), &house.actor, decision.at);
    let id = imported.id.clone();
    let brought = ImportedVersion { version: imported, decision, event };
    assert!(house.ports.versions.add_imported(&brought).await.expect("works"));
    deploy::deploy(&house.app, &house.actor, &model, id.as_str(), None).await.expect("it serves");
    let found = reported(&house, &model).await;
    assert_eq!((found.report.standing, found.detail.features.len()), (Standing::NoProfile, 0));
    let reason = found.report.reason.expect("it says why");
    assert!(reason.contains("another program") && reason.contains("train a version here"), "{reason}");

    // A profile that is damaged on the disk is said to be so; the job does not fail.
    deploy::rollback(&house.app, &house.actor, &model, None, None).await.expect("it goes back");
    let path = house.object(&trained.profile.expect("training made one").sha256);
    let mut bytes = std::fs::read(&path).expect("the object is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let mut open = std::fs::metadata(&path).expect("the object is there").permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "an object in a temporary folder")]
    open.set_readonly(false);
    std::fs::set_permissions(&path, open).expect("ours");
    std::fs::write(&path, bytes).expect("ours");
    let found = reported(&house, &model).await;
    assert_eq!(found.report.standing, Standing::NoProfile);
    let reason = found.report.reason.expect("it says why");
    assert!(reason.contains("damaged") && reason.contains("train the model again"), "{reason}");
    assert_eq!(confirmed(&house, &model).await, Vec::<String>::new());
    house.close().await;
}

/// Sales of forty branches that share the weather of a day; `bend` says what becomes of a branch's sales, none where
/// they do not come.
fn panel(first: Date, days: i32, bend: impl Fn(Date, usize, f64) -> Option<f64>) -> String {
    let mut csv = "date,branch,promo,y\n".to_owned();
    for day in 0..days {
        let date = first + jiff::Span::new().days(day);
        let mut dice =
            Dice(u64::from(date.day_of_year().unsigned_abs()) + 1000 * u64::from(date.year().unsigned_abs()));
        let weather = dice.below(100) as f64 / 100.0;
        for branch in 0..40 {
            let season =
                [10.0, 11.0, 12.0, 14.0, 16.0, 18.0, 15.0][date.weekday().to_monday_zero_offset() as usize];
            let promo = u8::from(dice.below(10) == 0);
            let own = 1.0 + branch as f64 / 40.0 + 0.3 * weather + dice.below(100) as f64 / 200.0;
            let sales = bend(date, branch, season * own + 5.0 * f64::from(promo));
            let cell = sales.map_or_else(String::new, |sales| format!("{sales:.2}"));
            let _ = writeln!(csv, "{date},b{branch},{promo},{cell}");
        }
    }
    csv
}

const HISTORY: Date = date(2025, 5, 5);
/// Days up to 28 February 2026.
const DAYS: i32 = 300;

async fn forecaster() -> (House, ModelKey) {
    let house = House::running().await;
    house.upload("sales", &panel(HISTORY, DAYS, |_, _, sales| Some(sales))).await;
    let spec = "{model_key: sales, task: forecast, engine: gbdt, horizon: 14, data: {dataset: sales, time: date, \
                series: [branch], target: y, known_future: [promo], frequency: D}, params: {rounds: 3, leaves: 5}}";
    let key = trained(&house, spec).await;
    (house, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_rows_of_a_forecast_are_held_against_days_that_differ_by_themselves() {
    let (house, model) = forecaster().await;
    let nothing = checked(&house, &model, Asked::default()).await.result.expect("a result");
    assert_eq!(nothing["outcome"], "nothing_new", "no row came since the training");
    house.clock.advance(SignedDuration::from_hours(24 * 31));
    house.upload("sales", &panel(HISTORY, DAYS + 30, |_, _, sales| Some(sales))).await;
    let found = reported(&house, &model).await;
    let reports = all(&house, &model).await;
    assert_eq!(reports.len(), 10, "three days make a hundred rows");
    assert!(reports.iter().all(|report| report.complete && report.rows == 120));
    assert!(reports.iter().all(|report| report.standing <= Standing::Slight), "{:?}", days(&reports));
    let parts: Vec<Part> = found.detail.features.iter().map(|feature| feature.part).collect();
    assert_eq!(parts[..3], [Part::Target, Part::Input, Part::Input]);
    let target = &found.detail.features[0].finding;
    assert!(target.p_day.is_some(), "the days of training are known: {target:?}");
    assert_eq!(found.detail.features[2].bins.len(), 20 + 1, "twenty branches and the others");

    // From the thirty-first of March on half of the branches sell three times as much.
    house.clock.advance(SignedDuration::from_hours(24 * 13));
    let shifted = |day: Date, branch: usize, sales: f64| {
        Some(if day > date(2026, 3, 30) && branch.is_multiple_of(2) { 3.0 * sales } else { sales })
    };
    house.upload("sales", &panel(HISTORY, DAYS + 42, shifted)).await;
    let found = reported(&house, &model).await;
    assert_eq!(verdict(&found, "y"), Verdict::Confirmed, "{:?}", found.detail.features[0].finding);
    assert!(verdict(&found, "branch") <= Verdict::Slight && verdict(&found, "promo") <= Verdict::Slight);
    let reports = all(&house, &model).await;
    assert!(reports[10].standing == Standing::Drifted, "not yet: {:?}", days(&reports));
    let asking: Vec<&DriftReport> = reports.iter().filter(|report| report.retrain.is_some()).collect();
    assert_eq!(asking.len(), 1, "once for all that was found at once");
    let job = house.ended(asking[0].retrain.as_ref().expect("asked")).await;
    assert_eq!((job.kind, job.state), (JobKind::Retrain, JobState::Completed), "{:?}", job.error);
    assert!(job.result.expect("a result")["version"].is_string(), "it was trained again");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_feed_is_no_reason_to_learn_it_and_plans_are_no_rows() {
    let (house, model) = forecaster().await;
    house.clock.advance(SignedDuration::from_hours(24 * 13));
    // Up to the third of March sales come, from then on none; the plan goes on to the end of the month.
    let empty = |day: Date, _: usize, sales: f64| (day <= date(2026, 3, 3)).then_some(sales);
    house.upload("sales", &panel(HISTORY, DAYS + 31, empty)).await;
    let found = reported(&house, &model).await;
    assert_eq!(found.report.to, date(2026, 3, 12), "two days later a row without sales is no plan any more");
    assert_eq!(
        (&found.report.confirmed[..], &found.report.broken[..]),
        (&["y".into()][..], &["y".into()][..])
    );
    let reports = all(&house, &model).await;
    let asked = reports.iter().find_map(|report| report.retrain.clone()).expect("it asked");
    let job = house.ended(&asked).await;
    let result = job.result.expect("a result");
    assert_eq!(result["outcome"], "refused", "{result}");
    assert!(result["reason"].as_str().is_some_and(|why| why.contains("`y` comes empty")), "{result}");
    house.close().await;
}
