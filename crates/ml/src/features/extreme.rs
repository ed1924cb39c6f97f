//! The least and largest values of sliding windows over a stretch of a series.

use super::window::Place;

/// Room to work in.
#[derive(Debug, Default)]
pub struct Room {
    best: Vec<f64>,
    next: Vec<f64>,
}

impl Room {
    /// Writes the extreme of the window before each of the values from `from` on; NaN where it is empty. `pick` keeps
    /// one of two values. Spans of doubling length are joined, so that the work grows with the logarithm of the
    /// window's.
    pub fn before_each(
        &mut self,
        place: Place,
        values: &[f64],
        from: usize,
        pick: impl Fn(f64, f64) -> f64,
        out: &mut [f64],
    ) {
        // The windows' newest values lie in `first..end`; what they reach back to begins at `back`.
        let first = from.saturating_sub(place.delay);
        let end = (from + out.len()).saturating_sub(place.delay);
        let back = (first + 1).saturating_sub(place.len);
        let Self { best, next } = self;
        best.clear();
        best.extend_from_slice(&values[back..end]);
        let mut span = 1;
        while span < place.len.min(best.len()) {
            // Each entry is the extreme of the `span` values that end there, or of all where there are fewer.
            let step = span.min(place.len - span);
            next.clear();
            next.extend_from_slice(&best[..step]);
            next.extend(best[step..].iter().zip(best.iter()).map(|(&late, &early)| pick(late, early)));
            std::mem::swap(best, next);
            span += step;
        }
        let empty = place.delay.saturating_sub(from).min(out.len());
        let (before, inside) = out.split_at_mut(empty);
        before.fill(f64::NAN);
        inside.copy_from_slice(&best[first - back..]);
    }
}

/// The lesser of two numbers.
pub fn lesser(a: f64, b: f64) -> f64 {
    if b < a { b } else { a }
}

/// The larger of two numbers.
pub fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn is_the_extreme_of_what_the_window_holds() {
        let mut random = Random::new(2);
        let values: Vec<f64> = (0..200).map(|_| random.below(50) as f64).collect();
        let mut room = Room::default();
        for (delay, len) in [(1, 1), (1, 2), (1, 7), (3, 28), (7, 31), (1, 64), (30, 100), (150, 90)] {
            let place = Place { delay, len };
            for (from, count) in [(0, 5), (0, 64), (1, 64), (33, 32), (64, 64), (190, 10)] {
                let (mut least, mut largest) = (vec![0.0; count], vec![0.0; count]);
                room.before_each(place, &values, from, lesser, &mut least);
                room.before_each(place, &values, from, larger, &mut largest);
                for at in 0..count {
                    let end = (from + at + 1).saturating_sub(delay);
                    let inside = &values[end.saturating_sub(len)..end];
                    let wanted = inside.iter().copied().reduce(f64::min).unwrap_or(f64::NAN);
                    assert!(
                        least[at] == wanted || least[at].is_nan() && wanted.is_nan(),
                        "{place:?} {from} {at}"
                    );
                    let wanted = inside.iter().copied().reduce(f64::max).unwrap_or(f64::NAN);
                    assert!(largest[at] == wanted || largest[at].is_nan() && wanted.is_nan());
                }
            }
        }
    }
}
