//! How much days differ from each other by themselves, learnt from the days of the reference rows.
//!
//! All rows of a day share its weather, its promotion, its weekday. A day is unusual if it differs from the rest more
//! than reference days do, not more than independent rows would.

use super::DriftError;
use super::profile::{Counts, Difference, Profile};
use super::significance::any_of;
use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

/// Fewer reference days say nothing of the noise between days.
pub const LEAST_DAYS: usize = 20;
/// Most days that are kept: the latest.
pub const MOST_DAYS: usize = 366;
/// A day with fewer rows is left out: chance hides what it was like.
const LEAST_ROWS: u64 = 30;
/// The mean of the square of Kolmogorov's variable, π²/12.
const GAP_SQUARED: f64 = std::f64::consts::PI * std::f64::consts::PI / 12.0;

/// How far a day lies from all the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DayNoise {
    /// Its rows.
    pub rows: u64,
    /// PSI of the watched bins.
    pub psi: Excess,
    /// The square of the largest gap between the distributions; none of categories.
    pub gap: Option<Excess>,
    /// Which way numbers moved, and how far; none of categories.
    pub shift: Option<Shift>,
}

/// How far numbers moved: the difference of mean normal scores (van der Waerden), about that of means in deviations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// Up or down.
    pub found: f64,
    /// Its variance under chance alone.
    pub variance: f64,
}

/// How improbable a day is among the reference days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Improbable {
    /// How many reference days it was held against.
    pub days: usize,
    /// By how much it differs.
    pub size: f64,
    /// By its largest gap.
    pub gap: Option<f64>,
    /// How far up by where it lies: the probability of lying as far up or further.
    pub up: Option<f64>,
}

impl Improbable {
    /// The p-value of all three together.
    pub fn p(&self) -> f64 {
        let both_ways = self.up.map(|up| (2.0 * up.min(1.0 - up)).min(1.0));
        any_of([Some(self.size), self.gap, both_ways].into_iter().flatten())
    }
}

/// A measure that is zero of equal distributions, and its mean under chance alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Excess {
    /// Measured.
    pub found: f64,
    /// What chance alone gives at these numbers of rows.
    pub chance: f64,
}

impl DayNoise {
    /// What is compared between days, of a difference.
    pub fn of(difference: &Difference, rows: u64) -> Option<Self> {
        let (psi, chance) = (difference.watched?.psi, difference.chance?.psi);
        let gap = difference.gap.map(|gap| {
            // The mean gap is known; the mean square follows from it, both being one distribution's, scaled.
            let mean = std::f64::consts::LN_2 * std::f64::consts::FRAC_PI_2.sqrt();
            Excess { found: gap.size * gap.size, chance: (gap.chance / mean).powi(2) * GAP_SQUARED }
        });
        Some(Self { rows, psi: Excess { found: psi, chance }, gap, shift: difference.shift })
    }
}

impl Profile {
    /// Learns the noise between days from the reference rows counted day by day, in order of time.
    ///
    /// Each day is held against all others together. Days that the reference rows do not contain are an error.
    pub fn learn_days<'a>(&mut self, days: impl IntoIterator<Item = &'a Counts>) -> Result<(), DriftError> {
        let mut learnt = Vec::new();
        for day in days {
            self.check(day)?;
            let rest = without(&self.counts, day).ok_or(DriftError::NotPart)?;
            if day.rows() >= LEAST_ROWS && rest.rows() > 0 {
                learnt.extend(DayNoise::of(&self.differ(&rest, day)?, day.rows()));
            }
        }
        let from = learnt.len().saturating_sub(MOST_DAYS);
        self.days = learnt.split_off(from);
        Ok(())
    }

    /// The reference days.
    pub fn days(&self) -> &[DayNoise] {
        &self.days
    }
}

/// How improbable a day is among the reference days; none where they are fewer than [`LEAST_DAYS`].
pub fn improbable(days: &[DayNoise], now: &DayNoise) -> Option<Improbable> {
    if days.len() < LEAST_DAYS {
        return None;
    }
    let size = predictive(days.iter().map(|day| day.psi), now.psi)?;
    let gap = now.gap.and_then(|now| predictive(days.iter().filter_map(|day| day.gap), now));
    let up = now.shift.and_then(|now| further_up(days.iter().filter_map(|day| day.shift), now));
    Some(Improbable { days: days.len(), size, gap, up })
}

/// The probability that a further day lies as far up as `now`. Where a day lies is about normal; its variance is what
/// days have of their own and what chance adds for their rows. Student's t, as in [`predictive`].
fn further_up(days: impl Iterator<Item = Shift>, now: Shift) -> Option<f64> {
    let days: Vec<Shift> = days.collect();
    if days.len() < LEAST_DAYS {
        return None;
    }
    let count = days.len() as f64;
    let own = days.iter().map(|day| day.found * day.found - day.variance).sum::<f64>() / count;
    let scaled = |day: Shift| day.found / (own.max(0.0) + day.variance).sqrt();
    let scores: Vec<f64> = days.iter().map(|&day| scaled(day)).collect();
    let mean = scores.iter().sum::<f64>() / count;
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let t = (scaled(now) - mean) / (variance.max(1e-12) * (1.0 + 1.0 / count)).sqrt();
    t.is_finite().then(|| student_tail(t, count - 1.0))
}

/// The probability of a measure as large as `now` on a further day.
///
/// The logarithms of the measures, each over the mean that its number of rows lets expect (what days add on top of
/// chance, in the mean over the days, plus chance), are taken as normal of unknown mean and variance: one more of
/// them, centred and scaled, follows Student's t (Geisser 1993, section 2.2). With as many rows each day, that mean
/// cancels out. Where days move all their rows together, the measures are about chi-square of one degree, whose
/// logarithm has a short right tail: false alarms are then fewer than the level says. Cube roots (Wilson & Hilferty
/// 1931) find more and hold no level: three to eight times the alarms. None where chance gives nothing, as of a column
/// that cannot differ.
fn predictive(days: impl Iterator<Item = Excess>, now: Excess) -> Option<f64> {
    let days: Vec<Excess> = days.filter(|day| day.chance > 0.0).collect();
    if days.len() < LEAST_DAYS || now.chance <= 0.0 {
        return None;
    }
    let count = days.len() as f64;
    let added = (days.iter().map(|day| day.found - day.chance).sum::<f64>() / count).max(0.0);
    // A measure of exactly zero is as if it were a thousandth of what was expected.
    let log = |day: Excess| (day.found / (added + day.chance)).max(1e-3).ln();
    let logs: Vec<f64> = days.iter().map(|&day| log(day)).collect();
    let mean = logs.iter().sum::<f64>() / count;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let above = log(now) - mean;
    if variance < 1e-12 {
        return Some(if above > 1e-6 { 0.0 } else { 1.0 });
    }
    Some(student_tail(above / (variance * (1.0 + 1.0 / count)).sqrt(), count - 1.0))
}

/// The probability that Student's t of `freedom` degrees exceeds `t`.
fn student_tail(t: f64, freedom: f64) -> f64 {
    let both = checked_beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t)).unwrap_or(0.0);
    if t > 0.0 { both / 2.0 } else { 1.0 - both / 2.0 }
}

/// What is left of counts without a part of them; none where the part is more than there is.
fn without(whole: &Counts, part: &Counts) -> Option<Counts> {
    let mut left = whole.clone();
    match (&mut left, part) {
        (Counts::Numbers(left), Counts::Numbers(part)) => {
            subtract(&mut left.cells, &part.cells)?;
            left.missing = left.missing.checked_sub(part.missing)?;
        }
        (Counts::Categories(left), Counts::Categories(part)) => {
            subtract(&mut left.kept, &part.kept)?;
            left.other = left.other.checked_sub(part.other)?;
            left.missing = left.missing.checked_sub(part.missing)?;
            if !part.new.is_empty() {
                return None;
            }
        }
        (Counts::Texts(left), Counts::Texts(part)) => {
            left.rows = left.rows.checked_sub(part.rows)?;
            left.squares = left.squares.checked_sub(part.squares)?;
            subtract(&mut left.buckets, &part.buckets)?;
            subtract(&mut left.lengths.cells, &part.lengths.cells)?;
            left.lengths.missing = left.lengths.missing.checked_sub(part.lengths.missing)?;
        }
        _ => return None,
    }
    Some(left)
}

fn subtract(from: &mut [u64], part: &[u64]) -> Option<()> {
    for (from, part) in from.iter_mut().zip(part) {
        *from = from.checked_sub(*part)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn tails_of_student_are_the_known_ones() {
        // scipy.stats.t.sf.
        for (t, freedom, wanted) in
            [(2.0, 10.0, 0.036_694_017), (3.5, 59.0, 4.462_333e-4), (-1.0, 5.0, 0.818_391_27)]
        {
            assert!(
                (student_tail(t, freedom) / wanted - 1.0).abs() < 1e-4,
                "{t}: {}",
                student_tail(t, freedom)
            );
        }
    }

    #[test]
    fn days_that_are_not_part_of_the_reference_are_refused() {
        let mut profile = Profile::numbers(&[1.0, 2.0, 3.0]);
        let other = profile.count_numbers(&[1.0, 1.0]).expect("numbers");
        assert!(matches!(profile.learn_days([&other]), Err(DriftError::NotPart)));
        let of_words = Profile::categories([(Some("a"), 1)]);
        assert!(matches!(profile.learn_days([of_words.counts()]), Err(DriftError::OtherProfile)));
    }

    #[test]
    fn a_day_like_the_others_is_probable_with_any_number_of_rows() {
        let mut random = Random::new(8);
        let mut day = |rows: usize, shift: f64| -> Vec<f64> {
            let normal =
                |random: &mut Random| (0..12).map(|_| random.below(1000) as f64 / 1000.0).sum::<f64>();
            let of_day = (normal(&mut random) - 6.0) * 0.3 + shift;
            (0..rows).map(|_| normal(&mut random) + of_day).collect()
        };
        let days: Vec<Vec<f64>> = (0..60).map(|i| day(if i % 2 == 0 { 200 } else { 2000 }, 0.0)).collect();
        let mut profile = Profile::numbers(&days.concat());
        let counted: Vec<Counts> = days.iter().map(|d| profile.count_numbers(d).expect("numbers")).collect();
        profile.learn_days(&counted).expect("days of the reference");
        assert_eq!(profile.days().len(), 60);
        let mut p_of = |rows, shift| {
            let counts = profile.count_numbers(&day(rows, shift)).expect("numbers");
            let now = DayNoise::of(&profile.compare(&counts).expect("the same profile"), counts.rows());
            improbable(profile.days(), &now.expect("rows")).expect("enough days").p()
        };
        let usual = (0..100).filter(|i| p_of([100, 500, 5000][i % 3], 0.0) < 0.05).count();
        assert!(usual <= 12, "{usual} of 100 usual days are improbable");
        let unusual = (0..30).filter(|_| p_of(1000, 2.0) < 0.01).count();
        assert!(unusual >= 27, "{unusual} of 30 unusual days are improbable");
    }
}
