//! The hashed pieces of many texts, made once and used by every fold.

use super::HASH_BITS;
use super::grams::{Grams, Scratch, each_gram};
use super::normal::split;
use crate::records::Values;

/// Texts looked at to choose the pieces.
const LOOKED_AT: usize = 1000;
/// The largest count of a piece in a text that is told apart.
const MOST_COUNT: u32 = (1 << (32 - HASH_BITS)) - 1;

/// Rows of hashes, ascending, each with its count: four bytes a piece.
#[derive(Debug)]
pub struct Corpus {
    /// Which pieces they are.
    pub grams: Grams,
    starts: Vec<usize>,
    packed: Vec<u32>,
}

impl Corpus {
    /// Hashes the texts of a column in all `rows` of it.
    pub fn new(values: &Values, rows: usize) -> Self {
        let mut scratch = Scratch::default();
        let grams = Grams::for_texts(mean_words(values, rows));
        let (mut starts, mut packed, mut row_hashes) = (vec![0], Vec::new(), Vec::new());
        for row in 0..rows {
            let text = values.word(row).unwrap_or_default();
            hash_text(&text, grams, &mut scratch, &mut row_hashes);
            packed.extend(row_hashes.iter().map(|&(hash, count)| hash << (32 - HASH_BITS) | count));
            starts.push(packed.len());
        }
        Self { grams, starts, packed }
    }

    /// The hashes of a row, ascending, and their counts.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (u32, u32)> {
        let range = self.starts[row]..self.starts[row + 1];
        self.packed[range].iter().map(|packed| (packed >> (32 - HASH_BITS), packed & MOST_COUNT))
    }
}

/// Fills `out` with the hashes of a text, ascending, and their counts.
pub fn hash_text(text: &str, grams: Grams, scratch: &mut Scratch, out: &mut Vec<(u32, u32)>) {
    out.clear();
    each_gram(text, grams, scratch, &mut |hash, _, _| out.push((hash, 1)));
    out.sort_unstable();
    out.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = (kept.1 + next.1).min(MOST_COUNT);
        }
        same
    });
}

fn mean_words(values: &Values, rows: usize) -> f64 {
    let (mut characters, mut words) = (Vec::new(), Vec::new());
    let (mut sum, mut texts) = (0, 0);
    for row in (0..rows).step_by(rows.div_ceil(LOOKED_AT).max(1)) {
        let Some(text) = values.word(row) else { continue };
        split(&text, &mut characters, &mut words);
        sum += words.len();
        texts += 1;
    }
    sum as f64 / f64::from(texts.max(1))
}
