//! Debian's MariaDB in a passing folder, with an account that may only read.

use super::{free_port, tethered};
use sqlx::{Connection as _, Executor as _, MySqlConnection};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The password of `reader`.
pub const PASSWORD: &str = "p@ss word";

/// A running MariaDB.
pub struct MariaDb {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl MariaDb {
    /// Starts one whose database `shop` holds what `sql` makes.
    pub async fn start(sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let made = Command::new("mariadb-install-db")
            .args([
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--user=root",
            ])
            .arg(format!("--datadir={}", data.display()))
            .output()
            .expect(
                "MariaDB is not installed; run `apt-get install mariadb-server-core mariadb-client-core`",
            );
        assert!(made.status.success(), "mariadb-install-db: {}", String::from_utf8_lossy(&made.stdout));
        let first = folder.path().join("first.sql");
        // One statement a line, as the server reads this file.
        let lines = format!(
            "CREATE DATABASE shop;\nUSE shop;\n{sql}\nCREATE USER reader@'%' IDENTIFIED BY '{PASSWORD}';\n\
             GRANT ALL ON shop.* TO reader@'%';\n"
        );
        std::fs::write(&first, lines).expect("written");
        let port = free_port();
        let child = tethered(Path::new("/usr/sbin/mariadbd"), None)
            .args(["--no-defaults", "--user=root", "--bind-address=127.0.0.1", "--skip-name-resolve"])
            .arg("--character-set-server=utf8mb4")
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", folder.path().join("socket").display()))
            .arg(format!("--init-file={}", first.display()))
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log")).expect("a log"))
            .spawn()
            .expect("mariadbd starts");
        let server = Self { port, child, _folder: folder };
        server.wait().await;
        server
    }

    async fn wait(&self) {
        let end = Instant::now() + Duration::from_mins(1);
        while let Err(error) = MySqlConnection::connect(&self.url("p%40ss%20word")).await {
            assert!(Instant::now() < end, "MariaDB did not start in a minute: {error}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The address of `shop`, with a password as it is to stand there.
    pub fn url(&self, password: &str) -> String {
        format!("mysql://reader:{password}@127.0.0.1:{}/shop", self.port)
    }

    /// Runs a statement.
    pub async fn run(&self, sql: &'static str) {
        let mut connection = MySqlConnection::connect(&self.url("p%40ss%20word")).await.expect("it answers");
        connection.execute(sql).await.expect("it runs");
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
