//! PostgreSQL and an S3-compatible store on free loopback ports, ended by their process ids.

use super::wait_for;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How to get what is missing.
const PREPARE: &str = "run `cargo xtask prepare`";

/// A port that is free now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

fn answers(port: u16) -> Option<()> {
    TcpStream::connect(("127.0.0.1", port)).ok().map(drop)
}

/// A process that ends with its value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A PostgreSQL of its own.
pub struct Postgres {
    _process: Ended,
    _folder: tempfile::TempDir,
    /// Its address with the database.
    pub url: String,
}

impl Postgres {
    /// Makes a cluster in a temporary folder and starts it.
    pub fn start() -> Self {
        let bin = postgres_bin();
        let folder = tempfile::Builder::new().prefix("vakhta-pg").tempdir_in("/tmp").expect("a folder");
        let data = folder.path().join("data");
        if is_root() {
            // PostgreSQL refuses to run as root.
            let owned =
                Command::new("chown").arg("postgres").arg(folder.path()).status().expect("chown is there");
            assert!(owned.success(), "there is no account postgres; apt-get install postgresql");
        }
        let made = as_postgres(&bin.join("initdb"))
            .args(["--username=vakhta", "--auth=trust", "--encoding=UTF8", "--no-sync", "--pgdata"])
            .arg(&data)
            .stdout(Stdio::null())
            .output()
            .expect("initdb starts");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let process = as_postgres(&bin.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .args(["-c", &format!("unix_socket_directories={}", folder.path().display())])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres starts");
        let process = Ended(process);
        // Its port answers a little before it takes connections; the server under test tries once only.
        let ready = || {
            let asked = as_postgres(&bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
                .status();
            asked.ok().filter(std::process::ExitStatus::success).map(drop)
        };
        assert!(wait_for(Duration::from_secs(30), ready).is_some(), "postgres did not start");
        Self {
            _process: process,
            _folder: folder,
            url: format!("postgres://vakhta@127.0.0.1:{port}/postgres"),
        }
    }
}

fn postgres_bin() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found
        .pop()
        .unwrap_or_else(|| panic!("PostgreSQL is not installed: apt-get install postgresql, or {PREPARE}"))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id is there");
    id.stdout.trim_ascii() == b"0"
}

/// The command, as the account `postgres` where this is root. `setpriv` replaces itself, so that the
/// process id is PostgreSQL's own.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program).current_dir("/tmp");
    command
}

/// An S3-compatible store of its own, in memory.
pub struct S3 {
    _process: Ended,
    /// Its address.
    pub endpoint: String,
    /// A bucket in it.
    pub bucket: &'static str,
}

impl S3 {
    /// Starts it and makes the bucket.
    pub fn start() -> Self {
        let port = free_port();
        let process = Command::new(moto())
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto_server starts");
        let process = Ended(process);
        assert!(wait_for(Duration::from_mins(1), || answers(port)).is_some(), "moto_server did not start");
        let s3 = Self { _process: process, endpoint: format!("http://127.0.0.1:{port}"), bucket: "vakhta" };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // It checks no signature, but wants to see whose and where.
        let who = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        let url = format!("{}/{}", s3.endpoint, s3.bucket);
        let made = runtime.block_on(client.put(url).header("Authorization", who).send()).expect("an answer");
        assert!(made.status().is_success(), "{made:?}");
        s3
    }
}

fn moto() -> PathBuf {
    if let Some(path) = std::env::var_os("VAKHTA_TEST_MOTO") {
        return PathBuf::from(path);
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").filter(|v| !v.is_empty()).map(PathBuf::from);
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache");
    let path = cache.unwrap_or_else(home).join("vakhta/moto/bin/moto_server");
    assert!(path.is_file(), "{} is not there: {PREPARE}", path.display());
    path
}
