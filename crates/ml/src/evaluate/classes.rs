//! How right a classifier is: accuracy, F1, log-loss, calibration and what is taken for what.
//!
//! It sees codes and probabilities, not engines. Sums run in the rows' order, so the same rows give the same numbers.

use std::collections::BTreeMap;
use std::sync::Arc;
use vakhta_domain::report::{ClassMetrics, ClassQuality, Confusion, ReliabilityBin};

/// Bins of confidence (Naeini 2015, with fifteen as in Guo 2017).
const BINS: usize = 15;
/// Most pairs of a confusion that are reported.
const MOST_PAIRS: usize = 200;
/// The least probability that the log-loss believes.
pub const LEAST_PROBABILITY: f64 = 1e-15;

/// One scored row.
#[derive(Debug, Clone, Copy)]
pub struct Scored<'a> {
    /// The code of the true class; none where it was never learnt.
    pub truth: Option<u32>,
    /// The label of the true class.
    pub label: &'a str,
    /// The probability of each class.
    pub probabilities: &'a [f64],
}

/// The running sums of one class.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    n: u64,
    predicted: u64,
    right: u64,
}

/// The running sums of a bin of confidence.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    n: u64,
    confidence: f64,
    right: u64,
}

/// Scored rows, added one by one.
#[derive(Debug)]
pub struct ClassTally<'a> {
    labels: &'a [Arc<str>],
    threshold: f64,
    known: Vec<Counts>,
    unknown: BTreeMap<String, u64>,
    n: u64,
    right: u64,
    among_three: u64,
    loss: f64,
    answered: u64,
    answered_right: u64,
    bins: [Bin; BINS],
    confused: BTreeMap<(String, u32), u64>,
}

/// The most probable class and its probability: the first of equals; class 0 where there is none.
pub fn most_probable(probabilities: &[f64]) -> (usize, f64) {
    let mut best = (0, probabilities.first().copied().unwrap_or(0.0));
    for (class, &p) in probabilities.iter().enumerate().skip(1) {
        if p > best.1 {
            best = (class, p);
        }
    }
    best
}

impl<'a> ClassTally<'a> {
    /// Nothing yet, for classes with these labels. Answers from `threshold` on count as given.
    pub fn new(labels: &'a [Arc<str>], threshold: f64) -> Self {
        Self {
            labels,
            threshold,
            known: vec![Counts::default(); labels.len()],
            unknown: BTreeMap::new(),
            n: 0,
            right: 0,
            among_three: 0,
            loss: 0.0,
            answered: 0,
            answered_right: 0,
            bins: [Bin::default(); BINS],
            confused: BTreeMap::new(),
        }
    }

    /// Adds a row. Its probabilities are one a label.
    pub fn add(&mut self, row: Scored<'_>) {
        let (said, confidence) = most_probable(row.probabilities);
        let right = row.truth == Some(said as u32);
        self.n += 1;
        self.right += u64::from(right);
        self.known[said].predicted += 1;
        let p = row.truth.map_or(0.0, |truth| row.probabilities[truth as usize]);
        self.loss -= p.max(LEAST_PROBABILITY).ln();
        match row.truth {
            Some(truth) => {
                self.known[truth as usize].n += 1;
                self.known[truth as usize].right += u64::from(right);
                let before =
                    |(class, other): (usize, &f64)| *other > p || (*other == p && class < truth as usize);
                let better = row.probabilities.iter().enumerate().filter(|&pair| before(pair)).count();
                self.among_three += u64::from(better < 3);
            }
            None => *self.unknown.entry(row.label.to_owned()).or_default() += 1,
        }
        if confidence >= self.threshold {
            self.answered += 1;
            self.answered_right += u64::from(right);
        }
        let bin = &mut self.bins[((confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.n += 1;
        bin.confidence += confidence;
        bin.right += u64::from(right);
        if !right {
            *self.confused.entry((row.label.to_owned(), said as u32)).or_default() += 1;
        }
    }

    /// The quality over the rows added; what is undefined on them is none.
    pub fn quality(&self) -> ClassQuality {
        let classes = self.classes();
        let of_rows = |count: u64| ratio(count as f64, self.n as f64);
        let present: Vec<f64> = classes.iter().filter_map(|c| c.recall).collect();
        let f1: Vec<f64> = classes.iter().filter_map(|c| c.f1).collect();
        let weighted: f64 = classes.iter().map(|c| c.f1.unwrap_or(0.0) * c.n as f64).sum();
        let filled = self.bins.iter().filter(|b| b.n > 0);
        let gap: f64 = filled.map(|b| (b.confidence - b.right as f64).abs()).sum();
        ClassQuality {
            n: self.n,
            unknown: self.unknown.values().sum(),
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
    fn classes(&self) -> Vec<ClassMetrics> {
        let known = self.labels.iter().zip(&self.known).filter(|(_, c)| c.n + c.predicted > 0);
        let known = known.map(|(label, counts)| class_metrics(label, *counts));
        let unknown =
            self.unknown.iter().map(|(label, &n)| class_metrics(label, Counts { n, ..Counts::default() }));
        let mut classes: Vec<ClassMetrics> = known.chain(unknown).collect();
        classes.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.class.cmp(&b.class)));
        classes
    }

    fn confusion(&self) -> Vec<Confusion> {
        let mut pairs: Vec<Confusion> = self
            .confused
            .iter()
            .map(|((truth, said), &n)| Confusion {
                truth: truth.clone(),
                said: self.labels[*said as usize].to_string(),
                n,
            })
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

fn class_metrics(label: &str, counts: Counts) -> ClassMetrics {
    let Counts { n, predicted, right } = counts;
    ClassMetrics {
        class: label.to_owned(),
        n,
        predicted,
        precision: ratio(right as f64, predicted as f64),
        recall: ratio(right as f64, n as f64),
        f1: ratio(2.0 * right as f64, (n + predicted) as f64),
    }
}

fn ratio(value: f64, by: f64) -> Option<f64> {
    (by > 0.0).then(|| value / by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|&name| Arc::from(name)).collect()
    }

    fn close(found: Option<f64>, wanted: f64) {
        let found = found.expect("a defined metric");
        assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
    }

    #[test]
    fn known_rows_give_known_numbers() {
        let labels = labels(&["a", "b", "c"]);
        let mut tally = ClassTally::new(&labels, 0.6);
        for (truth, label, probabilities) in [
            (Some(0), "a", [0.7, 0.2, 0.1]),
            (Some(0), "a", [0.3, 0.5, 0.2]),
            (Some(1), "b", [0.1, 0.8, 0.1]),
            (None, "z", [0.2, 0.2, 0.6]),
        ] {
            tally.add(Scored { truth, label, probabilities: &probabilities });
        }
        let q = tally.quality();
        assert_eq!((q.n, q.unknown), (4, 1));
        close(q.accuracy, 0.5);
        // Recall: a 1/2, b 1, z 0.
        close(q.balanced_accuracy, 0.5);
        // F1: a 2/3, b 2/3, c 0, z 0.
        close(q.macro_f1, (2.0 / 3.0 + 2.0 / 3.0) / 4.0);
        close(q.weighted_f1, (2.0 * 2.0 / 3.0 + 2.0 / 3.0) / 4.0);
        let loss = -(0.7f64.ln() + 0.3f64.ln() + 0.8f64.ln() + LEAST_PROBABILITY.ln()) / 4.0;
        close(q.log_loss, loss);
        close(q.top3, 0.75);
        close(q.answered, 0.75);
        close(q.answered_accuracy, 2.0 / 3.0);
        // Bins: 0.7 right, 0.5 wrong, 0.8 right, 0.6 wrong, all in bins of their own.
        close(q.ece, (0.3 + 0.5 + 0.2 + 0.6) / 4.0);
        assert_eq!(q.reliability.len(), 4);
        let pairs: Vec<_> = q.confusion.iter().map(|c| (c.truth.as_str(), c.said.as_str(), c.n)).collect();
        assert_eq!(pairs, [("a", "b", 1), ("z", "c", 1)]);
        assert_eq!(q.classes[0].class, "a");
        assert_eq!((q.classes[0].precision, q.classes[0].recall), (Some(1.0), Some(0.5)));
    }

    #[test]
    fn no_rows_have_no_quality() {
        let labels = labels(&["a"]);
        let quality = ClassTally::new(&labels, 0.0).quality();
        assert_eq!((quality.n, quality.accuracy, quality.log_loss, quality.ece), (0, None, None, None));
        assert!(quality.classes.is_empty() && quality.reliability.is_empty());
    }

    #[test]
    fn a_tie_does_not_put_everything_among_three() {
        let labels = labels(&["a", "b", "c", "d"]);
        let mut tally = ClassTally::new(&labels, 0.0);
        for (truth, label) in [(2, "c"), (3, "d")] {
            tally.add(Scored { truth: Some(truth), label, probabilities: &[0.25; 4] });
        }
        close(tally.quality().top3, 0.5);
    }
}
