//! The past of one series, brought forward one period at a time.
//!
//! Training rows and forecast rows come from the same two calls, [`State::fill`] and [`State::push`]: a
//! feature cannot see more in training than it will when it matters.

use super::plan::{Plan, Source};
use super::window::Window;

/// What a row needs to know besides the past of its series.
pub struct Moment<'a> {
    /// The calendar features of the period.
    pub calendar: &'a [f32],
    /// Periods back to the same date a year ago; none where periods are not days.
    pub year_ago: Option<usize>,
    /// The value of a known-future column, so many periods later.
    pub known: &'a dyn Fn(usize, i32) -> f32,
    /// The static columns of the series.
    pub statics: &'a [f32],
    /// The place of the series in the panel.
    pub code: f32,
}

/// What is left of the values that are too old to be kept: enough to go on exactly.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// All values so far.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// The exponentially weighted means.
    pub ewma: Vec<f64>,
    /// By flag: a running mean of the target over its level when the flag was set, and how often it was.
    pub flags: Vec<(f64, u64)>,
}

/// The past of a series.
#[derive(Debug, Clone)]
pub struct State {
    history: Vec<f64>,
    windows: Vec<Window>,
    summary: Summary,
}

/// How much the latest time counts in the effect of a flag.
const FLAG_WEIGHT: f64 = 0.2;

impl State {
    /// Before the first value.
    pub fn new(plan: &Plan) -> Self {
        let windows = plan.windows.iter().map(|&place| Window::new(place)).collect();
        let summary = Summary {
            count: 0,
            mean: 0.0,
            ewma: vec![f64::NAN; plan.weights.len()],
            flags: vec![(0.0, 0); plan.flags.len()],
        };
        Self { history: Vec::new(), windows, summary }
    }

    /// After `summary.count` values, of which `tail` are the latest. The tail must be as long as
    /// [`Plan::reach`] or hold all values.
    pub fn resume(plan: &Plan, tail: Vec<f64>, summary: Summary) -> Self {
        let windows = plan.windows.iter().map(|&place| Window::of(place, &tail)).collect();
        Self { history: tail, windows, summary }
    }

    /// What to keep besides the latest values.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The values that are still there, oldest first.
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// The recent mean of the series: what a relative target is divided by. Always positive.
    pub fn level(&self, plan: &Plan) -> f64 {
        level(self.windows[plan.level].mean(), self.summary.mean)
    }

    /// Takes in the value of the period whose row was last filled. `flags` tells which of
    /// [`Plan::flags`] were set, by place.
    pub fn push(&mut self, plan: &Plan, value: f64, flags: impl Fn(usize) -> bool) {
        for place in 0..plan.flags.len() {
            if flags(place) {
                let ratio = value / self.level(plan);
                self.summary.flags[place] = flag_effect(self.summary.flags[place], ratio);
            }
        }
        self.history.push(value);
        for window in &mut self.windows {
            window.step(&self.history);
        }
        self.summary.count += 1;
        self.summary.mean += (value - self.summary.mean) / self.summary.count as f64;
        for (mean, weight) in self.summary.ewma.iter_mut().zip(&plan.weights) {
            *mean = if mean.is_nan() { value } else { *mean + weight * (value - *mean) };
        }
    }

    /// Writes the row of the next period and returns the level that a relative target is divided by (1 where
    /// the plan is not relative).
    pub fn fill(&self, plan: &Plan, moment: &Moment<'_>, row: &mut [f32]) -> f64 {
        let level = if plan.relative { self.level(plan) } else { 1.0 };
        for (cell, feature) in row.iter_mut().zip(&plan.features) {
            let value = self.value(plan, moment, feature.source);
            *cell = if feature.source.has_unit() { (value / level) as f32 } else { value as f32 };
        }
        level
    }

    fn lag(&self, periods: usize) -> f64 {
        self.history.len().checked_sub(periods).map_or(f64::NAN, |at| self.history[at])
    }

    fn value(&self, plan: &Plan, moment: &Moment<'_>, source: Source) -> f64 {
        let over = |value: f64, window: usize| {
            let mean = self.windows[window].mean();
            if mean.abs() > 1e-9 { value / mean } else { f64::NAN }
        };
        match source {
            Source::Lag(lag) => self.lag(lag),
            Source::Mean(window) => self.windows[window].mean(),
            Source::Std(window) => self.windows[window].std(),
            Source::Min(window) => least(self.windows[window].values(&self.history).iter().copied()),
            Source::Max(window) => largest(self.windows[window].values(&self.history).iter().copied()),
            Source::Quantile(window, percent) => {
                quantile(self.windows[window].values(&self.history), f64::from(percent) / 100.0)
            }
            Source::SeasonMean(count) => self.same_season(plan.season, count).0,
            Source::SeasonStd(count) => self.same_season(plan.season, count).1,
            Source::SeasonMin(count) => least(self.seasons_back(plan.season, count)),
            Source::SeasonMax(count) => largest(self.seasons_back(plan.season, count)),
            Source::Ewma(place) => self.summary.ewma[place],
            Source::Expanding if self.summary.count == 0 => f64::NAN,
            Source::Expanding => self.summary.mean,
            Source::LagOver(lag, window) => over(self.lag(lag), window),
            Source::MeanOver(a, b) => over(self.windows[a].mean(), b),
            Source::SameDateOver(years, window) => {
                moment.year_ago.map_or(f64::NAN, |days| over(self.lag(days + (years - 1) * 365), window))
            }
            Source::FlagEffect(place) => {
                let (mean, times) = self.summary.flags[place];
                if times > 0 && (moment.known)(plan.flags[place], 0) == 1.0 { mean } else { f64::NAN }
            }
            Source::Calendar(place) => f64::from(moment.calendar[place]),
            Source::Known(column, offset) => f64::from((moment.known)(column, offset)),
            Source::Static(column) => f64::from(moment.statics[column]),
            Source::Code => f64::from(moment.code),
        }
    }

    /// Up to `count` values one, two, … seasons back.
    fn seasons_back(&self, season: usize, count: usize) -> impl Iterator<Item = f64> {
        (1..=count).map(move |k| self.lag(k * season)).filter(|v| !v.is_nan())
    }

    /// Their mean and standard deviation (n − 1).
    fn same_season(&self, season: usize, count: usize) -> (f64, f64) {
        let values = || self.seasons_back(season, count);
        let n = values().count() as f64;
        if n == 0.0 {
            return (f64::NAN, f64::NAN);
        }
        let mean = values().sum::<f64>() / n;
        let squares = values().map(|v| (v - mean).powi(2)).sum::<f64>();
        (mean, if n < 2.0 { f64::NAN } else { (squares / (n - 1.0)).sqrt() })
    }
}

/// The level that a recent mean and the mean of all times make. Always positive.
pub(super) fn level(recent: f64, all: f64) -> f64 {
    let usable = |level: f64| level.is_finite() && level > 1e-9;
    // After long closure the recent mean says nothing; the mean of all times still does.
    if usable(recent) && recent > all * 0.01 {
        recent
    } else if usable(all) {
        all
    } else {
        1.0
    }
}

/// The mean effect of a flag after one more time that it was set.
pub(super) fn flag_effect((mean, times): (f64, u64), ratio: f64) -> (f64, u64) {
    let times = times + 1;
    (mean + (ratio - mean) * FLAG_WEIGHT.max(1.0 / times as f64), times)
}

fn least(values: impl Iterator<Item = f64>) -> f64 {
    values.reduce(f64::min).unwrap_or(f64::NAN)
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.reduce(f64::max).unwrap_or(f64::NAN)
}

/// The quantile between the two values next to it (type 7 of Hyndman & Fan 1996, the default of numpy and R).
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let mut sorted = values.to_vec();
    let place = (sorted.len() - 1) as f64 * share;
    let below = place.floor() as usize;
    let (_, &mut low, above) = sorted.select_nth_unstable_by(below, f64::total_cmp);
    let high = above.iter().copied().reduce(f64::min).unwrap_or(low);
    low + (high - low) * (place - below as f64)
}
