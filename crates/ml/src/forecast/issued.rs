//! Forecasts that were made before and whose time has not all come: what intervals learn from when it does.

use super::fitted::Fitted;
use crate::evaluate::Residual;

/// Most values of them that a model keeps; where there would be more, some origins are left out.
const MOST_VALUES: usize = 1 << 20;

/// The forecasts of one origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Issued {
    /// The first period that they did not know.
    pub cutoff: usize,
    /// By series: the unit of its errors then.
    pub units: Vec<f64>,
    /// By series: the forecast of each period from the cutoff on, over the horizon.
    pub paths: Vec<Vec<f64>>,
}

impl Fitted {
    /// The errors that forecasts of a period made, the present one's and the earlier ones'.
    pub(super) fn errors_at(&self, series: usize, period: usize, actual: f64) -> Vec<Residual> {
        let of = |cutoff: usize, path: &[f64], unit: f64| {
            let at = period.checked_sub(cutoff)?;
            Some(Residual { series, cutoff, step: at + 1, error: (path.get(at)? - actual).abs(), unit })
        };
        let kept = &self.series[series];
        let earlier = self.issued.iter().map(|i| of(i.cutoff, &i.paths[series], i.units[series]));
        earlier.chain([of(self.len, &kept.ready, kept.unit)]).flatten().collect()
    }

    /// Keeps the present forecasts for the periods that they speak of, and lets go of those whose time is over.
    pub(super) fn put_aside(&mut self) {
        let (len, horizon) = (self.len, self.horizon);
        self.issued.retain(|issued| issued.cutoff + horizon > len + 1);
        let apart = (self.series.len() * horizon * horizon).div_ceil(MOST_VALUES).max(1);
        if horizon > 1 && self.issued.last().is_none_or(|last| last.cutoff + apart <= len) {
            self.issued.push(Issued {
                cutoff: len,
                units: self.series.iter().map(|kept| kept.unit).collect(),
                paths: self.series.iter().map(|kept| kept.ready.clone()).collect(),
            });
        }
    }
}
