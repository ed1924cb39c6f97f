//! How right held-out answers are, and what they teach: the calibration of classes, the widths of intervals.
//!
//! What is reported is measured on answers whose calibration has not seen their row.

use super::engine::{NO_CLASS, Truth};
use super::fit::Known;
use super::held::Said;
use super::params::{Checked, Goal};
use super::split::Fold;
use crate::evaluate::calibration::{HeldOut, learn};
use crate::evaluate::{Calibration, ClassTally, NumberTally, Scored, conformal_half_width, most_probable};
use vakhta_domain::report::{Interval, Quality};

/// Parts of the rows whose intervals are measured by widths that the other parts teach.
const PARTS: usize = 5;

/// What held-out rows say about an engine.
#[derive(Debug, Clone)]
pub struct Measured {
    /// How many they are.
    pub rows: usize,
    /// Log-loss of classes or root mean squared error: less is better. Infinite where nothing was held out.
    pub loss: f64,
    /// The quality.
    pub quality: Quality,
    /// For classes: how probabilities are calibrated.
    pub calibration: Calibration,
    /// For numbers: half the width of the interval of each level.
    pub widths: Vec<(u8, f64)>,
    /// What was said of each held-out row.
    pub said: Vec<(u32, Said)>,
}

/// Measures the answers to the rows `held`: the probabilities of each class, or a number, row after row.
pub fn measure(checked: &Checked, known: &Known, held: &[u32], answers: &[f64]) -> Measured {
    match checked.goal {
        Goal::Classes => measure_classes(checked, known, held, answers),
        Goal::Numbers => measure_numbers(checked, known, held, answers),
    }
}

fn measure_classes(checked: &Checked, known: &Known, held: &[u32], answers: &[f64]) -> Measured {
    let truths: Vec<Option<u32>> =
        held.iter().map(|&row| Some(known.codes[row as usize]).filter(|code| *code != NO_CLASS)).collect();
    let classes = known.classes.len();
    let calibrated = learn(HeldOut { probabilities: answers, truths: &truths, classes });
    let mut tally = ClassTally::new(&known.classes, checked.threshold);
    let mut said = Vec::with_capacity(held.len());
    for ((&row, truth), probabilities) in
        held.iter().zip(&truths).zip(calibrated.probabilities.chunks(classes))
    {
        if let Some(code) = truth {
            let code = *code as usize;
            let right = most_probable(probabilities).0 == code;
            said.push((row, Said::Class { probability: probabilities[code].clamp(0.0, 1.0), right }));
        }
    }
    for (truth, probabilities) in truths.iter().zip(calibrated.probabilities.chunks(classes)) {
        let label = truth.map_or("", |code| known.classes[code as usize].as_ref());
        tally.add(Scored { truth: *truth, label, probabilities });
    }
    let quality = tally.quality();
    Measured {
        rows: held.len(),
        loss: quality.log_loss.unwrap_or(f64::INFINITY),
        quality: Quality::Classification(quality),
        calibration: calibrated.calibration,
        widths: Vec::new(),
        said,
    }
}

fn measure_numbers(checked: &Checked, known: &Known, held: &[u32], answers: &[f64]) -> Measured {
    let errors: Vec<f64> =
        held.iter().zip(answers).map(|(&row, answer)| (answer - known.numbers[row as usize]).abs()).collect();
    let widths_of = |kept: &dyn Fn(usize) -> bool| {
        let mut own: Vec<f64> =
            errors.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, error)| *error).collect();
        own.sort_by(f64::total_cmp);
        let width = |&level: &u8| (level, conformal_half_width(&own, level).min(f64::MAX));
        checked.levels.iter().map(width).collect::<Vec<_>>()
    };
    let by_part: Vec<Vec<(u8, f64)>> = (0..PARTS).map(|part| widths_of(&|at| at % PARTS != part)).collect();
    let mut tally = NumberTally::default();
    for (at, (&row, &answer)) in held.iter().zip(answers).enumerate() {
        tally.add(known.numbers[row as usize], answer, &intervals(answer, &by_part[at % PARTS]));
    }
    let metrics = tally.metrics();
    Measured {
        rows: held.len(),
        loss: metrics.rmse.or(metrics.mae).unwrap_or(f64::INFINITY),
        quality: Quality::Regression(metrics),
        calibration: Calibration::None,
        widths: widths_of(&|_| true),
        said: held.iter().zip(answers).map(|(&row, &answer)| (row, Said::Number(answer))).collect(),
    }
}

/// The intervals around a number, ascending by level; their ends are finite.
pub fn intervals(value: f64, widths: &[(u8, f64)]) -> Vec<Interval> {
    let end = |end: f64| end.clamp(f64::MIN, f64::MAX);
    let around =
        |&(level, half): &(u8, f64)| Interval { level, lo: end(value - half), hi: end(value + half) };
    widths.iter().map(around).collect()
}

/// The quality of answering without looking at the row: each class by its frequency, or the mean.
pub fn prior_quality(checked: &Checked, known: &Known, folds: &[Fold]) -> Quality {
    let truth = known.truth();
    match truth {
        Truth::Classes { codes, .. } => {
            let mut tally = ClassTally::new(&known.classes, checked.threshold);
            for fold in folds {
                let prior = truth.prior(&fold.train);
                for &row in &fold.held {
                    let code = codes[row as usize];
                    let label = known.classes[code as usize].as_ref();
                    tally.add(Scored { truth: Some(code), label, probabilities: &prior });
                }
            }
            Quality::Classification(tally.quality())
        }
        Truth::Numbers(numbers) => {
            let mut tally = NumberTally::default();
            for fold in folds {
                let mean = truth.prior(&fold.train)[0];
                fold.held.iter().for_each(|&row| tally.add(numbers[row as usize], mean, &[]));
            }
            Quality::Regression(tally.metrics())
        }
    }
}
