//! Seasons: are there any, what do they look like, and what stands in for values that are missing.

/// Autocorrelation at the season's lag above which a series counts as seasonal: one-sided 95% of a normal.
const SIGNIFICANT: f64 = 1.644_853_626_951_472_2;

/// A copy without NaN: the value one season earlier stands in for a missing one, else the next one of the same
/// place in the season, else the mean of all.
pub fn filled(values: &[f64], season: usize) -> Vec<f64> {
    let (sum, n) = values.iter().filter(|v| !v.is_nan()).fold((0.0, 0usize), |(sum, n), v| (sum + v, n + 1));
    let mean = if n > 0 { sum / n as f64 } else { 0.0 };
    let mut filled = values.to_vec();
    let season = season.max(1);
    for at in 0..filled.len() {
        if filled[at].is_nan() {
            let before = at.checked_sub(season).map(|ago| filled[ago]);
            let later = || values[at..].iter().step_by(season).copied().find(|v| !v.is_nan());
            filled[at] = before.or_else(later).unwrap_or(mean);
        }
    }
    filled
}

/// Whether a series repeats itself every `season` periods: the autocorrelation at that lag against its standard
/// error (Bartlett), as Theta's authors test it (Fiorucci et al. 2016). False below two seasons or for a season
/// shorter than four periods.
pub fn is_seasonal(values: &[f64], season: usize) -> bool {
    let n = values.len();
    if season < 4 || n < 2 * season {
        return false;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let product = |lag: usize| -> f64 {
        values[lag..].iter().zip(values).map(|(now, ago)| (now - mean) * (ago - mean)).sum()
    };
    let variance = product(0);
    if variance <= 0.0 {
        return false;
    }
    let squares: f64 = (1..season).map(|lag| (product(lag) / variance).powi(2)).sum();
    let error = ((1.0 + 2.0 * squares) / n as f64).sqrt();
    (product(season) / variance).abs() / error > SIGNIFICANT
}

/// The seasonal indices of a classical decomposition: `season` numbers, the first for the first value. They are
/// differences from a centred moving average with mean 0, or ratios to it with mean 1 where `ratio`. None below
/// two full seasons, or where a ratio cannot be taken.
pub fn decomposed(values: &[f64], season: usize, ratio: bool) -> Option<Vec<f64>> {
    let n = values.len();
    if season < 2 || n < 2 * season {
        return None;
    }
    let half = season / 2;
    let mut sums = vec![(0.0, 0usize); season];
    for at in half..n - half {
        let window = &values[at - half..=at + half];
        let mut sum: f64 = window.iter().sum();
        if season.is_multiple_of(2) {
            sum -= 0.5 * (window[0] + window[window.len() - 1]);
        }
        let trend = sum / season as f64;
        let index = if ratio { values[at] / trend } else { values[at] - trend };
        let (total, count) = &mut sums[at % season];
        *total += index;
        *count += 1;
    }
    let mut indices: Vec<f64> = sums.iter().map(|(sum, n)| sum / (*n).max(1) as f64).collect();
    let mean = indices.iter().sum::<f64>() / season as f64;
    for index in &mut indices {
        *index = if ratio { *index / mean } else { *index - mean };
    }
    indices.iter().all(|i| i.is_finite()).then_some(indices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_are_stood_in_for() {
        let n = f64::NAN;
        // The second place of the season was never seen: the mean of the others.
        assert_eq!(filled(&[1.0, n, 3.0, 5.0, n, n], 3), [1.0, 3.0, 3.0, 5.0, 3.0, 3.0]);
        assert_eq!(filled(&[n, 5.0, 7.0, 8.0], 2), [7.0, 5.0, 7.0, 8.0]);
        assert_eq!(filled(&[n, n], 7), [0.0, 0.0]);
    }

    #[test]
    fn a_plain_season_is_taken_apart() {
        let values: Vec<f64> =
            (0..40).map(|t| f64::from(t) + [3.0, -1.0, 0.0, -2.0][t as usize % 4]).collect();
        let indices = decomposed(&values, 4, false).expect("indices");
        for (found, wanted) in indices.iter().zip([3.0, -1.0, 0.0, -2.0]) {
            assert!((found - wanted).abs() < 1e-9, "{indices:?}");
        }
        assert!(is_seasonal(
            &values[..].iter().enumerate().map(|(t, v)| v - t as f64).collect::<Vec<_>>(),
            4
        ));
        assert!(!is_seasonal(&[5.0; 40], 4) && decomposed(&[1.0; 7], 4, true).is_none());
    }
}
