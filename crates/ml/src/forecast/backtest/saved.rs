//! A backtest as bytes: a JSON head, then one block a fold and series, then columns of numbers bit for bit.
//!
//! About 8 bytes a row for its place and 8 for each number: 72 with two interval levels.

use super::{Backtest, Bounds};
use crate::artifact::{ArtifactError, Reader, Writer, open, seal, unsound};
use crate::forecast::MAX_HORIZON;
use crate::forecast::folds::{BacktestRow, Origin};
use crate::panel::{LARGEST_TARGET, MAX_CELLS, Periods};
use serde::{Deserialize, Serialize};
use vakhta_domain::spec::Frequency;

/// The first bytes of every saved backtest.
const MAGIC: &[u8; 8] = b"VKHTBKTS";
/// The version of the format.
const VERSION: u32 = 1;
/// The largest number that a forecast or a bound may reach before a file counts as wrong.
const ABSURD: f64 = LARGEST_TARGET * 1e9;
/// Bytes of a block before its periods: fold, series, scale, unit, count.
const BLOCK: usize = 4 + 4 + 8 + 8 + 8;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    engine: String,
    periods: Periods,
    first: i64,
    series: Vec<Vec<String>>,
    origins: Vec<Origin>,
    levels: Vec<u8>,
}

impl Backtest {
    /// The backtest as bytes, to be kept beside the model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = Head {
            engine: self.engine.clone(),
            periods: self.periods,
            first: self.first,
            series: self.series.clone(),
            origins: self.origins.clone(),
            levels: self.bounds.iter().map(|b| b.level).collect(),
        };
        let mut out = Writer::default();
        out.bytes(&serde_json::to_vec(&head).expect("the head holds nothing that JSON cannot"));
        let blocks: Vec<&[BacktestRow]> =
            self.rows.chunk_by(|a, b| (a.fold, a.series) == (b.fold, b.series)).collect();
        out.u64(blocks.len() as u64);
        for block in blocks {
            let from = self.origins[block[0].fold].from;
            out.u32(block[0].fold as u32);
            out.u32(block[0].series as u32);
            out.f64(block[0].scale.unwrap_or(f64::NAN));
            out.f64(block[0].unit);
            let offsets = block.iter().flat_map(|row| ((row.period - from) as u16).to_le_bytes());
            out.bytes(&offsets.collect::<Vec<u8>>());
        }
        let column = |of: fn(&BacktestRow) -> f64| self.rows.iter().map(of).collect::<Vec<f64>>();
        out.f64s(&column(|row| row.actual));
        out.f64s(&column(|row| row.forecast));
        out.f64s(&column(|row| row.seasonal_naive));
        out.f64s(&column(|row| row.weekday_mean));
        for bounds in &self.bounds {
            out.f64s(&bounds.lo);
            out.f64s(&bounds.hi);
        }
        seal(MAGIC, VERSION, &out.0)
    }

    /// The backtest that [`Backtest::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let mut body = Reader(open(MAGIC, VERSION, bytes)?);
        let head: Head = match serde_json::from_slice(body.bytes()?) {
            Ok(head) => head,
            Err(error) => return unsound(format!("its head cannot be read, {error}")),
        };
        check_head(&head)?;
        let mut rows = places(&mut body, &head)?;
        let mut column = || -> Result<Vec<f64>, ArtifactError> {
            let values = body.f64s()?;
            if values.len() == rows.len() { Ok(values) } else { unsound("a column has another length") }
        };
        let columns = [column()?, column()?, column()?, column()?];
        let mut bounds = Vec::new();
        for &level in &head.levels {
            bounds.push(Bounds { level, lo: column()?, hi: column()? });
        }
        if !columns.iter().flatten().all(|v| v.abs() <= ABSURD) {
            return unsound("a row has an impossible number");
        }
        let is_interval = |(lo, hi): (&f64, &f64)| {
            lo.is_nan() && hi.is_nan() || -ABSURD <= *lo && lo <= hi && *hi <= ABSURD
        };
        if !bounds.iter().all(|b| b.lo.iter().zip(&b.hi).all(is_interval)) {
            return unsound("an interval ends before it begins");
        }
        if !body.0.is_empty() {
            return unsound(format!("{} bytes are left over", body.0.len()));
        }
        for (at, row) in rows.iter_mut().enumerate() {
            [row.actual, row.forecast, row.seasonal_naive, row.weekday_mean] =
                [columns[0][at], columns[1][at], columns[2][at], columns[3][at]];
        }
        let Head { engine, periods, first, series, origins, .. } = head;
        Ok(Self { engine, periods, first, series, origins, rows, bounds })
    }
}

fn check_head(head: &Head) -> Result<(), ArtifactError> {
    if head.first.abs() > 4_000_000 || head.periods.week_start >= 7 || head.periods.frequency == Frequency::H
    {
        return unsound("its calendar is not one that this program makes");
    }
    let fits = |o: &Origin| {
        o.cutoff <= o.from && o.from < o.to && o.to <= MAX_CELLS && o.to - o.cutoff <= 2 * MAX_HORIZON
    };
    if !head.origins.iter().all(fits) {
        return unsound("a fold ends before it begins");
    }
    if head.levels.iter().any(|level| !(1..=99).contains(level))
        || head.levels.windows(2).any(|w| w[0] >= w[1])
    {
        return unsound("interval levels are out of range or out of order");
    }
    Ok(())
}

/// The rows with their places and no numbers yet.
fn places(body: &mut Reader<'_>, head: &Head) -> Result<Vec<BacktestRow>, ArtifactError> {
    let blocks = body.count(BLOCK)?;
    let mut rows: Vec<BacktestRow> = Vec::new();
    let mut last = None;
    for _ in 0..blocks {
        let (fold, series) = (body.u32()? as usize, body.u32()? as usize);
        let (scale, unit) = (body.f64()?, body.f64()?);
        let offsets = body.bytes()?;
        let (Some(origin), true) = (head.origins.get(fold), series < head.series.len()) else {
            return unsound("a row belongs to no fold or series");
        };
        if last.is_some_and(|last| last >= (fold, series)) || offsets.is_empty() || offsets.len() % 2 != 0 {
            return unsound("its rows are out of order");
        }
        last = Some((fold, series));
        if !(unit > 0.0 && unit.is_finite() && (scale.is_nan() || scale > 0.0 && scale.is_finite())) {
            return unsound("a series has an impossible unit");
        }
        let mut next = origin.from;
        for offset in offsets.chunks_exact(2) {
            let period = origin.from + usize::from(u16::from_le_bytes([offset[0], offset[1]]));
            if period < next || period >= origin.to {
                return unsound("its rows are out of order");
            }
            next = period + 1;
            rows.push(BacktestRow {
                fold,
                series,
                period,
                step: period - origin.cutoff + 1,
                actual: 0.0,
                forecast: 0.0,
                seasonal_naive: 0.0,
                weekday_mean: 0.0,
                scale: (!scale.is_nan()).then_some(scale),
                unit,
            });
        }
    }
    Ok(rows)
}
