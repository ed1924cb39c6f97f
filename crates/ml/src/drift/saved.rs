//! Profiles and counts as bytes. Stored ones are read with suspicion: lengths, orders and sums are checked.

use super::categories::{MOST_NEW, Tally, Values, hash};
use super::days::{DayNoise, Excess, MOST_DAYS, Shift};
use super::numbers::{Cells, Grid};
use super::profile::{Counts, Layout, Profile};
use super::texts::{BUCKETS, Pieces};
use super::{DriftError, Kind};
use crate::artifact::{ArtifactError, Reader, Writer, open, seal, unsound};
use std::collections::BTreeMap;

const PROFILES: &[u8; 8] = b"VKDRIFTP";
const COUNTS: &[u8; 8] = b"VKDRIFTC";
const VERSION: u32 = 1;
/// Most rows of a stored count: sums over many days stay far from the end of 64 bits.
const MOST_ROWS: u64 = 1 << 48;

impl From<DriftError> for ArtifactError {
    fn from(error: DriftError) -> Self {
        Self::Unsound { what: error.to_string() }
    }
}

/// The profiles of named columns as bytes.
pub fn profiles_to_bytes<'a>(columns: impl IntoIterator<Item = (&'a str, &'a Profile)>) -> Vec<u8> {
    let mut body = Writer::default();
    for (name, profile) in columns {
        body.bytes(name.as_bytes());
        write_counts(&mut body, &profile.counts);
        match &profile.layout {
            Layout::Numbers(grid) | Layout::Texts(grid) => write_grid(&mut body, grid),
            Layout::Categories(values) => {
                body.u32(u32::from(values.cut()));
                body.u64(values.names().len() as u64);
                for name in values.names() {
                    body.bytes(name.as_bytes());
                }
            }
        }
        body.u64(profile.days.len() as u64);
        for day in &profile.days {
            body.u64(day.rows);
            // Without a gap or a shift their numbers are NaN, which no measure is.
            let gap = day.gap.unwrap_or(Excess { found: f64::NAN, chance: f64::NAN });
            let shift = day.shift.unwrap_or(Shift { found: f64::NAN, variance: f64::NAN });
            for number in [day.psi.found, day.psi.chance, gap.found, gap.chance, shift.found, shift.variance]
            {
                body.f64(number);
            }
        }
    }
    seal(PROFILES, VERSION, &body.0)
}

/// Reads what [`profiles_to_bytes`] wrote.
pub fn profiles_from_bytes(bytes: &[u8]) -> Result<Vec<(String, Profile)>, ArtifactError> {
    let mut from = Reader(open(PROFILES, VERSION, bytes)?);
    let mut columns = Vec::new();
    while !from.0.is_empty() {
        let name = text(&mut from)?;
        let counts = read_counts(&mut from)?;
        let layout = match counts.kind() {
            Kind::Numbers => Layout::Numbers(read_grid(&mut from)?),
            Kind::Texts => Layout::Texts(read_grid(&mut from)?),
            Kind::Categories => {
                let cut = from.u32()? != 0;
                let names = (0..from.count(8)?).map(|_| text(&mut from)).collect::<Result<_, _>>()?;
                Layout::Categories(Values::from_parts(names, cut)?)
            }
        };
        let days = (0..from.count(56)?).map(|_| read_day(&mut from)).collect::<Result<Vec<_>, _>>()?;
        if days.len() > MOST_DAYS {
            return unsound("more reference days than are ever kept");
        }
        let profile = Profile { layout, counts, days };
        profile.check(&profile.counts)?;
        columns.push((name, profile));
    }
    Ok(columns)
}

/// The counts of named columns as bytes.
pub fn counts_to_bytes<'a>(columns: impl IntoIterator<Item = (&'a str, &'a Counts)>) -> Vec<u8> {
    let mut body = Writer::default();
    for (name, counts) in columns {
        body.bytes(name.as_bytes());
        write_counts(&mut body, counts);
    }
    seal(COUNTS, VERSION, &body.0)
}

/// Reads what [`counts_to_bytes`] wrote. Whether they fit a profile is found when they are compared with it.
pub fn counts_from_bytes(bytes: &[u8]) -> Result<Vec<(String, Counts)>, ArtifactError> {
    let mut from = Reader(open(COUNTS, VERSION, bytes)?);
    let mut columns = Vec::new();
    while !from.0.is_empty() {
        columns.push((text(&mut from)?, read_counts(&mut from)?));
    }
    Ok(columns)
}

fn write_counts(to: &mut Writer, counts: &Counts) {
    match counts {
        Counts::Numbers(cells) => {
            to.u32(0);
            write_cells(to, cells);
        }
        Counts::Categories(tally) => {
            to.u32(1);
            write_u64s(to, &tally.kept);
            to.u64(tally.new.len() as u64);
            for ((_, name), rows) in &tally.new {
                to.bytes(name.as_bytes());
                to.u64(*rows);
            }
            to.u64(tally.other);
            to.u64(tally.missing);
        }
        Counts::Texts(pieces) => {
            to.u32(2);
            to.u64(pieces.rows);
            write_u64s(to, &pieces.buckets);
            to.u64(pieces.squares);
            write_cells(to, &pieces.lengths);
        }
    }
}

fn read_counts(from: &mut Reader<'_>) -> Result<Counts, ArtifactError> {
    let counts = match from.u32()? {
        0 => Counts::Numbers(read_cells(from)?),
        1 => {
            let kept = read_u64s(from)?;
            let mut new = BTreeMap::new();
            for _ in 0..from.count(16)? {
                let name = text(from)?;
                new.insert((hash(&name), name), from.u64()?);
            }
            let tally = Tally { kept, new, other: from.u64()?, missing: from.u64()? };
            let counted = tally.kept.iter().chain(tally.new.values()).chain([&tally.other, &tally.missing]);
            bounded(counted)?;
            if tally.new.len() > MOST_NEW {
                return unsound("more new categories than are ever counted");
            }
            Counts::Categories(tally)
        }
        2 => {
            let rows = from.u64()?;
            let buckets = read_u64s(from)?;
            let pieces = Pieces { rows, buckets, squares: from.u64()?, lengths: read_cells(from)? };
            bounded([&pieces.squares, &pieces.rows])?;
            let with_text: u64 = pieces.lengths.cells.iter().sum();
            if pieces.buckets.len() != BUCKETS
                || pieces.buckets.iter().any(|b| *b > rows)
                || with_text != rows
            {
                return unsound("pieces of texts and their number do not agree");
            }
            Counts::Texts(pieces)
        }
        other => return unsound(format!("counts of kind {other} are not known")),
    };
    Ok(counts)
}

fn write_cells(to: &mut Writer, cells: &Cells) {
    write_u64s(to, &cells.cells);
    to.u64(cells.missing);
}

fn read_cells(from: &mut Reader<'_>) -> Result<Cells, ArtifactError> {
    let cells = Cells { cells: read_u64s(from)?, missing: from.u64()? };
    bounded(cells.cells.iter().chain([&cells.missing]))?;
    Ok(cells)
}

fn write_grid(to: &mut Writer, grid: &Grid) {
    to.f64s(grid.edges());
    for places in [grid.deciles(), grid.watched()] {
        to.u64(places.len() as u64);
        for &place in places {
            to.u32(u32::from(place));
        }
    }
}

fn read_grid(from: &mut Reader<'_>) -> Result<Grid, ArtifactError> {
    let edges = from.f64s()?;
    let mut places = || -> Result<Vec<u16>, ArtifactError> {
        let place = |from: &mut Reader<'_>| match u16::try_from(from.u32()?) {
            Ok(place) => Ok(place),
            Err(_) => unsound("an edge beyond the last"),
        };
        (0..from.count(4)?).map(|_| place(from)).collect()
    };
    let (deciles, watched) = (places()?, places()?);
    Ok(Grid::from_parts(edges, deciles, watched)?)
}

fn read_day(from: &mut Reader<'_>) -> Result<DayNoise, ArtifactError> {
    let rows = from.u64()?;
    let psi = Excess { found: from.f64()?, chance: from.f64()? };
    let gap = Excess { found: from.f64()?, chance: from.f64()? };
    let shift = Shift { found: from.f64()?, variance: from.f64()? };
    let measured = |found: f64, chance: f64| found.is_finite() && chance.is_finite() && chance >= 0.0;
    let absent = |found: f64, chance: f64| found.is_nan() && chance.is_nan();
    let (no_gap, no_shift) = (absent(gap.found, gap.chance), absent(shift.found, shift.variance));
    if !measured(psi.found, psi.chance)
        || !(no_gap || measured(gap.found, gap.chance))
        || !(no_shift || measured(shift.found, shift.variance))
    {
        return unsound("a reference day's measures are no numbers");
    }
    Ok(DayNoise { rows, psi, gap: (!no_gap).then_some(gap), shift: (!no_shift).then_some(shift) })
}

fn write_u64s(to: &mut Writer, values: &[u64]) {
    to.u64(values.len() as u64);
    for &value in values {
        to.u64(value);
    }
}

fn read_u64s(from: &mut Reader<'_>) -> Result<Vec<u64>, ArtifactError> {
    (0..from.count(8)?).map(|_| from.u64()).collect()
}

fn bounded<'a>(counts: impl IntoIterator<Item = &'a u64>) -> Result<(), ArtifactError> {
    let mut sum = 0u64;
    for count in counts {
        sum = sum.saturating_add(*count);
    }
    if sum > MOST_ROWS { unsound(format!("{sum} rows were never counted")) } else { Ok(()) }
}

fn text(from: &mut Reader<'_>) -> Result<String, ArtifactError> {
    match std::str::from_utf8(from.bytes()?) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => unsound("a name is not UTF-8"),
    }
}
