//! Who answers questions in SQL: the one place that knows whether the program was built with an engine for them.

use crate::config::Config;
use std::path::Path;
use vakhta_domain::ports::Ports;
use vakhta_lifecycle::query::Queries;

/// The engine.
#[cfg(feature = "sql")]
pub fn of(config: &Config, ports: &Ports, temp_dir: &Path) -> Queries {
    use std::sync::Arc;
    use std::time::Duration;
    use vakhta_query::{Engine, Settings};

    /// Queries answered at once.
    const AT_ONCE: usize = 2;
    /// How long another one waits for its turn.
    const PATIENCE: Duration = Duration::from_secs(3);
    /// Threads of one query: more would only be faster while nothing else is asked of the machine.
    const MOST_THREADS: usize = 4;

    let settings = Settings {
        temp_dir: temp_dir.to_owned(),
        threads: config.threads.clamp(1, MOST_THREADS),
        at_once: AT_ONCE,
        patience: PATIENCE,
        measures: vakhta_lifecycle::metrics::summary::measures,
    };
    Queries { analytics: Arc::new(Engine::new(ports.clone(), settings)), limits: config.query_limits }
}

/// Nobody.
#[cfg(not(feature = "sql"))]
pub fn of(config: &Config, _: &Ports, _: &Path) -> Queries {
    Queries::none(config.query_limits)
}
