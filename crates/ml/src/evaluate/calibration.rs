//! Probabilities that mean what they say: a map learnt from rows that the engine did not learn from.
//!
//! Temperature (Guo 2017) sharpens or flattens all answers alike; isotonic (Zadrozny & Elkan 2002) bends each class
//! by a rising step function, one against the rest, and renormalises. Which of them, if any, is decided by
//! cross-validated log-loss.

use super::classes::LEAST_PROBABILITY;
use serde::{Deserialize, Serialize};

/// Parts of the cross-validation.
const PARTS: usize = 5;
/// Most probabilities that a calibration is learnt from; more rows than that teach a handful of numbers nothing.
const MOST_CELLS: usize = 1_000_000;
/// Fewest rows and most classes for isotonic maps: each class needs enough of both kinds.
const ISOTONIC_ROWS: usize = 1000;
const ISOTONIC_CLASSES: usize = 64;
/// What an isotonic map answers at least, so that nothing becomes impossible.
const ISOTONIC_FLOOR: f64 = 1e-4;
/// Bounds of the exponent.
const EXPONENTS: (f64, f64) = (0.02, 20.0);

/// How raw probabilities become calibrated ones.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Calibration {
    /// Not at all.
    #[default]
    None,
    /// p^exponent, renormalised; the exponent is one over the temperature.
    Temperature {
        /// From 0.02 to 20; above 1 sharpens.
        exponent: f64,
    },
    /// One rising map a class, renormalised.
    Isotonic {
        /// By class.
        maps: Vec<Rising>,
    },
}

/// A function that never falls, linear between its points and level beyond them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rising {
    /// Raw probabilities, ascending.
    pub from: Vec<f64>,
    /// What they become, ascending.
    pub to: Vec<f64>,
}

/// Held-out rows: `truths.len()` × `classes` probabilities, and the true class of each row.
#[derive(Debug, Clone, Copy)]
pub struct HeldOut<'a> {
    /// Row by row.
    pub probabilities: &'a [f64],
    /// None where the class was never learnt: such rows teach nothing.
    pub truths: &'a [Option<u32>],
    /// Probabilities a row.
    pub classes: usize,
}

impl<'a> HeldOut<'a> {
    fn row(&self, row: usize) -> &'a [f64] {
        &self.probabilities[row * self.classes..(row + 1) * self.classes]
    }
}

/// What was learnt, and the held-out probabilities as a calibration would give them that has not seen their row.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// Learnt from all held-out rows.
    pub calibration: Calibration,
    /// Row by row, each calibrated by what the other parts teach.
    pub probabilities: Vec<f64>,
}

/// Learns the map with the least cross-validated log-loss; [`Calibration::None`] where none is better than nothing.
pub fn learn(held: HeldOut<'_>) -> Calibrated {
    let stride = held.probabilities.len().div_ceil(MOST_CELLS).max(1);
    let rows: Vec<usize> = (0..held.truths.len()).filter(|row| held.truths[*row].is_some()).collect();
    let rows: Vec<usize> = rows.into_iter().step_by(stride).collect();
    let mut kinds: Vec<fn(HeldOut<'_>, &[usize]) -> Calibration> = Vec::new();
    if held.classes > 1 && rows.len() >= 4 * PARTS {
        kinds.push(temperature);
        if rows.len() >= ISOTONIC_ROWS && held.classes <= ISOTONIC_CLASSES {
            kinds.push(isotonic);
        }
    }
    let mut best_loss = loss(held, &rows, |_| &Calibration::None);
    let mut best = Calibrated { calibration: Calibration::None, probabilities: held.probabilities.to_vec() };
    for kind in kinds {
        let parts: Vec<Calibration> = (0..PARTS)
            .map(|part| {
                let others: Vec<usize> = rows.iter().copied().filter(|row| row % PARTS != part).collect();
                kind(held, &others)
            })
            .collect();
        let own = loss(held, &rows, |row| &parts[row % PARTS]);
        if own < best_loss {
            let mut probabilities = held.probabilities.to_vec();
            for (row, values) in probabilities.chunks_mut(held.classes).enumerate() {
                parts[row % PARTS].apply(values);
            }
            best_loss = own;
            best = Calibrated { calibration: kind(held, &rows), probabilities };
        }
    }
    best
}

/// The mean log-loss of `rows` under the calibration that `of` names for each.
fn loss<'c>(held: HeldOut<'_>, rows: &[usize], of: impl Fn(usize) -> &'c Calibration) -> f64 {
    let mut sum = 0.0;
    let mut values = Vec::new();
    for &row in rows {
        values.clear();
        values.extend_from_slice(held.row(row));
        of(row).apply(&mut values);
        let truth = held.truths[row].expect("rows without a known class were left out");
        sum -= values[truth as usize].max(LEAST_PROBABILITY).ln();
    }
    sum / rows.len().max(1) as f64
}

/// The exponent of the least log-loss, by Newton's method: the loss is convex in it.
fn temperature(held: HeldOut<'_>, rows: &[usize]) -> Calibration {
    let logs: Vec<f64> =
        rows.iter().flat_map(|&row| held.row(row)).map(|p| p.max(LEAST_PROBABILITY).ln()).collect();
    let mut exponent = 1.0f64;
    for _ in 0..30 {
        let (mut slope, mut curve) = (0.0, 0.0);
        for (&row, logs) in rows.iter().zip(logs.chunks(held.classes)) {
            let largest = logs.iter().copied().fold(f64::MIN, f64::max);
            let (mut mass, mut mean, mut square) = (0.0, 0.0, 0.0);
            for log in logs {
                let p = (exponent * (log - largest)).exp();
                mass += p;
                mean += p * log;
                square += p * log * log;
            }
            mean /= mass;
            let truth = held.truths[row].expect("rows without a known class were left out");
            slope += mean - logs[truth as usize];
            curve += (square / mass - mean * mean).max(0.0);
        }
        // At most a factor of two a step keeps Newton from jumping out of where the curve is known.
        let wanted = if curve > 0.0 { exponent - slope / curve } else { exponent };
        let next = wanted.clamp(exponent / 2.0, exponent * 2.0).clamp(EXPONENTS.0, EXPONENTS.1);
        let moved = (next / exponent).ln().abs();
        exponent = next;
        if moved < 1e-6 {
            break;
        }
    }
    Calibration::Temperature { exponent }
}

/// One rising map a class.
fn isotonic(held: HeldOut<'_>, rows: &[usize]) -> Calibration {
    let map = |class: usize| {
        let mut pairs: Vec<(f64, f64)> = rows
            .iter()
            .map(|&row| (held.row(row)[class], f64::from(u8::from(held.truths[row] == Some(class as u32)))))
            .collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        Rising::fit(&pairs)
    };
    Calibration::Isotonic { maps: (0..held.classes).map(map).collect() }
}

impl Rising {
    /// The least-squares rising step function through `pairs`, ascending by the first (pool adjacent violators,
    /// Ayer 1955); each step is kept as a point at its mean.
    fn fit(pairs: &[(f64, f64)]) -> Self {
        let mut steps: Vec<(f64, f64, f64)> = Vec::new(); // sums of from, of to, and how many
        for &(from, to) in pairs {
            steps.push((from, to, 1.0));
            while let [.., (a_from, a_to, a_n), (b_from, b_to, b_n)] = steps[..]
                && a_to * b_n >= b_to * a_n
            {
                steps.truncate(steps.len() - 2);
                steps.push((a_from + b_from, a_to + b_to, a_n + b_n));
            }
        }
        let (from, to) = steps.iter().map(|(from, to, n)| (from / n, to / n)).unzip();
        Self { from, to }
    }

    /// The value at `x`; `x` itself without points.
    pub fn at(&self, x: f64) -> f64 {
        let after = self.from.partition_point(|&from| from < x);
        match (after.checked_sub(1), self.from.get(after)) {
            (None, None) => x,
            (None, Some(_)) => self.to[0],
            (Some(before), None) => self.to[before],
            (Some(before), Some(&next)) => {
                let share = (x - self.from[before]) / (next - self.from[before]);
                self.to[before] + share * (self.to[after] - self.to[before])
            }
        }
    }

    /// Whether it rises, is finite, and stays within probabilities: for maps read from outside.
    fn is_sound(&self) -> bool {
        let within = |values: &[f64]| values.iter().all(|v| (0.0..=1.0).contains(v));
        let rises = |values: &[f64]| values.windows(2).all(|w| w[0] <= w[1]);
        let fits = self.from.len() == self.to.len();
        fits && within(&self.from) && within(&self.to) && rises(&self.from) && rises(&self.to)
    }
}

impl Calibration {
    /// Calibrates the probabilities of one row, which sum to 1 before and after.
    pub fn apply(&self, probabilities: &mut [f64]) {
        match self {
            Self::None => return,
            Self::Temperature { exponent } => {
                let largest = probabilities.iter().copied().fold(0.0, f64::max);
                for p in probabilities.iter_mut() {
                    *p = (*p / largest).powf(*exponent);
                }
            }
            Self::Isotonic { maps } => {
                for (p, map) in probabilities.iter_mut().zip(maps) {
                    *p = map.at(*p) + ISOTONIC_FLOOR * *p;
                }
            }
        }
        let sum: f64 = probabilities.iter().sum();
        let even = 1.0 / probabilities.len() as f64;
        for p in probabilities.iter_mut() {
            *p = if sum > 0.0 && sum.is_finite() { *p / sum } else { even };
        }
    }

    /// Whether it fits so many classes and gives probabilities: for calibrations read from outside.
    pub fn is_sound(&self, classes: usize) -> bool {
        match self {
            Self::None => true,
            Self::Temperature { exponent } => (EXPONENTS.0..=EXPONENTS.1).contains(exponent),
            Self::Isotonic { maps } => maps.len() == classes && maps.iter().all(Rising::is_sound),
        }
    }

    /// Its name, for notes.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Temperature { .. } => "temperature",
            Self::Isotonic { .. } => "isotonic",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn unit(random: &mut Random) -> f64 {
        random.below(1 << 30) as f64 / f64::from(1 << 30)
    }

    /// Rows whose true probabilities are `truth`, shown as `shown` makes of them.
    fn held(n: usize, seed: u64, shown: impl Fn(&mut [f64])) -> (Vec<f64>, Vec<Option<u32>>) {
        let mut random = Random::new(seed);
        let (mut all, mut truths) = (vec![], vec![]);
        for _ in 0..n {
            let mut p: Vec<f64> = (0..3).map(|_| unit(&mut random).powi(3) + 1e-3).collect();
            let sum: f64 = p.iter().sum();
            for p in &mut p {
                *p /= sum;
            }
            let mut left = unit(&mut random);
            let truth = p.iter().position(|p| {
                left -= p;
                left < 0.0
            });
            truths.push(Some(truth.unwrap_or(2) as u32));
            shown(&mut p);
            all.extend(p);
        }
        (all, truths)
    }

    #[test]
    fn overconfidence_is_undone_by_temperature() {
        let (probabilities, truths) = held(4000, 1, |p| Calibration::Temperature { exponent: 2.5 }.apply(p));
        let of = HeldOut { probabilities: &probabilities, truths: &truths, classes: 3 };
        let Calibration::Temperature { exponent } = temperature(of, &(0..4000).collect::<Vec<_>>()) else {
            panic!("a temperature")
        };
        assert!((exponent - 0.4).abs() < 0.03, "{exponent}");
        let learnt = learn(of);
        assert!(loss(of, &(0..4000).collect::<Vec<_>>(), |_| &learnt.calibration) < 0.95);
        assert_ne!(learnt.calibration, Calibration::None);
    }

    #[test]
    fn a_bend_that_no_temperature_has_is_isotonic() {
        let bend = |p: &mut [f64]| {
            p[0] = p[0].powi(4);
            let sum: f64 = p.iter().sum();
            for p in p.iter_mut() {
                *p /= sum;
            }
        };
        let (probabilities, truths) = held(8000, 2, bend);
        let learnt = learn(HeldOut { probabilities: &probabilities, truths: &truths, classes: 3 });
        assert_eq!(learnt.calibration.name(), "isotonic");
        assert!(learnt.calibration.is_sound(3) && !learnt.calibration.is_sound(2));
        let (fresh, truths) = held(8000, 3, bend);
        let of = HeldOut { probabilities: &fresh, truths: &truths, classes: 3 };
        let rows: Vec<usize> = (0..8000).collect();
        assert!(loss(of, &rows, |_| &learnt.calibration) < loss(of, &rows, |_| &Calibration::None));
    }

    #[test]
    fn right_probabilities_stay_and_few_rows_teach_nothing() {
        let (probabilities, truths) = held(20, 4, |_| {});
        let learnt = learn(HeldOut { probabilities: &probabilities[..15], truths: &truths[..5], classes: 3 });
        assert_eq!(learnt.calibration, Calibration::None);
        assert_eq!(learnt.probabilities, probabilities[..15]);
        let none = learn(HeldOut { probabilities: &[], truths: &[], classes: 3 });
        assert_eq!(none.calibration, Calibration::None);
        let unknown = learn(HeldOut { probabilities: &[1.0], truths: &[None], classes: 1 });
        assert_eq!(unknown.calibration, Calibration::None);
    }

    #[test]
    fn extremes_stay_probabilities() {
        let steep = Calibration::Temperature { exponent: 20.0 };
        let zero = Rising { from: vec![0.0, 1.0], to: vec![0.0, 0.0] };
        let level = Calibration::Isotonic { maps: vec![zero.clone(), zero] };
        for calibration in [steep, level, Calibration::None] {
            for raw in [[1.0, 0.0], [0.5, 0.5], [1e-300, 1.0]] {
                let mut p = raw;
                calibration.apply(&mut p);
                assert!((p[0] + p[1] - 1.0).abs() < 1e-9, "{calibration:?} {raw:?} {p:?}");
            }
        }
    }
}
