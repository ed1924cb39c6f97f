//! Which engine is kept, by what the folds say, and how it is told.
//!
//! Three ways are compared: one engine for all series, one blend for all, one engine for each series. The richer
//! ways are judged on folds that they were not made from, and are taken only where they win by a margin.

use super::fit::Fit;
use super::folds::BacktestRow;
use crate::evaluate::{Tally, metrics};
use vakhta_domain::spec::{Engine, Metric};

/// By how much of the simpler way's score a richer way must be better.
const MARGIN: f64 = 0.01;
/// By how much an engine must beat the common one on a series to be taken for it.
const OWN_MARGIN: f64 = 0.1;
/// Picks that make up a blend: shares are multiples of a tenth.
const PICKS: usize = 10;

/// An engine and what it said for each row.
pub struct Candidate {
    /// The engine.
    pub engine: Engine,
    /// Its forecasts, in the order of the rows.
    pub forecasts: Vec<f64>,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// One engine for all series.
    One(Engine),
    /// Several; by series, how much of each is taken.
    Several(Vec<Engine>, Vec<Vec<f64>>),
}

/// Shares of the candidates, by series.
type Shares = Vec<Vec<f64>>;

/// The rows and what they are judged by.
struct Judge<'a> {
    rows: &'a [BacktestRow],
    candidates: &'a [Candidate],
    metric: Metric,
    series: usize,
}

impl Judge<'_> {
    /// The score of a forecast for each row, over the rows that pass a test.
    fn score(&self, forecast: impl Fn(usize) -> f64, test: impl Fn(&BacktestRow) -> bool) -> f64 {
        let mut tally = Tally::default();
        for (at, row) in self.rows.iter().enumerate().filter(|(_, row)| test(row)) {
            let scale = row.scale.filter(|_| self.metric == Metric::Mase);
            tally.add(row.series, row.actual, forecast(at), scale);
        }
        let found = tally.metrics();
        // A metric that is undefined on these rows is replaced by one that never is.
        metrics::value(&found, self.metric).or(found.mae).unwrap_or(f64::INFINITY)
    }

    fn blended(&self, shares: &[f64], at: usize) -> f64 {
        shares.iter().zip(self.candidates).map(|(share, c)| share * c.forecasts[at]).sum()
    }

    /// The best single candidate on some rows.
    fn best(&self, test: impl Fn(&BacktestRow) -> bool + Copy) -> usize {
        let scores: Vec<f64> =
            self.candidates.iter().map(|c| self.score(|at| c.forecasts[at], test)).collect();
        (0..scores.len()).reduce(|a, b| if scores[b] < scores[a] { b } else { a }).unwrap_or(0)
    }

    /// Shares of a blend: candidates are picked one after the other, again and again if need be, as each helps the
    /// mean of the picks most (Caruana et al. 2004). Few picks cannot follow noise.
    fn picked(&self, test: impl Fn(&BacktestRow) -> bool + Copy) -> Vec<f64> {
        let mut counts = vec![0.0; self.candidates.len()];
        for pick in 1..=PICKS {
            let with = |one: usize| {
                let mut shares = counts.clone();
                shares[one] += 1.0;
                for share in &mut shares {
                    *share /= pick as f64;
                }
                self.score(|at| self.blended(&shares, at), test)
            };
            let scores: Vec<f64> = (0..counts.len()).map(with).collect();
            let best = (0..scores.len()).reduce(|a, b| if scores[b] < scores[a] { b } else { a });
            counts[best.unwrap_or(0)] += 1.0;
        }
        counts.iter().map(|count| count / PICKS as f64).collect()
    }

    /// One engine a series: the common one, unless another errs less on that series by a wide margin.
    fn own(&self, test: impl Fn(&BacktestRow) -> bool + Copy) -> Shares {
        let common = self.best(test);
        let mut errors = vec![vec![0.0; self.candidates.len()]; self.series];
        for (at, row) in self.rows.iter().enumerate().filter(|(_, row)| test(row)) {
            for (error, candidate) in errors[row.series].iter_mut().zip(self.candidates) {
                *error += (candidate.forecasts[at] - row.actual).abs();
            }
        }
        let one = |errors: &Vec<f64>| {
            let best = (0..errors.len()).reduce(|a, b| if errors[b] < errors[a] { b } else { a });
            let best = best.filter(|&b| errors[b] < (1.0 - OWN_MARGIN) * errors[common]).unwrap_or(common);
            (0..errors.len()).map(|i| f64::from(u8::from(i == best))).collect()
        };
        errors.iter().map(one).collect()
    }

    /// The forecasts of a way on each fold, made from the other folds.
    fn held_out(&self, folds: usize, way: impl Fn(&Self, usize) -> Shares) -> Vec<f64> {
        let made: Vec<Shares> = (0..folds).map(|fold| way(self, fold)).collect();
        let forecast = |(at, row): (usize, &BacktestRow)| self.blended(&made[row.fold][row.series], at);
        self.rows.iter().enumerate().map(forecast).collect()
    }
}

impl Fit<'_> {
    /// Which engines are kept; then the rows carry what they forecast. A way that was made from the folds is shown
    /// on each as it was made from the others.
    pub(super) fn choose(&mut self, rows: &mut [BacktestRow], candidates: &[Candidate]) -> Choice {
        let metric = self.checked.metric;
        let series = self.panel.series.len();
        if self.checked.engine != Engine::Auto {
            let own = candidates.iter().find(|c| c.engine == self.checked.engine).or(candidates.first());
            let Some(own) = own else { return Choice::One(Engine::SeasonalNaive) };
            rows.iter_mut().zip(&own.forecasts).for_each(|(row, forecast)| row.forecast = *forecast);
            return Choice::One(own.engine);
        }
        let judge = Judge { rows, candidates, metric, series };
        let all = |_: &BacktestRow| true;
        let best = judge.best(all);
        let scores: Vec<f64> = candidates.iter().map(|c| judge.score(|at| c.forecasts[at], all)).collect();
        let mut chosen =
            (candidates[best].forecasts.clone(), Choice::One(candidates[best].engine), scores[best]);
        let mut said: Vec<String> =
            candidates.iter().zip(&scores).map(|(c, s)| format!("{} {s:.3}", word(c.engine))).collect();
        let folds = self.origins.len();
        let engines = || candidates.iter().map(|c| c.engine).collect();
        if folds > 1 && candidates.len() > 1 {
            let blend = |judge: &Judge<'_>, fold: usize| vec![judge.picked(|row| row.fold != fold); series];
            let own = |judge: &Judge<'_>, fold: usize| judge.own(|row| row.fold != fold);
            let blended = judge.held_out(folds, blend);
            let owned = judge.held_out(folds, own);
            let (of_blend, of_own) = (judge.score(|at| blended[at], all), judge.score(|at| owned[at], all));
            said.push(format!("a blend {of_blend:.3}"));
            said.push(format!("one engine a series {of_own:.3}"));
            if of_blend < chosen.2 * (1.0 - MARGIN) {
                chosen = (blended, Choice::Several(engines(), vec![judge.picked(all); series]), of_blend);
            }
            if of_own < chosen.2 * (1.0 - MARGIN) {
                chosen = (owned, Choice::Several(engines(), judge.own(all)), of_own);
            }
        }
        let (forecasts, choice, _) = chosen;
        let choice = choice.without_idle();
        self.tell_choice(&choice, &said);
        rows.iter_mut().zip(forecasts).for_each(|(row, forecast)| row.forecast = forecast);
        choice
    }

    fn tell_choice(&mut self, choice: &Choice, said: &[String]) {
        let by = format!("by {}: {}", metric_word(self.checked.metric), said.join(", "));
        match choice {
            Choice::One(engine) => {
                self.note("engine_chosen", said.len() as u64, format!("{} was chosen {by}", word(*engine)));
            }
            Choice::Several(engines, shares) if shares.windows(2).all(|w| w[0] == w[1]) => {
                let parts: Vec<String> = engines
                    .iter()
                    .zip(&shares[0])
                    .map(|(engine, share)| format!("{:.0}% {}", share * 100.0, word(*engine)))
                    .collect();
                let text = format!("a blend of {} was chosen {by}", parts.join(", "));
                self.note("engines_blended", engines.len() as u64, text);
            }
            Choice::Several(engines, shares) => {
                let count = |i: usize| shares.iter().filter(|s| s[i] > 0.0).count();
                let parts: Vec<String> = engines
                    .iter()
                    .enumerate()
                    .map(|(i, engine)| format!("{} for {} series", word(*engine), count(i)))
                    .collect();
                let text = format!("each series has its engine, {}, chosen {by}", parts.join(", "));
                self.note("engines_by_series", engines.len() as u64, text);
            }
        }
    }
}

impl Choice {
    /// Leaves out engines that no series takes anything from.
    fn without_idle(self) -> Self {
        let Self::Several(engines, shares) = self else { return self };
        let used: Vec<usize> =
            (0..engines.len()).filter(|&i| shares.iter().any(|shares| shares[i] > 0.0)).collect();
        if let [only] = used[..] {
            return Self::One(engines[only]);
        }
        let kept = |shares: &Vec<f64>| used.iter().map(|&i| shares[i]).collect();
        Self::Several(used.iter().map(|&i| engines[i]).collect(), shares.iter().map(kept).collect())
    }
}

/// An engine's name in a spec.
pub(super) fn word(engine: Engine) -> &'static str {
    match engine {
        Engine::Auto => "blend",
        Engine::Gbdt => "gbdt",
        Engine::SeasonalNaive => "seasonal_naive",
        Engine::WeekdayMean => "weekday_mean",
        Engine::Ets => "ets",
        Engine::Theta => "theta",
        Engine::Croston => "croston",
        Engine::Mlp => "mlp",
        Engine::Linear => "linear",
    }
}

fn metric_word(metric: Metric) -> &'static str {
    match metric {
        Metric::Wape => "WAPE",
        Metric::Mape => "MAPE",
        Metric::Smape => "sMAPE",
        Metric::Mae => "MAE",
        Metric::Rmse => "RMSE",
        Metric::Mase => "MASE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Four folds of five steps; what happened is 100, the candidates err by what is given.
    fn judged(
        series: usize,
        errors: impl Fn(usize, &BacktestRow, &mut Random) -> f64,
    ) -> (Vec<BacktestRow>, Vec<Candidate>) {
        let engines = [Engine::Gbdt, Engine::Ets, Engine::SeasonalNaive];
        let mut rows = Vec::new();
        for fold in 0..4 {
            for series in 0..series {
                for step in 1..=5 {
                    let (period, actual, forecast) = (fold * 5 + step, 100.0, 0.0);
                    let (seasonal_naive, weekday_mean, scale, unit) = (0.0, 0.0, None, 1.0);
                    rows.push(BacktestRow {
                        fold,
                        series,
                        period,
                        step,
                        actual,
                        forecast,
                        seasonal_naive,
                        weekday_mean,
                        scale,
                        unit,
                    });
                }
            }
        }
        let candidates = engines.into_iter().enumerate().map(|(at, engine)| {
            let mut random = Random::new(at as u64);
            let forecasts = rows.iter().map(|row| 100.0 + errors(at, row, &mut random)).collect();
            Candidate { engine, forecasts }
        });
        let candidates = candidates.collect();
        (rows, candidates)
    }

    fn noise(random: &mut Random) -> f64 {
        random.below(2001) as f64 / 100.0 - 10.0
    }

    #[test]
    fn errors_that_cancel_are_blended() {
        let (rows, candidates) = judged(6, |at, _, random| noise(random) + if at == 2 { 30.0 } else { 0.0 });
        let judge = Judge { rows: &rows, candidates: &candidates, metric: Metric::Wape, series: 6 };
        let shares = judge.picked(|_| true);
        assert!(shares[2] == 0.0 && (0.3..=0.7).contains(&shares[0]), "{shares:?}");
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let blended = judge.held_out(4, |judge, fold| vec![judge.picked(|row| row.fold != fold); 6]);
        let alone = judge.score(|at| candidates[0].forecasts[at], |_| true);
        assert!(judge.score(|at| blended[at], |_| true) < 0.9 * alone);
    }

    #[test]
    fn each_series_has_its_own_engine_where_they_differ_clearly() {
        let (rows, candidates) =
            judged(6, |at, row, random| noise(random) * if row.series % 2 == at { 0.1 } else { 1.0 });
        let judge = Judge { rows: &rows, candidates: &candidates, metric: Metric::Mae, series: 6 };
        let own = judge.own(|_| true);
        for (series, shares) in own.iter().enumerate() {
            assert_eq!(shares[series % 2], 1.0, "{own:?}");
        }
        let choice = Choice::Several(candidates.iter().map(|c| c.engine).collect(), own).without_idle();
        let Choice::Several(engines, shares) = choice else { panic!("two engines are used") };
        assert_eq!((engines, shares[1].clone()), (vec![Engine::Gbdt, Engine::Ets], vec![0.0, 1.0]));
    }

    #[test]
    fn luck_on_a_few_series_does_not_pay() {
        let (rows, candidates) = judged(12, |_, _, random| noise(random));
        let judge = Judge { rows: &rows, candidates: &candidates, metric: Metric::Wape, series: 12 };
        let held = judge.held_out(4, |judge, fold| judge.own(|row| row.fold != fold));
        let best = judge.best(|_| true);
        let alone = judge.score(|at| candidates[best].forecasts[at], |_| true);
        assert!(judge.score(|at| held[at], |_| true) > alone * (1.0 - MARGIN), "the richer way is not taken");
    }
}
