//! Ports that are measured on the way: what models answered, and how long blobs and the prediction log took.

use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::{Objects, Ports, PredictionLog, StoreError};
use vakhta_domain::prediction::{FlatPredictions, LogPart, LoggedPrediction};
use vakhta_domain::times::Times;

/// Versions that are told apart; later ones of a process that runs for years are counted together.
const MOST_VERSIONS: usize = 2_000;

/// One version, or what is counted together.
pub type Place = (WorkspaceId, ModelKey, VersionId);

/// What was measured.
#[derive(Default)]
pub struct Meters {
    /// Blobs that were read.
    pub objects_read: Times,
    /// Blobs that were written.
    pub objects_written: Times,
    /// Calls of the object store that failed.
    pub object_failures: AtomicU64,
    /// Appends to the prediction log, until they were durable.
    pub log_appends: Times,
    /// Appends that failed.
    pub log_failures: AtomicU64,
    versions: RwLock<HashMap<Place, Arc<Answers>>>,
}

/// What one version answered.
#[derive(Default)]
pub struct Answers {
    /// Rows that were logged.
    pub rows: AtomicU64,
    /// From the beginning of a request until its rows were durable.
    pub times: Times,
}

impl Meters {
    /// What each version answered.
    pub fn versions(&self) -> Vec<(Place, Arc<Answers>)> {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        versions.iter().map(|(place, answers)| (place.clone(), answers.clone())).collect()
    }

    fn answers(&self, place: Place) -> Arc<Answers> {
        if let Some(known) = self.versions.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return known.clone();
        }
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        let place = if versions.len() < MOST_VERSIONS || versions.contains_key(&place) {
            place
        } else {
            (WorkspaceId::new("other"), ModelKey::new("other"), VersionId::new("other"))
        };
        versions.entry(place).or_default().clone()
    }

    fn object<T>(&self, times: &Times, began: Instant, done: Result<T, StoreError>) -> Result<T, StoreError> {
        times.note(began.elapsed());
        if done.is_err() {
            self.object_failures.fetch_add(1, Ordering::Relaxed);
        }
        done
    }
}

/// The same ports, measured.
pub fn metered(ports: Ports, meters: &Arc<Meters>) -> Ports {
    Ports {
        objects: Arc::new(MeteredObjects { inner: ports.objects, meters: meters.clone() }),
        predictions: Arc::new(MeteredLog { inner: ports.predictions, meters: meters.clone() }),
        ..ports
    }
}

struct MeteredObjects {
    inner: Arc<dyn Objects>,
    meters: Arc<Meters>,
}

#[async_trait]
impl Objects for MeteredObjects {
    async fn put(&self, bytes: Bytes) -> Result<ObjectRef, StoreError> {
        let began = Instant::now();
        let done = self.inner.put(bytes).await;
        self.meters.object(&self.meters.objects_written, began, done)
    }

    async fn put_file(&self, path: &Path) -> Result<ObjectRef, StoreError> {
        let began = Instant::now();
        let done = self.inner.put_file(path).await;
        self.meters.object(&self.meters.objects_written, began, done)
    }

    async fn get(&self, object: &ObjectRef) -> Result<Bytes, StoreError> {
        let began = Instant::now();
        let done = self.inner.get(object).await;
        self.meters.object(&self.meters.objects_read, began, done)
    }

    async fn get_file(&self, object: &ObjectRef, path: &Path) -> Result<(), StoreError> {
        let began = Instant::now();
        let done = self.inner.get_file(object, path).await;
        self.meters.object(&self.meters.objects_read, began, done)
    }

    async fn has(&self, object: &ObjectRef) -> Result<bool, StoreError> {
        self.inner.has(object).await
    }
}

struct MeteredLog {
    inner: Arc<dyn PredictionLog>,
    meters: Arc<Meters>,
}

/// Rows of one version in one append.
struct Group {
    place: Place,
    rows: u64,
    spent: Duration,
}

/// An append is of one version nearly always, so rows are compared with the one before.
fn groups(predictions: &[LoggedPrediction]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(1);
    for row in predictions {
        let last = groups.last_mut();
        match last
            .filter(|g| g.place.2 == row.version && g.place.1 == row.model && g.place.0 == row.workspace)
        {
            Some(group) => group.rows += 1,
            None => groups.push(Group {
                place: (row.workspace.clone(), row.model.clone(), row.version.clone()),
                rows: 1,
                spent: Duration::from_micros(u64::from(row.latency_us)),
            }),
        }
    }
    groups
}

#[async_trait]
impl PredictionLog for MeteredLog {
    async fn append(&self, predictions: Vec<LoggedPrediction>) -> Result<(), StoreError> {
        let groups = groups(&predictions);
        let began = Instant::now();
        let done = self.inner.append(predictions).await;
        let took = began.elapsed();
        self.meters.log_appends.note(took);
        if done.is_err() {
            self.meters.log_failures.fetch_add(1, Ordering::Relaxed);
            return done;
        }
        for group in groups {
            let answers = self.meters.answers(group.place);
            answers.rows.fetch_add(group.rows, Ordering::Relaxed);
            answers.times.note(group.spent + took);
        }
        done
    }

    async fn read(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        self.inner.read(workspace, model, skip, limit).await
    }

    async fn parts(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<LogPart>, StoreError> {
        self.inner.parts(workspace, model).await
    }

    async fn read_part(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        self.inner.read_part(workspace, model, segment).await
    }

    async fn read_flat(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<FlatPredictions, StoreError> {
        self.inner.read_flat(workspace, model, segment).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn row(model: &str, version: &str, latency_us: u32) -> LoggedPrediction {
        LoggedPrediction {
            workspace: WorkspaceId::new("default"),
            request: "r".into(),
            model: ModelKey::new(model),
            version: VersionId::new(version),
            at: Timestamp::UNIX_EPOCH,
            key: String::new(),
            input: String::new(),
            value: 0.0,
            output: String::new(),
            latency_us,
        }
    }

    #[test]
    fn rows_are_counted_by_version() {
        let rows = [row("a", "v1", 5), row("a", "v1", 7), row("a", "v2", 9), row("b", "v2", 1)];
        let found: Vec<_> =
            groups(&rows).into_iter().map(|g| (g.place.1, g.place.2, g.rows, g.spent)).collect();
        let micros = Duration::from_micros;
        let one = |model, version, rows, spent| {
            (ModelKey::new(model), VersionId::new(version), rows, micros(spent))
        };
        assert_eq!(found, [one("a", "v1", 2, 5), one("a", "v2", 1, 9), one("b", "v2", 1, 1)]);
    }

    #[test]
    fn versions_do_not_grow_without_end() {
        let meters = Meters::default();
        for n in 0..MOST_VERSIONS + 10 {
            let place = (WorkspaceId::new("w"), ModelKey::new("m"), VersionId::new(format!("v{n}")));
            meters.answers(place).rows.fetch_add(1, Ordering::Relaxed);
        }
        let versions = meters.versions();
        assert_eq!(versions.len(), MOST_VERSIONS + 1);
        let (_, other) = versions.iter().find(|(place, _)| place.2.as_str() == "other").expect("the rest");
        assert_eq!(other.rows.load(Ordering::Relaxed), 10);
    }
}
