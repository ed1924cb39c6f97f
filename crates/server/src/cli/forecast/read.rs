//! A file in: spooled where it comes by standard input, read by the same code as an upload.

use crate::exit::{Exit, Failure, Result};
use crate::output::Out;
use crate::output::progress::Bar;
use axum::body::Bytes;
use clap::ValueEnum;
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use vakhta_domain::dataset::{OnError, ReadOptions, TableFacts};
use vakhta_tables::ImportError;

/// What to do with rows that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BadRows {
    /// Refuse the file.
    Refuse,
    /// Leave them out and report them.
    Skip,
}

/// A file that was read.
pub struct Source {
    /// What it holds.
    pub facts: TableFacts,
    /// Its rows, as Parquet.
    pub parquet: Bytes,
}

impl Source {
    /// Rows read.
    pub fn rows(&self) -> u64 {
        self.facts.columns.first().map_or(0, |c| c.profile.count + c.profile.missing)
    }
}

/// Reads a file of any known format.
pub fn import(path: &Path, on_error: BadRows, out: Out) -> Result<Source> {
    let file = if path.as_os_str() == "-" {
        let mut spool = tempfile::tempfile()?;
        std::io::copy(&mut std::io::stdin().lock(), &mut spool)?;
        spool.rewind()?;
        spool
    } else {
        let file = File::open(path)
            .map_err(|e| Failure::new(Exit::BadInput, format!("cannot read {}: {e}", path.display())))?;
        if file.metadata()?.is_dir() {
            return Err(Failure::new(Exit::BadInput, format!("{} is a folder, name a file", path.display())));
        }
        file
    };
    let on_error = match on_error {
        BadRows::Refuse => OnError::Refuse,
        BadRows::Skip => OnError::Skip,
    };
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    import_file(&file, &name, &ReadOptions { on_error, ..ReadOptions::default() }, Some(out))
        .map_err(|failure| Failure { error: failure.error.context(path.display().to_string()), ..failure })
}

fn import_file(file: &File, name: &str, options: &ReadOptions, out: Option<Out>) -> Result<Source> {
    let bar = out.map(|out| Bar::new(out, "reading"));
    let mut parquet = Vec::new();
    let facts = vakhta_tables::import(file, name, options, &mut parquet, &mut |done, total| {
        if let Some(bar) = &bar {
            bar.at("", done as f64 / total.max(1) as f64, None);
        }
        ControlFlow::Continue(())
    })
    .map_err(refused)?;
    drop(bar);
    if let Some(out) = out.filter(|_| facts.refused.rows > 0) {
        out.warn(format!("{} bad rows were left out", facts.refused.rows));
        for (reason, n) in &facts.refused.reasons {
            out.note(format!("  {n} × {reason}"));
        }
    }
    Ok(Source { facts, parquet: parquet.into() })
}

fn refused(error: ImportError) -> Failure {
    let mut lines = Vec::new();
    if let ImportError::BadRows(refused) = &error {
        for row in refused.first.iter().take(20) {
            let column = row.column.as_deref().map(|c| format!(", column {c}")).unwrap_or_default();
            let text: String =
                row.text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
            lines.push(format!("line {}{column}: {} (`{text}`)", row.line, row.reason));
        }
        if refused.rows > 20 {
            lines.push("… and more; by reason:".into());
            lines.extend(refused.reasons.iter().map(|(reason, n)| format!("{n} × {reason}")));
        }
        lines.push("leave them out by --on-error skip".into());
    }
    Failure::from(error).with_exit(Exit::BadInput).with_more(lines)
}

/// The rows of a table as JSON records.
pub fn records(bytes: &[u8], path: &Path) -> Result<Vec<Map<String, Value>>> {
    let mut spool = tempfile::tempfile()?;
    spool.write_all(bytes)?;
    spool.rewind()?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let source = import_file(&spool, &name, &ReadOptions::default(), None)?;
    Ok(vakhta_tables::preview(source.parquet, usize::MAX, 0)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_from_tables() {
        let csv = "date,branch,y\n2026-01-01,a,1\n2026-01-02,b,2.5\n";
        let rows = records(csv.as_bytes(), Path::new("x.csv")).expect("two rows");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1]["date"], "2026-01-02");
        assert_eq!(rows[1]["branch"], "b");
        assert_eq!(rows[1]["y"], 2.5);
    }

    #[test]
    fn bad_files_end_with_the_code_for_bad_input() {
        for bad in ["", "a,b\n", "a,a\n1,2\n"] {
            let failure = records(bad.as_bytes(), Path::new("x.csv")).expect_err("refused");
            assert_eq!(failure.exit, Exit::BadInput, "{bad:?}");
        }
        let missing = import(Path::new("/nowhere/x.csv"), BadRows::Refuse, Out::new(true));
        assert_eq!(missing.err().map(|f| f.exit), Some(Exit::BadInput));
    }
}
