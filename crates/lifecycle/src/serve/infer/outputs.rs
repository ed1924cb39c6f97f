//! From answers to tensors: `predict`, and the probabilities of all classes where there are classes.

use super::tensor::{Elements, Kind, Tensor, TensorSpec};
use crate::learnt::Learnt;
use crate::serve::ServeError;
use crate::serve::answer::Prediction;
use crate::serve::loaded::Loaded;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use vakhta_domain::spec::SpecError;
use vakhta_ml::records::{Answer, Fitted, Records};

const PREDICT: &str = "predict";
const PROBABILITIES: &str = "probabilities";

/// Classes that the log keeps with their probabilities.
const LOGGED: usize = 5;

/// The tensors that a version gives.
pub(super) fn given(loaded: &Loaded) -> Vec<TensorSpec> {
    let spec = |name: &str, kind, shape, columns| TensorSpec { name: name.to_owned(), kind, shape, columns };
    let classes = match &loaded.learnt {
        Learnt::Records(fitted) => fitted.classes(),
        Learnt::Forecast(_) => &[],
    };
    if classes.is_empty() {
        return vec![spec(PREDICT, Kind::Float, vec![None], Vec::new())];
    }
    let labels = classes.iter().map(ToString::to_string).collect();
    vec![
        spec(PREDICT, Kind::Text, vec![None], Vec::new()),
        spec(PROBABILITIES, Kind::Float, vec![None, Some(classes.len())], labels),
    ]
}

/// Refuses outputs that the version does not give.
pub(super) fn check(loaded: &Loaded, wanted: Option<&[String]>) -> Result<(), ServeError> {
    let known: Vec<String> = given(loaded).into_iter().map(|output| output.name).collect();
    for (at, name) in wanted.unwrap_or_default().iter().enumerate() {
        let text = if !known.contains(name) {
            let name: String = name.chars().take(100).collect();
            format!("the model gives no `{name}`, it gives {}", known.join(", "))
        } else if wanted.unwrap_or_default()[..at].contains(name) {
            format!("`{name}` is asked for twice")
        } else {
            continue;
        };
        return Err(ServeError::BadInput(vec![SpecError::at(format!("/outputs/{at}/name"), text)]));
    }
    Ok(())
}

/// The answers of a model of records.
pub(super) fn of_records(
    fitted: &Fitted,
    records: &Records,
    wanted: Option<&[String]>,
) -> (Vec<Entry>, Vec<Tensor>) {
    let classes = fitted.classes();
    let is_wanted = |name: &str| wanted.is_none_or(|wanted| wanted.iter().any(|w| w == name));
    let all = is_wanted(PROBABILITIES);
    let answers = fitted.predict(records, if all { classes.len() } else { LOGGED });
    let entries = answers.iter().map(entry).collect();
    let rows = answers.len();
    let mut outputs = Vec::new();
    if classes.is_empty() {
        let value = |answer| if let Answer::Number { value, .. } = answer { value } else { f64::NAN };
        let values = answers.into_iter().map(value).collect();
        return (entries, vec![tensor(PREDICT, vec![rows], Elements::Floats(values))]);
    }
    if is_wanted(PREDICT) {
        let label = |answer: &Answer| match answer {
            Answer::Class { label, .. } => Some(label.clone()),
            Answer::Number { .. } => None,
        };
        let labels = answers.iter().map(label).collect();
        outputs.push(tensor(PREDICT, vec![rows], Elements::Texts(labels)));
    }
    if all {
        let probabilities = in_order(classes, &answers);
        let shape = vec![rows, classes.len()];
        outputs.push(tensor(PROBABILITIES, shape, Elements::Floats(probabilities)));
    }
    (entries, outputs)
}

fn tensor(name: &str, shape: Vec<usize>, elements: Elements) -> Tensor {
    Tensor { name: name.to_owned(), shape, elements }
}

/// The probabilities of each row in the order of the classes.
fn in_order(classes: &[Arc<str>], answers: &[Answer]) -> Vec<f64> {
    let places: HashMap<&str, usize> = classes.iter().enumerate().map(|(at, label)| (&**label, at)).collect();
    let mut probabilities = vec![0.0; classes.len() * answers.len()];
    for (row, answer) in probabilities.chunks_mut(classes.len()).zip(answers) {
        let Answer::Class { top, .. } = answer else { continue };
        for (label, probability) in top {
            if let Some(&at) = places.get(&**label) {
                row[at] = *probability;
            }
        }
    }
    probabilities
}

/// What the log keeps of an answer.
pub(super) struct Entry {
    /// The point answer.
    pub value: f64,
    /// The whole answer.
    pub output: Value,
}

fn entry(answer: &Answer) -> Entry {
    match answer {
        Answer::Class { label, confidence, top, .. } => {
            let told = top.iter().take(LOGGED);
            let told: Vec<_> = told.map(|(label, p)| json!({ "label": label, "probability": p })).collect();
            Entry { value: *confidence, output: json!({ "label": label, "probabilities": told }) }
        }
        Answer::Number { value, intervals } => {
            Entry { value: *value, output: json!({ "step": null, "intervals": intervals }) }
        }
    }
}

/// The answers of a forecast; a row without one refuses them all, since a tensor has no place for a reason.
pub(super) fn of_predictions(predictions: Vec<Prediction>) -> Result<(Vec<Entry>, Vec<Tensor>), ServeError> {
    let (mut entries, mut values, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for prediction in predictions {
        match prediction {
            Prediction::Value { value, step, intervals, .. } => {
                values.push(value);
                entries.push(Entry { value, output: json!({ "step": step, "intervals": intervals }) });
            }
            Prediction::Error { index, error } => {
                errors.push(SpecError::at("/inputs", format!("row {index}: {error}")));
            }
            Prediction::Class { .. } => {}
        }
    }
    if errors.is_empty() {
        let shape = vec![values.len()];
        return Ok((entries, vec![tensor(PREDICT, shape, Elements::Floats(values))]));
    }
    errors.truncate(20);
    Err(ServeError::BadInput(errors))
}
