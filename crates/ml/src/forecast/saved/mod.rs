//! The saved forecast: a JSON head (plan, names, report), then numbers bit for bit.

mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::features::Plan;
use crate::panel::{Closures, Periods};
use serde::{Deserialize, Serialize};
use vakhta_domain::report::TrainingReport;
use vakhta_domain::spec::{Engine, Missing};

/// The first bytes of every saved forecast.
const MAGIC: &[u8; 8] = b"VKHTFCST";
/// The version of the format.
const VERSION: u32 = 3;

/// The part that is JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    engine: Engine,
    periods: Periods,
    first: i64,
    len: usize,
    horizon: usize,
    levels: Vec<u8>,
    missing: Missing,
    adapted_until: usize,
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
