//! Blobs and the prediction log.

use super::StoreError;
use crate::dataset::ObjectRef;
use crate::ids::{ModelKey, WorkspaceId};
use crate::prediction::{FlatPredictions, LogPart, LoggedPrediction};
use async_trait::async_trait;
use bytes::Bytes;
use std::path::Path;

/// Immutable blobs, named by the SHA-256 of their content. Durable when a method returns `Ok`.
#[async_trait]
pub trait Objects: Send + Sync {
    /// Stores bytes; storing the same bytes again is no error.
    async fn put(&self, bytes: Bytes) -> Result<ObjectRef, StoreError>;
    /// Stores a local file's bytes, streamed; the file stays.
    async fn put_file(&self, path: &Path) -> Result<ObjectRef, StoreError>;
    /// Reads a blob whole and checks its SHA-256.
    async fn get(&self, object: &ObjectRef) -> Result<Bytes, StoreError>;
    /// Writes a blob into a local file, streamed, and checks its SHA-256.
    async fn get_file(&self, object: &ObjectRef, path: &Path) -> Result<(), StoreError>;
    /// Whether a blob of that name and size is there; does not read it.
    async fn has(&self, object: &ObjectRef) -> Result<bool, StoreError>;
}

/// What models answered. Writes are gathered into groups with one fsync each.
#[async_trait]
pub trait PredictionLog: Send + Sync {
    /// Appends; survives kill -9 and power loss once this returns `Ok`.
    async fn append(&self, predictions: Vec<LoggedPrediction>) -> Result<(), StoreError>;
    /// Every prediction of a workspace's model that is still in the write-ahead file or sealed, oldest
    /// first, at most `limit`, beginning after the first `skip`.
    async fn read(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<LoggedPrediction>, StoreError>;
    /// The segments that may hold predictions of a model and that this process can read, oldest first. Those of
    /// another process come once they are sealed.
    async fn parts(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<LogPart>, StoreError>;
    /// A model's predictions in one segment, in the order in which they were logged; empty where there is no such
    /// segment.
    async fn read_part(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<Vec<LoggedPrediction>, StoreError>;
    /// The same predictions laid flat, without what was asked: far cheaper, for what reads millions.
    async fn read_flat(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        segment: &str,
    ) -> Result<FlatPredictions, StoreError>;
}
