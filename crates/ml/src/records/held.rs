//! What a training said of rows that it had held out, and which rows it learnt from: so a later version can be held
//! against this one on rows that neither was fitted on. Rows are known by fingerprints of what they hold.

use super::fitted::Fitted;
use super::table::{Records, Target, Values};
use crate::artifact::{ArtifactError, Reader, Writer, open, seal, unsound};
use crate::evaluate::most_probable;
use std::collections::HashMap;

/// The first bytes of saved held-out rows.
const MAGIC: &[u8; 8] = b"VKHTHELD";
/// The version of the format.
const VERSION: u32 = 1;
/// Bytes of a row: place, fingerprint, number, kind.
const ROW: usize = 4 + 8 + 8 + 4;

/// What was said of a row whose truth is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Said {
    /// Of a class.
    Class {
        /// The calibrated probability of the true class, 0 where it was never learnt.
        probability: f64,
        /// Whether the most probable class is the true one.
        right: bool,
    },
    /// A number.
    Number(f64),
}

/// A row that was held out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldRow {
    /// Its place in the table that was learnt from.
    pub row: u32,
    /// The fingerprint of its columns and its target.
    pub print: u64,
    /// What was said of it by a model that had not seen it.
    pub said: Said,
}

/// The held-out rows of a training.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeldRows {
    /// They.
    pub rows: Vec<HeldRow>,
    /// Fingerprints of the columns of every row that the saved model learnt from, ascending.
    pub learnt: Vec<u64>,
}

/// The fingerprint of every row: of its columns, by name, and of its target where one is given. FNV-1a (Fowler, Noll,
/// Vo), finished so that bits depend on each other; two rows of a million are alike by chance once in ten million.
pub fn prints(records: &Records, target: Option<&Target>) -> Vec<u64> {
    let mut columns: Vec<(&str, &Values)> =
        records.columns.iter().map(|column| (column.name.as_str(), &column.values)).collect();
    columns.sort_unstable_by_key(|(name, _)| *name);
    let print = |row: usize| {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut take = |word: Option<&str>| {
            // Missing and empty are one; no text holds the byte that parts two.
            for byte in word.unwrap_or_default().bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for (name, values) in &columns {
            take(Some(name));
            take(values.word(row).as_deref());
        }
        match target {
            None => {}
            Some(Target::Classes(labels)) => take(labels.get(row).and_then(|l| l.as_deref()).map(str::trim)),
            Some(Target::Numbers(numbers)) => {
                take(numbers.get(row).map(f64::to_string).as_deref());
            }
        }
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        hash ^ (hash >> 31)
    };
    (0..records.rows).map(print).collect()
}

impl HeldRows {
    /// Of what was said of rows of `records`, and the rows that were learnt from in the end.
    pub(super) fn of(records: &Records, target: &Target, said: &[(u32, Said)], learnt: &[u32]) -> Self {
        let (whole, columns) = (prints(records, Some(target)), prints(records, None));
        let mut learnt: Vec<u64> = learnt.iter().map(|&row| columns[row as usize]).collect();
        learnt.sort_unstable();
        learnt.dedup();
        let rows = said.iter().map(|&(row, said)| HeldRow { row, print: whole[row as usize], said });
        Self { rows: rows.collect(), learnt }
    }

    /// What was said of held-out rows, by fingerprint; of equal rows the first.
    pub fn by_print(&self) -> HashMap<u64, Said> {
        let mut found = HashMap::with_capacity(self.rows.len());
        for row in &self.rows {
            found.entry(row.print).or_insert(row.said);
        }
        found
    }

    /// Whether a row with such columns was learnt from.
    pub fn has_learnt(&self, print: u64) -> bool {
        self.learnt.binary_search(&print).is_ok()
    }

    /// The rows as bytes, to be kept beside the model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u64(self.rows.len() as u64);
        for HeldRow { row, print, said } in &self.rows {
            let (number, kind) = match said {
                Said::Number(value) => (*value, 0),
                Said::Class { probability, right } => (*probability, 1 + u32::from(*right)),
            };
            out.u32(*row);
            out.u64(*print);
            out.f64(number);
            out.u32(kind);
        }
        out.u64(self.learnt.len() as u64);
        self.learnt.iter().for_each(|print| out.u64(*print));
        seal(MAGIC, VERSION, &out.0)
    }

    /// The rows that [`HeldRows::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let mut body = Reader(open(MAGIC, VERSION, bytes)?);
        let mut found = Self::default();
        for _ in 0..body.count(ROW)? {
            let (row, print, number) = (body.u32()?, body.u64()?, body.f64()?);
            let said = match body.u32()? {
                0 => Said::Number(number),
                kind @ (1 | 2) if (0.0..=1.0).contains(&number) => {
                    Said::Class { probability: number, right: kind == 2 }
                }
                kind => return unsound(format!("a held-out row of kind {kind} says {number}")),
            };
            found.rows.push(HeldRow { row, print, said });
        }
        for _ in 0..body.count(8)? {
            found.learnt.push(body.u64()?);
        }
        if !body.0.is_empty() || !found.learnt.is_sorted() {
            return unsound("held-out rows are followed by something else, or are out of order");
        }
        Ok(found)
    }
}

impl Fitted {
    /// What the model says of rows whose target is known, in the form of held-out rows; none where the target is
    /// missing or of the other kind.
    pub fn said(&self, records: &Records, target: &Target) -> Vec<Option<Said>> {
        let codes: HashMap<&str, usize> =
            self.classes().iter().enumerate().map(|(code, label)| (label.as_ref(), code)).collect();
        let mut said = vec![None; records.rows];
        self.each(records, |row, raw| {
            said[row] = match target {
                Target::Classes(labels) if !codes.is_empty() => {
                    let label = labels.get(row).and_then(|label| label.as_deref()).map(str::trim);
                    label.filter(|label| !label.is_empty()).map(|label| {
                        let code = codes.get(label).copied();
                        Said::Class {
                            probability: code.map_or(0.0, |code| raw[code]),
                            right: code == Some(most_probable(raw).0),
                        }
                    })
                }
                Target::Numbers(numbers) if codes.is_empty() => {
                    numbers.get(row).filter(|number| number.is_finite()).map(|_| Said::Number(raw[0]))
                }
                _ => None,
            };
        });
        said
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Column;
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn records(names: &[(&str, &[&str])]) -> Records {
        let columns = names.iter().map(|(name, words)| Column {
            name: (*name).into(),
            values: Values::Words(words.iter().map(|word| Some(Arc::from(*word))).collect()),
        });
        Records { rows: names[0].1.len(), columns: columns.collect() }
    }

    #[test]
    fn rows_are_known_by_what_they_hold() {
        let one = records(&[("a", &["x", "x", "y"]), ("b", &["1", "1", "1"])]);
        let other = records(&[("b", &["1", "1", "1"]), ("a", &["x", "", "y"])]);
        let (prints_of_one, prints_of_other) = (prints(&one, None), prints(&other, None));
        assert_eq!(prints_of_one[0], prints_of_one[1], "the same columns");
        assert_eq!(
            (prints_of_one[0], prints_of_one[2]),
            (prints_of_other[0], prints_of_other[2]),
            "in any order"
        );
        assert_ne!(prints_of_one[1], prints_of_other[1]);
        let target = Target::Classes(["tea", "milk", "tea"].map(|label| Some(Arc::from(label))).to_vec());
        let whole = prints(&one, Some(&target));
        assert_ne!(whole[0], whole[1], "another truth");
        let split = records(&[("a", &["xy"]), ("b", &["z"])]);
        let joined = records(&[("a", &["x"]), ("b", &["yz"])]);
        assert_ne!(prints(&split, None), prints(&joined, None));
    }

    proptest! {
        #[test]
        fn held_rows_are_stored_and_read_back(
            rows in prop::collection::vec((any::<u32>(), any::<u64>(), 0.0..=1.0f64, 0..3u32), 0..30),
            learnt in prop::collection::btree_set(any::<u64>(), 0..30),
        ) {
            let rows = rows.into_iter().map(|(row, print, number, kind)| HeldRow {
                row,
                print,
                said: match kind {
                    0 => Said::Number(number * 1e9),
                    kind => Said::Class { probability: number, right: kind == 2 },
                },
            });
            let held = HeldRows { rows: rows.collect(), learnt: learnt.into_iter().collect() };
            let bytes = held.to_bytes();
            prop_assert_eq!(HeldRows::from_bytes(&bytes).expect("own bytes"), held);
            prop_assert!(HeldRows::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        }
    }
}
