//! Debian's PostgreSQL in a passing folder.

use super::{Running, free_port, tethered};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A running PostgreSQL.
pub struct Postgres {
    port: u16,
    // Ended before its folder goes.
    _running: Running,
    _folder: tempfile::TempDir,
}

impl Postgres {
    /// Makes a cluster and starts it. It sorts texts by a language's rules, unlike SQLite, so that a query
    /// which leaves the order to the database is found out.
    pub async fn start() -> Self {
        let bin = binaries();
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let account = account(folder.path());
        let made = tethered(&bin.join("initdb"), account)
            .arg("-D")
            .arg(&data)
            .args(["-U", "vakhta", "-A", "trust", "-E", "UTF8", "--no-sync"])
            .args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"])
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let log = File::create(folder.path().join("log")).expect("a log");
        let port = free_port();
        let child = tethered(&bin.join("postgres"), account)
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("postgres starts");
        let server = Self { port, _running: Running(child), _folder: folder };
        server.wait().await;
        server
    }

    async fn wait(&self) {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            match PgConnection::connect(&self.url("postgres")).await {
                Ok(connection) => return connection.close().await.expect("it closes"),
                Err(error) => assert!(Instant::now() < end, "postgres did not start in a minute: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://vakhta@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// The address of a new, empty database.
    pub async fn database(&self, name: &str) -> String {
        let mut connection = PgConnection::connect(&self.url("postgres")).await.expect("it answers");
        let sql = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        connection.execute(sql).await.expect("a database");
        connection.close().await.expect("it closes");
        self.url(name)
    }
}

/// The folder of the newest installed version.
fn binaries() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = installed
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    found.sort();
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|dir| dir.join("initdb").exists() && dir.join("postgres").exists())
    };
    found
        .pop()
        .map(|(_, bin)| bin)
        .or_else(on_path)
        .expect("PostgreSQL is not installed; run `apt-get install postgresql`")
}

/// PostgreSQL refuses to run as root, so root gives the folder to the account that Debian made for it.
fn account(folder: &Path) -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    if id.stdout.trim_ascii() != b"0" {
        return None;
    }
    let given = Command::new("chown").arg("postgres").arg(folder).status().expect("chown runs");
    assert!(given.success(), "there is no account `postgres`; run `apt-get install postgresql`");
    Some("postgres")
}
