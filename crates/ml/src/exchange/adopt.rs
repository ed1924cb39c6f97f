//! A model of another program as a fitted model of records: its columns, its classes, and no measured quality.

use super::imported::{Answers, Engine, Imported};
use super::{ExchangeError, lightgbm, onnx};
use crate::nets::{Head, Layer, Net};
use crate::records::{Checked, Fitted, Forest, Goal, Learnt, Role};
use std::collections::HashSet;

/// A format that models come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ONNX.
    Onnx,
    /// LightGBM's text.
    LightGbm,
}

impl Format {
    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Onnx => "onnx",
            Self::LightGbm => "lightgbm",
        }
    }

    /// The format of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Onnx, Self::LightGbm].into_iter().find(|format| format.as_str() == word)
    }

    /// What the first bytes tell: LightGBM's text begins with a line `tree`, and no ONNX file does.
    pub fn of(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if first.trim_ascii() == b"tree" { Self::LightGbm } else { Self::Onnx }
    }
}

/// Reads a file of a format.
pub fn read(format: Format, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    match format {
        Format::Onnx => onnx::read(bytes),
        Format::LightGbm => lightgbm::read(bytes),
    }
}

/// Makes a file's model one of records: the spec's numeric columns in their order are its inputs, and `labels`, where
/// there are any, name its classes instead of the file.
pub fn adopt(model: Imported, settings: &Checked, labels: &[String]) -> Result<Fitted, ExchangeError> {
    let columns = columns(&model, settings)?;
    let classes = match (&model.answers, settings.goal) {
        (Answers::Classes { count, labels: own }, Goal::Classes) => classes(*count, own, labels)?,
        (Answers::Number, Goal::Numbers) if labels.is_empty() => Vec::new(),
        (Answers::Number, Goal::Numbers) => {
            return unfit("classes were named, and the file answers a number");
        }
        (Answers::Number, Goal::Classes) => {
            return unfit("the file answers a number, and the spec is a classification");
        }
        (Answers::Classes { count, .. }, Goal::Numbers) => {
            return unfit(format!("the file answers {count} classes, and the spec is a regression"));
        }
    };
    let learnt = match model.engine {
        Engine::Trees(ensemble) => Learnt::Trees(Box::new(Forest { ensemble, texts: None })),
        Engine::Net(net) => Learnt::Mlp(Box::new(with_an_output_a_class(net)?)),
    };
    Ok(Fitted::imported(columns, classes, learnt, settings))
}

fn unfit<T>(what: impl Into<String>) -> Result<T, ExchangeError> {
    Err(ExchangeError::Unfit(what.into()))
}

/// The columns of the spec, where they are what the file asks for.
fn columns(model: &Imported, settings: &Checked) -> Result<Vec<String>, ExchangeError> {
    if let Some((name, _)) = settings.columns.iter().find(|(_, role)| *role != Role::Number) {
        return unfit(format!(
            "column `{name}` of the spec is not numeric: a file takes numbers, in the order of the spec's `numeric`"
        ));
    }
    let columns: Vec<String> = settings.columns.iter().map(|(name, _)| name.clone()).collect();
    if columns.len() != model.width {
        return unfit(format!(
            "the file wants {} inputs, the spec has {} numeric columns",
            model.width,
            columns.len()
        ));
    }
    let same: HashSet<&String> = columns.iter().collect();
    if columns != model.columns && model.columns.iter().collect::<HashSet<_>>() == same {
        return unfit(format!(
            "the file has the spec's columns in another order: make `numeric` {}",
            model.columns.join(", ")
        ));
    }
    Ok(columns)
}

/// The labels of so many classes: the given ones, else the file's.
fn classes(count: usize, own: &[String], given: &[String]) -> Result<Vec<String>, ExchangeError> {
    let labels = if given.is_empty() { own } else { given };
    if labels.is_empty() {
        return unfit(format!("the file does not name its {count} classes: name them, in its order"));
    }
    if labels.len() != count {
        return unfit(format!("{} classes were named, the file answers {count}", labels.len()));
    }
    let mut seen = HashSet::new();
    for label in labels {
        if label.trim().is_empty() || label.trim() != label {
            return unfit(format!("class `{label}` is empty or has spaces around it"));
        }
        if !seen.insert(label) {
            return unfit(format!("class `{label}` is there twice"));
        }
    }
    Ok(labels.to_vec())
}

/// A net of one probability as one of two: half of the sum speaks for the second class, half against the first, so
/// that the softmax of both is the logistic function of the whole. Others stay as they are.
fn with_an_output_a_class(net: Net) -> Result<Net, ExchangeError> {
    if net.head() != Head::Logistic {
        return Ok(net);
    }
    let mut layers = net.layers();
    if let Some(last) = layers.pop() {
        let both = |values: &[f32]| values.iter().flat_map(|v| [-0.5 * v, 0.5 * v]).collect::<Vec<f32>>();
        let (weights, bias) = (both(&last.weights), both(&last.bias));
        layers.push(Layer { inputs: last.inputs, outputs: 2, weights, bias });
    }
    Net::new(None, &layers, net.activation(), Head::Softmax)
        .map_err(|error| ExchangeError::Unsound(error.to_string()))
}
