//! Rows of mostly zeros: what hashed text becomes.

/// Rows in compressed form (CSR): of each row only the columns that are not zero, ascending.
#[derive(Debug, Clone, PartialEq)]
pub struct Sparse {
    /// Where each row begins in `columns` and `values`; one entry more than rows.
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    width: usize,
}

impl Sparse {
    /// No rows of `width` columns.
    pub fn new(width: usize) -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new(), width }
    }

    /// Appends a row. Columns ascend, each below the width and named once.
    pub fn push(&mut self, cells: impl IntoIterator<Item = (u32, f32)>) {
        let start = self.columns.len();
        for (column, value) in cells {
            assert!((column as usize) < self.width, "column {column} of {}", self.width);
            assert!(self.columns[start..].last().is_none_or(|&last| last < column), "columns must ascend");
            self.columns.push(column);
            self.values.push(value);
        }
        self.starts.push(self.columns.len());
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Cells that are not zero.
    pub fn cells(&self) -> usize {
        self.columns.len()
    }

    /// The columns of a row that are not zero, and their values.
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in() {
        let mut sparse = Sparse::new(10);
        sparse.push([(1, 0.5), (9, 2.0)]);
        sparse.push([]);
        sparse.push([(0, -1.0)]);
        assert_eq!((sparse.rows(), sparse.width(), sparse.cells()), (3, 10, 3));
        assert_eq!(sparse.row(0), (&[1, 9][..], &[0.5, 2.0][..]));
        assert_eq!(sparse.row(1).0.len(), 0);
        assert_eq!(sparse.row(2), (&[0][..], &[-1.0][..]));
    }
}
