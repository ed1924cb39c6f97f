//! Text as numbers: normalised, cut into n-grams of words and characters, hashed, weighted by TF-IDF.
//!
//! A hash has no dictionary, so any language and any new word has a place; what was never seen in training is left
//! out of a row rather than guessed.

mod corpus;
mod grams;
mod normal;
mod space;

pub use corpus::Corpus;
pub use grams::Scratch;
pub use normal::words;
pub use space::{TextScratch, TextSpace};

/// Bits of a hash: 262,144 places a text column.
pub const HASH_BITS: u32 = 18;
/// Characters of a text that are read; the rest of a longer one is ignored.
pub const MOST_CHARACTERS: usize = 20_000;
