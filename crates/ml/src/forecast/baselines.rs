//! The forecasts that any model must beat: the last season again, and the mean of the last four.

/// Seasons that the mean looks back at.
const SEASONS: usize = 4;

/// The value one season ago, repeated over the horizon; the last value where the history is shorter.
pub fn seasonal_naive(history: &[f64], season: usize, horizon: usize) -> Vec<f64> {
    (1..=horizon)
        .map(|step| back(history, season, step, 0).or(history.last().copied()).unwrap_or(0.0))
        .collect()
}

/// The mean of the same weekday (or month, quarter, week of the year) in up to four last seasons.
pub fn same_season_mean(history: &[f64], season: usize, horizon: usize) -> Vec<f64> {
    (1..=horizon)
        .map(|step| {
            let values: Vec<f64> = (0..SEASONS).filter_map(|k| back(history, season, step, k)).collect();
            if values.is_empty() {
                history.last().copied().unwrap_or(0.0)
            } else {
                values.iter().sum::<f64>() / values.len() as f64
            }
        })
        .collect()
}

/// The value of the same season as `step` ahead, `seasons_more` seasons before the latest one known.
fn back(history: &[f64], season: usize, step: usize, seasons_more: usize) -> Option<f64> {
    let distance = (step.div_ceil(season) + seasons_more) * season;
    (history.len() + step).checked_sub(distance + 1).map(|at| history[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_season_repeats() {
        let history: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(seasonal_naive(&history, 3, 7), [8.0, 9.0, 10.0, 8.0, 9.0, 10.0, 8.0]);
        assert_eq!(seasonal_naive(&[4.0], 7, 2), [4.0, 4.0]);
        assert_eq!(seasonal_naive(&[], 7, 2), [0.0, 0.0]);
    }

    #[test]
    fn the_mean_takes_up_to_four_seasons() {
        let history: Vec<f64> = (1..=10).map(f64::from).collect();
        // One ahead with a season of 2: positions 9, 7, 5, 3.
        assert_eq!(same_season_mean(&history, 2, 1), [6.0]);
        assert_eq!(same_season_mean(&history, 2, 3)[2], 6.0);
        assert_eq!(same_season_mean(&[1.0, 2.0, 3.0], 2, 2), [2.0, 2.0]);
        assert_eq!(same_season_mean(&[], 2, 1), [0.0]);
    }
}
