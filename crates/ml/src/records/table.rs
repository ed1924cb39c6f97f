//! Records as they come: columns by name, each with words, numbers or dates, any of them missing.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// Rows of named columns, in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// How many.
    pub rows: usize,
    /// The columns. A column that is shorter than `rows` is missing in the rest.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values, row by row.
    pub values: Values,
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Texts or categories.
    Words(Vec<Option<Arc<str>>>),
    /// Numbers, missing as NaN; yes and no as 1 and 0.
    Numbers(Vec<f64>),
    /// Dates.
    Dates(Vec<Option<Date>>),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Texts of words.
    Text,
    /// One of a set of names.
    Category,
    /// Numbers.
    Number,
    /// Yes or no.
    Flag,
    /// Dates.
    Date,
}

/// What records should come to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A class for each row; rows without one are not learnt from.
    Classes(Vec<Option<Arc<str>>>),
    /// A number for each row; rows with one that is not finite are not learnt from.
    Numbers(Vec<f64>),
}

impl Records {
    /// The rows at those places, in that order.
    #[must_use]
    pub fn pick(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| Column {
            name: column.name.clone(),
            values: match &column.values {
                Values::Words(words) => {
                    Values::Words(rows.iter().map(|&row| words.get(row).cloned().flatten()).collect())
                }
                Values::Numbers(_) => {
                    Values::Numbers(rows.iter().map(|&row| column.values.number(row)).collect())
                }
                Values::Dates(dates) => {
                    Values::Dates(rows.iter().map(|&row| dates.get(row).copied().flatten()).collect())
                }
            },
        });
        Self { rows: rows.len(), columns: columns.collect() }
    }

    /// The values of a column; none where there is no such column.
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.values)
    }
}

impl Target {
    /// The truths at those places, in that order.
    #[must_use]
    pub fn pick(&self, rows: &[usize]) -> Self {
        match self {
            Self::Classes(labels) => {
                Self::Classes(rows.iter().map(|&row| labels.get(row).cloned().flatten()).collect())
            }
            Self::Numbers(numbers) => {
                Self::Numbers(rows.iter().map(|&row| numbers.get(row).copied().unwrap_or(f64::NAN)).collect())
            }
        }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        match self {
            Self::Classes(classes) => classes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }
}

impl Values {
    /// The value as a word: numbers and dates as people write them, blank words as missing.
    pub fn word(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Words(words) => {
                let word = words.get(row)?.as_deref()?.trim();
                (!word.is_empty()).then_some(Cow::Borrowed(word))
            }
            Self::Numbers(numbers) => {
                numbers.get(row).filter(|v| !v.is_nan()).map(|v| Cow::Owned(v.to_string()))
            }
            Self::Dates(dates) => dates.get(row)?.map(|date| Cow::Owned(date.to_string())),
        }
    }

    /// The value as a number, NaN where it is missing or none.
    pub fn number(&self, row: usize) -> f64 {
        match self {
            Self::Numbers(numbers) => numbers.get(row).copied().unwrap_or(f64::NAN),
            Self::Words(words) => match words.get(row) {
                Some(Some(word)) => as_number(word.trim()),
                _ => f64::NAN,
            },
            Self::Dates(_) => f64::NAN,
        }
    }

    /// The value as a date; words are read as `YYYY-MM-DD`, with or without a time after it.
    pub fn date(&self, row: usize) -> Option<Date> {
        match self {
            Self::Dates(dates) => *dates.get(row)?,
            Self::Words(words) => words.get(row)?.as_deref()?.trim().get(..10)?.parse().ok(),
            Self::Numbers(_) => None,
        }
    }
}

fn as_number(word: &str) -> f64 {
    match word {
        "true" | "yes" | "да" => 1.0,
        "false" | "no" | "нет" => 0.0,
        _ => word.parse().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn values_are_read_as_what_the_model_needs() {
        let words = |texts: &[&str]| Values::Words(texts.iter().map(|&t| Some(Arc::from(t))).collect());
        assert_eq!(words(&[" a ", " "]).word(0).as_deref(), Some("a"));
        assert_eq!(words(&[" a ", " "]).word(1), None);
        assert_eq!(words(&["2.5", "да", "?"]).number(0), 2.5);
        assert_eq!(words(&["2.5", "да", "?"]).number(1), 1.0);
        assert!(words(&["2.5", "да", "?"]).number(2).is_nan());
        assert_eq!(words(&["2024-02-29T10:00:00Z"]).date(0), Some(date(2024, 2, 29)));
        assert_eq!(words(&["позавчера!!!"]).date(0), None);
        assert_eq!(Values::Numbers(vec![5.0]).word(0).as_deref(), Some("5"));
        assert_eq!(Values::Numbers(vec![f64::NAN]).word(0), None);
        assert!(Values::Numbers(vec![]).number(7).is_nan());
        assert_eq!(Values::Dates(vec![None]).date(0), None);
    }
}
