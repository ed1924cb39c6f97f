//! A segment's bytes in whichever form they lie, read for one model: frames in the folder, columns in the object store,
//! or lines of JSON there, which is how segments were sealed before.

use super::seal::whole;
use super::{blocking, columns, frame};
use bytes::Bytes;
use std::io;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::{FlatPredictions, LoggedPrediction};

/// A segment's bytes.
pub(super) enum Held {
    /// Of a file in the folder.
    Frames {
        /// The segment.
        id: String,
        /// Its durable bytes.
        frames: Vec<u8>,
    },
    /// Of an object.
    Object(Bytes),
}

impl Held {
    /// A model's predictions, in the order in which they were logged.
    pub(super) async fn predictions(
        self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<Vec<LoggedPrediction>, StoreError> {
        let (workspace, model) = (workspace.clone(), model.clone());
        let read = move || match self {
            Self::Object(object) if columns::are(&object) => {
                columns::predictions(&object, &workspace, &model)
            }
            held => {
                let mut found = Vec::new();
                held.each(&workspace, &model, |logged| found.push(logged))?;
                Ok(found)
            }
        };
        blocking(|| Ok(read())).await?
    }

    /// The same laid flat.
    pub(super) async fn flat(
        self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<FlatPredictions, StoreError> {
        let (workspace, model) = (workspace.clone(), model.clone());
        let read = move || match self {
            Self::Object(object) if columns::are(&object) => columns::flat(&object, &workspace, &model),
            held => {
                let mut found = FlatPredictions::default();
                held.each(&workspace, &model, |logged| found.push(&logged))?;
                Ok(found)
            }
        };
        blocking(|| Ok(read())).await?
    }

    /// Goes through a model's predictions in JSON.
    fn each(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        mut take: impl FnMut(LoggedPrediction),
    ) -> Result<(), StoreError> {
        let lines;
        let documents: Vec<&[u8]> = match self {
            Self::Frames { id, frames } => whole(id, frames)?,
            Self::Object(packed) => {
                lines = unpacked(packed)?;
                lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect()
            }
        };
        for document in documents {
            let logged = frame::prediction(document)?;
            if logged.workspace == *workspace && logged.model == *model {
                take(logged);
            }
        }
        Ok(())
    }
}

/// Lines of JSON, compressed by zstd.
fn unpacked(packed: &[u8]) -> Result<Vec<u8>, StoreError> {
    zstd::decode_all(io::Cursor::new(packed)).map_err(super::log_error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use vakhta_domain::ids::VersionId;

    /// Segments that an earlier program sealed stay readable.
    #[tokio::test]
    async fn lines_of_json_are_read_as_before() {
        let (workspace, model) = (WorkspaceId::new("w"), ModelKey::new("m"));
        let logged = |n: i64, model: &ModelKey| LoggedPrediction {
            workspace: workspace.clone(),
            request: format!("req_{n}"),
            model: model.clone(),
            version: VersionId::new("v"),
            at: Timestamp::from_second(n).expect("a moment"),
            key: format!("север|2026-09-0{n}"),
            input: String::new(),
            value: n as f64,
            output: r#"{"step":1,"intervals":[]}"#.into(),
            latency_us: 7,
        };
        let mut lines = Vec::new();
        for (n, whose) in [(1, &model), (2, &ModelKey::new("other")), (3, &model)] {
            lines.extend(frame::document(&logged(n, whose)).expect("it is JSON"));
            lines.push(b'\n');
        }
        let object = || Held::Object(zstd::encode_all(&lines[..], 3).expect("it is packed").into());
        let read = object().predictions(&workspace, &model).await.expect("it is read");
        assert_eq!(read, [logged(1, &model), logged(3, &model)]);
        let flat = object().flat(&workspace, &model).await.expect("it is read");
        assert_eq!(flat.rows.iter().map(|row| row.value).collect::<Vec<_>>(), [1.0, 3.0]);
        assert!(flat.rows.iter().all(|row| row.readable && row.step == Some(1)));
        let broken = Held::Object(Bytes::from_static(b"neither")).flat(&workspace, &model).await;
        assert!(broken.is_err());
    }
}
