//! From a spec to settings that `fit` accepts.

use crate::features::{Choice, Event, Fourier, Overrides, Wave};
use crate::panel::PanelRules;
use crate::trees::{BoostParams, Objective};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use vakhta_domain::spec::{
    self, Engine, Frequency, Metric, Missing, ModelSpec, Outliers, Reconcile, SpecError, Windows,
};

/// Rounds where the spec names none.
const ROUNDS: u32 = 500;
/// Leaves where the spec names none.
const LEAVES: u32 = 63;
/// Learning rate where the spec names none.
const LEARNING_RATE: f64 = 0.05;
/// Fewest rows in a leaf where the spec names none.
const MIN_LEAF_ROWS: u32 = 20;

/// The share of features that a tree uses where the spec names none.
const FEATURE_SHARE: f64 = 0.5;
/// The share of rows held out for early stopping where the spec names none.
const HELD_OUT: f64 = 0.1;
/// Rounds that may pass without a better loss on the rows held out.
const PATIENCE: usize = 50;
/// The quantile that is forecast where the spec names none.
const QUANTILE: f64 = 0.5;
/// The variance power where the spec names none.
const TWEEDIE_POWER: f64 = 1.5;

/// Settings that `fit` accepts: every value is in range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// `Auto`, `Gbdt`, `Ets`, `Theta`, `Croston`, `SeasonalNaive` or `WeekdayMean`.
    pub engine: Engine,
    /// Periods to forecast; none: by the frequency.
    pub horizon: Option<usize>,
    /// The length of a period; none: guessed.
    pub frequency: Option<Frequency>,
    /// What a gap means.
    pub missing: Missing,
    /// What happens to outliers.
    pub outliers: Outliers,
    /// Which features are built.
    pub features: Choice,
    /// How trees grow. The constraints are in `monotone`, by name.
    pub boost: BoostParams,
    /// Features that the forecast must rise (1) or fall (-1) with.
    pub monotone: BTreeMap<String, i8>,
    /// The share of the latest rows that decides how many rounds are enough; none: as many as asked for.
    pub held_out: Option<f64>,
    /// Interval levels, percent, ascending.
    pub levels: Vec<u8>,
    /// Rolling-origin folds wished for.
    pub folds: usize,
    /// Periods between cutoffs; none: the horizon.
    pub step: Option<usize>,
    /// Periods left out after a cutoff.
    pub gap: usize,
    /// What engines are compared by.
    pub metric: Metric,
    /// How forecasts of a hierarchy are made to agree.
    pub reconcile: Reconcile,
    /// The columns of a strict hierarchy above the series, finest first.
    pub hierarchy: Vec<String>,
    /// The columns of each further level.
    pub grouped: Vec<Vec<String>>,
}

/// Settings as a person wrote them.
pub struct Params;

/// Why settings are refused: every wrong field with its place and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamsError(pub Vec<SpecError>);

impl fmt::Display for ParamsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            write!(f, "{}{}: {}", if i == 0 { "" } else { "; " }, error.pointer, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ParamsError {}

impl Params {
    /// Checks what a spec says about a forecast and fills in defaults.
    pub fn from_spec(spec: &ModelSpec) -> Result<Checked, ParamsError> {
        let mut errors = spec::check::check(spec);
        if let Some((pointer, message)) = spec::check::untrainable(spec) {
            errors.push(SpecError::at(pointer, message));
        }
        let mut events = Vec::new();
        for (i, event) in spec.features.calendar.events.iter().enumerate() {
            let mut dates: Vec<jiff::civil::Date> =
                event.dates.iter().filter_map(|d| d.parse().ok()).collect();
            dates.sort_unstable();
            if dates.is_empty() && !event.dates.is_empty() {
                continue; // each of its dates is among the errors already
            }
            if dates.is_empty() {
                let pointer = format!("/features/calendar/events/{i}/dates");
                errors.push(SpecError::at(pointer, "has no date: write at least one or leave the event out"));
            }
            let (before, after) = (event.before as i32, event.after as i32);
            events.push(Event { name: event.name.clone(), dates, before, after });
        }
        if !errors.is_empty() {
            return Err(ParamsError(errors));
        }
        let whole = |value: Option<u32>, default: u32| value.unwrap_or(default) as usize;
        let windows = |windows: &Windows| match windows {
            Windows::Auto(_) => None,
            Windows::These(periods) => Some(periods.iter().map(|&n| n as usize).collect()),
        };
        let mut levels = spec.intervals.levels.clone();
        levels.sort_unstable();
        levels.dedup();
        Ok(Checked {
            engine: spec.engine,
            horizon: spec.horizon.map(|h| h as usize),
            frequency: spec.data.frequency,
            missing: spec.data.missing,
            outliers: spec.data.outliers,
            features: Choice {
                lags: windows(&spec.features.lags),
                rolling: windows(&spec.features.rolling),
                same_season: windows(&spec.features.same_season),
                quantiles: spec.features.quantiles.clone(),
                fourier: fourier(spec.features.fourier.as_ref()),
                look_alikes: spec.features.look_alikes,
                country: spec.features.calendar.country,
                overrides: overrides(&spec.features.calendar),
                pay_days: pay_days(&spec.features.calendar),
                events,
            },
            boost: BoostParams {
                objective: objective(&spec.params),
                rounds: whole(spec.params.rounds, ROUNDS),
                leaves: whole(spec.params.leaves, LEAVES),
                min_leaf_rows: whole(spec.params.min_leaf_rows, MIN_LEAF_ROWS),
                learning_rate: spec.params.learning_rate.unwrap_or(LEARNING_RATE),
                max_bins: 255,
                feature_share: spec.params.feature_share.unwrap_or(FEATURE_SHARE),
                row_share: spec.params.row_share.unwrap_or(1.0),
                lambda_l1: spec.params.lambda_l1.unwrap_or(0.0),
                lambda_l2: spec.params.lambda_l2.unwrap_or(0.0),
                monotone: Vec::new(),
                patience: Some(PATIENCE),
            },
            monotone: spec.params.monotone.clone(),
            held_out: (spec.params.early_stopping == Some(true))
                .then(|| spec.params.validation_fraction.unwrap_or(HELD_OUT)),
            levels,
            folds: spec.validation.folds as usize,
            step: spec.validation.step.map(|s| s as usize),
            gap: spec.validation.gap as usize,
            metric: spec.validation.metric,
            reconcile: spec.reconcile,
            hierarchy: spec.data.hierarchy.clone(),
            grouped: spec.data.grouped.clone(),
        })
    }
}

fn objective(params: &spec::Params) -> Objective {
    match params.objective.unwrap_or(spec::Objective::L2) {
        spec::Objective::L2 => Objective::L2,
        spec::Objective::L1 => Objective::L1,
        spec::Objective::Quantile => Objective::Quantile(params.quantile.unwrap_or(QUANTILE)),
        spec::Objective::Poisson => Objective::Poisson,
        spec::Objective::Tweedie => Objective::Tweedie(params.tweedie_power.unwrap_or(TWEEDIE_POWER)),
    }
}

fn fourier(spec: Option<&spec::Fourier>) -> Fourier {
    match spec {
        None => Fourier::None,
        Some(spec::Fourier::Auto(_)) => Fourier::Auto,
        Some(spec::Fourier::These(waves)) => {
            let parsed = waves.iter().filter_map(|(period, &order)| Some((period.parse().ok()?, order)));
            let mut waves: Vec<Wave> = parsed.map(|(period, order)| Wave { period, order }).collect();
            waves.sort_by(|a, b| a.period.total_cmp(&b.period));
            Fourier::These(waves)
        }
    }
}

fn overrides(calendar: &spec::Calendar) -> Overrides {
    let days = calendar.overrides.iter().filter_map(|day| Some((day.date.parse().ok()?, day.kind)));
    Overrides(days.collect())
}

/// The advance and the wages of most Russian companies, where the spec names none.
fn pay_days(calendar: &spec::Calendar) -> Vec<u8> {
    match (&calendar.pay_days, calendar.country) {
        (Some(days), _) => days.iter().map(|&day| day as u8).collect(),
        (None, Some(spec::Country::RU)) => vec![5, 20],
        (None, None) => Vec::new(),
    }
}

impl Checked {
    /// How rows become a panel under these settings.
    pub fn panel_rules(&self) -> PanelRules {
        PanelRules { frequency: self.frequency, missing: self.missing, outliers: self.outliers }
    }

    /// Rounds that one model costs: with early stopping they are grown twice.
    pub fn rounds_grown(&self) -> u64 {
        self.boost.rounds as u64 * if self.held_out.is_some() { 2 } else { 1 }
    }

    /// Periods to forecast on a panel of that frequency.
    pub fn horizon_for(&self, frequency: Frequency) -> usize {
        self.horizon.unwrap_or(frequency.default_horizon() as usize).max(1)
    }
}
