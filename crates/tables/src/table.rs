//! A small table in memory: what training reads and what exports write.

use crate::error::ReadError;
use hashbrown::HashMap;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Named columns of equal length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<(String, Values)>,
}

impl Table {
    /// Rows of the first column; the others have as many, or [`crate::write`] says so.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }

    /// One column by name.
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|(own, _)| own == name).map(|(_, values)| values)
    }

    /// Takes one column out by name.
    pub fn take(&mut self, name: &str) -> Option<Values> {
        let at = self.columns.iter().position(|(own, _)| own == name)?;
        Some(self.columns.remove(at).1)
    }
}

/// The values of one column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Days.
    Dates(Vec<Option<Date>>),
    /// Moments.
    Moments(Vec<Option<Timestamp>>),
    /// Texts.
    Texts(Texts),
    /// Whole numbers.
    Integers(Vec<Option<i64>>),
    /// Numbers; NaN is absent.
    Floats(Vec<f64>),
    /// True or false.
    Booleans(Vec<Option<bool>>),
}

impl Values {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Dates(values) => values.len(),
            Self::Moments(values) => values.len(),
            Self::Texts(texts) => texts.codes.len(),
            Self::Integers(values) => values.len(),
            Self::Floats(values) => values.len(),
            Self::Booleans(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are, in words.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Dates(_) => "dates",
            Self::Moments(_) => "timestamps",
            Self::Texts(_) => "texts",
            Self::Integers(_) => "whole numbers",
            Self::Floats(_) => "numbers",
            Self::Booleans(_) => "booleans",
        }
    }

    /// As days; a moment is cut to its day in UTC. `name` is for the error.
    pub fn into_dates(self, name: &str) -> Result<Vec<Option<Date>>, ReadError> {
        self.into_dates_in(name, &TimeZone::UTC)
    }

    /// As days; a moment is cut to its day in a time zone, summer time and all. `name` is for the error.
    pub fn into_dates_in(self, name: &str, zone: &TimeZone) -> Result<Vec<Option<Date>>, ReadError> {
        match self {
            Self::Dates(values) => Ok(values),
            Self::Moments(values) => {
                Ok(values.into_iter().map(|v| v.map(|moment| zone.to_datetime(moment).date())).collect())
            }
            other => {
                Err(ReadError::WrongKind { name: name.to_owned(), found: other.word(), needed: "dates" })
            }
        }
    }

    /// As floats, NaN for absent, 0 and 1 for false and true. `name` is for the error.
    pub fn into_floats(self, name: &str) -> Result<Vec<f64>, ReadError> {
        match self {
            Self::Floats(values) => Ok(values),
            Self::Integers(values) => {
                Ok(values.into_iter().map(|v| v.map_or(f64::NAN, |v| v as f64)).collect())
            }
            Self::Booleans(values) => {
                Ok(values.into_iter().map(|v| v.map_or(f64::NAN, |v| f64::from(u8::from(v)))).collect())
            }
            other => {
                Err(ReadError::WrongKind { name: name.to_owned(), found: other.word(), needed: "numbers" })
            }
        }
    }

    /// As texts, which every kind can be: series keys may be numbers or dates.
    pub fn into_texts(self) -> Texts {
        match self {
            Self::Texts(texts) => texts,
            Self::Integers(values) => written(values),
            Self::Booleans(values) => written(values),
            Self::Dates(values) => written(values),
            Self::Moments(values) => written(values),
            Self::Floats(values) => {
                let mut texts = Texts::default();
                for value in values {
                    let text = value.is_finite().then(|| crate::import::profile::float_text(value));
                    texts.push(text.as_deref());
                }
                texts
            }
        }
    }
}

fn written<T: ToString + Copy + PartialEq>(values: Vec<Option<T>>) -> Texts {
    let mut texts = Texts::default();
    let mut latest: Option<(T, u32)> = None;
    for value in values {
        match (value, latest) {
            (Some(value), Some((known, code))) if known == value => texts.codes.push(code),
            (Some(value), _) => {
                texts.push(Some(&value.to_string()));
                latest = texts.codes.last().map(|code| (value, *code));
            }
            (None, _) => texts.push(None),
        }
    }
    texts
}

/// Texts by code: each distinct one is held once.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// For each row a place in `names`, or [`Texts::MISSING`].
    pub codes: Vec<u32>,
    /// The distinct texts in the order in which they are first seen.
    pub names: Vec<Arc<str>>,
    places: HashMap<Arc<str>, u32>,
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        self.codes.len() == other.codes.len()
            && (0..self.codes.len()).all(|row| self.get(row) == other.get(row))
    }
}

impl Texts {
    /// Stands for an absent text.
    pub const MISSING: u32 = u32::MAX;

    /// Appends a text.
    pub fn push(&mut self, text: Option<&str>) {
        let code = text.map_or(Self::MISSING, |text| self.code(text));
        self.codes.push(code);
    }

    /// The code of a text, new or known.
    pub fn code(&mut self, text: &str) -> u32 {
        // Tables often come sorted: the latest text is the likeliest.
        if let Some(latest) = self.codes.last()
            && self.names.get(*latest as usize).is_some_and(|name| &**name == text)
        {
            return *latest;
        }
        if let Some(code) = self.places.get(text) {
            return *code;
        }
        let name: Arc<str> = text.into();
        let code = self.names.len() as u32;
        self.names.push(Arc::clone(&name));
        self.places.insert(name, code);
        code
    }

    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.names.get(*self.codes.get(row)? as usize)
    }

    /// One shared text a row.
    pub fn to_rows(&self) -> Vec<Option<Arc<str>>> {
        (0..self.codes.len()).map(|row| self.get(row).cloned()).collect()
    }
}

impl<T: AsRef<str>> FromIterator<Option<T>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<T>>>(rows: I) -> Self {
        let mut texts = Self::default();
        for row in rows {
            texts.push(row.as_ref().map(AsRef::as_ref));
        }
        texts
    }
}
