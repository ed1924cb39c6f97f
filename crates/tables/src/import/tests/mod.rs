//! Whole files in: what comes out, what is refused and how it is said.

mod csv;
mod formats;
mod out;
mod properties;
mod upsert;

use super::import;
use crate::error::ImportError;
use crate::read::preview;
use bytes::Bytes;
use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use vakhta_domain::dataset::{ColumnKind, OnError, ReadOptions, TableFacts};

pub(super) fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file
}

pub(super) fn bring(
    bytes: &[u8],
    name: &str,
    options: &ReadOptions,
) -> Result<(TableFacts, Bytes), ImportError> {
    let mut out = Vec::new();
    let facts = import(&file(bytes), name, options, &mut out, &mut |_, _| ControlFlow::Continue(()))?;
    Ok((facts, Bytes::from(out)))
}

pub(super) fn csv(text: &str) -> Result<(TableFacts, Bytes), ImportError> {
    bring(text.as_bytes(), "t.csv", &ReadOptions::default())
}

pub(super) fn skip() -> ReadOptions {
    ReadOptions { on_error: OnError::Skip, ..ReadOptions::default() }
}

pub(super) fn rows(parquet: &Bytes) -> Vec<String> {
    let rows = preview(parquet.clone(), 1000, 0).expect("rows");
    rows.iter().map(|row| serde_json::to_string(row).expect("json")).collect()
}

pub(super) fn kinds(facts: &TableFacts) -> Vec<(&str, ColumnKind)> {
    facts.columns.iter().map(|c| (c.name.as_str(), c.kind)).collect()
}
