//! Which pieces of a text count: words, pairs of words, the first and the last word, and runs of characters.
//!
//! Runs of characters inside words let a model know endings, compounds and words of related languages that it never
//! saw; the first and the last word carry the head of a name in many languages.

use super::HASH_BITS;
use super::normal::{Word, split};
use serde::{Deserialize, Serialize};

/// Characters of a word that runs are taken from.
const MOST_OF_WORD: usize = 64;
/// Words a text, in the mean, up to which it is a name or a phrase; above, an article up to [`LONG`].
const SHORT: f64 = 24.0;
/// Words a text, in the mean, above which runs of characters cost more than they tell.
const LONG: f64 = 200.0;

/// Which runs of characters are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grams {
    /// The shortest run.
    pub shortest: u8,
    /// The longest run; none are taken where it is below the shortest.
    pub longest: u8,
}

impl Grams {
    /// By the mean number of words in the texts of a column.
    pub fn for_texts(mean_words: f64) -> Self {
        let (shortest, longest) = match mean_words {
            n if n > LONG => (1, 0),
            n if n > SHORT => (3, 4),
            _ => (2, 5),
        };
        Self { shortest, longest }
    }
}

/// Memory that is used again from text to text.
#[derive(Debug, Default)]
pub struct Scratch {
    characters: Vec<char>,
    words: Vec<Word>,
}

impl Scratch {
    /// A number that texts of the same words share; `before` is that of the texts before this one, and stays as it is
    /// where there is no word.
    pub fn fingerprint(&mut self, text: &str, before: u64) -> u64 {
        split(text, &mut self.characters, &mut self.words);
        let letters = self.words.iter().map(|word| &self.characters[word.start..word.end]);
        letters.fold(before, |hash, letters| step(letters.iter().fold(hash, |hash, &c| step(hash, c)), ' '))
    }
}

/// What kind of piece a hash stands for, so that a run never meets a word of the same letters.
#[derive(Clone, Copy)]
enum Piece {
    Run = 1,
    Word = 2,
    Pair = 3,
    First = 4,
    Last = 5,
}

fn start(piece: Piece) -> u64 {
    (piece as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn step(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(c as u32)).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23)
}

fn end(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (mixed >> (64 - HASH_BITS)) as u32
}

/// Calls `each` with the hash of every piece of `text` and the places of the first and the last word that it comes
/// from. Returns the number of words.
pub fn each_gram(
    text: &str,
    grams: Grams,
    scratch: &mut Scratch,
    each: &mut impl FnMut(u32, usize, usize),
) -> usize {
    let Scratch { characters, words } = scratch;
    split(text, characters, words);
    let last = words.len().saturating_sub(1);
    let mut before: Option<u64> = None;
    for (at, word) in words.iter().enumerate() {
        let letters = &characters[word.start..word.end];
        let spelt = |piece: Piece| letters.iter().fold(start(piece), |hash, &c| step(hash, c));
        each(end(spelt(Piece::Word)), at, at);
        if at == 0 {
            each(end(spelt(Piece::First)), at, at);
        }
        if at == last {
            each(end(spelt(Piece::Last)), at, at);
        }
        // In pairs a number is its shape, so that "900 мл" and "500 мл" are the same pair.
        let join = |from: u64| {
            letters.iter().fold(from, |hash, &c| step(hash, if word.number && c != '.' { '0' } else { c }))
        };
        if let Some(before) = before {
            each(end(join(before)), at - 1, at);
        }
        before = Some(step(join(start(Piece::Pair)), ' '));
        if !word.number {
            runs(&letters[..letters.len().min(MOST_OF_WORD)], grams, &mut |hash| each(hash, at, at));
        }
    }
    words.len()
}

/// The runs of characters of a word, whose ends count as characters; a sign of a script without spaces is a run of
/// its own.
fn runs(letters: &[char], grams: Grams, each: &mut impl FnMut(u32)) {
    if grams.longest < grams.shortest {
        return;
    }
    let at = |place: usize| match place {
        0 => '<',
        place if place > letters.len() => '>',
        place => letters[place - 1],
    };
    for from in 0..letters.len() + 2 {
        let mut hash = start(Piece::Run);
        for length in 1..=usize::from(grams.longest).min(letters.len() + 2 - from) {
            let c = at(from + length - 1);
            hash = step(hash, c);
            if length >= usize::from(grams.shortest) || (length == 1 && c >= '\u{2e80}') {
                each(end(hash));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn hashes(text: &str, grams: Grams) -> Vec<u32> {
        let mut found = vec![];
        each_gram(text, grams, &mut Scratch::default(), &mut |hash, _, _| found.push(hash));
        found
    }

    #[test]
    fn a_word_has_its_pieces() {
        // <ab>: runs of two: <a ab b>; of three: <ab ab>; of four: <ab>. The word, the first, the last.
        assert_eq!(hashes("ab", Grams::for_texts(1.0)).len(), 6 + 3);
        assert_eq!(hashes("ab cd", Grams::for_texts(1.0)).len(), 2 * 6 + 2 * 2 + 1);
        assert_eq!(hashes("ab cd", Grams::for_texts(1e6)).len(), 2 * 2 + 1);
        assert_eq!(hashes(" ,", Grams::for_texts(1.0)).len(), 0);
    }

    #[test]
    fn what_means_the_same_has_the_same_pieces() {
        let grams = Grams::for_texts(1.0);
        assert_eq!(hashes("Ёлка", grams), hashes("елка", grams));
        let shared = |a: &str, b: &str| {
            let a: BTreeSet<u32> = hashes(a, grams).into_iter().collect();
            hashes(b, grams).iter().filter(|hash| a.contains(hash)).count()
        };
        // The pair of a number and its unit, and all that belongs to the unit.
        assert_eq!(shared("900 мл", "500 мл"), 1 + 2 + 6);
        assert_eq!(shared("900мл", "900 мл"), hashes("900мл", grams).len());
        assert_eq!(hashes("水", grams).len(), 3 + 1 + 3);
    }

    #[test]
    fn pieces_know_their_words() {
        let mut pairs = vec![];
        each_gram("a b c", Grams { shortest: 1, longest: 0 }, &mut Scratch::default(), &mut |_, from, to| {
            pairs.push((from, to));
        });
        assert_eq!(pairs, [(0, 0), (0, 0), (1, 1), (0, 1), (2, 2), (2, 2), (1, 2)]);
    }
}
