//! New rows into a table that is there: Parquet and Parquet to Parquet, by the columns that tell rows apart.
//!
//! The rows that are there are streamed; of a table that grows by the day most are neither compared nor written again:
//! row groups that nothing new belongs to are copied. Of the new ones 49 bytes a row are held (some 100 with the room that the map
//! leaves free), of at most [`limits::NEW_ROWS`] of them; beyond that as much as an import holds.

use super::batch::ColumnPlan;
use super::keep::Keeper;
use super::pace::Pace;
use super::parquet::Source;
use super::profile::day_text;
use super::raw::Raw;
use crate::error::ImportError;
use crate::limits;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::Write;
use std::ops::ControlFlow;
use vakhta_domain::dataset::{BadRow, ColumnKind, OnError, Refused, TableFacts};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// A table in our own Parquet.
#[derive(Debug, Clone, Copy)]
pub struct Part<'f> {
    /// Its file.
    pub file: &'f File,
    /// What it holds.
    pub table: &'f TableFacts,
}

/// What became of the new rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upserted {
    /// The new table; none where no row was added or changed, and what was written is worthless.
    pub table: Option<TableFacts>,
    /// Its rows.
    pub rows: u64,
    /// New rows read.
    pub rows_in: u64,
    /// Rows that were not there.
    pub added: u64,
    /// Rows that were there with other values.
    pub changed: u64,
    /// Rows that were there as they are, or that a later new row replaces.
    pub unchanged: u64,
    /// New rows without a value that tells them apart.
    pub refused: Refused,
}

/// What is known of a row that came.
struct Coming {
    content: [u8; 16],
    part: u32,
    row: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Same,
    Changed,
}

/// Puts new rows into the old ones. Of several new rows of one identity the last one counts. Old rows keep their order;
/// a changed row goes to the end, among the added ones. The same parts give the same bytes.
pub fn upsert(
    old: Option<Part<'_>>,
    new: &[Part<'_>],
    identity: &[String],
    on_error: OnError,
    sink: impl Write + Send,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Upserted, ImportError> {
    let plans = plans(old, new)?;
    let keys = identity.iter().map(|name| place(&plans, name)).collect::<Result<Vec<_>, _>>()?;
    let mut walk = Walk::new(old, new, &plans, progress)?;
    let mut result = Upserted::default();

    let mut coming: HashMap<[u8; 16], Coming> = HashMap::new();
    let mut earliest = Earliest::of(&plans, &keys);
    for part in 0..new.len() {
        let name = |at: usize| plans[at].name.clone();
        walk.each(part, |number, cell| {
            result.rows_in += 1;
            if let Some(at) = keys.iter().find(|at| matches!(cell(**at), Raw::Missing)) {
                let reason = "no value, and this column tells rows apart".to_owned();
                result.refused.add(BadRow {
                    line: number,
                    column: Some(name(*at)),
                    text: String::new(),
                    reason,
                });
                return Ok(());
            }
            let row = Coming {
                content: digest(&plans, 0..plans.len(), &cell),
                part: part as u32,
                row: number,
                state: State::Fresh,
            };
            earliest.note(&cell);
            match coming.entry(digest(&plans, keys.iter().copied(), &cell)) {
                Entry::Occupied(mut there) => drop(there.insert(row)),
                Entry::Vacant(room) => drop(room.insert(row)),
            }
            if coming.len() > limits::NEW_ROWS {
                return Err(ImportError::TooManyNewRows);
            }
            Ok(())
        })?;
    }
    if result.refused.rows > 0 && on_error == OnError::Refuse {
        return Err(ImportError::BadRows(Box::new(result.refused)));
    }

    let there = walk.there();
    let mut untouched = vec![true; there.len()];
    for (group, facts) in there.iter().enumerate() {
        if earliest.is_after(facts, old) {
            continue;
        }
        walk.each_there(group, |_, cell| {
            if let Some(row) = coming.get_mut(&digest(&plans, keys.iter().copied(), &cell)) {
                let same =
                    row.state != State::Changed && row.content == digest(&plans, 0..plans.len(), &cell);
                if !same && row.state == State::Same {
                    // The same identity stands in an earlier row, too.
                    untouched.fill(false);
                }
                untouched[group] &= same;
                row.state = if same { State::Same } else { State::Changed };
            }
            Ok(())
        })?;
    }
    for row in coming.values() {
        match row.state {
            State::Fresh => result.added += 1,
            State::Changed => result.changed += 1,
            State::Same => {}
        }
    }
    result.unchanged = result.rows_in - result.refused.rows - result.added - result.changed;
    if result.added + result.changed == 0 {
        return Ok(result);
    }

    let mut keeper = Keeper::new(sink, plans.clone(), OnError::Refuse)?;
    for (group, facts) in there.iter().enumerate() {
        if let Some(old) = old.filter(|_| untouched[group] && keeper.fits(facts)) {
            keeper.copy(old.file, facts, |keeper| {
                walk.each_there(group, |number, cell| {
                    result.rows += 1;
                    keeper.row(number, cell)
                })
            })?;
            continue;
        }
        walk.each_there(group, |number, cell| {
            let row = coming.get(&digest(&plans, keys.iter().copied(), &cell));
            if row.is_none_or(|row| row.state == State::Same) {
                result.rows += 1;
                keeper.row(number, cell)?;
            }
            Ok(())
        })?;
    }
    for part in 0..new.len() {
        walk.each(part, |number, cell| {
            if keys.iter().any(|at| matches!(cell(*at), Raw::Missing)) {
                return Ok(());
            }
            let row = coming.get(&digest(&plans, keys.iter().copied(), &cell));
            if row.is_some_and(|r| r.state != State::Same && (r.part, r.row) == (part as u32, number)) {
                result.rows += 1;
                keeper.row(number, cell)?;
            }
            Ok(())
        })?;
    }
    let read_as = new.last().or(old.as_ref()).map(|part| part.table.read_as.clone());
    let Some(read_as) = read_as else { return Err(ImportError::HeaderOnly) };
    result.table = Some(keeper.finish(read_as)?);
    Ok(result)
}

fn place(plans: &[ColumnPlan], name: &str) -> Result<usize, ImportError> {
    plans.iter().position(|plan| plan.name == name).ok_or_else(|| ImportError::Options {
        field: "keys",
        message: format!("there is no column `{name}`, and it is to tell rows apart"),
    })
}

/// The columns of the whole: those that are there, then those that are new.
fn plans(old: Option<Part<'_>>, new: &[Part<'_>]) -> Result<Vec<ColumnPlan>, ImportError> {
    // A kind that no value has shown yet is none.
    let mut columns: Vec<(String, Option<ColumnKind>)> = Vec::new();
    for (at, part) in old.iter().chain(new).enumerate() {
        if let (true, Some((name, _))) = (
            at > 0,
            columns.iter().find(|(name, _)| !part.table.columns.iter().any(|column| column.name == *name)),
        ) {
            return Err(ImportError::MissingColumn(name.clone()));
        }
        for column in &part.table.columns {
            let kind = (column.profile.count > 0).then_some(column.kind);
            match columns.iter_mut().find(|(name, _)| *name == column.name) {
                None => columns.push((column.name.clone(), kind)),
                Some((_, known)) => {
                    *known = wider(*known, kind).map_err(|(had, found)| ImportError::OtherKind {
                        column: column.name.clone(),
                        had: word(had),
                        found: word(found),
                    })?;
                }
            }
        }
    }
    if columns.len() > limits::COLUMNS {
        return Err(ImportError::TooManyColumns(columns.len()));
    }
    let plan = |(name, kind): (String, Option<ColumnKind>)| ColumnPlan {
        name,
        kind: kind.unwrap_or(ColumnKind::Text),
        form: None,
        decimal: b'.',
    };
    Ok(columns.into_iter().map(plan).collect())
}

type Kinds = (ColumnKind, ColumnKind);

/// The kind that holds both. Numbers never become texts by themselves: that is a broken feed.
fn wider(had: Option<ColumnKind>, found: Option<ColumnKind>) -> Result<Option<ColumnKind>, Kinds> {
    use ColumnKind::{Date, Float, Integer, Timestamp};
    match (had, found) {
        (None, kind) | (kind, None) => Ok(kind),
        (Some(had), Some(found)) if had == found => Ok(Some(had)),
        (Some(Integer | Float), Some(Integer | Float)) => Ok(Some(Float)),
        (Some(Date | Timestamp), Some(Date | Timestamp)) => Ok(Some(Timestamp)),
        (Some(had), Some(found)) => Err((had, found)),
    }
}

fn word(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Integer => "whole numbers",
        ColumnKind::Float => "numbers",
        ColumnKind::Boolean => "booleans",
        ColumnKind::Date => "dates",
        ColumnKind::Timestamp => "moments",
        ColumnKind::Text => "texts",
    }
}

/// The parts, open, with the place of each column of the whole in each of them.
struct Walk<'f, 'p> {
    parts: Vec<(Source<'f>, u64, Vec<Option<usize>>)>,
    has_old: bool,
    done: u64,
    total: u64,
    progress: &'p mut dyn FnMut(u64, u64) -> ControlFlow<()>,
}

impl<'f, 'p> Walk<'f, 'p> {
    fn new(
        old: Option<Part<'f>>,
        new: &[Part<'f>],
        plans: &[ColumnPlan],
        progress: &'p mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<Self, ImportError> {
        let mut parts = Vec::new();
        for part in old.iter().chain(new) {
            let places = plans
                .iter()
                .map(|plan| part.table.columns.iter().position(|column| column.name == plan.name))
                .collect();
            parts.push((Source::open(part.file)?, part.file.metadata()?.len(), places));
        }
        // Each part is walked twice: to compare, and to write.
        let total = parts.iter().map(|(_, size, _)| size * 2).sum();
        Ok(Self { parts, has_old: old.is_some(), done: 0, total, progress })
    }

    /// The row groups of the old part.
    fn there(&self) -> Vec<RowGroupMetaData> {
        if self.has_old { self.parts[0].0.groups().to_vec() } else { Vec::new() }
    }

    /// Calls with every row of a row group of the old part: its number from 1 and its cells.
    fn each_there(
        &mut self,
        group: usize,
        take: impl for<'c> FnMut(u64, &'c dyn Fn(usize) -> Raw<'c>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        self.rows_of(0, group, take)
    }

    /// Calls with every row of a new part: its number from 1 and its cells.
    fn each(
        &mut self,
        part: usize,
        mut take: impl for<'c> FnMut(u64, &'c dyn Fn(usize) -> Raw<'c>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let part = part + usize::from(self.has_old);
        let groups = self.parts[part].0.groups().len();
        (0..groups).try_for_each(|group| self.rows_of(part, group, &mut take))
    }

    fn rows_of(
        &mut self,
        part: usize,
        group: usize,
        mut take: impl for<'c> FnMut(u64, &'c dyn Fn(usize) -> Raw<'c>) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        let (source, size, places) = &self.parts[part];
        let size = size / source.groups().len() as u64;
        let (done, total, progress) = (self.done, self.total, &mut *self.progress);
        let mut tell = |_: u64, _: u64| progress(done, total);
        let mut pace = Pace::new(size, &mut tell);
        source.each_row_of(group, &mut pace, |number, columns, row| {
            take(number, &|at| places[at].map_or(Raw::Missing, |place| columns[place][row]))
        })?;
        self.done += size;
        Ok(())
    }
}

/// The earliest of the new rows, by a moment among the columns that tell rows apart.
struct Earliest {
    /// The column of the whole.
    at: Option<usize>,
    name: Option<String>,
    micros: i64,
}

impl Earliest {
    fn of(plans: &[ColumnPlan], keys: &[usize]) -> Self {
        let timed = |at: &usize| matches!(plans[*at].kind, ColumnKind::Date | ColumnKind::Timestamp);
        let at = keys.iter().copied().find(timed);
        Self { at, name: at.map(|at| plans[at].name.clone()), micros: i64::MAX }
    }

    fn note<'a>(&mut self, cell: &dyn Fn(usize) -> Raw<'a>) {
        let micros = match self.at.map(cell) {
            Some(Raw::Day(days)) => i64::from(days) * DAY,
            Some(Raw::Moment { micros, .. }) => micros,
            _ => i64::MIN,
        };
        self.micros = self.micros.min(micros);
    }

    /// Whether all rows of a group of the old part are earlier, so that none of them is a new one's.
    fn is_after(&self, group: &RowGroupMetaData, old: Option<Part<'_>>) -> bool {
        let columns = old.map_or(&[][..], |old| &old.table.columns);
        let place = columns.iter().position(|column| Some(&column.name) == self.name.as_ref());
        let Some(statistics) = place.and_then(|place| group.column(place).statistics()) else { return false };
        let newest = match statistics {
            Statistics::Int32(days) => days.max_opt().map(|days| i64::from(*days) * DAY),
            Statistics::Int64(micros) => micros.max_opt().copied(),
            _ => None,
        };
        newest.is_some_and(|newest| newest < self.micros)
    }
}

/// A hash of some of a row's cells, as the whole's kinds read them: two rows are taken for one by chance once in 2^64.
fn digest<'a>(
    plans: &[ColumnPlan],
    places: impl Iterator<Item = usize>,
    cell: &dyn Fn(usize) -> Raw<'a>,
) -> [u8; 16] {
    let mut hash = Sha256::new();
    for at in places {
        let mut put = |tag: u8, bytes: &[u8]| {
            hash.update([tag]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        let float = |value: f64| (if value == 0.0 { 0.0_f64 } else { value }).to_le_bytes();
        match (plans[at].kind, cell(at)) {
            (_, Raw::Missing | Raw::Unfit(_)) => put(0, b""),
            (ColumnKind::Float, Raw::Integer(value)) => put(2, &float(value as f64)),
            (ColumnKind::Timestamp, Raw::Day(days)) => put(5, &(i64::from(days) * DAY).to_le_bytes()),
            (_, Raw::Integer(value)) => put(1, &value.to_le_bytes()),
            (_, Raw::Natural(value)) => put(1, &value.to_le_bytes()),
            (_, Raw::Float(value)) => put(2, &float(value)),
            (_, Raw::Boolean(value)) => put(3, &[u8::from(value)]),
            (_, Raw::Day(days)) => put(4, day_text(days).as_bytes()),
            (_, Raw::Moment { micros, .. }) => put(5, &micros.to_le_bytes()),
            (_, Raw::String(text) | Raw::Cell { text, .. }) => put(6, text.as_bytes()),
        }
    }
    let whole = hash.finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    half
}
