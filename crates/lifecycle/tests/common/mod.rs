//! A lifecycle on a real SQLite store in a temporary folder, with a clock that tests set.
#![allow(dead_code, reason = "each test binary uses its own part")]

use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use tokio_util::sync::CancellationToken;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::{JobId, ModelKey, ScheduleId, WorkspaceId};
use vakhta_domain::job::Job;
use vakhta_domain::ports::{Chance, Clock, Dispatch, Notifier, NotifyError, Ports};
use vakhta_domain::spec::{ModelSpec, parse_yaml};
use vakhta_domain::user::Actor;
use vakhta_lifecycle::schedules::{self, Change};
use vakhta_lifecycle::upload::{Upload, upload};
use vakhta_lifecycle::{Background, Lifecycle, Settings, Workers, jobs, models};
use vakhta_store::{S3Options, Store, StoreConfig};

/// Real time plus what a test adds.
pub struct SetClock {
    ahead_ms: AtomicI64,
    started: std::time::Instant,
}

impl SetClock {
    pub fn advance(&self, by: SignedDuration) {
        self.ahead_ms.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-03-01T09:00:00Z".parse().expect("a timestamp");
        let ms = self.started.elapsed().as_millis() as i64 + self.ahead_ms.load(Ordering::SeqCst);
        start + SignedDuration::from_millis(ms)
    }
}

/// Distinct bytes that replay: a counter through `SplitMix64`.
pub struct Counter(AtomicU64);

impl Chance for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Keeps what is sent, and refuses as often as it is told to.
#[derive(Default)]
pub struct Ear {
    heard: Mutex<Vec<Heard>>,
    /// How many of the next messages are refused for now.
    pub refuses: AtomicU64,
}

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub id: String,
    pub subject: String,
    pub text: String,
    pub taken: bool,
}

impl Ear {
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no writer panicked").clone()
    }
}

#[async_trait::async_trait]
impl Notifier for Ear {
    async fn send(&self, dispatch: Dispatch<'_>) -> Result<(), NotifyError> {
        let refused =
            self.refuses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        self.heard.lock().expect("no writer panicked").push(Heard {
            id: dispatch.id.to_string(),
            subject: dispatch.message.subject.clone(),
            text: vakhta_domain::alert::words::plain(dispatch.message),
            taken: !refused,
        });
        if refused {
            return Err(NotifyError::Passing { text: "busy".into(), retry_after: None });
        }
        Ok(())
    }
}

pub struct House {
    pub app: Arc<Lifecycle>,
    pub ports: Ports,
    pub clock: Arc<SetClock>,
    pub actor: Actor,
    pub shutdown: CancellationToken,
    pub ear: Arc<Ear>,
    background: OnceLock<Background>,
    _store: Store,
    folder: tempfile::TempDir,
}

impl House {
    /// Pauses a schedule of a spec, or lets it go on.
    pub async fn paused(&self, schedule: &str, paused: bool) {
        let change = Change { paused: Some(paused), ..Change::default() };
        let id = ScheduleId::new(schedule);
        schedules::change(&self.app, &self.actor, &id, change).await.expect("written with the spec");
    }

    /// A house whose workers do not run yet.
    pub async fn quiet() -> Self {
        Self::with_room(1 << 30).await
    }

    /// The same with room for so many bytes of saved models in memory.
    pub async fn with_room(model_memory_bytes: u64) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Arc::new(SetClock { ahead_ms: AtomicI64::new(0), started: std::time::Instant::now() });
        let chance = Arc::new(Counter(AtomicU64::new(7)));
        let at = folder.path().display();
        let config = StoreConfig {
            database_url: format!("sqlite://{at}/vakhta.db"),
            objects_url: format!("file://{at}/objects"),
            data_dir: folder.path().to_path_buf(),
            feeds: vakhta_store::FeedOptions::default(),
            s3: S3Options::default(),
        };
        let store = Store::open(&config, clock.clone(), chance).await.expect("a fresh store opens");
        let ports = store.ports();
        let temp_dir = folder.path().join("tmp");
        std::fs::create_dir_all(&temp_dir).expect("a folder");
        let settings = Settings {
            temp_dir,
            threads: 2,
            train_limit_seconds: 600,
            lease_seconds: 15,
            model_memory_bytes,
            workers: Workers { train: 1, predict: 1, sync: 1, metrics: 1 },
            code_version: "test".into(),
            public_url: None,
        };
        let ear = Arc::new(Ear::default());
        let app = Lifecycle::new(ports.clone(), ear.clone(), settings);
        let actor = Actor::system(WorkspaceId::default_workspace());
        let shutdown = CancellationToken::new();
        Self { app, ports, clock, actor, shutdown, ear, background: OnceLock::new(), _store: store, folder }
    }

    /// A house at work.
    pub async fn running() -> Self {
        let house = Self::quiet().await;
        house.open().await;
        house
    }

    /// Starts the workers.
    pub async fn open(&self) {
        let background = self.app.start(self.shutdown.clone()).await.expect("the lifecycle starts");
        assert!(self.background.set(background).is_ok(), "opened twice");
    }

    /// Stops the workers in an orderly way.
    pub async fn close(mut self) {
        self.shutdown.cancel();
        if let Some(background) = self.background.take() {
            background.finished().await;
        }
    }

    /// The file that an object lies in.
    pub fn object(&self, sha256: &str) -> PathBuf {
        let folder = self.folder.path().join("objects");
        folder.join(&sha256[..2]).join(&sha256[2..4]).join(sha256)
    }

    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join("tmp").join(name);
        std::fs::write(&path, content).expect("the folder is writable");
        path
    }

    pub async fn upload(&self, key: &str, csv: &str) {
        let upload_of = Upload {
            key: key.into(),
            title: None,
            file_name: format!("{key}.csv"),
            spooled: self.file(&format!("{key}.csv"), csv.as_bytes()),
            options: ReadOptions::default(),
        };
        upload(&self.app, &self.actor, upload_of).await.expect("a right file");
    }

    /// Uploads `days` of sales and describes a small model of them.
    pub async fn model_of(&self, days: i32) -> ModelKey {
        self.upload("sales", &sales(days)).await;
        models::create(&self.app, &self.actor, spec(30)).await.expect("a right spec");
        ModelKey::new("sales")
    }

    pub async fn ended(&self, job: &JobId) -> Job {
        let wait = jobs::wait(&self.app, &self.actor.workspace, job, std::time::Duration::from_mins(2));
        let job = wait.await.expect("the store answers").expect("the job is there");
        assert!(job.state.is_final(), "job {} is still {:?}", job.id, job.state);
        job
    }
}

/// Sales of three branches with a weekly season.
pub fn sales(days: i32) -> String {
    let start: jiff::civil::Date = "2025-01-01".parse().expect("a date");
    let mut csv = "date,branch,y\n".to_owned();
    for day in 0..days {
        let date = start + jiff::Span::new().days(day);
        for (i, branch) in ["north", "south", "центр"].into_iter().enumerate() {
            let season = [10, 11, 12, 14, 20, 30, 25][(day % 7) as usize];
            let noise = (day * 7919 + i as i32 * 104_729) % 5;
            let _ = writeln!(csv, "{date},{branch},{}", (season + noise) * (i as i32 + 1));
        }
    }
    csv
}

/// A spec of few and small trees.
pub fn spec(rounds: u32) -> ModelSpec {
    let text = format!(
        "{{model_key: sales, task: forecast, engine: gbdt, horizon: 14, data: {{dataset: sales, time: date, series: [branch], target: y}}, params: {{rounds: {rounds}, leaves: 7}}}}"
    );
    parse_yaml(&text).expect("a right spec").remove(0)
}

pub fn training(model: &ModelKey) -> vakhta_lifecycle::training::TrainRequest {
    vakhta_lifecycle::training::TrainRequest {
        model: model.clone(),
        dataset: None,
        spec: None,
        reason: Some("a test".into()),
        alias: None,
    }
}
