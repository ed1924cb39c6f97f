//! Reports on drift.

use super::Bed;
use super::samples::{actor, add_model, claim, enqueue, event, home, job, lease};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use vakhta_domain::drift::{DriftReport, Series, Standing};
use vakhta_domain::ids::{DriftReportId, JobId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::job::{JobKind, NewJob};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Enqueued, JobLease, NewDriftReport};

pub(super) fn visits() -> ModelKey {
    ModelKey::new("visits")
}

pub(super) fn first() -> VersionId {
    VersionId::new("v_1")
}

/// A job that makes reports.
async fn lease_of(bed: &Bed, id: &str) -> JobLease {
    let asked = NewJob { kind: JobKind::Drift, single_flight: None, ..job(id, "visits", bed.now()) };
    enqueue(bed, &asked).await;
    lease(&claim(bed, "w").await.expect("a job"))
}

fn report(bed: &Bed, lease: &JobLease, id: &str, from: Date, standing: Standing) -> NewDriftReport {
    NewDriftReport {
        lease: lease.clone(),
        report: DriftReport {
            id: DriftReportId::new(id),
            workspace: home(),
            model: visits(),
            version: first(),
            series: Series::Daily,
            from,
            to: from,
            complete: true,
            standing,
            reason: None,
            rows: 120,
            drifted: vec!["цена".into(), "promo".into()],
            confirmed: vec!["цена".into()],
            broken: Vec::new(),
            job: lease.job.clone(),
            retrain: None,
            at: bed.now(),
        },
        detail: "{\"columns\": [0.1]}".into(),
        retrain: None,
        events: vec![event("drift.reported", bed.now()).of_model("visits")],
    }
}

async fn put(bed: &Bed, new: &NewDriftReport) -> Option<(DriftReport, Option<Enqueued>)> {
    bed.ports.drift.put_drift_report(new).await.expect("works")
}

async fn listed(bed: &Bed, workspace: &WorkspaceId, model: Option<&ModelKey>, from: Date) -> Vec<String> {
    let mut page = PageQuery::first(2);
    let mut found = Vec::new();
    loop {
        let part = bed.ports.drift.drift_reports(workspace, model, from, &page).await.expect("works");
        found.extend(part.items.into_iter().map(|report| report.id.as_str().to_owned()));
        match part.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return found,
        }
    }
}

/// A complete report that says something and asked for a training, of a job that is still running.
pub(super) async fn one(bed: &Bed) {
    let lease = lease_of(bed, "drift_1").await;
    let mut new = report(bed, &lease, "drift_a", date(2026, 9, 2), Standing::Confirmed);
    // Whatever else trains the model, this one is queued.
    let asked = NewJob { single_flight: None, ..job("asked", "visits", bed.now()) };
    new.retrain = Some(NewJob { id: JobId::new("asked"), ..asked });
    assert!(put(bed, &new).await.is_some());
}

pub(super) async fn reports_are_made_again_and_read(bed: Bed) {
    add_model(&bed, "visits").await;
    let lease = lease_of(&bed, "j1").await;
    let mut unfinished = report(&bed, &lease, "a", date(2026, 9, 1), Standing::Slight);
    unfinished.report.complete = false;
    let (stored, asked) = put(&bed, &unfinished).await.expect("the lease holds");
    assert_eq!((stored, asked), (unfinished.report.clone(), None));
    let drift = &bed.ports.drift;
    let of = (&home(), &visits(), &first());
    assert_eq!(drift.last_complete_drift(of.0, of.1, of.2).await.expect("works"), None);

    // Made again of more rows: the place and the identity stay.
    bed.clock.advance(SignedDuration::from_hours(24));
    let mut again = report(&bed, &lease, "a", date(2026, 9, 1), Standing::Confirmed);
    again.report.to = date(2026, 9, 2);
    again.report.reason = Some("по трём дням".into());
    again.detail = "{\"columns\": []}".into();
    put(&bed, &again).await.expect("the lease holds");
    let few = report(&bed, &lease, "b", date(2026, 9, 3), Standing::TooFewRows);
    put(&bed, &few).await.expect("the lease holds");
    let mut window = report(&bed, &lease, "c", date(2026, 9, 1), Standing::Drifted);
    window.report.series = Series::Window;
    window.report.to = date(2026, 9, 30);
    put(&bed, &window).await.expect("the lease holds");
    let without = report(&bed, &lease, "d", date(2026, 9, 4), Standing::NoProfile);
    put(&bed, &without).await.expect("the lease holds");

    let found = drift.drift_report(&home(), &DriftReportId::new("a")).await.expect("works");
    assert_eq!(found, Some((again.report.clone(), again.detail.clone())));
    assert_eq!(drift.drift_report(&home(), &DriftReportId::new("x")).await.expect("works"), None);
    assert_eq!(listed(&bed, &home(), None, date(2026, 1, 1)).await, ["c", "d", "b", "a"], "the newest first");
    assert_eq!(listed(&bed, &home(), Some(&visits()), date(2026, 9, 3)).await, ["c", "d", "b"]);
    assert_eq!(
        listed(&bed, &home(), Some(&ModelKey::new("x")), date(2026, 1, 1)).await,
        Vec::<String>::new()
    );
    let last = drift.last_complete_drift(of.0, of.1, of.2).await.expect("works").expect("one");
    assert_eq!(last.0.id.as_str(), "b", "few rows are a place to go on from, no profile is none");
    let latest = drift.latest_drift(of.0, of.1, of.2).await.expect("works").expect("one");
    assert_eq!(latest, again.report, "few rows say nothing, a window is not of the days");
    let other = drift.latest_drift(of.0, of.1, &VersionId::new("v_2")).await.expect("works");
    assert_eq!(other, None);
}

pub(super) async fn a_report_and_its_training_are_one(bed: Bed) {
    add_model(&bed, "visits").await;
    let lease = lease_of(&bed, "j1").await;
    let drift = &bed.ports.drift;
    let mut new = report(&bed, &lease, "a", date(2026, 9, 1), Standing::Confirmed);
    new.retrain = Some(job("r1", "visits", bed.now()));
    let (stored, asked) = put(&bed, &new).await.expect("the lease holds");
    assert_eq!(stored.retrain, Some(JobId::new("r1")));
    assert!(matches!(asked, Some(Enqueued::Queued(job)) if job.owner == actor()));
    // One under way is not what the next report asked for; a report made again keeps what it asked for.
    new.retrain = None;
    let (stored, asked) = put(&bed, &new).await.expect("the lease holds");
    assert_eq!((stored.retrain, asked), (Some(JobId::new("r1")), None));
    let mut next = report(&bed, &lease, "b", date(2026, 9, 2), Standing::Confirmed);
    next.retrain = Some(job("r2", "visits", bed.now()));
    let (stored, asked) = put(&bed, &next).await.expect("the lease holds");
    assert_eq!((stored.retrain, asked), (None, Some(Enqueued::Busy(JobId::new("r1")))));
    let last = drift.last_asking_drift(&home(), &visits(), &first()).await.expect("works").expect("one");
    assert_eq!(last.id.as_str(), "a");

    // Without the lease nothing is written, neither the report nor the job.
    let lost = JobLease { attempt: lease.attempt + 1, ..lease };
    let mut late = report(&bed, &lost, "c", date(2026, 9, 3), Standing::Confirmed);
    late.retrain = Some(NewJob { single_flight: None, ..job("r3", "visits", bed.now()) });
    assert_eq!(put(&bed, &late).await, None);
    assert_eq!(listed(&bed, &home(), None, date(2026, 1, 1)).await, ["b", "a"]);
    assert_eq!(bed.ports.jobs.job(&home(), &JobId::new("r3")).await.expect("works"), None);
}
