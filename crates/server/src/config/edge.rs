//! The settings of the edge: TLS, proxies, limits. Typed from what was settled.

use super::Settled;
use crate::exit::{Exit, Failure, Result};
use ipnet::IpNet;
use std::path::PathBuf;
use std::time::Duration;

/// Who may come, how, and how often.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The certificate's file and its key's, where this process speaks TLS.
    pub tls: Option<Tls>,
    /// Whether other machines are answered without TLS.
    pub allow_plain_http: bool,
    /// Networks of the proxies in front.
    pub trusted_proxies: Vec<IpNet>,
    /// Pages of other servers that may read answers.
    pub cors_origins: Vec<String>,
    /// The longest wait for a request's head.
    pub header_timeout: Duration,
    /// The longest pause in a body.
    pub body_timeout: Duration,
    /// The longest wait for the next request.
    pub idle_timeout: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// Requests a second of one token.
    pub token_rate: u32,
    /// Requests a second from one address.
    pub address_rate: u32,
    /// The most that a compressed body may become, bytes.
    pub max_unzip_bytes: u64,
    /// The room that the disk must have, bytes.
    pub min_free_bytes: u64,
    /// A token that reads the figures, where given.
    pub metrics_token: Option<String>,
}

/// The files of TLS.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Edge {
    /// Types them.
    pub(super) fn of(settled: &Settled<'_>) -> Self {
        let seconds = |name| Duration::from_secs(settled.whole(name));
        let file = |name| Some(settled.text(name)).filter(|text| !text.is_empty()).map(PathBuf::from);
        Self {
            tls: file("tls_cert").zip(file("tls_key")).map(|(certificate, key)| Tls { certificate, key }),
            allow_plain_http: settled.truth("allow_plain_http"),
            trusted_proxies: settled.networks("trusted_proxies"),
            cors_origins: settled.words("cors_origins"),
            header_timeout: seconds("header_timeout_s"),
            body_timeout: seconds("body_timeout_s"),
            idle_timeout: seconds("idle_timeout_s"),
            max_connections: settled.whole("max_connections") as usize,
            token_rate: settled.whole("token_rate") as u32,
            address_rate: settled.whole("address_rate") as u32,
            max_unzip_bytes: settled.whole("max_unzip_bytes"),
            min_free_bytes: settled.whole("min_free_bytes"),
            metrics_token: Some(settled.text("metrics_token")).filter(|token| !token.is_empty()),
        }
    }

    /// Refuses half of what TLS needs: it would be taken for TLS.
    pub(super) fn check(settled: &Settled<'_>) -> Result<()> {
        let missing = match (settled.text("tls_cert").is_empty(), settled.text("tls_key").is_empty()) {
            (false, true) => "tls_key",
            (true, false) => "tls_cert",
            _ => return Ok(()),
        };
        let text = format!(
            "{missing} = ``: TLS needs both tls_cert and tls_key; `vakhta tls self-signed` makes a pair"
        );
        Err(Failure::new(Exit::Config, "a setting is wrong").with_more([text]))
    }
}
