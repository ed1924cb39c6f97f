//! An alert from the first bad day to the last word: it fires once, is told, acknowledged, and is over.

mod common;

use common::{House, training};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use vakhta_domain::alert::channel::{Secret, Secrets, Target};
use vakhta_domain::alert::delivery::DeliveryState;
use vakhta_domain::alert::rule::{RuleKind, RuleSettings};
use vakhta_domain::alert::{Alert, Language, Severity, State};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{JobId, ModelKey, WorkerId};
use vakhta_domain::job::{JobKind, JobState, NewJob, Outcome};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{AlertFilter, DeliveryFilter, Enqueued, EventFilter, JobLease};
use vakhta_lifecycle::actuals::{self, Item};
use vakhta_lifecycle::alerts::channels::{self, NewChannel};
use vakhta_lifecycle::alerts::silences::{self, NewSilence};
use vakhta_lifecycle::alerts::{self, handle, rules};
use vakhta_lifecycle::metrics::{self, Asked};
use vakhta_lifecycle::serve::forecast::{ForecastRequest, SeriesChoice, forecast};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn channel(house: &House) {
    let new = NewChannel {
        name: "ops".into(),
        target: Target::Webhook,
        secrets: Secrets { url: Some(Secret::new("https://hook.example.com/hunter2")), ..Secrets::default() },
        language: Language::En,
        least: Severity::Warning,
        models: Vec::new(),
        resolved: true,
        enabled: true,
    };
    channels::create(&house.app, &house.actor, new).await.expect("a right channel");
}

/// Only this rule watches.
async fn only(house: &House, kept: RuleKind) {
    let off = |kind: RuleKind| {
        let settings = RuleSettings { enabled: kind == kept, ..RuleSettings::default_of(kind) };
        (kind, Some(settings))
    };
    let wanted: BTreeMap<_, _> = RuleKind::ALL.into_iter().map(off).collect();
    rules::set(&house.app, &house.actor, wanted).await.expect("right rules");
}

/// Looks twice: whoever looks beside the test may have been first with older facts.
async fn look(house: &House) {
    for _ in 0..2 {
        alerts::evaluate(&house.app).await.expect("works");
    }
}

async fn all(house: &House) -> Vec<Alert> {
    let (filter, page) = (AlertFilter::default(), PageQuery::first(50));
    house.ports.alerts.alerts(&house.actor.workspace, &filter, &page).await.expect("works").items
}

/// What was taken, once so much was.
async fn taken(house: &House, count: usize) -> Vec<common::Heard> {
    let began = Instant::now();
    loop {
        alerts::deliver_due(&house.app).await.expect("works");
        let heard: Vec<_> = house.ear.heard().into_iter().filter(|heard| heard.taken).collect();
        if heard.len() >= count || began.elapsed() > Duration::from_secs(10) {
            return heard;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn events(house: &House) -> Vec<String> {
    let filter = EventFilter { kind: Some("alert.".into()), ..EventFilter::default() };
    let page = house.ports.events.events(&house.actor.workspace, &filter, &PageQuery::first(50)).await;
    page.expect("works").items.into_iter().map(|event| event.kind).rev().collect()
}

/// Actuals that make every forecast of eight days too large by that share.
async fn came(house: &House, model: &ModelKey, said: &BTreeMap<(String, Date), f64>, share: f64) {
    let items = said.iter().map(|((series, day), value)| Item {
        series: Some(SeriesChoice::Values(vec![series.clone()])),
        date: Some(day.to_string()),
        value: Some(value / (1.0 + share)),
        ..Item::default()
    });
    let items: Vec<Item> = items.collect();
    assert_eq!(items.len(), 24);
    actuals::receive(&house.app, &house.actor, model, items).await.expect("taken");
    let job = metrics::request(&house.app, &house.actor, model, Asked::default()).await.expect("queued");
    assert_eq!(house.ended(&job.id).await.state, JobState::Completed);
    look(house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_days_are_told_once_and_good_ones_end_it() {
    let house = House::running().await;
    let model = house.model_of(424).await;
    // Asked for below; the schedule must not be first.
    house.paused(&format!("metrics:{model}"), true).await;
    let job = vakhta_lifecycle::training::request(&house.app, &house.actor, training(&model)).await;
    assert_eq!(house.ended(&job.expect("queued").id).await.state, JobState::Completed);
    only(&house, RuleKind::Mape).await;
    channel(&house).await;
    let request = ForecastRequest::of(model.clone());
    let answer = forecast(&house.app, &house.actor, request).await.expect("it forecasts");
    let days: Vec<Date> = (2..10).map(|day| date(2026, 3, day)).collect();
    let said: BTreeMap<(String, Date), f64> = answer
        .series
        .iter()
        .flat_map(|series| series.points.iter().map(|p| ((series.series[0].clone(), p.date), p.value)))
        .filter(|((_, day), _)| days.contains(day))
        .collect();
    look(&house).await;
    assert_eq!(all(&house).await, [], "nothing is known yet");

    house.clock.advance(DAY * 9);
    came(&house, &model, &said, 0.12).await;
    let fired = all(&house).await;
    assert_eq!(fired.len(), 1, "{fired:?}");
    assert_eq!(
        (fired[0].rule, fired[0].state, fired[0].severity),
        (RuleKind::Mape, State::Firing, Severity::Warning)
    );
    assert!((fired[0].value.expect("a number") - 12.0).abs() < 1e-6);
    assert_eq!((fired[0].detail.answers, fired[0].detail.days), (Some(21), Some(7)));
    let heard = taken(&house, 1).await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].subject, "[WARNING] sales: MAPE 12%, the limit is 10%");
    look(&house).await;
    assert_eq!(taken(&house, 1).await.len(), 1, "it does not repeat itself");

    let note = Some("looking".to_owned());
    let said_so = handle::acknowledge(&house.app, &house.actor, &fired[0].id, note).await.expect("it fires");
    assert_eq!(said_so.state, State::Acknowledged);
    came(&house, &model, &said, 0.095).await;
    let after = all(&house).await;
    assert_eq!((after.len(), after[0].state), (1, State::Acknowledged), "9.5% is not well below 10%");
    came(&house, &model, &said, 0.2).await;
    let after = all(&house).await;
    assert_eq!((after[0].state, after[0].severity), (State::Firing, Severity::Critical));
    came(&house, &model, &said, 0.0).await;
    let after = all(&house).await;
    assert_eq!((after.len(), after[0].state, &after[0].resolved_by), (1, State::Resolved, &None));
    let heard = taken(&house, 3).await;
    let subjects: Vec<&str> = heard.iter().map(|heard| heard.subject.as_str()).collect();
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    assert!(subjects[1].starts_with("[CRITICAL] sales: MAPE 20%"), "{subjects:?}");
    assert!(subjects[2].starts_with("[RESOLVED] sales"), "{subjects:?}");
    let kinds = events(&house).await;
    assert_eq!(kinds, ["alert.fired", "alert.acknowledged", "alert.escalated", "alert.resolved"]);
    house.close().await;
}

async fn trained(house: &House, model: &ModelKey, name: &str, outcome: Outcome) {
    let now = house.app.ports.clock.now();
    let job = NewJob {
        id: JobId::new(name),
        kind: JobKind::Train,
        model: Some(model.clone()),
        payload: serde_json::Value::Null,
        single_flight: None,
        limit_seconds: 60,
        owner: house.actor.clone(),
        at: now,
        retry_of: None,
    };
    let event = NewEvent::about("job.queued", ("job", name), &house.actor, now);
    let queued = house.ports.jobs.enqueue(&job, &event).await.expect("works");
    assert!(matches!(queued, Enqueued::Queued(_)));
    let worker = WorkerId::new("w");
    let until = now + SignedDuration::from_mins(1);
    let running = house.ports.jobs.claim(&worker, &[JobKind::Train], now, until).await.expect("works");
    let lease = JobLease { job: running.expect("a job").id, attempt: 1 };
    assert!(house.ports.jobs.finish(&lease, &outcome, now, &event).await.expect("works"));
    house.clock.advance(SignedDuration::from_secs(1));
    alerts::evaluate(&house.app).await.expect("works");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_owed_to_the_channel_until_it_is_taken() {
    let house = House::quiet().await;
    let model = house.model_of(30).await;
    channel(&house).await;
    trained(&house, &model, "job_1", Outcome::Failed("out of memory".into())).await;
    let fired = all(&house).await;
    assert_eq!(
        (fired.len(), fired[0].subject.as_str(), fired[0].state),
        (1, "sales/training", State::Firing)
    );
    house.ear.refuses.store(2, Ordering::SeqCst);
    assert_eq!(alerts::deliver_due(&house.app).await.expect("works"), 1);
    assert_eq!(alerts::deliver_due(&house.app).await.expect("works"), 0, "not before its time");
    // What ends meanwhile waits behind what was not taken yet.
    trained(&house, &model, "job_2", Outcome::Completed(serde_json::Value::Null)).await;
    assert_eq!(all(&house).await[0].state, State::Resolved);
    house.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(alerts::deliver_due(&house.app).await.expect("works"), 1, "it is refused again");
    house.clock.advance(SignedDuration::from_secs(11));
    assert_eq!(alerts::deliver_due(&house.app).await.expect("works"), 2);
    let heard = house.ear.heard();
    assert_eq!(heard.iter().map(|heard| heard.taken).collect::<Vec<_>>(), [false, false, true, true]);
    assert_eq!((&heard[0].id, &heard[1].id), (&heard[2].id, &heard[2].id), "the same message");
    assert!(heard[2].text.contains("Reason: out of memory"), "{}", heard[2].text);
    assert!(heard[3].subject.starts_with("[RESOLVED] sales/training"), "{}", heard[3].subject);
    let (filter, page) = (DeliveryFilter::default(), PageQuery::first(9));
    let log = house.ports.alerts.deliveries(&house.actor.workspace, &filter, &page).await;
    let log = log.expect("works").items;
    let ended: Vec<_> = log.iter().map(|d| (d.state, d.attempts, d.error.as_deref())).collect();
    assert_eq!(ended, [(DeliveryState::Delivered, 1, None), (DeliveryState::Delivered, 3, Some("busy"))]);

    // One that a person resolved stays quiet until another job fails.
    trained(&house, &model, "job_3", Outcome::Failed("out of memory".into())).await;
    let open = all(&house).await.remove(0);
    assert_eq!(
        handle::resolve(&house.app, &house.actor, &open.id).await.expect("it fires").state,
        State::Resolved
    );
    alerts::evaluate(&house.app).await.expect("works");
    assert_eq!(all(&house).await.len(), 2);
    let until = house.app.ports.clock.now() + DAY;
    let silence = NewSilence { rule: None, model: Some(model.clone()), until, reason: "a move".into() };
    let silence = silences::create(&house.app, &house.actor, silence).await.expect("a right one");
    trained(&house, &model, "job_4", Outcome::Failed("out of memory".into())).await;
    let open = all(&house).await.remove(0);
    assert_eq!((open.state, open.silenced_by), (State::Firing, Some(silence.id.clone())));
    let before = taken(&house, 4).await.len();
    silences::end(&house.app, &house.actor, &silence.id).await.expect("it held");
    house.clock.advance(SignedDuration::from_secs(1));
    alerts::evaluate(&house.app).await.expect("works");
    assert_eq!(taken(&house, before + 1).await.len(), before + 1, "it is told after the silence");

    // A channel that is gone is owed nothing.
    let ops = house.ports.alerts.channels(&house.actor.workspace).await.expect("works").remove(0);
    channels::delete(&house.app, &house.actor, &ops.id).await.expect("it is there");
    trained(&house, &model, "job_5", Outcome::Completed(serde_json::Value::Null)).await;
    assert_eq!(taken(&house, before + 1).await.len(), before + 1);
    vakhta_lifecycle::models::delete(&house.app, &house.actor, &model).await.expect("it is there");
    alerts::evaluate(&house.app).await.expect("works");
    assert!(house.ports.alerts.live_alerts(&house.actor.workspace).await.expect("works").is_empty());
}
