//! How the doors behave, and how they learn whether the stores are well.

use crate::edge::EdgeSettings;
use async_trait::async_trait;
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use vakhta_domain::ports::Provider;
use vakhta_domain::user::Tier;
use vakhta_domain::user::TierRule;
use vakhta_lifecycle::accounts::Vault;

/// How the doors behave. No defaults: the binary decides.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Whether anybody may make himself a viewer's account.
    pub registration: bool,
    /// SHA-256, hex, of a token that is a system administrator's without an account.
    pub admin_token_hash: Option<String>,
    /// SHA-256, hex, of a token that may read the figures of the server and nothing else.
    pub metrics_token_hash: Option<String>,
    /// Who may come, how, and how often.
    pub edge: EdgeSettings,
    /// Sign-in attempts a minute for one address and name; an address alone has five times as many.
    pub login_per_min: u32,
    /// Tiers whose accounts must have a second factor.
    pub second_factor_tiers: Vec<Tier>,
    /// Who else signs people in.
    pub provider: Option<SignInProvider>,
    /// What secrets at rest are encrypted by.
    pub vault: Vault,
    /// The largest JSON or YAML body, bytes.
    pub max_body_bytes: usize,
    /// The largest uploaded file, bytes.
    pub max_upload_bytes: u64,
    /// A session that is not used for this long ends.
    pub session_idle: Duration,
    /// A session ends after this long whatever happens.
    pub session_max: Duration,
    /// Whether browsers reach this server by TLS, so that cookies travel by nothing else.
    pub secure_cookies: bool,
    /// When the server started.
    pub started_at: Timestamp,
    /// `sqlite` or `postgresql`.
    pub database_kind: &'static str,
    /// `local` or `s3`.
    pub objects_kind: &'static str,
    /// The release, e.g. `0.1.0`.
    pub version: String,
}

/// The largest body of records to predict, bytes: 10,000 records of 1.6 kB, or of two hundred numbers in binary.
const MAX_RECORDS_BYTES: usize = 16 << 20;
/// The limit of other bodies that is the default. Who sets another one means records, too.
const USUAL_BODY_BYTES: usize = 2 << 20;

impl HttpSettings {
    /// The largest body of records to predict, bytes, unpacked.
    pub(crate) fn records_limit(&self) -> usize {
        if self.max_body_bytes == USUAL_BODY_BYTES { MAX_RECORDS_BYTES } else { self.max_body_bytes }
    }
}

/// Another provider that signs people in.
#[derive(Clone)]
pub struct SignInProvider {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// What its groups are here.
    pub rule: TierRule,
    /// Where it sends browsers back: the callback's address as people reach it.
    pub back: String,
    /// What to call it.
    pub title: String,
}

impl fmt::Debug for SignInProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignInProvider({})", self.provider.issuer())
    }
}

/// Whether the server can do its work, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each part is well or not, whatever the others are")]
pub struct HealthReport {
    /// The database answers.
    pub database: bool,
    /// The object store answers.
    pub objects: bool,
    /// The queue can be read, and jobs whose worker died are taken from it.
    pub queue: bool,
    /// The disk has room.
    pub disk: bool,
}

impl HealthReport {
    /// Whether all is well.
    pub fn is_well(&self) -> bool {
        self.database && self.objects && self.queue && self.disk
    }
}

/// Asks how all parts are. The cause of a failure is logged by the implementation, not sent.
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// Asks now; answers within a few seconds whatever happens.
    async fn check(&self) -> HealthReport;
}
