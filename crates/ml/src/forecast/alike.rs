//! A past for branches that have none yet, borrowed from branches that are like them.
//!
//! Trees ask what was a week, half a year, a year ago. For a branch that opened ten days ago, the nearest neighbours
//! answer: branches with the same static words, whose days went most like its own since it opened, each scaled to its
//! level (nearest-neighbour imputation, Troyanskaya et al. 2001). What is borrowed shapes features alone: it is neither
//! learnt from nor scored nor shown.

use crate::features::Plan;
use crate::panel::{Kind, Panel, Series};
use std::collections::BTreeMap;

/// Neighbours whose mean is borrowed.
const NEIGHBOURS: usize = 5;
/// Seasons after the opening that likeness is judged by. Rows of so young a branch are not learnt from.
const SEASONS: usize = 4;
/// Fewest of its own values by which a branch can be likened to others.
const FEWEST: usize = 3;

/// A branch that is like another.
struct Neighbour<'a> {
    series: &'a Series,
    /// Static words that differ.
    strange: usize,
    /// The mean square difference of the two, each divided by its level.
    distance: f64,
    /// What its values are multiplied by.
    scale: f64,
}

/// The series that begin after others by their places, each with a borrowed past in front of its own as far back as the
/// plan looks; none where the plan does not borrow. Nothing from the cutoff on is looked at, but for the values that a
/// series keeps.
pub fn with_borrowed_past(plan: &Plan, panel: &Panel, cutoff: usize) -> BTreeMap<usize, Series> {
    if plan.look_alikes { late(panel, cutoff, plan.reach()).collect() } else { BTreeMap::new() }
}

fn late(panel: &Panel, cutoff: usize, reach: usize) -> impl Iterator<Item = (usize, Series)> {
    let late = panel.series.iter().enumerate().filter(move |(_, s)| (1..cutoff).contains(&s.start));
    late.filter_map(move |(at, series)| Some((at, borrowed(panel, at, series, cutoff, reach)?)))
}

fn borrowed(panel: &Panel, at: usize, own: &Series, cutoff: usize, reach: usize) -> Option<Series> {
    let until = cutoff.min(own.start + SEASONS * panel.season());
    let others = panel.series.iter().enumerate().filter(|(other, _)| *other != at);
    let mut neighbours: Vec<Neighbour<'_>> =
        others.filter_map(|(_, other)| neighbour(panel, own, other, until)).collect();
    // Ties fall to the first in the panel: the sort is stable.
    neighbours.sort_by(|a, b| a.strange.cmp(&b.strange).then(a.distance.total_cmp(&b.distance)));
    neighbours.truncate(NEIGHBOURS);
    let first = neighbours.iter().map(|n| n.series.start).min()?.max(own.start.saturating_sub(reach));
    let value = |period: usize| {
        let known = neighbours.iter().filter_map(|n| Some((n.series.at(period)?.0, n.scale)));
        let (sum, count) = known.fold((0.0, 0usize), |(sum, n), (value, scale)| (sum + value * scale, n + 1));
        sum / count.max(1) as f64
    };
    let mut series = own.clone();
    series.values = (first..own.start).map(value).chain(own.values.iter().copied()).collect();
    let added = own.start - first;
    series.kinds = std::iter::repeat_n(Kind::Filled, added).chain(own.kinds.iter().copied()).collect();
    series.start = first;
    Some(series)
}

/// How like another series is, by the periods from the opening to `until` of which both are known; none where it has no
/// longer past, or where too little can be compared.
fn neighbour<'a>(panel: &Panel, own: &Series, other: &'a Series, until: usize) -> Option<Neighbour<'a>> {
    if other.start + SEASONS * panel.season() > own.start {
        return None;
    }
    let both = || {
        (own.start..until).filter_map(|period| {
            let ((a, of_a), (b, of_b)) = (own.at(period)?, other.at(period)?);
            (of_a.is_actual() && of_b.is_actual()).then_some((a, b))
        })
    };
    let count = both().count();
    let (a, b) = both().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (a, b) = (a / count as f64, b / count as f64);
    if count < FEWEST || !(a > 1e-9 && b > 1e-9) {
        return None;
    }
    let distance = both().map(|(x, y)| (x / a - y / b).powi(2)).sum::<f64>() / count as f64;
    let words = panel.static_words.iter().enumerate().filter(|(_, words)| !words.is_empty());
    let strange = words.filter(|&(column, _)| own.statics[column] != other.statics[column]).count();
    Some(Neighbour { series: other, strange, distance, scale: a / b })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{TREES, all, checked, day, fit_rows, rows};
    use super::*;
    use crate::forecast::Fitted;
    use crate::panel::{Observations, Panel};
    use std::sync::Arc;

    const BORROWING: &str = "engine: gbdt, horizon: 14, features: {look_alikes: true}, params: {rounds: 40, leaves: 8, \
                             learning_rate: 0.2}";

    /// Nine branches of 500 days, five of which sell more in one half of the year and four in the other; and a late
    /// one, of the first kind and three times as large, that opens `age` days before the end.
    fn rows_with_late(age: usize) -> Observations {
        let wave = |kind: usize, n: usize| {
            let year = (n as f64 / 365.0 * std::f64::consts::TAU).sin() * if kind == 0 { 0.4 } else { -0.4 };
            (1.0 + year) * [1.0, 0.8, 0.9, 1.0, 1.2, 1.5, 0.4][(n + 3 * kind) % 7]
        };
        let mut data = rows(9, 500, |branch, n| 100.0 * (branch + 1) as f64 * wave(branch % 2, n));
        for n in 500 - age..500 {
            data.time.push(day(n));
            data.series[0].push(Arc::from("late"));
            data.target.push(300.0 * wave(0, n));
        }
        data
    }

    fn panel(age: usize) -> Panel {
        Panel::build(&rows_with_late(age), &checked(TREES).panel_rules()).expect("a panel").0
    }

    #[test]
    fn the_past_is_that_of_the_most_alike_at_the_own_level() {
        let panel = panel(30);
        let found: Vec<_> = late(&panel, 500, 200).collect();
        assert_eq!((found.len(), panel.series[found[0].0].key[0].as_str()), (1, "late"));
        let series = &found[0].1;
        assert_eq!((series.start, series.values.len(), series.kinds[199]), (270, 230, Kind::Filled));
        assert_eq!(series.values[200..], panel.series[found[0].0].values);
        let like = panel.series.iter().find(|s| s.key[0] == "b0").expect("a branch");
        for (value, other) in series.values[..200].iter().zip(&like.values[270..]) {
            assert!((value / (3.0 * other) - 1.0).abs() < 1e-9, "{value} {other}");
        }
    }

    #[test]
    fn nothing_after_the_cutoff_is_looked_at() {
        let calm = panel(60);
        let mut shaken = calm.clone();
        for series in &mut shaken.series {
            let from = 450 - series.start;
            series.values[from..].iter_mut().for_each(|v| *v = 9.0 * *v + 77.0);
        }
        let past = |found: Option<(usize, Series)>| found.expect("it is open").1.values;
        let (a, b) = (late(&calm, 450, 100).next(), late(&shaken, 450, 100).next());
        assert_eq!(past(a)[..100 + 10], past(b)[..100 + 10]);
        assert!(late(&calm, 440, 100).next().is_none(), "not open yet");
        assert!(late(&calm, 442, 100).next().is_none(), "two days say nothing");
    }

    #[test]
    fn nothing_is_borrowed_where_nobody_has_more() {
        let with_late = panel(40);
        let data = rows(3, 100, |branch, n| (branch + n) as f64);
        let panel = Panel::build(&data, &checked(TREES).panel_rules()).expect("a panel").0;
        assert!(late(&panel, 100, 50).next().is_none());
        let mut zeros = with_late;
        let last = zeros.series.len() - 1;
        zeros.series[last].values.iter_mut().for_each(|v| *v = 0.0);
        assert!(late(&zeros, 500, 50).next().is_none(), "what sells nothing has no level");
    }

    #[test]
    fn what_is_borrowed_is_not_shown() {
        let fitted = fit_rows(&rows_with_late(20), &checked(BORROWING)).expect("a fit");
        let key = ["late".to_owned()];
        let history = fitted.history(&key, 1000).expect("history");
        assert_eq!((history.len(), history[0].date), (20, day(480)));
        let told =
            |fitted: &Fitted| fitted.report().notes.iter().any(|n| n.code == "look_alikes" && n.count == 1);
        assert!(told(&fitted));
        let saved = Fitted::from_bytes(&fitted.to_bytes()).expect("it is read back");
        let query = all(14);
        assert_eq!(
            saved.forecast(&query).expect("it forecasts"),
            fitted.forecast(&query).expect("it forecasts")
        );
        assert!(!told(&fit_rows(&rows_with_late(20), &checked(TREES)).expect("a fit")), "off by default");
    }
}
