//! Mean and standard deviation of a sliding window, one step at a time.
//!
//! Sums of squares are kept about the mean (Welford 1962), so a large offset costs no digits. Rounding errors
//! are thrown away before they count: the window is summed afresh after as many steps as it is long, and at
//! once when values that dwarf the rest have left it.

/// Where a window lies: `len` values, the newest of which is `delay` periods back (1: the last one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// Periods between the row and the newest value.
    pub delay: usize,
    /// Values in the window.
    pub len: usize,
}

/// A leaving value may take away so much of the sum of squares before the rest is summed afresh.
const DWARFED: f64 = 1e-4;

/// Running sums of one window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    place: Place,
    count: usize,
    mean: f64,
    squares: f64,
    peak: f64,
    steps: usize,
    /// What one value counts for in a full window.
    share: f64,
}

impl Window {
    /// An empty window.
    pub fn new(place: Place) -> Self {
        Self { place, count: 0, mean: 0.0, squares: 0.0, peak: 0.0, steps: 0, share: 1.0 / place.len as f64 }
    }

    /// The window as it stands at the end of `history`, summed afresh.
    pub fn of(place: Place, history: &[f64]) -> Self {
        let mut window = Self::new(place);
        window.sum(history);
        window
    }

    /// Moves on by one period. `history` already ends with the newest value.
    pub fn step(&mut self, history: &[f64]) {
        let Some(newest) = history.len().checked_sub(self.place.delay) else { return };
        self.steps += 1;
        if self.steps > self.place.len {
            self.sum(history);
            return;
        }
        match newest.checked_sub(self.place.len) {
            None => self.add(history[newest]),
            Some(gone) => {
                self.replace(history[gone], history[newest]);
                if self.squares < self.peak * DWARFED {
                    self.sum(history);
                }
            }
        }
    }

    /// Values inside.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their mean; NaN when there are none.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// Their standard deviation with n − 1; NaN for fewer than two.
    pub fn std(&self) -> f64 {
        deviation(self.squares, self.count)
    }

    /// The values inside, oldest first.
    pub fn values<'a>(&self, history: &'a [f64]) -> &'a [f64] {
        let end = (history.len() + 1).saturating_sub(self.place.delay);
        &history[end.saturating_sub(self.place.len)..end]
    }

    fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
        self.peak = self.peak.max(self.squares);
    }

    /// One value leaves a full window as another comes in.
    fn replace(&mut self, gone: f64, value: f64) {
        let (change, before) = (value - gone, self.mean);
        self.mean += change * self.share;
        self.squares += change * ((value - self.mean) + (gone - before));
        self.peak = self.peak.max(self.squares);
    }

    fn sum(&mut self, history: &[f64]) {
        let place = self.place;
        let values = self.values(history);
        let count = values.len();
        let mean = if count == 0 { 0.0 } else { summed(values, |v| v) / count as f64 };
        let squares = summed(values, |v| (v - mean) * (v - mean));
        *self = Self { place, count, mean, squares, peak: squares, steps: 0, share: self.share };
    }

    /// Steps through a stretch of `values` that begins at `from`, where the window stands, and writes what it holds
    /// before each of them: means, and sums of squares about them where asked for.
    pub fn before_each(
        &mut self,
        values: &[f64],
        from: usize,
        means: &mut [f64],
        squares: Option<&mut [f64]>,
    ) {
        // A copy stays in registers.
        let mut window = *self;
        match squares {
            Some(squares) => {
                for ((at, mean), squares) in (from..).zip(means).zip(squares) {
                    (*mean, *squares) = (window.mean(), window.squares);
                    window.step(&values[..=at]);
                }
            }
            None => {
                for (at, mean) in (from..).zip(means) {
                    *mean = window.mean();
                    window.step(&values[..=at]);
                }
            }
        }
        *self = window;
    }
}

impl Place {
    /// Values inside before the value at `at`.
    pub fn held(self, at: usize) -> usize {
        (at + 1).saturating_sub(self.delay).min(self.len)
    }

    /// Turns sums of squares before the values from `from` on into standard deviations.
    pub fn deviations(self, from: usize, squares: &mut [f64]) {
        if self.held(from) == self.len {
            let degrees = self.len;
            for squares in squares {
                *squares = deviation(*squares, degrees);
            }
        } else {
            for (at, squares) in (from..).zip(squares) {
                *squares = deviation(*squares, self.held(at));
            }
        }
    }
}

/// The standard deviation with n − 1 of `count` values; NaN for fewer than two.
fn deviation(squares: f64, count: usize) -> f64 {
    if count < 2 { f64::NAN } else { (squares.max(0.0) / (count - 1) as f64).sqrt() }
}

/// A sum in four parts, which a processor adds side by side.
fn summed(values: &[f64], part: impl Fn(f64) -> f64) -> f64 {
    let fours = values.chunks_exact(4);
    let rest: f64 = fours.remainder().iter().map(|&v| part(v)).sum();
    let mut sums = [0.0; 4];
    for four in fours {
        for (sum, &value) in sums.iter_mut().zip(four) {
            *sum += part(value);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn exact(values: &[f64]) -> (f64, f64) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        (mean, (squares / (values.len() as f64 - 1.0)).sqrt())
    }

    #[test]
    fn stays_exact_at_large_offsets_and_after_spikes() {
        for (offset, spike) in [(0.0, 1e9), (1e9, 1e12), (1e12, 0.0)] {
            let mut random = Random::new(1);
            let mut history = Vec::new();
            let place = Place { delay: 3, len: 28 };
            let mut window = Window::new(place);
            for step in 0..2000 {
                let noise = random.below(1000) as f64 / 100.0;
                let extra = if step % 97 == 0 { spike } else { 0.0 };
                history.push(offset + noise + extra);
                window.step(&history);
                let inside = window.values(&history);
                assert_eq!(inside.len(), window.count());
                if inside.len() < 2 {
                    continue;
                }
                let (mean, std) = exact(inside);
                assert!((window.mean() - mean).abs() <= 1e-9 * mean.abs() + 1e-6);
                assert!((window.std() - std).abs() <= 1e-3 * std.max(1.0), "{} {std}", window.std());
            }
        }
    }

    #[test]
    fn waits_for_its_delay() {
        let mut window = Window::new(Place { delay: 3, len: 2 });
        let mut history = vec![];
        for value in [1.0, 2.0] {
            history.push(value);
            window.step(&history);
        }
        assert!(window.mean().is_nan());
        history.push(3.0);
        window.step(&history);
        assert_eq!((window.count(), window.mean()), (1, 1.0));
        assert_eq!(window, Window { steps: 1, ..Window::of(Place { delay: 3, len: 2 }, &history) });
    }
}
