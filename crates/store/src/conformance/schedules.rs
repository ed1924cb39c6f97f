//! Schedules.

use super::Bed;
use super::samples::{add_model, enqueue, event, home, job, schedule, spec};
use jiff::SignedDuration;
use vakhta_domain::ids::{JobId, ScheduleId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::Enqueued;
use vakhta_domain::schedule::{Fired, Firing, Origin, Schedule, Times};

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn firing(bed: &Bed, due: &Schedule, job_id: &str) -> Firing {
    let now = bed.now();
    Firing {
        schedule: due.clone(),
        at: now,
        next_at: due.times.next_after(now).expect("a moment"),
        job: job(job_id, due.subject.model().expect("a model").as_str(), now),
        event: event("schedule.fired", now),
    }
}

async fn read(bed: &Bed, id: &str) -> Option<Schedule> {
    bed.ports.schedules.schedule(&home(), &ScheduleId::new(id)).await.expect("works")
}

pub(super) async fn added_changed_deleted(bed: Bed) {
    let (schedules, told) = (&bed.ports.schedules, event("schedule.changed", bed.now()));
    let new = schedule("nightly", "visits", bed.now());
    assert!(!schedules.add_schedule(&new, &told).await.expect("works"), "its model is not there");
    add_model(&bed, "visits").await;
    assert!(schedules.add_schedule(&new, &told).await.expect("works"));
    assert!(!schedules.add_schedule(&new, &told).await.expect("works"), "the id is taken");
    assert_eq!(read(&bed, "nightly").await, Some(new.clone()));

    let times = Times::checked("30 4 * * MON", "Asia/Omsk", bed.now()).expect("times");
    let next_at = times.next_after(bed.now()).expect("a moment");
    let other = Schedule { times, next_at, paused: true, ..new };
    assert!(schedules.change_schedule(&other, &told).await.expect("works"));
    assert_eq!(read(&bed, "nightly").await, Some(other.clone()));
    let page = schedules.schedules(&home(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(page.items, std::slice::from_ref(&other));
    assert!(schedules.delete_schedule(&home(), &other.id, &told).await.expect("works"));
    assert!(!schedules.delete_schedule(&home(), &other.id, &told).await.expect("works"));
    assert!(!schedules.change_schedule(&other, &told).await.expect("works"));
}

pub(super) async fn a_due_one_fires_once_and_goes_on(bed: Bed) {
    let (schedules, told) = (&bed.ports.schedules, event("schedule.created", bed.now()));
    for model in ["visits", "sales"] {
        add_model(&bed, model).await;
        let id = format!("nightly-{model}");
        assert!(schedules.add_schedule(&schedule(&id, model, bed.now()), &told).await.expect("works"));
    }
    let paused = Schedule { paused: true, ..schedule("paused", "sales", bed.now()) };
    assert!(schedules.add_schedule(&paused, &told).await.expect("works"));
    assert_eq!(schedules.due_schedules(bed.now()).await.expect("works"), []);
    bed.clock.advance(DAY * 3);
    let due = schedules.due_schedules(bed.now()).await.expect("works");
    assert_eq!(due.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["nightly-sales", "nightly-visits"]);

    let first = firing(&bed, &due[1], "job_1");
    let queued = schedules.fire(&first).await.expect("works");
    assert!(matches!(queued, Some(Enqueued::Queued(job)) if job.id.as_str() == "job_1"));
    assert_eq!(schedules.fire(&firing(&bed, &due[1], "job_2")).await.expect("works"), None, "it fired");
    let after = read(&bed, "nightly-visits").await.expect("is there");
    assert_eq!(after.next_at, first.next_at, "three nights missed are made up once");
    let last = Fired { due_at: due[1].next_at, at: bed.now(), job: JobId::new("job_1"), joined: false };
    assert_eq!(after.last, Some(last));

    // A job of the same model is under way: it is joined.
    enqueue(&bed, &job("by_hand", "sales", bed.now())).await;
    let joined = schedules.fire(&firing(&bed, &due[0], "job_3")).await.expect("works");
    assert_eq!(joined, Some(Enqueued::Busy(JobId::new("by_hand"))));
    let last = read(&bed, "nightly-sales").await.expect("is there").last.expect("it fired");
    assert_eq!((last.job.as_str(), last.joined), ("by_hand", true));
    assert_eq!(schedules.due_schedules(bed.now()).await.expect("works"), []);

    let changed = Schedule { next_at: bed.now(), ..read(&bed, "nightly-sales").await.expect("is there") };
    assert!(
        schedules.change_schedule(&Schedule { paused: true, ..changed.clone() }, &told).await.expect("works")
    );
    assert_eq!(schedules.fire(&firing(&bed, &changed, "job_4")).await.expect("works"), None, "it was paused");
    assert!(bed.ports.jobs.job(&home(), &JobId::new("job_4")).await.expect("works").is_none());
}

pub(super) async fn those_of_a_spec_follow_it(bed: Bed) {
    let (models, told) = (&bed.ports.models, event("model.changed", bed.now()));
    let own = Schedule { origin: Origin::Spec, ..schedule("own", "visits", bed.now()) };
    let made = models.add_model(&home(), &spec("visits"), std::slice::from_ref(&own), &told).await;
    assert!(made.expect("works").is_some());
    assert_eq!(read(&bed, "own").await, Some(own.clone()));
    let by_hand = schedule("by_hand", "visits", bed.now());
    assert!(bed.ports.schedules.add_schedule(&by_hand, &told).await.expect("works"));

    // A paused one stays paused; the same times keep their moment.
    let paused = Schedule { paused: true, ..own.clone() };
    assert!(bed.ports.schedules.change_schedule(&paused, &told).await.expect("works"));
    bed.clock.advance(DAY);
    let again = Schedule { origin: Origin::Spec, ..schedule("own", "visits", bed.now()) };
    models.change_model(&home(), &spec("visits"), &[again], &told).await.expect("works");
    assert_eq!(read(&bed, "own").await, Some(paused.clone()));
    let times = Times::checked("0 5 * * *", "UTC", bed.now()).expect("times");
    let next_at = times.next_after(bed.now()).expect("a moment");
    let moved = Schedule { times: times.clone(), next_at, ..own };
    models.change_model(&home(), &spec("visits"), &[moved], &told).await.expect("works");
    assert_eq!(read(&bed, "own").await, Some(Schedule { times, next_at, ..paused }));

    models.change_model(&home(), &spec("visits"), &[], &told).await.expect("works");
    assert_eq!((read(&bed, "own").await, read(&bed, "by_hand").await), (None, Some(by_hand)));
    assert!(
        models
            .delete_model(&home(), &super::samples::job("x", "visits", bed.now()).model.expect("one"), &told)
            .await
            .expect("works")
    );
    assert_eq!(read(&bed, "by_hand").await, None, "nothing of a deleted model fires");
}
