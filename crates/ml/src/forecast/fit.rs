//! Learns a forecast from a panel: validates on rolling origins, chooses the engine, fits on all history.

use super::baselines::{same_season_mean, seasonal_naive};
use super::course::Course;
use super::fitted::{Fitted, Learnt};
use super::folds::{BacktestRow, Origin, fewest_periods, origins, pasts, unit};
use super::params::Checked;
use super::recursion::{BATCH, Booster, Start};
use super::report::{self, Covered, Whose};
use crate::evaluate::{Conformal, Residual, metrics, naive_scale};
use crate::features::{Plan, Table, walked};
use crate::panel::{Closures, Panel};
use crate::trees::{Binned, BoostError, Edges, Ensemble, Sample, boost, feature_order};
use rayon::prelude::*;
use std::ops::ControlFlow;
use vakhta_domain::progress::Progress;
use vakhta_domain::report::{DataNote, TrainingReport};
use vakhta_domain::spec::{Engine, Metric};

/// Fewest rows that trees learn from.
const FEWEST_ROWS: usize = 30;

/// Why nothing was learnt.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Told to stop.
    #[error("cancelled")]
    Cancelled,
    /// No fold fits.
    #[error(
        "the history has {periods} periods; a horizon of {horizon} needs at least {needed}: shorten the horizon or bring more history"
    )]
    TooShort {
        /// Periods of history.
        periods: usize,
        /// Periods to forecast.
        horizon: usize,
        /// Periods needed.
        needed: usize,
    },
    /// Folds fit, but not one actual lies in them.
    #[error("no actual value lies in the last {periods} periods: nothing can be scored, bring newer rows")]
    NothingToScore {
        /// Periods looked at.
        periods: usize,
    },
    /// Too few rows for trees.
    #[error(
        "trees need at least {FEWEST_ROWS} rows before the first cutoff and found {rows}: use engine auto or seasonal_naive, or bring more history"
    )]
    TooFewRows {
        /// Rows found.
        rows: usize,
    },
    /// The trees refused.
    #[error(transparent)]
    Boost(BoostError),
    /// The system gave no threads.
    #[error("could not start {threads} threads: {reason}")]
    Threads {
        /// Threads wished for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
}

impl From<BoostError> for FitError {
    fn from(error: BoostError) -> Self {
        match error {
            BoostError::Cancelled => Self::Cancelled,
            other => Self::Boost(other),
        }
    }
}

/// Learns. The same panel, settings and seed give the same model, on any number of threads. `progress` is asked
/// after every tree and may stop the work.
pub fn fit(
    checked: &Checked,
    panel: &Panel,
    seed: u64,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Fitted, FitError> {
    let threads = threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|e| FitError::Threads { threads, reason: e.to_string() })?;
    pool.install(|| Fit::new(checked, panel, seed, progress)?.run())
}

/// What a fit knows from the start.
struct Fit<'a> {
    checked: &'a Checked,
    panel: &'a Panel,
    seed: u64,
    horizon: usize,
    origins: Vec<Origin>,
    course: Course<'a>,
    notes: Vec<DataNote>,
}

/// The rows of a panel in both forms that trees need.
struct Learning {
    plan: Plan,
    table: Table,
    order: Vec<usize>,
}

fn going(flow: ControlFlow<()>) -> Result<(), FitError> {
    if flow.is_break() { Err(FitError::Cancelled) } else { Ok(()) }
}

impl<'a> Fit<'a> {
    fn new(
        checked: &'a Checked,
        panel: &'a Panel,
        seed: u64,
        progress: &'a dyn Progress,
    ) -> Result<Self, FitError> {
        let frequency = panel.periods.frequency;
        let horizon = checked.horizon_for(frequency);
        let fewest = fewest_periods(frequency);
        let step = checked.step.unwrap_or(horizon);
        let origins = origins(panel.len, horizon, checked.gap, step, checked.folds, fewest);
        if origins.is_empty() {
            let needed = fewest + horizon + checked.gap;
            return Err(FitError::TooShort { periods: panel.len, horizon, needed });
        }
        let trees = matches!(checked.engine, Engine::Auto | Engine::Gbdt);
        let rounds = if trees { checked.boost.rounds as u64 } else { 0 };
        let aside = rounds / 20 + 1;
        let total = aside + (origins.len() as u64 + 1) * (rounds + aside);
        let mut fit = Self {
            checked,
            panel,
            seed,
            horizon,
            origins,
            course: Course::new(progress, total),
            notes: vec![],
        };
        let (found, wanted) = (fit.origins.len(), checked.folds);
        if found < wanted {
            let text = format!("the history is long enough for {found} of {wanted} validation folds");
            fit.note("fewer_folds", found as u64, text);
        }
        Ok(fit)
    }

    fn note(&mut self, code: &str, count: u64, text: String) {
        self.course.note(text.clone());
        self.notes.push(DataNote { code: code.to_owned(), count, text });
    }

    fn run(mut self) -> Result<Fitted, FitError> {
        going(self.course.stage("features"))?;
        let learning =
            if matches!(self.checked.engine, Engine::Auto | Engine::Gbdt) { self.learning()? } else { None };
        let rounds = self.checked.boost.rounds as u64;
        let aside = if learning.is_some() { rounds / 20 + 1 } else { 1 };
        going(self.course.reach(aside))?;

        going(self.course.stage("validate"))?;
        let mut rows = self.score_baselines();
        if rows.is_empty() {
            let first = self.origins[0].from;
            return Err(FitError::NothingToScore { periods: self.panel.len - first });
        }
        if let Some(learning) = &learning {
            self.score_trees(learning, &mut rows, aside)?;
        }
        let engine = self.choose(&mut rows, learning.is_some());

        going(self.course.stage("train"))?;
        let (learnt, train_rows) = match (engine, &learning) {
            (Engine::Gbdt, Some(learning)) => {
                let used = learning.table.rows_before(self.panel.len);
                let edges = Edges::learn(&learning.table.matrix, &used, self.checked.boost.max_bins);
                let binned = Binned::new(&learning.table.matrix, &edges, &learning.order);
                let ensemble = self.grow(learning, &binned, &edges, &used)?;
                (Learnt::Gbdt(Box::new(Booster { plan: learning.plan.clone(), ensemble })), used.len())
            }
            (Engine::SeasonalNaive, _) => (Learnt::SeasonalNaive, 0),
            _ => (Learnt::WeekdayMean, 0),
        };
        going(self.course.stage("forecast"))?;
        let report = self.report(&learnt, &rows, train_rows as u64);
        let residuals: Vec<Residual> = rows.iter().map(BacktestRow::residual).collect();
        let reach = self.checked.gap + self.horizon;
        let conformal = Conformal::calibrate(&residuals, self.panel.series.len(), reach);
        let levels = self.checked.levels.clone();
        let fitted = Fitted::new(self.panel, learnt, conformal, levels, self.horizon, report, rows);
        going(self.course.reach(u64::MAX))?;
        Ok(fitted)
    }

    /// Features and rows for trees; none where `auto` finds too few rows for them.
    fn learning(&mut self) -> Result<Option<Learning>, FitError> {
        let relative = is_relative(self.panel);
        let plan = Plan::new(&self.checked.features, self.panel, relative);
        let season = self.panel.season();
        let warm_up = (if season == 7 { 28 } else { season }).min(self.panel.len / 4);
        let table = Table::build(&plan, self.panel, warm_up);
        if table.from > 0 {
            let text = format!(
                "trees learn from {} on: the panel is too large to learn from all of it",
                self.panel.date(table.from)
            );
            self.note("history_shortened", table.from as u64, text);
        }
        let first = table.rows_before(self.origins[0].cutoff).len();
        if first < FEWEST_ROWS {
            if self.checked.engine == Engine::Gbdt {
                return Err(FitError::TooFewRows { rows: first });
            }
            self.note(
                "no_trees",
                first as u64,
                format!("{first} rows before the first cutoff are too few for trees"),
            );
            return Ok(None);
        }
        let order = feature_order(plan.width(), self.seed);
        Ok(Some(Learning { plan, table, order }))
    }

    /// The rows of all folds with the forecasts of both baselines; the model's is still the naive one.
    fn score_baselines(&self) -> Vec<BacktestRow> {
        let panel = self.panel;
        let season = panel.season();
        let mut rows = Vec::new();
        for (fold, origin) in self.origins.iter().enumerate() {
            let steps = origin.to - origin.cutoff;
            for (series, past) in pasts(panel, origin.cutoff) {
                let naive = seasonal_naive(&past, season, steps);
                let mean = same_season_mean(&past, season, steps);
                let scale = naive_scale(&past, season);
                let unit = unit(&past, panel.periods.frequency);
                for period in origin.from..origin.to {
                    let Some((actual, kind)) = panel.series[series].at(period) else { continue };
                    if !kind.is_actual() {
                        continue;
                    }
                    let at = period - origin.cutoff;
                    let (seasonal_naive, weekday_mean) = (naive[at], mean[at]);
                    let step = at + 1;
                    let forecast = seasonal_naive;
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
        rows
    }

    /// Puts the forecasts of trees into the rows.
    fn score_trees(
        &mut self,
        learning: &Learning,
        rows: &mut [BacktestRow],
        aside: u64,
    ) -> Result<(), FitError> {
        let panel = self.panel;
        // Cut points come from before the first cutoff, so that no fold knows more than it should.
        let before = learning.table.rows_before(self.origins[0].cutoff);
        let edges = Edges::learn(&learning.table.matrix, &before, self.checked.boost.max_bins);
        let binned = Binned::new(&learning.table.matrix, &edges, &learning.order);
        for (fold, origin) in self.origins.clone().into_iter().enumerate() {
            let end = self.course.done() + self.checked.boost.rounds as u64 + aside;
            let used = learning.table.rows_before(origin.cutoff);
            let ensemble = self.grow(learning, &binned, &edges, &used)?;
            let booster = Booster { plan: learning.plan.clone(), ensemble };
            let paths = forecast_from(&booster, panel, origin);
            for row in rows.iter_mut().filter(|r| r.fold == fold) {
                if let Some(path) = &paths[row.series] {
                    row.forecast = path[row.step - 1];
                }
            }
            let of_fold = || rows.iter().filter(|r| r.fold == fold);
            let (model, naive) =
                (report::metrics(of_fold(), Whose::Model), report::metrics(of_fold(), Whose::SeasonalNaive));
            let text = |m: Option<f64>| m.map_or("undefined".to_owned(), |m| format!("{m:.2}%"));
            self.course.note(format!(
                "fold {} of {}, learnt up to {}: WAPE {}, seasonal naive {}",
                fold + 1,
                self.origins.len(),
                panel.date(origin.cutoff - 1),
                text(model.wape),
                text(naive.wape)
            ));
            going(self.course.reach(end))?;
        }
        Ok(())
    }

    fn grow(
        &mut self,
        learning: &Learning,
        binned: &Binned,
        edges: &Edges,
        used: &[u32],
    ) -> Result<Ensemble, FitError> {
        let sample = Sample {
            matrix: &learning.table.matrix,
            binned,
            edges,
            target: &learning.table.target,
            masses: &[],
            rows: used,
        };
        let course = &mut self.course;
        Ok(boost(&sample, &self.checked.boost, self.seed, &mut |_| course.add(1))?)
    }

    /// Which engine is kept. With `auto`, the best on the folds; then the rows carry its forecasts.
    fn choose(&mut self, rows: &mut [BacktestRow], with_trees: bool) -> Engine {
        let metric = self.checked.metric;
        let candidates = [
            (Engine::Gbdt, Whose::Model, with_trees),
            (Engine::WeekdayMean, Whose::WeekdayMean, true),
            (Engine::SeasonalNaive, Whose::SeasonalNaive, true),
        ];
        let chosen = if self.checked.engine == Engine::Auto {
            let scores: Vec<(Engine, Whose, f64)> = candidates
                .into_iter()
                .filter(|(_, _, runs)| *runs)
                .map(|(engine, whose, _)| {
                    let found = report::metrics(rows.iter(), whose);
                    // A metric that is undefined on these rows is replaced by one that never is.
                    let score = metrics::value(&found, metric).or(found.mae).unwrap_or(f64::INFINITY);
                    (engine, whose, score)
                })
                .collect();
            let best = scores.iter().copied().reduce(|a, b| if b.2 < a.2 { b } else { a });
            let said: Vec<String> = scores.iter().map(|(e, _, s)| format!("{} {s:.3}", word(*e))).collect();
            let (engine, whose, _) = best.unwrap_or((Engine::SeasonalNaive, Whose::SeasonalNaive, 0.0));
            let text = format!("{} was chosen by {}: {}", word(engine), metric_word(metric), said.join(", "));
            self.note("engine_chosen", scores.len() as u64, text);
            (engine, whose)
        } else {
            let own = candidates.into_iter().find(|(engine, ..)| *engine == self.checked.engine);
            own.map_or((Engine::SeasonalNaive, Whose::SeasonalNaive), |(engine, whose, _)| (engine, whose))
        };
        for row in rows {
            row.forecast = row.of(chosen.1);
        }
        chosen.0
    }

    fn report(&mut self, learnt: &Learnt, rows: &[BacktestRow], train_rows: u64) -> TrainingReport {
        let (checked, panel) = (self.checked, self.panel);
        let reach = checked.gap + self.horizon;
        let covered = Covered::leave_one_out(rows, &checked.levels, panel.series.len(), reach);
        if self.origins.len() < 2 {
            self.note(
                "coverage_unknown",
                1,
                "with one fold the coverage of intervals cannot be checked".into(),
            );
        }
        TrainingReport {
            engine: word(learnt.engine()).to_owned(),
            overall: report::covered_metrics(rows, &covered, |_| true),
            seasonal_naive: report::metrics(rows.iter(), Whose::SeasonalNaive),
            weekday_mean: report::metrics(rows.iter(), Whose::WeekdayMean),
            folds: report::folds(panel, &self.origins, rows, &covered),
            by_series: report::by_series(panel, rows),
            by_horizon: report::by_horizon(rows),
            importance: match learnt {
                Learnt::Gbdt(booster) => report::importance(&booster.plan, &booster.ensemble),
                _ => Vec::new(),
            },
            params: self.params(learnt),
            series: panel.series.len() as u64,
            train_rows,
            history: Some(panel.history()),
            notes: self.notes.clone(),
            largest_ratio: 0.0,
        }
    }

    /// The parameters in force, under their names in the spec.
    fn params(&self, learnt: &Learnt) -> serde_json::Value {
        let checked = self.checked;
        let mut params = serde_json::json!({
            "horizon": self.horizon,
            "frequency": self.panel.periods.frequency,
            "missing": checked.missing,
            "folds": self.origins.len(),
            "step": checked.step.unwrap_or(self.horizon),
            "gap": checked.gap,
            "metric": checked.metric,
            "levels": checked.levels,
            "seed": self.seed,
        });
        if let (Learnt::Gbdt(booster), Some(map)) = (learnt, params.as_object_mut()) {
            let boost = &checked.boost;
            map.insert("rounds".into(), boost.rounds.into());
            map.insert("leaves".into(), boost.leaves.into());
            map.insert("learning_rate".into(), boost.learning_rate.into());
            map.insert("min_leaf_rows".into(), boost.min_leaf_rows.into());
            map.insert("objective".into(), "l2".into());
            map.insert("features".into(), booster.plan.width().into());
            map.insert("target".into(), if booster.plan.relative { "over_level" } else { "raw" }.into());
        }
        params
    }
}

/// The forecasts of all series from an origin; none for series without a past.
fn forecast_from(booster: &Booster, panel: &Panel, origin: Origin) -> Vec<Option<Vec<f64>>> {
    let plan = &booster.plan;
    let pasts = pasts(panel, origin.cutoff);
    let closures: Vec<Closures> = pasts
        .iter()
        .map(|(at, past)| {
            let series = &panel.series[*at];
            Closures::learn(
                panel.periods,
                panel.first,
                series.start,
                &series.kinds[..past.len()],
                &series.known,
            )
        })
        .collect();
    // The batches do not know of each other, so how they are shared out changes nothing.
    let paths: Vec<Vec<f64>> = pasts
        .par_chunks(BATCH)
        .zip(closures.par_chunks(BATCH))
        .flat_map_iter(|(pasts, closures)| {
            let starts = pasts.iter().zip(closures).map(|((code, past), closures)| {
                let series = &panel.series[*code];
                Start {
                    state: walked(plan, series, past),
                    code: *code,
                    statics: &series.statics,
                    known: &series.known,
                    known_from: 0,
                    closures,
                    non_negative: past.iter().all(|v| *v >= 0.0),
                }
            });
            booster.advance(starts.collect(), panel.first, origin.cutoff, origin.to - origin.cutoff)
        })
        .collect();
    let mut found = vec![None; panel.series.len()];
    for ((at, _), path) in pasts.iter().zip(paths) {
        found[*at] = Some(path);
    }
    found
}

/// Whether trees learn the ratio to the recent level: sensible where nothing is negative and most is sold on
/// most days; else they learn the value itself.
fn is_relative(panel: &Panel) -> bool {
    let (mut all, mut positive) = (0usize, 0usize);
    for series in &panel.series {
        for &value in &series.values {
            if value < 0.0 {
                return false;
            }
            all += 1;
            positive += usize::from(value > 0.0);
        }
    }
    positive * 2 > all
}

fn word(engine: Engine) -> &'static str {
    match engine {
        Engine::Gbdt => "gbdt",
        Engine::SeasonalNaive => "seasonal_naive",
        _ => "weekday_mean",
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
