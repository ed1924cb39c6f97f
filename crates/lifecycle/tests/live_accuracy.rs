//! What was forecast meets what came: actuals, daily metrics, and what they ask for.

mod common;

use common::{House, sales, training};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::Value;
use vakhta_domain::actual::Truth;
use vakhta_domain::daily::{DailyRow, Role, Scope};
use vakhta_domain::ids::ModelKey;
use vakhta_domain::job::{JobKind, JobState};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::JobFilter;
use vakhta_lifecycle::actuals::{self, ActualsError, Item};
use vakhta_lifecycle::metrics::errors::{Miss, errors};
use vakhta_lifecycle::metrics::health::{Trouble, health};
use vakhta_lifecycle::metrics::summary::{Summary, segments, summary};
use vakhta_lifecycle::metrics::{self, Asked};
use vakhta_lifecycle::retrain;
use vakhta_lifecycle::serve::forecast::{ForecastRequest, SeriesChoice, forecast};
use vakhta_lifecycle::training as trainings;

/// Days of sales up to 28 February 2026, the day before the clock starts.
const DAYS: i32 = 424;
const FIRST: Date = date(2026, 3, 2);

async fn serving() -> (House, ModelKey) {
    let house = House::running().await;
    let model = house.model_of(DAYS).await;
    let job = trainings::request(&house.app, &house.actor, training(&model)).await.expect("queued");
    assert_eq!(house.ended(&job.id).await.state, JobState::Completed);
    (house, model)
}

/// Forecasts everything, and says what was forecast for a day, by series.
async fn asked(house: &House, model: &ModelKey) -> impl Fn(&str, Date) -> f64 + use<> {
    let request = ForecastRequest::of(model.clone());
    let answer = forecast(&house.app, &house.actor, request).await.expect("it forecasts");
    move |series, day| {
        let found = answer.series.iter().find(|s| s.series[0] == series).expect("a series");
        found.points.iter().find(|p| p.date == day).expect("within the horizon").value
    }
}

fn actual(series: &str, day: Date, value: f64) -> Item {
    Item {
        series: Some(SeriesChoice::Values(vec![series.into()])),
        date: Some(day.to_string()),
        value: Some(value),
        ..Item::default()
    }
}

async fn calculated(house: &House, model: &ModelKey, recalculate: bool) -> Value {
    let job = metrics::request(&house.app, &house.actor, model, Asked { recalculate }).await.expect("queued");
    let job = house.ended(&job.id).await;
    assert_eq!(job.state, JobState::Completed, "{:?}", job.error);
    job.result.expect("a result")
}

async fn stored(house: &House, model: &ModelKey) -> Model {
    house.ports.models.model(&house.actor.workspace, model).await.expect("works").expect("is there")
}

async fn told(house: &House, model: &ModelKey) -> Summary {
    let model = stored(house, model).await;
    summary(&house.app, &house.actor.workspace, &model, 30).await.expect("works")
}

async fn rows(house: &House, model: &ModelKey) -> Vec<DailyRow> {
    let mut rows = Vec::new();
    for scope in [Scope::All, Scope::Segment] {
        let found =
            house.ports.actuals.daily_rows(&house.actor.workspace, model, scope, date(2025, 1, 1)).await;
        rows.extend(found.expect("works"));
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn forecasts_meet_actuals_late_corrected_zero_and_absent() {
    let (house, model) = serving().await;
    let said = asked(&house, &model).await;
    let day = |n: i64| FIRST.saturating_add(jiff::Span::new().days(n));
    let made = calculated(&house, &model, false).await;
    assert_eq!(
        made["answers"],
        3 * 13,
        "three series, 2 to 14 March: the first of March is no forecast any more"
    );
    assert_eq!(made["answers_made_too_late"], 3);

    // The north is 10% off on the first day and 20% on the second; the third has no data; the fourth is zero.
    let items = vec![
        actual("north", FIRST, said("north", FIRST) / 1.1),
        actual("north", day(1), said("north", day(1)) / 1.2),
        actual("north", day(3), 0.0),
        actual("nowhere", FIRST, 5.0),
    ];
    let taken = actuals::receive(&house.app, &house.actor, &model, items.clone()).await.expect("taken");
    assert_eq!((taken.added, taken.corrected), (4, 0));
    house.clock.advance(SignedDuration::from_hours(24 * 5));
    assert_eq!(calculated(&house, &model, false).await["days"], 3);
    let found = told(&house, &model).await;
    let metrics = found.overall.metrics.clone().expect("numbers");
    assert_eq!((metrics.n, metrics.zero_actuals), (3, 1));
    assert!((metrics.mape.expect("told") - 15.0).abs() < 1e-6, "{metrics:?}");
    assert_eq!(metrics.coverage.len(), 2, "intervals are scored too");
    assert_eq!(found.coverage, (4 * 3, 3), "of four days that are over");
    assert_eq!(found.best.map(|(day, _)| day), Some(FIRST));
    assert_eq!(found.worst.map(|(day, _)| day), Some(day(1)));
    assert_eq!(found.newest_actual, Some(day(3)));

    // A correction, and the same again: only the first changes anything.
    let corrected = vec![actual("north", day(1), said("north", day(1)))];
    let taken = actuals::receive(&house.app, &house.actor, &model, corrected.clone()).await.expect("taken");
    assert_eq!(taken.corrected, 1);
    assert_eq!(told(&house, &model).await.days_due, 1);
    assert_eq!(calculated(&house, &model, false).await["days"], 1);
    let taken = actuals::receive(&house.app, &house.actor, &model, corrected).await.expect("taken");
    assert_eq!((taken.unchanged, told(&house, &model).await.days_due), (1, 0));
    let mape = told(&house, &model).await.overall.value().expect("told");
    assert!((mape - 5.0).abs() < 1e-6, "{mape}");

    // Computed again from nothing but what is stored, every number is the same to the bit.
    let before = rows(&house, &model).await;
    assert_eq!(calculated(&house, &model, true).await["days"], 13);
    assert_eq!(rows(&house, &model).await, before);
    let worst = segments(&house.app, &house.actor.workspace, &stored(&house, &model).await, 30).await;
    let worst = worst.expect("works");
    assert_eq!((worst.len(), worst[0].of.as_str(), worst[0].measured.scored), (3, "north", 3));

    where_it_errs(&house, &model).await;

    let bad = actuals::receive(&house.app, &house.actor, &model, vec![Item::default()]).await;
    assert!(matches!(bad, Err(ActualsError::BadItems(_))), "{bad:?}");
    house.close().await;
}

/// The same answers taken apart add up to the whole, and the largest misses come first.
async fn where_it_errs(house: &House, model: &ModelKey) {
    let whole = told(house, model).await.overall;
    let found =
        errors(&house.app, &house.actor.workspace, &stored(house, model).await, 92).await.expect("works");
    assert_eq!((found.overall.scored, found.overall.value()), (whole.scored, whole.value()));
    let scored = |counts: Vec<u64>| counts.into_iter().sum::<u64>();
    assert_eq!(scored(found.by_weekday.iter().map(|line| line.measured.scored).collect()), whole.scored);
    assert_eq!(scored(found.by_day_kind.iter().map(|line| line.measured.scored).collect()), whole.scored);
    assert_eq!(scored(found.by_size.iter().map(|line| line.measured.scored).collect()), whole.scored);
    assert!(found.by_size.is_sorted_by(|a, b| a.of.1 <= b.of.0), "{:?}", found.by_size);
    let error = |miss: &Miss| match (&miss.actual, miss.answered.0) {
        (Truth::Number(actual), Some(said)) => (said - actual).abs(),
        _ => panic!("numbers have numbers"),
    };
    assert!(found.misses.len() >= 2 && found.misses.is_sorted_by(|a, b| error(a) >= error(b)));
    assert!(found.misses.iter().all(|miss| miss.step.is_some() && miss.request.len() > 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_forecast_before_the_day_counts() {
    let (house, model) = serving().await;
    let _ = asked(&house, &model).await;
    house.clock.advance(SignedDuration::from_hours(24 * 2));
    let _ = asked(&house, &model).await;
    calculated(&house, &model, false).await;
    let rows = rows(&house, &model).await;
    let answers: u64 = rows.iter().filter(|row| row.scope == Scope::All).map(|row| row.answers).sum();
    assert_eq!(answers, 3 * 13, "one a series and day, whoever asked how often");
    assert!(rows.iter().all(|row| row.role == Role::Champion), "by the serving version");
    let logged = house.ports.actuals.paired(&house.actor.workspace, &model, date(2026, 3, 10), None, 9).await;
    let logged = logged.expect("works");
    assert_eq!(logged.len(), 3);
    assert!(logged.iter().all(|p| p.answer.at.to_string().starts_with("2026-03-03")), "the later one");
    assert!(logged.iter().all(|p| p.answer.step == Some(10)), "with its distance");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_dataset_are_actuals_and_thirty_days_later_they_ask_for_a_training() {
    let (house, model) = serving().await;
    // Asked for below; the schedule must not be first.
    house.paused(&format!("retrain:{model}"), true).await;
    let _ = asked(&house, &model).await;
    let trouble = health(&house.app, &house.actor.workspace).await.expect("works").remove(0).troubles;
    assert_eq!(trouble, [Trouble::NoAnswers], "nothing is computed yet");
    house.clock.advance(SignedDuration::from_hours(24 * 15));
    // The upload itself asks for the metrics.
    let mut csv = String::new();
    for (line, text) in sales(DAYS + 14).lines().enumerate() {
        let late = line > (DAYS as usize) * 3;
        let worse = text
            .rsplit_once(',')
            .filter(|_| late)
            .map(|(head, y)| format!("{head},{}", y.parse::<f64>().expect("a number") * 3.0));
        csv.push_str(&worse.unwrap_or_else(|| text.to_owned()));
        csv.push('\n');
    }
    house.upload("sales", &csv).await;
    let filter = JobFilter { kind: Some(JobKind::Metrics), ..JobFilter::default() };
    let jobs = house.ports.jobs.jobs(&house.actor.workspace, &filter, &PageQuery::first(9)).await;
    let jobs = jobs.expect("works").items;
    let [job] = &jobs[..] else { panic!("the upload asks once: {jobs:?}") };
    let done = house.ended(&job.id).await.result.expect("a result");
    assert_eq!(done["actuals"]["added"], 3 * 14, "1 to 14 March; what was learnt from is no news: {done}");
    let found = told(&house, &model).await;
    assert_eq!(found.coverage, (39, 39));
    let mape = found.overall.value().expect("told");
    assert!(mape > 50.0, "sales tripled: {mape}");
    assert!(health(&house.app, &house.actor.workspace).await.expect("works")[0].troubles.is_empty());
    assert_eq!(calculated(&house, &model, false).await["actuals"], Value::Null, "the rows were taken");

    let asked = retrain::Asked::default();
    let job = retrain::request(&house.app, &house.actor, &model, asked).await.expect("queued");
    let result = house.ended(&job.id).await.result.expect("a result");
    assert!(result["version"].is_string(), "it trains again: {result}");
    let log = house.ports.jobs.job_log(&house.actor.workspace, &job.id, 0, 50).await.expect("works");
    assert!(log.iter().any(|line| line.text.contains("live MAPE is")), "{log:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_computes_every_night() {
    let (house, model) = serving().await;
    let _ = asked(&house, &model).await;
    house.clock.advance(SignedDuration::from_hours(24));
    vakhta_lifecycle::jobs::fire_due(&house.app).await.expect("works");
    let schedule = vakhta_domain::ids::ScheduleId::new("metrics:sales");
    let schedule = house.ports.schedules.schedule(&house.actor.workspace, &schedule).await;
    let fired = schedule.expect("works").expect("is there").last.expect("it fired");
    let job = house.ended(&fired.job).await;
    assert_eq!((job.state, &job.result.expect("a result")["answers"]), (JobState::Completed, &39.into()));
    house.close().await;
}
