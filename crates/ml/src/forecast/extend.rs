//! A learnt forecast as time goes on: new actuals move its intervals and its past, without learning again.
//!
//! What a series left behind is carried forward exactly as training would have carried it: sums for features, levels
//! and seasons of exponential smoothing, demand rates, each by its own recursion with the weights that were learnt. Only
//! the sums of windows are made afresh, so that rows of features agree with those of a model that walked through all
//! history to about 1e-9 of their size.

use super::fitted::{Fitted, KnownValue, MAX_HORIZON, QueryError};
use super::folds::unit;
use crate::evaluate::Residual;
use crate::features::State;
use crate::panel::{Filled, Kind, LARGEST_TARGET, continued};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Horizons at the end of what is new in which forecasts are remade period by period, for the intervals to learn from.
const REMADE: usize = 2;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Actual {
    /// The series.
    pub series: Vec<String>,
    /// Any day of the period.
    pub date: Date,
    /// The value; several of one series and period are summed.
    pub value: f64,
}

/// What became of actuals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Values of series and periods that were taken.
    pub used: u64,
    /// Rows left out: of unknown series, of periods outside of the time that is still open, or without a usable
    /// number.
    pub ignored: u64,
}

/// Values by series and period.
struct Sorted {
    values: BTreeMap<(usize, usize), f64>,
    taken: Taken,
}

/// The new periods of one series or sum.
pub(super) struct New {
    /// Its values, gaps filled.
    pub(super) values: Vec<f64>,
    /// How each came to be.
    pub(super) kinds: Vec<Kind>,
    /// Whether each is known as it was, so that a forecast can be held against it.
    pub(super) given: Vec<bool>,
}

impl Fitted {
    /// Moves the levels of intervals by how the model's own forecasts turned out: too few actuals inside, and they
    /// become wider. A period counts once, with the first call that brings actuals of it. [`Fitted::extend`] does
    /// this by itself.
    pub fn recalibrate(&mut self, actuals: &[Actual]) -> Taken {
        let open = self.adapted_until..self.len + self.horizon;
        let Sorted { values, taken } = self.sorted(actuals, open);
        if let Some(nodes) = &mut self.nodes {
            let periods: BTreeSet<usize> = values.keys().map(|&(_, period)| period).collect();
            let mut sums = BTreeMap::new();
            for (at, node) in nodes.reconciler.hierarchy().nodes().enumerate() {
                for &period in &periods {
                    let members = node.members.iter().map(|&m| values.get(&(m as usize, period)).copied());
                    // A sum is known where all of its series are.
                    if let Some(sum) = members.sum::<Option<f64>>() {
                        sums.insert((at, period), sum);
                    }
                }
            }
            nodes.fitted.learn_from(&sums);
        }
        self.learn_from(&values);
        taken
    }

    /// Moves intervals by actuals of series and periods that have not moved them yet.
    fn learn_from(&mut self, actuals: &BTreeMap<(usize, usize), f64>) {
        let mut residuals: Vec<Residual> = Vec::new();
        for (&(series, period), &value) in actuals {
            residuals.extend(self.errors_at(series, period, value));
        }
        let periods: BTreeSet<usize> = actuals.keys().map(|&(_, period)| period).collect();
        self.conformal.observe(&residuals, periods.len() as f64 / self.horizon as f64);
        self.adapted_until = periods.last().map_or(self.adapted_until, |last| last + 1);
    }

    /// The model with the history continued to the last period of `actuals`: its forecasts begin after it. Intervals
    /// are adapted period by period, by the errors of every forecast of it that was made at most a horizon before.
    /// `known` are values of known-future columns that are new since training; they stay. A period without an actual is
    /// taken as training takes gaps. What is learnt, how sums and series are made to agree, and when series are closed,
    /// stays as it was; periods that are history already do not change.
    pub fn extend(&self, actuals: &[Actual], known: &[KnownValue]) -> Result<(Self, Taken), QueryError> {
        let mut next = self.clone();
        let all: Vec<usize> = (0..self.series.len()).collect();
        for (kept, columns) in next.series.iter_mut().zip(self.known(&all, known)?) {
            kept.known = columns;
        }
        let Sorted { values, taken } = self.sorted(actuals, self.len..self.len + MAX_HORIZON);
        let len = values.keys().map(|&(_, period)| period + 1).max().unwrap_or(self.len);
        let season = self.periods.frequency.season();
        let new: Vec<New> = (self.series.iter().enumerate())
            .map(|(at, kept)| {
                let value = |period| values.get(&(at, period)).copied().unwrap_or(f64::NAN);
                let raw: Vec<f64> = (self.len..len).map(value).collect();
                let Filled { values, kinds, .. } = continued(&kept.tail, &raw, self.missing, season);
                New { values, kinds, given: raw.iter().map(|v| !v.is_nan()).collect() }
            })
            .collect();
        let of_nodes = next.sums_of_new(&new);
        // Long before the end nothing is forecast; near to it, each period learns what those before it said of it.
        let count = len - self.len;
        let far = count.saturating_sub(REMADE * self.horizon);
        next.go_on_both(&new, of_nodes.as_deref(), 0..far);
        for at in far..count {
            if at > 0 && at == far {
                next.make_ready_and_agree();
            }
            next.hold_against_both(&new, of_nodes.as_deref(), at);
            next.go_on_both(&new, of_nodes.as_deref(), at..at + 1);
            next.make_ready_and_agree();
        }
        if count == 0 && !known.is_empty() {
            next.make_ready_and_agree();
        }
        Ok((next, taken))
    }

    fn go_on_both(&mut self, new: &[New], of_nodes: Option<&[New]>, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.go_on(new, range.clone());
        if let (Some(nodes), Some(new)) = (&mut self.nodes, of_nodes) {
            nodes.fitted.go_on(new, range);
        }
    }

    fn hold_against_both(&mut self, new: &[New], of_nodes: Option<&[New]>, at: usize) {
        self.hold_against(new, at);
        if let (Some(nodes), Some(new)) = (&mut self.nodes, of_nodes) {
            nodes.fitted.hold_against(new, at);
        }
    }

    /// Holds forecasts of the period after the history against what came, and puts the present ones aside.
    fn hold_against(&mut self, new: &[New], at: usize) {
        if self.len >= self.adapted_until {
            let given = new.iter().enumerate().filter(|(_, new)| new.given[at]);
            self.learn_from(&given.map(|(series, new)| ((series, self.len), new.values[at])).collect());
        }
        self.put_aside();
    }

    /// Takes some of the new periods into the history.
    fn go_on(&mut self, new: &[New], range: Range<usize>) {
        let (keep, known_from) = (self.keep(), self.known_from());
        let seen = |new: &New| -> Vec<f64> {
            let pairs = range.clone().map(|at| (new.values[at], new.kinds[at]));
            pairs.map(|(value, kind)| if kind.is_actual() { value } else { f64::NAN }).collect()
        };
        self.learnt.go_on(|series| seen(&new[series]));
        self.len += range.len();
        let (passed, first) = (self.known_from() - known_from, self.len - range.len() - known_from);
        for (kept, new) in self.series.iter_mut().zip(new) {
            let (values, kinds) = (&new.values[range.clone()], &new.kinds[range.clone()]);
            if let Some(booster) = self.learnt.booster() {
                let plan = &booster.plan;
                let mut state = State::resume(plan, kept.tail.clone(), kept.summary.clone());
                for (place, &value) in (first..).zip(values) {
                    let is_set = |flag: usize| kept.known[plan.flags[flag]].get(place) == Some(&1.0);
                    state.push(plan, value, is_set);
                }
                kept.summary = state.summary().clone();
            }
            kept.closures.given_up &= values.iter().all(|v| *v == 0.0);
            kept.non_negative &= values.iter().all(|v| *v >= 0.0);
            kept.tail.extend(values);
            kept.kinds.extend(kinds);
            let spare = kept.tail.len().saturating_sub(keep);
            kept.tail.drain(..spare);
            kept.kinds.drain(..spare);
            kept.unit = unit(&kept.tail, self.periods.frequency);
            for column in &mut kept.known {
                column.drain(..passed.min(column.len()));
            }
        }
        self.adapted_until = self.adapted_until.max(self.len);
    }

    fn sorted(&self, actuals: &[Actual], open: std::ops::Range<usize>) -> Sorted {
        let mut values = BTreeMap::new();
        let mut ignored = 0;
        for actual in actuals {
            let number = self.periods.number(actual.date).saturating_sub(self.first);
            let period = usize::try_from(number).ok().filter(|period| open.contains(period));
            let series = self.by_key.get(&actual.series);
            let (Some(period), Some(&series)) = (period, series) else {
                ignored += 1;
                continue;
            };
            if actual.value.is_nan() || actual.value.abs() > LARGEST_TARGET {
                ignored += 1;
                continue;
            }
            *values.entry((series, period)).or_insert(0.0) += actual.value;
        }
        let taken = Taken { used: values.len() as u64, ignored };
        Sorted { values, taken }
    }
}
