//! A model that another program learnt, ready to answer rows of numbers.

use super::{ExchangeError, unsound};
use crate::matrix::Matrix;
use crate::nets::{Input, Net, NetError};
use crate::trees::{Ensemble, Link};

/// A model that another program learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// What answers.
    pub engine: Engine,
    /// What it answers.
    pub answers: Answers,
    /// Numbers a row.
    pub width: usize,
    /// The names of the columns, in order; empty where the file has none.
    pub columns: Vec<String>,
}

/// What answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Engine {
    /// A sum of trees.
    Trees(Ensemble),
    /// A multilayer perceptron.
    Net(Net),
}

/// What a model answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answers {
    /// A number.
    Number,
    /// The probabilities of so many classes; the labels where the file has them.
    Classes {
        /// How many.
        count: usize,
        /// Their labels, in order, or none at all.
        labels: Vec<String>,
    },
}

impl Imported {
    /// Puts the parts together; refuses ones that do not fit.
    pub(super) fn new(
        engine: Engine,
        labels: Vec<String>,
        columns: Vec<String>,
    ) -> Result<Self, ExchangeError> {
        let (outputs, width, is_probability) = match &engine {
            Engine::Trees(trees) => {
                if !trees.is_sound() {
                    return unsound("its trees do not end");
                }
                let classes = matches!(trees.link, Link::Logistic | Link::Softmax);
                (trees.outputs(), trees.width, classes || !labels.is_empty())
            }
            Engine::Net(net) => {
                let (dense, _) = net.widths();
                (net.outputs(), dense, net.head() != crate::nets::Head::Linear)
            }
        };
        let answers = if is_probability {
            let count = outputs.max(2);
            if !labels.is_empty() && labels.len() != count {
                return unsound(format!("{} labels for {count} classes", labels.len()));
            }
            Answers::Classes { count, labels }
        } else if outputs == 1 {
            Answers::Number
        } else {
            return super::unsupported(format!("the model answers {outputs} numbers a row, one is taken"));
        };
        if !columns.is_empty() && columns.len() != width {
            return unsound(format!("{} names for {width} columns", columns.len()));
        }
        Ok(Self { engine, answers, width, columns })
    }

    /// Numbers in an answer: the classes, or one.
    pub fn outputs(&self) -> usize {
        match &self.answers {
            Answers::Number => 1,
            Answers::Classes { count, .. } => *count,
        }
    }

    /// The answer to each row, row after row: the probabilities of all classes, or a number.
    pub fn predict(&self, rows: &Matrix) -> Result<Vec<f64>, NetError> {
        if rows.width() != self.width {
            let (found_dense, dense) = (rows.width(), self.width);
            return Err(NetError::Columns { found_dense, found_sparse: 0, dense, sparse: 0 });
        }
        let raw = match &self.engine {
            Engine::Trees(trees) => {
                let mut out = vec![0.0; rows.rows() * trees.outputs()];
                trees.predict(rows, &mut out);
                out
            }
            Engine::Net(net) => {
                let out = net.predict(Input { dense: Some(rows), sparse: None })?;
                out.into_iter().map(f64::from).collect()
            }
        };
        let single = raw.len() == rows.rows() && self.outputs() == 2;
        // One probability of two classes is that of the second.
        Ok(if single { raw.into_iter().flat_map(|p| [1.0 - p, p]).collect() } else { raw })
    }
}
