//! The doors: REST under `/api/v1`, `/api` and `/`, live news by `WebSocket`, `OpenAPI`, and the embedded UI.
//!
//! Invariant: no business rule lives here. A handler parses, authorises, calls one function of `lifecycle`
//! or reads one port, and shapes the answer.

pub mod auth;
pub mod body;
pub mod docs;
mod edge;
mod first_admin;
mod idempotency;
mod inference_v2;
mod live;
mod metrics;
pub mod native;
pub mod openapi;
mod page;
pub mod problem;
mod request;
mod router;
mod settings;
mod ui;
mod words;

pub use edge::EdgeSettings;
pub use first_admin::{FirstAdmin, ensure_first_admin};
pub use metrics::{Kind, Measured, Page};
pub use openapi::openapi;
pub use router::router;
pub use settings::{HealthCheck, HealthReport, HttpSettings, SignInProvider};

use std::sync::Arc;
use std::time::{Duration, Instant};
use vakhta_domain::ports::Ports;
use vakhta_domain::user::{Tier, User, must_enrol};
use vakhta_lifecycle::Lifecycle;
use vakhta_lifecycle::accounts::{Keys, Passwords, SignInLimits};

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Doors>);

/// The inside of [`App`].
pub struct Doors {
    /// What happens to models.
    pub lifecycle: Arc<Lifecycle>,
    /// How the doors behave.
    pub settings: HttpSettings,
    /// Says whether the stores can be reached.
    pub health: Arc<dyn HealthCheck>,
    /// Hashes and compares passwords, a few at a time.
    pub passwords: Passwords,
    /// Counts sign-in attempts.
    pub sign_ins: SignInLimits,
    /// What the server encrypts and signs with.
    pub keys: Keys,
    /// Notes the uses of the administrator's token.
    admin_token_uses: auth::AuditedUses,
    /// Counts what people are refused.
    refusals: auth::Refusals,
    /// Remembers where tokens came from.
    token_networks: auth::KnownNetworks,
    /// Figures that only the binary knows.
    measured: Arc<dyn Measured>,
    /// Counts requests, for the figures.
    requests: metrics::Requests,
    /// The last count of the queue.
    counted: metrics::Counted,
    /// Counts requests, to hold back who makes too many.
    rates: edge::Rates,
    /// Feeds the `WebSocket` listeners.
    live: live::Live,
    /// The last look at the stores: `/health` is open to all and must not become a burden to them.
    looked: tokio::sync::Mutex<Option<(Instant, HealthReport)>>,
}

impl std::ops::Deref for App {
    type Target = Doors;

    fn deref(&self) -> &Doors {
        &self.0
    }
}

impl App {
    /// Brings the parts together.
    pub fn new(
        lifecycle: Arc<Lifecycle>,
        settings: HttpSettings,
        health: Arc<dyn HealthCheck>,
        measured: Arc<dyn Measured>,
    ) -> Self {
        let sign_ins = SignInLimits::new(settings.login_per_min);
        Self(Arc::new(Doors {
            live: live::Live::new(lifecycle.clone()),
            passwords: Passwords::for_this_machine(),
            keys: Keys::new(settings.vault.clone()),
            lifecycle,
            measured,
            requests: metrics::Requests::new(),
            counted: metrics::Counted::default(),
            rates: edge::Rates::new(&settings.edge),
            settings,
            health,
            sign_ins,
            admin_token_uses: auth::AuditedUses::default(),
            refusals: auth::Refusals::default(),
            token_networks: auth::KnownNetworks::default(),
            looked: tokio::sync::Mutex::default(),
        }))
    }

    /// The stores.
    pub fn ports(&self) -> &Ports {
        &self.lifecycle.ports
    }

    /// How the stores are, not older than a second.
    pub(crate) async fn recent_health(&self) -> HealthReport {
        let mut looked = self.looked.lock().await;
        if let Some((at, report)) = *looked
            && at.elapsed() < Duration::from_secs(1)
        {
            return report;
        }
        let report = self.health.check().await;
        *looked = Some((Instant::now(), report));
        report
    }

    /// Whether an account, being what it is here, must enrol a second factor before anything else.
    pub(crate) fn must_enrol(&self, user: &User, here: Tier) -> bool {
        must_enrol(user, here, &self.settings.second_factor_tiers)
    }

    /// The moment that it is.
    pub fn now(&self) -> jiff::Timestamp {
        self.lifecycle.ports.clock.now()
    }
}
