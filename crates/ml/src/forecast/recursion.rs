//! Walks series into the future: each forecast becomes the past of the next one.

use crate::features::{CalendarTable, Moment, Plan, State};
use crate::matrix::Matrix;
use crate::panel::Closures;
use crate::trees::Ensemble;

/// Series that are predicted as one batch.
pub const BATCH: usize = 32;

/// Trees and the features that they ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Booster {
    /// The features.
    pub plan: Plan,
    /// The trees.
    pub ensemble: Ensemble,
}

/// Where one series starts from.
pub struct Start<'a> {
    /// Its past.
    pub state: State,
    /// Its place in the panel.
    pub code: usize,
    /// Its static columns.
    pub statics: &'a [f32],
    /// Its known-future columns.
    pub known: &'a [Vec<f32>],
    /// The period of their first entry.
    pub known_from: usize,
    /// When it will be closed.
    pub closures: &'a Closures,
    /// Whether it was never negative, so that its forecasts are not.
    pub non_negative: bool,
}

impl Start<'_> {
    /// A known-future column at a period; NaN outside of what is known.
    fn known_at(&self, column: usize, period: usize, offset: i32) -> f32 {
        let at = period as i64 + i64::from(offset) - self.known_from as i64;
        let values = self.known.get(column);
        usize::try_from(at).ok().and_then(|at| values?.get(at).copied()).unwrap_or(f32::NAN)
    }
}

impl Booster {
    /// The next `steps` values of each start. Their next period is `first`, counted from a panel whose own first
    /// period has the number `origin`.
    pub fn advance(
        &self,
        mut starts: Vec<Start<'_>>,
        origin: i64,
        first: usize,
        steps: usize,
    ) -> Vec<Vec<f64>> {
        let calendar = CalendarTable::new(&self.plan, origin, first, steps);
        let batches = starts.chunks_mut(BATCH);
        batches.flat_map(|batch| self.batch(batch, &calendar, origin, first, steps)).collect()
    }

    fn batch(
        &self,
        starts: &mut [Start<'_>],
        calendar: &CalendarTable,
        origin: i64,
        first: usize,
        steps: usize,
    ) -> Vec<Vec<f64>> {
        let plan = &self.plan;
        let mut matrix = Matrix::new(vec![0.0; starts.len() * plan.width()], plan.width());
        let mut levels = vec![1.0; starts.len()];
        let mut answers = vec![0.0; starts.len()];
        let mut paths = vec![Vec::with_capacity(steps); starts.len()];
        for period in first..first + steps {
            for (row, start) in starts.iter().enumerate() {
                let known = |column: usize, offset: i32| start.known_at(column, period, offset);
                let moment = Moment {
                    calendar: calendar.row(period),
                    year_ago: calendar.year_ago(period),
                    known: &known,
                    statics: start.statics,
                    code: start.code as f32,
                };
                levels[row] = start.state.fill(plan, &moment, matrix.row_mut(row));
            }
            self.ensemble.predict(&matrix, &mut answers);
            let day = plan.calendar.periods.first_day(origin + period as i64);
            for (row, start) in starts.iter_mut().enumerate() {
                let mut value = answers[row] * levels[row];
                if start.non_negative {
                    value = value.max(0.0);
                }
                if !value.is_finite() || start.closures.is_closed(day, |c| start.known_at(c, period, 0)) {
                    value = 0.0;
                }
                let flags: Vec<bool> =
                    plan.flags.iter().map(|&c| start.known_at(c, period, 0) == 1.0).collect();
                let is_set =
                    |column: usize| plan.flags.iter().position(|&c| c == column).is_some_and(|at| flags[at]);
                start.state.push(plan, value, is_set);
                paths[row].push(value);
            }
        }
        paths
    }
}
