//! A chain of matrix products, additions and activations into a multilayer perceptron.

use super::super::{ExchangeError, unsound, unsupported};
use super::graph::{Constant, Graph, Node};
use super::read::brief;
use crate::nets::{Head, LIMIT, Layer, Net};
use vakhta_domain::spec::Activation;

/// Reads the chain that begins at `input`; the net, and the nodes behind it.
pub(super) fn read<'g, 'a>(
    graph: &'g Graph<'a>,
    input: &'a str,
) -> Result<(Net, &'g [Node<'a>]), ExchangeError> {
    let (current, mut at) = bounded(graph, input).map_or((input, 0), |current| (current, 4));
    let mut chain = Chain { current, layers: Vec::new(), before: None };
    let mut softmax = false;
    while let Some(node) = graph.nodes.get(at) {
        if !node.inputs.contains(&chain.current) || !chain.step(graph, node, &mut softmax)? {
            break;
        }
        let [output] = node.outputs[..] else { return unsupported("a step with several outputs") };
        chain.current = output;
        at += 1;
    }
    Ok((chain.finish(softmax)?, &graph.nodes[at..]))
}

/// What becomes of the input where a file of ours first makes it what a net reads anyway: missing values zero, and
/// none beyond [`LIMIT`].
fn bounded<'a>(graph: &Graph<'a>, input: &'a str) -> Option<&'a str> {
    let [missing, known, most, least, ..] = &graph.nodes[..] else { return None };
    let output = |node: &Node<'a>| node.outputs.first().copied();
    let is = |name: &str, value: f32| graph.constant(name).is_some_and(|c| c.numbers == [f64::from(value)]);
    let asks = missing.operator == "IsNaN" && missing.inputs == [input];
    let [asked, zero, given] = known.inputs[..] else { return None };
    let fills =
        known.operator == "Where" && output(missing) == Some(asked) && is(zero, 0.0) && given == input;
    let bounds = |node: &Node<'a>, operator: &str, of: &Node<'a>, by: f32| {
        let [number, bound] = node.inputs[..] else { return false };
        node.operator == operator && output(of) == Some(number) && is(bound, by)
    };
    let bound = bounds(most, "Max", known, -LIMIT) && bounds(least, "Min", most, LIMIT);
    output(least).filter(|_| asks && fills && bound)
}

/// A layer that is being read, in double width until it is whole.
struct Reading {
    inputs: usize,
    outputs: usize,
    weights: Vec<f64>,
    bias: Vec<f64>,
    activation: Option<Activation>,
}

/// The chain as far as it was read.
struct Chain<'a> {
    current: &'a str,
    layers: Vec<Reading>,
    /// What is done to the inputs before the first layer: column by column, `a · x + b`.
    before: Option<(Vec<f64>, Vec<f64>)>,
}

impl<'a> Chain<'a> {
    /// Takes a step; false where the chain ends before it.
    fn step(
        &mut self,
        graph: &Graph<'a>,
        node: &Node<'a>,
        softmax: &mut bool,
    ) -> Result<bool, ExchangeError> {
        let constant = node.inputs.iter().find_map(|name| graph.constant(name));
        let begun = !self.layers.is_empty();
        if *softmax {
            return Ok(false);
        }
        match (node.operator, constant) {
            ("Cast" | "Identity" | "Dropout", _) => {}
            ("Reshape" | "Flatten", _) if begun => {}
            ("MatMul", Some(weights)) if node.inputs.first() == Some(&self.current) => {
                self.layers.push(Reading::of(weights, false)?);
            }
            ("Gemm", Some(_)) => self.gemm(graph, node)?,
            ("Add", Some(bias)) if begun => self.add_bias(bias)?,
            ("Scaler", _) if !begun => {
                let (offset, scale) = (node.floats("offset"), node.floats("scale"));
                let scaled = offset.iter().zip(scale).map(|(offset, scale)| -offset * scale).collect();
                self.affine(scale.to_vec(), scaled)?;
            }
            ("Sub" | "Add" | "Mul" | "Div", Some(constant)) if !begun => {
                if node.inputs.first() != Some(&self.current) && matches!(node.operator, "Sub" | "Div") {
                    return unsupported("a constant less or divided by the inputs");
                }
                let with =
                    |of: fn(f64) -> f64| constant.numbers.iter().copied().map(of).collect::<Vec<f64>>();
                let (ones, zeros) = (with(|_| 1.0), with(|_| 0.0));
                match node.operator {
                    "Sub" => self.affine(ones, with(|value| -value))?,
                    "Add" => self.affine(ones, with(|value| value))?,
                    "Mul" => self.affine(with(|value| value), zeros)?,
                    _ => self.affine(with(|value| 1.0 / value), zeros)?,
                }
            }
            ("Relu", _) if begun => self.activate(Activation::Relu)?,
            ("Tanh", _) if begun => self.activate(Activation::Tanh)?,
            ("Sigmoid", _) if begun => self.activate(Activation::Logistic)?,
            ("Softmax", _) if begun => *softmax = true,
            _ if begun => return Ok(false),
            (other, _) => return unsupported(format!("operator `{}` before the first layer", brief(other))),
        }
        Ok(true)
    }

    /// `alpha · x · W + beta · c`.
    fn gemm(&mut self, graph: &Graph<'a>, node: &Node<'a>) -> Result<(), ExchangeError> {
        let weights = node.inputs.get(1).and_then(|name| graph.constant(name));
        let (Some(weights), 0) = (weights, node.int("transA", 0)) else {
            return unsupported("a product of two computed matrices");
        };
        let mut layer = Reading::of(weights, node.int("transB", 0) != 0)?;
        let (alpha, beta) = (node.float("alpha", 1.0), node.float("beta", 1.0));
        layer.weights.iter_mut().for_each(|weight| *weight *= alpha);
        self.layers.push(layer);
        match node.inputs.get(2).filter(|name| !name.is_empty()).map(|name| graph.constant(name)) {
            None => Ok(()),
            Some(Some(bias)) => {
                let scaled = bias.numbers.iter().map(|value| value * beta).collect();
                self.add_bias(&Constant { numbers: scaled, ..Constant::default() })
            }
            Some(None) => unsupported("a product with a computed addition"),
        }
    }

    fn add_bias(&mut self, bias: &Constant<'_>) -> Result<(), ExchangeError> {
        let Some(layer) = self.layers.last_mut().filter(|layer| layer.activation.is_none()) else {
            return unsupported("an addition behind an activation");
        };
        if bias.numbers.len() != layer.outputs && bias.numbers.len() != 1 {
            return unsound(format!("{} additions to {} numbers", bias.numbers.len(), layer.outputs));
        }
        let additions = bias.numbers.iter().cycle();
        layer.bias.iter_mut().zip(additions).for_each(|(sum, addition)| *sum += addition);
        Ok(())
    }

    fn activate(&mut self, activation: Activation) -> Result<(), ExchangeError> {
        match self.layers.last_mut() {
            Some(layer) if layer.activation.is_none() => {
                layer.activation = Some(activation);
                Ok(())
            }
            _ => unsupported("two activations in a row"),
        }
    }

    /// Does `a · x + b` to the inputs, after what is done to them already.
    fn affine(&mut self, a: Vec<f64>, b: Vec<f64>) -> Result<(), ExchangeError> {
        if a.len() != b.len() || a.is_empty() {
            return unsound("a scaling has other lengths of offsets and scales");
        }
        let Some((slopes, offsets)) = self.before.take() else {
            self.before = Some((a, b));
            return Ok(());
        };
        let width = a.len().max(slopes.len());
        if [a.len(), slopes.len()].iter().any(|&length| length != 1 && length != width) {
            return unsound("two scalings of other widths");
        }
        let wide = |values: Vec<f64>| -> Vec<f64> { values.into_iter().cycle().take(width).collect() };
        let (a, b, slopes, offsets) = (wide(a), wide(b), wide(slopes), wide(offsets));
        let offsets = offsets.iter().zip(&a).zip(&b).map(|((offset, a), b)| offset * a + b).collect();
        self.before = Some((slopes.iter().zip(&a).map(|(slope, a)| slope * a).collect(), offsets));
        Ok(())
    }

    fn finish(mut self, softmax: bool) -> Result<Net, ExchangeError> {
        self.fold()?;
        let Some(last) = self.layers.last_mut() else { return unsupported("a model without layers") };
        let head = match (softmax, last.activation.take()) {
            (true, None) => Head::Softmax,
            (false, Some(Activation::Logistic)) if last.outputs == 1 => Head::Logistic,
            (false, None) => Head::Linear,
            (_, Some(other)) => return unsupported(format!("{other:?} behind the last layer")),
        };
        let hidden = &self.layers[..self.layers.len() - 1];
        let activation = hidden.first().map(|layer| layer.activation);
        if hidden.iter().any(|layer| Some(layer.activation) != activation) {
            return unsupported("hidden layers with different activations");
        }
        let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<f32>>();
        let layers: Vec<Layer> = self
            .layers
            .iter()
            .map(|layer| Layer {
                inputs: layer.inputs,
                outputs: layer.outputs,
                weights: narrow(&layer.weights),
                bias: narrow(&layer.bias),
            })
            .collect();
        let activation = activation.flatten().unwrap_or(Activation::Identity);
        Net::new(None, &layers, activation, head).map_err(|error| ExchangeError::Unsound(error.to_string()))
    }

    /// Puts what is done to the inputs into the first layer.
    fn fold(&mut self) -> Result<(), ExchangeError> {
        let (Some((slopes, offsets)), Some(first)) = (self.before.take(), self.layers.first_mut()) else {
            return Ok(());
        };
        if slopes.len() != 1 && slopes.len() != first.inputs {
            return unsound(format!("{} scales for {} columns", slopes.len(), first.inputs));
        }
        let scales = slopes.iter().zip(&offsets).cycle();
        for (row, (slope, offset)) in first.weights.chunks_mut(first.outputs).zip(scales) {
            for (weight, bias) in row.iter_mut().zip(&mut first.bias) {
                *bias += offset * *weight;
                *weight *= slope;
            }
        }
        Ok(())
    }
}

impl Reading {
    /// A layer of this matrix, without additions yet.
    fn of(weights: &Constant<'_>, turned: bool) -> Result<Self, ExchangeError> {
        let [rows, columns] = weights.shape[..] else {
            return unsupported(format!("a product with a constant of shape {:?}", weights.shape));
        };
        if rows == 0 || columns == 0 {
            return unsound("a layer without numbers");
        }
        let (inputs, outputs) = if turned { (columns, rows) } else { (rows, columns) };
        let numbers = &weights.numbers;
        let weights = if turned {
            (0..inputs).flat_map(|i| (0..outputs).map(move |o| numbers[o * inputs + i])).collect()
        } else {
            numbers.clone()
        };
        Ok(Self { inputs, outputs, weights, bias: vec![0.0; outputs], activation: None })
    }
}
