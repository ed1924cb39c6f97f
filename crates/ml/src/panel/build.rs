//! Puts rows on the calendar.

use super::fill::{Filled, fill};
use super::unusual::{level_shift, outliers};
use super::{
    Closures, Kind, LARGEST_TARGET, MAX_CELLS, Observations, Panel, PanelError, PanelRules, Periods, Series,
    StaticColumn,
};
use jiff::civil::{Date, Weekday};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use vakhta_domain::report::DataNote;
use vakhta_domain::spec::{Frequency, Outliers};

impl Panel {
    /// Completes the calendar, sums duplicates and gives every gap its meaning. The notes say what was done.
    pub fn build(rows: &Observations, rules: &PanelRules) -> Result<(Self, Vec<DataNote>), PanelError> {
        let count = rows.time.len();
        if count == 0 {
            return Err(PanelError::NoRows);
        }
        if let Some((column, len)) = rows.uneven_column() {
            return Err(PanelError::Uneven { column: column.to_owned(), len, rows: count });
        }
        let mut notes = Notes::default();
        let periods = grid(rows, rules, &mut notes)?;
        let keys = Keys::of(rows);
        check_values(rows, &keys)?;

        let numbers: Vec<i64> = rows.time.iter().map(|&day| periods.number(day)).collect();
        let with_target = || numbers.iter().zip(&rows.target).filter(|(_, y)| !y.is_nan()).map(|(&n, _)| n);
        let (Some(first), Some(last)) = (with_target().min(), with_target().max()) else {
            return Err(PanelError::NoTarget { rows: count });
        };
        let len = (last - first + 1) as usize;
        let known_last =
            if rows.known_future.is_empty() { last } else { *numbers.iter().max().unwrap_or(&last) };
        // Known values reach as far as the rows do, but not absurdly far.
        let known_len = ((known_last - first + 1) as usize).min(len + 3700);
        let cells = known_len.saturating_mul(keys.names.len()).saturating_mul(rows.known_future.len().max(1));
        if cells > MAX_CELLS {
            return Err(PanelError::TooLarge {
                series: keys.names.len(),
                periods: len,
                max: MAX_CELLS,
                first: periods.first_day(first),
                last: periods.first_day(last),
            });
        }

        let placed = Placed::of(rows, &keys, &numbers, first, len);
        let known = rows
            .known_future
            .iter()
            .map(|column| known_values(&column.values, &keys, &numbers, first, known_len));
        let known: Vec<Vec<Vec<f32>>> = known.collect();
        let statics: Vec<Vec<f32>> = rows.statics.iter().map(|column| static_values(column, &keys)).collect();

        notes.duplicates(placed.duplicates, periods.frequency);
        let mut series = Vec::with_capacity(keys.names.len());
        let season = periods.frequency.season();
        let (mut inner, mut late, mut unopened, mut late_openings, mut without) = (0, 0, 0, 0, 0);
        let mut unusual = Unusual::default();
        for (id, key) in keys.names.iter().enumerate() {
            let Some(mut filled) = fill(&placed.values[id], rules.missing, season) else {
                without += 1;
                continue;
            };
            inner += filled.inner;
            late += filled.late;
            unopened += u64::from(filled.unopened > 0);
            late_openings += u64::from(filled.start > 0);
            let known: Vec<Vec<f32>> = known.iter().map(|column| column[id].clone()).collect();
            unusual.look(periods, &mut filled, &known, rules.outliers);
            let closures = Closures::learn(periods, first, filled.start, &filled.kinds, &known);
            series.push(Series {
                key: key.clone(),
                start: filled.start,
                values: filled.values,
                kinds: filled.kinds,
                known,
                statics: statics.iter().map(|column| column[id]).collect(),
                closures,
            });
        }
        series.sort_by(|a, b| a.key.cmp(&b.key));
        notes.gaps(rules, inner, late);
        notes.add("late_openings", late_openings, |n| format!("{n} series begin later than the first"));
        notes.add("unopened_zeros", unopened, |n| {
            format!("{n} series begin with long runs of zeros, taken for not yet open")
        });
        notes.add("series_without_target", without, |n| {
            format!("{n} series have no target at all and are left out")
        });
        let negative = rows.target.iter().filter(|y| **y < 0.0).count() as u64;
        notes.add("negative_values", negative, |n| format!("{n} targets are negative and were kept"));
        notes.unusual(&unusual, rules.outliers);
        let given_up = series.iter().filter(|s| s.closures.given_up).count() as u64;
        notes.add("closed_series", given_up, |n| {
            format!("{n} series are closed at the end of the history and forecast as zero")
        });
        let constant = series
            .iter()
            .filter(|s| s.values.len() > 1 && s.values.iter().all(|v| *v == s.values[0]))
            .count();
        notes.add("constant_series", constant as u64, |n| format!("{n} series never change"));

        let panel = Self {
            periods,
            first,
            len,
            series_columns: rows.series_columns.clone(),
            known_names: rows.known_future.iter().map(|c| c.name.clone()).collect(),
            static_names: rows.statics.iter().map(|c| c.name().to_owned()).collect(),
            static_words: rows.statics.iter().map(words_of).collect(),
            series,
        };
        Ok((panel, notes.0))
    }
}

#[derive(Default)]
struct Notes(Vec<DataNote>);

impl Notes {
    fn add(&mut self, code: &str, count: u64, text: impl Fn(u64) -> String) {
        if count > 0 {
            self.0.push(DataNote { code: code.to_owned(), count, text: text(count) });
        }
    }

    fn duplicates(&mut self, count: u64, frequency: Frequency) {
        self.add("duplicates_summed", count, |n| {
            format!("{n} rows share series and {} with another row and were summed", word(frequency))
        });
    }

    fn unusual(&mut self, unusual: &Unusual, rule: Outliers) {
        let series = unusual.in_series;
        match rule {
            Outliers::Keep => self.add("outliers", unusual.outliers, |n| {
                format!("{n} values in {series} series are far out of the ordinary and were kept")
            }),
            Outliers::Mask => self.add("outliers_masked", unusual.outliers, |n| {
                format!("{n} values in {series} series are far out of the ordinary and were masked")
            }),
        }
        self.add("level_shifts", unusual.shifted, |n| {
            format!("{n} series have changed their level for good")
        });
    }

    fn gaps(&mut self, rules: &PanelRules, inner: u64, late: u64) {
        use vakhta_domain::spec::Missing;
        let meaning = match rules.missing {
            Missing::Zero => "filled with zero",
            Missing::Interpolate => "interpolated for features and not learnt from",
            Missing::Closed => "taken for closed",
        };
        self.add("gaps", inner, |n| format!("{n} missing periods inside series were {meaning}"));
        self.add("late_data", late, |n| {
            format!("{n} periods are missing at the end of series that others have")
        });
    }
}

/// What was out of the ordinary in all series.
#[derive(Default)]
struct Unusual {
    outliers: u64,
    in_series: u64,
    shifted: u64,
}

impl Unusual {
    /// Looks through a series, and masks its outliers where that is asked for.
    fn look(&mut self, periods: Periods, filled: &mut Filled, known: &[Vec<f32>], rule: Outliers) {
        let special = |at: usize| {
            let value = |column: &Vec<f32>| column.get(filled.start + at).copied().unwrap_or(f32::NAN);
            // A value that a column rarely has explains what is unusual about the period.
            known.iter().any(|column| is_rare(column, value(column)))
        };
        let found = outliers(periods, &filled.values, &filled.kinds, special);
        self.outliers += found.len() as u64;
        self.in_series += u64::from(!found.is_empty());
        self.shifted += u64::from(level_shift(periods, &filled.values, &filled.kinds).is_some());
        if rule == Outliers::Mask {
            for outlier in found {
                filled.values[outlier.at] = outlier.ordinary;
                filled.kinds[outlier.at] = Kind::Filled;
            }
        }
    }
}

/// Whether a column has a value in less than a tenth of the periods in which it has any.
fn is_rare(column: &[f32], value: f32) -> bool {
    let known = column.iter().filter(|v| !v.is_nan()).count();
    let same = column.iter().filter(|v| **v == value).count();
    same > 0 && same * 10 < known
}

fn word(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::D => "day",
        Frequency::W => "week",
        Frequency::M => "month",
        Frequency::Q => "quarter",
        Frequency::H => "hour",
    }
}

/// The grid asked for, or the one that the dates suggest.
fn grid(rows: &Observations, rules: &PanelRules, notes: &mut Notes) -> Result<Periods, PanelError> {
    let distinct: BTreeSet<Date> = rows.time.iter().copied().collect();
    let distinct: Vec<Date> = distinct.into_iter().collect();
    match rules.frequency {
        Some(Frequency::H) => Err(PanelError::Hourly),
        Some(Frequency::W) => {
            let weekday = distinct[0].weekday();
            let one_weekday = distinct.iter().all(|d| d.weekday() == weekday);
            Ok(Periods::weeks_from(if one_weekday { weekday } else { Weekday::Monday }))
        }
        Some(frequency) => Ok(Periods { frequency, week_start: 0 }),
        None => {
            let guessed = Periods::guess(&distinct);
            notes.add("frequency_guessed", 1, |_| {
                format!("the dates look like one row a {}", word(guessed.frequency))
            });
            Ok(guessed)
        }
    }
}

/// Which series each row belongs to.
struct Keys {
    of_row: Vec<u32>,
    names: Vec<Vec<String>>,
}

impl Keys {
    fn of(rows: &Observations) -> Self {
        let count = rows.time.len();
        let mut of_row = vec![0u32; count];
        let mut names: Vec<Vec<String>> = vec![Vec::new()];
        for column in &rows.series {
            let mut codes: HashMap<&str, u32> = HashMap::new();
            let mut pairs: HashMap<(u32, u32), u32> = HashMap::new();
            let mut longer: Vec<Vec<String>> = Vec::new();
            for (id, value) in of_row.iter_mut().zip(column) {
                let next = codes.len() as u32;
                let code = *codes.entry(value).or_insert(next);
                *id = *pairs.entry((*id, code)).or_insert_with(|| {
                    let mut name = names[*id as usize].clone();
                    name.push(value.to_string());
                    longer.push(name);
                    longer.len() as u32 - 1
                });
            }
            names = longer;
        }
        Self { of_row, names }
    }
}

fn check_values(rows: &Observations, keys: &Keys) -> Result<(), PanelError> {
    let absurd = rows.target.iter().position(|y| y.abs() > LARGEST_TARGET);
    match absurd {
        None => Ok(()),
        Some(row) => {
            let name = keys.names[keys.of_row[row] as usize].join(" / ");
            let series = if name.is_empty() { "(all rows)".to_owned() } else { format!("`{name}`") };
            Err(PanelError::Absurd { series, date: rows.time[row], value: rows.target[row] })
        }
    }
}

/// Targets by series and period, duplicates summed.
struct Placed {
    values: Vec<Vec<f64>>,
    duplicates: u64,
}

impl Placed {
    fn of(rows: &Observations, keys: &Keys, numbers: &[i64], first: i64, len: usize) -> Self {
        let mut values = vec![vec![f64::NAN; len]; keys.names.len()];
        let mut duplicates = 0;
        for ((&id, &number), &y) in keys.of_row.iter().zip(numbers).zip(&rows.target) {
            if y.is_nan() {
                continue;
            }
            let cell = &mut values[id as usize][(number - first) as usize];
            if cell.is_nan() {
                *cell = y;
            } else {
                *cell += y;
                duplicates += 1;
            }
        }
        Self { values, duplicates }
    }
}

/// A known-future column by series and period. Where a series has no row but all others agree on the period,
/// as on a public holiday, it takes their value.
fn known_values(values: &[f64], keys: &Keys, numbers: &[i64], first: i64, len: usize) -> Vec<Vec<f32>> {
    let mut known = vec![vec![f32::NAN; len]; keys.names.len()];
    for ((&id, &number), &value) in keys.of_row.iter().zip(numbers).zip(values) {
        let Ok(at) = usize::try_from(number - first) else { continue };
        if at < len && value.is_finite() {
            known[id as usize][at] = value as f32;
        }
    }
    for at in 0..len {
        let mut seen = known.iter().map(|series| series[at]).filter(|v| !v.is_nan());
        let Some(value) = seen.next() else { continue };
        if seen.all(|other| other == value) {
            for series in &mut known {
                series[at] = value;
            }
        }
    }
    known
}

/// The distinct words of a static column in the order of their codes; none for numbers.
fn words_of(column: &StaticColumn) -> Vec<String> {
    let StaticColumn::Words { values, .. } = column else { return Vec::new() };
    let words: BTreeSet<&Arc<str>> = values.iter().flatten().collect();
    words.into_iter().map(ToString::to_string).collect()
}

/// A static column by series: the first value seen; words as their rank in the alphabet.
fn static_values(column: &StaticColumn, keys: &Keys) -> Vec<f32> {
    let mut found = vec![f32::NAN; keys.names.len()];
    match column {
        StaticColumn::Numbers(column) => {
            for (&id, &value) in keys.of_row.iter().zip(&column.values) {
                let cell = &mut found[id as usize];
                if cell.is_nan() && value.is_finite() {
                    *cell = value as f32;
                }
            }
        }
        StaticColumn::Words { values, .. } => {
            let words: BTreeSet<&Arc<str>> = values.iter().flatten().collect();
            let ranks: HashMap<&str, usize> =
                words.into_iter().enumerate().map(|(i, w)| (w.as_ref(), i)).collect();
            for (&id, word) in keys.of_row.iter().zip(values) {
                let cell = &mut found[id as usize];
                if let (true, Some(word)) = (cell.is_nan(), word) {
                    *cell = ranks[word.as_ref()] as f32;
                }
            }
        }
    }
    found
}
