//! Texts as a sketch: in how many rows each of a few hundred hashed pieces stands, and how long the texts are.
//!
//! Pieces are words and runs of three characters, without case. A row counts once for each bucket that one of its
//! pieces falls into, so that the rows stay the unit of chance. The hash is of its own and never changes: stored
//! profiles depend on it.

use super::categories::mixed;
use super::measure::Distance;
use super::numbers::{Cells, Grid};

/// Buckets that pieces are hashed to.
pub const BUCKETS: usize = 512;
/// Most different pieces of a text that count: those of the smallest hashes, a sample that is the same wherever the
/// text stands. A long text would else stand in every bucket, and tell nothing.
const MOST_PIECES: usize = 64;
/// Characters of a text that are looked at for pieces.
const LOOKED_AT: usize = 20_000;
/// Characters of a word that runs are taken from.
const MOST_OF_WORD: usize = 64;
const RUN: usize = 3;

/// Texts counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    /// Rows that have a text.
    pub rows: u64,
    /// Rows a bucket: [`BUCKETS`].
    pub buckets: Vec<u64>,
    /// Over the rows, the square of the number of buckets that a row stands in.
    pub squares: u64,
    /// Lengths in characters.
    pub lengths: Cells,
}

/// Sums over texts that a pass has seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    rows: u64,
    buckets: Vec<u64>,
    squares: u64,
    lengths: Vec<f64>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { rows: 0, buckets: vec![0; BUCKETS], squares: 0, lengths: Vec::new() }
    }
}

impl Seen {
    /// Looks at further texts.
    pub fn add<'a>(&mut self, texts: impl IntoIterator<Item = Option<&'a str>>) {
        let (mut hashes, mut word) = (Vec::new(), Vec::new());
        for text in texts {
            let Some(text) = text else {
                self.lengths.push(f64::NAN);
                continue;
            };
            self.rows += 1;
            self.lengths.push(text.chars().count() as f64);
            hashes.clear();
            pieces(text, &mut word, &mut hashes);
            hashes.sort_unstable();
            hashes.dedup();
            hashes.truncate(MOST_PIECES);
            // The order was decided by the upper bits, the bucket by the lower ones.
            for hash in &mut hashes {
                *hash %= BUCKETS as u64;
            }
            hashes.sort_unstable();
            hashes.dedup();
            for &bucket in &hashes {
                self.buckets[bucket as usize] += 1;
            }
            self.squares += (hashes.len() * hashes.len()) as u64;
        }
    }

    /// The sketch of reference texts, and the grid of their lengths.
    pub fn sketch(self) -> (Grid, Pieces) {
        let grid = Grid::of(&self.lengths);
        let lengths = grid.count(&self.lengths);
        (grid, Pieces { rows: self.rows, buckets: self.buckets, squares: self.squares, lengths })
    }
}

fn look<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Seen {
    let mut seen = Seen::default();
    seen.add(texts);
    seen
}

/// The sketch of reference texts, and the grid of their lengths.
pub fn of<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> (Grid, Pieces) {
    look(texts).sketch()
}

/// Counts texts against the grid of lengths.
pub fn count<'a>(lengths: &Grid, texts: impl IntoIterator<Item = Option<&'a str>>) -> Pieces {
    let seen = look(texts);
    let lengths = lengths.count(&seen.lengths);
    Pieces { rows: seen.rows, buckets: seen.buckets, squares: seen.squares, lengths }
}

/// What chance alone gives for the PSI of two sketches' buckets, in the mean; none where a side has no piece.
///
/// Rows are drawn, not pieces: the variance of the share of a bucket is that of a ratio of sums over rows, and what
/// it comes to over all buckets is (buckets·pieces − squares) / pieces² on each side.
pub fn chance(a: &Pieces, b: &Pieces) -> Option<Distance> {
    let buckets = a.buckets.iter().zip(&b.buckets).filter(|(a, b)| *a + *b > 0).count() as f64;
    let side = |pieces: &Pieces| {
        let sum = pieces.buckets.iter().sum::<u64>() as f64;
        (sum > 0.0).then(|| (buckets * sum - pieces.squares as f64).max(0.0) / (sum * sum))
    };
    let psi = side(a)? + side(b)?;
    Some(Distance { psi, js: (psi / (8.0 * std::f64::consts::LN_2)).min(1.0) })
}

/// Adds the hashes of the pieces of a text.
fn pieces(text: &str, word: &mut Vec<char>, hashes: &mut Vec<u64>) {
    word.clear();
    for c in text.chars().take(LOOKED_AT).chain([' ']) {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if !word.is_empty() {
            hashes.push(hash(1, word));
            let runs = &word[..word.len().min(MOST_OF_WORD)];
            hashes.extend(runs.windows(RUN).map(|run| hash(2, run)));
            word.clear();
        }
    }
}

fn hash(kind: u64, letters: &[char]) -> u64 {
    mixed(
        letters.iter().fold(kind, |hash, &c| {
            (hash ^ u64::from(c as u32)).wrapping_mul(0x0100_0000_01B3).rotate_left(23)
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_marks_do_not_count_and_repeats_count_once() {
        let (grid, reference) = of([Some("Молоко, 3,2%"), Some("молоко 3 2"), None, Some("")]);
        assert_eq!(reference.rows, 3);
        assert_eq!(reference.lengths.missing, 1);
        let (twice, once) = (count(&grid, [Some("сыр сыр СЫР")]), count(&grid, [Some("сыр")]));
        assert_eq!(twice.buckets, once.buckets);
        assert_eq!(reference.buckets.iter().max(), Some(&2));
    }

    #[test]
    fn a_long_text_stands_in_a_bounded_number_of_buckets() {
        let long = (0..50_000).map(|i| format!("w{i}")).collect::<Vec<_>>().join(" ");
        let (_, sketch) = of([Some(long.as_str())]);
        let held = sketch.buckets.iter().sum::<u64>();
        assert!((50..=MOST_PIECES as u64).contains(&held), "{held}");
        assert_eq!(sketch.squares, held * held);
    }

    #[test]
    fn no_text_has_no_chance() {
        let (grid, none) = of([None, Some("")]);
        assert_eq!(chance(&none, &count(&grid, [Some("word")])), None);
    }
}
