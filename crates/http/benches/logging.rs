//! What the prediction log costs a request: `cargo bench -p vakhta-http --bench logging`.
//!
//! Two processes serve the same doors over the same model; one has a log that keeps nothing. Both are asked in turn over
//! connections that stay open, and their CPU seconds are read from /proc. At the end a third is killed while it answers, and
//! every answer that was given must be in its log.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

#[path = "../../lifecycle/benches/house/mod.rs"]
#[expect(dead_code, reason = "each bench uses its own part")]
mod house;

use async_trait::async_trait;
use house::{BRANCHES, House, Trouble};
use jiff::{SignedDuration, Timestamp};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::ports::{PredictionLog, StoreError};
use vakhta_domain::prediction::{FlatPredictions, LogPart, LoggedPrediction};
use vakhta_domain::user::{Proof, Session};
use vakhta_http::{
    EdgeSettings, HealthCheck, HealthReport, HttpSettings, Measured, Page, ensure_first_admin, router,
};
use vakhta_lifecycle::accounts::{SESSION_PREFIX, fresh_secret, secret_hash};

/// Requests of a turn, and turns.
const REQUESTS: u64 = 3_000;
const TURNS: usize = 5;

fn main() -> Result<(), Trouble> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    match given[..] {
        ["serve", folder, "logged"] => served(Path::new(folder), true),
        ["serve", folder, "unlogged"] => served(Path::new(folder), false),
        [] => measured(),
        _ => Err("say nothing, or `serve FOLDER logged|unlogged`".into()),
    }
}

/// Keeps nothing.
struct Unlogged;

#[async_trait]
impl PredictionLog for Unlogged {
    async fn append(&self, _: Vec<LoggedPrediction>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn read(
        &self,
        _: &WorkspaceId,
        _: &ModelKey,
        _: u64,
        _: u32,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        Ok(Vec::new())
    }

    async fn parts(&self, _: &WorkspaceId, _: &ModelKey) -> Result<Vec<LogPart>, StoreError> {
        Ok(Vec::new())
    }

    async fn read_part(
        &self,
        _: &WorkspaceId,
        _: &ModelKey,
        _: &str,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        Ok(Vec::new())
    }

    async fn read_flat(&self, _: &WorkspaceId, _: &ModelKey, _: &str) -> Result<FlatPredictions, StoreError> {
        Ok(FlatPredictions::default())
    }
}

struct Well;

#[async_trait]
impl HealthCheck for Well {
    async fn check(&self) -> HealthReport {
        HealthReport { database: true, objects: true, queue: true, disk: true }
    }
}

impl Measured for Well {
    fn write(&self, _: &mut Page) {}
}

/// Serves until it is killed; says its port and a session's secret.
#[tokio::main]
async fn served(folder: &Path, logged: bool) -> Result<(), Trouble> {
    let start: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    let house = House::open(folder, start, 1, |ports| {
        if !logged {
            ports.predictions = Arc::new(Unlogged);
        }
    })
    .await?;
    house.model().await?;
    let secret = signed_in(&house, start).await?;
    let settings = HttpSettings {
        registration: false,
        admin_token_hash: None,
        provider: None,
        second_factor_tiers: Vec::new(),
        vault: vakhta_lifecycle::accounts::Vault::default(),
        login_per_min: 10,
        max_body_bytes: 1 << 20,
        max_upload_bytes: 1 << 20,
        session_idle: Duration::from_hours(12),
        session_max: Duration::from_hours(24),
        secure_cookies: false,
        metrics_token_hash: None,
        edge: EdgeSettings {
            trusted_proxies: Vec::new(),
            tls: false,
            allow_plain_http: false,
            body_silence: Duration::from_secs(10),
            max_unzip_bytes: 1 << 20,
            cors_origins: Vec::new(),
            token_rate: 1_000,
            address_rate: 1_000,
        },
        started_at: start,
        database_kind: "sqlite",
        objects_kind: "local",
        version: "bench".into(),
    };
    let doors = router(house.app.clone(), settings, Arc::new(Well), Arc::new(Well));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{} {secret}", listener.local_addr()?.port());
    axum::serve(listener, doors.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}

async fn signed_in(house: &House, at: Timestamp) -> Result<String, Trouble> {
    let ports = &house.app.ports;
    ensure_first_admin(&house.app, "admin", Some("a long bench password 42".into())).await?;
    let user = ports.accounts.user_named("admin").await?.ok_or("no account")?;
    let secret = fresh_secret(SESSION_PREFIX, &*ports.chance);
    let session = Session {
        secret_hash: secret_hash(&secret),
        user: user.id.clone(),
        workspace: user.workspace.clone(),
        created_at: at,
        last_seen_at: at,
        expires_at: at + SignedDuration::from_hours(24),
        ip: None,
        user_agent: None,
    };
    let event = NewEvent::about("user.signed_in", ("user", user.id.as_str()), &house.actor, at);
    ports.accounts.add_session(&session, &user, &Proof::FirstFactorAlone, &event).await?;
    Ok(secret)
}

/// A serving process.
struct Server {
    child: Child,
    port: u16,
    secret: String,
    folder: PathBuf,
}

impl Server {
    fn start(folder: PathBuf, how: &str) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&folder)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", &folder.display().to_string(), how])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let (port, secret) = line.trim().split_once(' ').ok_or("it said nothing")?;
        Ok(Self { port: port.parse()?, secret: secret.to_owned(), child, folder })
    }

    fn end(&mut self) -> Result<(), Trouble> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// CPU seconds so far, user and system.
    fn cpu(&self) -> Result<f64, Trouble> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after = text.rsplit(')').next().ok_or("no numbers")?;
        let ticks: u64 =
            after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
        Ok(ticks as f64 / 100.0)
    }

    /// Asks `requests` times over so many connections; how often an answer came.
    fn asked(&self, what: &Question, connections: u64, requests: u64) -> u64 {
        let (left, answered) = (AtomicU64::new(requests), AtomicU64::new(0));
        let gone = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..connections {
                scope.spawn(|| {
                    let one_less = |n: u64| n.checked_sub(1);
                    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
                    let request = what.bytes(&self.secret);
                    while !gone.load(Ordering::Relaxed)
                        && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
                    {
                        if ask(&mut stream, &request).is_err() {
                            gone.store(true, Ordering::Relaxed);
                            return;
                        }
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        answered.into_inner()
    }

    /// CPU microseconds a request.
    fn cost(&self, what: &Question, connections: u64) -> Result<f64, Trouble> {
        let before = self.cpu()?;
        if self.asked(what, connections, REQUESTS) != REQUESTS {
            return Err(format!("{} was not answered", what.name).into());
        }
        Ok((self.cpu()? - before) * 1e6 / REQUESTS as f64)
    }
}

struct Question {
    name: &'static str,
    path: &'static str,
    body: String,
}

impl Question {
    fn bytes(&self, secret: &str) -> Vec<u8> {
        format!(
            "POST /api/v1/{} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {secret}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
            self.path,
            self.body.len(),
            self.body
        )
        .into_bytes()
    }
}

/// One request and its answer, which must be a right one.
fn ask(stream: &mut TcpStream, request: &[u8]) -> Result<(), Trouble> {
    stream.write_all(request)?;
    let (mut held, mut part) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Err("the connection was closed".into());
        }
        held.extend_from_slice(&part[..read]);
        let Some(head) = held.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&held[..head])?.to_ascii_lowercase();
        if !text.starts_with("http/1.1 200") {
            return Err(String::from_utf8_lossy(&held).into());
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("an answer without a length")?.parse()?;
        if held.len() >= head + 4 + length {
            return Ok(());
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn measured() -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let mut logged = Server::start(folder.path().join("logged"), "logged")?;
    let mut unlogged = Server::start(folder.path().join("unlogged"), "unlogged")?;
    let question = Question {
        name: "forecast of one value",
        path: "forecast",
        body: format!(r#"{{"model_key":"sales","series":[["{}"]],"horizon":1}}"#, BRANCHES[0]),
    };
    for connections in [1, 16, 64] {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for _ in 0..=TURNS {
            with.push(logged.cost(&question, connections)?);
            without.push(unlogged.cost(&question, connections)?);
        }
        // The first turn warms up.
        let (with, without) = (median(with.split_off(1)), median(without.split_off(1)));
        println!(
            "{}, {connections} connections: {with:.1} µs CPU a request, {without:.1} without a log: {:+.1}%",
            question.name,
            100.0 * (with / without - 1.0)
        );
    }
    logged.end()?;
    unlogged.end()?;
    println!("{}", killed(folder.path().join("killed"), &question)?);
    Ok(())
}

/// Kills a server while it answers, and looks for every answer that was given in its log.
fn killed(folder: PathBuf, question: &Question) -> Result<String, Trouble> {
    let mut server = Server::start(folder, "logged")?;
    let (port, secret) = (server.port, server.secret.clone());
    let answered = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return };
                let request = question.bytes(&secret);
                while ask(&mut stream, &request).is_ok() {
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        std::thread::sleep(Duration::from_secs(2));
        server.child.kill()
    })?;
    server.child.wait()?;
    let (answered, kept) = (answered.into_inner(), kept(&server.folder)?);
    if answered == 0 || kept < answered {
        return Err(format!("{answered} answers were given, {kept} are in the log").into());
    }
    Ok(format!("killed with signal 9: {answered} answers were given, {kept} are in the log"))
}

/// Records in the log of a server that is gone.
#[tokio::main]
async fn kept(folder: &Path) -> Result<u64, Trouble> {
    let house = House::open(folder, "2026-03-01T10:00:00Z".parse()?, 2, |_| {}).await?;
    let (log, workspace, model) =
        (house.app.ports.predictions.clone(), house.actor.workspace.clone(), ModelKey::new("sales"));
    let mut found = 0;
    for part in log.parts(&workspace, &model).await? {
        found += log.read_flat(&workspace, &model, &part.segment).await?.rows.len() as u64;
    }
    drop(log);
    house.close().await;
    Ok(found)
}
