//! How numbers lie in memory for the kernels: tables cut into panels of 16 columns.
//!
//! A panel holds its 16 columns of all rows, row after row, so that a kernel walks one stretch of memory, each
//! row a cache line of its own. Columns that fill up the last panel are zero.

/// Columns of a panel.
pub const LANES: usize = 16;

/// Sixteen numbers that begin and end with a cache line.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Line(pub [f32; LANES]);

impl Line {
    /// Sixteen zeros.
    pub const ZERO: Self = Self([0.0; LANES]);
}

/// A table of `rows` × `width`, in panels.
#[derive(Debug, Clone, PartialEq)]
pub struct Panels {
    rows: usize,
    width: usize,
    lines: Vec<Line>,
}

impl Panels {
    /// All zero.
    pub fn zero(rows: usize, width: usize) -> Self {
        Self { rows, width, lines: vec![Line::ZERO; rows * width.div_ceil(LANES)] }
    }

    /// From `rows` × `width` numbers, row after row.
    #[cfg(test)]
    pub fn from_rows(values: &[f32], rows: usize, width: usize) -> Self {
        let mut panels = Self::zero(rows, width);
        for row in 0..rows {
            panels.set_row(row, &values[row * width..(row + 1) * width]);
        }
        panels
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Panels.
    pub fn count(&self) -> usize {
        self.width.div_ceil(LANES)
    }

    /// Changes the number of rows; all becomes zero.
    pub fn resize(&mut self, rows: usize) {
        self.rows = rows;
        self.lines.clear();
        self.lines.resize(rows * self.count(), Line::ZERO);
    }

    /// One panel: a line for each row.
    pub fn panel(&self, panel: usize) -> &[Line] {
        &self.lines[panel * self.rows..(panel + 1) * self.rows]
    }

    /// One panel, to be filled.
    pub fn panel_mut(&mut self, panel: usize) -> &mut [Line] {
        &mut self.lines[panel * self.rows..(panel + 1) * self.rows]
    }

    /// All panels, one after the other.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All panels, to be filled.
    pub fn lines_mut(&mut self) -> &mut [Line] {
        &mut self.lines
    }

    /// One number.
    pub fn at(&self, row: usize, column: usize) -> f32 {
        self.lines[column / LANES * self.rows + row].0[column % LANES]
    }

    /// Copies one row in.
    pub fn set_row(&mut self, row: usize, values: &[f32]) {
        for (panel, chunk) in values.chunks(LANES).enumerate() {
            self.lines[panel * self.rows + row].0[..chunk.len()].copy_from_slice(chunk);
        }
    }

    /// Copies one row out.
    pub fn copy_row(&self, row: usize, out: &mut [f32]) {
        for (panel, chunk) in out.chunks_mut(LANES).enumerate() {
            let count = chunk.len();
            chunk.copy_from_slice(&self.lines[panel * self.rows + row].0[..count]);
        }
    }
}

/// So many rows, filled up to whole panels: what the rows of a weight table are filled up to, since they are
/// the columns of the table that it is multiplied with.
pub fn padded(rows: usize) -> usize {
    rows.next_multiple_of(LANES)
}

/// A weight table of `inputs` × `outputs` (row after row) in panels, its rows filled up to whole panels.
pub fn weights(values: &[f32], inputs: usize, outputs: usize) -> Panels {
    let mut panels = Panels::zero(padded(inputs), outputs);
    for input in 0..inputs {
        panels.set_row(input, &values[input * outputs..(input + 1) * outputs]);
    }
    panels
}

/// A few numbers in lines, the last filled up with zeros.
pub fn line_up(values: &[f32]) -> Vec<Line> {
    let mut lines = vec![Line::ZERO; values.len().div_ceil(LANES)];
    for (line, chunk) in lines.iter_mut().zip(values.chunks(LANES)) {
        line.0[..chunk.len()].copy_from_slice(chunk);
    }
    lines
}
