//! What two versions did on the same rows, in numbers: what decisions are taken from and stored with.
//!
//! The numbers are made by the engines; here they are only named, so that the rules need no engine.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one row costs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// |error|: what WAPE and MAE add up.
    Absolute,
    /// |error / actual|: MAPE; a row whose actual is zero has none.
    Percentage,
    /// 2·|error| / (|actual| + |forecast|): sMAPE; zero where both are zero.
    Symmetric,
    /// error²: RMSE; gains are told of its root.
    Squared,
    /// |error| over the in-sample error of the seasonal naive: MASE.
    Scaled,
    /// -ln p(true class).
    LogLoss,
}

/// Mean losses of two versions on the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairedLoss {
    /// What is averaged.
    pub loss: Loss,
    /// Rows that both answered and whose truth is known.
    pub rows: u64,
    /// Days that they are of.
    pub days: u64,
    /// Mean loss of the champion.
    pub champion: f64,
    /// Mean loss of the candidate.
    pub candidate: f64,
}

impl PairedLoss {
    /// By which share the candidate's metric is better than the champion's, at most 1, negative where worse. Of
    /// equal losses 0; none without rows, where a mean is not finite, and where only the champion never erred.
    pub fn gain(&self) -> Option<f64> {
        gain(self.loss, self.champion, self.candidate).filter(|_| self.rows > 0)
    }
}

/// The relative improvement from one mean loss to another; see [`PairedLoss::gain`].
pub fn gain(loss: Loss, champion: f64, candidate: f64) -> Option<f64> {
    if champion == candidate && champion.is_finite() {
        return Some(0.0);
    }
    let ratio = candidate / champion;
    let ratio = if loss == Loss::Squared { ratio.sqrt() } else { ratio };
    ratio.is_finite().then_some(1.0 - ratio)
}

/// Which test spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestName {
    /// Diebold–Mariano on daily mean losses.
    DieboldMariano,
    /// The sign test: daily differences that do not vary at all have no variance to test by.
    Sign,
    /// Stationary bootstrap of daily mean losses.
    StationaryBootstrap,
    /// Paired bootstrap of the loss, rows drawn by group.
    PairedBootstrap,
    /// `McNemar`'s on who was right.
    McNemar,
}

impl TestName {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DieboldMariano => "diebold_mariano",
            Self::Sign => "sign",
            Self::StationaryBootstrap => "stationary_bootstrap",
            Self::PairedBootstrap => "paired_bootstrap",
            Self::McNemar => "mc_nemar",
        }
    }
}

/// A one-sided test of "the candidate is no better".
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairedTest {
    /// Which test.
    pub test: TestName,
    /// Observations: days, or rows.
    pub n: u64,
    /// The statistic, positive where the candidate is better; none where there is nothing to compute it from.
    pub statistic: Option<f64>,
    /// How likely at least so much is where the candidate is no better; none where there are too few
    /// observations to say.
    pub p: Option<f64>,
    /// Lags of the long-run variance, or the mean length of a block.
    pub lag: Option<u32>,
    /// The seed of a resampling test.
    pub seed: Option<u64>,
}

/// A part of the rows: a branch, a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SegmentHarm {
    /// Its name.
    pub segment: String,
    /// The losses on it.
    pub paired: PairedLoss,
    /// How likely so much harm is where the candidate is no worse here; none where there are too few days.
    pub p: Option<f64>,
    /// The same with all tested segments taken into account (Holm 1979).
    pub adjusted: Option<f64>,
}

impl SegmentHarm {
    /// By which share the candidate's metric is worse here; infinite where only the champion never erred.
    pub fn harm(&self) -> f64 {
        let paired = &self.paired;
        paired.gain().map_or(if paired.candidate > paired.champion { f64::INFINITY } else { 0.0 }, |g| -g)
    }
}

/// All that a promotion is decided from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The losses on all rows.
    pub paired: PairedLoss,
    /// The test that decides.
    pub decides: PairedTest,
    /// Another that must agree; none where there is none.
    pub check: Option<PairedTest>,
    /// Others, for people to see.
    pub beside: Vec<PairedTest>,
    /// Segments that have rows enough to be tested, the most surely harmed first; at most two hundred are kept.
    pub segments: Vec<SegmentHarm>,
    /// How many were tested.
    pub tested_segments: u64,
    /// Segments with too few rows to be tested.
    pub small_segments: u64,
    /// Rows that the candidate answered by something that is no finite number.
    pub broken: u64,
    /// Rows that the champion answered and the candidate did not.
    pub unanswered: u64,
    /// Rows that only the candidate answered, e.g. of a segment that is new.
    pub only_candidate: u64,
}

impl Evidence {
    /// Whether the tests are clear at `level`: the one that decides, and its check where there is one.
    pub fn is_clear(&self, level: f64) -> bool {
        let below = |test: &PairedTest| test.p.is_some_and(|p| p < level);
        below(&self.decides) && self.check.as_ref().is_none_or(below)
    }
}

/// Mean losses of one day of live answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DailyLoss {
    /// The day.
    #[schemars(with = "String")]
    pub day: Date,
    /// Rows that both answered and whose truth is known.
    pub rows: u64,
    /// Mean loss of the version that is held against the other: in probation the former champion.
    pub former: f64,
    /// Mean loss of the version on trial.
    pub trial: f64,
}

/// One look at an always-valid test of "the version on trial is no worse".
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// Days compared.
    pub days: u64,
    /// Mean over days of the former version's loss.
    pub former: f64,
    /// Mean over days of the trial version's loss.
    pub trial: f64,
    /// The least by which the mean loss is worse, at this level, over all looks at once; none where there are too
    /// few days.
    pub lower: Option<f64>,
    /// The root of the long-run variance of daily differences.
    pub deviation: Option<f64>,
    /// The error probability over all looks.
    pub level: f64,
    /// The first day on which the test was clear; it stays so.
    #[schemars(with = "Option<String>")]
    pub worse_since: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_told_of_the_metric_itself() {
        assert_eq!(gain(Loss::Absolute, 10.0, 9.0), Some(1.0 - 0.9));
        assert_eq!(gain(Loss::Squared, 100.0, 81.0), Some(1.0 - 0.9));
        assert_eq!(gain(Loss::Absolute, 0.0, 0.0), Some(0.0));
        assert_eq!(gain(Loss::Absolute, 2.0, 0.0), Some(1.0));
        for (champion, candidate) in [(0.0, 1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert_eq!(gain(Loss::Absolute, champion, candidate), None, "{champion} {candidate}");
        }
    }

    #[test]
    fn no_rows_have_no_gain() {
        let none = PairedLoss { loss: Loss::Absolute, rows: 0, days: 0, champion: 0.0, candidate: 0.0 };
        assert_eq!(none.gain(), None);
    }

    #[test]
    fn harm_where_the_champion_never_erred_is_boundless() {
        let segment = |candidate| SegmentHarm {
            segment: "a".into(),
            paired: PairedLoss { loss: Loss::Absolute, rows: 9, days: 9, champion: 0.0, candidate },
            p: None,
            adjusted: None,
        };
        assert_eq!(segment(1.0).harm(), f64::INFINITY);
        assert_eq!(segment(0.0).harm(), 0.0);
    }
}
