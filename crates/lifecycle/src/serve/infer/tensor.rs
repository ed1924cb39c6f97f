//! Arrays with a name and a shape: how programs that know no records ask a model.

use std::sync::Arc;

/// An array with a name, row by row. The product of its shape is the number of its elements.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its extents, the outermost first.
    pub shape: Vec<usize>,
    /// Its elements, the last extent running fastest.
    pub elements: Elements,
}

/// The elements of a tensor, all of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Elements {
    /// Yes or no.
    Flags(Vec<bool>),
    /// Whole numbers.
    Integers(Vec<i64>),
    /// Numbers; not a number where one is missing.
    Floats(Vec<f64>),
    /// Texts; none where one is missing.
    Texts(Vec<Option<Arc<str>>>),
}

/// What the elements of a tensor are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Texts.
    Text,
}

/// A tensor that a model takes or gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorSpec {
    /// Its name.
    pub name: String,
    /// What its elements are.
    pub kind: Kind,
    /// Its extents; none for the number of rows, which the caller chooses.
    pub shape: Vec<Option<usize>>,
    /// The model's columns where one tensor holds several, in its order.
    pub columns: Vec<String>,
}

impl Elements {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Flags(values) => values.len(),
            Self::Integers(values) => values.len(),
            Self::Floats(values) => values.len(),
            Self::Texts(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Flags(_) => Kind::Flag,
            Self::Integers(_) => Kind::Integer,
            Self::Floats(_) => Kind::Float,
            Self::Texts(_) => Kind::Text,
        }
    }

    /// As numbers: yes is 1, no is 0. None for texts.
    pub fn into_numbers(self) -> Option<Vec<f64>> {
        match self {
            Self::Flags(values) => Some(values.into_iter().map(|yes| f64::from(u8::from(yes))).collect()),
            Self::Integers(values) => Some(values.into_iter().map(|value| value as f64).collect()),
            Self::Floats(values) => Some(values),
            Self::Texts(_) => None,
        }
    }

    /// As words, numbers written in the shortest way that reads back the same; a missing number has none.
    pub fn into_words(self) -> Vec<Option<Arc<str>>> {
        match self {
            Self::Flags(values) => values.into_iter().map(|yes| Some(yes.to_string().into())).collect(),
            Self::Integers(values) => {
                values.into_iter().map(|value| Some(value.to_string().into())).collect()
            }
            Self::Floats(values) => {
                let word = |value: f64| (!value.is_nan()).then(|| value.to_string().into());
                values.into_iter().map(word).collect()
            }
            Self::Texts(values) => values,
        }
    }
}

impl Tensor {
    /// The number of rows where this is one column: its shape is `[n]` or `[n, 1]`.
    pub fn rows_of_a_column(&self) -> Option<usize> {
        match self.shape[..] {
            [rows] | [rows, 1] => Some(rows),
            _ => None,
        }
    }
}
