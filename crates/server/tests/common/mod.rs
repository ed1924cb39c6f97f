//! The real binary, started on a free port and ended by its process id; a small client; small data.
#![allow(dead_code, reason = "each story uses its own part")]

pub mod codes;
pub mod provider;
pub mod servers;
pub mod wire;

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The binary under test.
pub const VAKHTA: &str = env!("CARGO_BIN_EXE_vakhta");
/// The password that stories choose.
pub const PASSWORD: &str = "correct horse battery";

/// A command with a clean environment, so that a developer's settings change nothing.
pub fn vakhta(home: &Path) -> Command {
    let mut command = Command::new(VAKHTA);
    command.env_clear().env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.current_dir(home).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(home: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    vakhta(home).args(arguments).envs(variables.iter().copied()).output().expect("vakhta starts")
}

/// Both outputs as text, for messages.
pub fn said(output: &Output) -> String {
    format!(
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A running server.
pub struct Server {
    child: Child,
    /// Its address, without a slash at the end.
    pub url: String,
    /// What it has written to both outputs so far.
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts a server on a data folder and waits until it is ready.
    pub fn start(home: &Path, data_dir: &Path, variables: &[(&str, &str)]) -> Self {
        Self::try_start(home, data_dir, variables)
            .unwrap_or_else(|log| panic!("the server did not start:\n{log}"))
    }

    /// The same; what it wrote where it ended instead of becoming ready.
    pub fn try_start(home: &Path, data_dir: &Path, variables: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = vakhta(home);
        command.arg("serve").arg("--port").arg("0").arg("--data-dir").arg(data_dir);
        // Stories do not wait long for a dead worker's lease.
        command.env("VAKHTA_LEASE_SECONDS", "2").envs(variables.iter().copied());
        Self::of(command, Duration::from_mins(1))
    }

    /// A command that becomes a server, waited for until it is ready.
    pub fn of(mut command: Command, at_most: Duration) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("vakhta starts");
        let log = Arc::new(Mutex::new(String::new()));
        gather(child.stdout.take().expect("piped"), &log);
        gather(child.stderr.take().expect("piped"), &log);
        let mut server = Self { child, url: String::new(), log };
        let url = wait_for(at_most, || {
            if server.child.try_wait().expect("a child").is_some() {
                return Some(None);
            }
            let log = server.log();
            let ready = log.lines().find_map(|l| l.split("is ready").nth(1))?;
            // A process that only works on the queue has no address.
            let url = ready.strip_prefix(": ").unwrap_or_default();
            Some(Some(url.trim_end_matches("/ui/").to_owned()))
        });
        match url.flatten() {
            Some(url) => {
                server.url = url;
                Ok(server)
            }
            None => Err(server.log()),
        }
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("no writer panicked").clone()
    }

    /// Whether it has written these words, or does within seconds: its two streams are read apart, in any order.
    pub fn says(&self, words: &str) -> bool {
        wait_for(Duration::from_secs(10), || self.log().contains(words).then_some(())).is_some()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }

    /// Asks it to stop and waits for the end.
    pub fn stop(self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Waits for the end of one that was asked to stop.
    pub fn ended(mut self) -> ExitStatus {
        let ended = wait_for(Duration::from_secs(30), || self.child.try_wait().expect("a child"));
        ended.unwrap_or_else(|| panic!("the server did not stop:\n{}", self.log()))
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let id = self.pid().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill is there");
        assert!(sent.success());
    }

    /// The one-time password that it printed.
    pub fn printed_password(&self) -> Option<String> {
        let marker = "with the one-time password ";
        let found = || {
            let log = self.log();
            log.lines().find_map(|l| l.split(marker).nth(1)).map(|p| p.trim().to_owned())
        };
        wait_for(Duration::from_secs(2), found)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn gather(source: impl std::io::Read + Send + 'static, into: &Arc<Mutex<String>>) {
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            let mut log = into.lock().expect("no writer panicked");
            log.push_str(&line);
            log.push('\n');
        }
    });
}

/// Asks again until there is an answer or the time is over.
pub fn wait_for<T>(at_most: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if began.elapsed() > at_most {
            return None;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// An answer: the status and the body.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null where it is no JSON.
    pub body: Value,
    /// The body as text.
    pub text: String,
    /// The server's clock when it answered.
    pub time: String,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }
}

/// A client with its own thread of control: stories read top to bottom.
pub struct Api {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    /// The server's address.
    pub url: String,
    token: Option<String>,
    workspace: Option<String>,
}

impl Api {
    /// A client that is not signed in.
    pub fn new(url: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http = reqwest::Client::builder().timeout(Duration::from_mins(2)).build().expect("a client");
        Self { runtime, http, url: url.to_owned(), token: None, workspace: None }
    }

    /// The same client for a server that came back on another port.
    pub fn moved_to(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// Signs in; a one-time password is changed to [`PASSWORD`].
    pub fn sign_in(mut self, username: &str, password: &str) -> Self {
        let login = json!({"username": username, "password": password});
        let session = self.post("auth/login", &login).expect(200);
        self.token = Some(session["token"].as_str().expect("a session").to_owned());
        if session["must_change_password"] == true {
            let change = json!({"current_password": password, "new_password": PASSWORD});
            self.send("PUT", "auth/profile/password", "application/json", change.to_string().into_bytes())
                .expect(204);
        }
        self
    }

    /// A client signed in to a fresh server.
    pub fn of(server: &Server) -> Self {
        let api = Self::new(&server.url);
        match server.printed_password() {
            Some(password) => api.sign_in("admin", &password),
            None => api.sign_in("admin", PASSWORD),
        }
    }

    /// The same client with a token or a session's secret.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The same client, whose requests name a workspace.
    pub fn within(mut self, workspace: &str) -> Self {
        self.workspace = Some(workspace.to_owned());
        self
    }

    /// The token in use.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("signed in")
    }

    /// A request below `/api/v1`, or to the whole address where it begins with a slash; `None` where the server went
    /// away.
    pub fn try_send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Option<Answer> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let base = if path.starts_with('/') { "" } else { "/api/v1/" };
        let url = format!("{}{base}{path}", self.url);
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(workspace) = &self.workspace {
            request = request.header("X-Vakhta-Workspace", workspace);
        }
        if !kind.is_empty() {
            request = request.header("Content-Type", kind).body(body);
        }
        self.runtime.block_on(async {
            let response = request.send().await.ok()?;
            let status = response.status().as_u16();
            let time = response.headers().get("x-vakhta-time").and_then(|time| time.to_str().ok());
            let time = time.unwrap_or_default().to_owned();
            let text = response.text().await.ok()?;
            let body = serde_json::from_str(&text).unwrap_or(Value::Null);
            Some(Answer { status, body, text, time })
        })
    }

    /// A request that must be answered.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.try_send(method, path, kind, body).unwrap_or_else(|| panic!("{method} {path} got no answer"))
    }

    /// A GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", Vec::new())
    }

    /// A POST with JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, "application/json", body.to_string().into_bytes())
    }

    /// Replaces something.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, "application/json", body.to_string().into_bytes())
    }

    /// Deletes something.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "application/json", Vec::new())
    }

    /// Uploads a CSV.
    #[track_caller]
    pub fn upload(&self, key: &str, csv: &str) -> Answer {
        self.send("POST", &format!("datasets?key={key}"), "text/csv", csv.as_bytes().to_vec())
    }

    /// Applies a spec.
    #[track_caller]
    pub fn apply(&self, spec: &str) -> Answer {
        self.send("POST", "models?apply=true", "application/yaml", spec.as_bytes().to_vec())
    }

    /// Trains and waits for the end; the job.
    #[track_caller]
    pub fn train(&self, model: &str) -> Value {
        let job = self.post("train", &json!({"model_key": model})).expect(202);
        self.ended(job["job_id"].as_str().expect("a job"))
    }

    /// Waits for a job's end.
    #[track_caller]
    pub fn ended(&self, id: &str) -> Value {
        let ended = wait_for(Duration::from_secs(90), || {
            let job = self.try_send("GET", &format!("jobs/{id}"), "", Vec::new())?.body;
            matches!(job["state"].as_str(), Some("completed" | "failed" | "cancelled")).then_some(job)
        });
        ended.unwrap_or_else(|| panic!("job {id} did not end: {}", self.get(&format!("jobs/{id}")).text))
    }

    /// The version that serves.
    #[track_caller]
    pub fn champion(&self, model: &str) -> Option<String> {
        self.get(&format!("models/{model}")).expect(200)["champion"].as_str().map(str::to_owned)
    }

    /// The forecast without what differs from request to request.
    #[track_caller]
    pub fn forecast(&self, model: &str) -> Value {
        self.post("forecast", &json!({"model_key": model})).expect(200)["series"].clone()
    }
}

/// Daily sales of three shops over `days` days, with a week's rhythm.
pub fn sales_csv(days: usize) -> String {
    use jiff::ToSpan as _;
    let first: jiff::civil::Date = "2025-01-01".parse().expect("a date");
    let mut csv = String::from("date,shop,promo,sales\n");
    for day in 0..days {
        let date = first.checked_add((day as i64).days()).expect("in range");
        for (i, shop) in ["north", "south", "west"].into_iter().enumerate() {
            let promo = usize::from(day % 10 == i);
            let sales = 100 * (i + 1) + 20 * (day % 7) + 30 * promo + (day * 7919 + i * 31) % 13;
            csv.push_str(&format!("{date},{shop},{promo},{sales}\n"));
        }
    }
    csv
}

/// A spec for [`sales_csv`] that trains in a second.
pub fn sales_spec(model: &str, rounds: u32) -> String {
    format!(
        "model_key: {model}\ntask: forecast\n\
         data: {{dataset: sales, time: date, series: [shop], target: sales, known_future: [promo], frequency: D}}\n\
         horizon: 14\nengine: gbdt\nparams: {{rounds: {rounds}, leaves: 7}}\nvalidation: {{folds: 2}}\n"
    )
}

/// The same, of a model that is replaced by people alone: no improvement is large enough.
pub fn patient_spec(model: &str, rounds: u32) -> String {
    sales_spec(model, rounds) + "policies: {promote: {minor: 0.9, significant: 0.95}}\n"
}

/// A folder with a home and a data folder in it.
pub fn home() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().join("data");
    (home, data)
}

/// The file permissions of a path.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Reads everything from a file of the repository.
pub fn repository_file(path: &str) -> String {
    let mut text = String::new();
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::File::open(&full).and_then(|mut f| f.read_to_string(&mut text)).unwrap_or_else(|e| {
        panic!("cannot read {}: {e}", full.display());
    });
    text
}
