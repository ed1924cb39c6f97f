//! Draws without replacement: how many of the marked rows fall to one side when the pooled rows are dealt anew.

use statrs::function::erf::erfc;
use statrs::function::gamma::ln_gamma;

/// Above this variance the normal distribution is as good, and quicker.
const WIDE: f64 = 10_000.0;
/// Probabilities below this share of the largest are left out.
const NEGLIGIBLE: f64 = 1e-13;

/// A deal of `marked` rows of a bin to two sides.
#[derive(Debug, Clone, Copy)]
pub struct Draw {
    /// Rows of the other side.
    pub others: u64,
    /// Rows of the side that is looked at.
    pub drawn: u64,
    /// Rows of the bin on both sides; at most `others + drawn`.
    pub marked: u64,
}

impl Draw {
    fn least(self) -> u64 {
        self.marked.saturating_sub(self.others)
    }

    fn most(self) -> u64 {
        self.marked.min(self.drawn)
    }

    /// The probability of exactly `x` marked rows.
    fn probability(self, x: u64) -> f64 {
        let all = self.others + self.drawn;
        let ln = ln_choose(self.marked, x) + ln_choose(all - self.marked, self.drawn - x)
            - ln_choose(all, self.drawn);
        ln.exp()
    }

    /// The probability of `x + 1` over that of `x`.
    fn step_up(self, x: u64) -> f64 {
        let (marked, drawn, others, x) =
            (self.marked as f64, self.drawn as f64, self.others as f64, x as f64);
        (marked - x) * (drawn - x) / ((x + 1.0) * (others - marked + x + 1.0))
    }
}

/// Calls `each` with every number of marked rows that is not too improbable, and its probability.
pub fn outward(draw: Draw, each: &mut impl FnMut(u64, f64)) {
    let mode = (u128::from(draw.drawn + 1) * u128::from(draw.marked + 1)
        / u128::from(draw.others + draw.drawn + 2)) as u64;
    let mode = mode.clamp(draw.least(), draw.most());
    let highest = draw.probability(mode);
    each(mode, highest);
    let (mut x, mut probability) = (mode, highest);
    while x < draw.most() && probability > highest * NEGLIGIBLE {
        probability *= draw.step_up(x);
        x += 1;
        each(x, probability);
    }
    (x, probability) = (mode, highest);
    while x > draw.least() && probability > highest * NEGLIGIBLE {
        x -= 1;
        probability /= draw.step_up(x);
        each(x, probability);
    }
}

/// Fisher's exact test: twice the smaller tail of `x` marked rows, at most 1.
pub fn two_sided(draw: Draw, x: u64) -> f64 {
    let all = (draw.others + draw.drawn) as f64;
    let share = draw.marked as f64 / all;
    let mean = draw.drawn as f64 * share;
    let variance = mean * (draw.others as f64 / all) * (1.0 - share);
    if variance > WIDE {
        let away = ((x as f64 - mean).abs() - 0.5).max(0.0) / variance.sqrt();
        return erfc(away / std::f64::consts::SQRT_2);
    }
    let upward = x as f64 >= mean;
    let (mut x, mut probability) = (x, draw.probability(x));
    let mut tail = probability;
    // Away from the mode each step shrinks by more than the one before.
    while probability > tail * NEGLIGIBLE
        && tail < 0.5
        && if upward { x < draw.most() } else { x > draw.least() }
    {
        if upward {
            probability *= draw.step_up(x);
            x += 1;
        } else {
            x -= 1;
            probability /= draw.step_up(x);
        }
        tail += probability;
    }
    (2.0 * tail).min(1.0)
}

fn ln_choose(n: u64, k: u64) -> f64 {
    if k == 0 || k == n {
        return 0.0;
    }
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_to_one() {
        for (others, drawn, marked) in
            [(10, 5, 3), (1000, 100, 1), (100, 1000, 700), (1_000_000, 100, 5000), (3, 3, 6)]
        {
            let (mut sum, mut mean) = (0.0, 0.0);
            outward(Draw { others, drawn, marked }, &mut |x, p| {
                sum += p;
                mean += p * x as f64;
            });
            assert!((sum - 1.0).abs() < 1e-7, "{sum}");
            let wanted = drawn as f64 * marked as f64 / (others + drawn) as f64;
            assert!((mean - wanted).abs() < 1e-6 * wanted.max(1.0), "{mean} {wanted}");
        }
    }

    #[test]
    fn tails_are_those_of_fisher() {
        // Lady tasting tea: 3 of 4, one tail 17/70; all 4, 1/70.
        let tea = Draw { others: 4, drawn: 4, marked: 4 };
        assert!((two_sided(tea, 3) - 34.0 / 70.0).abs() < 1e-12);
        assert!((two_sided(tea, 4) - 2.0 / 70.0).abs() < 1e-12);
        assert!((two_sided(tea, 0) - 2.0 / 70.0).abs() < 1e-12);
        assert_eq!(two_sided(tea, 2), 1.0);
        // A value never seen in 10,000 rows that comes 30 times in 1,000.
        assert!(two_sided(Draw { others: 10_000, drawn: 1000, marked: 30 }, 30) < 1e-30);
    }
}
