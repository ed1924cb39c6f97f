//! From forecasts that disagree to forecasts that add up.
//!
//! The trace-minimising reconciliation (`MinT`; Wickramasuriya, Athanasopoulos & Hyndman 2019) is solved on its
//! small side: with U' = [I, −A] the constraints, where A sums bottoms to nodes, the answer is
//! ŷ − W U (U' W U)⁻¹ U' ŷ. The matrix to factorise has one row a node; bottoms may be many.

use super::shrink::shrinkage;
use super::structure::Hierarchy;
use crate::matrix::cholesky;

/// A variance of less than this share of the mean variance is taken for this share: a series that was never wrong
/// is trusted most, but not infinitely.
const LEAST_VARIANCE: f64 = 1e-6;

/// How forecasts are made to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Nodes are the sums of bottoms as they were forecast.
    BottomUp,
    /// The forecast of the total is shared out as the bottoms' own forecasts share theirs (forecast proportions,
    /// Athanasopoulos et al. 2009).
    TopDown,
    /// Every error counts alike.
    Ols,
    /// The variance of a node is its number of bottoms.
    WlsStructural,
    /// Each series has its own variance of errors.
    WlsVariance,
    /// The covariance of errors, shrunk towards its diagonal.
    MintShrink,
}

/// What makes forecasts of one hierarchy agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Reconciler {
    pub(crate) hierarchy: Hierarchy,
    pub(crate) method: Method,
    pub(crate) weights: Option<Weights>,
}

/// W and what is needed of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    /// The diagonal part, nodes first.
    pub diagonal: Vec<f64>,
    /// The other part as rows R with W = diagonal + R'R, nodes first.
    pub rows: Vec<Vec<f64>>,
    /// R·U: what is left of each row when its bottoms are taken from its nodes.
    pub gaps: Vec<Vec<f64>>,
    /// The Cholesky factor of U' W U.
    pub factor: Vec<f64>,
}

impl Reconciler {
    /// Learns from errors: rows of one period each in order of time, nodes first, then bottoms; NaN for what is not
    /// known. Recent errors count more: one from the middle of the rows counts half of the last one. Methods that
    /// weigh errors fall back to structural weights where there are fewer than two rows.
    pub fn new(hierarchy: Hierarchy, method: Method, errors: &[Vec<f64>]) -> Self {
        let method = match method {
            Method::WlsVariance | Method::MintShrink if errors.len() < 2 => Method::WlsStructural,
            other => other,
        };
        let errors = &by_recency(errors);
        let sizes = || hierarchy.nodes().map(|n| n.members.len() as f64);
        let all = hierarchy.count() + hierarchy.bottoms;
        let weights = match method {
            Method::BottomUp | Method::TopDown => None,
            Method::Ols => Some((vec![1.0; all], Vec::new())),
            Method::WlsStructural => {
                Some((sizes().chain(std::iter::repeat_n(1.0, hierarchy.bottoms)).collect(), Vec::new()))
            }
            Method::WlsVariance => Some((variances(errors, all), Vec::new())),
            Method::MintShrink => Some(shrunk(errors, all)),
        };
        let weights = weights.map(|(diagonal, rows)| Weights::new(&hierarchy, diagonal, rows));
        Self { hierarchy, method, weights }
    }

    /// The hierarchy.
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// The method in force.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The bottoms' forecasts of one period made to agree with those of the nodes; the nodes' are then their sums
    /// ([`Hierarchy::sums`]). Where `non_negative`, bottoms that came out below zero are set to zero, and the nodes
    /// follow (Di Fonzo & Girolimetto 2023): what adds up still does.
    pub fn reconcile(&self, nodes: &[f64], bottoms: &[f64], non_negative: bool) -> Vec<f64> {
        let mut agreed = bottoms.to_vec();
        match (&self.weights, self.method) {
            (Some(weights), _) => weights.correct(&self.hierarchy, nodes, &mut agreed),
            (None, Method::TopDown) => {
                let sum: f64 = bottoms.iter().sum();
                if let Some(total) = nodes.first().filter(|_| sum != 0.0) {
                    let times = total / sum;
                    agreed.iter_mut().filter(|_| times.is_finite()).for_each(|b| *b *= times);
                }
            }
            (None, _) => {}
        }
        for (value, base) in agreed.iter_mut().zip(bottoms) {
            if !value.is_finite() {
                *value = *base;
            }
            if non_negative {
                *value = value.max(0.0);
            }
        }
        agreed
    }
}

impl Weights {
    pub(super) fn new(hierarchy: &Hierarchy, diagonal: Vec<f64>, rows: Vec<Vec<f64>>) -> Self {
        let n = hierarchy.count();
        let gaps: Vec<Vec<f64>> = rows.iter().map(|row| gap(hierarchy, &row[..n], &row[n..])).collect();
        let mut square = vec![0.0; n * n];
        for (i, value) in diagonal[..n].iter().enumerate() {
            square[i * n + i] = *value;
        }
        for (bottom, nodes) in hierarchy.memberships().iter().enumerate() {
            for &i in nodes {
                for &j in nodes.iter().take_while(|j| **j <= i) {
                    square[i as usize * n + j as usize] += diagonal[n + bottom];
                }
            }
        }
        for gap in &gaps {
            for (i, a) in gap.iter().enumerate() {
                for (cell, b) in square[i * n..=i * n + i].iter_mut().zip(gap) {
                    *cell += a * b;
                }
            }
        }
        // The diagonal of W is positive, so the matrix is positive definite but for rounding.
        let plain = square.clone();
        let mut lift = 1e-12;
        while cholesky::factorise(&mut square, n).is_none() && lift < 1.0 {
            square.clone_from(&plain);
            for i in 0..n {
                square[i * n + i] = plain[i * n + i] * (1.0 + lift) + f64::MIN_POSITIVE;
            }
            lift *= 100.0;
        }
        Self { diagonal, rows, gaps, factor: square }
    }

    /// Takes from the bottoms what they and the nodes disagree by.
    fn correct(&self, hierarchy: &Hierarchy, nodes: &[f64], bottoms: &mut [f64]) {
        let n = nodes.len();
        let mut z = gap(hierarchy, nodes, bottoms);
        cholesky::solve(&self.factor, n, &mut z);
        for (node, z) in hierarchy.nodes().zip(&z) {
            for &bottom in &node.members {
                bottoms[bottom as usize] += self.diagonal[n + bottom as usize] * z;
            }
        }
        for (row, gap) in self.rows.iter().zip(&self.gaps) {
            let pull: f64 = gap.iter().zip(&z).map(|(g, z)| g * z).sum();
            for (bottom, r) in bottoms.iter_mut().zip(&row[n..]) {
                *bottom -= pull * r;
            }
        }
    }
}

/// Errors times the roots of their weights, which halve over half of the rows and are 1 on average: how series err
/// together changes with the years.
pub(super) fn by_recency(errors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = errors.len() as f64;
    let weight = |at: usize| 0.5f64.powf((n - 1.0 - at as f64) / (n / 2.0));
    let mean = (0..errors.len()).map(weight).sum::<f64>() / n;
    let weighted = errors.iter().enumerate().map(|(at, row)| {
        let root = (weight(at) / mean).sqrt();
        row.iter().map(|error| error * root).collect()
    });
    weighted.collect()
}

/// Nodes less the sums of their bottoms.
fn gap(hierarchy: &Hierarchy, nodes: &[f64], bottoms: &[f64]) -> Vec<f64> {
    nodes.iter().zip(hierarchy.sums(bottoms)).map(|(node, sum)| node - sum).collect()
}

/// The mean square of the errors of each series; the mean of all where one has none.
fn variances(errors: &[Vec<f64>], all: usize) -> Vec<f64> {
    let mean_square = |i: usize| -> Option<f64> {
        let (sum, n) = errors
            .iter()
            .map(|row| row[i])
            .filter(|e| e.is_finite())
            .fold((0.0, 0usize), |(sum, n), e| (sum + e * e, n + 1));
        (n > 0).then(|| sum / n as f64)
    };
    let own: Vec<Option<f64>> = (0..all).map(mean_square).collect();
    let known = own.iter().flatten().count().max(1) as f64;
    let mean = own.iter().flatten().sum::<f64>() / known;
    let mean = if mean > 0.0 && mean.is_finite() { mean } else { 1.0 };
    own.into_iter().map(|v| v.unwrap_or(mean).clamp(mean * LEAST_VARIANCE, f64::MAX.sqrt())).collect()
}

/// The shrunk covariance as a diagonal and rows: λ·D + (1 − λ)·E'E/T, where E are the errors, missing ones zero.
fn shrunk(errors: &[Vec<f64>], all: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let variances = variances(errors, all);
    let scaled: Vec<Vec<f64>> = errors
        .iter()
        .map(|row| {
            let scale = |(e, v): (&f64, &f64)| if e.is_finite() { e / v.sqrt() } else { 0.0 };
            row.iter().zip(&variances).map(scale).collect()
        })
        .collect();
    let shrink = shrinkage(&scaled);
    let share = ((1.0 - shrink) / errors.len() as f64).sqrt();
    let rows = scaled
        .iter()
        .map(|row| row.iter().zip(&variances).map(|(x, v)| x * v.sqrt() * share).collect())
        .collect();
    // A shrinkage of exactly nothing would leave a singular matrix.
    (variances.iter().map(|v| v * shrink.max(1e-6)).collect(), if shrink < 1.0 { rows } else { Vec::new() })
}
