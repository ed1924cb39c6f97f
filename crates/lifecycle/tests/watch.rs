//! What happens by itself: schedules, training again, and promotion on evidence.

mod common;

use common::{House, sales, spec, training};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::ids::{ModelKey, ScheduleId};
use vakhta_domain::job::{Job, JobKind, JobState};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::JobFilter;
use vakhta_domain::schedule::{BadTimes, Schedule, ScheduledTask};
use vakhta_lifecycle::retrain::{self, Asked};
use vakhta_lifecycle::schedules::{self, Change, NewSchedule, ScheduleError};
use vakhta_lifecycle::{jobs, models, training as trainings};

async fn schedule(house: &House, id: &str) -> Schedule {
    let found = house.ports.schedules.schedule(&house.actor.workspace, &ScheduleId::new(id)).await;
    found.expect("the store answers").expect("it is there")
}

async fn runs(house: &House) -> Vec<Job> {
    let filter = JobFilter { kind: Some(JobKind::Retrain), ..JobFilter::default() };
    let page = house.ports.jobs.jobs(&house.actor.workspace, &filter, &PageQuery::first(50)).await;
    page.expect("the store answers").items
}

async fn decisions(house: &House, model: &ModelKey) -> Vec<Decision> {
    let page = house.ports.versions.decisions(&house.actor.workspace, model, &PageQuery::first(50)).await;
    page.expect("the store answers").items
}

async fn champion(house: &House, model: &ModelKey) -> Option<String> {
    let found = house.ports.models.model(&house.actor.workspace, model).await.expect("the store answers");
    found.expect("it is there").champion.map(|id| id.to_string())
}

/// The result of a job that completed.
async fn result(house: &House, job: &Job) -> Value {
    let job = house.ended(&job.id).await;
    assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
    job.result.expect("a result")
}

async fn trained(house: &House, model: &ModelKey, rounds: u32) -> Value {
    models::apply(&house.app, &house.actor, spec(rounds)).await.expect("a right spec");
    let job = trainings::request(&house.app, &house.actor, training(model)).await.expect("queued");
    result(house, &job).await
}

async fn retrained(house: &House, model: &ModelKey, asked: Asked) -> Value {
    let job = retrain::request(&house.app, &house.actor, model, asked).await.expect("queued");
    result(house, &job).await
}

fn by_hand() -> Asked {
    Asked { by_hand: true, ..Asked::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_fires_once_for_all_that_was_missed() {
    let house = House::quiet().await;
    house.model_of(200).await;
    let before = schedule(&house, "retrain:sales").await;
    assert_eq!(before.next_at, "2026-03-08T03:00:00Z".parse::<Timestamp>().expect("a moment"), "a Sunday");
    jobs::fire_due(&house.app).await.expect("nothing is due");
    assert_eq!(runs(&house).await, []);

    house.clock.advance(SignedDuration::from_hours(24 * 23));
    let (one, two) = tokio::join!(jobs::fire_due(&house.app), jobs::fire_due(&house.app));
    one.and(two).expect("the store answers");
    let [job] = &runs(&house).await[..] else { panic!("one job") };
    let after = schedule(&house, "retrain:sales").await;
    assert_eq!(after.next_at, "2026-03-29T03:00:00Z".parse::<Timestamp>().expect("a moment"));
    let last = after.last.expect("it fired");
    assert_eq!((last.due_at, last.joined, &last.job), (before.next_at, false, &job.id));
    house.open().await;
    assert_eq!(result(&house, job).await["reason"], "no version serves yet");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_pause_make_and_run_schedules() {
    let house = House::running().await;
    let model = house.model_of(60).await;
    let own = ScheduleId::new("retrain:sales");
    let (app, actor) = (&house.app, &house.actor);
    let times = Change { cron: Some("0 4 * * *".into()), ..Change::default() };
    let refused = schedules::change(app, actor, &own, times.clone()).await;
    assert!(matches!(refused, Err(ScheduleError::OfSpec(_))), "{refused:?}");
    let pause = |paused| Change { paused: Some(paused), ..Change::default() };
    schedules::change(app, actor, &own, pause(true)).await.expect("paused");
    house.clock.advance(SignedDuration::from_hours(24 * 10));
    jobs::fire_due(app).await.expect("the store answers");
    assert_eq!(runs(&house).await, [], "a paused schedule does not fire");
    let resumed = schedules::change(app, actor, &own, pause(false)).await.expect("goes on");
    assert!(resumed.next_at > house.ports.clock.now(), "nothing is made up after a pause");

    let new = |cron: &str, timezone: &str| NewSchedule {
        task: ScheduledTask::Retrain,
        model: model.clone(),
        cron: cron.into(),
        timezone: timezone.into(),
    };
    let bad = schedules::create(app, actor, new("soon", "UTC")).await;
    assert!(matches!(bad, Err(ScheduleError::BadTimes(BadTimes::Cron(_)))), "{bad:?}");
    let made = schedules::create(app, actor, new("0 4 * * *", "Asia/Omsk")).await.expect("made");
    let changed = schedules::change(app, actor, &made.id, times).await.expect("changed");
    assert_eq!((changed.times.cron.as_str(), changed.times.timezone.as_str()), ("0 4 * * *", "Asia/Omsk"));
    let job = schedules::run_now(app, actor, &made.id).await.expect("queued");
    assert_eq!(result(&house, &job).await["outcome"], "not_needed");
    assert_eq!(schedule(&house, made.id.as_str()).await.next_at, changed.next_at);
    assert!(matches!(schedules::delete(app, actor, &own).await, Err(ScheduleError::OfSpec(_))));
    schedules::delete(app, actor, &made.id).await.expect("deleted");

    let twice = NewSchedule { task: ScheduledTask::DailyMetrics, ..new("0 12 * * *", "UTC") };
    let made = schedules::create(app, actor, twice).await.expect("a second time of the day");
    let job = schedules::run_now(app, actor, &made.id).await.expect("queued");
    assert_eq!((job.kind, &result(&house, &job).await["answers"]), (JobKind::Metrics, &0.into()));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_version_is_promoted_and_an_equal_one_is_not() {
    let house = House::running().await;
    let model = house.model_of(200).await;
    let first = trained(&house, &model, 1).await;
    assert_eq!(first["decision"], "first_champion");

    let better = trained(&house, &model, 60).await;
    assert_eq!(better["decision"], "promoted", "{better}");
    assert_eq!(champion(&house, &model).await.as_deref(), better["version"].as_str());
    let decision = &decisions(&house, &model).await[0];
    assert_eq!(
        (decision.kind, &decision.evidence["verdict"]["reason"]["code"]),
        (DecisionKind::Promoted, &"gain".into())
    );
    let evidence = &decision.evidence["case"]["evidence"];
    assert_eq!(evidence["paired"]["rows"], 3 * 3 * 14, "three folds of three branches");
    assert!(evidence["decides"]["p"].as_f64().expect("a p") < 0.05, "{evidence}");

    let equal = trained(&house, &model, 60).await;
    assert_eq!(equal["decision"], "kept");
    let decision = &decisions(&house, &model).await[0];
    assert_eq!(decision.evidence["verdict"]["reason"]["code"], "no_gain");
    let worse = trained(&house, &model, 1).await;
    assert_eq!(worse["decision"], "rejected", "it harms branches beyond chance");
    assert_eq!(champion(&house, &model).await.as_deref(), better["version"].as_str());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn training_again_is_asked_answered_and_kept() {
    let house = House::running().await;
    let model = house.model_of(200).await;
    trained(&house, &model, 1).await;

    let young = retrained(&house, &model, Asked::default()).await;
    assert_eq!(young["outcome"], "not_needed");
    house.clock.advance(SignedDuration::from_hours(24 * 31));
    let stale = retrained(&house, &model, Asked::default()).await;
    assert_eq!(stale["outcome"], "refused", "the rows end in July 2025");
    let kept = &decisions(&house, &model).await[0];
    assert_eq!(
        (kept.kind, &kept.evidence["refusal"]["code"]),
        (DecisionKind::NotRetrained, &"source_stopped".into())
    );

    // Thirty days on: the serving version forecasts the last fold itself, from where its history ends.
    models::apply(&house.app, &house.actor, spec(60)).await.expect("a right spec");
    house.upload("sales", &sales(230)).await;
    let limited = Asked { performance_threshold: Some(0.01), force_deploy: true, ..by_hand() };
    let over = retrained(&house, &model, limited).await;
    assert_eq!(over["decision"], "kept", "{over}");
    assert!(over["reason"].as_str().expect("a reason").contains("over the 0.01%"), "{over}");
    let by_hand = retrained(&house, &model, by_hand()).await;
    assert_eq!(by_hand["decision"], "promoted", "{by_hand}");
    let evidence = &decisions(&house, &model).await[0].evidence["case"]["evidence"];
    assert_eq!(
        evidence["paired"]["rows"],
        2 * 3 * 14,
        "two of three folds begin after its history: {evidence}"
    );
    house.close().await;
}
