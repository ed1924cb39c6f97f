//! Moving closed segments into the object store, as Parquet. A crash between two steps loses and doubles nothing:
//! the object is named by its content, the note by the segment's id.

use super::writer::{Request, stopped};
use super::{PredictionFiles, blocking, columns, frame, log_error};
use crate::repositories::segments::SealedSegment;
use bytes::Bytes;
use std::collections::BTreeMap;
use tokio::sync::oneshot;
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::LoggedPrediction;

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
            let object = self.objects.put(packed.file).await?;
            sealed.records += packed.parts.values().sum::<u64>();
            let note = SealedSegment { id, object, from: packed.from, to: packed.to, parts: packed.parts };
            let _still = self.moving.write().await;
            self.segments.add(&note, self.clock.now()).await?;
            self.folder.remove(&note.id).map_err(log_error)?;
        }
        Ok(sealed)
    }
}

/// A segment ready for the object store.
struct Packed {
    file: Bytes,
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

/// Lays a segment's records out in columns and counts them. `None` where it has none.
fn pack(id: &str, segment: &[u8]) -> Result<Option<Packed>, StoreError> {
    let documents = whole(id, segment)?;
    let predictions =
        documents.into_iter().map(frame::prediction).collect::<Result<Vec<LoggedPrediction>, _>>()?;
    let mut parts = BTreeMap::new();
    for logged in &predictions {
        let whose = (logged.workspace.as_str().to_owned(), logged.model.as_str().to_owned());
        *parts.entry(whose).or_default() += 1;
    }
    let moments = || predictions.iter().map(|logged| logged.at);
    let (Some(from), Some(to)) = (moments().min(), moments().max()) else { return Ok(None) };
    let file = Bytes::from(columns::pack(&predictions)?);
    Ok(Some(Packed { file, from, to, parts }))
}
