//! Sources: rows that come by themselves. A run fetches what is new, reads it, puts it into the dataset's rows, and
//! stores the new version with the run in one transaction: killed at any point, there is the old version or the new one.

mod load;
mod run;
mod sources;

pub use sources::{NewSource, SourceError, change, create, delete};

pub(crate) use run::run;

use crate::Lifecycle;
use crate::jobs;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use vakhta_domain::ids::{self, JobId, SourceKey};
use vakhta_domain::job::{Job, JobKind, NewJob};
use vakhta_domain::user::Actor;

/// The longest time that one run may take, seconds.
const LIMIT_SECONDS: u32 = 3600;

/// What a sync job is asked; kept in its row, so that any process can run it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Asked {
    source: SourceKey,
}

/// The job that reads a source. A source is read once at a time.
pub(crate) fn job(app: &Lifecycle, actor: &Actor, source: &SourceKey) -> NewJob {
    NewJob {
        id: JobId::new(ids::fresh("job", &*app.ports.chance)),
        kind: JobKind::Sync,
        model: None,
        payload: serde_json::to_value(Asked { source: source.clone() }).expect("plain data"),
        single_flight: Some(format!("sync:{source}")),
        limit_seconds: LIMIT_SECONDS,
        owner: actor.clone(),
        at: app.ports.clock.now(),
        retry_of: None,
    }
}

/// Queues a run by hand. Refused while one is under way.
pub async fn request(app: &Arc<Lifecycle>, actor: &Actor, key: &SourceKey) -> Result<Job, SourceError> {
    if app.ports.sources.source(&actor.workspace, key).await?.is_none() {
        return Err(SourceError::Missing(key.clone()));
    }
    let job = job(app, actor, key);
    jobs::queue(app, &job, &jobs::queued(&job), SourceError::Running).await
}
