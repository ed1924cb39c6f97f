//! Sources and their runs.

use super::Bed;
use super::samples::{actor, claim, dataset, enqueue, event, home, lease};
use jiff::SignedDuration;
use serde_json::json;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::{DatasetKey, JobId, ScheduleId, SourceKey, UserId};
use vakhta_domain::job::{Job, JobKind, JobState, NewJob};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{FinishedSync, SyncStored};
use vakhta_domain::schedule::{Subject, Times, of_source};
use vakhta_domain::source::{
    Definition, FilesPlace, Place, RunOutcome, Seen, SeenFile, Source, SyncRun, Told,
};

fn source(bed: &Bed, key: &str) -> Source {
    let place = FilesPlace { location: "file:///srv/in".into(), pattern: None, s3: None };
    Source {
        workspace: home(),
        key: SourceKey::new(key),
        dataset: DatasetKey::new("sales"),
        definition: Definition {
            place: Place::Files(place),
            read: ReadOptions::default(),
            keys: vec!["филиал".into()],
            time: Some("date".into()),
        },
        times: Times::checked("0 2 * * *", "UTC", bed.now()).expect("times"),
        created_at: bed.now(),
        created_by: Some(UserId::new("user_1")),
        revision: 1,
        last_run: None,
    }
}

/// Adds a source.
pub(super) async fn add(bed: &Bed, key: &str) -> Source {
    let source = source(bed, key);
    let schedule = of_source(&source, bed.now()).expect("it comes");
    let added = bed.ports.sources.add_source(&source, &schedule, &event("source.created", bed.now())).await;
    assert!(added.expect("works"));
    source
}

async fn read(bed: &Bed, key: &str) -> Option<(Source, Seen)> {
    bed.ports.sources.source(&home(), &SourceKey::new(key)).await.expect("works")
}

fn seen(name: &str) -> Seen {
    let file = SeenFile { size: 9, mark: "2026-09-01".into(), sha256: "ab".into() };
    Seen { files: [(name.to_owned(), file)].into(), watermark: Some(json!("2026-09-01")) }
}

async fn running(bed: &Bed, source: &str, id: &str) -> Job {
    let job = NewJob {
        id: JobId::new(id),
        kind: JobKind::Sync,
        model: None,
        payload: json!({ "source": source }),
        single_flight: Some(format!("sync:{source}")),
        limit_seconds: 600,
        owner: actor(),
        at: bed.now(),
        retry_of: None,
    };
    enqueue(bed, &job).await;
    claim(bed, "w").await.expect("a job")
}

fn finished(bed: &Bed, job: &Job, source: &Source, outcome: RunOutcome) -> FinishedSync {
    let now = bed.now();
    let new = || (dataset("sales", &format!("dv_{}", job.id), now), None);
    FinishedSync {
        lease: lease(job),
        workspace: home(),
        revision: source.revision,
        run: SyncRun {
            number: 0,
            source: source.key.clone(),
            job: job.id.clone(),
            started_at: now,
            finished_at: now,
            outcome,
            version: None,
            told: Told { rows_in: 7, added: 7, tries: 1, ..Told::default() },
            error: None,
        },
        seen: Some(seen(job.id.as_str())),
        version: (outcome == RunOutcome::Loaded).then(new),
        events: vec![event("source.loaded", now)],
    }
}

pub(super) async fn added_changed_deleted(bed: Bed) {
    let (sources, told) = (&bed.ports.sources, event("source.changed", bed.now()));
    let new = add(&bed, "shop").await;
    let schedule = of_source(&new, bed.now()).expect("it comes");
    assert!(!sources.add_source(&new, &schedule, &told).await.expect("works"), "the key is taken");
    assert_eq!(read(&bed, "shop").await, Some((new.clone(), Seen::default())));
    let stored = bed.ports.schedules.schedule(&home(), &ScheduleId::new("sync:shop")).await.expect("works");
    assert_eq!(stored.map(|s| s.subject), Some(Subject::Source(new.key.clone())));

    // It is paused by hand; another time keeps the pause, and the definition counts on.
    let paused = vakhta_domain::schedule::Schedule { paused: true, ..schedule };
    assert!(bed.ports.schedules.change_schedule(&paused, &told).await.expect("works"));
    let times = Times::checked("30 4 * * *", "Asia/Omsk", bed.now()).expect("times");
    let other = Source { dataset: DatasetKey::new("visits"), times, revision: 2, ..new.clone() };
    let follows = of_source(&other, bed.now()).expect("it comes");
    assert!(sources.change_source(&other, &follows, false, &told).await.expect("works"));
    assert_eq!(read(&bed, "shop").await, Some((other.clone(), Seen::default())));
    let moved = bed.ports.schedules.schedule(&home(), &ScheduleId::new("sync:shop")).await.expect("works");
    assert_eq!(moved.map(|s| (s.paused, s.times)), Some((true, other.times.clone())));
    assert_eq!(
        sources.sources(&home(), &PageQuery::first(9)).await.expect("works").items,
        std::slice::from_ref(&other)
    );

    assert!(sources.delete_source(&home(), &other.key, &told).await.expect("works"));
    assert!(!sources.delete_source(&home(), &other.key, &told).await.expect("works"));
    assert!(!sources.change_source(&other, &follows, false, &told).await.expect("works"));
    let gone = bed.ports.schedules.schedule(&home(), &ScheduleId::new("sync:shop")).await.expect("works");
    assert_eq!(gone, None);
}

pub(super) async fn a_run_ends_whole_or_not_at_all(bed: Bed) {
    let sources = &bed.ports.sources;
    let shop = add(&bed, "shop").await;
    let job = running(&bed, "shop", "job_1").await;
    let first = finished(&bed, &job, &shop, RunOutcome::Loaded);

    // A dataset that came meanwhile, a lost lease and another definition each leave everything as it was.
    let mut moved = first.clone();
    moved.version = moved.version.map(|(version, _)| (version, Some(1)));
    assert_eq!(sources.finish_sync(&moved).await.expect("works"), SyncStored::Moved);
    let mut lost = first.clone();
    lost.lease.attempt += 1;
    assert_eq!(sources.finish_sync(&lost).await.expect("works"), SyncStored::Lost);
    let changed = FinishedSync { revision: 2, ..first.clone() };
    assert_eq!(sources.finish_sync(&changed).await.expect("works"), SyncStored::Changed);
    let nothing = bed.ports.datasets.dataset(&home(), &shop.dataset).await.expect("works");
    assert_eq!(nothing, None);
    assert_eq!(read(&bed, "shop").await, Some((shop.clone(), Seen::default())));

    let SyncStored::Stored(run) = sources.finish_sync(&first).await.expect("works") else { panic!("stored") };
    assert_eq!((run.number, run.version), (1, Some(1)));
    let (now, what) = read(&bed, "shop").await.expect("is there");
    assert_eq!((now.last_run, what), (Some(*run), seen("job_1")));
    let ended = bed.ports.jobs.job(&home(), &job.id).await.expect("works").expect("is there");
    assert_eq!((ended.state, &ended.result.expect("one")["version"]), (JobState::Completed, &json!(1)));
    assert_eq!(sources.finish_sync(&first).await.expect("works"), SyncStored::Lost, "it ended");
    let versions = bed.ports.datasets.dataset_versions(&home(), &shop.dataset, &PageQuery::first(9)).await;
    assert_eq!(versions.expect("works").items.len(), 1);
}

pub(super) async fn a_failed_run_is_told(bed: Bed) {
    let shop = add(&bed, "shop").await;
    let job = running(&bed, "shop", "job_1").await;
    let mut failed = finished(&bed, &job, &shop, RunOutcome::Unchanged);
    failed.run.outcome = RunOutcome::Failed;
    failed.run.error = Some("the server is away".into());
    failed.seen = None;
    let stored = bed.ports.sources.finish_sync(&failed).await.expect("works");
    assert!(matches!(stored, SyncStored::Stored(_)));
    let ended = bed.ports.jobs.job(&home(), &job.id).await.expect("works").expect("is there");
    assert_eq!((ended.state, ended.error.as_deref()), (JobState::Failed, Some("the server is away")));
    let (now, what) = read(&bed, "shop").await.expect("is there");
    assert_eq!(what, Seen::default(), "what was not stored was not seen");
    assert_eq!(now.last_run.map(|run| run.outcome), Some(RunOutcome::Failed));
}

pub(super) async fn runs_are_numbered(bed: Bed) {
    let shop = add(&bed, "shop").await;
    for number in 1..=3_u32 {
        let job = running(&bed, "shop", &format!("job_{number}")).await;
        let stored = bed
            .ports
            .sources
            .finish_sync(&finished(&bed, &job, &shop, RunOutcome::Unchanged))
            .await
            .expect("works");
        assert!(matches!(stored, SyncStored::Stored(run) if run.number == number));
        bed.clock.advance(SignedDuration::from_secs(1));
    }
    let mut page = PageQuery::first(2);
    let first = bed.ports.sources.sync_runs(&home(), &shop.key, &page).await.expect("works");
    assert_eq!(first.items.iter().map(|run| run.number).collect::<Vec<_>>(), [3, 2]);
    page.cursor = first.next_cursor;
    let last = bed.ports.sources.sync_runs(&home(), &shop.key, &page).await.expect("works");
    assert_eq!(last.items.iter().map(|run| run.number).collect::<Vec<_>>(), [1]);
}
