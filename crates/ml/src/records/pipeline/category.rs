//! Categories: the frequent ones by name, the rare and the unseen together.

use std::collections::HashMap;
use std::sync::Arc;

/// Most categories of a column that are told apart.
const MOST: usize = 4096;
/// Rows that a category needs to be told apart.
const FEWEST_ROWS: u64 = 2;

/// The learnt categories of a column. Codes go from the most frequent to the rarest; the code after the last stands
/// for all that are rare or were never seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Categories {
    names: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
}

impl Categories {
    /// Learns from words; none are missing.
    pub fn learn<'a>(words: impl Iterator<Item = Option<std::borrow::Cow<'a, str>>>) -> Self {
        let mut rows: HashMap<String, u64> = HashMap::new();
        for word in words.flatten() {
            match rows.get_mut(word.as_ref()) {
                Some(count) => *count += 1,
                None => {
                    rows.insert(word.into_owned(), 1);
                }
            }
        }
        let mut frequent: Vec<(String, u64)> = rows.into_iter().filter(|(_, n)| *n >= FEWEST_ROWS).collect();
        frequent.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        frequent.truncate(MOST);
        Self::from_names(frequent.into_iter().map(|(name, _)| Arc::from(name)).collect())
    }

    /// Categories in the order of their codes; of equal names the last counts.
    pub fn from_names(names: Vec<Arc<str>>) -> Self {
        let codes = names.iter().enumerate().map(|(code, name)| (Arc::clone(name), code as u32)).collect();
        Self { names, codes }
    }

    /// The names, most frequent first.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// The code of a word: below the number of names, or that number for one that is rare or unseen.
    pub fn code(&self, word: &str) -> u32 {
        self.codes.get(word).copied().unwrap_or(self.names.len() as u32)
    }

    /// Whether all names differ: for categories read from outside.
    pub fn is_sound(&self) -> bool {
        self.codes.len() == self.names.len() && self.names.len() <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_first_and_the_rest_together() {
        let words = ["b", "a", "b", "c", "a", "b"].map(|word| Some(word.into()));
        let categories = Categories::learn(words.into_iter().chain([None]));
        assert_eq!(categories.names().iter().map(AsRef::as_ref).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(["b", "a", "c", "z"].map(|word| categories.code(word)), [0, 1, 2, 2]);
        assert_eq!(Categories::learn(std::iter::empty()).code("x"), 0);
    }
}
