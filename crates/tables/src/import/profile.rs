//! What a column's values look like in short, computed batch by batch while the rows are written.

use super::batch::{ColumnBatch, Values};
use crate::limits;
use crate::value::date;
use hashbrown::HashMap;
use jiff::Timestamp;
use vakhta_domain::dataset::{ColumnKind, ColumnProfile};

/// A growing profile of one column.
#[derive(Debug)]
pub struct Profile {
    kind: ColumnKind,
    count: u64,
    missing: u64,
    sum: Sum,
    whole: Option<(i64, i64)>,
    real: Option<(f64, f64)>,
    text: Option<(String, String)>,
    numbers: Option<HashMap<u64, u64>>,
    texts: Option<HashMap<Box<str>, u64>>,
    text_bytes: usize,
    most: usize,
    most_bytes: usize,
}

/// A sum with its rounding error beside it (A. Neumaier, 1974), so that a long column's mean is right.
#[derive(Debug, Default)]
struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, value: f64) {
        let total = self.total + value;
        self.lost += if self.total.abs() >= value.abs() {
            (self.total - total) + value
        } else {
            (value - total) + self.total
        };
        self.total = total;
    }

    fn value(&self) -> f64 {
        self.total + self.lost
    }
}

impl Profile {
    /// An empty profile; `columns` share the memory for distinct values.
    pub fn new(kind: ColumnKind, columns: usize) -> Self {
        Self {
            kind,
            count: 0,
            missing: 0,
            sum: Sum::default(),
            whole: None,
            real: None,
            text: None,
            numbers: (kind != ColumnKind::Text).then(HashMap::new),
            texts: (kind == ColumnKind::Text).then(HashMap::new),
            text_bytes: 0,
            most: limits::DISTINCT.min(limits::DISTINCT_ALL / columns.max(1)),
            most_bytes: limits::DISTINCT_BYTES / columns.max(1),
        }
    }

    /// Takes a batch in.
    pub fn add(&mut self, batch: &ColumnBatch) {
        let rows = batch.present.len() as u64;
        let present = batch.present.iter().filter(|p| **p).count() as u64;
        self.count += present;
        self.missing += rows - present;
        match &batch.values {
            Values::Whole(values) => self.wholes(values.iter().copied(), &batch.present),
            Values::Day(values) => self.wholes(values.iter().map(|v| i64::from(*v)), &batch.present),
            Values::Flag(values) => self.wholes(values.iter().map(|v| i64::from(*v)), &batch.present),
            Values::Real(values) => {
                for (value, _) in values.iter().zip(&batch.present).filter(|(_, present)| **present) {
                    // Adding zero turns -0 into 0, so that the two count as one value.
                    let value = *value + 0.0;
                    self.sum.add(value);
                    self.real =
                        Some(self.real.map_or((value, value), |(min, max)| (min.min(value), max.max(value))));
                    self.tally(value.to_bits());
                }
            }
            Values::Text { bytes, ends } => {
                let mut start = 0;
                for (end, present) in ends.iter().zip(&batch.present) {
                    let end = *end as usize;
                    if *present && let Ok(text) = std::str::from_utf8(&bytes[start..end]) {
                        self.text(text);
                    }
                    start = end;
                }
            }
        }
    }

    fn wholes(&mut self, values: impl Iterator<Item = i64>, present: &[bool]) {
        for (value, _) in values.zip(present).filter(|(_, present)| **present) {
            self.sum.add(value as f64);
            self.whole =
                Some(self.whole.map_or((value, value), |(min, max)| (min.min(value), max.max(value))));
            self.tally(value as u64);
        }
    }

    fn tally(&mut self, key: u64) {
        if let Some(numbers) = &mut self.numbers {
            *numbers.entry(key).or_insert(0) += 1;
            if numbers.len() > self.most {
                self.numbers = None;
            }
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.text {
            None => self.text = Some((text.to_owned(), text.to_owned())),
            Some((min, max)) => {
                if text < min.as_str() {
                    text.clone_into(min);
                } else if text > max.as_str() {
                    text.clone_into(max);
                }
            }
        }
        if let Some(texts) = &mut self.texts {
            if let Some(count) = texts.get_mut(text) {
                *count += 1;
                return;
            }
            self.text_bytes += text.len();
            texts.insert(text.into(), 1);
            if texts.len() > self.most || self.text_bytes > self.most_bytes {
                self.texts = None;
            }
        }
    }

    /// The finished profile.
    pub fn finish(self) -> ColumnProfile {
        let shown = |key: u64| self.shown(key);
        let (distinct, top) = if let Some(numbers) = &self.numbers {
            // Equal counts stand in the order of the values, so that a profile is the same each time.
            let mut all: Vec<(u64, u64)> = numbers.iter().map(|(k, n)| (*k, *n)).collect();
            let order = |key: u64| -> (f64, i64) {
                if self.kind == ColumnKind::Float { (f64::from_bits(key), 0) } else { (0.0, key as i64) }
            };
            all.sort_by(|a, b| {
                b.1.cmp(&a.1)
                    .then(order(a.0).0.total_cmp(&order(b.0).0))
                    .then(order(a.0).1.cmp(&order(b.0).1))
            });
            (Some(all.len() as u64), all.iter().take(TOP).map(|(k, n)| (shown(*k), *n)).collect())
        } else if let Some(texts) = &self.texts {
            let mut all: Vec<(&str, u64)> = texts.iter().map(|(k, n)| (&**k, *n)).collect();
            all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            (Some(all.len() as u64), all.iter().take(TOP).map(|(k, n)| (limits::cut(k), *n)).collect())
        } else {
            (None, Vec::new())
        };
        let ends = match (&self.text, self.whole, self.real) {
            (Some((min, max)), ..) => Some((limits::cut(min), limits::cut(max))),
            (_, Some((min, max)), _) => Some((shown(min as u64), shown(max as u64))),
            (.., Some((min, max))) => Some((float_text(min), float_text(max))),
            _ => None,
        };
        let numeric = matches!(self.kind, ColumnKind::Integer | ColumnKind::Float);
        let mean = self.sum.value() / self.count as f64;
        let (min, max) = ends.map_or((None, None), |(min, max)| (Some(min), Some(max)));
        ColumnProfile {
            count: self.count,
            missing: self.missing,
            distinct,
            min,
            max,
            mean: (numeric && self.count > 0 && mean.is_finite()).then(|| mean_text(mean)),
            top,
        }
    }

    fn shown(&self, key: u64) -> String {
        match self.kind {
            ColumnKind::Integer | ColumnKind::Text => (key as i64).to_string(),
            ColumnKind::Float => float_text(f64::from_bits(key)),
            ColumnKind::Boolean => (key != 0).to_string(),
            ColumnKind::Date => day_text(key as i64 as i32),
            ColumnKind::Timestamp => moment_text(key as i64),
        }
    }
}

/// Commonest values shown.
const TOP: usize = 10;

/// A float in its shortest exact form.
pub fn float_text(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-5..1e16).contains(&magnitude) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// A mean with six decimals, or six digits where it is small.
fn mean_text(mean: f64) -> String {
    if mean != 0.0 && mean.abs() < 1e-3 {
        return format!("{mean:.5e}");
    }
    let text = format!("{mean:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A day as `YYYY-MM-DD`.
pub fn day_text(days: i32) -> String {
    date::civil_from_days(days).map_or_else(|| days.to_string(), |date| date.to_string())
}

/// A moment in RFC 3339.
pub fn moment_text(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |moment| moment.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::batch::ColumnPlan;
    use crate::import::raw::Raw;

    fn profile(kind: ColumnKind, cells: &[Raw<'_>]) -> ColumnProfile {
        let plan = ColumnPlan { name: "x".to_owned(), kind, form: None, decimal: b'.' };
        let mut batch = ColumnBatch::new(plan);
        for raw in cells {
            batch.push(*raw).expect("a value");
        }
        let mut profile = Profile::new(kind, 1);
        profile.add(&batch);
        profile.finish()
    }

    #[test]
    fn numbers() {
        let found = profile(
            ColumnKind::Float,
            &[Raw::Float(0.1), Raw::Float(0.2), Raw::Missing, Raw::Float(0.2), Raw::Float(-0.0)],
        );
        assert_eq!((found.count, found.missing, found.distinct), (4, 1, Some(3)));
        assert_eq!(found.min.as_deref(), Some("0"));
        assert_eq!(found.max.as_deref(), Some("0.2"));
        assert_eq!(found.mean.as_deref(), Some("0.125"));
        assert_eq!(found.top, vec![("0.2".to_owned(), 2), ("0".to_owned(), 1), ("0.1".to_owned(), 1)]);
    }

    #[test]
    fn large_whole_numbers_keep_their_digits() {
        let found = profile(ColumnKind::Integer, &[Raw::Integer(i64::MAX), Raw::Integer(i64::MIN)]);
        assert_eq!(found.max.as_deref(), Some("9223372036854775807"));
        assert_eq!(found.min.as_deref(), Some("-9223372036854775808"));
    }

    #[test]
    fn days_and_texts() {
        let found = profile(ColumnKind::Date, &[Raw::Day(0), Raw::Day(20_485)]);
        assert_eq!((found.min.as_deref(), found.max.as_deref()), (Some("1970-01-01"), Some("2026-02-01")));
        assert_eq!(found.mean, None);
        let found = profile(ColumnKind::Text, &[Raw::String("б"), Raw::String("а"), Raw::String("б")]);
        assert_eq!(found.top, vec![("б".to_owned(), 2), ("а".to_owned(), 1)]);
        assert_eq!((found.min.as_deref(), found.max.as_deref()), (Some("а"), Some("б")));
    }

    #[test]
    fn many_distinct_values_are_not_counted() {
        let cells: Vec<Raw<'_>> = (0..10_001).map(Raw::Integer).collect();
        assert_eq!(profile(ColumnKind::Integer, &cells[..10_000]).distinct, Some(10_000));
        let found = profile(ColumnKind::Integer, &cells);
        assert_eq!((found.distinct, found.top.len()), (None, 0));
        assert_eq!(found.mean.as_deref(), Some("5000"));
    }
}
