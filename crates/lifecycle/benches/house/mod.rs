//! A lifecycle on a real SQLite store in a folder that stays, with a clock that a bench sets: one model of 500 branches,
//! trained on a few weeks of three of them, since a bench writes into its log what it wants.

use jiff::{SignedDuration, Timestamp};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::{JobId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::job::{Job, JobState};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Chance, Clock, Dispatch, Notifier, NotifyError, Ports};
use vakhta_domain::spec::parse_yaml;
use vakhta_domain::user::Actor;
use vakhta_lifecycle::schedules::{self, Change};
use vakhta_lifecycle::training::{self, TrainRequest};
use vakhta_lifecycle::upload::{Upload, upload};
use vakhta_lifecycle::{Background, Lifecycle, Settings, Workers, jobs, models};
use vakhta_store::{S3Options, Store, StoreConfig};

/// What may go wrong.
pub type Trouble = Box<dyn Error + Send + Sync>;

/// Branches that the model was trained on; a bench of logging asks for them.
pub const BRANCHES: [&str; 3] = ["north", "south", "east"];

/// Stands where it was set, and goes on from there.
pub struct SetClock {
    at: AtomicI64,
    set: Instant,
}

impl SetClock {
    /// Sets it.
    pub fn set(&self, at: Timestamp) {
        self.at.store(at.as_microsecond() - self.set.elapsed().as_micros() as i64, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let at = self.at.load(Ordering::SeqCst) + self.set.elapsed().as_micros() as i64;
        Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Distinct bytes that replay: a counter through `SplitMix64`.
pub struct Counter(AtomicU64);

impl Chance for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&mixed(self.0.fetch_add(1, Ordering::SeqCst)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// `SplitMix64` of a number.
pub fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

struct Nobody;

#[async_trait::async_trait]
impl Notifier for Nobody {
    async fn send(&self, _: Dispatch<'_>) -> Result<(), NotifyError> {
        Err(NotifyError::Lasting("a bench tells nobody".into()))
    }
}

/// The lifecycle and what it stands on.
pub struct House {
    pub app: Arc<Lifecycle>,
    pub clock: Arc<SetClock>,
    pub actor: Actor,
    pub store: Store,
    shutdown: CancellationToken,
    background: Option<Background>,
}

impl House {
    /// Opens what lies in a folder, at that time; `with` may put other ports in the place of the store's.
    pub async fn open(
        folder: &Path,
        now: Timestamp,
        seed: u64,
        with: impl FnOnce(&mut Ports),
    ) -> Result<Self, Trouble> {
        let clock = Arc::new(SetClock { at: AtomicI64::new(0), set: Instant::now() });
        clock.set(now);
        let at = folder.canonicalize()?;
        let config = StoreConfig {
            database_url: format!("sqlite://{}/vakhta.db", at.display()),
            objects_url: format!("file://{}/objects", at.display()),
            data_dir: at.clone(),
            feeds: vakhta_store::FeedOptions::default(),
            s3: S3Options::default(),
        };
        let chance = Arc::new(Counter(AtomicU64::new(seed)));
        let store = Store::open(&config, clock.clone(), chance).await?;
        let settings = Settings {
            temp_dir: at.join("tmp"),
            threads: 1,
            train_limit_seconds: 600,
            lease_seconds: 15,
            model_memory_bytes: 1 << 30,
            workers: Workers { train: 1, predict: 1, sync: 1, metrics: 1 },
            code_version: "bench".into(),
            public_url: None,
        };
        std::fs::create_dir_all(&settings.temp_dir)?;
        let mut ports = store.ports();
        with(&mut ports);
        let app = Lifecycle::new(ports, Arc::new(Nobody), settings);
        let actor = Actor::system(WorkspaceId::default_workspace());
        let shutdown = CancellationToken::new();
        let background = Some(app.start(shutdown.clone()).await?);
        Ok(Self { app, clock, actor, store, shutdown, background })
    }

    /// Ends in an orderly way.
    pub async fn close(mut self) {
        self.shutdown.cancel();
        if let Some(background) = self.background.take() {
            background.finished().await;
        }
        drop(self.app);
        self.store.close().await;
    }

    /// The job once it is done.
    pub async fn done(&self, id: &JobId) -> Result<Job, Trouble> {
        let wait = jobs::wait(&self.app, &self.actor.workspace, id, Duration::from_hours(2)).await?;
        let job = wait.ok_or("the job is gone")?;
        if job.state == JobState::Completed {
            return Ok(job);
        }
        Err(format!("job {id} ended as {:?}: {:?}", job.state, job.error).into())
    }

    /// A trained model that serves, and none of whose schedules runs.
    pub async fn model(&self) -> Result<(ModelKey, VersionId), Trouble> {
        let (key, last) = (ModelKey::new("sales"), self.app.ports.clock.now());
        let mut csv = "date,branch,y\n".to_owned();
        for back in (1..=400).rev() {
            let date =
                (last - SignedDuration::from_hours(24 * back)).to_zoned(jiff::tz::TimeZone::UTC).date();
            for (i, branch) in BRANCHES.iter().enumerate() {
                let sales = 100 + 10 * i as u64 + mixed(back as u64 + 1000 * i as u64) % 20;
                writeln!(csv, "{date},{branch},{sales}")?;
            }
        }
        let spooled = self.app.settings.temp_dir.join("sales.csv");
        std::fs::write(&spooled, csv)?;
        let file = Upload {
            key: "sales".into(),
            title: None,
            file_name: "sales.csv".into(),
            spooled,
            options: ReadOptions::default(),
        };
        upload(&self.app, &self.actor, file).await?;
        let spec =
            "{model_key: sales, task: forecast, engine: gbdt, horizon: 28, params: {rounds: 5, leaves: 7},
            data: {dataset: sales, time: date, series: [branch], target: y, timezone: UTC}}";
        let spec = parse_yaml(spec).map_err(|errors| format!("{errors:?}"))?.remove(0);
        models::create(&self.app, &self.actor, spec).await?;
        let all = self.app.ports.schedules.schedules(&self.actor.workspace, &PageQuery::first(50)).await?;
        for schedule in all.items {
            let change = Change { paused: Some(true), ..Change::default() };
            schedules::change(&self.app, &self.actor, &schedule.id, change).await?;
        }
        let asked = TrainRequest { model: key.clone(), dataset: None, spec: None, reason: None, alias: None };
        let job = training::request(&self.app, &self.actor, asked).await?;
        self.done(&job.id).await?;
        let model = self.app.ports.models.model(&self.actor.workspace, &key).await?.ok_or("no model")?;
        Ok((key, model.champion.ok_or("nothing serves")?))
    }
}

/// CPU seconds of this process, user and system.
pub fn cpu_seconds() -> Result<f64, Trouble> {
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let after = text.rsplit(')').next().ok_or("no numbers")?;
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / 100.0)
}

/// The most memory that this process held, MiB.
pub fn peak_mib() -> Result<f64, Trouble> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with("VmHWM")).ok_or("no such line")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<f64>()? / 1024.0)
}
