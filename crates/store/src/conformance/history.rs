//! Events and remembered answers.

use super::Bed;
use super::samples::{actor, event, home};
use jiff::SignedDuration;
use serde_json::json;
use vakhta_domain::event::{Event, NewEvent};
use vakhta_domain::ids::{DatasetKey, ModelKey, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{EventFilter, JobFilter, Replay, StoreError, UserFilter};
use vakhta_domain::user::{Actor, Source};

async fn find(bed: &Bed, filter: EventFilter) -> Vec<Event> {
    bed.ports.events.events(&home(), &filter, &PageQuery::first(100)).await.expect("works").items
}

pub(super) async fn events_are_filtered(bed: Bed) {
    let events = &bed.ports.events;
    assert_eq!(events.last_seq().await.expect("works"), 0);
    let start = bed.now();
    let full = event("job.queued", start).with(json!({"a": [1, "б"]})).of_model("visits").by_job("j1");
    events.append(&full).await.expect("works");
    bed.clock.advance(SignedDuration::from_secs(10));
    let system = Actor { ip: Some("10.0.0.2".into()), ..Actor::system(home()) };
    let plain = NewEvent::about("jobs_other.done", ("thing", "x"), &system, bed.now());
    events.append(&plain).await.expect("works");
    events.append(&event("job.failed", bed.now())).await.expect("works");

    let stored = events.event(&home(), 1).await.expect("works").expect("is there");
    let who = actor();
    let expected = Event {
        seq: 1,
        at: start,
        kind: "job.queued".into(),
        subject_type: "thing".into(),
        subject_id: "it".into(),
        model: Some("visits".into()),
        job: Some("j1".into()),
        user: Some("user_1".into()),
        actor: who.name,
        source: who.source,
        ip: who.ip,
        user_agent: who.user_agent,
        request_id: who.request_id,
        data: json!({"a": [1, "б"]}),
    };
    assert_eq!(stored, expected);
    assert_eq!(events.event(&home(), 9).await.expect("works"), None);

    let any = EventFilter::default;
    let cases = [
        (any(), vec![3, 2, 1]),
        (EventFilter { kind: Some("job.".into()), ..any() }, vec![3, 1]),
        (EventFilter { kind: Some("job.failed".into()), ..any() }, vec![3]),
        (EventFilter { kind: Some("job".into()), ..any() }, vec![]),
        (EventFilter { actor: Some("system".into()), ..any() }, vec![2]),
        (EventFilter { source: Some(Source::Api), ..any() }, vec![3, 1]),
        (EventFilter { ip: Some("10.0.0.2".into()), ..any() }, vec![2]),
        (EventFilter { model: Some("visits".into()), ..any() }, vec![1]),
        (EventFilter { since: Some(bed.now()), ..any() }, vec![3, 2]),
        (EventFilter { until: Some(bed.now()), ..any() }, vec![1]),
        (EventFilter { kind: Some("job.".into()), since: Some(bed.now()), ..any() }, vec![3]),
    ];
    for (filter, expected) in cases {
        let seqs: Vec<_> = find(&bed, filter.clone()).await.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, expected, "{filter:?}");
    }
}

pub(super) async fn pages_of_events(bed: Bed) {
    for _ in 0..5 {
        bed.ports.events.append(&event("a.b", bed.now())).await.expect("works");
    }
    let mut page = PageQuery::first(2);
    let mut seqs = Vec::new();
    loop {
        let got = bed.ports.events.events(&home(), &EventFilter::default(), &page).await.expect("works");
        seqs.extend(got.items.iter().map(|event| event.seq));
        // A new event between two pages moves nothing.
        bed.ports.events.append(&event("c.d", bed.now())).await.expect("works");
        page.cursor = got.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seqs, [5, 4, 3, 2, 1]);
}

pub(super) async fn events_of_all_workspaces(bed: Bed) {
    bed.store.add_workspace("other").await;
    let elsewhere = Actor::system(WorkspaceId::new("other"));
    bed.ports.events.append(&event("a.b", bed.now())).await.expect("works");
    let told = NewEvent::about("c.d", ("thing", "x"), &elsewhere, bed.now());
    bed.ports.events.append(&told).await.expect("works");
    bed.ports.events.append(&event("e.f", bed.now())).await.expect("works");
    let after = bed.ports.events.events_after(1, 10).await.expect("works");
    let seen: Vec<_> = after.iter().map(|(w, e)| (w.as_str(), e.seq, e.kind.as_str())).collect();
    assert_eq!(seen, [("other", 2, "c.d"), ("default", 3, "e.f")]);
    assert_eq!(bed.ports.events.events_after(0, 1).await.expect("works").len(), 1);
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), 3);
}

async fn take(bed: &Bed, key: &str, fingerprint: &str) -> Replay {
    let stale = bed.now() - SignedDuration::from_secs(60);
    bed.ports.idempotency.take(&home(), key, fingerprint, bed.now(), stale).await.expect("works")
}

pub(super) async fn answers_are_replayed(bed: Bed) {
    let answers = &bed.ports.idempotency;
    assert_eq!(take(&bed, "k", "a").await, Replay::Fresh);
    assert_eq!(take(&bed, "k", "a").await, Replay::InProgress);
    assert_eq!(take(&bed, "k", "b").await, Replay::Different);
    answers.remember(&home(), "k", 201, b"{\"id\": \"\xff\"}").await.expect("works");
    assert_eq!(take(&bed, "k", "a").await, Replay::Answered(201, b"{\"id\": \"\xff\"}".to_vec()));
    assert_eq!(take(&bed, "k", "b").await, Replay::Different);
    answers.forget(&home(), "k").await.expect("works");
    assert!(matches!(take(&bed, "k", "a").await, Replay::Answered(..)), "an answer is not freed");
    assert_eq!(take(&bed, "failed", "a").await, Replay::Fresh);
    answers.forget(&home(), "failed").await.expect("works");
    assert_eq!(take(&bed, "failed", "b").await, Replay::Fresh);
    bed.clock.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(take(&bed, "k", "b").await, Replay::Fresh, "forgotten after a week");
}

pub(super) async fn stale_keys_are_taken_over(bed: Bed) {
    assert_eq!(take(&bed, "k", "a").await, Replay::Fresh);
    bed.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(take(&bed, "k", "b").await, Replay::Fresh, "its first owner is gone");
    assert_eq!(take(&bed, "k", "b").await, Replay::InProgress, "and it has a new one");
    assert_eq!(take(&bed, "k", "a").await, Replay::Different);
    bed.ports.idempotency.remember(&home(), "k", 200, b"").await.expect("works");
    bed.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(take(&bed, "k", "b").await, Replay::Answered(200, vec![]), "answers do not go stale");
}

pub(super) async fn bad_cursors_are_refused(bed: Bed) {
    for n in 0..3 {
        bed.ports.events.append(&event("a.b", bed.now())).await.expect("works");
        super::samples::add_model(&bed, &format!("m{n}")).await;
    }
    let events = bed.ports.events.events(&home(), &EventFilter::default(), &PageQuery::first(1)).await;
    let of_events = events.expect("works").next_cursor.expect("there is more");
    let models = bed.ports.models.models(&home(), &PageQuery::first(1)).await.expect("works");
    let of_models = models.next_cursor.expect("there is more");
    let model = ModelKey::new("m0");
    for cursor in ["", "zz", "00", of_events.as_str(), of_models.as_str(), "ffff", "6a6f62731f78"] {
        let page = PageQuery { limit: 5, cursor: Some(cursor.to_owned()) };
        let ports = &bed.ports;
        let mut answers = vec![
            ports.accounts.users(&UserFilter::default(), &page).await.err(),
            ports.datasets.datasets(&home(), &page).await.err(),
            ports.datasets.dataset_versions(&home(), &DatasetKey::new("d"), &page).await.err(),
            ports.versions.versions(&home(), &model, &page).await.err(),
            ports.versions.deployments(&home(), &model, &page).await.err(),
            ports.versions.decisions(&home(), &model, &page).await.err(),
            ports.jobs.jobs(&home(), &JobFilter::default(), &page).await.err(),
        ];
        if cursor != of_events {
            answers.push(ports.events.events(&home(), &EventFilter::default(), &page).await.err());
        }
        if cursor != of_models {
            answers.push(ports.models.models(&home(), &page).await.err());
        }
        for (n, answer) in answers.into_iter().enumerate() {
            assert!(matches!(answer, Some(StoreError::BadCursor(_))), "{cursor}, list {n}: {answer:?}");
        }
    }
}
