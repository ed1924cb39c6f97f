//! What answers beside the champion: whom a challenger answers, and answers in shadow, which never slow or hurt the one
//! that is given.

use super::log;
use super::{Loaded, ServeError, choose};
use crate::Lifecycle;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;
use vakhta_domain::ids::VersionId;
use vakhta_domain::trial::{Arm, Part};

/// Requests whose shadows wait or are computed at once; more go without, which is counted.
const WAITING: usize = 64;
/// Shadows computed at once.
const AT_WORK: usize = 2;

/// Room for answers in shadow.
pub struct Shadows {
    waiting: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
    dropped: AtomicU64,
}

impl Default for Shadows {
    fn default() -> Self {
        Self {
            waiting: Arc::new(Semaphore::new(WAITING)),
            at_work: Arc::new(Semaphore::new(AT_WORK)),
            dropped: AtomicU64::default(),
        }
    }
}

impl Shadows {
    /// Requests that went without a shadow for lack of room, since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// What answers beside this version, where it serves.
pub(super) fn beside(app: &Lifecycle, loaded: &Loaded) -> Vec<Arm> {
    let place = (loaded.version.workspace.clone(), loaded.version.model.clone());
    let mut arms = app.serving.arms(&place);
    arms.retain(|arm| arm.against == loaded.version.id);
    arms
}

/// The challenger among them that is given a share of the keys.
pub(super) fn sharing(arms: &[Arm]) -> Option<&Arm> {
    arms.iter().find(|arm| arm.part == Part::Challenger && arm.mode.share() > 0.0)
}

/// A version beside the champion, in memory. That it cannot be read is told in the log; the champion answers then.
pub(super) async fn loaded(app: &Arc<Lifecycle>, arm: &Arm) -> Option<Arc<Loaded>> {
    match choose(app, &arm.workspace, &arm.model, Some(arm.version.as_str())).await {
        Ok(loaded) => Some(loaded),
        Err(error) => {
            tracing::warn!(model = %arm.model, version = %arm.version, %error, "a challenger cannot answer, the champion does");
            None
        }
    }
}

/// Answers a request in shadow by other versions, after it was answered. `answer` says what to log for one of them;
/// it runs on a thread that nobody waits for.
pub(super) fn shadow<T: Send + Sync + 'static>(
    app: &Arc<Lifecycle>,
    champion: &Loaded,
    versions: Vec<VersionId>,
    request: &str,
    asked: T,
    answer: impl Fn(&Loaded, &T) -> Result<Vec<log::Line>, ServeError> + Send + Sync + 'static,
) {
    if versions.is_empty() {
        return;
    }
    let Ok(room) = app.shadows.waiting.clone().try_acquire_owned() else {
        app.shadows.dropped.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(model = %champion.version.model, "no room for an answer in shadow");
        return;
    };
    let (app, request) = (app.clone(), request.to_owned());
    let (workspace, model) = (champion.version.workspace.clone(), champion.version.model.clone());
    let work = Arc::new((asked, answer));
    tokio::spawn(async move {
        let _room = room;
        let Ok(_turn) = app.shadows.at_work.clone().acquire_owned().await else { return };
        for version in versions {
            let begun = app.ports.clock.now();
            let done = async {
                let loaded = choose(&app, &workspace, &model, Some(version.as_str())).await?;
                let computed = tokio::task::spawn_blocking({
                    let (loaded, work) = (loaded.clone(), work.clone());
                    move || (work.1)(&loaded, &work.0)
                });
                let lines = computed.await.map_err(|panic| loaded.unusable(&panic))??;
                let request = log::Request { id: &request, begun, mark: Some(log::Mark::Shadow) };
                log::lines(&app, &loaded, &request, lines).await.map_err(ServeError::from)
            };
            if let Err(error) = done.await {
                tracing::warn!(%model, %version, %error, "an answer in shadow failed");
            }
        }
    });
}

/// The versions that answer in shadow of a request: everybody but who answered it.
pub(super) fn others(champion: &Loaded, arms: &[Arm], answered: &VersionId) -> Vec<VersionId> {
    let all = std::iter::once(&champion.version.id).chain(arms.iter().map(|arm| &arm.version));
    let mut others: Vec<VersionId> = all.filter(|version| *version != answered).cloned().collect();
    others.dedup();
    others
}
