//! Which features a model has, in which order.

use super::calendar::{Calendar, Event, Overrides, Wave};
use super::window::Place;
use crate::panel::Panel;
use serde::{Deserialize, Serialize};
use vakhta_domain::spec::{Country, Frequency};

/// What a person asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Distances back in periods; none: chosen here.
    pub lags: Option<Vec<usize>>,
    /// Widths of rolling windows; none: chosen here.
    pub rolling: Option<Vec<usize>>,
    /// Widths of windows over the same season, in seasons; none: chosen here.
    pub same_season: Option<Vec<usize>>,
    /// Quantiles of the rolling windows, percent, 1 to 99.
    pub quantiles: Vec<u32>,
    /// Fourier terms.
    pub fourier: Fourier,
    /// Whether a series that began late borrows a past.
    pub look_alikes: bool,
    /// Whose holidays count.
    pub country: Option<Country>,
    /// Days that are not what the country's calendar says.
    pub overrides: Overrides,
    /// Days of the month on which wages are paid, 1 to 31.
    pub pay_days: Vec<u8>,
    /// The company's own days.
    pub events: Vec<Event>,
}

/// Which Fourier terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Fourier {
    /// None: trees see the place in week and year as it is.
    #[default]
    None,
    /// A few for the seasons of the frequency.
    Auto,
    /// These.
    These(Vec<Wave>),
}

/// Where a feature comes from. Windows are named by their place in [`Plan::windows`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Source {
    /// The value so many periods back.
    Lag(usize),
    /// A window's mean.
    Mean(usize),
    /// A window's standard deviation.
    Std(usize),
    /// A window's least value.
    Min(usize),
    /// A window's largest value.
    Max(usize),
    /// A window's quantile, percent, interpolated between the two values next to it.
    Quantile(usize, u32),
    /// The mean of the last `n` values of the same season.
    SeasonMean(usize),
    /// Their standard deviation.
    SeasonStd(usize),
    /// The least of them.
    SeasonMin(usize),
    /// The largest of them.
    SeasonMax(usize),
    /// An exponentially weighted mean, by its place in [`Plan::weights`].
    Ewma(usize),
    /// The mean of all that was.
    Expanding,
    /// A lag over a window's mean: the shape of a past season.
    LagOver(usize, usize),
    /// A window's mean over another's.
    MeanOver(usize, usize),
    /// The value on the same date so many years ago over a window's mean.
    SameDateOver(usize, usize),
    /// How much a known flag moved the target when it was last set, over the level of that time.
    FlagEffect(usize),
    /// A calendar feature, by its place.
    Calendar(usize),
    /// A known-future column, so many periods later (negative: earlier).
    Known(usize, i32),
    /// A static column.
    Static(usize),
    /// The series itself.
    Code,
}

/// A named feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Its name, as shown.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
}

impl Source {
    /// Whether it is in the target's unit, so that a level can be divided out.
    pub fn has_unit(self) -> bool {
        matches!(
            self,
            Self::Lag(_)
                | Self::Mean(_)
                | Self::Std(_)
                | Self::Min(_)
                | Self::Max(_)
                | Self::Quantile(..)
                | Self::SeasonMean(_)
                | Self::SeasonStd(_)
                | Self::SeasonMin(_)
                | Self::SeasonMax(_)
                | Self::Ewma(_)
                | Self::Expanding
        )
    }
}

/// The features of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Periods in a season.
    pub season: usize,
    /// Periods in a year.
    pub year: usize,
    /// The rolling windows.
    pub windows: Vec<Place>,
    /// The weights of the newest value in the exponentially weighted means.
    pub weights: Vec<f64>,
    /// The window whose mean is the level of a series.
    pub level: usize,
    /// Whether target and features are divided by that level.
    pub relative: bool,
    /// The features.
    pub features: Vec<Feature>,
    /// Whether a series that began late borrows a past.
    #[serde(default)]
    pub look_alikes: bool,
    /// What is known from the date.
    pub calendar: Calendar,
    /// Known-future columns that are flags (0 or 1).
    pub flags: Vec<usize>,
}

struct Sizes {
    lags: &'static [usize],
    rolling: &'static [usize],
    same_season: &'static [usize],
    level: usize,
}

fn sizes(frequency: Frequency) -> Sizes {
    match frequency {
        Frequency::D | Frequency::H => Sizes {
            lags: &[1, 2, 3, 4, 5, 6, 7, 8, 14, 21, 28, 35, 42, 49, 56, 91, 182, 364],
            rolling: &[7, 14, 28, 56, 91],
            same_season: &[4, 8],
            level: 28,
        },
        Frequency::W => Sizes {
            lags: &[1, 2, 3, 4, 5, 6, 8, 13, 26, 51, 52, 53, 104],
            rolling: &[4, 8, 13, 26, 52],
            same_season: &[2],
            level: 13,
        },
        Frequency::M => Sizes {
            lags: &[1, 2, 3, 4, 6, 9, 11, 12, 13, 24],
            rolling: &[3, 6, 12, 24],
            same_season: &[2, 3],
            level: 12,
        },
        Frequency::Q => {
            Sizes { lags: &[1, 2, 3, 4, 5, 8, 12], rolling: &[2, 4, 8], same_season: &[2, 3], level: 4 }
        }
    }
}

impl Plan {
    /// The features for a panel. Lags and windows longer than half the history are left out.
    pub fn new(choice: &Choice, panel: &Panel, relative: bool) -> Self {
        let frequency = panel.periods.frequency;
        let sizes = sizes(frequency);
        let (season, year) =
            (frequency.season(), if frequency == Frequency::D { 364 } else { panel.periods.in_year() });
        let half = (panel.len / 2).max(season);
        let fitting = |asked: &Option<Vec<usize>>, own: &[usize]| -> Vec<usize> {
            let mut list = asked.clone().unwrap_or_else(|| own.to_vec());
            list.retain(|&n| n >= 1 && (n <= half || asked.is_some() && n < panel.len));
            list.sort_unstable();
            list.dedup();
            list
        };
        let lags = fitting(&choice.lags, sizes.lags);
        let rolling = fitting(&choice.rolling, sizes.rolling);
        let calendar = Calendar {
            periods: panel.periods,
            country: choice.country,
            overrides: choice.overrides.clone(),
            pay_days: choice.pay_days.clone(),
            events: choice.events.clone(),
            waves: waves(&choice.fourier, frequency, panel.len),
        };
        let mut plan = Self {
            season,
            year,
            windows: vec![Place { delay: 1, len: sizes.level }],
            weights: vec![0.1, 0.3],
            level: 0,
            relative,
            features: Vec::new(),
            look_alikes: choice.look_alikes,
            calendar,
            flags: flag_columns(panel),
        };
        plan.own_past(&lags, &rolling, choice, panel.len);
        plan.same_season(choice, sizes.same_season, panel.len);
        plan.smoothed();
        if panel.len > year + sizes.level && frequency == Frequency::D {
            plan.last_year(sizes.level);
        }
        plan.outside(panel, frequency);
        plan
    }

    fn own_past(&mut self, lags: &[usize], rolling: &[usize], choice: &Choice, history: usize) {
        for &lag in lags {
            self.add(format!("lag_{lag}"), Source::Lag(lag));
        }
        for &len in rolling {
            let window = self.window(1, len);
            self.add(format!("mean_{len}"), Source::Mean(window));
            if len > 2 {
                self.add(format!("std_{len}"), Source::Std(window));
            }
        }
        for &len in [rolling.first(), rolling.get(2)].into_iter().flatten() {
            let window = self.window(1, len);
            self.add(format!("min_{len}"), Source::Min(window));
            self.add(format!("max_{len}"), Source::Max(window));
        }
        for &len in rolling {
            let window = self.window(1, len);
            for &percent in &choice.quantiles {
                self.add(format!("quantile_{percent}_of_{len}"), Source::Quantile(window, percent));
            }
        }
        if self.calendar.periods.frequency == Frequency::D {
            for (delay, len) in [(7, 7), (7, 28), (28, 7), (28, 28)] {
                if delay + len <= history / 2 {
                    let window = self.window(delay, len);
                    self.add(format!("mean_{len}_from_{delay}"), Source::Mean(window));
                }
            }
        }
    }

    /// Windows over the same weekday or month: few by default, all that they can tell where they were asked for.
    fn same_season(&mut self, choice: &Choice, own: &[usize], history: usize) {
        let season = self.season;
        let fitting = |counts: &[usize]| -> Vec<usize> {
            counts.iter().copied().filter(|&count| count >= 1 && count * season <= history).collect()
        };
        let Some(asked) = &choice.same_season else {
            let counts = fitting(own);
            for &count in &counts {
                self.add(format!("same_season_mean_{count}"), Source::SeasonMean(count));
            }
            if let Some(&count) = counts.iter().rfind(|&&count| count > 2) {
                self.add(format!("same_season_std_{count}"), Source::SeasonStd(count));
            }
            return;
        };
        for count in fitting(asked) {
            self.add(format!("same_season_mean_{count}"), Source::SeasonMean(count));
            self.add(format!("same_season_std_{count}"), Source::SeasonStd(count));
            self.add(format!("same_season_min_{count}"), Source::SeasonMin(count));
            self.add(format!("same_season_max_{count}"), Source::SeasonMax(count));
        }
    }

    fn smoothed(&mut self) {
        for place in 0..self.weights.len() {
            self.add(format!("ewma_{}", self.weights[place]), Source::Ewma(place));
        }
        self.add("mean_all".into(), Source::Expanding);
    }

    /// The shape of the last year around the same day, in shares of the level of that time.
    fn last_year(&mut self, level: usize) {
        let before = self.window(self.year, level);
        let around = self.window(self.year - 3, 7);
        self.add("year_ago_over_level".into(), Source::LagOver(self.year, before));
        self.add("year_ago_week_over_level".into(), Source::MeanOver(around, before));
        self.add("same_date_over_level".into(), Source::SameDateOver(1, before));
    }

    fn outside(&mut self, panel: &Panel, frequency: Frequency) {
        for (place, name) in self.calendar.names().into_iter().enumerate() {
            self.add(name, Source::Calendar(place));
        }
        for (column, name) in panel.known_names.iter().enumerate() {
            self.add(name.clone(), Source::Known(column, 0));
            if frequency == Frequency::D {
                self.add(format!("{name} a day before"), Source::Known(column, -1));
                self.add(format!("{name} a day after"), Source::Known(column, 1));
            }
        }
        for place in 0..self.flags.len() {
            self.add(format!("{} effect", panel.known_names[self.flags[place]]), Source::FlagEffect(place));
        }
        for (column, name) in panel.static_names.iter().enumerate() {
            self.add(name.clone(), Source::Static(column));
        }
        if panel.series.len() > 1 {
            self.add("series".into(), Source::Code);
        }
    }

    fn add(&mut self, name: String, source: Source) {
        self.features.push(Feature { name, source });
    }

    fn window(&mut self, delay: usize, len: usize) -> usize {
        let place = Place { delay, len };
        self.windows.iter().position(|&w| w == place).unwrap_or_else(|| {
            self.windows.push(place);
            self.windows.len() - 1
        })
    }

    /// Features a row.
    pub fn width(&self) -> usize {
        self.features.len()
    }

    /// How many of the latest values of a series its next row may look at.
    pub fn reach(&self) -> usize {
        let windows = self.windows.iter().map(|w| w.delay + w.len).max().unwrap_or(0);
        let sources = self.features.iter().map(|f| match f.source {
            Source::Lag(lag) | Source::LagOver(lag, _) => lag,
            Source::SeasonMean(n) | Source::SeasonStd(n) | Source::SeasonMin(n) | Source::SeasonMax(n) => {
                n * self.season
            }
            Source::SameDateOver(years, _) => 366 * years,
            _ => 0,
        });
        windows.max(sources.max().unwrap_or(0)) + 1
    }

    /// Whether every place that it names exists: for plans read from outside.
    pub fn is_sound(&self, known: usize, statics: usize) -> bool {
        let windows = self.windows.len();
        let calendar = self.calendar.names().len();
        let features = self.features.iter().all(|f| match f.source {
            Source::Lag(lag) => (1..=20_000).contains(&lag),
            Source::Mean(w) | Source::Std(w) | Source::Min(w) | Source::Max(w) => w < windows,
            Source::Quantile(w, percent) => w < windows && (1..=99).contains(&percent),
            Source::SeasonMean(n) | Source::SeasonStd(n) | Source::SeasonMin(n) | Source::SeasonMax(n) => {
                (1..=1000).contains(&n)
            }
            Source::Ewma(place) => place < self.weights.len(),
            Source::LagOver(lag, w) => (1..=20_000).contains(&lag) && w < windows,
            Source::MeanOver(a, b) => a < windows && b < windows,
            Source::SameDateOver(years, w) => (1..=20).contains(&years) && w < windows,
            Source::FlagEffect(place) => place < self.flags.len(),
            Source::Calendar(place) => place < calendar,
            Source::Known(column, offset) => column < known && offset.abs() <= 366,
            Source::Static(column) => column < statics,
            Source::Expanding | Source::Code => true,
        });
        let places =
            self.windows.iter().all(|w| (1..=20_000).contains(&w.delay) && (1..=20_000).contains(&w.len));
        features
            && places
            && self.level < windows
            && (1..=1000).contains(&self.season)
            && self.flags.iter().all(|&column| column < known)
            && self.weights.iter().all(|w| *w > 0.0 && *w <= 1.0)
            && self.calendar.is_sound()
            && !self.features.is_empty()
            && self.features.len() < usize::from(u16::MAX)
    }
}

/// The Fourier terms of a choice; a season longer than the history says nothing.
fn waves(choice: &Fourier, frequency: Frequency, history: usize) -> Vec<Wave> {
    let own: &[(f64, u32)] = match frequency {
        Frequency::H => &[(24.0, 4), (168.0, 4)],
        Frequency::D => &[(7.0, 3), (365.25, 6)],
        Frequency::W => &[(365.25 / 7.0, 6)],
        Frequency::M => &[(12.0, 4)],
        Frequency::Q => &[(4.0, 2)],
    };
    let mut waves = match choice {
        Fourier::None => Vec::new(),
        Fourier::Auto => own.iter().map(|&(period, order)| Wave { period, order }).collect(),
        Fourier::These(waves) => waves.clone(),
    };
    waves.retain(|wave| wave.period <= history as f64);
    waves
}

/// Known columns that are only ever 0 or 1, and rarely 1: holidays, promotions.
fn flag_columns(panel: &Panel) -> Vec<usize> {
    (0..panel.known_names.len())
        .filter(|&column| {
            let values = || panel.series.iter().flat_map(|s| s.known[column].iter()).filter(|v| !v.is_nan());
            let (mut set, mut all) = (0usize, 0usize);
            for &value in values() {
                if value != 0.0 && value != 1.0 {
                    return false;
                }
                set += usize::from(value == 1.0);
                all += 1;
            }
            set > 0 && set * 3 < all
        })
        .collect()
}
