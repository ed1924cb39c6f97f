//! Trees in a fit: their rows, their backtests, their growth.

use super::alike::with_borrowed_past;
use super::calibrate;
use super::fit::{FEWEST_ROWS, Fit, FitError, going};
use super::folds::{BacktestRow, Origin, pasts};
use super::recursion::{BATCH, Booster, Start};
use super::report::{self, Whose};
use crate::features::{Plan, Table, walked};
use crate::panel::{Closures, Panel};
use crate::trees::{Binned, BoostParams, Edges, Ensemble, Objective, Sample, boost, feature_order};
use rayon::prelude::*;
use vakhta_domain::spec::Engine;

/// The rows of a panel in both forms that trees need.
pub(super) struct Learning {
    pub(super) plan: Plan,
    pub(super) table: Table,
    pub(super) order: Vec<usize>,
    /// How much each row counts; empty: all alike.
    pub(super) weights: Vec<f64>,
    /// How trees grow, with the constraints of this plan.
    pub(super) boost: BoostParams,
}

impl Fit<'_> {
    /// Features and rows for trees; none where `auto` finds too few rows for them.
    pub(super) fn learning(&mut self) -> Result<Option<Learning>, FitError> {
        let relative = is_relative(self.panel);
        let plan = Plan::new(&self.checked.features, self.panel, relative);
        let season = self.panel.season();
        let warm_up = (if season == 7 { 28 } else { season }).min(self.panel.len / 4);
        let borrowed = with_borrowed_past(&plan, self.panel, self.panel.len);
        let table = if borrowed.is_empty() {
            Table::build(&plan, self.panel, warm_up)
        } else {
            let count = borrowed.len() as u64;
            let text = format!(
                "{count} series began later: until they have a past, trees look at that of the most alike"
            );
            self.note("look_alikes", count, text);
            let mut panel = self.panel.clone();
            for (at, series) in borrowed {
                panel.series[at] = series;
            }
            Table::build(&plan, &panel, warm_up)
        };
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
        if self.early.is_some_and(|cutoff| table.rows_before(cutoff).len() < FEWEST_ROWS) {
            self.early = None;
        }
        let order = feature_order(plan.width(), self.seed);
        let weights = weights(&table, &plan, self.checked.boost.objective);
        let boost = BoostParams { monotone: self.constraints(&plan)?, ..self.checked.boost.clone() };
        Ok(Some(Learning { plan, table, order, weights, boost }))
    }

    /// The constraint of each feature of the plan.
    fn constraints(&self, plan: &Plan) -> Result<Vec<i8>, FitError> {
        let mut signs = vec![0; plan.width()];
        for (name, &sign) in &self.checked.monotone {
            let Some(at) = plan.features.iter().position(|feature| feature.name == *name) else {
                let names: Vec<&str> = plan.features.iter().map(|feature| feature.name.as_str()).collect();
                return Err(FitError::UnknownFeature { name: name.clone(), known: names.join(", ") });
            };
            signs[at] = sign;
        }
        Ok(signs)
    }

    /// Puts the forecasts of trees into the rows.
    pub(super) fn score_trees(
        &mut self,
        learning: &Learning,
        rows: &mut [BacktestRow],
        aside: u64,
    ) -> Result<(), FitError> {
        let panel = self.panel;
        // Cut points come from before the first cutoff, so that no fold knows more than it should.
        let before = learning.table.rows_before(self.origins[0].cutoff);
        let edges = Edges::learn(&learning.table.matrix, &before, self.checked.boost.max_bins, &[]);
        let binned = Binned::new(&learning.table.matrix, &edges, &learning.order);
        if let Some(cutoff) = self.early {
            let end = self.course.done() + self.checked.rounds_grown() + aside;
            let used = learning.table.rows_before(cutoff);
            let ensemble = self.grow(learning, &binned, &edges, &used)?;
            let booster = Booster { plan: learning.plan.clone(), ensemble };
            let walks = calibrate::walks(panel, cutoff, self.horizon, self.checked.gap);
            self.errors =
                calibrate::residuals(panel, &walks, |origin| forecast_from(&booster, panel, origin));
            going(self.course.reach(end))?;
        }
        for (fold, origin) in self.origins.clone().into_iter().enumerate() {
            let end = self.course.done() + self.checked.rounds_grown() + aside;
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

    pub(super) fn grow(
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
            weights: &learning.weights,
            rows: used,
            held_out: &[],
        };
        let mut params = learning.boost.clone();
        let (seed, course) = (self.seed, &mut self.course);
        let mut grow =
            |sample: &Sample<'_>, params: &BoostParams| boost(sample, params, seed, &mut |_| course.add(1));
        if let Some(share) = self.checked.held_out {
            // The latest rows say how many rounds are enough; then all rows are learnt from, the latest too.
            let (past, latest) = learning.table.divided(used, share);
            if past.len() >= FEWEST_ROWS && !latest.is_empty() {
                let watched = Sample { rows: &past, held_out: &latest, ..sample };
                params.rounds = grow(&watched, &params)?.trees.len().max(1);
            }
        }
        params.patience = None;
        Ok(grow(&sample, &params)?)
    }
}

/// The forecasts of all series from an origin; none for series without a past.
fn forecast_from(booster: &Booster, panel: &Panel, origin: Origin) -> Vec<Option<Vec<f64>>> {
    let plan = &booster.plan;
    let pasts = pasts(panel, origin.cutoff);
    let borrowed = with_borrowed_past(plan, panel, origin.cutoff);
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
                let state = match borrowed.get(code) {
                    Some(longer) => {
                        let added = &longer.values[..series.start - longer.start];
                        walked(plan, longer, &[added, past].concat())
                    }
                    None => walked(plan, series, past),
                };
                Start {
                    state,
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

/// What rows must count so that the loss of ratios to the level is the loss of the values themselves. An error of
/// a value is its level times that of the ratio, a Poisson deviance too; a Tweedie deviance grows with the power
/// `2 − p` of the level. Squared errors stay those of ratios: else the largest series alone would be learnt.
fn weights(table: &Table, plan: &Plan, objective: Objective) -> Vec<f64> {
    let Some(power) = power_of_level(objective).filter(|_| plan.relative) else { return Vec::new() };
    let mean = table.level.iter().sum::<f64>() / table.level.len().max(1) as f64;
    table.level.iter().map(|level| (level / mean).powf(power)).collect()
}

/// The power of the level by which the loss of a ratio becomes the loss of the value.
fn power_of_level(objective: Objective) -> Option<f64> {
    match objective {
        Objective::L1 | Objective::Quantile(_) | Objective::Poisson => Some(1.0),
        Objective::Tweedie(power) => Some(2.0 - power),
        Objective::L2 | Objective::Logistic | Objective::Softmax(_) => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{ForecastQuery, Params, fit};
    use crate::panel::Observations;
    use crate::random::Random;
    use jiff::civil::date;
    use std::sync::Arc;
    use vakhta_domain::progress::Unwatched;
    use vakhta_domain::spec::parse_yaml;

    #[test]
    fn weighed_losses_of_ratios_are_the_losses_of_values() {
        let (ratio, raw) = (1.3f64, 0.2f64);
        for level in [0.5f64, 40.0] {
            for objective in [Objective::Poisson, Objective::Tweedie(1.3)] {
                let weight = level.powf(power_of_level(objective).expect("a power"));
                let of_ratio = objective.slope(ratio, raw, weight);
                let of_value = objective.slope(ratio * level, raw + level.ln(), 1.0);
                assert!((of_ratio.pull - of_value.pull).abs() < 1e-9 * level, "{objective:?}");
                assert!((of_ratio.curvature - of_value.curvature).abs() < 1e-9 * level, "{objective:?}");
            }
            for objective in [Objective::L1, Objective::Quantile(0.8)] {
                let weight = level.powf(power_of_level(objective).expect("a power"));
                let of_value = objective.loss(ratio * level, &[raw * level]);
                assert!((objective.loss(ratio, &[raw]) * weight - of_value).abs() < 1e-9 * level);
            }
        }
    }

    /// Two branches of 400 days with a week's shape, one ten times the other, and some noise.
    fn panel(checked: &crate::forecast::Checked) -> Panel {
        let mut rows = Observations {
            series_columns: vec!["branch".into()],
            series: vec![vec![]],
            ..Observations::default()
        };
        let mut random = Random::new(3);
        for (branch, size) in [("a", 1.0), ("b", 10.0)] {
            for day in 0..400u32 {
                rows.time.push(date(2024, 1, 1).saturating_add(jiff::Span::new().days(day)));
                rows.series[0].push(Arc::from(branch));
                rows.target.push(size * (f64::from(20 + day % 7 * 10) + random.below(9) as f64 - 4.0));
            }
        }
        Panel::build(&rows, &checked.panel_rules()).expect("a panel").0
    }

    fn checked(params: &str) -> crate::forecast::Checked {
        let text = format!(
            "{{model_key: m, task: forecast, data: {{dataset: d, time: t, series: [branch], target: y}}, horizon: 14, \
             engine: gbdt, params: {{leaves: 7, learning_rate: 0.1, {params}}}}}"
        );
        Params::from_spec(&parse_yaml(&text).expect("a spec")[0]).expect("settings")
    }

    #[test]
    fn each_objective_forecasts_the_week() {
        for params in [
            "rounds: 80, objective: l2",
            "rounds: 80, objective: l1",
            "rounds: 80, objective: poisson",
            "rounds: 80, objective: tweedie, tweedie_power: 1.3",
            "rounds: 80, feature_share: 0.8, row_share: 0.7, lambda_l1: 0.01, lambda_l2: 1, monotone: {lag_7: 1}",
        ] {
            let checked = checked(params);
            let panel = panel(&checked);
            let fitted = fit(&checked, &panel, 1, 2, &Unwatched).expect("a fit");
            let wape = fitted.report().overall.wape.expect("a WAPE");
            assert!(wape < 8.0, "{params}: {wape}%");
            let query = ForecastQuery { horizon: 14, series: None, levels: vec![80], known_future: vec![] };
            assert!(fitted.forecast(&query).is_ok());
        }
    }

    #[test]
    fn early_stopping_keeps_fewer_rounds_and_learns_from_all_rows() {
        let checked = checked("rounds: 400, early_stopping: true, validation_fraction: 0.2");
        let panel = panel(&checked);
        let fitted = fit(&checked, &panel, 1, 1, &Unwatched).expect("a fit");
        let crate::forecast::Learnt::Gbdt(booster) = &fitted.learnt else { panic!("not trees") };
        assert!(!booster.ensemble.trees.is_empty() && booster.ensemble.trees.len() < 400);
        assert!(fitted.report().overall.wape.expect("a WAPE") < 8.0);
    }

    #[test]
    fn a_constraint_on_an_unknown_feature_is_refused_by_name() {
        let checked = checked("rounds: 5, monotone: {price: -1}");
        let panel = panel(&checked);
        let refused = fit(&checked, &panel, 1, 1, &Unwatched).expect_err("refused").to_string();
        assert!(refused.contains("`price`") && refused.contains("lag_7"), "{refused}");
    }
}
