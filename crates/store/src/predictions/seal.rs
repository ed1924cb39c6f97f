//! Moving closed segments into the object store, as compressed JSON Lines. A crash between two steps loses
//! and doubles nothing: the object is named by its content, the note by the segment's id.

use super::writer::{Request, stopped};
use super::{PredictionFiles, blocking, frame, log_error, of_model};
use crate::repositories::segments::SealedSegment;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::io;
use tokio::sync::oneshot;
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::LoggedPrediction;

/// zstd's own default: a third of the size for little time.
const LEVEL: i32 = 3;

/// What a sealing moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Segments.
    pub segments: u64,
    /// Records in them.
    pub records: u64,
}

impl PredictionFiles {
    /// Moves every closed segment into the object store. `now` first closes the open one even if it is
    /// neither full nor old.
    pub(crate) async fn seal(&self, now: bool) -> Result<Sealed, StoreError> {
        let _alone = self.sealing.lock().await;
        let (done, closed) = oneshot::channel();
        self.requests.send(Request::Close { only_due: !now, done }).await.map_err(|_| stopped())?;
        closed.await.map_err(|_| stopped())?;
        let mut sealed = Sealed::default();
        for segment in self.folder.list().into_iter().filter(|segment| segment.closed) {
            let id = segment.id.clone();
            let packed = match blocking(move || segment.read().map(|bytes| pack(&segment.id, &bytes))).await?
            {
                Err(error @ StoreError::Damaged { .. }) => {
                    // Kept as it is for a person to look at; the other segments need not wait for that.
                    tracing::error!(%error, "a part of the prediction log stays in its folder");
                    continue;
                }
                packed => packed?,
            };
            sealed.segments += 1;
            let Some(packed) = packed else {
                self.folder.remove(&id).map_err(log_error)?;
                continue;
            };
            let object = self.objects.put(packed.lines).await?;
            sealed.records += packed.parts.values().sum::<u64>();
            let note = SealedSegment { id, object, from: packed.from, to: packed.to, parts: packed.parts };
            let _still = self.moving.write().await;
            self.segments.add(&note, self.clock.now()).await?;
            self.folder.remove(&note.id).map_err(log_error)?;
        }
        Ok(sealed)
    }

    /// The records of one model in a sealed segment.
    pub(super) async fn sealed(
        &self,
        object: &ObjectRef,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        let packed = self.objects.get(object).await?;
        let lines = blocking(move || zstd::decode_all(packed.as_ref())).await?;
        of_model(lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()), workspace, model)
    }
}

/// A segment ready for the object store.
struct Packed {
    lines: Bytes,
    from: jiff::Timestamp,
    to: jiff::Timestamp,
    parts: BTreeMap<(String, String), u64>,
}

/// All documents of a segment's durable bytes. They were whole when they were written.
pub(super) fn whole<'a>(id: &str, segment: &'a [u8]) -> Result<Vec<&'a [u8]>, StoreError> {
    let (documents, end) = frame::documents(segment);
    if end < segment.len() {
        let reason = format!("byte {end} of {} begins no whole record", segment.len());
        return Err(StoreError::Damaged { name: format!("{id}.log"), reason });
    }
    Ok(documents)
}

/// Compresses a segment's records and counts them. `None` where it has none.
fn pack(id: &str, segment: &[u8]) -> Result<Option<Packed>, StoreError> {
    let documents = whole(id, segment)?;
    let mut lines = Vec::with_capacity(segment.len());
    let mut parts = BTreeMap::new();
    let mut span: Option<(jiff::Timestamp, jiff::Timestamp)> = None;
    for document in documents {
        let prediction = frame::prediction(document)?;
        let (from, to) = span.unwrap_or((prediction.at, prediction.at));
        span = Some((from.min(prediction.at), to.max(prediction.at)));
        *parts
            .entry((prediction.workspace.as_str().to_owned(), prediction.model.as_str().to_owned()))
            .or_default() += 1;
        lines.extend_from_slice(document);
        lines.push(b'\n');
    }
    let Some((from, to)) = span else { return Ok(None) };
    let lines = zstd::encode_all(io::Cursor::new(lines), LEVEL).map_err(log_error)?;
    Ok(Some(Packed { lines: Bytes::from(lines), from, to, parts }))
}
