//! Forecasts of many series: settings, validation on rolling origins, the fit, and the fitted value.

mod alike;
mod along;
mod backtest;
mod baselines;
mod boosted;
mod calibrate;
mod choose;
mod course;
#[cfg(test)]
mod engine_tests;
mod extend;
#[cfg(test)]
mod extend_tests;
mod fit;
mod fitted;
mod folds;
mod issued;
mod learnt;
#[cfg(test)]
mod node_tests;
mod nodes;
mod params;
mod paths;
mod recursion;
mod report;
mod saved;
mod score;
mod smooth;
#[cfg(test)]
mod tests;
mod told;

pub use backtest::{
    Backtest, Bounds, Comparison, Difference, HorizonDifference, PairedRow, Pairing, SeriesDifference,
    compare,
};
pub use baselines::{same_season_mean, seasonal_naive};
pub use extend::{Actual, Taken};
pub use fit::{FitError, fit};
pub(crate) use fitted::by_key;
pub use fitted::{Fitted, ForecastQuery, Kept, KnownValue, MAX_HORIZON, QueryError};
pub use folds::{BacktestRow, Origin};
pub use issued::Issued;
pub use learnt::{Blend, Learnt};
pub use nodes::{MOST_NODES, NodeForecast, Nodes, node_key};
pub use params::{Checked, Params, ParamsError};
pub use recursion::Booster;
pub use report::Whose;
