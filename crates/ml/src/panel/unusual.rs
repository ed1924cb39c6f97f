//! What is out of the ordinary in a series: single values far from their neighbours, and lasting changes of level.
//!
//! A value is compared with the same weekday (month, quarter) in the seasons around it, so that neither a season nor
//! growth makes an outlier; and with the same date a year away, so that a holiday does not.

use super::{Kind, Periods};
use vakhta_domain::spec::Frequency;

/// Seasons on either side that a value is compared with.
const AROUND: usize = 4;
/// Robust standard deviations from which a value is an outlier.
const FAR: f64 = 8.0;
/// An outlier is at least so far off, as a share of what was expected.
const LEAST_SHARE: f64 = 0.5;
/// Fewest seasons in which anything can be told from the ordinary.
const FEWEST_SEASONS: usize = 6;
/// Fewest values that an outlier can be told from, where a season is long.
const FEWEST_VALUES: usize = 24;
/// A change of level is at least so many times up or down.
const SHIFT_RATIO: f64 = 1.5;
/// And so many robust standard deviations of what it was before and after.
const SHIFT_FAR: f64 = 4.0;
/// A median absolute deviation of normal values, times this, is their standard deviation.
const NORMAL: f64 = 1.4826;

/// A value far out of the ordinary.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    /// Its place in the series.
    pub at: usize,
    /// What would have been ordinary.
    pub ordinary: f64,
}

/// The outliers among the observed values of a series. `is_special` tells periods that are known to be unlike others,
/// such as promotions.
pub fn outliers(
    periods: Periods,
    values: &[f64],
    kinds: &[Kind],
    is_special: impl Fn(usize) -> bool,
) -> Vec<Outlier> {
    let season = if periods.frequency == Frequency::W { 1 } else { periods.frequency.season() };
    if values.len() < (FEWEST_SEASONS * season).max(FEWEST_VALUES) {
        return Vec::new();
    }
    let mut scratch = Vec::with_capacity(2 * AROUND);
    let ordinary: Vec<f64> = (0..values.len())
        .map(|at| {
            scratch.clear();
            let before = (1..=AROUND).filter_map(|k| at.checked_sub(k * season));
            let after = (1..=AROUND).map(|k| at + k * season).filter(|&at| at < values.len());
            let known = before.chain(after).filter(|&at| kinds[at].is_actual());
            scratch.extend(known.map(|at| values[at]));
            median(&mut scratch)
        })
        .collect();
    let off = |at: usize| values[at] - ordinary[at];
    let is_told = |at: usize| kinds[at] == Kind::Observed && ordinary[at].is_finite();
    let mut sizes: Vec<f64> = (0..values.len()).filter(|&at| is_told(at)).map(|at| off(at).abs()).collect();
    let usual = NORMAL * median(&mut sizes);
    if !(usual > 0.0 && usual.is_finite()) {
        return Vec::new(); // more than half of the values repeat themselves: nothing to measure by
    }
    let is_far = |at: usize| off(at).abs() > FAR * usual && off(at).abs() > LEAST_SHARE * ordinary[at].abs();
    let year = periods.in_year();
    // A day that is as far off a year before or after, give or take the shift of weekdays, is a date that matters.
    let comes_back = |at: usize| {
        let near = |center: usize| center.saturating_sub(2)..(center + 3).min(values.len());
        let again = |center: usize| near(center).any(|k| off(k).abs() > off(at).abs() / 3.0 && is_far(k));
        at >= year && again(at - year) || at + year < values.len() && again(at + year)
    };
    (0..values.len())
        .filter(|&at| is_told(at) && is_far(at) && !is_special(at) && !comes_back(at))
        .map(|at| Outlier { at, ordinary: ordinary[at] })
        .collect()
}

/// The period from which a series has had another level for good, where it has: the clearest such change.
pub fn level_shift(periods: Periods, values: &[f64], kinds: &[Kind]) -> Option<usize> {
    let (window, step) = match periods.frequency {
        Frequency::D | Frequency::H => (56, 7),
        Frequency::W => (26, 2),
        Frequency::M => (12, 1),
        Frequency::Q => (8, 1),
    };
    let mut best: Option<(f64, usize)> = None;
    let mut scratch = Vec::with_capacity(window);
    let (season, year) = (periods.frequency.season(), periods.in_year());
    let mut spread_and_level = |from: usize| -> Option<(f64, f64)> {
        let inside = (from..from + window).filter(|&at| kinds[at].is_actual());
        scratch.clear();
        scratch.extend(inside.clone().map(|at| values[at]));
        if scratch.len() < window / 2 {
            return None;
        }
        let level = median(&mut scratch);
        scratch.clear();
        if 2 * season <= window {
            // From one season to the next, so that the season itself is no noise.
            let pairs = inside.filter(|&at| at >= from + season);
            scratch.extend(pairs.map(|at| (values[at] - values[at - season]).abs() / f64::sqrt(2.0)));
        } else {
            scratch.extend(inside.map(|at| (values[at] - level).abs()));
        }
        Some((NORMAL * median(&mut scratch), level))
    };
    let is_multiple = |a: f64, b: f64| a.abs().max(b.abs()) > SHIFT_RATIO * a.abs().min(b.abs());
    for at in (window..(values.len() + 1).saturating_sub(window)).step_by(step) {
        let (Some((noise_before, before)), Some((noise_after, after))) =
            (spread_and_level(at - window), spread_and_level(at))
        else {
            continue;
        };
        let noise = noise_before.max(noise_after).max(1e-9 * before.abs().max(after.abs()));
        let far = (after - before).abs() / noise.max(f64::MIN_POSITIVE);
        if is_multiple(before, after) && far > SHIFT_FAR && best.is_none_or(|(most, _)| far > most) {
            // What happens at that time of any year is a season, not a change for good.
            let mut comes_back = |year_away: Option<usize>| {
                let at = year_away.filter(|at| *at >= window && at + window <= values.len())?;
                let (before_it, after_it) = (spread_and_level(at - window)?.1, spread_and_level(at)?.1);
                Some(is_multiple(before_it, after_it) && (after_it > before_it) == (after > before))
            };
            // A little earlier or later counts too: years are no whole number of steps.
            let others = [0, step, 2 * step].into_iter().flat_map(|late| {
                [(at + late).checked_sub(year + step), (at + year + late).checked_sub(step)]
            });
            if !others.into_iter().any(|other| comes_back(other) == Some(true)) {
                best = Some((far, at));
            }
        }
    }
    best.map(|(_, at)| at)
}

/// The median; NaN of nothing. The order of `values` is lost.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, &mut above, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if even { f64::midpoint(below.iter().copied().fold(f64::MIN, f64::max), above) } else { above }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    const DAYS: Periods = Periods { frequency: Frequency::D, week_start: 0 };

    fn week(len: usize) -> Vec<f64> {
        let mut random = Random::new(3);
        (0..len).map(|n| 100.0 + 40.0 * (n % 7) as f64 + random.below(100) as f64 / 10.0).collect()
    }

    fn found(values: &[f64], is_special: impl Fn(usize) -> bool) -> Vec<usize> {
        outliers(DAYS, values, &vec![Kind::Observed; values.len()], is_special).iter().map(|o| o.at).collect()
    }

    #[test]
    fn single_values_far_off_are_found_and_seasons_are_not() {
        let mut values = week(900);
        assert_eq!(found(&values, |_| false), Vec::<usize>::new());
        (values[200], values[500]) = (5000.0, -900.0);
        assert_eq!(found(&values, |_| false), [200, 500]);
        assert_eq!(found(&values, |at| at == 200), [500], "a promotion is no outlier");
        values[200 + 365] = 4000.0;
        assert_eq!(found(&values, |_| false), [500], "nor is a date that comes back");
        let kinds = vec![Kind::Observed; 900];
        let ordinary = outliers(DAYS, &values, &kinds, |_| false)[0].ordinary;
        assert!((ordinary - (100.0 + 40.0 * f64::from(500 % 7))).abs() < 10.0, "{ordinary}");
    }

    #[test]
    fn short_constant_and_sparse_series_have_none() {
        assert!(found(&week(20), |_| false).is_empty());
        assert!(found(&[5.0; 300], |_| false).is_empty());
        let mut sparse = vec![0.0; 300];
        sparse[150] = 9.0;
        assert!(found(&sparse, |_| false).is_empty());
        assert!(found(&[], |_| false).is_empty());
    }

    #[test]
    fn a_lasting_change_of_level_is_found_where_it_is() {
        let shift = |values: &[f64]| level_shift(DAYS, values, &vec![Kind::Observed; values.len()]);
        let noise = |n: usize| Random::new(n as u64).below(100) as f64 / 10.0;
        let shifted: Vec<f64> = (0..600).map(|n| if n < 301 { 100.0 } else { 30.0 } + noise(n)).collect();
        let at = shift(&shifted).expect("a shift");
        assert!(at.abs_diff(301) <= 7, "{at}");
        let growing: Vec<f64> = (0..600).map(|n| 100.0 + n as f64 / 10.0 + noise(n)).collect();
        assert_eq!(shift(&growing), None);
        let summers = |n: usize| if n % 364 < 120 { 300.0 } else { 100.0 };
        let yearly: Vec<f64> = (0..1456).map(|n| summers(n) + noise(n)).collect();
        assert_eq!(shift(&yearly), None, "a season of the year is no change for good");
        assert_eq!((shift(&week(600)), shift(&week(30)), shift(&[0.0; 300])), (None, None, None));
    }
}
