//! The saved model: versioned, checked, and safe to read from anywhere.
//!
//! Layout: magic, version, length of the rest, SHA-256 of the rest; then a JSON head (plan, names, report) and
//! numbers bit for bit. A file that lies is an error, never a panic, a long loop or a large allocation.

mod codec;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::features::Plan;
use crate::panel::{Closures, Periods};
use serde::{Deserialize, Serialize};
use vakhta_domain::report::TrainingReport;
use vakhta_domain::spec::Engine;

/// The first bytes of every artifact.
const MAGIC: &[u8; 8] = b"VKHTFCST";
/// The version of the format.
const VERSION: u32 = 1;
/// The bytes before the checked part: magic, version, length, digest.
const PREFIX: usize = 8 + 4 + 8 + 32;

/// Why bytes are not a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Other bytes altogether.
    #[error("not a saved forecast model: the first bytes are wrong")]
    NotAnArtifact,
    /// Written by a newer program.
    #[error("the saved model has format version {found}, this program reads {VERSION}: upgrade the program")]
    Version {
        /// The version found.
        found: u32,
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

/// The part of an artifact that is JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    engine: Engine,
    periods: Periods,
    first: i64,
    len: usize,
    horizon: usize,
    levels: Vec<u8>,
    known_names: Vec<String>,
    plan: Option<Plan>,
    series: Vec<HeadSeries>,
    report: TrainingReport,
}

/// What the head says of a series.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadSeries {
    key: Vec<String>,
    closures: Closures,
    non_negative: bool,
}
