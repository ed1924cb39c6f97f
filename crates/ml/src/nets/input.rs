//! What a net learns from and is asked about.

use super::net::NetError;
use crate::matrix::{Matrix, Sparse};

/// Largest magnitude of an input; what lies beyond is read as this. A missing value (NaN) is read as 0.
pub const LIMIT: f32 = 1e9;

/// A value as a net reads it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must become part of vectorised loops")]
pub(super) fn sound(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-LIMIT, LIMIT) }
}

/// Rows to read. Where both parts are there they have as many rows each, and the first layer sees them side by
/// side. Values should be near unit scale; see [`LIMIT`] for the others.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// Columns that are mostly not zero.
    pub dense: Option<&'a Matrix>,
    /// Columns that are mostly zero: hashed text, categories.
    pub sparse: Option<&'a Sparse>,
}

impl<'a> Input<'a> {
    /// Only dense columns.
    pub fn dense(matrix: &'a Matrix) -> Self {
        Self { dense: Some(matrix), sparse: None }
    }

    /// Only sparse columns.
    pub fn sparse(sparse: &'a Sparse) -> Self {
        Self { dense: None, sparse: Some(sparse) }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.dense.map(Matrix::rows).or(self.sparse.map(Sparse::rows)).unwrap_or(0)
    }

    /// Columns of each part; 0 where a part is missing.
    pub fn widths(&self) -> (usize, usize) {
        (self.dense.map_or(0, Matrix::width), self.sparse.map_or(0, Sparse::width))
    }

    /// Refuses parts of different lengths and no columns at all.
    pub(super) fn check(&self) -> Result<(), NetError> {
        if let (Some(dense), Some(sparse)) = (self.dense, self.sparse)
            && dense.rows() != sparse.rows()
        {
            return Err(NetError::Lengths { what: "sparse rows", found: sparse.rows(), rows: dense.rows() });
        }
        if self.widths() == (0, 0) { Err(NetError::NoColumns) } else { Ok(()) }
    }

    /// One dense row; empty where there are no dense columns.
    pub(super) fn dense_row(&self, row: usize) -> &'a [f32] {
        self.dense.map_or(&[], |dense| dense.row(row))
    }

    /// The cells of one sparse row; none where there are no sparse columns.
    pub(super) fn sparse_row(&self, row: usize) -> (&'a [u32], &'a [f32]) {
        self.sparse.map_or((&[], &[]), |sparse| sparse.row(row))
    }
}

/// What the rows should come to.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// One of `count` classes a row: `codes[row] < count`.
    Classes {
        /// The class of each row.
        codes: &'a [u32],
        /// How many classes there are; at least 1.
        count: usize,
    },
    /// `width` numbers a row, row after row.
    Numbers {
        /// The numbers, all finite.
        values: &'a [f32],
        /// How many a row; at least 1.
        width: usize,
    },
}

impl Target<'_> {
    /// Outputs that a net needs for it.
    pub fn outputs(&self) -> usize {
        match *self {
            Self::Classes { count, .. } => count,
            Self::Numbers { width, .. } => width,
        }
    }
}

/// Rows to learn from.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The columns.
    pub input: Input<'a>,
    /// What each row should come to.
    pub target: Target<'a>,
    /// How much each row counts, 0 and more; all alike when missing.
    pub weights: Option<&'a [f32]>,
    /// The rows to learn from; all that are not held out when missing.
    pub train: Option<&'a [u32]>,
    /// The rows that decide when to stop, never learnt from. Where missing and wanted, some of `train` are drawn.
    pub held: Option<&'a [u32]>,
}

impl<'a> Sample<'a> {
    /// All rows, counting alike.
    pub fn new(input: Input<'a>, target: Target<'a>) -> Self {
        Self { input, target, weights: None, train: None, held: None }
    }

    /// Refuses lengths that differ, classes out of range, numbers that are none and rows that are not there.
    pub(super) fn check(&self) -> Result<(), NetError> {
        self.input.check()?;
        let rows = self.input.rows();
        let length = |what, found| {
            if found == rows { Ok(()) } else { Err(NetError::Lengths { what, found, rows }) }
        };
        match self.target {
            Target::Classes { codes, count } => {
                length("classes", codes.len())?;
                if let Some(&code) = codes.iter().find(|&&code| code as usize >= count) {
                    return Err(NetError::Class { code, count });
                }
            }
            Target::Numbers { values, width } => {
                if width == 0 {
                    return Err(NetError::NoOutputs);
                }
                length("numbers", values.len() / width)?;
                if let Some(at) = values.iter().position(|value| !value.is_finite()) {
                    return Err(NetError::Number { row: at / width });
                }
            }
        }
        if let Some(weights) = self.weights {
            length("weights", weights.len())?;
            if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
                return Err(NetError::Weight { row, value: weights[row] });
            }
        }
        for &row in self.train.iter().chain(&self.held).flat_map(|rows| rows.iter()) {
            if row as usize >= rows {
                return Err(NetError::Row { row, rows });
            }
        }
        Ok(())
    }
}
