//! The pieces that one text column taught: which place each has in a row, and how rare it is.

use super::HASH_BITS;
use super::corpus::{Corpus, hash_text};
use super::grams::{Grams, Scratch, each_gram};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};

/// A hash that no training text had.
const UNSEEN: u32 = u32::MAX;

/// The learnt pieces of a text column. Places go from the most frequent piece to the rarest, so that what is used
/// together lies together in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct TextSpace {
    grams: Grams,
    /// The place of each hash.
    places: Vec<u32>,
    /// ln((1 + texts) / (1 + texts with the piece)) + 1, by place.
    idf: Vec<f32>,
}

/// Memory that is used again from row to row.
#[derive(Debug, Default)]
pub struct TextScratch {
    grams: Scratch,
    hashes: Vec<(u32, u32)>,
}

impl TextSpace {
    /// Learns from some rows of a corpus, at most the `most` most frequent pieces.
    pub fn learn(corpus: &Corpus, rows: &[u32], most: usize) -> Self {
        let mut texts_with = vec![0u32; 1 << HASH_BITS];
        for &row in rows {
            corpus.row(row as usize).for_each(|(hash, _)| texts_with[hash as usize] += 1);
        }
        let mut seen: Vec<u32> = (0..1 << HASH_BITS).filter(|hash| texts_with[*hash as usize] > 0).collect();
        seen.sort_unstable_by_key(|&hash| (u32::MAX - texts_with[hash as usize], hash));
        seen.truncate(most);
        let mut places = vec![UNSEEN; 1 << HASH_BITS];
        let mut idf = Vec::with_capacity(seen.len());
        for (place, &hash) in seen.iter().enumerate() {
            places[hash as usize] = place as u32;
            let rarity = (1.0 + rows.len() as f64) / (1.0 + f64::from(texts_with[hash as usize]));
            idf.push((rarity.ln() + 1.0) as f32);
        }
        Self { grams: corpus.grams, places, idf }
    }

    /// Places in a row.
    pub fn width(&self) -> usize {
        self.idf.len()
    }

    /// The place of a hash; none where training had no such piece.
    pub fn place(&self, hash: u32) -> Option<u32> {
        Some(self.places[hash as usize]).filter(|place| *place != UNSEEN)
    }

    /// Appends the cells of a row of a corpus, from place `first` on, ascending.
    pub fn encode_row(&self, corpus: &Corpus, row: usize, first: u32, cells: &mut Vec<(u32, f32)>) {
        self.encode_hashes(corpus.row(row), first, cells);
    }

    /// Appends the cells of a text, from place `first` on, ascending.
    pub fn encode(&self, text: &str, scratch: &mut TextScratch, first: u32, cells: &mut Vec<(u32, f32)>) {
        hash_text(text, self.grams, &mut scratch.grams, &mut scratch.hashes);
        self.encode_hashes(scratch.hashes.iter().copied(), first, cells);
    }

    /// Term frequency (1 + ln count) times rarity, of length one.
    fn encode_hashes(
        &self,
        hashes: impl Iterator<Item = (u32, u32)>,
        first: u32,
        cells: &mut Vec<(u32, f32)>,
    ) {
        let begin = cells.len();
        let mut square = 0.0f32;
        for (hash, count) in hashes {
            let Some(place) = self.place(hash) else { continue };
            let often = if count == 1 { 1.0 } else { 1.0 + (count as f32).ln() };
            let value = often * self.idf[place as usize];
            square += value * value;
            cells.push((first + place, value));
        }
        let own = &mut cells[begin..];
        own.sort_unstable_by_key(|cell| cell.0);
        let scale = 1.0 / square.sqrt().max(f32::MIN_POSITIVE);
        for cell in own {
            cell.1 *= scale;
        }
    }

    /// The known pieces of a text: the place of each, and the places of the first and the last word it comes from.
    pub fn pieces(&self, text: &str) -> Vec<(u32, usize, usize)> {
        let mut pieces = Vec::new();
        each_gram(text, self.grams, &mut Scratch::default(), &mut |hash, from, to| {
            pieces.extend(self.place(hash).map(|place| (place, from, to)));
        });
        pieces
    }

    /// Appends the space: which hash has which place, and how rare each is.
    pub fn write(&self, out: &mut Writer) {
        out.u32(u32::from(self.grams.shortest) | u32::from(self.grams.longest) << 8);
        let mut hashes = vec![0; self.idf.len()];
        for (hash, &place) in self.places.iter().enumerate() {
            if place != UNSEEN {
                hashes[place as usize] = hash as u32;
            }
        }
        out.u64(hashes.len() as u64);
        for hash in hashes {
            out.u32(hash);
        }
        out.f32s(&self.idf);
    }

    /// Reads what [`TextSpace::write`] wrote.
    pub fn read(body: &mut Reader<'_>) -> Result<Self, ArtifactError> {
        let packed = body.u32()?;
        let grams = Grams { shortest: packed as u8, longest: (packed >> 8) as u8 };
        let count = body.count(4)?;
        let mut places = vec![UNSEEN; 1 << HASH_BITS];
        for place in 0..count {
            match places.get_mut(body.u32()? as usize) {
                Some(free) if *free == UNSEEN => *free = place as u32,
                _ => return unsound("a piece of text has two places, or a hash out of range"),
            }
        }
        let idf = body.f32s()?;
        if idf.len() != count || !idf.iter().all(|v| v.is_finite() && *v > 0.0) {
            return unsound("the rarity of pieces of text is missing or wrong");
        }
        if packed >> 16 != 0 || !(1..=16).contains(&grams.shortest) || grams.longest > 16 {
            return unsound("runs of characters of an impossible length");
        }
        Ok(Self { grams, places, idf })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Values;
    use std::sync::Arc;

    fn corpus(texts: &[&str]) -> Corpus {
        Corpus::new(&Values::Words(texts.iter().map(|&t| Some(Arc::from(t))).collect()), texts.len())
    }

    fn cells(space: &TextSpace, text: &str) -> Vec<(u32, f32)> {
        let mut cells = vec![];
        space.encode(text, &mut TextScratch::default(), 10, &mut cells);
        cells
    }

    #[test]
    fn rows_have_length_one_and_ascend() {
        let corpus = corpus(&["red wine", "red beer", "red apple apple"]);
        let space = TextSpace::learn(&corpus, &[0, 1, 2], usize::MAX);
        for text in ["red wine", "apple apple apple", "red"] {
            let cells = cells(&space, text);
            assert!(cells.windows(2).all(|w| w[0].0 < w[1].0));
            assert!((cells.iter().map(|c| c.1 * c.1).sum::<f32>() - 1.0).abs() < 1e-5);
            assert!(cells.iter().all(|c| c.0 >= 10 && ((c.0 - 10) as usize) < space.width()));
        }
        assert_eq!(cells(&space, "жук"), []);
        let mut from_corpus = vec![];
        space.encode_row(&corpus, 2, 10, &mut from_corpus);
        assert_eq!(from_corpus, cells(&space, "red apple apple"));
    }

    #[test]
    fn only_rows_to_learn_from_teach() {
        let corpus = corpus(&["wine", "beer"]);
        let space = TextSpace::learn(&corpus, &[0], usize::MAX);
        assert_eq!(cells(&space, "zzz"), []);
        assert!(cells(&space, "beer").len() < cells(&space, "wine").len());
        assert_eq!(TextSpace::learn(&corpus, &[0, 1], 3).width(), 3);
    }

    #[test]
    fn bytes_give_the_same_space_and_lies_are_refused() {
        let space = TextSpace::learn(&corpus(&["red wine", "red beer"]), &[0, 1], usize::MAX);
        let mut out = Writer::default();
        space.write(&mut out);
        assert_eq!(TextSpace::read(&mut Reader(&out.0)).expect("own bytes"), space);
        for at in [0, 1, 3, 4, 14, 15] {
            let mut forged = out.0.clone();
            forged[at] ^= 0xFF;
            assert!(TextSpace::read(&mut Reader(&forged)).is_err(), "byte {at}");
        }
    }
}
