//! Speed and peak memory of an import: a million rows of five columns, as CSV and as JSON Lines.
//!
//! `cargo bench -p vakhta-tables`; the number of rows may be given as an argument.
#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::time::Instant;
use vakhta_domain::dataset::ReadOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000_u64);
    for name in ["t.csv", "t.jsonl", "t.parquet", "wide.csv"] {
        let file = generated(rows, name)?;
        let bytes = file.metadata()?.len();
        let mut out = BufWriter::new(tempfile::tempfile()?);
        let start = Instant::now();
        let options = ReadOptions::default();
        let facts =
            vakhta_tables::import(&file, name, &options, &mut out, &mut |_, _| ControlFlow::Continue(()))?;
        let seconds = start.elapsed().as_secs_f64();
        let stored = out.into_inner()?.metadata()?.len();
        let rows = facts.columns[0].profile.count + facts.columns[0].profile.missing;
        println!(
            "{name}: {rows} rows, {} columns, {:.1} MB in, {:.1} MB stored, {seconds:.2} s, {:.0} rows/s, peak memory so far {} MiB",
            facts.columns.len(),
            bytes as f64 / 1e6,
            stored as f64 / 1e6,
            rows as f64 / seconds,
            peak_mib(),
        );
    }
    Ok(())
}

fn generated(rows: u64, name: &str) -> std::io::Result<File> {
    let mut out = BufWriter::new(tempfile::tempfile()?);
    if name == "t.csv" {
        writeln!(out, "date,branch,visits,revenue,holiday")?;
    }
    if name == "t.parquet" {
        let csv = generated(rows, "t.csv")?;
        vakhta_tables::import(&csv, "t.csv", &ReadOptions::default(), &mut out, &mut |_, _| {
            ControlFlow::Continue(())
        })
        .map_err(std::io::Error::other)?;
        return out.into_inner().map_err(std::io::IntoInnerError::into_error);
    }
    if name == "wide.csv" {
        // As many columns as are taken, rows of full-length fractions: the worst case for memory.
        let line = |cell: &dyn Fn(u64) -> String| (0..2000).map(cell).collect::<Vec<_>>().join(",");
        writeln!(out, "{}", line(&|at| format!("c{at}")))?;
        for row in 0..rows / 100 {
            writeln!(out, "{}", line(&|at| format!("{}.5", (row * 2000 + at) * 7919 % 1_000_003)))?;
        }
        return out.into_inner().map_err(std::io::IntoInnerError::into_error);
    }
    // A linear congruential sequence: the same file every time.
    let mut state = 7_u64;
    for row in 0..rows {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (day, branch) = (row / 54, row % 54);
        let visits = state >> 50;
        let revenue = (state >> 40) as f64 / 100.0;
        let (year, month, of_month) = (1970 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        let holiday = u8::from(of_month == 1);
        if name == "t.csv" {
            writeln!(out, "{year}-{month:02}-{of_month:02},branch {branch},{visits},{revenue:.2},{holiday}")?;
        } else {
            writeln!(
                out,
                "{{\"date\":\"{year}-{month:02}-{of_month:02}\",\"branch\":\"branch {branch}\",\"visits\":{visits},\"revenue\":{revenue:.2},\"holiday\":{holiday}}}"
            )?;
        }
    }
    out.into_inner().map_err(std::io::IntoInnerError::into_error)
}

/// Peak resident memory of this process, MiB; Linux only, else zero.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}
