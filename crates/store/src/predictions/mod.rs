//! The prediction log: a write-ahead file that is forced to the disk in groups, and its closed segments,
//! moved into the object store. It knows nothing of what a prediction means.

mod columns;
mod folder;
mod frame;
mod held;
mod seal;
mod writer;

pub use seal::Sealed;

use crate::repositories::segments::SegmentRows;
use async_trait::async_trait;
use folder::Folder;
use held::Held;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{RwLock, mpsc, oneshot};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::ports::{Chance, Clock, Objects, PredictionLog, StoreError};
use vakhta_domain::prediction::{FlatPredictions, LogPart, LoggedPrediction};
use writer::{Request, Writer};

/// Requests that may wait for the writer; more make their callers wait.
const WAITING: usize = 1024;

/// The prediction log.
pub(crate) struct PredictionFiles {
    folder: Folder,
    requests: mpsc::Sender<Request>,
    segments: SegmentRows,
    objects: Arc<dyn Objects>,
    clock: Arc<dyn Clock>,
    /// Readers hold it shared, sealing holds it alone while a segment goes from the folder to the object
    /// store: so a reader sees each record once.
    moving: RwLock<()>,
    /// One sealing at a time.
    sealing: tokio::sync::Mutex<()>,
}

impl PredictionFiles {
    /// Opens the log in `dir`, mending what a crash left there.
    pub(crate) async fn open(
        dir: &Path,
        segments: SegmentRows,
        objects: Arc<dyn Objects>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, StoreError> {
        let owned = dir.to_owned();
        let folder = blocking(move || Folder::recover(&owned)).await?;
        // The last run may have died between noting a sealed segment and removing its file.
        let found: Vec<String> = folder.list().into_iter().map(|segment| segment.id).collect();
        for id in segments.known(&found).await? {
            folder.remove(&id).map_err(log_error)?;
        }
        let (requests, inbox) = mpsc::channel(WAITING);
        let newest = folder.list().last().map(|segment| folder::moment(&segment.id));
        let newest_sealed = segments.newest().await?.map(|id| folder::moment(&id));
        let last_id = newest.max(newest_sealed).unwrap_or(0);
        let writer =
            Writer { folder: folder.clone(), clock: Arc::clone(&clock), chance, open: None, last_id };
        std::thread::Builder::new()
            .name("prediction-log".into())
            .spawn(move || writer.run(inbox))
            .map_err(log_error)?;
        Ok(Self {
            folder,
            requests,
            segments,
            objects,
            clock,
            moving: RwLock::new(()),
            sealing: tokio::sync::Mutex::new(()),
        })
    }

    /// Ends the writer. What was acknowledged is on the disk already.
    pub(crate) async fn close(&self) {
        let (done, ended) = oneshot::channel();
        if self.requests.send(Request::Stop(done)).await.is_ok() {
            // An error means that it had ended before.
            let _ = ended.await;
        }
    }

    /// The bytes of a segment, wherever it lies now; none where it holds nothing of the model.
    async fn held(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<Option<Held>, StoreError> {
        let _still = self.moving.read().await;
        if let Some(local) = self.folder.list().into_iter().find(|local| local.id == segment) {
            return self.local(local).await.map(Some);
        }
        match self.segments.part_of(workspace, model, segment).await? {
            Some(part) => self.sealed(&part.object).await.map(Some),
            None => Ok(None),
        }
    }

    async fn local(&self, segment: folder::Segment) -> Result<Held, StoreError> {
        let id = segment.id.clone();
        let frames = blocking(move || segment.read()).await?;
        Ok(Held::Frames { id, frames })
    }

    async fn sealed(&self, object: &ObjectRef) -> Result<Held, StoreError> {
        Ok(Held::Object(self.objects.get(object).await?))
    }
}

fn log_error(error: io::Error) -> StoreError {
    if crate::files::is_full(&error) {
        return StoreError::Full { part: "prediction log" };
    }
    StoreError::Unavailable { part: "prediction log", source: Box::new(error) }
}

/// Runs file work on a thread where waiting for a disk holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| log_error(io::Error::other(error)))?
        .map_err(log_error)
}

#[async_trait]
impl PredictionLog for PredictionFiles {
    async fn append(&self, predictions: Vec<LoggedPrediction>) -> Result<(), StoreError> {
        if predictions.is_empty() {
            return Ok(());
        }
        let mut frames = Vec::with_capacity(predictions.len() * 256);
        for prediction in &predictions {
            frame::push(&mut frames, &frame::document(prediction)?);
        }
        let (answer, answered) = oneshot::channel();
        self.requests.send(Request::Append(frames, answer)).await.map_err(|_| writer::stopped())?;
        answered.await.map_err(|_| writer::stopped())?
    }

    async fn read(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        let _still = self.moving.read().await;
        let sealed = self.segments.of_model(workspace, model).await?;
        let sealed_ids: BTreeSet<&str> = sealed.iter().map(|part| part.segment.as_str()).collect();
        let mut local = self.folder.list();
        local.retain(|segment| !sealed_ids.contains(segment.id.as_str()));
        // Ids are ordered by time; each list is in that order already, and so is their merge.
        let (mut sealed, mut local) = (sealed.into_iter().peekable(), local.into_iter().peekable());
        let (mut skip, mut found) = (skip, Vec::new());
        while found.len() < limit as usize {
            let sealed_first = match (sealed.peek(), local.peek()) {
                (Some(part), Some(segment)) => part.segment < segment.id,
                (first, _) => first.is_some(),
            };
            let held = if sealed_first {
                let Some(part) = sealed.next() else { break };
                if part.records <= skip {
                    skip -= part.records;
                    continue;
                }
                self.sealed(&part.object).await?
            } else {
                let Some(segment) = local.next() else { break };
                self.local(segment).await?
            };
            let records = held.predictions(workspace, model).await?;
            let skipped = skip.min(records.len() as u64);
            skip -= skipped;
            let wanted = limit as usize - found.len();
            found.extend(records.into_iter().skip(skipped as usize).take(wanted));
        }
        Ok(found)
    }

    async fn parts(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<LogPart>, StoreError> {
        let _still = self.moving.read().await;
        let sealed = self.segments.of_model(workspace, model).await?;
        let mut parts: BTreeMap<String, Option<(u64, _)>> =
            self.folder.list().into_iter().map(|segment| (segment.id, None)).collect();
        parts.extend(sealed.into_iter().map(|part| (part.segment, Some((part.records, part.span)))));
        let parts = parts.into_iter().map(|(segment, sealed)| LogPart {
            segment,
            records: sealed.map(|(records, _)| records),
            span: sealed.map(|(_, span)| span),
        });
        Ok(parts.collect())
    }

    async fn read_part(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        match self.held(workspace, model, segment).await? {
            Some(held) => held.predictions(workspace, model).await,
            None => Ok(Vec::new()),
        }
    }

    async fn read_flat(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<FlatPredictions, StoreError> {
        match self.held(workspace, model, segment).await? {
            Some(held) => held.flat(workspace, model).await,
            None => Ok(FlatPredictions::default()),
        }
    }
}
