//! The queue.

use super::Bed;
use super::samples::{claim, enqueue, event, home, job, lease};
use jiff::SignedDuration;
use serde_json::json;
use vakhta_domain::ids::{JobId, ModelKey, WorkerId};
use vakhta_domain::job::{Job, JobKind, JobState, JobTally, NewJob, Orphan, Outcome};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Beat, CancelAnswer, Enqueued, JobFilter};
use vakhta_domain::user::{Actor, Source};

async fn read(bed: &Bed, id: &str) -> Job {
    bed.ports.jobs.job(&home(), &JobId::new(id)).await.expect("works").expect("is there")
}

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

pub(super) async fn a_job_from_start_to_end(bed: Bed) {
    let new = job("j1", "visits", bed.now());
    let queued = enqueue(&bed, &new).await;
    assert_eq!((queued.state, queued.attempt, &queued.owner), (JobState::Queued, 0, &new.owner));
    assert_eq!((&queued.payload, queued.limit_seconds), (&new.payload, 1800));
    assert_eq!(read(&bed, "j1").await, queued);

    bed.clock.advance(seconds(1));
    let running = claim(&bed, "w1").await.expect("a job");
    assert_eq!((running.state, running.attempt), (JobState::Running, 1));
    assert_eq!((running.worker.clone(), running.started_at), (Some(WorkerId::new("w1")), Some(bed.now())));
    assert_eq!(running.lease_until, Some(bed.now() + seconds(10)));
    assert!(claim(&bed, "w2").await.is_none(), "there is but one");

    let until = bed.now() + seconds(30);
    let (jobs, lease) = (&bed.ports.jobs, lease(&running));
    assert_eq!(jobs.beat(&lease, until, Some("folds"), 250_000).await.expect("works"), Beat::Continue);
    assert_eq!(jobs.beat(&lease, until, None, 300_000).await.expect("works"), Beat::Continue);
    let seen = read(&bed, "j1").await;
    assert_eq!((seen.stage.as_deref(), seen.progress_ppm), (Some("folds"), 300_000));
    assert_eq!(seen.lease_until, Some(until));

    let told = event("job.completed", bed.now());
    let outcome = Outcome::Completed(json!({"version": "v_1"}));
    assert!(jobs.finish(&lease, &outcome, bed.now(), &told).await.expect("works"));
    assert!(!jobs.finish(&lease, &Outcome::Cancelled, bed.now(), &told).await.expect("works"), "it ended");
    let ended = read(&bed, "j1").await;
    assert_eq!((ended.state, ended.progress_ppm), (JobState::Completed, 1_000_000));
    assert_eq!((ended.result, ended.error), (Some(json!({"version": "v_1"})), None));
    assert_eq!((ended.finished_at, ended.lease_until), (Some(bed.now()), None));
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), 2);

    enqueue(&bed, &job("j2", "visits", bed.now())).await;
    let running = claim(&bed, "w1").await.expect("a job");
    let failed = Outcome::Failed("не хватило строк".into());
    assert!(jobs.finish(&super::samples::lease(&running), &failed, bed.now(), &told).await.expect("works"));
    let ended = read(&bed, "j2").await;
    assert_eq!((ended.state, ended.error.as_deref()), (JobState::Failed, Some("не хватило строк")));
}

pub(super) async fn single_flight(bed: Bed) {
    let jobs = &bed.ports.jobs;
    let told = event("job.queued", bed.now());
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let busy = Enqueued::Busy(JobId::new("j1"));
    assert_eq!(jobs.enqueue(&job("j2", "visits", bed.now()), &told).await.expect("works"), busy);
    enqueue(&bed, &job("j3", "sales", bed.now())).await;
    let flight = job("j1", "visits", bed.now()).single_flight.expect("a flight");
    let under_way = async || jobs.under_way(&home(), &flight).await.expect("works");
    assert_eq!(under_way().await, Some(JobId::new("j1")), "it waits");
    let running = claim(&bed, "w").await.expect("a job");
    assert_eq!(under_way().await, Some(JobId::new("j1")), "it runs");
    assert_eq!(jobs.enqueue(&job("j2", "visits", bed.now()), &told).await.expect("works"), busy, "it runs");
    let ended = event("job.failed", bed.now());
    assert!(jobs.finish(&lease(&running), &Outcome::Cancelled, bed.now(), &ended).await.expect("works"));
    assert_eq!(under_way().await, None, "it ended");
    enqueue(&bed, &job("j2", "visits", bed.now())).await;
    for id in ["free1", "free2"] {
        enqueue(&bed, &NewJob { single_flight: None, ..job(id, "visits", bed.now()) }).await;
    }
    assert!(bed.ports.jobs.job(&home(), &JobId::new("free2")).await.expect("works").is_some());
}

pub(super) async fn cancelling(bed: Bed) {
    let jobs = &bed.ports.jobs;
    let told = event("job.cancelled", bed.now());
    let cancel = |id: &'static str| {
        let (told, now) = (told.clone(), bed.now());
        async move { jobs.cancel(&home(), &JobId::new(id), now, &told).await.expect("works") }
    };
    assert_eq!(cancel("none").await, CancelAnswer::Missing);
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    assert_eq!(cancel("j1").await, CancelAnswer::Cancelled);
    assert_eq!(cancel("j1").await, CancelAnswer::Ended(JobState::Cancelled));
    let ended = read(&bed, "j1").await;
    assert_eq!((ended.state, ended.finished_at), (JobState::Cancelled, Some(bed.now())));
    assert!(claim(&bed, "w").await.is_none());

    enqueue(&bed, &job("j2", "visits", bed.now())).await;
    let running = claim(&bed, "w").await.expect("a job");
    let before = bed.ports.events.last_seq().await.expect("works");
    assert_eq!(cancel("j2").await, CancelAnswer::Requested);
    assert_eq!(cancel("j2").await, CancelAnswer::Requested);
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), before + 1, "told once");
    let beat = jobs.beat(&lease(&running), bed.now(), None, 0).await.expect("works");
    assert_eq!(beat, Beat::Cancel);
    assert!(jobs.finish(&lease(&running), &Outcome::Cancelled, bed.now(), &told).await.expect("works"));
    assert_eq!(cancel("j2").await, CancelAnswer::Ended(JobState::Cancelled));
}

pub(super) async fn releasing(bed: Bed) {
    let queued = enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let running = claim(&bed, "w1").await.expect("a job");
    let held = lease(&running);
    bed.ports.jobs.beat(&held, bed.now(), Some("folds"), 5).await.expect("works");
    assert!(bed.ports.jobs.release(&held).await.expect("works"));
    assert_eq!(read(&bed, "j1").await, queued, "as if it had not been");
    assert!(!bed.ports.jobs.release(&held).await.expect("works"));
    assert_eq!(claim(&bed, "w2").await.expect("a job").attempt, 1);
}

pub(super) async fn an_orphan_waits_for_its_next_attempt(bed: Bed) {
    let told = event("job.requeued", bed.now());
    enqueue(&bed, &job("first", "a", bed.now())).await;
    let lost = claim(&bed, "w").await.expect("a job");
    enqueue(&bed, &job("second", "b", bed.now())).await;
    bed.clock.advance(seconds(11));
    let settled = bed.ports.jobs.settle(&lease(&lost), Orphan::Requeue(30), "", bed.now(), &told).await;
    assert!(settled.expect("works"));
    assert_eq!(claim(&bed, "w").await.expect("a job").id.as_str(), "second", "the younger one goes first");
    bed.clock.advance(seconds(29));
    assert_eq!(claim(&bed, "w").await, None);
    bed.clock.advance(seconds(1));
    let again = claim(&bed, "w").await.expect("its time has come");
    assert_eq!((again.id.as_str(), again.attempt), ("first", 2));
}

pub(super) async fn orphans_are_settled_once(bed: Bed) {
    let jobs = &bed.ports.jobs;
    let told = event("job.recovered", bed.now());
    let cases = [
        (Orphan::Requeue(0), JobState::Queued),
        (Orphan::Fail, JobState::Failed),
        (Orphan::Cancel, JobState::Cancelled),
    ];
    for (n, (what, state)) in cases.into_iter().enumerate() {
        let id = format!("j{n}");
        enqueue(&bed, &job(&id, &id, bed.now())).await;
        let running = claim(&bed, "w").await.expect("a job");
        assert_eq!(running.id.as_str(), id);
        assert_eq!(jobs.orphans(bed.now()).await.expect("works"), [], "its lease holds");
        let lease = lease(&running);
        let early = jobs.settle(&lease, what, "пропал", bed.now(), &told).await.expect("works");
        assert!(!early, "its worker is alive");
        bed.clock.advance(seconds(11));
        let orphans = jobs.orphans(bed.now()).await.expect("works");
        assert_eq!(orphans.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
        assert!(jobs.settle(&lease, what, "пропал", bed.now(), &told).await.expect("works"));
        assert!(!jobs.settle(&lease, what, "пропал", bed.now(), &told).await.expect("works"));
        let settled = read(&bed, &id).await;
        assert_eq!((settled.state, settled.lease_until), (state, None));
        assert_eq!(settled.error.as_deref(), (what == Orphan::Fail).then_some("пропал"));
        assert_eq!(settled.finished_at.is_some(), state.is_final());
        if what == Orphan::Requeue(0) {
            let again = claim(&bed, "w").await.expect("a job");
            assert_eq!(again.attempt, 2, "a lost attempt counts");
            let super_lease = super::samples::lease(&again);
            assert!(jobs.finish(&super_lease, &Outcome::Cancelled, bed.now(), &told).await.expect("works"));
        }
    }
}

pub(super) async fn late_workers_are_fenced_off(bed: Bed) {
    let jobs = &bed.ports.jobs;
    let told = event("job.recovered", bed.now());
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let late = lease(&claim(&bed, "w1").await.expect("a job"));
    bed.clock.advance(seconds(11));
    assert!(jobs.settle(&late, Orphan::Requeue(0), "", bed.now(), &told).await.expect("works"));
    for claimed_again in [false, true] {
        if claimed_again {
            assert_eq!(claim(&bed, "w2").await.expect("a job").attempt, 2);
        }
        let before = read(&bed, "j1").await;
        let until = bed.now() + seconds(99);
        assert_eq!(jobs.beat(&late, until, Some("x"), 1).await.expect("works"), Beat::Lost);
        jobs.log(&late, &[(bed.now(), "поздно".into())]).await.expect("works");
        let outcome = Outcome::Failed("поздно".into());
        assert!(!jobs.finish(&late, &outcome, bed.now(), &told).await.expect("works"));
        assert!(!jobs.release(&late).await.expect("works"));
        assert!(!jobs.settle(&late, Orphan::Fail, "", until, &told).await.expect("works"));
        assert_eq!(read(&bed, "j1").await, before);
        assert_eq!(jobs.job_log(&home(), &JobId::new("j1"), 0, 9).await.expect("works"), []);
    }
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), 2);
}

pub(super) async fn the_oldest_goes_first(bed: Bed) {
    for id in ["z", "a", "m"] {
        // The clock goes back: the order of asking counts, not what a clock said.
        bed.clock.advance(seconds(-1));
        let kind = if id == "a" { JobKind::Predict } else { JobKind::Train };
        enqueue(&bed, &NewJob { kind, ..job(id, id, bed.now()) }).await;
    }
    let claim = |kinds: &'static [JobKind]| {
        let (jobs, now) = (bed.ports.jobs.clone(), bed.now());
        async move {
            let claimed = jobs.claim(&WorkerId::new("w"), kinds, now, now + seconds(5)).await;
            claimed.expect("works").map(|job| job.id.as_str().to_owned())
        }
    };
    assert_eq!(claim(&[]).await, None);
    assert_eq!(claim(&[JobKind::Predict]).await.as_deref(), Some("a"));
    assert_eq!(claim(&JobKind::ALL).await.as_deref(), Some("z"));
    assert_eq!(claim(&JobKind::ALL).await.as_deref(), Some("m"));
    assert_eq!(claim(&JobKind::ALL).await, None);
}

pub(super) async fn logs_are_numbered(bed: Bed) {
    let jobs = &bed.ports.jobs;
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let lease = lease(&claim(&bed, "w").await.expect("a job"));
    for start in [0, 3] {
        let lines: Vec<_> = (start..start + 3).map(|n| (bed.now(), format!("строка {n}\0"))).collect();
        jobs.log(&lease, &lines).await.expect("works");
    }
    jobs.log(&lease, &[]).await.expect("works");
    let id = JobId::new("j1");
    let all = jobs.job_log(&home(), &id, 0, 100).await.expect("works");
    assert_eq!(all.iter().map(|line| line.line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!((all[4].text.as_str(), all[4].at), ("строка 4\u{fffd}", bed.now()));
    let some = jobs.job_log(&home(), &id, 2, 2).await.expect("works");
    assert_eq!(some.iter().map(|line| line.line).collect::<Vec<_>>(), [3, 4]);
}

pub(super) async fn filters_and_pages(bed: Bed) {
    let jobs = &bed.ports.jobs;
    for n in 0..5 {
        let kind = if n % 2 == 0 { JobKind::Train } else { JobKind::Predict };
        let id = format!("j{n}");
        enqueue(&bed, &NewJob { kind, ..job(&id, &id, bed.now()) }).await;
    }
    claim(&bed, "w").await.expect("a job");
    let ids = |filter: JobFilter| async move {
        let page = jobs.jobs(&home(), &filter, &PageQuery::first(9)).await.expect("works");
        page.items.iter().map(|job| job.id.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(JobFilter::default()).await, ["j4", "j3", "j2", "j1", "j0"]);
    let predicts = JobFilter { kind: Some(JobKind::Predict), ..JobFilter::default() };
    assert_eq!(ids(predicts).await, ["j3", "j1"]);
    let running = JobFilter { state: Some(JobState::Running), ..JobFilter::default() };
    assert_eq!(ids(running).await, ["j0"]);
    let of_model = JobFilter { model: Some(ModelKey::new("j2")), ..JobFilter::default() };
    assert_eq!(ids(of_model).await, ["j2"]);
    bed.clock.advance(seconds(60));
    let system = Actor::system(home());
    enqueue(&bed, &NewJob { owner: system, retry_of: Some(JobId::new("j0")), ..job("j5", "x", bed.now()) })
        .await;
    let any = JobFilter::default;
    assert_eq!(ids(JobFilter { owner: Some("system".into()), ..any() }).await, ["j5"]);
    assert_eq!(ids(JobFilter { source: Some(Source::System), ..any() }).await, ["j5"]);
    assert_eq!(ids(JobFilter { since: Some(bed.now()), ..any() }).await, ["j5"]);
    let until =
        JobFilter {
            until: Some(bed.now()), owner: Some("Анна".into()), source: Some(Source::Api), ..any()
        };
    assert_eq!(ids(until).await, ["j4", "j3", "j2", "j1", "j0"]);
    assert_eq!(read(&bed, "j5").await.retry_of, Some(JobId::new("j0")));
    let mut page = PageQuery::first(2);
    let mut seen = Vec::new();
    loop {
        let got = jobs.jobs(&home(), &JobFilter::default(), &page).await.expect("works");
        seen.extend(got.items.iter().map(|job| job.id.as_str().to_owned()));
        page.cursor = got.next_cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["j5", "j4", "j3", "j2", "j1", "j0"]);
}

pub(super) async fn jobs_are_counted(bed: Bed) {
    let tally = async || bed.ports.jobs.tally().await.expect("works");
    assert_eq!(tally().await, []);
    let first = bed.now();
    enqueue(&bed, &job("j1", "visits", first)).await;
    bed.clock.advance(seconds(5));
    enqueue(&bed, &job("j2", "sales", bed.now())).await;
    let waiting = JobTally {
        kind: JobKind::Train,
        state: JobState::Queued,
        count: 2,
        oldest: first,
        first_lease: None,
    };
    assert_eq!(tally().await, std::slice::from_ref(&waiting));
    let running = claim(&bed, "w").await.expect("a job");
    assert_eq!(running.id.as_str(), "j1");
    let at_work =
        JobTally { state: JobState::Running, count: 1, first_lease: running.lease_until, ..waiting.clone() };
    let left = JobTally { count: 1, oldest: first + seconds(5), ..waiting };
    assert_eq!(tally().await, [left, at_work]);
}
