//! Puts the parts together: clock and randomness, stores, lifecycle, doors; starts them and stops them in
//! order. The only place that knows every part.

mod figures;
pub mod first_sign_in;
mod metered;
mod outside;
mod queries;
mod replaying;
mod upkeep;

pub use first_sign_in::FirstSignIn;
pub use outside::{MovedClock, OsChance, SystemClock};
pub use replaying::{Replaying, replaying};

use crate::config::Config;
use crate::doors::{self, Acceptor, Certificate, OpenConnections, Patience};
use crate::exit::{Exit, Failure, Result};
use axum_server::Handle;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use vakhta_domain::ports::{Clock, Ports};
use vakhta_http::{EdgeSettings, HttpSettings, SignInProvider};
use vakhta_lifecycle::accounts::{Vault, secret_hash};
use vakhta_lifecycle::{Background, Lifecycle, Settings, Workers};
use vakhta_oidc::{OidcProvider, ProviderConfig};
use vakhta_store::{Store, StoreConfig};

/// The program's version, as versions of models record it.
pub const CODE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Requests and jobs in flight have so long to end after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);
/// Sources that one process reads at once: they wait for others most of the time.
const SYNC_WORKERS: usize = 2;
/// A client has so long to take anything of an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// A running server.
pub struct Running {
    /// What it does.
    pub app: Arc<Lifecycle>,
    /// Where it listens; none where this process does not serve.
    pub address: Option<SocketAddr>,
    /// Whether it speaks TLS there.
    pub tls: bool,
    /// How to sign in for the first time, while nobody did.
    pub first_sign_in: Option<FirstSignIn>,
    store: Arc<Store>,
    background: Background,
    handle: Handle<SocketAddr>,
    doors: Option<JoinHandle<std::io::Result<()>>>,
    upkeep: JoinSet<()>,
    shutdown: CancellationToken,
}

/// The store's part of the configuration.
pub fn store_config(config: &Config) -> StoreConfig {
    StoreConfig {
        database_url: config.database_url.clone(),
        objects_url: config.objects_url.clone(),
        s3: vakhta_store::S3Options {
            endpoint: given(&config.s3.endpoint),
            region: given(&config.s3.region),
            access_key: given(&config.s3.access_key),
            secret_key: given(&config.s3.secret_key),
            allow_http: config.s3.allow_http,
        },
        feeds: vakhta_store::FeedOptions {
            folders: config.source_folders.clone(),
            private: config.source_private,
            max_bytes: config.max_upload_bytes,
        },
        data_dir: config.data_dir.clone(),
    }
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Opens the stores for a command that needs nothing else.
pub async fn open_store(config: &Config) -> Result<Store> {
    open_at(config, Arc::new(SystemClock)).await
}

async fn open_at(config: &Config, clock: Arc<dyn Clock>) -> Result<Store> {
    make_data_dir(&config.data_dir)?;
    Ok(Store::open(&store_config(config), clock, Arc::new(OsChance)).await?)
}

/// Starts everything that the configuration asks for.
pub async fn start(config: &Config) -> Result<Running> {
    start_at(config, Arc::new(SystemClock)).await
}

/// The same by another clock.
pub async fn start_at(config: &Config, clock: Arc<dyn Clock>) -> Result<Running> {
    let started_at = clock.now();
    // Before the stores, too: a setting that is wrong must leave nothing behind.
    let provider = if config.serves { provider(config)? } else { None };
    // Before the stores: a taken port is the commonest mistake and should cost nothing.
    let listener = if config.serves { Some(listen(config)?) } else { None };
    let certificate = certificate(config)?;
    let store = Arc::new(open_at(config, clock).await?);
    let temp_dir = fresh_temp_dir(&config.data_dir)?;
    let meters = Arc::new(metered::Meters::default());
    let ports: Ports = metered::metered(store.ports(), &meters);
    let settings = Settings {
        temp_dir,
        threads: config.threads,
        train_limit_seconds: config.train_limit_seconds,
        lease_seconds: config.lease_seconds,
        model_memory_bytes: config.model_memory_bytes,
        workers: Workers {
            train: if config.trains { config.train_workers } else { 0 },
            sync: if config.trains { SYNC_WORKERS } else { 0 },
            predict: if config.serves { config.predict_workers } else { 0 },
            metrics: usize::from(config.trains),
        },
        code_version: CODE_VERSION.to_owned(),
        public_url: config.public_url.clone(),
    };
    let notifier = Arc::new(vakhta_notify::Carrier::new(config.data_dir.join("secrets")));
    let queries = queries::of(config, &ports, &settings.temp_dir);
    let app = Lifecycle::with_queries(ports, notifier, queries, settings);
    let first_sign_in = first_sign_in::prepare(&app, config).await?;
    let shutdown = CancellationToken::new();
    let background = app.start(shutdown.clone()).await?;
    let mut upkeep = JoinSet::new();
    let (name, folder) = (config.admin_username.clone(), config.data_dir.clone());
    upkeep.spawn(first_sign_in::forget_when_used(app.clone(), name, folder, shutdown.clone()));
    upkeep.spawn(upkeep::seal_predictions(Arc::downgrade(&store), shutdown.clone()));
    let days = config.personal_data_days;
    upkeep.spawn(upkeep::forget_origins(Arc::downgrade(&app), days, shutdown.clone()));
    let handle = Handle::new();
    let mut doors = None;
    let mut address = None;
    if let Some(listener) = listener {
        address = Some(listener.local_addr()?);
        if let Some(certificate) = &certificate {
            upkeep.spawn(certificate.clone().follow(shutdown.clone()));
        }
        let patience = Patience {
            head: config.edge.header_timeout,
            idle: config.edge.idle_timeout,
            write: WRITE_TIMEOUT,
        };
        let acceptor = Acceptor::new(doors::room_for(config.edge.max_connections), patience, certificate);
        let connections: OpenConnections = acceptor.open();
        let figures = figures::Figures { meters, database: store.database_times(), connections };
        let settings = http_settings(config, started_at, provider);
        let router = vakhta_http::router(app.clone(), settings, pulse(config, &store), Arc::new(figures));
        doors = Some(tokio::spawn(doors::open(listener, handle.clone(), acceptor, router)?));
    }
    let tls = config.edge.tls.is_some();
    Ok(Running { app, address, tls, first_sign_in, store, background, handle, doors, upkeep, shutdown })
}

/// Reads the certificate where there is one; tells who is not answered where there is none.
fn certificate(config: &Config) -> Result<Option<Arc<Certificate>>> {
    if let Some(files) = &config.edge.tls {
        let read = Certificate::read(&files.certificate, &files.key);
        return read.map(Some).map_err(|error| Failure::new(Exit::Config, error));
    }
    if config.serves && !config.host.is_loopback() && !config.edge.allow_plain_http {
        tracing::warn!(
            "other machines are not answered without TLS, but for trusted_proxies: set tls_cert and tls_key, or allow_plain_http"
        );
    }
    Ok(None)
}

fn pulse(config: &Config, store: &Arc<Store>) -> Arc<upkeep::Pulse> {
    let mut folders = vec![config.data_dir.clone()];
    let objects = config.objects_url.strip_prefix("file://");
    folders.extend(objects.map(std::path::PathBuf::from).filter(|path| !path.starts_with(&config.data_dir)));
    Arc::new(upkeep::Pulse {
        store: Arc::downgrade(store),
        folders,
        min_free_bytes: config.edge.min_free_bytes,
    })
}

fn http_settings(
    config: &Config,
    started_at: jiff::Timestamp,
    provider: Option<SignInProvider>,
) -> HttpSettings {
    HttpSettings {
        registration: config.registration,
        admin_token_hash: config.admin_api_token.as_deref().map(secret_hash),
        login_per_min: config.login_per_min,
        provider,
        second_factor_tiers: config.second_factor_tiers.clone(),
        vault: Vault::new(config.secret_key.as_deref()),
        max_body_bytes: config.max_body_bytes as usize,
        max_upload_bytes: config.max_upload_bytes,
        session_idle: config.session_idle,
        session_max: config.session_max,
        secure_cookies: config.secure_cookies || config.edge.tls.is_some(),
        metrics_token_hash: config.edge.metrics_token.as_deref().map(secret_hash),
        edge: EdgeSettings {
            trusted_proxies: config.edge.trusted_proxies.clone(),
            tls: config.edge.tls.is_some(),
            allow_plain_http: config.edge.allow_plain_http,
            body_silence: config.edge.body_timeout,
            max_unzip_bytes: config.edge.max_unzip_bytes,
            cors_origins: config.edge.cors_origins.clone(),
            token_rate: config.edge.token_rate,
            address_rate: config.edge.address_rate,
        },
        started_at,
        database_kind: if config.is_sqlite() { "sqlite" } else { "postgresql" },
        objects_kind: if config.objects_url.starts_with("s3:") { "s3" } else { "local" },
        version: CODE_VERSION.to_owned(),
    }
}

/// Who else signs people in. It is not asked before somebody wants to: a provider that is away holds up nobody else.
fn provider(config: &Config) -> Result<Option<SignInProvider>> {
    let (Some(oidc), Some(url)) = (&config.oidc, &config.public_url) else { return Ok(None) };
    let provider = OidcProvider::new(ProviderConfig {
        issuer: oidc.issuer.clone(),
        client: oidc.client_id.clone(),
        secret: oidc.client_secret.clone(),
        scopes: oidc.scopes.clone(),
        groups_claim: oidc.groups_claim.clone(),
    });
    let provider =
        provider.map_err(|why| Failure::new(Exit::Config, format!("oidc_issuer cannot be used: {why}")))?;
    Ok(Some(SignInProvider {
        provider: Arc::new(provider),
        rule: oidc.rule.clone(),
        back: format!("{}/api/v1/auth/oidc/callback", url.trim_end_matches('/')),
        title: oidc.title.clone(),
    }))
}

fn listen(config: &Config) -> Result<TcpListener> {
    let address = SocketAddr::new(config.host, config.port);
    let listener = TcpListener::bind(address).map_err(|error| {
        let way_out = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program has it: choose another by --port",
            std::io::ErrorKind::PermissionDenied => "ports below 1024 need rights: choose another by --port",
            std::io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address: choose another by --host"
            }
            _ => "choose another by --host and --port",
        };
        Failure::new(Exit::Failed, format!("cannot listen on {address}: {error}"))
            .with_more([way_out.to_owned()])
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The folder is its owner's alone: it holds everything that the company knows.
pub fn make_data_dir(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot make data folder {}: {error}", path.display()))
    })
}

/// Fails where a running process has the data folder.
pub fn refuse_if_in_use(path: &Path) -> Result<()> {
    let Ok(lock) = std::fs::File::open(path.join("lock")) else { return Ok(()) };
    match lock.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => {
            let text = format!("another vakhta process uses {}; stop it first", path.display());
            Err(Failure::new(Exit::Conflict, text))
        }
        _ => Ok(()),
    }
}

/// Whatever a killed process left behind is of no use to anybody.
fn fresh_temp_dir(data_dir: &Path) -> Result<std::path::PathBuf> {
    let path = data_dir.join("tmp");
    match std::fs::remove_dir_all(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    make_data_dir(&path)?;
    Ok(path)
}

impl Running {
    /// The address to type into a browser. A server that listens everywhere is reached on this machine.
    pub fn url(&self) -> Option<String> {
        self.address.map(|address| {
            let host = match address.ip() {
                ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
                std::net::IpAddr::V6(ip) => format!("[{ip}]"),
                std::net::IpAddr::V4(ip) => ip.to_string(),
            };
            let scheme = if self.tls { "https" } else { "http" };
            format!("{scheme}://{host}:{}", address.port())
        })
    }

    /// Waits until the process is asked to stop, or until the doors fail.
    pub async fn until_asked(&mut self) -> Result<()> {
        let Some(doors) = &mut self.doors else {
            asked_to_stop().await?;
            return Ok(());
        };
        tokio::select! {
            asked = asked_to_stop() => Ok(asked?),
            ended = doors => match ended {
                Ok(Ok(())) => Err(Failure::new(Exit::Failed, "the server stopped listening")),
                Ok(Err(error)) => Err(Failure::new(Exit::Failed, format!("the server stopped listening: {error}"))),
                Err(panic) => Err(Failure::new(Exit::Failed, format!("the server failed: {panic}"))),
            },
        }
    }

    /// Stops: no new requests, jobs go back to the queue, requests in flight end, stores are flushed.
    pub async fn stop(self) -> Result<()> {
        self.handle.graceful_shutdown(Some(DRAIN));
        self.shutdown.cancel();
        if tokio::time::timeout(DRAIN, self.background.finished()).await.is_err() {
            // Their leases run out and another process, or the next start, takes them over.
            tracing::warn!("some jobs did not stop in time");
        }
        if let Some(doors) = self.doors {
            let _ = tokio::time::timeout(DRAIN, doors).await;
        }
        self.upkeep.join_all().await;
        drop(self.app);
        // A health check under way holds it for a moment longer; what was promised is on disk either way.
        if let Some(store) = Arc::into_inner(self.store) {
            store.close().await;
        }
        Ok(())
    }
}

/// Returns on SIGINT or SIGTERM; a second one ends the process at once.
pub async fn asked_to_stop() -> std::io::Result<()> {
    signal().await?;
    tokio::spawn(async {
        if signal().await.is_ok() {
            // 128 + SIGINT, as shells report it.
            std::process::exit(130);
        }
    });
    Ok(())
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
