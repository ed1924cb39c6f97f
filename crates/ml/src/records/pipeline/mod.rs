//! From records to the numbers that engines learn from, as training rows taught it. Part of the model.
//!
//! Engines that multiply (linear, networks) get dense numbers and sparse cells; trees get raw numbers and codes.
//! Nothing but training rows is looked at, so a held-out row is met like any new one.

pub mod category;
pub mod date;
pub mod number;
mod saved;

pub use category::Categories;
pub use number::Scale;
pub use saved::HeadColumn;

use super::table::{Records, Role, Values};
use super::text::{Corpus, TextScratch, TextSpace};
use crate::matrix::{Matrix, Sparse};

/// What a category is worth beside a text, whose cells have length one together.
const CATEGORY_VALUE: f32 = 0.5;

/// A column of the input and how it becomes numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    /// The column.
    pub name: String,
    /// How.
    pub kind: Kind,
    /// Where its dense numbers begin.
    pub dense_at: usize,
    /// Where its sparse cells begin.
    pub sparse_at: u32,
    /// Where its numbers for trees begin.
    pub tree_at: usize,
    /// A value from training, for people to see what is meant.
    pub example: Option<String>,
}

/// How a column becomes numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Hashed pieces.
    Text(TextSpace),
    /// One cell a category; a code for trees.
    Category(Categories),
    /// Robustly scaled; as it is for trees.
    Number(Scale),
    /// A number as it is: for models that were learnt elsewhere and know their own scales. A missing one is zero to
    /// engines that multiply.
    Plain,
    /// Yes and no.
    Flag(Scale),
    /// Age and calendar.
    Date {
        /// The newest training date, in days from 1970.
        newest: i64,
        /// The scale of ages.
        ages: Scale,
    },
}

/// The columns of records ready to be encoded: in the order of the model's inputs.
pub struct Sources<'a>(Vec<Source<'a>>);

/// A column ready to be encoded.
pub enum Source<'a> {
    /// Texts that were hashed before.
    Hashed(Corpus),
    /// Values.
    Plain(&'a Values),
    /// A column that is not there: missing in every row.
    Absent,
}

/// What one row becomes, in memory that is used again.
#[derive(Debug, Default)]
pub struct Encoded {
    /// Dense numbers for engines that multiply.
    pub dense: Vec<f32>,
    /// Sparse cells for them, ascending.
    pub cells: Vec<(u32, f32)>,
    text: TextScratch,
}

/// All columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pipeline {
    /// One a column of the input.
    pub encoders: Vec<Encoder>,
    /// Dense numbers a row.
    pub dense: usize,
    /// Places of sparse cells a row.
    pub sparse: usize,
    /// Numbers a row for trees, without those made of texts.
    pub trees: usize,
}

impl Encoded {
    /// Dense numbers that are not zero, then cells: places ascend.
    pub fn joined(&self) -> impl Iterator<Item = (u32, f32)> {
        let width = self.dense.len() as u32;
        let dense = self.dense.iter().enumerate().filter(|(_, value)| **value != 0.0);
        let dense = dense.map(|(place, &value)| (place as u32, value));
        dense.chain(self.cells.iter().map(move |&(place, value)| (width + place, value)))
    }
}

impl<'a> Sources<'a> {
    /// The columns by name and role; texts are hashed now, once for all folds.
    pub fn hashed(columns: &[(String, Role)], records: &'a Records) -> Self {
        let source = |(name, role): &(String, Role)| match (role, records.column(name)) {
            (_, None) => Source::Absent,
            (Role::Text, Some(values)) => Source::Hashed(Corpus::new(values, records.rows)),
            (_, Some(values)) => Source::Plain(values),
        };
        Self(columns.iter().map(source).collect())
    }

    /// The columns that a pipeline asks for, as they are.
    pub fn plain(pipeline: &Pipeline, records: &'a Records) -> Self {
        let source = |encoder: &Encoder| records.column(&encoder.name).map_or(Source::Absent, Source::Plain);
        Self(pipeline.encoders.iter().map(source).collect())
    }

    /// Makes a column missing in every row.
    pub fn without(mut self, column: usize) -> Self {
        self.0[column] = Source::Absent;
        self
    }

    /// The values of a column, where they are plain.
    pub fn values(&self, column: usize) -> Option<&'a Values> {
        match self.0[column] {
            Source::Plain(values) => Some(values),
            Source::Hashed(_) | Source::Absent => None,
        }
    }
}

impl Pipeline {
    /// Learns from some rows of the sources; a text column gets at most `most_pieces` places.
    pub fn learn(
        columns: &[(String, Role)],
        sources: &Sources<'_>,
        rows: &[u32],
        most_pieces: usize,
    ) -> Self {
        let mut pipeline = Self::default();
        for ((name, role), source) in columns.iter().zip(&sources.0) {
            let kind = learn_column(*role, source, rows, most_pieces);
            pipeline.add(name.clone(), kind, None);
        }
        pipeline
    }

    /// Columns of numbers that are handed on as they are.
    pub fn plain(columns: impl IntoIterator<Item = String>) -> Self {
        let mut pipeline = Self::default();
        columns.into_iter().for_each(|name| pipeline.add(name, Kind::Plain, None));
        pipeline
    }

    /// Appends a column and gives it its places.
    fn add(&mut self, name: String, kind: Kind, example: Option<String>) {
        let (dense_at, sparse_at, tree_at) = (self.dense, self.sparse as u32, self.trees);
        let (dense, sparse, trees) = match &kind {
            Kind::Text(space) => (0, space.width(), 0),
            // The rare and unseen, and the missing, have cells of their own.
            Kind::Category(categories) => (0, categories.names().len() + 2, 1),
            Kind::Number(scale) | Kind::Flag(scale) => (1 + usize::from(scale.missing), 0, 1),
            Kind::Plain => (1, 0, 1),
            Kind::Date { .. } => (date::DENSE, 0, date::PARTS.len()),
        };
        self.dense += dense;
        self.sparse += sparse;
        self.trees += trees;
        self.encoders.push(Encoder { name, kind, dense_at, sparse_at, tree_at, example });
    }

    /// What engines that multiply see of a row.
    pub fn encode(&self, sources: &Sources<'_>, row: usize, out: &mut Encoded) {
        out.dense.clear();
        out.cells.clear();
        for (encoder, source) in self.encoders.iter().zip(&sources.0) {
            encoder.encode(source, row, out);
        }
    }

    /// The cells of texts alone.
    pub fn encode_texts(&self, sources: &Sources<'_>, row: usize, out: &mut Encoded) {
        out.dense.clear();
        out.cells.clear();
        let texts = self.encoders.iter().zip(&sources.0).filter(|(e, _)| matches!(e.kind, Kind::Text(_)));
        for (encoder, source) in texts {
            encoder.encode(source, row, out);
        }
    }

    /// The dense numbers and the sparse cells of some rows; none where the pipeline has no such.
    pub fn encode_rows(&self, sources: &Sources<'_>, rows: &[u32]) -> (Option<Matrix>, Option<Sparse>) {
        let mut dense = Vec::with_capacity(rows.len() * self.dense);
        let mut sparse = Sparse::new(self.sparse);
        let mut encoded = Encoded::default();
        for &row in rows {
            self.encode(sources, row as usize, &mut encoded);
            dense.extend_from_slice(&encoded.dense);
            if self.sparse > 0 {
                sparse.push(encoded.cells.iter().copied());
            }
        }
        let dense = (self.dense > 0).then(|| Matrix::new(dense, self.dense));
        (dense, (self.sparse > 0).then_some(sparse))
    }

    /// Appends what trees see of a row, texts left out.
    pub fn encode_for_trees(&self, sources: &Sources<'_>, row: usize, out: &mut Vec<f32>) {
        for (encoder, source) in self.encoders.iter().zip(&sources.0) {
            let plain = if let Source::Plain(values) = source { Some(*values) } else { None };
            match &encoder.kind {
                Kind::Text(_) => {}
                Kind::Category(categories) => {
                    let word = plain.and_then(|values| values.word(row));
                    out.push(word.map_or(f32::NAN, |word| categories.code(&word) as f32));
                }
                Kind::Number(_) | Kind::Plain => {
                    out.push(narrowed(plain.map_or(f64::NAN, |values| values.number(row))));
                }
                Kind::Flag(_) => out.push(plain.map_or(f32::NAN, |values| flag(values.number(row)) as f32)),
                Kind::Date { newest, .. } => {
                    date::parts(plain.and_then(|values| values.date(row)), *newest, out);
                }
            }
        }
    }

    /// The input column and the name of each number that trees see, texts left out.
    pub fn tree_features(&self) -> Vec<(usize, String)> {
        let mut features = Vec::with_capacity(self.trees);
        for (column, encoder) in self.encoders.iter().enumerate() {
            match &encoder.kind {
                Kind::Text(_) => {}
                Kind::Date { .. } => features
                    .extend(date::PARTS.iter().map(|part| (column, format!("{}: {part}", encoder.name)))),
                Kind::Category(_) | Kind::Number(_) | Kind::Plain | Kind::Flag(_) => {
                    features.push((column, encoder.name.clone()));
                }
            }
        }
        features
    }

    /// Whether a column is text.
    pub fn has_text(&self) -> bool {
        self.encoders.iter().any(|encoder| matches!(encoder.kind, Kind::Text(_)))
    }
}

/// Infinite and enormous values are the largest that there are; what is missing stays so.
fn narrowed(value: f64) -> f32 {
    value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
}

fn flag(value: f64) -> f64 {
    if value.is_nan() { value } else { f64::from(u8::from(value != 0.0)) }
}

fn learn_column(role: Role, source: &Source<'_>, rows: &[u32], most_pieces: usize) -> Kind {
    let empty = Values::Numbers(Vec::new());
    let values = if let Source::Plain(values) = source { *values } else { &empty };
    let numbers = || rows.iter().map(|&row| values.number(row as usize));
    match (role, source) {
        (Role::Text, Source::Hashed(corpus)) => Kind::Text(TextSpace::learn(corpus, rows, most_pieces)),
        (Role::Text, _) => Kind::Text(TextSpace::learn(&Corpus::new(&empty, 0), &[], 0)),
        (Role::Category, _) => {
            Kind::Category(Categories::learn(rows.iter().map(|&row| values.word(row as usize))))
        }
        (Role::Number, _) => Kind::Number(Scale::learn(numbers())),
        (Role::Flag, _) => {
            let missing = numbers().any(f64::is_nan);
            Kind::Flag(Scale { center: 0.5, spread: 0.5, low: 0.0, high: 1.0, missing })
        }
        (Role::Date, _) => {
            let dates = || rows.iter().map(|&row| values.date(row as usize));
            let newest = dates().flatten().map(date::day_number).max().unwrap_or(0);
            Kind::Date { newest, ages: Scale::learn(dates().map(|date| date::age(date, newest))) }
        }
    }
}

impl Encoder {
    /// Appends what engines that multiply see of a row.
    fn encode(&self, source: &Source<'_>, row: usize, out: &mut Encoded) {
        let plain = if let Source::Plain(values) = source { Some(*values) } else { None };
        match &self.kind {
            Kind::Text(space) => match source {
                Source::Hashed(corpus) => space.encode_row(corpus, row, self.sparse_at, &mut out.cells),
                Source::Plain(values) => {
                    let text = values.word(row).unwrap_or_default();
                    space.encode(&text, &mut out.text, self.sparse_at, &mut out.cells);
                }
                Source::Absent => {}
            },
            Kind::Category(categories) => {
                let code = match plain.and_then(|values| values.word(row)) {
                    Some(word) => categories.code(&word),
                    None => categories.names().len() as u32 + 1,
                };
                out.cells.push((self.sparse_at + code, CATEGORY_VALUE));
            }
            Kind::Number(scale) => {
                number(plain.map_or(f64::NAN, |values| values.number(row)), scale, &mut out.dense);
            }
            Kind::Plain => {
                let value = narrowed(plain.map_or(f64::NAN, |values| values.number(row)));
                out.dense.push(if value.is_nan() { 0.0 } else { value });
            }
            Kind::Flag(scale) => {
                number(flag(plain.map_or(f64::NAN, |values| values.number(row))), scale, &mut out.dense);
            }
            Kind::Date { newest, ages } => {
                date::dense(plain.and_then(|values| values.date(row)), *newest, ages, &mut out.dense);
            }
        }
    }
}

fn number(value: f64, scale: &Scale, out: &mut Vec<f32>) {
    out.push(scale.scaled(value));
    if scale.missing {
        out.push(f32::from(u8::from(value.is_nan())));
    }
}
