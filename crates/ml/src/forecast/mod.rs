//! Forecasts of many series: settings, validation on rolling origins, the fit, and the fitted value.

mod baselines;
mod course;
mod fit;
mod fitted;
mod folds;
mod params;
mod recursion;
mod report;
mod saved;
#[cfg(test)]
mod tests;

pub use baselines::{same_season_mean, seasonal_naive};
pub use fit::{FitError, fit};
pub(crate) use fitted::by_key;
pub use fitted::{Fitted, ForecastQuery, Kept, KnownValue, Learnt, MAX_HORIZON, QueryError};
pub use folds::{BacktestRow, Origin};
pub use params::{Checked, Params, ParamsError};
pub use recursion::Booster;
pub use report::{Covered, Whose};
