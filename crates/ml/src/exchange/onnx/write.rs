//! From a model of records to an ONNX file that answers the same, its numeric pipeline included.

use super::super::{ExchangeError, unsupported};
use super::build::{Build, FLOAT, STRING, Setting};
use super::write_trees::write_trees;
use crate::nets::{Head, LIMIT, Net};
use crate::trees::{Ensemble, Link};
use vakhta_domain::spec::Activation;

/// A model to write.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The program and release that learnt it.
    pub producer: &'a str,
    /// The names of the columns of a row, in order.
    pub columns: &'a [&'a str],
    /// What is done to each column before an engine that multiplies sees it; none where it sees them as they are,
    /// and missing ones as zero.
    pub scaling: Option<&'a [Scaling]>,
    /// What answers.
    pub engine: Trained<'a>,
    /// What log-odds are divided by before they become probabilities; 1 where they were right as they were.
    pub temperature: f64,
    /// What numbers are given back after the model: `center + spread · score`.
    pub unit: Option<(f64, f64)>,
    /// The labels of the classes; empty for a number.
    pub labels: &'a [&'a str],
}

/// What an engine that multiplies sees of a column: `s = (x - center) / spread`, beyond 3 grown by its logarithm
/// only and never beyond 10, zero where it is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// What is taken from it.
    pub center: f64,
    /// What it is divided by; zero where the column says nothing.
    pub spread: f64,
    /// Whether a number that says whether it is missing comes behind it.
    pub flag: bool,
}

/// What answers.
#[derive(Debug, Clone, Copy)]
pub enum Trained<'a> {
    /// A sum of trees over the columns as they are.
    Trees(&'a Ensemble),
    /// A perceptron over the scaled columns.
    Net(&'a Net),
    /// `inputs` × `outputs` weights, row after row, over the scaled columns.
    Linear {
        /// The weights.
        weights: &'a [f32],
        /// One for each output.
        bias: &'a [f32],
    },
}

/// Scaled values beyond this grow by their logarithm only, up to [`LARGEST`].
const STRAIGHT: f32 = 3.0;
const LARGEST: f32 = 10.0;

impl Export<'_> {
    /// The file. Its input is `X`, rows of 32-bit numbers, missing ones not a number; its outputs are `label` and
    /// `probabilities`, or `value`.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ExchangeError> {
        let width = self.columns.len();
        if width == 0 {
            return unsupported("a model without columns of numbers");
        }
        let mut build = Build::default();
        build.input("X", width);
        let (scores, outputs, link) = match self.engine {
            Trained::Trees(trees) => {
                if trees.width != width {
                    return unsupported(format!("trees of {} columns behind {width}", trees.width));
                }
                (write_trees(&mut build, trees)?, trees.outputs(), trees.link)
            }
            Trained::Net(net) => {
                let (scaled, width) = self.scaled(&mut build)?;
                let link = match net.head() {
                    Head::Softmax => Link::Softmax,
                    Head::Logistic => Link::Logistic,
                    Head::Linear => Link::Identity,
                };
                (write_net(&mut build, net, &scaled, width)?, net.outputs(), link)
            }
            Trained::Linear { weights, bias } => {
                let (scaled, inputs) = self.scaled(&mut build)?;
                let outputs = bias.len();
                if inputs * outputs != weights.len() {
                    return unsupported(format!("{} weights for {inputs} × {outputs}", weights.len()));
                }
                let weights = build.floats(&[inputs, outputs], weights);
                let bias = build.floats(&[outputs], bias);
                let link = match (self.labels.len(), outputs) {
                    (0, _) => Link::Identity,
                    (_, 1) => Link::Logistic,
                    _ => Link::Softmax,
                };
                (build.node("Gemm", &[&scaled, &weights, &bias], &[]), outputs, link)
            }
        };
        self.answer(&mut build, scores, outputs, link)?;
        let columns = serde_json::to_string(self.columns).expect("names are plain data");
        Ok(build.finish(self.name, self.producer, &[("columns", &columns)]))
    }

    /// What an engine that multiplies sees, and how many numbers of it a row.
    fn scaled(&self, build: &mut Build) -> Result<(String, usize), ExchangeError> {
        match self.scaling {
            None => {
                // What is missing counts as zero, and nothing is larger than engines take.
                let zero = build.floats(&[], &[0.0]);
                let bounds = [build.floats(&[], &[-LIMIT]), build.floats(&[], &[LIMIT])];
                let missing = build.node("IsNaN", &["X"], &[]);
                let known = build.node("Where", &[&missing, &zero, "X"], &[]);
                let bounded = build.node("Max", &[&known, &bounds[0]], &[]);
                Ok((build.node("Min", &[&bounded, &bounds[1]], &[]), self.columns.len()))
            }
            Some(scaling) if scaling.len() == self.columns.len() => {
                let width = scaling.iter().map(|column| 1 + usize::from(column.flag)).sum();
                Ok((scale(build, scaling), width))
            }
            Some(scaling) => {
                unsupported(format!("{} scales for {} columns", scaling.len(), self.columns.len()))
            }
        }
    }

    /// From scores to the outputs that callers ask for.
    fn answer(
        &self,
        build: &mut Build,
        scores: String,
        outputs: usize,
        link: Link,
    ) -> Result<(), ExchangeError> {
        let classes = self.labels.len();
        if classes == 0 {
            let value = match link {
                Link::Identity => scores,
                Link::Exp => build.node("Exp", &[&scores], &[]),
                Link::Logistic | Link::Softmax => return unsupported("classes without labels"),
            };
            if outputs != 1 {
                return unsupported(format!("{outputs} numbers a row"));
            }
            let value = match self.unit {
                None => value,
                Some((center, spread)) => {
                    let spread = build.floats(&[], &[spread as f32]);
                    let center = build.floats(&[], &[center as f32]);
                    let grown = build.node("Mul", &[&value, &spread], &[]);
                    build.node("Add", &[&grown, &center], &[])
                }
            };
            build.name(&value, "value");
            build.output("value", FLOAT, Some(1));
            return Ok(());
        }
        if outputs != classes && !(outputs == 1 && classes == 2) {
            return unsupported(format!("{classes} labels for {outputs} scores"));
        }
        let tempered = if self.temperature == 1.0 {
            scores
        } else {
            let temperature = build.floats(&[], &[self.temperature as f32]);
            build.node("Div", &[&scores, &temperature], &[])
        };
        let probabilities = match link {
            Link::Softmax => build.node("Softmax", &[&tempered], &[("axis", Setting::Int(1))]),
            Link::Logistic => {
                let second = build.node("Sigmoid", &[&tempered], &[]);
                if outputs == 1 {
                    let one = build.floats(&[], &[1.0]);
                    let first = build.node("Sub", &[&one, &second], &[]);
                    build.node("Concat", &[&first, &second], &[("axis", Setting::Int(1))])
                } else {
                    return unsupported("classes that do not add up to one");
                }
            }
            Link::Identity if outputs == classes && self.temperature == 1.0 => {
                // A forest's scores are shares of the whole.
                let axis = build.ints(&[1]);
                let sum = build.node("ReduceSum", &[&tempered, &axis], &[("keepdims", Setting::Int(1))]);
                build.node("Div", &[&tempered, &sum], &[])
            }
            Link::Identity | Link::Exp => return unsupported("classes whose scores are no log-odds"),
        };
        build.name(&probabilities, "probabilities");
        let best = [("axis", Setting::Int(1)), ("keepdims", Setting::Int(0))];
        let best = build.node("ArgMax", &[&probabilities], &best);
        let labels = build.texts(self.labels);
        let label = build.node("Gather", &[&labels, &best], &[("axis", Setting::Int(0))]);
        build.name(&label, "label");
        build.output("label", STRING, None);
        build.output("probabilities", FLOAT, Some(classes));
        Ok(())
    }
}

/// The layers of a net up to the scores of the last.
fn write_net(build: &mut Build, net: &Net, input: &str, width: usize) -> Result<String, ExchangeError> {
    if net.embedding().is_some() || net.widths().0 != width {
        return unsupported("columns of texts or categories");
    }
    let layers = net.layers();
    let mut current = input.to_owned();
    for (at, layer) in layers.iter().enumerate() {
        let weights = build.floats(&[layer.inputs, layer.outputs], &layer.weights);
        let bias = build.floats(&[layer.outputs], &layer.bias);
        current = build.node("Gemm", &[&current, &weights, &bias], &[]);
        if at + 1 < layers.len() {
            current = match net.activation() {
                Activation::Relu => build.node("Relu", &[&current], &[]),
                Activation::Tanh => build.node("Tanh", &[&current], &[]),
                Activation::Logistic => build.node("Sigmoid", &[&current], &[]),
                Activation::Identity => current,
            };
        }
    }
    Ok(current)
}

/// Centred, divided, bent and bounded; zero where missing; each flag behind its column.
fn scale(build: &mut Build, columns: &[Scaling]) -> String {
    let width = columns.len();
    let row = |of: &dyn Fn(&Scaling) -> f64| -> Vec<f32> {
        columns.iter().map(|column| of(column) as f32).collect()
    };
    let center = build.floats(&[1, width], &row(&|column| column.center));
    let slope = |column: &Scaling| if column.spread == 0.0 { 0.0 } else { column.spread.recip() };
    let slopes = build.floats(&[1, width], &row(&slope));
    let zero = build.floats(&[], &[0.0]);
    let one = build.floats(&[], &[1.0]);
    let bend = build.floats(&[], &[STRAIGHT]);
    let most = build.floats(&[], &[LARGEST]);
    let (least, largest) = (build.floats(&[], &[f32::MIN]), build.floats(&[], &[f32::MAX]));
    let missing = build.node("IsNaN", &["X"], &[]);
    let known = build.node("Where", &[&missing, &center, "X"], &[]);
    let centred = build.node("Sub", &[&known, &center], &[]);
    // An infinite value times the slope of a column that says nothing would be no number.
    let centred = build.node("Min", &[&centred, &largest], &[]);
    let centred = build.node("Max", &[&centred, &least], &[]);
    let straight = build.node("Mul", &[&centred, &slopes], &[]);
    let size = build.node("Abs", &[&straight], &[]);
    let below = build.node("Min", &[&size, &bend], &[]);
    let above = build.node("Sub", &[&size, &bend], &[]);
    let above = build.node("Max", &[&above, &zero], &[]);
    let grown = build.node("Add", &[&above, &one], &[]);
    let grown = build.node("Log", &[&grown], &[]);
    let bent = build.node("Add", &[&below, &grown], &[]);
    let bent = build.node("Min", &[&bent, &most], &[]);
    let sign = build.node("Sign", &[&straight], &[]);
    let scaled = build.node("Mul", &[&bent, &sign], &[]);
    if columns.iter().all(|column| !column.flag) {
        return scaled;
    }
    let flags = build.node("Where", &[&missing, &one, &zero], &[]);
    let both = build.node("Concat", &[&scaled, &flags], &[("axis", Setting::Int(1))]);
    let order = columns.iter().enumerate().flat_map(|(at, column)| {
        std::iter::once(at as i64).chain(column.flag.then_some((width + at) as i64))
    });
    let order = build.ints(&order.collect::<Vec<i64>>());
    build.node("Gather", &[&both, &order], &[("axis", Setting::Int(1))])
}
