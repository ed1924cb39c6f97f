//! Versions, decisions, and which version serves.

use super::Bed;
use super::samples::{add_model, claim, decision, enqueue, event, home, job, lease, train, training};
use jiff::SignedDuration;
use vakhta_domain::decision::DecisionKind;
use vakhta_domain::deployment::Switch;
use vakhta_domain::ids::{JobId, ModelKey, VersionId};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{EventFilter, ImportedVersion, JobLease, SwitchAnswer};
use vakhta_domain::report::Report;
use vakhta_domain::version::{ModelVersion, Origin, VersionState};

fn key() -> ModelKey {
    ModelKey::new("visits")
}

async fn version(bed: &Bed, id: &str) -> ModelVersion {
    bed.ports.versions.version(&home(), &key(), id).await.expect("works").expect("is there")
}

async fn champion(bed: &Bed) -> Option<(String, u64)> {
    let all = bed.ports.versions.champions().await.expect("works");
    assert!(all.len() <= 1);
    let of_model = bed.ports.models.model(&home(), &key()).await.expect("works").and_then(|m| m.champion);
    assert_eq!(all.first().map(|c| &c.version), of_model.as_ref());
    all.into_iter().next().map(|c| (c.version.as_str().to_owned(), c.generation))
}

fn to(id: &str, version: &str, previous: Option<&str>, bed: &Bed) -> Switch {
    Switch {
        workspace: home(),
        decision: decision(DecisionKind::Deploy, id, "visits", version, previous, bed.now()),
        arm: None,
        event: event("version.deployed", bed.now()).of_model("visits"),
    }
}

async fn kinds(bed: &Bed) -> Vec<String> {
    let page = bed
        .ports
        .events
        .events(&home(), &EventFilter::default(), &PageQuery::first(100))
        .await
        .expect("works");
    page.items.into_iter().rev().map(|event| event.kind).collect()
}

pub(super) async fn the_first_version_serves(bed: Bed) {
    add_model(&bed, "visits").await;
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let job = claim(&bed, "w").await.expect("a job");
    let finished = training(&lease(&job), "visits", "v_1", true, None, bed.now());
    assert!(bed.ports.versions.finish_training(&finished).await.expect("works"));
    assert_eq!(version(&bed, "v_1").await, finished.version);
    assert_eq!(champion(&bed).await, Some(("v_1".into(), 1)));
    let job = bed.ports.jobs.job(&home(), &job.id).await.expect("works").expect("is there");
    assert_eq!(
        (job.state, job.result, job.progress_ppm),
        (JobState::Completed, Some(finished.result), 1_000_000)
    );
    let decisions = bed.ports.versions.decisions(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(decisions.items, std::slice::from_ref(&finished.decision));
    let deployments =
        bed.ports.versions.deployments(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(deployments.items.len(), 1);
    assert_eq!((&deployments.items[0].decision, deployments.items[0].until), (&finished.decision.id, None));
    assert_eq!(kinds(&bed).await, ["model.created", "job.queued", "version.trained", "version.deployed"]);
}

pub(super) async fn a_lost_lease_writes_nothing(bed: Bed) {
    add_model(&bed, "visits").await;
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let job = claim(&bed, "w").await.expect("a job");
    let mut old = lease(&job);
    old.attempt += 1;
    let finished = training(&old, "visits", "v_1", true, None, bed.now());
    assert!(!bed.ports.versions.finish_training(&finished).await.expect("works"));
    assert_eq!(bed.ports.versions.version(&home(), &key(), "v_1").await.expect("works"), None);
    assert_eq!(champion(&bed).await, None);
    assert_eq!(kinds(&bed).await, ["model.created", "job.queued"]);
}

pub(super) async fn a_superseded_training_waits(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    // This one was decided against an empty throne.
    train(&bed, "visits", "v_2", true, None).await;
    assert_eq!(champion(&bed).await, Some(("v_1".into(), 1)));
    assert_eq!(version(&bed, "v_2").await.state, VersionState::Trained);
    let decisions = bed.ports.versions.decisions(&home(), &key(), &PageQuery::first(1)).await.expect("works");
    assert_eq!(decisions.items[0].kind, DecisionKind::Kept);
    assert_eq!(decisions.items[0].previous, Some(VersionId::new("v_1")));
    assert!(decisions.items[0].reason.contains("v_1 came to serve meanwhile"));
    assert_eq!(kinds(&bed).await.iter().filter(|kind| *kind == "version.deployed").count(), 1);
}

pub(super) async fn aliases_are_unique(bed: Bed) {
    add_model(&bed, "visits").await;
    for (id, alias) in [("v_1", "1.0.0"), ("v_2", "1.0.0"), ("v_3", "v_1")] {
        enqueue(&bed, &job(&format!("j_{id}"), "visits", bed.now())).await;
        let job = claim(&bed, "w").await.expect("a job");
        let mut finished = training(&lease(&job), "visits", id, false, None, bed.now());
        finished.version.alias = Some(alias.into());
        assert!(bed.ports.versions.finish_training(&finished).await.expect("works"));
    }
    assert_eq!(version(&bed, "1.0.0").await.id.as_str(), "v_1");
    assert_eq!(version(&bed, "v_1").await.alias.as_deref(), Some("1.0.0"));
    assert_eq!(version(&bed, "v_2").await.alias, None);
    assert_eq!(version(&bed, "v_3").await.alias, None, "an id is no alias");
    let job = version(&bed, "v_2").await.job;
    let log = bed.ports.jobs.job_log(&home(), &job.expect("trained"), 0, 10).await.expect("works");
    assert!(log[0].text.contains("alias `1.0.0` belongs to v_1"), "{log:?}");
}

pub(super) async fn switching_and_going_back(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    train(&bed, "visits", "v_2", false, Some("v_1")).await;
    bed.clock.advance(SignedDuration::from_secs(60));
    let switched = bed.ports.versions.switch(&to("d1", "v_2", Some("v_1"), &bed)).await.expect("works");
    let SwitchAnswer::Done(deployment) = switched else { panic!("{switched:?}") };
    assert_eq!((deployment.generation, deployment.since, deployment.until), (2, bed.now(), None));
    assert_eq!(champion(&bed).await, Some(("v_2".into(), 2)));
    assert_eq!(version(&bed, "v_1").await.state, VersionState::Archived);
    assert_eq!(version(&bed, "v_2").await.state, VersionState::Deployed);
    let back = bed.ports.versions.switch(&to("d2", "v_1", Some("v_2"), &bed)).await.expect("works");
    assert!(matches!(back, SwitchAnswer::Done(_)), "an archived version may serve again");
    assert_eq!(champion(&bed).await, Some(("v_1".into(), 3)));
    let history = bed.ports.versions.deployments(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    let spans: Vec<_> =
        history.items.iter().map(|d| (d.generation, d.version.as_str(), d.until.is_some())).collect();
    assert_eq!(spans, [(3, "v_1", false), (2, "v_2", true), (1, "v_1", true)]);
}

pub(super) async fn refused_switches(bed: Bed) {
    let switch = |switch: Switch| {
        let versions = bed.ports.versions.clone();
        async move { versions.switch(&switch).await.expect("works") }
    };
    assert_eq!(switch(to("d0", "v_1", None, &bed)).await, SwitchAnswer::Missing);
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    enqueue(&bed, &job("j2", "visits", bed.now())).await;
    let job = claim(&bed, "w").await.expect("a job");
    let mut rejected = training(&lease(&job), "visits", "v_2", false, Some("v_1"), bed.now());
    rejected.version.state = VersionState::Rejected;
    assert!(bed.ports.versions.finish_training(&rejected).await.expect("works"));
    train(&bed, "visits", "v_3", false, Some("v_1")).await;
    let before = kinds(&bed).await.len();
    assert_eq!(switch(to("d1", "v_9", Some("v_1"), &bed)).await, SwitchAnswer::Missing);
    let not_servable = SwitchAnswer::NotServable(VersionState::Rejected);
    assert_eq!(switch(to("d2", "v_2", Some("v_1"), &bed)).await, not_servable);
    let superseded = SwitchAnswer::Superseded(Some(VersionId::new("v_1")));
    assert_eq!(switch(to("d3", "v_3", None, &bed)).await, superseded);
    assert_eq!(champion(&bed).await, Some(("v_1".into(), 1)));
    assert_eq!(kinds(&bed).await.len(), before, "a refused switch tells nothing");
}

pub(super) async fn deleting_ends_service(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    let told = event("model.deleted", bed.now());
    enqueue(&bed, &job("j2", "visits", bed.now())).await;
    let running = claim(&bed, "w").await.expect("a job");
    assert!(bed.ports.models.delete_model(&home(), &key(), &told).await.expect("works"));
    assert_eq!(champion(&bed).await, None);
    assert_eq!(version(&bed, "v_1").await.state, VersionState::Archived);
    let answer = bed.ports.versions.switch(&to("d1", "v_1", None, &bed)).await.expect("works");
    assert_eq!(answer, SwitchAnswer::Missing);
    let finished = training(&lease(&running), "visits", "v_2", true, None, bed.now());
    assert!(bed.ports.versions.finish_training(&finished).await.expect("works"));
    assert_eq!(champion(&bed).await, None, "a deleted model serves nothing");
    add_model(&bed, "visits").await;
    assert_eq!(champion(&bed).await, None);
    let answer = bed.ports.versions.switch(&to("d2", "v_1", None, &bed)).await.expect("works");
    assert!(matches!(answer, SwitchAnswer::Done(d) if d.generation == 2), "generations go on");
    let decisions = bed.ports.versions.decisions(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(decisions.items.len(), 3, "decisions stay");
}

pub(super) async fn infinite_reports_are_readable(bed: Bed) {
    add_model(&bed, "visits").await;
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    let job = claim(&bed, "w").await.expect("a job");
    let mut finished = training(&lease(&job), "visits", "v_1", false, None, bed.now());
    let Some(Report::Forecast(report)) = &mut finished.version.report else { panic!("a forecast's report") };
    report.largest_ratio = f64::INFINITY;
    report.overall.wape = Some(f64::NAN);
    assert!(bed.ports.versions.finish_training(&finished).await.expect("works"));
    let version = version(&bed, "v_1").await;
    let report = version.report.as_ref().and_then(Report::forecast).expect("a report");
    assert_eq!((report.largest_ratio, report.overall.wape), (f64::MAX, None));
}

pub(super) async fn pages_of_versions(bed: Bed) {
    add_model(&bed, "visits").await;
    for (id, previous) in [("v_b", None), ("v_c", Some("v_b")), ("v_a", Some("v_b"))] {
        train(&bed, "visits", id, previous.is_none(), previous).await;
    }
    let versions = &bed.ports.versions;
    let first = versions.versions(&home(), &key(), &PageQuery::first(2)).await.expect("works");
    let rest = PageQuery { limit: 2, cursor: first.next_cursor.clone() };
    let second = versions.versions(&home(), &key(), &rest).await.expect("works");
    let ids: Vec<_> = first.items.iter().chain(&second.items).map(|v| v.id.as_str()).collect();
    assert_eq!(ids, ["v_a", "v_c", "v_b"], "newest first, even within one moment");
    assert_eq!(second.next_cursor, None);
    let decisions = versions.decisions(&home(), &key(), &PageQuery::first(2)).await.expect("works");
    assert_eq!(decisions.items[0].id.as_str(), "dec_v_a");
    let rest = PageQuery { limit: 2, cursor: decisions.next_cursor };
    let decisions = versions.decisions(&home(), &key(), &rest).await.expect("works");
    assert_eq!((decisions.items.len(), decisions.next_cursor), (1, None));
}

/// An imported version: of no job and no dataset, not measured.
pub(super) fn imported(id: &str, model: &str, bed: &Bed) -> ImportedVersion {
    let lease = JobLease { job: JobId::new("none"), attempt: 1 };
    let trained = training(&lease, model, id, false, None, bed.now());
    ImportedVersion {
        version: ModelVersion {
            job: None,
            dataset_version: None,
            backtest: None,
            profile: None,
            ..trained.version
        },
        decision: trained.decision,
        event: event("version.imported", bed.now()).of_model(model),
    }
}

pub(super) async fn an_imported_version_waits(bed: Bed) {
    add_model(&bed, "visits").await;
    let brought = imported("v_1", "visits", &bed);
    assert!(bed.ports.versions.add_imported(&brought).await.expect("works"));
    assert_eq!(version(&bed, "v_1").await, brought.version);
    assert_eq!(version(&bed, "v_1").await.origin(), Origin::Imported);
    assert_eq!(champion(&bed).await, None, "nobody deployed it");
    let decisions = bed.ports.versions.decisions(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(decisions.items, [brought.decision]);
    assert_eq!(kinds(&bed).await, ["model.created", "version.imported"]);

    // A person may deploy it, and a training beside it is numbered after it.
    let done = bed.ports.versions.switch(&to("d_1", "v_1", None, &bed)).await.expect("works");
    assert!(matches!(done, SwitchAnswer::Done(_)), "{done:?}");
    assert_eq!(champion(&bed).await, Some(("v_1".into(), 1)));
    train(&bed, "visits", "v_2", false, Some("v_1")).await;
    let all = bed.ports.versions.versions(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    let origins: Vec<_> = all.items.iter().map(|v| (v.id.as_str(), v.origin())).collect();
    assert_eq!(origins, [("v_2", Origin::Trained), ("v_1", Origin::Imported)]);
}

pub(super) async fn nothing_is_imported_into_no_model(bed: Bed) {
    add_model(&bed, "visits").await;
    let told = event("model.deleted", bed.now());
    assert!(bed.ports.models.delete_model(&home(), &key(), &told).await.expect("works"));
    for model in ["visits", "none"] {
        assert!(
            !bed.ports.versions.add_imported(&imported("v_1", model, &bed)).await.expect("works"),
            "{model}"
        );
    }
    let all = bed.ports.versions.versions(&home(), &key(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(all.items, []);
    assert_eq!(kinds(&bed).await, ["model.created", "model.deleted"]);
}

pub(super) async fn decisions_that_change_nothing_are_kept(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    let decided = decision(DecisionKind::NotRetrained, "d_2", "visits", "v_1", None, bed.now());
    let told = event("retrain.declined", bed.now());
    bed.ports.versions.record(&home(), &decided, &told).await.expect("works");
    let model = ModelKey::new("visits");
    let page = bed.ports.versions.decisions(&home(), &model, &PageQuery::first(9)).await.expect("works");
    assert_eq!(page.items[0], decided);
    assert_eq!(page.items.len(), 2);
    let model = bed.ports.models.model(&home(), &model).await.expect("works").expect("is there");
    assert_eq!(model.champion.expect("serves").as_str(), "v_1");
}
