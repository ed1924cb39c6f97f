//! Gives every gap of one series its meaning.

use super::Kind;
use vakhta_domain::spec::Missing;

/// Seasons of leading zeros from which a series counts as not yet open.
const UNOPENED_SEASONS: usize = 4;

/// A series without gaps.
pub struct Filled {
    /// Where it begins, counted from the first entry of what was given.
    pub start: usize,
    /// Its values.
    pub values: Vec<f64>,
    /// How each came to be.
    pub kinds: Vec<Kind>,
    /// Gaps inside it.
    pub inner: u64,
    /// Gaps at its end.
    pub late: u64,
    /// Leading zeros that were taken for "not yet open".
    pub unopened: u64,
}

/// Fills the gaps (NaN) of a series; `None` when it has no value at all.
///
/// Leading gaps are before the opening. A gap at the end of up to one season is late data, whatever `missing`
/// says, because a branch that has not reported yet has not stopped selling.
pub fn fill(raw: &[f64], missing: Missing, season: usize) -> Option<Filled> {
    let first = raw.iter().position(|v| !v.is_nan())?;
    let last = raw.iter().rposition(|v| !v.is_nan())?;
    let mut start = first;
    if let Some(sold) = raw[first..].iter().position(|&v| !v.is_nan() && v != 0.0)
        && sold >= UNOPENED_SEASONS * season
    {
        start = first + sold;
    }
    let mut filled = Filled {
        start,
        values: raw[start..].to_vec(),
        kinds: vec![Kind::Observed; raw.len() - start],
        inner: 0,
        late: 0,
        unopened: (start - first) as u64,
    };
    filled.fill_from(0, last + 1 - start, missing, season);
    Some(filled)
}

/// What follows a past without gaps, its own gaps filled as [`fill`] does. Only what is new is given back.
pub fn continued(past: &[f64], raw: &[f64], missing: Missing, season: usize) -> Filled {
    let values = [past, raw].concat();
    let end = past.len() + raw.iter().rposition(|v| !v.is_nan()).map_or(0, |last| last + 1);
    let kinds = vec![Kind::Observed; values.len()];
    let mut filled = Filled { start: 0, values, kinds, inner: 0, late: 0, unopened: 0 };
    filled.fill_from(past.len(), end, missing, season);
    filled.values.drain(..past.len());
    filled.kinds.drain(..past.len());
    filled
}

impl Filled {
    /// Fills the gaps from `from` on; `end` is behind the last value that is there.
    fn fill_from(&mut self, from: usize, end: usize, missing: Missing, season: usize) {
        let values = &mut self.values;
        let late_data = values.len() - end <= season;
        for at in from..values.len() {
            if !values[at].is_nan() {
                continue;
            }
            let at_end = at >= end;
            self.inner += u64::from(!at_end);
            self.late += u64::from(at_end);
            (values[at], self.kinds[at]) = match missing {
                _ if at_end && late_data => (one_season_ago(values, at, season), Kind::Filled),
                Missing::Zero => (0.0, Kind::Zero),
                Missing::Closed => (0.0, Kind::Closed),
                Missing::Interpolate if at_end => (one_season_ago(values, at, season), Kind::Filled),
                Missing::Interpolate => (between(values, at), Kind::Filled),
            };
        }
    }
}

/// The value a season before `at`, or the one just before it.
fn one_season_ago(values: &[f64], at: usize, season: usize) -> f64 {
    at.checked_sub(season).or(at.checked_sub(1)).map_or(0.0, |ago| values[ago])
}

/// On the line from the value before `at` to the next one that is there.
fn between(values: &[f64], at: usize) -> f64 {
    let before = at.checked_sub(1).map_or(0.0, |at| values[at]);
    match values[at..].iter().position(|v| !v.is_nan()) {
        Some(distance) => before + (values[at + distance] - before) / (distance + 1) as f64,
        None => before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const N: f64 = f64::NAN;

    #[test]
    fn each_kind_of_gap() {
        let raw = [N, 1.0, N, N, 4.0, 5.0];
        let zero = fill(&raw, Missing::Zero, 7).expect("a series");
        assert_eq!((zero.start, zero.values.clone()), (1, vec![1.0, 0.0, 0.0, 4.0, 5.0]));
        assert_eq!(zero.kinds[1], Kind::Zero);
        assert_eq!(zero.inner, 2);
        let line = fill(&raw, Missing::Interpolate, 7).expect("a series");
        assert_eq!(line.values, vec![1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(line.kinds[2], Kind::Filled);
        let closed = fill(&raw, Missing::Closed, 7).expect("a series");
        assert_eq!((closed.values[1], closed.kinds[1]), (0.0, Kind::Closed));
        assert!(fill(&[N, N], Missing::Zero, 7).is_none());
    }

    #[test]
    fn a_short_gap_at_the_end_is_late_data() {
        let raw = [1.0, 2.0, 3.0, N];
        let filled = fill(&raw, Missing::Zero, 3).expect("a series");
        assert_eq!((filled.values[3], filled.kinds[3], filled.late), (1.0, Kind::Filled, 1));
        let raw = [1.0, 2.0, N, N, N, N];
        let filled = fill(&raw, Missing::Zero, 3).expect("a series");
        assert_eq!((filled.values[5], filled.kinds[5]), (0.0, Kind::Zero));
    }

    #[test]
    fn long_leading_zeros_are_before_the_opening() {
        let mut raw = vec![0.0; 30];
        raw.extend([5.0, 6.0]);
        let filled = fill(&raw, Missing::Zero, 7).expect("a series");
        assert_eq!((filled.start, filled.unopened), (30, 30));
        assert_eq!(fill(&[0.0; 40], Missing::Zero, 7).expect("zeros").values.len(), 40);
    }
}
