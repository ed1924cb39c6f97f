//! Which rows are held out: about a fifth of each class, or every row once where rows are few.
//!
//! Rows of the same text stay on one side, or a model would be praised for remembering. A class of one group of rows
//! is always learnt from.

use super::table::{Records, Role};
use super::text::Scratch;
use crate::random::Random;
use std::collections::HashMap;

/// Parts that rows are dealt to; each is held out in turn where rows are few.
const PARTS: usize = 5;
/// Rows from which on one part is enough.
const MANY: usize = 2000;
/// Fewest rows of which any are held out.
const FEWEST: usize = 10;
/// Most rows of a part: more tell nothing new and cost as much as training does.
const MOST_HELD: usize = 20_000;

/// The rows of a fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Learnt from, ascending.
    pub train: Vec<u32>,
    /// Held out, ascending.
    pub held: Vec<u32>,
}

/// The folds of `rows`, whose classes are `class_of` (the same for all where numbers are learnt). No fold where rows
/// are too few.
pub fn folds(
    rows: &[u32],
    class_of: impl Fn(u32) -> u32,
    group_of: impl Fn(u32) -> u64,
    seed: u64,
) -> Vec<Fold> {
    if rows.len() < FEWEST {
        return Vec::new();
    }
    let mut groups: Vec<Vec<u32>> = Vec::new();
    let mut place: HashMap<u64, usize> = HashMap::new();
    for &row in rows {
        let at = *place.entry(group_of(row)).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(row);
    }
    Random::new(seed ^ 0x666f_6c64).shuffle(&mut groups);
    // A stable sort keeps the random order within a class.
    groups.sort_by_key(|group| class_of(group[0]));
    // How many groups have rows of a class: where it is one, that group is learnt from.
    let mut spread: HashMap<u32, usize> = HashMap::new();
    for group in &groups {
        let mut classes: Vec<u32> = group.iter().map(|&row| class_of(row)).collect();
        classes.sort_unstable();
        classes.dedup();
        for class in classes {
            *spread.entry(class).or_default() += 1;
        }
    }
    let is_only = |row: &u32| spread.len() > 1 && spread[&class_of(*row)] == 1;
    let mut part_of: HashMap<u32, usize> = HashMap::new();
    let movable = groups.iter().filter(|group| !group.iter().any(is_only));
    for (dealt, group) in movable.enumerate() {
        for &row in group {
            part_of.insert(row, dealt % PARTS);
        }
    }
    let parts = if rows.len() >= MANY { 1 } else { PARTS };
    (0..parts)
        .map(|part| {
            let is_held = |row: &u32| part_of.get(row) == Some(&part);
            let mut held: Vec<u32> = rows.iter().copied().filter(|row| is_held(row)).collect();
            let stride = held.len().div_ceil(MOST_HELD).max(1);
            held = held.into_iter().step_by(stride).collect();
            // Rows of the part that are not scored stay away from training too: some share their text.
            let train = rows.iter().copied().filter(|row| !is_held(row)).collect();
            Fold { train, held }
        })
        .filter(|fold| !fold.held.is_empty() && !fold.train.is_empty())
        .collect()
}

/// A number that rows of the same texts share. Rows without text columns, or with empty texts, stand alone.
pub fn text_groups(columns: &[(String, Role)], records: &Records) -> Vec<u64> {
    let texts: Vec<_> = columns
        .iter()
        .filter(|(_, role)| *role == Role::Text)
        .filter_map(|(name, _)| records.column(name))
        .collect();
    let alone = |row: usize| (row as u64) << 1 | 1;
    let mut scratch = Scratch::default();
    (0..records.rows)
        .map(|row| {
            let mut hash = 0;
            for values in &texts {
                let text = values.word(row).unwrap_or_default();
                hash = scratch.fingerprint(&text, hash);
            }
            if hash == 0 { alone(row) } else { hash & !1 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_held_out_once_where_rows_are_few() {
        let rows: Vec<u32> = (0..100).collect();
        let folds = folds(&rows, |row| row % 3, u64::from, 7);
        assert_eq!(folds.len(), 5);
        let mut held: Vec<u32> = folds.iter().flat_map(|fold| fold.held.clone()).collect();
        held.sort_unstable();
        assert_eq!(held, rows);
        for fold in &folds {
            assert!(fold.train.iter().all(|row| !fold.held.contains(row)));
            for class in 0..3 {
                let of_class = fold.held.iter().filter(|&row| row % 3 == class).count();
                assert!((6..=8).contains(&of_class), "{of_class}");
            }
        }
    }

    #[test]
    fn groups_stay_together_and_single_rows_are_learnt_from() {
        let rows: Vec<u32> = (0..3000).collect();
        let class = |row: u32| if row == 2999 { 9 } else { 0 };
        let folds = folds(&rows, class, |row| u64::from(row / 4), 7);
        assert_eq!(folds.len(), 1);
        let held = &folds[0].held;
        assert!((500..700).contains(&held.len()));
        for row in held {
            let first = row / 4 * 4;
            assert!((first..first + 4).all(|other| held.contains(&other) || other >= 2996));
        }
        assert!(!held.contains(&2999));
    }

    #[test]
    fn too_few_rows_have_no_folds() {
        assert!(folds(&[1, 2, 3], |_| 0, u64::from, 7).is_empty());
        // One text in all rows: a single group cannot be on two sides.
        let rows: Vec<u32> = (0..50).collect();
        assert!(folds(&rows, |_| 0, |_| 1, 7).is_empty());
    }
}
