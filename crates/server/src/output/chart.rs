//! A line chart for the terminal, drawn with braille dots: the past, the forecast and its interval.
//!
//! Each character cell holds 2 × 4 dots. Colours only repeat what position says already.

use super::numbers;
use anstyle::{AnsiColor, Style};
use jiff::civil::Date;

const PAST: Style = AnsiColor::Cyan.on_default();
const FUTURE: Style = AnsiColor::Yellow.on_default().bold();
const BAND: Style = AnsiColor::Yellow.on_default().dimmed();

/// One period of the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its first day.
    pub date: Date,
    /// The value; none where it is missing.
    pub value: Option<f64>,
    /// The interval, for forecasts.
    pub band: Option<(f64, f64)>,
}

/// What a cell shows; the later ones win the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Empty,
    Band,
    Past,
    Future,
}

struct Canvas {
    columns: usize,
    rows: usize,
    dots: Vec<u8>,
    layers: Vec<Layer>,
}

impl Canvas {
    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, dots: vec![0; columns * rows], layers: vec![Layer::Empty; columns * rows] }
    }

    /// Sets one dot; `y` counts from the bottom.
    fn dot(&mut self, x: usize, y: usize, layer: Layer) {
        // Unicode numbers the dots of a braille cell down the left column, then the right, then the last row.
        const BITS: [[u8; 4]; 2] = [[0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08]];
        let (column, row) = (x / 2, self.rows - 1 - (y / 4).min(self.rows - 1));
        if column >= self.columns {
            return;
        }
        let cell = row * self.columns + column;
        self.dots[cell] |= BITS[x % 2][y % 4];
        self.layers[cell] = self.layers[cell].max(layer);
    }

    fn line(&mut self, from: (usize, usize), to: (usize, usize), layer: Layer) {
        let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        for step in 0..=steps {
            let share = step as f64 / steps as f64;
            let along = |a: usize, b: usize| (a as f64 + (b as f64 - a as f64) * share).round() as usize;
            self.dot(along(from.0, to.0), along(from.1, to.1), layer);
        }
    }

    fn row(&self, row: usize) -> String {
        let mut text = String::new();
        for cell in row * self.columns..(row + 1) * self.columns {
            let glyph = char::from_u32(0x2800 + u32::from(self.dots[cell])).unwrap_or(' ');
            match self.layers[cell] {
                Layer::Empty => text.push(' '),
                Layer::Band => text.push_str(&format!("{BAND}{glyph}{BAND:#}")),
                Layer::Past => text.push_str(&format!("{PAST}{glyph}{PAST:#}")),
                Layer::Future => text.push_str(&format!("{FUTURE}{glyph}{FUTURE:#}")),
            }
        }
        text
    }
}

/// Draws the past and the forecast as lines of text, `width` characters wide and `height` high without
/// the axis. Empty where there is nothing to draw.
pub fn draw(past: &[Point], future: &[Point], width: usize, height: usize) -> Vec<String> {
    let all: Vec<&Point> = past.iter().chain(future).collect();
    let values = all.iter().flat_map(|p| {
        let (lo, hi) = p.band.map_or((None, None), |(lo, hi)| (Some(lo), Some(hi)));
        [p.value, lo, hi].into_iter().flatten()
    });
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|v| v.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if !low.is_finite() {
        return Vec::new();
    }
    if low >= 0.0 && low < high * 0.5 {
        low = 0.0;
    }
    if high - low < f64::EPSILON * high.abs().max(1.0) {
        (low, high) = (low - 1.0, high + 1.0);
    }
    let labels: Vec<String> = (0..height)
        .map(|row| {
            let value = high - (high - low) * row as f64 / (height.max(2) - 1) as f64;
            let shown = row == 0 || row + 1 == height || row == height / 2;
            if shown { numbers::decimal(value, usize::from(high - low < 20.0)) } else { String::new() }
        })
        .collect();
    let gutter = labels.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let columns = width.saturating_sub(gutter + 2).clamp(10, 400);
    let mut canvas = Canvas::new(columns, height);
    let last = (all.len() - 1).max(1);
    let x_of = |i: usize| i * (columns * 2 - 1) / last;
    let y_of = |value: f64| ((value - low) / (high - low) * (height * 4 - 1) as f64).round() as usize;
    for (i, point) in all.iter().enumerate() {
        if let Some((lo, hi)) = point.band.filter(|(lo, hi)| lo.is_finite() && hi.is_finite()) {
            // Every other dot: a shade rather than a wall.
            for y in (y_of(lo)..=y_of(hi)).filter(|y| (y + x_of(i)) % 2 == 0) {
                canvas.dot(x_of(i), y, Layer::Band);
            }
        }
    }
    let mut before: Option<(usize, usize)> = None;
    for (i, point) in all.iter().enumerate() {
        let layer = if i < past.len() { Layer::Past } else { Layer::Future };
        let here = point.value.filter(|v| v.is_finite()).map(|v| (x_of(i), y_of(v)));
        if let Some(to) = here {
            canvas.line(before.unwrap_or(to), to, layer);
        }
        before = here;
    }
    let mut lines: Vec<String> = labels
        .iter()
        .enumerate()
        .map(|(row, label)| format!("{label:>gutter$} ┤{}", canvas.row(row)))
        .collect();
    lines.push(format!("{:gutter$} └{}", "", "─".repeat(columns)));
    lines.push(axis(&all, past.len(), gutter + 2, columns, x_of));
    lines
}

/// The first date, the first forecast date and the last date below the chart, where they fit.
fn axis(
    all: &[&Point],
    first_future: usize,
    margin: usize,
    columns: usize,
    x_of: impl Fn(usize) -> usize,
) -> String {
    let mut line = vec![' '; margin + columns];
    let mut place = |text: String, at: usize| {
        let start = at.min(line.len().saturating_sub(text.len()));
        let free = line[start.saturating_sub(1)..(start + text.len() + 1).min(line.len())].iter();
        if free.copied().all(|c| c == ' ') {
            for (i, c) in text.chars().enumerate() {
                if let Some(slot) = line.get_mut(start + i) {
                    *slot = c;
                }
            }
        }
    };
    if let (Some(first), Some(last)) = (all.first(), all.last()) {
        place(first.date.to_string(), margin);
        place(last.date.to_string(), margin + columns);
    }
    if let Some(point) = all.get(first_future).filter(|_| first_future > 0) {
        place(point.date.to_string(), margin + x_of(first_future) / 2);
    }
    line.into_iter().collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;

    fn points(n: i32, from: i32, value: impl Fn(i32) -> Option<f64>, band: bool) -> Vec<Point> {
        let start: Date = "2026-01-01".parse().expect("a date");
        (0..n)
            .map(|i| {
                let value = value(i);
                let band = value.filter(|_| band).map(|v| (v - 5.0, v + 5.0));
                Point { date: start.checked_add((from + i).days()).expect("in range"), value, band }
            })
            .collect()
    }

    fn plain(lines: &[String]) -> Vec<String> {
        lines.iter().map(|l| anstream::adapter::strip_str(l).to_string()).collect()
    }

    #[test]
    fn a_chart_has_axes_dates_and_dots() {
        let past = points(60, 0, |i| Some(100.0 + f64::from(i % 7) * 10.0), false);
        let future = points(14, 60, |i| Some(120.0 + f64::from(i % 7)), true);
        let lines = plain(&draw(&past, &future, 80, 10));
        assert_eq!(lines.len(), 12);
        assert!(lines[0].trim_start().starts_with("160 ┤"), "{}", lines[0]);
        assert!(lines[11].contains("2026-01-01") && lines[11].contains("2026-03-15"), "{}", lines[11]);
        assert!(lines.iter().all(|l| l.chars().count() <= 80));
        let dots = lines.iter().flat_map(|l| l.chars()).filter(|c| ('\u{2801}'..='\u{28ff}').contains(c));
        assert!(dots.count() > 60);
    }

    #[test]
    fn odd_data_draws_without_panic() {
        assert!(draw(&[], &[], 80, 10).is_empty());
        assert!(draw(&points(3, 0, |_| None, false), &[], 80, 10).is_empty());
        assert!(draw(&points(3, 0, |_| Some(f64::NAN), false), &[], 80, 10).is_empty());
        assert_eq!(draw(&points(1, 0, |_| Some(5.0), false), &[], 5, 4).len(), 6);
        assert_eq!(draw(&points(9, 0, |_| Some(0.0), false), &[], 40, 4).len(), 6);
        assert_eq!(draw(&points(9, 0, |i| Some(-1e12 * f64::from(i)), true), &[], 40, 4).len(), 6);
        assert_eq!(draw(&points(2000, 0, |i| Some(f64::from(i)), false), &[], 40, 4).len(), 6);
    }

    #[test]
    fn a_rising_line_ends_at_the_top_right() {
        let lines = plain(&draw(&points(20, 0, |i| Some(f64::from(i)), false), &[], 40, 5));
        assert!(lines[0].ends_with(|c: char| ('\u{2801}'..='\u{28ff}').contains(&c)), "{lines:?}");
        assert!(lines[4].contains('┤') && !lines[4].ends_with('┤'), "{lines:?}");
    }
}
