//! A learnt forecast as time goes on: new actuals move its intervals and its past, without learning again.
//!
//! What a series left behind is carried forward exactly as training would have carried it; only the sums of
//! windows are made afresh, so that rows of features agree with those of a model that walked through all history
//! to about 1e-9 of their size.

use super::fitted::{Fitted, KnownValue, MAX_HORIZON, QueryError};
use super::folds::unit;
use super::learnt::Learnt;
use crate::evaluate::Residual;
use crate::features::State;
use crate::panel::{Filled, LARGEST_TARGET, continued};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

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

impl Fitted {
    /// Moves the levels of intervals by how the model's own forecasts turned out: too few actuals inside, and they
    /// become wider. A period counts once, with the first call that brings actuals of it.
    pub fn recalibrate(&mut self, actuals: &[Actual]) -> Taken {
        let open = self.adapted_until..self.len + self.horizon;
        let sorted = self.sorted(actuals, open);
        let residuals: Vec<Residual> = sorted
            .values
            .iter()
            .map(|(&(series, period), &value)| {
                let kept = &self.series[series];
                let step = period - self.len + 1;
                let error = (kept.ready[step - 1] - value).abs();
                Residual { series, cutoff: self.len, step, error, unit: kept.unit }
            })
            .collect();
        let periods: BTreeSet<usize> = sorted.values.keys().map(|&(_, period)| period).collect();
        self.conformal.observe(&residuals, periods.len() as f64 / self.horizon as f64);
        self.adapted_until = periods.last().map_or(self.adapted_until, |last| last + 1);
        sorted.taken
    }

    /// The model with the history continued to the last period of `actuals`: its forecasts begin after it, its
    /// intervals are adapted. `known` are values of known-future columns that are new since training; they stay.
    /// A period without an actual is taken as training takes gaps. What is learnt, and when series are closed,
    /// stays as it was; periods that are history already do not change. Exponential smoothing learns with each period
    /// and sums of a hierarchy would have to be continued beside their series: such models are refused.
    pub fn extend(&self, actuals: &[Actual], known: &[KnownValue]) -> Result<(Self, Taken), QueryError> {
        if self.nodes.is_some() || matches!(self.learnt, Learnt::Smoothed(..) | Learnt::Blend(_)) {
            return Err(QueryError::NotContinued { engine: self.report.engine.clone() });
        }
        let mut next = self.clone();
        let all: Vec<usize> = (0..self.series.len()).collect();
        let columns = self.known(&all, known)?;
        next.recalibrate(actuals);
        let sorted = self.sorted(actuals, self.len..self.len + MAX_HORIZON);
        let len = sorted.values.keys().map(|&(_, period)| period + 1).max().unwrap_or(self.len);
        let season = self.periods.frequency.season();
        for (at, kept) in next.series.iter_mut().enumerate() {
            let value = |period| sorted.values.get(&(at, period)).copied().unwrap_or(f64::NAN);
            let raw: Vec<f64> = (self.len..len).map(value).collect();
            let Filled { values, kinds, .. } = continued(&kept.tail, &raw, self.missing, season);
            if let Learnt::Gbdt(booster) = &self.learnt {
                let plan = &booster.plan;
                let mut state = State::resume(plan, kept.tail.clone(), kept.summary.clone());
                for (period, &value) in (self.len..).zip(&values) {
                    let place = period - self.known_from();
                    let is_set = |flag: usize| columns[at][plan.flags[flag]].get(place) == Some(&1.0);
                    state.push(plan, value, is_set);
                }
                kept.summary = state.summary().clone();
            }
            kept.closures.given_up &= values.iter().all(|v| *v == 0.0);
            kept.non_negative &= values.iter().all(|v| *v >= 0.0);
            kept.tail.extend(values);
            kept.kinds.extend(kinds);
            let spare = kept.tail.len().saturating_sub(self.keep());
            kept.tail.drain(..spare);
            kept.kinds.drain(..spare);
            kept.unit = unit(&kept.tail, self.periods.frequency);
        }
        next.len = len;
        let passed = next.known_from() - self.known_from();
        for (kept, columns) in next.series.iter_mut().zip(columns) {
            kept.known = columns.into_iter().map(|c| c.get(passed..).unwrap_or_default().to_vec()).collect();
        }
        next.adapted_until = next.adapted_until.max(len);
        next.make_ready();
        Ok((next, sorted.taken))
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

#[cfg(test)]
mod tests {
    use super::super::tests::{TREES, checked, day, fit_rows, lively, rows};
    use super::*;
    use crate::forecast::{Fitted, ForecastQuery};
    use crate::panel::{NumberColumn, Observations};

    fn actuals(days: std::ops::Range<usize>, value: impl Fn(usize, usize) -> f64) -> Vec<Actual> {
        let one = |branch: usize, n: usize| Actual {
            series: vec![format!("b{branch}")],
            date: day(n),
            value: value(branch, n),
        };
        days.flat_map(|n| (0..3).map(move |branch| (branch, n))).map(|(b, n)| one(b, n)).collect()
    }

    fn all(horizon: usize) -> ForecastQuery {
        ForecastQuery { horizon, series: None, levels: vec![80], known_future: vec![] }
    }

    /// The same trees over a longer history: what a model of the short one must become.
    fn over_all_history(short: &Fitted, longer: &Observations) -> Fitted {
        let fitted = fit_rows(longer, &checked(TREES)).expect("a fit");
        Fitted { learnt: short.learnt.clone(), ..fitted }
    }

    #[test]
    fn a_day_more_is_the_state_of_all_history() {
        let with_promo = |days: usize| {
            let mut data = rows(3, days, lively);
            let promo = (0..3).flat_map(|_| (0..days).map(|n| f64::from(u8::from(n.is_multiple_of(9)))));
            data.known_future.push(NumberColumn { name: "promo".into(), values: promo.collect() });
            data
        };
        let short = fit_rows(&with_promo(400), &checked(TREES)).expect("a fit");
        assert!(matches!(short.learnt, Learnt::Gbdt(_)));
        let promo = |n: usize| KnownValue {
            series: None,
            date: day(n),
            column: "promo".into(),
            value: f64::from(u8::from(n.is_multiple_of(9))),
        };
        let mut stepped = short.clone();
        for n in 400..430 {
            let (next, taken) = stepped.extend(&actuals(n..n + 1, lively), &[promo(n)]).expect("a day more");
            assert_eq!(taken, Taken { used: 3, ignored: 0 });
            stepped = next;
        }
        let known: Vec<KnownValue> = (400..430).map(promo).collect();
        let (at_once, _) = short.extend(&actuals(400..430, lively), &known).expect("a month more");
        let mut whole = over_all_history(&short, &with_promo(430));
        whole.make_ready();
        assert_eq!((stepped.end(), at_once.end()), (day(429), day(429)));
        for way in [&stepped, &at_once] {
            for (a, b) in way.series.iter().zip(&whole.series) {
                assert_eq!((a.summary.count, a.summary.mean), (b.summary.count, b.summary.mean));
                assert_eq!(a.summary.ewma, b.summary.ewma, "carried forward bit for bit");
                assert_eq!(a.summary.flags[0].1, b.summary.flags[0].1);
                assert!((a.summary.flags[0].0 - b.summary.flags[0].0).abs() < 1e-12);
                let n = a.tail.len().min(b.tail.len());
                assert_eq!(a.tail[a.tail.len() - n..], b.tail[b.tail.len() - n..]);
                assert_eq!(a.known, b.known);
                for (x, y) in a.ready.iter().zip(&b.ready) {
                    assert!((x - y).abs() <= 1e-9 * y.abs(), "{x} {y}");
                }
            }
        }
        let back = Fitted::from_bytes(&stepped.to_bytes()).expect("a model");
        assert_eq!(back.forecast(&all(40)), stepped.forecast(&all(40)));
    }

    #[test]
    fn gaps_and_odd_rows_are_taken_as_training_takes_them() {
        let fitted = fit_rows(&rows(3, 300, lively), &checked(TREES)).expect("a fit");
        let mut odd = actuals(300..303, lively);
        odd.remove(4); // branch 1 has no second day: nothing was sold
        odd.truncate(7); // branch 2 is late with the third
        odd.push(Actual { value: 5.0, ..odd[0].clone() });
        odd.push(Actual { value: f64::NAN, ..odd[1].clone() });
        odd.push(Actual { series: vec!["Луна".into()], ..odd[0].clone() });
        odd.push(Actual { date: day(299), ..odd[0].clone() });
        odd.push(Actual { date: Date::MAX, ..odd[0].clone() });
        let (next, taken) = fitted.extend(&odd, &[]).expect("a longer history");
        assert_eq!(taken, Taken { used: 7, ignored: 4 });
        let last = |branch: usize| next.series[branch].tail[next.series[branch].tail.len() - 3..].to_vec();
        assert_eq!(last(0), [lively(0, 300) + 5.0, lively(0, 301), lively(0, 302)]);
        assert_eq!(last(1), [lively(1, 300), 0.0, lively(1, 302)]);
        assert_eq!(last(2), [lively(2, 300), lively(2, 301), lively(2, 295)]);
        let key = ["b2".to_owned()];
        assert_eq!(next.history(&key, 1).expect("history")[0].value, None, "filled, not observed");
        let (same, taken) = fitted.extend(&[], &[]).expect("the same history");
        assert_eq!((same.to_bytes() == fitted.to_bytes(), taken), (true, Taken::default()));
    }

    #[test]
    fn intervals_follow_what_happens() {
        let fitted = fit_rows(&rows(3, 400, lively), &checked(TREES)).expect("a fit");
        let width = |model: &Fitted| {
            let point = model.forecast(&all(14)).expect("a forecast")[1].points[13].clone();
            point.intervals[0].hi - point.intervals[0].lo
        };
        let wild = |branch: usize, n: usize| lively(branch, n) * if n.is_multiple_of(2) { 1.5 } else { 0.5 };
        let mut surprised = fitted.clone();
        let taken = surprised.recalibrate(&actuals(400..414, wild));
        assert_eq!(taken, Taken { used: 42, ignored: 0 });
        assert!(width(&surprised) > 1.1 * width(&fitted), "{} {}", width(&surprised), width(&fitted));
        let once = width(&surprised);
        assert_eq!(surprised.recalibrate(&actuals(400..414, wild)), Taken { used: 0, ignored: 42 });
        assert_eq!(width(&surprised), once, "the same days count once");
        let back = Fitted::from_bytes(&surprised.to_bytes()).expect("a model");
        assert_eq!(width(&back), once);

        let mut pleased = fitted.clone();
        let said: Vec<Vec<f64>> = fitted.series.iter().map(|s| s.ready.clone()).collect();
        pleased.recalibrate(&actuals(400..414, |branch, n| said[branch][n - 400]));
        assert!(width(&pleased) < width(&fitted));
    }
}
