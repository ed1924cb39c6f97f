//! Configuration: settled once, before anything else happens; never read from anywhere but here.

mod edge;
pub mod layers;
pub mod settings;
pub mod value;

pub use edge::Edge;

use crate::exit::{Exit, Failure, Result};
use ipnet::IpNet;
use layers::{Layers, Resolved};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vakhta_domain::query::QueryLimits;
use vakhta_domain::user::{Tier, TierRule, check_password};
use value::Value;

/// The largest answer to a question in SQL, bytes in memory.
const ANSWER_BYTES: usize = 64 << 20;

/// The file that is read where none is named.
pub const DEFAULT_FILE: &str = "vakhta.toml";

/// Every setting, typed.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Config {
    /// The data folder, absolute.
    pub data_dir: PathBuf,
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// The address that people reach it by, where it is known.
    pub public_url: Option<String>,
    /// The metadata database.
    pub database_url: String,
    /// The object store.
    pub objects_url: String,
    /// Access to S3.
    pub s3: S3,
    /// The first account's name.
    pub admin_username: String,
    /// The first account's password, where given.
    pub admin_password: Option<String>,
    /// A token that is a system administrator's without an account, where given.
    pub admin_api_token: Option<String>,
    /// Whether strangers may register.
    pub registration: bool,
    /// Whether cookies need TLS.
    pub secure_cookies: bool,
    /// Sign-in attempts a minute.
    pub login_per_min: u32,
    /// Tiers whose accounts must have a second factor.
    pub second_factor_tiers: Vec<Tier>,
    /// What secrets at rest are encrypted with, where given.
    pub secret_key: Option<String>,
    /// Another provider that signs people in.
    pub oidc: Option<Oidc>,
    /// Idle time after which a session ends.
    pub session_idle: Duration,
    /// Time after which a session ends whatever happens.
    pub session_max: Duration,
    /// Days after which addresses and programs are erased from the history; 0 for never.
    pub personal_data_days: u32,
    /// The largest body other than an upload, bytes.
    pub max_body_bytes: u64,
    /// The largest upload, bytes.
    pub max_upload_bytes: u64,
    /// Folders that sources may read.
    pub source_folders: Vec<PathBuf>,
    /// Whether sources may read addresses of the own network.
    pub source_private: bool,
    /// Whether this process answers requests.
    pub serves: bool,
    /// Whether this process trains.
    pub trains: bool,
    /// Trainings at once.
    pub train_workers: usize,
    /// Queued predictions at once.
    pub predict_workers: usize,
    /// The longest training, seconds.
    pub train_limit_seconds: u32,
    /// How long a worker may be silent, seconds.
    pub lease_seconds: u32,
    /// Saved models in memory, bytes together.
    pub model_memory_bytes: u64,
    /// How far a question in SQL may go.
    pub query_limits: QueryLimits,
    /// Threads of one training.
    pub threads: usize,
    /// The log filter.
    pub log_level: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// Where log lines go instead of standard error.
    pub log_file: Option<LogFile>,
    /// Who may come, how, and how often.
    pub edge: Edge,
}

/// A file of log lines, and when another one is begun.
#[derive(Debug, Clone)]
pub struct LogFile {
    /// The file that is written.
    pub path: PathBuf,
    /// Its largest size.
    pub most_bytes: u64,
    /// Files put aside that are kept.
    pub keep: usize,
}

/// Another provider that signs people in.
#[derive(Clone)]
pub struct Oidc {
    /// Its issuer.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// The secret that it gave.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds groups.
    pub groups_claim: String,
    /// What its groups are here.
    pub rule: TierRule,
    /// What to call it.
    pub title: String,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Oidc({})", self.issuer)
    }
}

/// Access to an S3-compatible store.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Its address; empty for Amazon's.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: String,
    /// Whether an address without TLS is taken.
    pub allow_http: bool,
}

/// Settles the settings and types them. The second part keeps where each came from.
pub fn load(layers: &Layers) -> Result<(Config, Resolved)> {
    let wrong = |errors: Vec<String>| {
        let title = if errors.len() == 1 { "a setting is wrong" } else { "settings are wrong" };
        Failure::new(Exit::Config, title).with_more(errors)
    };
    let mut resolved = layers::resolve(layers).map_err(wrong)?;
    derive(&mut resolved);
    let settled = Settled(&resolved);
    Edge::check(&settled)?;
    let mut config = Config::of(&settled);
    config.oidc = provider(&resolved, config.public_url.is_some()).map_err(wrong)?;
    if let Some(password) = &config.admin_password
        && let Err(bad) = check_password(&config.admin_username, password)
    {
        return Err(wrong(vec![format!("admin_password = `(hidden)`: {bad}")]));
    }
    Ok((config, resolved))
}

/// Reads the configuration file that was named, or the one in the current folder where there is one.
pub fn read_file(named: Option<&Path>) -> Result<Option<(PathBuf, String)>> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(
            Exit::Config,
            format!("cannot read configuration file {}: {error}", path.display()),
        )),
    }
}

/// The `VAKHTA_*` variables of this process.
pub fn variables() -> std::collections::BTreeMap<String, String> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .filter(|(name, _)| name.starts_with("VAKHTA_"))
        .collect()
}

/// Fills the settings whose default depends on the data folder.
fn derive(resolved: &mut Resolved) {
    let given = resolved.entries.iter().find(|e| e.setting.name == "data_dir").map(|e| e.text.clone());
    let data_dir = absolute(&given.unwrap_or_default());
    let derived = [
        ("data_dir", data_dir.display().to_string()),
        ("database_url", format!("sqlite://{}", data_dir.join("vakhta.db").display())),
        ("objects_url", format!("file://{}", data_dir.join("objects").display())),
    ];
    for (name, text) in derived {
        let entry = resolved.entries.iter_mut().find(|e| e.setting.name == name);
        if let Some(entry) = entry.filter(|e| e.text.is_empty() || e.setting.name == "data_dir") {
            entry.value = Value::Text(text.clone());
            entry.text = text;
        }
    }
}

fn absolute(path: &str) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path))
}

/// What was settled, read by the kind that each setting is of.
struct Settled<'a>(&'a Resolved);

impl Settled<'_> {
    fn value(&self, name: &str) -> &Value {
        let entry = self.0.entries.iter().find(|e| e.setting.name == name);
        &entry.expect("every setting is settled").value
    }

    fn text(&self, name: &str) -> String {
        match self.value(name) {
            Value::Text(text) => text.clone(),
            other => unreachable!("{name} is {other:?}"),
        }
    }

    fn whole(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Whole(n) => *n,
            other => unreachable!("{name} is {other:?}"),
        }
    }

    fn truth(&self, name: &str) -> bool {
        *self.value(name) == Value::Bool(true)
    }

    fn words(&self, name: &str) -> Vec<String> {
        match self.value(name) {
            Value::Words(words) => words.clone(),
            other => unreachable!("{name} is {other:?}"),
        }
    }

    fn address(&self, name: &str) -> IpAddr {
        match self.value(name) {
            Value::Ip(address) => *address,
            other => unreachable!("{name} is {other:?}"),
        }
    }

    fn networks(&self, name: &str) -> Vec<IpNet> {
        match self.value(name) {
            Value::Networks(networks) => networks.clone(),
            other => unreachable!("{name} is {other:?}"),
        }
    }
}

impl Config {
    fn of(settled: &Settled<'_>) -> Self {
        let text = |name| settled.text(name);
        let whole = |name| settled.whole(name);
        let truth = |name| settled.truth(name);
        let roles = settled.words("roles");
        let has_role = |role: &str| roles.iter().any(|word| word == role);
        let hour = 3600;
        Self {
            data_dir: PathBuf::from(text("data_dir")),
            host: settled.address("host"),
            port: whole("port") as u16,
            public_url: Some(text("public_url")).filter(|url| !url.is_empty()),
            database_url: text("database_url"),
            objects_url: text("objects_url"),
            s3: S3 {
                endpoint: text("s3_endpoint"),
                region: text("s3_region"),
                access_key: text("s3_access_key"),
                secret_key: text("s3_secret_key"),
                allow_http: truth("s3_allow_http"),
            },
            admin_username: text("admin_username"),
            admin_password: Some(text("admin_password")).filter(|p| !p.is_empty()),
            admin_api_token: Some(text("admin_api_token")).filter(|token| !token.is_empty()),
            registration: truth("registration"),
            secure_cookies: truth("secure_cookies"),
            login_per_min: whole("login_per_min") as u32,
            second_factor_tiers: settled
                .words("second_factor_tiers")
                .iter()
                .filter_map(|word| Tier::parse(word))
                .collect(),
            secret_key: Some(text("secret_key")).filter(|key| !key.is_empty()),
            oidc: None,
            session_idle: Duration::from_secs(whole("session_idle_hours") * hour),
            session_max: Duration::from_secs(whole("session_max_days") * 24 * hour),
            personal_data_days: whole("personal_data_days") as u32,
            max_body_bytes: whole("max_body_bytes"),
            max_upload_bytes: whole("max_upload_bytes"),
            source_folders: text("source_folders")
                .split(',')
                .map(str::trim)
                .filter(|folder| !folder.is_empty())
                .map(absolute)
                .collect(),
            source_private: truth("source_private"),
            serves: has_role("serve"),
            trains: has_role("train"),
            train_workers: whole("train_workers") as usize,
            predict_workers: whole("predict_workers") as usize,
            train_limit_seconds: whole("train_limit_minutes") as u32 * 60,
            lease_seconds: whole("lease_seconds") as u32,
            model_memory_bytes: whole("model_memory_bytes"),
            query_limits: QueryLimits {
                time: Duration::from_secs(whole("query_seconds")),
                memory_bytes: whole("query_memory_bytes"),
                answer_bytes: ANSWER_BYTES,
            },
            threads: threads(whole("threads") as usize),
            log_level: text("log_level"),
            log_json: text("log_format") == "json",
            log_file: Some(text("log_file")).filter(|path| !path.is_empty()).map(|path| LogFile {
                path: absolute(&path),
                most_bytes: whole("log_file_bytes"),
                keep: whole("log_files") as usize,
            }),
            edge: Edge::of(settled),
        }
    }

    /// Whether metadata lives in the embedded database.
    pub fn is_sqlite(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }
}

/// The provider, once its settings are known to go together.
fn provider(resolved: &Resolved, has_public_url: bool) -> std::result::Result<Option<Oidc>, Vec<String>> {
    let text = |name: &str| {
        let entry = resolved.entries.iter().find(|e| e.setting.name == name);
        entry.map(|e| e.text.trim().to_owned()).expect("every setting is settled")
    };
    let issuer = text("oidc_issuer");
    if issuer.is_empty() {
        return Ok(None);
    }
    let mut wrong = Vec::new();
    if text("oidc_client_id").is_empty() {
        wrong.push("oidc_client_id is empty: say what this server is called at the provider".to_owned());
    }
    if !has_public_url {
        wrong.push("public_url is empty: the provider has to know where to send browsers back".to_owned());
    }
    let rule = TierRule::read(&text("oidc_tier_map"), Tier::parse(&text("oidc_default_tier")));
    let rule = rule.unwrap_or_else(|part| {
        wrong.push(format!("oidc_tier_map: `{part}` does not end with `=` and a tier"));
        TierRule { groups: Vec::new(), otherwise: Some(Tier::Viewer) }
    });
    if rule.groups.is_empty() && rule.otherwise.is_none() {
        wrong.push("oidc_tier_map is empty and oidc_default_tier is none: nobody could come in".to_owned());
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let host = issuer.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Ok(Some(Oidc {
        client_id: text("oidc_client_id"),
        client_secret: Some(text("oidc_client_secret")).filter(|secret| !secret.is_empty()),
        scopes: text("oidc_scopes").split_whitespace().map(str::to_owned).collect(),
        groups_claim: text("oidc_groups_claim"),
        rule,
        title: Some(text("oidc_title")).filter(|title| !title.is_empty()).unwrap_or_else(|| host.to_owned()),
        issuer,
    }))
}

/// 0 means one a core.
pub fn threads(wanted: usize) -> usize {
    if wanted > 0 { wanted } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_whole_and_derived_from_the_data_folder() {
        let flags = [("data_dir", "/srv/v".to_owned())].into();
        let (config, _) = load(&Layers { flags, ..Layers::default() }).expect("defaults are right");
        assert_eq!(config.database_url, "sqlite:///srv/v/vakhta.db");
        assert_eq!(config.objects_url, "file:///srv/v/objects");
        assert!(config.serves && config.trains && config.is_sqlite() && config.threads > 0);
        assert_eq!((config.port, config.train_limit_seconds, config.lease_seconds), (8085, 1800, 15));
        assert_eq!((config.max_body_bytes, config.max_upload_bytes), (2 << 20, 2 << 30));
    }

    #[test]
    fn a_given_url_is_kept_and_roles_are_read() {
        let variables = [
            ("VAKHTA_DATABASE_URL".to_owned(), "postgres://u:p@h/d".to_owned()),
            ("VAKHTA_ROLES".to_owned(), "train".to_owned()),
        ];
        let (config, _) =
            load(&Layers { variables: variables.into(), ..Layers::default() }).expect("both are right");
        assert_eq!(config.database_url, "postgres://u:p@h/d");
        assert!(config.trains && !config.serves && !config.is_sqlite());
    }

    #[test]
    fn a_password_made_of_the_name_is_refused() {
        let variables = [
            ("VAKHTA_ADMIN_USERNAME".to_owned(), "administrator".to_owned()),
            ("VAKHTA_ADMIN_PASSWORD".to_owned(), "administrator1".to_owned()),
        ];
        let failure =
            load(&Layers { variables: variables.into(), ..Layers::default() }).expect_err("too easy");
        assert_eq!(failure.exit, Exit::Config);
        assert!(failure.more[0].contains("too easy"), "{:?}", failure.more);
    }
}
