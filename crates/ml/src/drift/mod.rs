//! Drift: whether the rows of today come from what a model was trained on, and whether that will last.
//!
//! A [`Profile`] is made of each column at training: counts, not rows, of bounded size. Later rows are counted against
//! it ([`Counts`], which add up), [`Profile::compare`] measures, [`judge`] decides over all columns together.
//! Stored, a profile of numbers takes at most 10 kB, of texts 14 kB, of categories what its values take (most often
//! some kB; 4096 of 200 bytes at most), and 56 bytes for each of up to 366 reference days.
//! Nothing here knows a table, a file or a clock.

mod categories;
mod days;
mod hypergeometric;
mod measure;
mod memory;
mod numbers;
mod profile;
mod saved;
mod significance;
#[cfg(test)]
mod simulations;
#[cfg(test)]
mod tests;
mod texts;
mod verdict;

pub use categories::{MOST_NEW, MOST_VALUES};
pub use days::{DayNoise, Excess, LEAST_DAYS, MOST_DAYS, Shift};
pub use measure::{Distance, chance, distance};
pub use memory::{Memory, Sum};
pub use numbers::MOST_EDGES;
pub use profile::{Counts, Difference, Profile, TextRows};
pub use saved::{counts_from_bytes, counts_to_bytes, profiles_from_bytes, profiles_to_bytes};
pub use significance::Gap;
pub use texts::BUCKETS;
pub use verdict::{Column, FALSE_DISCOVERY, FLOOR, Finding, Report, Rule, Verdict, judge};

#[cfg(test)]
use crate::random::Random;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use vakhta_domain::spec::policies::DriftPolicy;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers.
    Numbers,
    /// Names of a set, or yes and no.
    Categories,
    /// Texts.
    Texts,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Numbers => "numbers",
            Self::Categories => "categories",
            Self::Texts => "texts",
        })
    }
}

/// Why nothing could be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DriftError {
    /// Values of one kind, a profile of another.
    #[error(
        "the profile is of {profile}, the values are {given}: count them as what the model was trained on"
    )]
    OtherKind {
        /// What was given.
        given: Kind,
        /// What the profile is of.
        profile: Kind,
    },
    /// Counts against another profile.
    #[error("the counts were made against another profile: count the rows again")]
    OtherProfile,
    /// Days that are not days of the reference rows.
    #[error(
        "a day holds rows that the reference rows do not: learn days from the rows that the profile is of"
    )]
    NotPart,
    /// Parts that contradict each other.
    #[error("the stored {0} contradict each other: the profile is damaged")]
    Unsound(&'static str),
}
