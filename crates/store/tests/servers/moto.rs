//! An S3 server: moto, in the folder that `cargo xtask prepare` fills.

use super::{Running, free_port, tethered};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use vakhta_store::S3Options;

/// The one bucket of the tests.
pub const BUCKET: &str = "vakhta-test";

/// A running S3 server with an empty bucket.
pub struct Moto {
    port: u16,
    _running: Running,
}

impl Moto {
    /// Starts it and makes the bucket.
    pub fn start() -> Self {
        let port = free_port();
        let child = tethered(&program(), None)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto starts");
        let server = Self { port, _running: Running(child) };
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            match server.request(&format!("PUT /{BUCKET}")) {
                Ok(answer) if answer.starts_with("HTTP/1.1 200") => return server,
                other => assert!(Instant::now() < end, "moto did not start in a minute: {other:?}"),
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// One request without a body and without a signature, which moto does not ask for.
    fn request(&self, line: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let head =
            format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Empties what is stored under a name, as a failing disk might.
    pub async fn empty(&self, key: &str) {
        let client = AmazonS3Builder::new()
            .with_endpoint(format!("http://127.0.0.1:{}", self.port))
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .with_bucket_name(BUCKET)
            .build()
            .expect("a client");
        client.put(&Path::from(key), PutPayload::new()).await.expect("moto answers");
    }

    /// How to reach it.
    pub fn options(&self) -> S3Options {
        S3Options {
            endpoint: Some(format!("http://127.0.0.1:{}", self.port)),
            region: Some("us-east-1".into()),
            access_key: Some("test".into()),
            secret_key: Some("test".into()),
            allow_http: true,
        }
    }
}

fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("VAKHTA_TEST_MOTO") {
        return path.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let path = cache.unwrap_or_default().join("vakhta/moto/bin/moto_server");
    assert!(path.exists(), "{} is not there; run `cargo xtask prepare`", path.display());
    path
}
