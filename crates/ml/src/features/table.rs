//! All rows that can be learnt from, built by walking every series through its past.

use super::plan::Plan;
use super::state::State;
use super::walk::Walk;
use crate::matrix::Matrix;
use crate::panel::{Kind, Panel, Series};
use jiff::civil::Date;
use rayon::prelude::*;

/// The most rows learnt from; of longer panels the latest are taken. 2 million rows of 75 features fill 600 MB.
pub const MAX_ROWS: usize = 2_000_000;

/// The rows of a panel, ordered by series and period.
#[derive(Debug)]
pub struct Table {
    /// The feature values.
    pub matrix: Matrix,
    /// What each row should come to: the value over its level.
    pub target: Vec<f64>,
    /// The level of each row.
    pub level: Vec<f64>,
    /// The period of each row, counted from the panel's first.
    pub period: Vec<u32>,
    /// Whether a row may be learnt from.
    pub usable: Vec<bool>,
    /// The first period that has rows.
    pub from: usize,
}

/// The calendar features of consecutive periods.
#[derive(Debug, Clone)]
pub struct CalendarTable {
    first: usize,
    width: usize,
    values: Vec<f32>,
    year_ago: Vec<Option<usize>>,
}

impl CalendarTable {
    /// Those of `count` periods from period `first` of a panel that begins at number `origin` of the grid.
    pub fn new(plan: &Plan, origin: i64, first: usize, count: usize) -> Self {
        let number = |at: usize| origin + (first + at) as i64;
        let values = (0..count).flat_map(|at| plan.calendar.row(number(at))).collect();
        let width = plan.calendar.names().len();
        let year_ago = (0..count).map(|at| same_date_a_year_ago(plan, number(at))).collect();
        Self { first, width, values, year_ago }
    }

    /// The features of a period.
    pub fn row(&self, period: usize) -> &[f32] {
        let from = (period - self.first) * self.width;
        &self.values[from..from + self.width]
    }

    /// Periods back to the same date a year ago.
    pub fn year_ago(&self, period: usize) -> Option<usize> {
        self.year_ago[period - self.first]
    }
}

fn same_date_a_year_ago(plan: &Plan, number: i64) -> Option<usize> {
    let periods = plan.calendar.periods;
    if periods.frequency != vakhta_domain::spec::Frequency::D {
        return None;
    }
    let day: Date = periods.first_day(number);
    let ago = day.checked_sub(jiff::Span::new().years(1)).ok()?;
    usize::try_from(number - periods.number(ago)).ok()
}

impl Table {
    /// Builds the rows of a panel. Rows of a series' first `warm_up` periods, counted from its first actual, are not
    /// usable, nor are those whose value is not an actual.
    pub fn build(plan: &Plan, panel: &Panel, warm_up: usize) -> Self {
        let calendar = CalendarTable::new(plan, panel.first, 0, panel.len);
        let from = first_period(panel);
        let counts: Vec<usize> =
            panel.series.iter().map(|s| panel.len - from.max(s.start).min(panel.len)).collect();
        let rows: usize = counts.iter().sum();
        let mut values = vec![0.0; rows * plan.width()];
        let mut slices = Vec::with_capacity(counts.len());
        let mut rest = values.as_mut_slice();
        for &count in &counts {
            let (own, others) = rest.split_at_mut(count * plan.width());
            slices.push(own);
            rest = others;
        }
        let parts: Vec<Part> = panel
            .series
            .par_iter()
            .zip(slices)
            .enumerate()
            .map(|(code, (series, rows))| Part::of(plan, &calendar, series, code, from, warm_up, rows))
            .collect();
        let mut table = Self {
            matrix: Matrix::default(),
            target: Vec::with_capacity(rows),
            level: Vec::with_capacity(rows),
            period: Vec::with_capacity(rows),
            usable: Vec::with_capacity(rows),
            from,
        };
        for part in parts {
            table.target.extend(part.target);
            table.level.extend(part.level);
            table.period.extend(part.period);
            table.usable.extend(part.usable);
        }
        table.matrix = Matrix::new(values, plan.width());
        table
    }

    /// The usable rows before a period.
    pub fn rows_before(&self, period: usize) -> Vec<u32> {
        (0..self.period.len() as u32)
            .filter(|&row| self.usable[row as usize] && (self.period[row as usize] as usize) < period)
            .collect()
    }
}

impl Table {
    /// The earlier of some rows and about `share` of them that are the latest; no period is in both.
    pub fn divided(&self, rows: &[u32], share: f64) -> (Vec<u32>, Vec<u32>) {
        let mut periods: Vec<u32> = rows.iter().map(|&row| self.period[row as usize]).collect();
        periods.sort_unstable();
        let at = (periods.len() as f64 * (1.0 - share.clamp(0.0, 1.0))) as usize;
        let first = periods.get(at).copied().unwrap_or(u32::MAX);
        rows.iter().partition(|&&row| self.period[row as usize] < first)
    }
}

/// The first period from which all series together have no more than [`MAX_ROWS`] rows.
fn first_period(panel: &Panel) -> usize {
    let rows = |from: usize| -> usize {
        panel.series.iter().map(|s| panel.len - from.max(s.start).min(panel.len)).sum()
    };
    if rows(0) <= MAX_ROWS {
        return 0;
    }
    let (mut low, mut high) = (0, panel.len);
    while low < high {
        let middle = usize::midpoint(low, high);
        if rows(middle) <= MAX_ROWS { high = middle } else { low = middle + 1 }
    }
    low
}

/// What belongs to the rows of one series besides their features.
struct Part {
    target: Vec<f64>,
    level: Vec<f64>,
    period: Vec<u32>,
    usable: Vec<bool>,
}

impl Part {
    fn of(
        plan: &Plan,
        calendar: &CalendarTable,
        series: &Series,
        code: usize,
        from: usize,
        warm_up: usize,
        rows: &mut [f32],
    ) -> Self {
        let first = from.saturating_sub(series.start).min(series.values.len());
        let level = Walk::new(plan, calendar, series, code).write(first, rows);
        let places = first..series.values.len();
        let warm = series.kinds.iter().position(|kind| kind.is_actual()).unwrap_or(0) + warm_up;
        let is_usable = |at: usize| {
            // The value before may have been filled on the way to this one: its row would see itself.
            let after_gap = at > 0 && series.kinds[at - 1] == Kind::Filled;
            at >= warm && series.kinds[at].is_actual() && !after_gap
        };
        Self {
            target: places.clone().zip(&level).map(|(at, level)| series.values[at] / level).collect(),
            level,
            period: places.clone().map(|at| (series.start + at) as u32).collect(),
            usable: places.map(is_usable).collect(),
        }
    }
}

/// Walks a series through its first `values`, as [`Table::build`] does.
pub fn walked(plan: &Plan, series: &Series, values: &[f64]) -> State {
    let mut state = State::new(plan);
    for (at, &value) in values.iter().enumerate() {
        let set = |place: usize| known_at(series, plan.flags[place], series.start + at, 0) == 1.0;
        state.push(plan, value, set);
    }
    state
}

/// A known-future column of a series at a period; NaN outside of what is known.
pub fn known_at(series: &Series, column: usize, period: usize, offset: i32) -> f32 {
    let at = period as i64 + i64::from(offset);
    usize::try_from(at).ok().and_then(|at| series.known[column].get(at).copied()).unwrap_or(f32::NAN)
}
