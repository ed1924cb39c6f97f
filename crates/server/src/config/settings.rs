//! The one list of settings. TOML keys, `VAKHTA_*` variables, flags of `serve`, the output of
//! `vakhta config` and the table in `docs/configuration.md` all come from it.

use super::value::Kind;

/// How far a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// To everybody.
    Open,
    /// Without the password that a URL may hold.
    Url,
    /// Not at all; such a setting has no flag either, because others can read a process's arguments.
    Never,
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name, as in TOML.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Its default, as a person would write it; empty where there is none.
    pub default: &'static str,
    /// How far its value may be shown.
    pub shown: Shown,
    /// What it does.
    pub doc: &'static str,
}

impl Setting {
    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!("VAKHTA_{}", self.name.to_uppercase())
    }

    /// Its flag, without dashes; none for secrets.
    pub fn flag(&self) -> Option<String> {
        (self.shown != Shown::Never).then(|| self.name.replace('_', "-"))
    }

    /// Its value as it may be shown.
    pub fn show(&self, text: &str) -> String {
        match self.shown {
            Shown::Open => text.to_owned(),
            Shown::Never => {
                if text.is_empty() {
                    String::new()
                } else {
                    "(hidden)".into()
                }
            }
            Shown::Url => without_password(text),
        }
    }

    /// The setting of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|s| s.name == name)
    }
}

/// `postgres://user:secret@host/db` with the secret replaced.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    // A password may itself contain `/` or `?` by mistake; hiding too much is the safe side.
    let Some(at) = rest[..end].rfind('@').or_else(|| rest.rfind('@')) else { return query_hidden(url) };
    let user = rest[..at].split(':').next().unwrap_or_default();
    let hidden = if rest[..at].contains(':') { ":(hidden)" } else { "" };
    query_hidden(&format!("{scheme}://{user}{hidden}@{}", &rest[at + 1..]))
}

/// PostgreSQL takes a password as a query parameter, too.
fn query_hidden(url: &str) -> String {
    let Some((head, query)) = url.split_once('?') else { return url.to_owned() };
    let parts: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if key.to_lowercase().contains("password") => format!("{key}=(hidden)"),
            _ => pair.to_owned(),
        })
        .collect();
    format!("{head}?{}", parts.join("&"))
}

const fn open(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Setting {
    Setting { name, kind, default, shown: Shown::Open, doc }
}

const fn hidden(name: &'static str, kind: Kind, doc: &'static str) -> Setting {
    Setting { name, kind, default: "", shown: Shown::Never, doc }
}

const GIB: u64 = 1 << 30;

/// Every setting, in the order in which they are documented.
pub static SETTINGS: &[Setting] = &[
    open(
        "data_dir",
        Kind::Path,
        "./vakhta-data",
        "Folder for the embedded database, objects, the prediction log and temporary files. One process a folder.",
    ),
    open(
        "host",
        Kind::Ip,
        "127.0.0.1",
        "Address to listen on. Use 0.0.0.0 to be reachable from elsewhere, by TLS.",
    ),
    open(
        "public_url",
        Kind::Url { schemes: &["http://", "https://"], derived: true },
        "",
        "The address that people reach this server by, e.g. `https://vakhta.example.com`; messages about alerts link to it.",
    ),
    open("port", Kind::Whole { low: 0, high: 65535 }, "8085", "Port to listen on; 0 takes a free one."),
    open(
        "tls_cert",
        Kind::Text,
        "",
        "File with the server's certificate and those above it, in PEM: turns TLS on. Read again when it changes.",
    ),
    open("tls_key", Kind::Text, "", "File with the certificate's private key, in PEM."),
    open(
        "allow_plain_http",
        Kind::Bool,
        "false",
        "Answer other machines without TLS. Else only this machine and `trusted_proxies` are, and others are told why not.",
    ),
    open(
        "trusted_proxies",
        Kind::Networks,
        "",
        "Networks of the proxies in front, with commas: their `X-Forwarded-For` and `Forwarded` are believed, nobody else's.",
    ),
    open(
        "cors_origins",
        Kind::Origins,
        "",
        "Pages of other servers whose scripts may call the API with a token, with commas, e.g. `https://board.example.com`.",
    ),
    open(
        "header_timeout_s",
        Kind::Whole { low: 1, high: 120 },
        "5",
        "The head of a request, and a TLS handshake, must be there after so many seconds; else the connection is cut.",
    ),
    open(
        "body_timeout_s",
        Kind::Whole { low: 1, high: 600 },
        "10",
        "A body other than an upload may pause for so many seconds, and take 30 in all; an upload may pause for 60.",
    ),
    open(
        "idle_timeout_s",
        Kind::Whole { low: 1, high: 3600 },
        "60",
        "A connection on which nothing is asked for so many seconds is closed.",
    ),
    open(
        "max_connections",
        Kind::Whole { low: 1, high: 60_000 },
        "2000",
        "Connections at once, as far as the system's limit of open files leaves room; who comes then is told to come again.",
    ),
    open(
        "token_rate",
        Kind::Whole { low: 0, high: 1_000_000 },
        "1000",
        "Requests a second of one token or session, ten seconds' worth of them at once; 0 for any number. Programs of this machine are not held back.",
    ),
    open(
        "address_rate",
        Kind::Whole { low: 0, high: 1_000_000 },
        "2000",
        "The same for one address; a /64 network counts as one where it is of IPv6.",
    ),
    Setting {
        name: "database_url",
        kind: Kind::Url { schemes: &["sqlite:///", "postgres://", "postgresql://"], derived: true },
        default: "",
        shown: Shown::Url,
        doc: "Where metadata lives: `sqlite:///absolute/file.db` or `postgres://user@host/database`. Default: SQLite in the data folder.",
    },
    Setting {
        name: "objects_url",
        kind: Kind::Url { schemes: &["file:///", "s3://"], derived: true },
        default: "",
        shown: Shown::Url,
        doc: "Where datasets and models live: `file:///absolute/folder` or `s3://bucket/prefix`. Default: a folder in the data folder.",
    },
    open(
        "s3_endpoint",
        Kind::Url { schemes: &["http://", "https://"], derived: true },
        "",
        "Address of an S3-compatible store; empty for Amazon's.",
    ),
    open("s3_region", Kind::Text, "us-east-1", "Region of the bucket."),
    open("s3_access_key", Kind::Text, "", "Access key of the bucket."),
    hidden("s3_secret_key", Kind::Text, "Secret key of the bucket."),
    open("s3_allow_http", Kind::Bool, "false", "Allow an S3 address without TLS."),
    open("admin_username", Kind::Username, "admin", "Name of the account made at the first start."),
    hidden(
        "admin_password",
        Kind::Password,
        "Its password, 12 characters or more. Left out, a one-time password is made, printed once and kept in a file until it is changed. Only read while there is no account.",
    ),
    hidden(
        "admin_api_token",
        Kind::Token,
        "A token that may do everything without an account, 32 characters or more: for scripts that set a server up. Its use is in the history.",
    ),
    hidden(
        "metrics_token",
        Kind::Token,
        "A token that reads `GET /metrics` and nothing else, 32 characters or more: for Prometheus.",
    ),
    open("registration", Kind::Bool, "false", "Let strangers make accounts (tier viewer)."),
    open(
        "secure_cookies",
        Kind::Bool,
        "false",
        "Send sign-in cookies over TLS only; set it where a proxy in front speaks TLS. On by itself with `tls_cert`.",
    ),
    open(
        "login_per_min",
        Kind::Whole { low: 1, high: 10_000 },
        "10",
        "Sign-in attempts a minute for one address and name, and five times as many for one address. After half as many wrong passwords in a row each further one costs a longer wait.",
    ),
    open(
        "second_factor_tiers",
        Kind::AnyWords(&["viewer", "user", "admin", "system_admin"]),
        "",
        "Tiers whose accounts must have a second factor: without one they may only enrol one. Empty: nobody must.",
    ),
    hidden(
        "secret_key",
        Kind::Token,
        "What secrets are encrypted with that must be read again: those of second factors, and the key that the server signs with. 32 characters or more, the same for every process, kept apart from backups of the database. Left out, they are in the database as they are. Once set, it must stay.",
    ),
    open(
        "oidc_issuer",
        Kind::Url { schemes: &["https://", "http://"], derived: true },
        "",
        "Another provider that signs people in (OpenID Connect): its issuer, e.g. `https://id.example.com/realms/shop`. Needs `public_url`; the provider has to know `PUBLIC_URL/api/v1/auth/oidc/callback`. Empty: none.",
    ),
    open("oidc_client_id", Kind::Text, "", "What this server is called at the provider."),
    hidden(
        "oidc_client_secret",
        Kind::Text,
        "The secret that the provider gave it; empty for a public client.",
    ),
    open(
        "oidc_scopes",
        Kind::Text,
        "profile email",
        "What is asked for beside `openid`, separated by blanks.",
    ),
    open(
        "oidc_groups_claim",
        Kind::Text,
        "groups",
        "The claim of the ID token that holds a person's groups; `realm_access.roles` looks inside another one.",
    ),
    open(
        "oidc_tier_map",
        Kind::Text,
        "",
        "What people of the provider's groups are here: `group=tier,group=tier`, the highest of them; asked at each sign-in.",
    ),
    open(
        "oidc_default_tier",
        Kind::Word(&["none", "viewer", "user", "admin", "system_admin"]),
        "none",
        "What people of no such group are; `none` does not let them in.",
    ),
    open("oidc_title", Kind::Text, "", "What the sign-in page calls the provider; empty: its host."),
    open(
        "session_idle_hours",
        Kind::Whole { low: 1, high: 8760 },
        "12",
        "A session unused for so long ends.",
    ),
    open(
        "session_max_days",
        Kind::Whole { low: 1, high: 365 },
        "30",
        "A session ends after so long whatever happens.",
    ),
    open(
        "personal_data_days",
        Kind::Whole { low: 0, high: 36_500 },
        "180",
        "Addresses and programs (IP, User-Agent) in events and jobs are erased after so many days; 0 keeps them.",
    ),
    open(
        "max_body_bytes",
        Kind::Bytes { low: 1 << 10, high: GIB },
        "2MiB",
        "Largest request body other than an upload, unpacked. Records to predict may take 16 MiB while this is as it is, and no more than this once it is set.",
    ),
    open(
        "max_upload_bytes",
        Kind::Bytes { low: 1 << 10, high: 1024 * GIB },
        "2GiB",
        "Largest upload of a dataset, unpacked.",
    ),
    open(
        "max_unzip_bytes",
        Kind::Bytes { low: 1 << 10, high: 1024 * GIB },
        "512MiB",
        "The most that a body sent with `Content-Encoding: gzip` or `deflate` may become.",
    ),
    open(
        "min_free_bytes",
        Kind::Bytes { low: 0, high: 1024 * GIB },
        "16MiB",
        "With less room than this on the data folder's disk the server is not ready, as `/health/ready` says.",
    ),
    open(
        "source_folders",
        Kind::Text,
        "",
        "Folders whose files sources may read, separated by commas; `incoming` in the data folder always is one.",
    ),
    open(
        "source_private",
        Kind::Bool,
        "false",
        "Let sources read web addresses and buckets of the server's own network.",
    ),
    open(
        "roles",
        Kind::Words(&["serve", "train"]),
        "serve,train",
        "What this process does: `serve` answers requests, `train` works on queued trainings.",
    ),
    open(
        "train_workers",
        Kind::Whole { low: 1, high: 64 },
        "1",
        "Trainings that run at once in this process.",
    ),
    open(
        "predict_workers",
        Kind::Whole { low: 1, high: 64 },
        "1",
        "Queued predictions that run at once in this process.",
    ),
    open(
        "train_limit_minutes",
        Kind::Whole { low: 1, high: 10_080 },
        "30",
        "A training that takes longer is stopped and fails.",
    ),
    open(
        "lease_seconds",
        Kind::Whole { low: 2, high: 3600 },
        "15",
        "A job whose process has not been heard of for so long is given to another.",
    ),
    open(
        "model_memory_bytes",
        Kind::Bytes { low: 1 << 20, high: 1024 * GIB },
        "1GiB",
        "Saved models that are kept in memory to serve, together; the least recently used is read again when it is asked for.",
    ),
    open(
        "query_seconds",
        Kind::Whole { low: 1, high: 3600 },
        "30",
        "A query in SQL that takes longer is stopped and fails. Two are answered at once.",
    ),
    open(
        "query_memory_bytes",
        Kind::Bytes { low: 1 << 20, high: 1024 * GIB },
        "256MiB",
        "Memory that the joins, groups and sorts of one query may hold; a query that needs more is stopped and fails.",
    ),
    open("threads", Kind::Whole { low: 0, high: 1024 }, "0", "Threads for one training; 0 takes one a core."),
    open(
        "log_level",
        Kind::LogFilter,
        "info",
        "`error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,vakhta_http=debug`.",
    ),
    open("log_format", Kind::Word(&["pretty", "json"]), "pretty", "How log lines look."),
    open(
        "log_file",
        Kind::Text,
        "",
        "File for log lines instead of standard error. A new one is begun every day (UTC) and at `log_file_bytes`.",
    ),
    open(
        "log_file_bytes",
        Kind::Bytes { low: 4 << 10, high: 1024 * GIB },
        "64MiB",
        "A log file of this size is put aside.",
    ),
    open(
        "log_files",
        Kind::Whole { low: 1, high: 10_000 },
        "14",
        "Log files put aside that are kept; older ones are deleted.",
    ),
];

/// Variables that mean something and are no settings of the server.
pub const OTHER_VARIABLES: [&str; 4] =
    ["VAKHTA_CONFIG", "VAKHTA_SERVER", "VAKHTA_TOKEN", "VAKHTA_UPDATE_SNAPSHOTS"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_allowed_and_names_are_unique() {
        for (i, setting) in SETTINGS.iter().enumerate() {
            assert!(setting.kind.read(setting.default).is_ok(), "{}", setting.name);
            assert!(SETTINGS[..i].iter().all(|other| other.name != setting.name), "{}", setting.name);
            assert!(!setting.doc.is_empty() && setting.doc.ends_with('.'), "{}", setting.name);
        }
    }

    #[test]
    fn passwords_in_urls_are_hidden() {
        for (url, shown) in [
            ("postgres://u:p@h/db", "postgres://u:(hidden)@h/db"),
            ("postgres://u:p@ss@h:5432/db", "postgres://u:(hidden)@h:5432/db"),
            ("postgres://u:a/b@h/db", "postgres://u:(hidden)@h/db"),
            ("postgres://u@h/db", "postgres://u@h/db"),
            ("postgres://h/db?user=u&password=p", "postgres://h/db?user=u&password=(hidden)"),
            ("sqlite:///a/b.db", "sqlite:///a/b.db"),
            ("", ""),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
