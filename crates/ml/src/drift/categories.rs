//! Categories, counted by value against those of the reference rows.
//!
//! Bounded whatever comes: the most frequent values are kept, new ones up to a number, the rest is one bin. A value
//! that is too long is known by its beginning and its hash.

use super::DriftError;
use std::collections::{BTreeMap, HashMap};

/// Most values that a reference keeps; with more, the rarest are one bin together.
pub const MOST_VALUES: usize = 4096;
/// Most new values that are counted one by one: those of the smallest hashes, so that parts add up to the whole.
pub const MOST_NEW: usize = 1024;
/// Longest value, bytes; longer ones are cut and get their hash.
pub const LONGEST: usize = 200;

/// The values that rows are counted by: by hash, then by name. The order depends on no count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    names: Vec<String>,
    /// Whether the reference had further values, which are one bin.
    cut: bool,
}

/// Rows counted by value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows of each kept value.
    pub kept: Vec<u64>,
    /// Rows of values that the reference does not have, by hash and name; at most [`MOST_NEW`].
    pub new: BTreeMap<(u64, String), u64>,
    /// Rows of all other values.
    pub other: u64,
    /// Rows without a value.
    pub missing: u64,
}

impl Values {
    /// The values of reference rows and their counts. Each item is a value and in how many rows it stands.
    pub fn of<'a>(rows: impl IntoIterator<Item = (Option<&'a str>, u64)>) -> (Self, Tally) {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        let mut missing = 0;
        for (value, rows) in rows {
            match value {
                Some(value) => *counts.entry(value).or_default() += rows,
                None => missing += rows,
            }
        }
        let mut named: BTreeMap<String, u64> = BTreeMap::new();
        for (value, rows) in counts.into_iter().filter(|(_, rows)| *rows > 0) {
            *named.entry(name(value)).or_default() += rows;
        }
        let mut named: Vec<(String, u64)> = named.into_iter().collect();
        // The most frequent first; the sort is stable, so equal ones stay in the order of their names.
        named.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let other = named.iter().skip(MOST_VALUES).map(|(_, rows)| rows).sum();
        let cut = named.len() > MOST_VALUES;
        named.truncate(MOST_VALUES);
        named.sort_by_cached_key(|(name, _)| (hash(name), name.clone()));
        let (names, kept) = named.into_iter().unzip();
        (Self { names, cut }, Tally { kept, new: BTreeMap::new(), other, missing })
    }

    /// Values read from a file.
    pub fn from_parts(names: Vec<String>, cut: bool) -> Result<Self, DriftError> {
        let keys: Vec<(u64, &String)> = names.iter().map(|name| (hash(name), name)).collect();
        let sound = names.len() <= MOST_VALUES && keys.windows(2).all(|w| w[0] < w[1]);
        if sound { Ok(Self { names, cut }) } else { Err(DriftError::Unsound("categories")) }
    }

    /// The kept values.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the reference had more values than are kept.
    pub fn cut(&self) -> bool {
        self.cut
    }

    /// Counts rows. Each item is a value and in how many rows it stands.
    pub fn count<'a>(&self, rows: impl IntoIterator<Item = (Option<&'a str>, u64)>) -> Tally {
        let places: HashMap<&str, usize> =
            self.names.iter().enumerate().map(|(i, n)| (n.as_str(), i)).collect();
        let mut tally = Tally { kept: vec![0; self.names.len()], ..Tally::default() };
        for (value, rows) in rows.into_iter().filter(|(_, rows)| *rows > 0) {
            let Some(value) = value else {
                tally.missing += rows;
                continue;
            };
            let known = places.get(value).or_else(|| places.get(name(value).as_str()));
            match known {
                Some(&place) => tally.kept[place] += rows,
                None if self.cut => tally.other += rows,
                None => tally.add_new(name(value), rows),
            }
        }
        tally
    }

    /// The counts of two tallies side by side: each kept value, each new one, all others, those missing. By hash, so
    /// that the order does not tell which side a value is from.
    pub fn side_by_side(&self, a: &Tally, b: &Tally) -> (Vec<u64>, Vec<u64>) {
        let mut bins: BTreeMap<(u64, &str), (u64, u64)> = BTreeMap::new();
        for (i, name) in self.names.iter().enumerate() {
            bins.insert((hash(name), name), (a.kept[i], b.kept[i]));
        }
        for ((hash, name), rows) in &a.new {
            bins.entry((*hash, name)).or_default().0 += rows;
        }
        for ((hash, name), rows) in &b.new {
            bins.entry((*hash, name)).or_default().1 += rows;
        }
        let tail = [(a.other, b.other), (a.missing, b.missing)];
        bins.into_values().chain(tail).unzip()
    }
}

impl Tally {
    fn add_new(&mut self, name: String, rows: u64) {
        *self.new.entry((hash(&name), name)).or_default() += rows;
        if self.new.len() > MOST_NEW {
            let (_, rows) = self.new.pop_last().unwrap_or_default();
            self.other += rows;
        }
    }

    /// Adds the rows of another part.
    pub fn merge(&mut self, other: &Self) {
        for (here, there) in self.kept.iter_mut().zip(&other.kept) {
            *here += there;
        }
        for ((hash, name), rows) in &other.new {
            *self.new.entry((*hash, name.clone())).or_default() += rows;
        }
        self.other += other.other;
        self.missing += other.missing;
        while self.new.len() > MOST_NEW {
            let (_, rows) = self.new.pop_last().unwrap_or_default();
            self.other += rows;
        }
    }

    /// Rows of values that the reference does not have; those of the bin for all others are not among them.
    pub fn unseen(&self) -> u64 {
        self.new.values().sum()
    }
}

/// The name that a value is known by.
fn name(value: &str) -> String {
    if value.len() <= LONGEST {
        return value.to_owned();
    }
    let mut end = LONGEST - 20;
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…{:016x}", &value[..end], hash(value))
}

/// FNV-1a (Fowler, Noll, Vo), its bits mixed once more.
pub fn hash(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    mixed(fnv)
}

/// Spreads the bits of a number over all of it (the last steps of `SplitMix64`).
pub fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_each<'a>(values: &'a [Option<&'a str>]) -> impl Iterator<Item = (Option<&'a str>, u64)> {
        values.iter().map(|v| (*v, 1))
    }

    #[test]
    fn values_new_ones_and_none_are_told_apart() {
        let (values, reference) = Values::of(one_each(&[Some("a"), Some("b"), Some("a"), None]));
        let current = values.count([(Some("b"), 5), (Some("c"), 2), (None, 1), (Some(""), 3)]);
        let (mut a, mut b) = values.side_by_side(&reference, &current);
        assert_eq!((a.pop(), b.pop()), (Some(1), Some(1)));
        a.sort_unstable();
        b.sort_unstable();
        assert_eq!((a, b), (vec![0, 0, 0, 1, 2], vec![0, 0, 2, 3, 5]));
        assert_eq!(current.unseen(), 5);
        assert_eq!(Values::from_parts(values.names.clone(), false), Ok(values));
    }

    #[test]
    fn very_many_and_very_long_values_are_bounded() {
        let names: Vec<String> = (0..10_000).map(|i| format!("value {i}")).collect();
        let (values, tally) =
            Values::of(names.iter().enumerate().map(|(i, n)| (Some(n.as_str()), i as u64 + 1)));
        assert!(values.cut() && values.names().len() == MOST_VALUES);
        assert_eq!(tally.kept.iter().sum::<u64>() + tally.other, 10_000 * 10_001 / 2);
        assert_eq!(values.count([(Some("never seen"), 1)]).other, 1);
        let long = "ы".repeat(100_000);
        let (values, _) = Values::of([(Some(long.as_str()), 1)]);
        assert!(values.names()[0].len() <= LONGEST);
        assert_eq!(values.count([(Some(long.as_str()), 3)]).kept, [3]);
        assert_eq!(values.count([(Some(&long[2..]), 3)]).unseen(), 3);
    }

    #[test]
    fn parts_with_many_new_values_add_up_to_the_whole() {
        let (values, _) = Values::of([(Some("known"), 1)]);
        let names: Vec<String> = (0..5000).map(|i| format!("new {}", i % 3000)).collect();
        let rows = || names.iter().map(|n| (Some(n.as_str()), 1));
        let whole = values.count(rows());
        let mut parts = values.count(rows().take(2100));
        parts.merge(&values.count(rows().skip(2100)));
        assert_eq!(parts, whole);
        assert_eq!(whole.new.len(), MOST_NEW);
        assert_eq!(whole.unseen() + whole.other, 5000);
    }

    #[test]
    fn values_out_of_order_or_twice_are_refused() {
        let (values, _) = Values::of([(Some("a"), 1), (Some("b"), 1)]);
        let mut names = values.names().to_vec();
        names.reverse();
        assert!(Values::from_parts(names, false).is_err());
        assert!(Values::from_parts(vec!["a".into(), "a".into()], false).is_err());
    }
}
