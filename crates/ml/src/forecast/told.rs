//! What a fit tells about itself: the report and the parameters in force.

use super::backtest::Backtest;
use super::choose::word;
use super::fit::Fit;
use super::learnt::Learnt;
use super::report::{self, Whose};
use crate::smoothing::Smoothed;
use std::collections::BTreeMap;
use vakhta_domain::report::TrainingReport;

impl Fit<'_> {
    pub(super) fn report(&mut self, learnt: &Learnt, backtest: &Backtest, train_rows: u64) -> TrainingReport {
        let overall = backtest.metrics(|_| true);
        if overall.coverage.is_empty() {
            self.note(
                "coverage_unknown",
                1,
                "the history is too short to check the coverage of intervals".into(),
            );
        }
        TrainingReport {
            engine: word(learnt.engine()).to_owned(),
            overall,
            seasonal_naive: report::metrics(backtest.rows.iter(), Whose::SeasonalNaive),
            weekday_mean: report::metrics(backtest.rows.iter(), Whose::WeekdayMean),
            folds: backtest.by_fold(),
            by_series: backtest.by_series(),
            by_horizon: backtest.by_horizon(),
            importance: learnt
                .booster()
                .map(|booster| report::importance(&booster.plan, &booster.ensemble))
                .unwrap_or_default(),
            params: self.params(learnt),
            series: self.panel.series.len() as u64,
            train_rows,
            history: Some(self.panel.history()),
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
        let Some(map) = params.as_object_mut() else { return params };
        if let Some(booster) = learnt.booster() {
            let boost = &checked.boost;
            map.insert("rounds".into(), boost.rounds.into());
            map.insert("leaves".into(), boost.leaves.into());
            map.insert("learning_rate".into(), boost.learning_rate.into());
            map.insert("min_leaf_rows".into(), boost.min_leaf_rows.into());
            map.insert("objective".into(), serde_json::json!(boost.objective));
            map.insert("features".into(), booster.plan.width().into());
            map.insert("target".into(), if booster.plan.relative { "over_level" } else { "raw" }.into());
        }
        match learnt {
            Learnt::Smoothed(_, series) => {
                map.insert("forms".into(), forms(series));
            }
            Learnt::Blend(blend) => {
                let of = |member: usize| blend.shares.iter().map(|shares| shares[member]).sum::<f64>();
                let all = blend.shares.len() as f64;
                let parts = blend.members.iter().enumerate();
                let parts = parts.map(|(i, m)| (word(m.engine()).to_owned(), (of(i) / all).into()));
                map.insert("blend".into(), serde_json::Value::Object(parts.collect()));
            }
            _ => {}
        }
        params
    }
}

/// How many series have which statistical model.
fn forms(series: &[Smoothed]) -> serde_json::Value {
    let mut counts = BTreeMap::<String, u64>::new();
    for one in series {
        let name = match one {
            Smoothed::Ets(ets) => format!("ETS({})", ets.form.name()),
            Smoothed::Theta(theta) => theta.form.name().to_owned(),
            Smoothed::Croston(_) => "SBA".to_owned(),
        };
        *counts.entry(name).or_default() += 1;
    }
    serde_json::json!(counts)
}
