//! Learns a forecast from a panel: validates on rolling origins, chooses the engine, fits on all history.

use super::backtest::Backtest;
use super::boosted::Learning;
use super::calibrate::{Calibrated, calibrate, early_cutoff};
use super::choose::{Candidate, Choice, word};
use super::course::Course;
use super::fitted::Fitted;
use super::folds::{BacktestRow, Origin, fewest_periods, origins};
use super::learnt::{Blend, Learnt};
use super::nodes;
use super::params::Checked;
use super::recursion::Booster;
use super::report::Whose;
use super::smooth::{MOST_SERIES, STATISTICAL};
use crate::evaluate::Residual;
use crate::panel::Panel;
use crate::threads::{self, NoThreads};
use crate::trees::{Binned, BoostError, Edges};
use std::ops::ControlFlow;
use vakhta_domain::progress::Progress;
use vakhta_domain::report::DataNote;
use vakhta_domain::spec::Engine;

/// Fewest rows that trees learn from.
pub(super) const FEWEST_ROWS: usize = 30;

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
    /// A constraint on a feature that there is not.
    #[error("params/monotone names `{name}`, which is none of the model's features: {known}")]
    UnknownFeature {
        /// The name.
        name: String,
        /// Names that would do.
        known: String,
    },
    /// The trees refused.
    #[error(transparent)]
    Boost(BoostError),
    /// The system gave no threads.
    #[error(transparent)]
    Threads(#[from] NoThreads),
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
    threads::within(threads, || match nodes::hierarchy_of(checked, panel) {
        Some(hierarchy) => nodes::fit(checked, panel, hierarchy, seed, progress),
        None => Ok(Fit::new(checked, panel, seed, progress)?.run()?.fitted),
    })?
}

/// What a fit comes to.
pub(super) struct Run {
    pub(super) fitted: Fitted,
    /// The errors of earlier models that intervals were calibrated on.
    pub(super) errors: Vec<Residual>,
    /// By series: one-step errors of a statistical engine, to the end of the history.
    pub(super) one_step: Vec<Vec<f64>>,
}

/// What a fit knows from the start.
pub(super) struct Fit<'a> {
    pub(super) checked: &'a Checked,
    pub(super) panel: &'a Panel,
    pub(super) seed: u64,
    pub(super) horizon: usize,
    pub(super) origins: Vec<Origin>,
    pub(super) course: Course<'a>,
    pub(super) notes: Vec<DataNote>,
    /// The cutoff of an earlier model that intervals are calibrated by.
    pub(super) early: Option<usize>,
    /// Its errors.
    pub(super) errors: Vec<Residual>,
    /// Units of work that one statistical engine takes for all series.
    pub(super) smooth_units: u64,
    /// By series: one-step errors of the last statistical fit, to the end of the history.
    pub(super) one_step: Vec<Vec<f64>>,
}

pub(super) fn going(flow: ControlFlow<()>) -> Result<(), FitError> {
    if flow.is_break() { Err(FitError::Cancelled) } else { Ok(()) }
}

impl<'a> Fit<'a> {
    pub(super) fn new(
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
        let rounds = if trees { checked.rounds_grown() } else { 0 };
        let aside = rounds / 20 + 1;
        let smooth_units = rounds / 20 + 1;
        let smoothed = STATISTICAL.len() as u64 * smooth_units;
        let early = early_cutoff(&origins, horizon, fewest);
        let models = origins.len() as u64 + 1 + u64::from(early.is_some());
        let total = aside + models * (rounds + aside + smoothed);
        let mut fit = Self {
            checked,
            panel,
            seed,
            horizon,
            origins,
            course: Course::new(progress, total),
            notes: vec![],
            early,
            errors: vec![],
            smooth_units,
            one_step: vec![],
        };
        let (found, wanted) = (fit.origins.len(), checked.folds);
        if found < wanted {
            let text = format!("the history is long enough for {found} of {wanted} validation folds");
            fit.note("fewer_folds", found as u64, text);
        }
        Ok(fit)
    }

    pub(super) fn note(&mut self, code: &str, count: u64, text: String) {
        self.course.note(text.clone());
        self.notes.push(DataNote { code: code.to_owned(), count, text });
    }

    pub(super) fn run(mut self) -> Result<Run, FitError> {
        going(self.course.stage("features"))?;
        let learning =
            if matches!(self.checked.engine, Engine::Auto | Engine::Gbdt) { self.learning()? } else { None };
        let rounds = self.checked.rounds_grown();
        let aside = if learning.is_some() { rounds / 20 + 1 } else { 1 };
        going(self.course.reach(aside))?;

        going(self.course.stage("validate"))?;
        let mut rows = self.score_baselines();
        if rows.is_empty() {
            let first = self.origins[0].from;
            return Err(FitError::NothingToScore { periods: self.panel.len - first });
        }
        let candidates = self.candidates(&mut rows, learning.as_ref(), aside)?;
        let choice = self.choose(&mut rows, &candidates);

        going(self.course.stage("train"))?;
        let (learnt, train_rows) = match choice {
            Choice::One(engine) => self.learn(engine, learning.as_ref())?,
            Choice::Several(engines, shares) => {
                let mut train_rows = 0;
                let mut members = Vec::with_capacity(engines.len());
                for engine in engines {
                    let (member, rows) = self.learn(engine, learning.as_ref())?;
                    train_rows = train_rows.max(rows);
                    members.push(member);
                }
                (Learnt::Blend(Blend { members, shares }), train_rows)
            }
        };
        going(self.course.stage("forecast"))?;
        let errors = self.errors_of(&learnt);
        let Calibrated { bounds, conformal } =
            calibrate(self.panel, &self.origins, &rows, &errors, self.horizon, &self.checked.levels);
        let backtest = Backtest {
            engine: word(learnt.engine()).to_owned(),
            periods: self.panel.periods,
            first: self.panel.first,
            series: self.panel.series.iter().map(|s| s.key.clone()).collect(),
            origins: self.origins.clone(),
            rows,
            bounds,
        };
        let report = self.report(&learnt, &backtest, train_rows as u64);
        let fitted = Fitted::new(self.panel, learnt, conformal, self.checked, self.horizon, report, backtest);
        going(self.course.reach(u64::MAX))?;
        Ok(Run { fitted, errors, one_step: self.one_step })
    }

    /// The errors that an earlier model of this kind made. Of a blend, each series shows those of the member that it
    /// takes most from.
    fn errors_of(&mut self, learnt: &Learnt) -> Vec<Residual> {
        match learnt {
            Learnt::Gbdt(_) => self.errors.clone(),
            Learnt::SeasonalNaive | Learnt::WeekdayMean => self.errors_of_baseline(learnt.engine()),
            Learnt::Smoothed(engine, _) => self.errors_of_smoothed(*engine),
            Learnt::Blend(Blend { members, shares }) => {
                let most = |shares: &Vec<f64>| {
                    (0..shares.len()).reduce(|a, b| if shares[b] > shares[a] { b } else { a }).unwrap_or(0)
                };
                let mut errors = Vec::new();
                for (at, member) in members.iter().enumerate() {
                    if shares.iter().any(|shares| most(shares) == at) {
                        let own = self.errors_of(member);
                        errors.extend(own.into_iter().filter(|e| most(&shares[e.series]) == at));
                    }
                }
                errors
            }
        }
    }

    /// Every engine that this fit tries, with its forecasts for the rows.
    fn candidates(
        &mut self,
        rows: &mut [BacktestRow],
        learning: Option<&Learning>,
        aside: u64,
    ) -> Result<Vec<Candidate>, FitError> {
        let mut candidates = Vec::new();
        if let Some(learning) = learning {
            self.score_trees(learning, rows, aside)?;
            let forecasts = rows.iter().map(|row| row.forecast).collect();
            candidates.push(Candidate { engine: Engine::Gbdt, forecasts });
        }
        let engines = self.statistical();
        if engines.is_empty() && self.checked.engine == Engine::Auto {
            let text = format!(
                "{} series are more than the {MOST_SERIES} on which auto tries statistical engines; name one to use it",
                self.panel.series.len()
            );
            self.note("statistical_left_out", self.panel.series.len() as u64, text);
        }
        for engine in engines {
            let forecasts = self.score_smoothed(engine, rows)?;
            candidates.push(Candidate { engine, forecasts });
        }
        let of = |whose| rows.iter().map(|row| row.of(whose)).collect();
        for (engine, forecasts) in
            [(Engine::WeekdayMean, of(Whose::WeekdayMean)), (Engine::SeasonalNaive, of(Whose::SeasonalNaive))]
        {
            candidates.push(Candidate { engine, forecasts });
        }
        Ok(candidates)
    }

    /// Learns with one engine from all history. With the rows that trees learnt from.
    fn learn(&mut self, engine: Engine, learning: Option<&Learning>) -> Result<(Learnt, usize), FitError> {
        match (engine, learning) {
            (Engine::Gbdt, Some(learning)) => {
                let used = learning.table.rows_before(self.panel.len);
                let edges = Edges::learn(&learning.table.matrix, &used, self.checked.boost.max_bins, &[]);
                let binned = Binned::new(&learning.table.matrix, &edges, &learning.order);
                let ensemble = self.grow(learning, &binned, &edges, &used)?;
                let booster = Booster { plan: learning.plan.clone(), ensemble };
                Ok((Learnt::Gbdt(Box::new(booster)), used.len()))
            }
            (Engine::SeasonalNaive, _) => Ok((Learnt::SeasonalNaive, 0)),
            (Engine::Ets | Engine::Theta | Engine::Croston, _) => Ok((self.smoothed(engine)?, 0)),
            _ => Ok((Learnt::WeekdayMean, 0)),
        }
    }
}
