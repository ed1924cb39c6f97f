//! Tables for people: a bold header, no frames, numbers to the right.

use super::{Out, STRONG};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use std::fmt::Display;

/// A table to be shown.
pub struct Grid {
    table: Table,
    right: Vec<bool>,
    rows: usize,
}

impl Grid {
    /// A table with these columns; a name that begins with `>` makes its column right-aligned.
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        let right: Vec<bool> = columns.iter().map(|name| name.starts_with('>')).collect();
        table.set_header(
            columns.iter().zip(&right).map(|(name, right)| cell(name.trim_start_matches('>'), *right)),
        );
        Self { table, right, rows: 0 }
    }

    /// Adds a row.
    pub fn row<T: AsRef<str>>(&mut self, values: impl IntoIterator<Item = T>) {
        let cells: Vec<Cell> = values
            .into_iter()
            .zip(self.right.iter().chain(std::iter::repeat(&false)))
            .map(|(value, right)| cell(value.as_ref(), *right))
            .collect();
        self.table.add_row(cells);
        self.rows += 1;
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The lines, the first being the header.
    pub fn lines(&self) -> Vec<String> {
        self.table.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// Shows it as a result; one without rows says why, or what to do about it, instead.
    pub fn show_or(&self, out: Out, none: impl Display) {
        if self.is_empty() { out.note(none) } else { self.show(out) }
    }

    /// Shows it as a result.
    pub fn show(&self, out: Out) {
        for (i, line) in self.lines().into_iter().enumerate() {
            if i == 0 { out.line(format!("{STRONG}{line}{STRONG:#}")) } else { out.line(line) }
        }
    }
}

/// Control characters of a stranger's data must not reach the terminal.
fn cell(text: &str, right: bool) -> Cell {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let align = if right { CellAlignment::Right } else { CellAlignment::Left };
    Cell::new(clean).set_alignment(align)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_controls_are_removed() {
        let mut grid = Grid::new(&["name", ">n"]);
        assert!(grid.is_empty());
        grid.row(["a\u{1b}[31m", "7"]);
        grid.row(["longer name", "1234"]);
        let lines = grid.lines();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].contains("a [31m"), "{lines:?}");
        assert!(lines[1].ends_with("   7"), "{lines:?}");
        assert!(lines[2].ends_with("1234"), "{lines:?}");
    }
}
