//! How records lie in a segment file: a header, then frames of length, CRC-32 and one JSON document. A
//! frame is whole or it is not there; nothing is ever changed in place.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::prediction::LoggedPrediction;

/// The first bytes of a segment file: what it is, and the version of its format.
pub(super) const HEADER: &[u8; 8] = b"VKHPRED1";
/// Bytes before a frame's document: its length and its CRC-32, little-endian.
const PREFIX: usize = 8;

/// A prediction as kept. JSON has no NaN, so a value that is not finite is absent.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a> {
    workspace: Cow<'a, str>,
    request: Cow<'a, str>,
    model: Cow<'a, str>,
    version: Cow<'a, str>,
    /// Microseconds UTC.
    at: i64,
    key: Cow<'a, str>,
    input: Cow<'a, str>,
    value: Option<f64>,
    output: Cow<'a, str>,
    latency_us: u32,
}

/// One record as a JSON document without a line break.
pub(super) fn document(prediction: &LoggedPrediction) -> Result<Vec<u8>, StoreError> {
    let line = Line {
        workspace: prediction.workspace.as_str().into(),
        request: prediction.request.as_str().into(),
        model: prediction.model.as_str().into(),
        version: prediction.version.as_str().into(),
        at: prediction.at.as_microsecond(),
        key: prediction.key.as_str().into(),
        input: prediction.input.as_str().into(),
        value: prediction.value.is_finite().then_some(prediction.value),
        output: prediction.output.as_str().into(),
        latency_us: prediction.latency_us,
    };
    serde_json::to_vec(&line).map_err(unreadable)
}

/// The record of a document.
pub(super) fn prediction(document: &[u8]) -> Result<LoggedPrediction, StoreError> {
    let line: Line<'_> = serde_json::from_slice(document).map_err(unreadable)?;
    Ok(LoggedPrediction {
        workspace: WorkspaceId::new(line.workspace),
        request: line.request.into_owned(),
        model: ModelKey::new(line.model),
        version: VersionId::new(line.version),
        at: Timestamp::from_microsecond(line.at).map_err(unreadable)?,
        key: line.key.into_owned(),
        input: line.input.into_owned(),
        value: line.value.unwrap_or(f64::NAN),
        output: line.output.into_owned(),
        latency_us: line.latency_us,
    })
}

fn unreadable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what: "prediction", reason: error.to_string() }
}

/// Adds a document's frame to `out`.
pub(super) fn push(out: &mut Vec<u8>, document: &[u8]) {
    let length = u32::try_from(document.len()).expect("a prediction is far smaller than 4 GiB");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(document).to_le_bytes());
    out.extend_from_slice(document);
}

/// The documents of a segment's bytes, up to the first frame that is not whole, and where that one begins.
pub(super) fn documents(segment: &[u8]) -> (Vec<&[u8]>, usize) {
    let mut found = Vec::new();
    if !segment.starts_with(HEADER) {
        return (found, 0);
    }
    let mut at = HEADER.len();
    while let Some((document, end)) = next(segment, at) {
        found.push(document);
        at = end;
    }
    (found, at)
}

fn next(segment: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let prefix = segment.get(at..at + PREFIX)?;
    let length = u32::from_le_bytes(prefix[..4].try_into().ok()?) as usize;
    let crc = u32::from_le_bytes(prefix[4..].try_into().ok()?);
    let start = at + PREFIX;
    let document = segment.get(start..start.checked_add(length)?)?;
    // A stretch of zeros, which a crash may leave, would pass as an empty document.
    (length > 0 && crc32fast::hash(document) == crc).then_some((document, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn torn_and_damaged_tails_end_the_list() {
        let mut bytes = HEADER.to_vec();
        push(&mut bytes, b"one");
        push(&mut bytes, b"two");
        let whole = bytes.len();
        assert_eq!(documents(&bytes), (vec![b"one".as_slice(), b"two"], whole));
        for cut in HEADER.len() + 11..whole {
            assert_eq!(documents(&bytes[..cut]), (vec![b"one".as_slice()], HEADER.len() + 11), "{cut}");
        }
        bytes.extend_from_slice(&[0; 100]);
        assert_eq!(documents(&bytes).1, whole, "zeros are no frames");
        bytes[whole - 1] ^= 1;
        assert_eq!(documents(&bytes), (vec![b"one".as_slice()], HEADER.len() + 11));
        assert_eq!(documents(b"not a log"), (vec![], 0));
    }

    #[test]
    fn a_value_that_is_not_finite_survives_as_nan() {
        let mut logged = LoggedPrediction {
            workspace: WorkspaceId::new("w"),
            request: "r".into(),
            model: ModelKey::new("m"),
            version: VersionId::new("v"),
            at: Timestamp::from_second(1).expect("a moment"),
            key: "ключ|\n2026".into(),
            input: "{\"a\": \"б\\n\"}".into(),
            value: 1.5,
            output: "[]".into(),
            latency_us: 7,
        };
        let bytes = document(&logged).expect("it is JSON");
        assert!(!bytes.contains(&b'\n'));
        assert_eq!(prediction(&bytes).expect("it reads back"), logged);
        logged.value = f64::INFINITY;
        let bytes = document(&logged).expect("it is JSON");
        assert!(prediction(&bytes).expect("it reads back").value.is_nan());
    }
}
