//! Sums over scored answers of a classifier that add up: a month is its days, a class its branches.

use super::classes::LEAST_PROBABILITY;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vakhta_domain::report::{ClassMetrics, ClassQuality, Confusion, ReliabilityBin};

/// Bins of confidence (Naeini 2015, with fifteen as in Guo 2017).
pub const BINS: usize = 15;

/// Most pairs of a confusion that are reported.
const MOST_PAIRS: usize = 200;

/// The running sums of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows of it.
    pub n: u64,
    /// Rows that were said to be of it.
    pub predicted: u64,
    /// Rows that are both.
    pub right: u64,
}

/// The running sums of a bin of confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Answers in it.
    pub n: u64,
    /// Σ confidence.
    pub confidence: f64,
    /// Those that are right.
    pub right: u64,
}

/// What the quality over any rows is made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassSums {
    /// Rows scored.
    pub n: u64,
    /// Rows whose true class was never learnt.
    pub unknown: u64,
    /// Rows whose most probable class is the true one.
    pub right: u64,
    /// Rows whose true class is among the three most probable.
    pub among_three: u64,
    /// Σ −ln p(true class).
    pub loss: f64,
    /// Σ over rows of Σ over classes of (p − whether it is the true one)² (Brier 1950).
    pub brier: f64,
    /// Rows at or above the confidence threshold.
    pub answered: u64,
    /// Those that are right.
    pub answered_right: u64,
    /// Bins of confidence: none, or [`BINS`] of them.
    pub bins: Vec<Bin>,
    /// Class by class.
    pub classes: BTreeMap<String, Counts>,
    /// Rows of one class (first) that were said to be of another (second).
    pub confused: BTreeMap<String, BTreeMap<String, u64>>,
}

/// The bin of a confidence.
pub(super) fn bin_of(confidence: f64) -> usize {
    ((confidence * BINS as f64) as usize).min(BINS - 1)
}

/// The Brier score of one answer, from the probability of each class and that of the true one.
pub(super) fn brier(probabilities: &[f64], truth: f64) -> f64 {
    let squares: f64 = probabilities.iter().map(|p| p * p).sum();
    squares - 2.0 * truth + 1.0
}

impl ClassSums {
    /// Adds an answer of which only the most probable classes are known, in order, with their probabilities. False where
    /// they leave the loss open: the true class is not among them, or they do not add up to one. Its loss and Brier score
    /// are then those of what is known, and those of all rows are not to be told.
    pub fn add_told(&mut self, truth: &str, said: &str, told: &[(&str, f64)], threshold: f64) -> bool {
        let of = |class: &str| told.iter().find(|(label, _)| *label == class).map(|(_, p)| *p);
        let (confidence, of_truth) = (of(said).unwrap_or(0.0), of(truth));
        let right = truth == said;
        self.n += 1;
        self.right += u64::from(right);
        self.among_three += u64::from(told.iter().take(3).any(|(label, _)| *label == truth));
        self.loss += -of_truth.unwrap_or(0.0).clamp(LEAST_PROBABILITY, 1.0).ln();
        let probabilities: Vec<f64> = told.iter().map(|(_, p)| *p).collect();
        self.brier += brier(&probabilities, of_truth.unwrap_or(0.0));
        if confidence >= threshold {
            self.answered += 1;
            self.answered_right += u64::from(right);
        }
        self.bins.resize(BINS, Bin::default());
        let bin = &mut self.bins[bin_of(confidence)];
        bin.n += 1;
        bin.confidence += confidence;
        bin.right += u64::from(right);
        let counts = self.classes.entry(truth.to_owned()).or_default();
        counts.n += 1;
        counts.right += u64::from(right);
        self.classes.entry(said.to_owned()).or_default().predicted += 1;
        if !right {
            *self.confused.entry(truth.to_owned()).or_default().entry(said.to_owned()).or_default() += 1;
        }
        of_truth.is_some() && (probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-3
    }

    /// Adds the rows of another. Bins beyond the fifteenth are left out: nothing of ours writes them.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.unknown += other.unknown;
        self.right += other.right;
        self.among_three += other.among_three;
        self.loss += other.loss;
        self.brier += other.brier;
        self.answered += other.answered;
        self.answered_right += other.answered_right;
        if !other.bins.is_empty() {
            self.bins.resize(BINS, Bin::default());
        }
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.n += more.n;
            bin.confidence += more.confidence;
            bin.right += more.right;
        }
        for (class, more) in &other.classes {
            let counts = self.classes.entry(class.clone()).or_default();
            counts.n += more.n;
            counts.predicted += more.predicted;
            counts.right += more.right;
        }
        for (truth, said) in &other.confused {
            let row = self.confused.entry(truth.clone()).or_default();
            for (class, n) in said {
                *row.entry(class.clone()).or_default() += n;
            }
        }
    }

    /// The mean Brier score, 0 to 2; none of no rows.
    pub fn brier(&self) -> Option<f64> {
        ratio(self.brier, self.n as f64)
    }

    /// The quality over the rows added; what is undefined on them is none.
    pub fn quality(&self) -> ClassQuality {
        let classes = self.class_metrics();
        let of_rows = |count: u64| ratio(count as f64, self.n as f64);
        let present: Vec<f64> = classes.iter().filter_map(|c| c.recall).collect();
        let f1: Vec<f64> = classes.iter().filter_map(|c| c.f1).collect();
        let weighted: f64 = classes.iter().map(|c| c.f1.unwrap_or(0.0) * c.n as f64).sum();
        let filled = self.bins.iter().filter(|b| b.n > 0);
        let gap: f64 = filled.map(|b| (b.confidence - b.right as f64).abs()).sum();
        ClassQuality {
            n: self.n,
            unknown: self.unknown,
            accuracy: of_rows(self.right),
            balanced_accuracy: ratio(present.iter().sum(), present.len() as f64),
            macro_f1: ratio(f1.iter().sum(), f1.len() as f64),
            weighted_f1: ratio(weighted, self.n as f64),
            log_loss: ratio(self.loss, self.n as f64),
            top3: of_rows(self.among_three),
            ece: ratio(gap, self.n as f64),
            answered: of_rows(self.answered),
            answered_accuracy: ratio(self.answered_right as f64, self.answered as f64),
            classes,
            confusion: self.confusion(),
            reliability: self.reliability(),
        }
    }

    /// Classes that are present or were answered, most rows first.
    fn class_metrics(&self) -> Vec<ClassMetrics> {
        let of = |(label, counts): (&String, &Counts)| {
            let Counts { n, predicted, right } = *counts;
            ClassMetrics {
                class: label.clone(),
                n,
                predicted,
                precision: ratio(right as f64, predicted as f64),
                recall: ratio(right as f64, n as f64),
                f1: ratio(2.0 * right as f64, (n + predicted) as f64),
            }
        };
        let mut classes: Vec<ClassMetrics> = self.classes.iter().map(of).collect();
        classes.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.class.cmp(&b.class)));
        classes
    }

    fn confusion(&self) -> Vec<Confusion> {
        let rows = self.confused.iter().flat_map(|(truth, row)| row.iter().map(move |cell| (truth, cell)));
        let mut pairs: Vec<Confusion> = rows
            .map(|(truth, (said, &n))| Confusion { truth: truth.clone(), said: said.clone(), n })
            .collect();
        pairs.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| (&a.truth, &a.said).cmp(&(&b.truth, &b.said))));
        pairs.truncate(MOST_PAIRS);
        pairs
    }

    fn reliability(&self) -> Vec<ReliabilityBin> {
        let edge = |bin: usize| bin as f64 / BINS as f64;
        let filled = self.bins.iter().enumerate().filter(|(_, bin)| bin.n > 0);
        filled
            .map(|(at, bin)| ReliabilityBin {
                from: edge(at),
                to: edge(at + 1),
                n: bin.n,
                confidence: bin.confidence / bin.n as f64,
                accuracy: bin.right as f64 / bin.n as f64,
            })
            .collect()
    }
}

fn ratio(value: f64, by: f64) -> Option<f64> {
    (by > 0.0).then(|| value / by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{ClassTally, Scored};
    use proptest::prelude::*;
    use std::sync::Arc;

    #[test]
    fn nothing_has_no_quality() {
        let none = ClassSums::default();
        assert_eq!((none.quality(), none.brier()), (ClassQuality::default(), None));
        let mut twice = none.clone();
        twice.merge(&none);
        assert_eq!(twice, none);
    }

    #[test]
    fn what_is_told_whole_is_scored_as_any_other() {
        let labels: Vec<Arc<str>> = ["a", "b", "c", "d"].map(Arc::from).to_vec();
        let (mut tally, mut told) = (ClassTally::new(&labels, 0.5), ClassSums::default());
        for (truth, probabilities) in [
            (0u32, [0.7, 0.1, 0.15, 0.05]),
            (3, [0.3, 0.28, 0.22, 0.2]),
            (1, [0.2, 0.2, 0.4, 0.2]),
            (2, [0.0, 0.0, 1.0, 0.0]),
        ] {
            let label = labels[truth as usize].as_ref();
            tally.add(Scored { truth: Some(truth), label, probabilities: &probabilities });
            let mut order: Vec<usize> = (0..4).collect();
            order.sort_by(|x, y| probabilities[*y].total_cmp(&probabilities[*x]));
            let pairs: Vec<(&str, f64)> =
                order.iter().map(|i| (labels[*i].as_ref(), probabilities[*i])).collect();
            assert!(told.add_told(label, pairs[0].0, &pairs, 0.5), "all is told");
        }
        let (a, b) = (told.quality(), tally.sums().quality());
        assert_eq!(
            (a.n, a.accuracy, a.macro_f1, a.answered, a.confusion),
            (b.n, b.accuracy, b.macro_f1, b.answered, b.confusion)
        );
        assert!((a.log_loss.expect("told") - b.log_loss.expect("told")).abs() < 1e-12);
        assert!((a.ece.expect("told") - b.ece.expect("told")).abs() < 1e-12);
        assert!(!told.add_told("d", "a", &[("a", 0.6), ("b", 0.3)], 0.5), "what d had is not told");
        assert!(!told.add_told("a", "a", &[("a", 0.6)], 0.5), "the rest is not told");
        assert_eq!(told.quality().n, 6);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            rows in prop::collection::vec((0u32..4, 0.01..1.0f64, 0.01..1.0f64, 0.01..1.0f64), 0..50),
            cut in 0usize..50,
        ) {
            let labels: Vec<Arc<str>> = ["a", "b", "c"].map(Arc::from).to_vec();
            let mut tallies: Vec<ClassTally> = (0..3).map(|_| ClassTally::new(&labels, 0.5)).collect();
            for (at, &(truth, a, b, c)) in rows.iter().enumerate() {
                let probabilities = [a, b, c].map(|p| p / (a + b + c));
                let label = ["a", "b", "c", "never learnt"][truth as usize];
                let row =
                    Scored { truth: Some(truth).filter(|t| *t < 3), label, probabilities: &probabilities };
                tallies[0].add(row);
                tallies[if at < cut { 1 } else { 2 }].add(row);
            }
            let mut parts = tallies[1].sums();
            parts.merge(&tallies[2].sums());
            let (a, b) = (parts.quality(), tallies[0].quality());
            prop_assert_eq!((a.n, a.accuracy, a.macro_f1, a.top3), (b.n, b.accuracy, b.macro_f1, b.top3));
            prop_assert_eq!((&a.classes, &a.confusion), (&b.classes, &b.confusion));
            for (a, b) in [(a.log_loss, b.log_loss), (a.ece, b.ece), (parts.brier(), tallies[0].sums().brier())] {
                prop_assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-9);
            }
            let stored = serde_json::to_string(&parts).expect("plain data");
            prop_assert_eq!(serde_json::from_str::<ClassSums>(&stored).expect("sums"), parts);
        }
    }
}
