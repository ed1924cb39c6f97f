//! Learnt series as bytes. Nothing in the bytes is believed before it is checked.

use super::{Croston, Error, Ets, Form, Season, Smoothed, State, Theta, ThetaForm, Trend, Weights};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};

/// The longest season that a file may hold.
const LONGEST_SEASON: usize = 1024;

impl Smoothed {
    /// Appends it to bytes.
    pub fn write(&self, out: &mut Writer) {
        match self {
            Self::Ets(ets) => {
                let form = ets.form;
                out.u32(0);
                out.u32(form.error as u32);
                out.u32(form.trend as u32);
                out.u32(form.season as u32);
                let Weights { alpha, beta, gamma, phi } = ets.weights;
                out.f64s(&[alpha, beta, gamma, phi, ets.state.level, ets.state.slope, ets.aicc]);
                out.f64s(&ets.state.season);
            }
            Self::Theta(theta) => {
                out.u32(1);
                out.u32(u32::from(theta.form.dynamic));
                out.u32(u32::from(theta.form.optimised));
                out.u32(u32::from(theta.ratio));
                out.u64(theta.count as u64);
                let (intercept, slope) = theta.line;
                out.f64s(&[theta.alpha, theta.theta, theta.level, intercept, slope, theta.mean]);
                out.f64s(&theta.season);
            }
            Self::Croston(croston) => {
                out.u32(2);
                let Croston { size, interval, waited, correction } = *croston;
                out.f64s(&[size, interval, waited, correction]);
            }
        }
    }

    /// Takes one from bytes. `absurd` is the largest value that a level may have.
    pub fn read(bytes: &mut Reader<'_>, absurd: f64) -> Result<Self, ArtifactError> {
        let learnt = match bytes.u32()? {
            0 => Self::Ets(read_ets(bytes)?),
            1 => Self::Theta(read_theta(bytes)?),
            2 => Self::Croston(read_croston(bytes)?),
            kind => return unsound(format!("{kind} is no kind of smoothing")),
        };
        let numbers: &[f64] = match &learnt {
            Self::Ets(ets) => &[ets.state.level, ets.state.slope],
            Self::Theta(theta) => &[theta.level, theta.line.0, theta.line.1, theta.mean],
            Self::Croston(croston) => &[croston.size],
        };
        let season: &[f64] = match &learnt {
            Self::Ets(ets) => &ets.state.season,
            Self::Theta(theta) => &theta.season,
            Self::Croston(_) => &[],
        };
        let sound = |v: &f64| v.abs() <= absurd;
        if season.len() > LONGEST_SEASON || !numbers.iter().chain(season).all(sound) {
            return unsound("a smoothed level or season is impossible");
        }
        Ok(learnt)
    }
}

fn fixed<const N: usize>(bytes: &mut Reader<'_>) -> Result<[f64; N], ArtifactError> {
    let numbers = bytes.f64s()?;
    numbers.try_into().or_else(|_| unsound("a smoothed series has too few or too many numbers"))
}

fn read_ets(bytes: &mut Reader<'_>) -> Result<Ets, ArtifactError> {
    let (error, trend, season) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let form = Form {
        error: if error == 0 { Error::Additive } else { Error::Multiplicative },
        trend: [Trend::None, Trend::Additive, Trend::Damped][(trend as usize).min(2)],
        season: [Season::None, Season::Additive, Season::Multiplicative][(season as usize).min(2)],
    };
    let [alpha, beta, gamma, phi, level, slope, aicc] = fixed(bytes)?;
    if error > 1
        || trend > 2
        || season > 2
        || ![alpha, beta, gamma, phi].iter().all(|w| (0.0..=1.0).contains(w))
    {
        return unsound("a smoothed series has a form or weights that do not exist");
    }
    let state = State { level, slope, season: bytes.f64s()? };
    if state.season.is_empty() != (form.season == Season::None) {
        return unsound("a smoothed series lacks its season");
    }
    Ok(Ets { form, weights: Weights { alpha, beta, gamma, phi }, state, aicc })
}

fn read_theta(bytes: &mut Reader<'_>) -> Result<Theta, ArtifactError> {
    let (dynamic, optimised, ratio) = (bytes.u32()?, bytes.u32()?, bytes.u32()?);
    let count = bytes.u64()?;
    let [alpha, theta, level, intercept, slope, mean] = fixed(bytes)?;
    if dynamic > 1
        || optimised > 1
        || ratio > 1
        || !(1e-3..=1.0).contains(&alpha)
        || !(1.0..=1e6).contains(&theta)
    {
        return unsound("a theta model has weights that do not exist");
    }
    let count = usize::try_from(count).ok().filter(|n| (1..=1 << 25).contains(n));
    let Some(count) = count else {
        return unsound("a theta model was learnt from an impossible number of values");
    };
    let form = ThetaForm { dynamic: dynamic == 1, optimised: optimised == 1 };
    let season = bytes.f64s()?;
    Ok(Theta { form, alpha, theta, level, line: (intercept, slope), mean, count, season, ratio: ratio == 1 })
}

fn read_croston(bytes: &mut Reader<'_>) -> Result<Croston, ArtifactError> {
    let [size, interval, waited, correction] = fixed(bytes)?;
    // A demand is at least one period after the one before it; none has come yet where the interval is zero.
    let is_interval = interval == 0.0 || (1.0..=1e9).contains(&interval);
    if !is_interval || !(0.0..=1e9).contains(&waited) || !(0.0..=1.0).contains(&correction) {
        return unsound("a demand rate has an impossible interval");
    }
    Ok(Croston { size, interval, waited, correction })
}
