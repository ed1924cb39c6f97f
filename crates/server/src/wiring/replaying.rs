//! A lifecycle on an embedded store whose time is set: what `vakhta simulate` runs.

use super::{CODE_VERSION, make_data_dir};
use crate::exit::Result;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use vakhta_lifecycle::{Background, Lifecycle, Settings, Workers};
use vakhta_simulate::{Nobody, SeededChance, SetClock};
use vakhta_store::{FeedOptions, S3Options, Store, StoreConfig};

/// No training of a replay may take longer, seconds.
const LIMIT_SECONDS: u32 = 3600;
/// Saved models that may be in memory, bytes.
const MODEL_MEMORY: u64 = 1 << 30;

/// A lifecycle that is replayed.
pub struct Replaying {
    /// What it does.
    pub app: Arc<Lifecycle>,
    /// Its time.
    pub clock: Arc<SetClock>,
    /// The folder that its source reads.
    pub incoming: PathBuf,
    background: Background,
    shutdown: CancellationToken,
    _store: Store,
}

/// Opens an empty one that stands before the first moment of a day.
pub async fn replaying(data_dir: &Path, threads: usize, from: Date, seed: u64) -> Result<Replaying> {
    make_data_dir(data_dir)?;
    let data_dir = data_dir.canonicalize()?;
    let (incoming, temp_dir) = (data_dir.join("incoming"), data_dir.join("tmp"));
    for folder in [&incoming, &temp_dir] {
        std::fs::create_dir_all(folder)?;
    }
    // A day before, so that the zone of the model does not matter.
    let start = from.yesterday().unwrap_or(from).to_zoned(TimeZone::UTC)?.timestamp();
    let clock = Arc::new(SetClock::at(start));
    let config = StoreConfig {
        database_url: format!("sqlite://{}/vakhta.db", data_dir.display()),
        objects_url: format!("file://{}/objects", data_dir.display()),
        s3: S3Options::default(),
        feeds: FeedOptions { folders: vec![incoming.clone()], ..FeedOptions::default() },
        data_dir,
    };
    let store = Store::open(&config, clock.clone(), Arc::new(SeededChance::new(seed))).await?;
    let settings = Settings {
        temp_dir,
        threads,
        train_limit_seconds: LIMIT_SECONDS,
        lease_seconds: LIMIT_SECONDS,
        workers: Workers { train: 1, sync: 1, predict: 0, metrics: 1 },
        model_memory_bytes: MODEL_MEMORY,
        public_url: None,
        code_version: CODE_VERSION.to_owned(),
    };
    let app = Lifecycle::new(store.ports(), Arc::new(Nobody), settings);
    let shutdown = CancellationToken::new();
    let background = app.start(shutdown.clone()).await?;
    Ok(Replaying { app, clock, incoming, background, shutdown, _store: store })
}

impl Replaying {
    /// Ends it in an orderly way.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.background.finished().await;
    }
}
