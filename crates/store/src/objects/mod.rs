//! Immutable blobs named by the SHA-256 of their bytes, in a local folder or an S3 bucket. Every read is
//! checked; nothing is ever overwritten with other bytes.

mod local;
mod s3;

pub(crate) use local::LocalObjects;
pub(crate) use s3::S3Objects;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::ports::{Objects, StoreError};

/// The name that this part has in errors.
const PART: &str = "object store";

/// An object store that can be asked how it is.
#[async_trait]
pub(crate) trait CheckedObjects: Objects {
    /// Whether it can be used now.
    async fn check(&self) -> Result<(), StoreError>;
}

/// The reference of some bytes.
fn reference(bytes: &[u8]) -> ObjectRef {
    ObjectRef { sha256: hex::encode(Sha256::digest(bytes)), bytes: bytes.len() as u64 }
}

/// Two levels of folders, so that none holds too many names: `ab/cd/abcd…`. A name that is not a hash is
/// refused, so that none reaches outside.
fn place(object: &ObjectRef) -> Result<String, StoreError> {
    let name = object.sha256.as_str();
    let is_hash = name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        return Err(damaged(object, "its name is not a SHA-256"));
    }
    Ok(format!("{}/{}/{name}", &name[..2], &name[2..4]))
}

/// Compares what was read with what was meant.
fn compare(object: &ObjectRef, found: &ObjectRef) -> Result<(), StoreError> {
    if found.bytes != object.bytes {
        return Err(damaged(object, &format!("it has {} bytes instead of {}", found.bytes, object.bytes)));
    }
    if found.sha256 != object.sha256 {
        return Err(damaged(object, &format!("its SHA-256 is {}", found.sha256)));
    }
    Ok(())
}

fn damaged(object: &ObjectRef, reason: &str) -> StoreError {
    StoreError::Damaged { name: object.sha256.chars().take(80).collect(), reason: reason.to_owned() }
}

fn unavailable(source: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable { part: PART, source: Box::new(source) }
}

fn io_error(error: std::io::Error) -> StoreError {
    if crate::files::is_full(&error) { StoreError::Full { part: PART } } else { unavailable(error) }
}

/// Counts and hashes a stream's bytes.
#[derive(Default)]
struct Tally {
    hash: Sha256,
    bytes: u64,
}

impl Tally {
    fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn reference(self) -> ObjectRef {
        ObjectRef { sha256: hex::encode(self.hash.finalize()), bytes: self.bytes }
    }
}
