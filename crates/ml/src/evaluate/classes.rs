//! How right a classifier is: accuracy, F1, log-loss, calibration and what is taken for what.
//!
//! It sees codes and probabilities, not engines. Sums run in the rows' order, so the same rows give the same numbers.

use super::class_sums::{BINS, Bin, ClassSums, Counts, bin_of, brier};
use std::collections::BTreeMap;
use std::sync::Arc;
use vakhta_domain::report::ClassQuality;

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
    brier: f64,
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
            brier: 0.0,
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
        self.brier += brier(row.probabilities, p);
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
        let bin = &mut self.bins[bin_of(confidence)];
        bin.n += 1;
        bin.confidence += confidence;
        bin.right += u64::from(right);
        if !right {
            *self.confused.entry((row.label.to_owned(), said as u32)).or_default() += 1;
        }
    }

    /// The quality over the rows added; what is undefined on them is none.
    pub fn quality(&self) -> ClassQuality {
        self.sums().quality()
    }

    /// The sums of the rows added, which may be stored and added to those of other rows.
    pub fn sums(&self) -> ClassSums {
        let known = self.labels.iter().zip(&self.known).filter(|(_, c)| c.n + c.predicted > 0);
        let known = known.map(|(label, counts)| (label.to_string(), *counts));
        let never_learnt =
            self.unknown.iter().map(|(label, &n)| (label.clone(), Counts { n, ..Counts::default() }));
        let mut confused: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for ((truth, said), &n) in &self.confused {
            let said = self.labels[*said as usize].to_string();
            *confused.entry(truth.clone()).or_default().entry(said).or_default() += n;
        }
        ClassSums {
            n: self.n,
            unknown: self.unknown.values().sum(),
            right: self.right,
            among_three: self.among_three,
            loss: self.loss,
            brier: self.brier,
            answered: self.answered,
            answered_right: self.answered_right,
            bins: self.bins.to_vec(),
            classes: known.chain(never_learnt).collect(),
            confused,
        }
    }
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
        let brier = (0.14 + (0.49 + 0.25 + 0.04) + 0.06 + (1.0 + 0.04 + 0.04 + 0.36)) / 4.0;
        close(tally.sums().brier(), brier);
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
