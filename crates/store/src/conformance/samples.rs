//! Values to put into a store.

use super::Bed;
use jiff::Timestamp;
use serde_json::json;
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::dataset::{
    Column, ColumnKind, ColumnProfile, FileFormat, ObjectRef, ReadAs, Refused, TableFacts,
};
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{
    DatasetKey, DatasetVersionId, DecisionId, JobId, ModelKey, ScheduleId, TokenId, UserId, VersionId,
    WorkerId, WorkspaceId,
};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::ports::{Enqueued, FinishedTraining, JobLease, NewDatasetVersion};
use vakhta_domain::prediction::LoggedPrediction;
use vakhta_domain::report::{Metrics, Report, TrainingReport};
use vakhta_domain::schedule::{Origin, Schedule, ScheduledTask, Subject, Times};
use vakhta_domain::spec::{Country, DayKind, ModelSpec};
use vakhta_domain::user::{Actor, ApiToken, Permission, Session, Source, Tier, User};
use vakhta_domain::version::{ModelVersion, VersionState};

/// The workspace of a fresh installation.
pub fn home() -> WorkspaceId {
    WorkspaceId::default_workspace()
}

/// Somebody with everything that an actor may have.
pub fn actor() -> Actor {
    Actor {
        workspace: home(),
        user: Some(UserId::new("user_1")),
        name: "Анна".into(),
        tier: Tier::Admin,
        source: Source::Api,
        ip: Some("10.0.0.1".into()),
        user_agent: Some("curl/8".into()),
        request_id: Some("req_1".into()),
    }
}

/// An event of that kind.
pub fn event(kind: &'static str, at: Timestamp) -> NewEvent {
    NewEvent::about(kind, ("thing", "it"), &actor(), at)
}

/// An account.
pub fn user(id: &str, name: &str, at: Timestamp) -> User {
    User {
        id: UserId::new(id),
        workspace: home(),
        username: name.into(),
        password_hash: "$argon2id$1".into(),
        tier: Tier::User,
        is_active: true,
        must_change_password: true,
        created_at: at,
        last_sign_in_at: None,
        deleted_at: None,
        second_factor_at: None,
        provider: None,
    }
}

/// A session of an account.
pub fn session(user: &str, hash: &str, at: Timestamp) -> Session {
    Session {
        secret_hash: hash.into(),
        user: UserId::new(user),
        workspace: home(),
        created_at: at,
        last_seen_at: at,
        expires_at: at + jiff::SignedDuration::from_hours(12),
        ip: Some("::1".into()),
        user_agent: None,
    }
}

/// A token of an account.
pub fn token(user: &str, id: &str, hash: &str, at: Timestamp) -> ApiToken {
    ApiToken {
        id: TokenId::new(id),
        user: UserId::new(user),
        workspace: home(),
        name: "ночная выгрузка".into(),
        prefix: "vkh_ab".into(),
        secret_hash: hash.into(),
        created_at: at,
        expires_at: at + jiff::SignedDuration::from_hours(24 * 90),
        scopes: Some(vec![Permission::Look, Permission::Predict]),
        last_used_at: None,
        revoked_at: None,
    }
}

/// A day that the company has spoken about.
pub fn company_day(at: Timestamp) -> CompanyDay {
    CompanyDay {
        country: Country::RU,
        date: jiff::civil::date(2026, 12, 31),
        kind: DayKind::Short,
        note: Some("указ № 1".into()),
        set_at: at,
        set_by: Some(UserId::new("user_1")),
    }
}

/// A schedule of a model's retraining, every night at three.
pub fn schedule(id: &str, model: &str, at: Timestamp) -> Schedule {
    let times = Times::checked("0 3 * * *", "UTC", at).expect("times");
    Schedule {
        workspace: home(),
        id: ScheduleId::new(id),
        task: ScheduledTask::Retrain,
        subject: Subject::Model(ModelKey::new(model)),
        next_at: times.next_after(at).expect("a moment"),
        times,
        origin: Origin::Person,
        paused: false,
        last: None,
        created_at: at,
        created_by: Some(UserId::new("user_1")),
    }
}

/// A reference to bytes that need not be there.
pub fn object(digit: char) -> ObjectRef {
    ObjectRef { sha256: digit.to_string().repeat(64), bytes: 12_345_678_901 }
}

/// A dataset version to add.
pub fn dataset(key: &str, id: &str, at: Timestamp) -> NewDatasetVersion {
    NewDatasetVersion {
        id: DatasetVersionId::new(id),
        dataset: DatasetKey::new(key),
        title: None,
        rows: 54,
        object: object('a'),
        table: TableFacts {
            columns: vec![Column {
                name: "выручка".into(),
                kind: ColumnKind::Float,
                profile: ColumnProfile { count: 54, mean: Some("1.5".into()), ..ColumnProfile::default() },
            }],
            read_as: ReadAs {
                format: FileFormat::Csv,
                encoding: Some("windows-1251".into()),
                delimiter: Some(';'),
                decimal: Some(','),
                dates: Some("DD.MM.YYYY".into()),
            },
            refused: Refused::default(),
        },
        at,
        by: Some(UserId::new("user_1")),
    }
}

/// A spec of a forecast.
pub fn spec(key: &str) -> ModelSpec {
    serde_json::from_value(json!({
        "model_key": key,
        "task": "forecast",
        "data": {"dataset": "sales", "time": "date", "series": ["branch"], "target": "visits"},
    }))
    .expect("a spec")
}

/// A decision about a version.
pub fn decision(
    kind: DecisionKind,
    id: &str,
    model: &str,
    version: &str,
    previous: Option<&str>,
    at: Timestamp,
) -> Decision {
    Decision {
        id: DecisionId::new(id),
        model: ModelKey::new(model),
        kind,
        version: VersionId::new(version),
        previous: previous.map(VersionId::new),
        reason: "так решили".into(),
        evidence: json!({"wape": 7.7}),
        decided_by: "Анна".into(),
        at,
    }
}

/// A training job to queue; single flight by model.
pub fn job(id: &str, model: &str, at: Timestamp) -> NewJob {
    NewJob {
        id: JobId::new(id),
        kind: JobKind::Train,
        model: Some(ModelKey::new(model)),
        payload: json!({"model_key": model, "big": u64::MAX}),
        single_flight: Some(format!("train/{model}")),
        limit_seconds: 1800,
        owner: actor(),
        at,
        retry_of: None,
    }
}

/// Queues a job.
pub async fn enqueue(bed: &Bed, job: &NewJob) -> Job {
    match bed.ports.jobs.enqueue(job, &event("job.queued", job.at)).await.expect("the queue works") {
        Enqueued::Queued(job) => *job,
        Enqueued::Busy(id) => panic!("{id} is in the way"),
    }
}

/// Takes the oldest job for ten seconds.
pub async fn claim(bed: &Bed, worker: &str) -> Option<Job> {
    let now = bed.now();
    let until = now + jiff::SignedDuration::from_secs(10);
    bed.ports.jobs.claim(&WorkerId::new(worker), &JobKind::ALL, now, until).await.expect("the queue works")
}

/// The lease of a job as claimed.
pub fn lease(job: &Job) -> JobLease {
    JobLease { job: job.id.clone(), attempt: job.attempt }
}

/// The end of a training that `lease` stands for; it is to serve where `previous` still does.
pub fn training(
    lease: &JobLease,
    model: &str,
    version: &str,
    serve: bool,
    previous: Option<&str>,
    at: Timestamp,
) -> FinishedTraining {
    let kind = if serve { DecisionKind::FirstChampion } else { DecisionKind::Kept };
    FinishedTraining {
        lease: lease.clone(),
        version: ModelVersion {
            workspace: home(),
            id: VersionId::new(version),
            model: ModelKey::new(model),
            alias: None,
            state: if serve { VersionState::Deployed } else { VersionState::Trained },
            job: Some(lease.job.clone()),
            dataset_version: Some(DatasetVersionId::new("dv_1")),
            spec: spec(model),
            seed: u64::MAX,
            report: Some(Report::Forecast(Box::new(TrainingReport {
                engine: "gbdt".into(),
                overall: Metrics { n: 10, wape: Some(7.25), ..Metrics::default() },
                largest_ratio: 1.1,
                ..TrainingReport::default()
            }))),
            artifact: Some(object('b')),
            backtest: Some(object('c')),
            profile: Some(object('d')),
            error: None,
            reason: Some("первый запуск".into()),
            code_version: "0.1.0".into(),
            created_at: at,
        },
        decision: decision(kind, &format!("dec_{version}"), model, version, previous, at),
        serve,
        arm: None,
        result: json!({"version": version}),
        events: vec![
            event("version.trained", at).of_model(model),
            event("version.deployed", at).of_model(model),
        ],
    }
}

/// Trains a version from the queue to its end.
pub async fn train(bed: &Bed, model: &str, version: &str, serve: bool, previous: Option<&str>) {
    enqueue(bed, &job(&format!("job_{version}"), model, bed.now())).await;
    let job = claim(bed, "w").await.expect("a job");
    let finished = training(&lease(&job), model, version, serve, previous, bed.now());
    assert!(bed.ports.versions.finish_training(&finished).await.expect("the store works"));
}

/// Adds a model.
pub async fn add_model(bed: &Bed, key: &str) {
    let added =
        bed.ports.models.add_model(&home(), &spec(key), &[], &event("model.created", bed.now())).await;
    assert!(added.expect("the store works").is_some());
}

/// A logged prediction; `n` makes it unlike others.
pub fn prediction(model: &str, n: u32, at: Timestamp) -> LoggedPrediction {
    LoggedPrediction {
        workspace: home(),
        request: format!("req_{n}"),
        model: ModelKey::new(model),
        version: VersionId::new("v_1"),
        at,
        key: format!("филиал {n}|2026-09-01"),
        input: json!({"n": n, "text": "строка\n"}).to_string(),
        value: f64::from(n) / 3.0,
        // Every second one is JSON that columns give back, the others are none of ours.
        output: if n.is_multiple_of(2) { r#"{"step":1,"intervals":[]}"#.into() } else { "[]".into() },
        latency_us: n,
    }
}
