//! The queue as people meet it: one training at a time, cancellation, crashes, time limits, shutdown.

mod common;

use common::{House, spec, training};
use jiff::SignedDuration;
use std::time::{Duration, Instant};
use vakhta_domain::ids::{ModelKey, WorkerId};
use vakhta_domain::job::{Job, JobKind, JobState};
use vakhta_domain::ports::CancelAnswer;
use vakhta_lifecycle::training::{TrainError, request};
use vakhta_lifecycle::{jobs, models};

/// A model whose training takes minutes.
async fn slow_model(house: &House) -> ModelKey {
    house.upload("sales", &common::sales(700)).await;
    models::create(&house.app, &house.actor, spec(20_000)).await.expect("a right spec");
    ModelKey::new("sales")
}

async fn until(house: &House, job: &Job, holds: impl Fn(&Job) -> bool) -> Job {
    let begun = Instant::now();
    loop {
        let now = house.ports.jobs.job(&house.actor.workspace, &job.id).await.expect("the store answers");
        let now = now.expect("the job is there");
        if holds(&now) {
            return now;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "waited in vain: {now:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_training_is_answered_with_the_first_ones_id() {
    let house = House::quiet().await;
    let model = house.model_of(60).await;
    let first = request(&house.app, &house.actor, training(&model)).await.expect("free");
    let second = request(&house.app, &house.actor, training(&model)).await;
    assert!(matches!(second, Err(TrainError::Running(id)) if id == first.id));
    assert!(matches!(
        models::delete(&house.app, &house.actor, &model).await,
        Err(models::ModelError::Training(_))
    ));
    assert_eq!(
        jobs::cancel(&house.app, &house.actor, &first.id).await.expect("asked"),
        CancelAnswer::Cancelled
    );
    request(&house.app, &house.actor, training(&model)).await.expect("free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_training_stops_within_a_second() {
    let house = House::running().await;
    let model = slow_model(&house).await;
    let job = request(&house.app, &house.actor, training(&model)).await.expect("free");
    let seen = until(&house, &job, |j| j.progress_ppm > 40_000).await;
    assert!(seen.eta_seconds(house.ports.clock.now()).is_some());
    let asked = Instant::now();
    assert_eq!(
        jobs::cancel(&house.app, &house.actor, &job.id).await.expect("asked"),
        CancelAnswer::Requested
    );
    until(&house, &job, |j| j.state == JobState::Cancelled).await;
    assert!(asked.elapsed() < Duration::from_secs(5), "took {:?}", asked.elapsed());
    let log = house.ports.jobs.job_log(&house.actor.workspace, &job.id, 0, 100).await.expect("kept");
    assert!(log[0].text.contains("dataset sales version 1"), "{log:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_died_runs_again_and_is_given_up_after_three_times() {
    let house = House::quiet().await;
    let model = house.model_of(60).await;
    let job = request(&house.app, &house.actor, training(&model)).await.expect("free");
    let policy = JobKind::Train.retry_policy();
    // A worker that claims and dies, as often as the rule allows; after the second time others go first.
    for attempt in 1..policy.attempts {
        let now = house.ports.clock.now();
        let lease_until = now + SignedDuration::from_secs(15);
        let claimed =
            house.ports.jobs.claim(&WorkerId::new("dying"), &[JobKind::Train], now, lease_until).await;
        assert_eq!(claimed.expect("the store answers").expect("it is queued").attempt, attempt);
        house.clock.advance(SignedDuration::from_secs(16));
        let orphans = house.ports.jobs.orphans(house.ports.clock.now()).await.expect("the store answers");
        assert_eq!(orphans.len(), 1);
        let house_reaper = vakhta_lifecycle::jobs::settle_orphans(&house.app).await;
        house_reaper.expect("the store answers");
        until(&house, &job, |j| j.state == JobState::Queued).await;
    }
    let now = house.ports.clock.now();
    let early = house.ports.jobs.claim(&WorkerId::new("dying"), &[JobKind::Train], now, now).await;
    assert_eq!(early.expect("the store answers"), None);
    house.clock.advance(SignedDuration::from_secs(i64::from(policy.pauses[1])));
    let now = house.ports.clock.now();
    let claimed = house.ports.jobs.claim(&WorkerId::new("dying"), &[JobKind::Train], now, now).await;
    assert_eq!(claimed.expect("the store answers").expect("it is queued").attempt, policy.attempts);
    house.clock.advance(SignedDuration::from_secs(16));
    jobs::settle_orphans(&house.app).await.expect("the store answers");
    let over = until(&house, &job, |j| j.state.is_final()).await;
    assert_eq!(over.state, JobState::Failed);
    assert!(over.error.expect("a reason").contains("3 times"));
    request(&house.app, &house.actor, training(&model)).await.expect("free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orderly_shutdown_hands_the_job_back() {
    let house = House::running().await;
    let model = slow_model(&house).await;
    let job = request(&house.app, &house.actor, training(&model)).await.expect("free");
    until(&house, &job, |j| j.progress_ppm > 40_000).await;
    let (ports, workspace) = (house.ports.clone(), house.actor.workspace.clone());
    house.close().await;
    let job = ports.jobs.job(&workspace, &job.id).await.expect("the store answers").expect("it is there");
    assert_eq!((job.state, job.attempt), (JobState::Queued, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_training_on_hopeless_data_fails_with_a_reason() {
    let house = House::running().await;
    house.upload("sales", "date,branch,y\n2026-01-01,a,1\n2026-01-02,a,2\n").await;
    models::create(&house.app, &house.actor, spec(5)).await.expect("a right spec");
    let job = request(&house.app, &house.actor, training(&ModelKey::new("sales"))).await.expect("free");
    let job = house.ended(&job.id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.error.as_deref().is_some_and(|e| e.len() > 20), "{:?}", job.error);
    house.close().await;
}
