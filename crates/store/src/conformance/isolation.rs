//! No method shows one workspace's rows to another.

use super::Bed;
use super::samples::{
    add_model, claim, company_day, dataset, decision, enqueue, event, home, job, lease, prediction, schedule,
    train,
};
use vakhta_domain::daily::Scope;
use vakhta_domain::decision::DecisionKind;
use vakhta_domain::deployment::Switch;
use vakhta_domain::ids::{
    AlertId, ChannelId, DatasetKey, DriftReportId, JobId, ModelKey, ScheduleId, SilenceId, SourceKey, UserId,
    WorkspaceId,
};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{
    AlertFilter, ArmAnswer, CancelAnswer, DeliveryFilter, EventFilter, JobFilter, Ports, Replay, SwitchAnswer,
};
use vakhta_domain::spec::Country;

/// Whether a segment that holds something of the model shows `workspace` any of it, whole or laid flat.
async fn in_parts(ports: &Ports, workspace: &WorkspaceId, model: &ModelKey) -> bool {
    let log = &ports.predictions;
    let mut seen = false;
    for part in log.parts(&home(), model).await.expect("works") {
        seen |= !log.read_part(workspace, model, &part.segment).await.expect("works").is_empty();
        seen |= !log.read_flat(workspace, model, &part.segment).await.expect("works").rows.is_empty();
    }
    seen
}

/// Whether each reading method shows `workspace` anything, by name. A new method belongs here.
async fn sights(bed: &Bed, workspace: &WorkspaceId) -> Vec<(&'static str, bool)> {
    let (ports, page) = (&bed.ports, PageQuery::first(100));
    let (data, model, running) = (DatasetKey::new("sales"), ModelKey::new("visits"), JobId::new("running"));
    macro_rules! page {
        ($call:expr) => {
            !$call.await.expect("works").items.is_empty()
        };
    }
    macro_rules! one {
        ($call:expr) => {
            $call.await.expect("works").is_some()
        };
    }
    macro_rules! any {
        ($call:expr) => {
            !$call.await.expect("works").is_empty()
        };
    }
    let (jobs, events, versions) = (&ports.jobs, &ports.events, &ports.versions);
    let (drift, report) = (&ports.drift, DriftReportId::new("drift_a"));
    let version = super::drift::first();
    let (actuals, first) = (&ports.actuals, super::actuals::FIRST);
    vec![
        (
            "company_days",
            !ports.calendars.company_days(workspace, Country::RU).await.expect("works").is_empty(),
        ),
        ("datasets", page!(ports.datasets.datasets(workspace, &page))),
        ("dataset", one!(ports.datasets.dataset(workspace, &data))),
        ("dataset_versions", page!(ports.datasets.dataset_versions(workspace, &data, &page))),
        ("dataset_version", one!(ports.datasets.dataset_version(workspace, &data, Some(1)))),
        ("newest dataset_version", one!(ports.datasets.dataset_version(workspace, &data, None))),
        ("events", page!(events.events(workspace, &EventFilter::default(), &page))),
        ("event", one!(events.event(workspace, 1))),
        ("day_counts", any!(events.day_counts(workspace, 0))),
        ("chain", any!(events.chain(workspace, 0, 9))),
        ("chain_head", events.chain_head(workspace).await.expect("works").number > 0),
        ("models", page!(ports.models.models(workspace, &page))),
        ("model", one!(ports.models.model(workspace, &model))),
        ("versions", page!(versions.versions(workspace, &model, &page))),
        ("version", one!(versions.version(workspace, &model, "v_1"))),
        ("deployments", page!(versions.deployments(workspace, &model, &page))),
        ("decisions", page!(versions.decisions(workspace, &model, &page))),
        ("jobs", page!(jobs.jobs(workspace, &JobFilter::default(), &page))),
        ("job", one!(jobs.job(workspace, &running))),
        ("under_way", one!(jobs.under_way(workspace, "train/visits"))),
        ("job_log", !jobs.job_log(workspace, &running, 0, 9).await.expect("works").is_empty()),
        ("schedules", page!(ports.schedules.schedules(workspace, &page))),
        ("schedule", one!(ports.schedules.schedule(workspace, &ScheduleId::new("nightly")))),
        ("sources", page!(ports.sources.sources(workspace, &page))),
        ("source", one!(ports.sources.source(workspace, &SourceKey::new("shop")))),
        ("predictions", any!(ports.predictions.read(workspace, &model, 0, 9))),
        ("parts of predictions", in_parts(ports, workspace, &model).await),
        ("arms", any!(ports.arms.arms(workspace, &model))),
        (
            "trial_pairs",
            any!(ports.arms.trial_pairs(
                workspace,
                &model,
                (&super::arms::v("v_1"), &super::arms::v("v_2")),
                first
            )),
        ),
        (
            "answer_pairs",
            any!(ports.arms.answer_pairs(
                workspace,
                &model,
                (&super::arms::v("v_1"), &super::arms::v("v_2")),
                first,
                9
            )),
        ),
        ("live_alerts", any!(ports.alerts.live_alerts(workspace))),
        ("alerts", page!(ports.alerts.alerts(workspace, &AlertFilter::default(), &page))),
        ("alert", one!(ports.alerts.alert(workspace, &AlertId::new("a_1")))),
        ("rules", !ports.alerts.rules(workspace).await.expect("works").set.is_empty()),
        ("silences", page!(ports.alerts.silences(workspace, &page))),
        ("silences_at", any!(ports.alerts.silences_at(workspace, bed.now()))),
        ("channels", any!(ports.alerts.channels(workspace))),
        ("channel", one!(ports.alerts.channel(workspace, &ChannelId::new("c_1")))),
        ("deliveries", page!(ports.alerts.deliveries(workspace, &DeliveryFilter::default(), &page))),
        ("actual_versions", any!(actuals.actual_versions(workspace, &model, "a|2026-09-02"))),
        ("known_actuals", any!(actuals.known_actuals(workspace, &model, None, 9))),
        ("log_taken", any!(actuals.log_taken(workspace, &model))),
        ("due_days", any!(actuals.due_days(workspace, &model))),
        ("paired", any!(actuals.paired(workspace, &model, first, None, 9))),
        ("drift_reports", page!(drift.drift_reports(workspace, Some(&model), first, &page))),
        ("drift_report", one!(drift.drift_report(workspace, &report))),
        ("last_complete_drift", one!(drift.last_complete_drift(workspace, &model, &version))),
        ("latest_drift", one!(drift.latest_drift(workspace, &model, &version))),
        ("last_asking_drift", one!(drift.last_asking_drift(workspace, &model, &version))),
        ("members", page!(ports.workspaces.members(workspace, &page))),
        ("role", one!(ports.workspaces.role(workspace, &UserId::new("guest")))),
        ("daily_rows", any!(actuals.daily_rows(workspace, &model, Scope::All, first))),
    ]
}

pub(super) async fn another_workspace_sees_nothing(bed: Bed) {
    let other = WorkspaceId::new("other");
    bed.store.add_workspace("other").await;
    // Where a guest is at home, so that the other workspace has nobody.
    let elsewhere = WorkspaceId::new("elsewhere");
    bed.store.add_workspace("elsewhere").await;
    let now = bed.now();
    let told = event("some.thing", now);
    bed.ports.calendars.set_company_day(&home(), &company_day(now), &told).await.expect("works");
    let added = bed.ports.datasets.add_version(&home(), dataset("sales", "dv_1", now), &told).await;
    added.expect("works");
    add_model(&bed, "visits").await;
    let nightly = bed.ports.schedules.add_schedule(&schedule("nightly", "visits", now), &told).await;
    assert!(nightly.expect("works"));
    super::sources::add(&bed, "shop").await;
    train(&bed, "visits", "v_1", true, None).await;
    super::arms::some_of_each(&bed).await;
    enqueue(&bed, &job("running", "visits", now)).await;
    let running = claim(&bed, "w").await.expect("a job");
    bed.ports.jobs.log(&lease(&running), &[(now, "строка".into())]).await.expect("works");
    bed.ports.predictions.append(vec![prediction("visits", 1, now)]).await.expect("works");
    bed.store.seal_predictions(true).await.expect("works");
    bed.ports.predictions.append(vec![prediction("visits", 2, now)]).await.expect("works");
    super::actuals::some_of_each(&bed).await;
    super::alerts::some_of_each(&bed).await;
    super::drift::one(&bed).await;
    super::workspaces::a_guest(&bed, &elsewhere).await;

    for (method, seen) in sights(&bed, &home()).await {
        assert!(seen, "{method} shows its own workspace nothing, so it proves nothing");
    }
    for (method, seen) in sights(&bed, &other).await {
        assert!(!seen, "{method} shows another workspace's rows");
    }

    // Nor does any method change another's rows.
    let (ports, model) = (&bed.ports, ModelKey::new("visits"));
    let deleted = ports.datasets.delete_dataset(&other, &DatasetKey::new("sales"), &told).await;
    assert!(!deleted.expect("works"));
    assert!(!ports.models.delete_model(&other, &model, &told).await.expect("works"));
    let changed = ports.models.change_model(&other, &super::samples::spec("visits"), &[], &told).await;
    assert_eq!(changed.expect("works"), None);
    let mut brought = super::serving::imported("v_2", "visits", &bed);
    brought.version.workspace = other.clone();
    assert!(!ports.versions.add_imported(&brought).await.expect("works"));
    let ended = ports.alerts.end_silence(&other, &SilenceId::new("s_1"), now, &told).await;
    assert!(!ended.expect("works"));
    let deleted = ports.alerts.delete_channel(&other, &ChannelId::new("c_1"), now, &told).await;
    assert!(!deleted.expect("works"));
    let cancelled = ports.jobs.cancel(&other, &JobId::new("running"), now, &told).await.expect("works");
    assert_eq!(cancelled, CancelAnswer::Missing);
    let switch = Switch {
        workspace: other.clone(),
        decision: decision(DecisionKind::Deploy, "d", "visits", "v_1", Some("v_1"), now),
        arm: None,
        event: told.clone(),
    };
    assert_eq!(ports.versions.switch(&switch).await.expect("works"), SwitchAnswer::Missing);
    let mut strange = super::arms::begin(&bed, "v_2", "v_1", "d_arm");
    strange.arm.workspace = other.clone();
    assert_eq!(ports.arms.begin_arm(&strange).await.expect("works"), ArmAnswer::Missing);
    let mut there = ports.arms.arms(&home(), &model).await.expect("works").remove(0);
    there.workspace = other.clone();
    assert!(!ports.arms.change_arm(&super::arms::end(&bed, &there, "d_end")).await.expect("works"));
    for workspace in [&home(), &other] {
        let take = ports.idempotency.take(workspace, "k", "a", now, now).await.expect("works");
        assert_eq!(take, Replay::Fresh, "the same key in two workspaces is two keys");
    }
    ports.idempotency.remember(&other, "k", 200, b"other").await.expect("works");
    ports.idempotency.forget(&other, "k").await.expect("works");
    assert_eq!(ports.idempotency.take(&home(), "k", "a", now, now).await.expect("works"), Replay::InProgress);
    for (method, seen) in sights(&bed, &home()).await {
        assert!(seen, "{method} lost rows to another workspace");
    }
}
