//! What a fit leaves behind: trees, smoothed series, a repeated season, or a blend of them.

use super::recursion::Booster;
use crate::smoothing::Smoothed;
use vakhta_domain::spec::Engine;

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub enum Learnt {
    /// Trees.
    Gbdt(Box<Booster>),
    /// The last season is repeated.
    SeasonalNaive,
    /// The mean of the last four seasons is repeated.
    WeekdayMean,
    /// Each series on its own, by one statistical engine.
    Smoothed(Engine, Vec<Smoothed>),
    /// Several of the above.
    Blend(Blend),
}

/// Forecasts that are added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// What is blended; no blends.
    pub members: Vec<Learnt>,
    /// By series: how much of each member is taken. Not negative, and 1 in all.
    pub shares: Vec<Vec<f64>>,
}

impl Learnt {
    /// The engine's name in a spec; `auto` for a blend.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Gbdt(_) => Engine::Gbdt,
            Self::SeasonalNaive => Engine::SeasonalNaive,
            Self::WeekdayMean => Engine::WeekdayMean,
            Self::Smoothed(engine, _) => *engine,
            Self::Blend(_) => Engine::Auto,
        }
    }

    /// Goes on through new values of each series, NaN where nothing is to be learnt from: states follow, weights stay.
    pub(super) fn go_on(&mut self, seen: impl Fn(usize) -> Vec<f64> + Copy) {
        match self {
            Self::Smoothed(_, series) => {
                for (at, one) in series.iter_mut().enumerate() {
                    *one = one.after(&seen(at));
                }
            }
            Self::Blend(blend) => blend.members.iter_mut().for_each(|member| member.go_on(seen)),
            Self::Gbdt(_) | Self::SeasonalNaive | Self::WeekdayMean => {}
        }
    }

    /// Its trees, alone or in a blend.
    pub fn booster(&self) -> Option<&Booster> {
        match self {
            Self::Gbdt(booster) => Some(booster),
            Self::Blend(blend) => blend.members.iter().find_map(Self::booster),
            _ => None,
        }
    }
}
