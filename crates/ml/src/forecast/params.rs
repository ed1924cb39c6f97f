//! From a spec to settings that `fit` accepts.

use crate::features::{Choice, Event};
use crate::panel::PanelRules;
use crate::trees::BoostParams;
use serde::{Deserialize, Serialize};
use std::fmt;
use vakhta_domain::spec::{self, Engine, Frequency, Metric, Missing, ModelSpec, SpecError, Windows};

/// Rounds where the spec names none.
const ROUNDS: u32 = 500;
/// Leaves where the spec names none.
const LEAVES: u32 = 63;
/// Learning rate where the spec names none.
const LEARNING_RATE: f64 = 0.05;
/// Fewest rows in a leaf where the spec names none.
const MIN_LEAF_ROWS: u32 = 20;

/// Settings that `fit` accepts: every value is in range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// `Auto`, `Gbdt`, `SeasonalNaive` or `WeekdayMean`.
    pub engine: Engine,
    /// Periods to forecast; none: by the frequency.
    pub horizon: Option<usize>,
    /// The length of a period; none: guessed.
    pub frequency: Option<Frequency>,
    /// What a gap means.
    pub missing: Missing,
    /// Which features are built.
    pub features: Choice,
    /// How trees grow.
    pub boost: BoostParams,
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
            features: Choice {
                lags: windows(&spec.features.lags),
                rolling: windows(&spec.features.rolling),
                country: spec.features.calendar.country,
                events,
            },
            boost: BoostParams {
                rounds: whole(spec.params.rounds, ROUNDS),
                leaves: whole(spec.params.leaves, LEAVES),
                min_leaf_rows: whole(spec.params.min_leaf_rows, MIN_LEAF_ROWS),
                learning_rate: spec.params.learning_rate.unwrap_or(LEARNING_RATE),
                max_bins: 255,
                feature_share: 0.5,
                row_share: 1.0,
            },
            levels,
            folds: spec.validation.folds as usize,
            step: spec.validation.step.map(|s| s as usize),
            gap: spec.validation.gap as usize,
            metric: spec.validation.metric,
        })
    }
}

impl Checked {
    /// How rows become a panel under these settings.
    pub fn panel_rules(&self) -> PanelRules {
        PanelRules { frequency: self.frequency, missing: self.missing }
    }

    /// Periods to forecast on a panel of that frequency.
    pub fn horizon_for(&self, frequency: Frequency) -> usize {
        self.horizon.unwrap_or(frequency.default_horizon() as usize).max(1)
    }
}
