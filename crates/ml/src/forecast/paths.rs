//! The values of the periods to come, from what was learnt.

use super::baselines::{same_season_mean, seasonal_naive};
use super::fitted::Fitted;
use super::learnt::{Blend, Learnt};
use super::recursion::Start;
use crate::features::State;
use crate::panel::{Closures, Periods};

/// What a path must agree with.
pub struct Limits<'a> {
    /// The calendar.
    pub periods: Periods,
    /// The number of the first period of the path.
    pub first: i64,
    /// When the series will be closed.
    pub closures: Closures,
    /// Its known-future columns.
    pub known: &'a [Vec<f32>],
    /// Where the first period of the path lies in them.
    pub known_at: usize,
    /// Whether it was never negative.
    pub non_negative: bool,
}

impl Limits<'_> {
    /// Sets closed periods to zero and keeps what was never negative from becoming so.
    pub fn keep(&self, path: &mut [f64]) {
        for (step, value) in path.iter_mut().enumerate() {
            let day = self.periods.first_day(self.first.saturating_add(step as i64));
            let known = |column: usize| {
                let values = self.known.get(column);
                values.and_then(|v| v.get(self.known_at + step).copied()).unwrap_or(f32::NAN)
            };
            if !value.is_finite() || self.closures.is_closed(day, known) {
                *value = 0.0;
            } else if self.non_negative {
                *value = value.max(0.0);
            }
        }
    }
}

impl Fitted {
    /// The next `steps` values of the chosen series.
    pub(super) fn paths(&self, chosen: &[usize], known: &[Vec<Vec<f32>>], steps: usize) -> Vec<Vec<f64>> {
        self.paths_of(&self.learnt, chosen, known, steps)
    }

    fn paths_of(
        &self,
        learnt: &Learnt,
        chosen: &[usize],
        known: &[Vec<Vec<f32>>],
        steps: usize,
    ) -> Vec<Vec<f64>> {
        let season = self.periods.frequency.season();
        match learnt {
            Learnt::SeasonalNaive => {
                chosen.iter().map(|&at| seasonal_naive(&self.series[at].tail, season, steps)).collect()
            }
            Learnt::WeekdayMean => {
                chosen.iter().map(|&at| same_season_mean(&self.series[at].tail, season, steps)).collect()
            }
            Learnt::Smoothed(_, series) => {
                let one = |(&at, known): (&usize, &Vec<Vec<f32>>)| {
                    let kept = &self.series[at];
                    let limits = Limits {
                        periods: self.periods,
                        first: self.first.saturating_add(self.len as i64),
                        closures: kept.closures.clone(),
                        known,
                        known_at: self.len - self.known_from(),
                        non_negative: kept.non_negative,
                    };
                    let mut path = series[at].forecast(steps);
                    limits.keep(&mut path);
                    path
                };
                chosen.iter().zip(known).map(one).collect()
            }
            Learnt::Gbdt(booster) => {
                let starts = chosen.iter().zip(known).map(|(&at, known)| {
                    let kept = &self.series[at];
                    Start {
                        state: State::resume(&booster.plan, kept.tail.clone(), kept.summary.clone()),
                        code: at,
                        statics: &kept.statics,
                        known,
                        known_from: self.known_from(),
                        closures: &kept.closures,
                        non_negative: kept.non_negative,
                    }
                });
                booster.advance(starts.collect(), self.first, self.len, steps)
            }
            Learnt::Blend(Blend { members, shares }) => {
                let mut sum = vec![vec![0.0; steps]; chosen.len()];
                for (member, learnt) in members.iter().enumerate() {
                    // A series that takes nothing from a member does not pay for it.
                    let takes: Vec<usize> =
                        (0..chosen.len()).filter(|&i| shares[chosen[i]][member] > 0.0).collect();
                    let some: Vec<usize> = takes.iter().map(|&i| chosen[i]).collect();
                    let some_known: Vec<Vec<Vec<f32>>> = takes.iter().map(|&i| known[i].clone()).collect();
                    let paths = self.paths_of(learnt, &some, &some_known, steps);
                    for (&i, path) in takes.iter().zip(paths) {
                        let share = shares[chosen[i]][member];
                        sum[i].iter_mut().zip(path).for_each(|(sum, value)| *sum += share * value);
                    }
                }
                sum
            }
        }
    }
}
