//! What every saved model has in common: an envelope that is checked before anything inside is believed.
//!
//! Layout: magic, version of the format, length of the body, SHA-256 of the body, the body. A file that lies is
//! an error, never a panic, a long loop or a large allocation: [`Reader`] checks each length against the bytes
//! that are left before it takes memory.

mod codec;

pub use codec::{Reader, Writer};

use sha2::{Digest, Sha256};

/// The bytes before the body: magic, version, length, digest.
pub const PREFIX: usize = 8 + 4 + 8 + 32;

/// Why bytes are not a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Other bytes altogether.
    #[error("not a saved model of this kind: the first bytes are wrong")]
    NotAnArtifact,
    /// Written by a newer program.
    #[error("the saved model has format version {found}, this program reads {known}: upgrade the program")]
    Version {
        /// The version found.
        found: u32,
        /// The version that this program writes.
        known: u32,
    },
    /// Too short, or a length inside points beyond the end.
    #[error("the saved model ends too early: it was cut off or damaged")]
    Truncated,
    /// The digest does not fit.
    #[error("the saved model is damaged: its SHA-256 does not fit")]
    Damaged,
    /// The numbers contradict each other.
    #[error("the saved model contradicts itself: {what}")]
    Unsound {
        /// What is wrong.
        what: String,
    },
}

/// The error of numbers that contradict each other.
pub fn unsound<T>(what: impl Into<String>) -> Result<T, ArtifactError> {
    Err(ArtifactError::Unsound { what: what.into() })
}

/// Puts a body into its envelope.
pub fn seal(magic: &[u8; 8], version: u32, body: &[u8]) -> Vec<u8> {
    let mut whole = Writer(Vec::with_capacity(PREFIX + body.len()));
    whole.0.extend_from_slice(magic);
    whole.u32(version);
    whole.u64(body.len() as u64);
    whole.0.extend_from_slice(&Sha256::digest(body));
    whole.0.extend_from_slice(body);
    whole.0
}

/// Takes the body out of an envelope that [`seal`] made with the same magic and version.
pub fn open<'a>(magic: &[u8; 8], version: u32, bytes: &'a [u8]) -> Result<&'a [u8], ArtifactError> {
    let mut prefix = Reader(bytes);
    if prefix.take(8).map_err(|_| ArtifactError::NotAnArtifact)? != magic {
        return Err(ArtifactError::NotAnArtifact);
    }
    let found = prefix.u32()?;
    if found != version {
        return Err(ArtifactError::Version { found, known: version });
    }
    let length = prefix.u64()?;
    let digest = prefix.take(32)?;
    let body = prefix.0;
    if body.len() as u64 != length {
        return Err(ArtifactError::Truncated);
    }
    if Sha256::digest(body).as_slice() != digest {
        return Err(ArtifactError::Damaged);
    }
    Ok(body)
}
