//! Predictions of records: each is judged by its columns.

use super::{Computed, PredictRequest};
use crate::rows;
use crate::serve::ServeError;
use crate::serve::answer::{Prediction, Probability};
use crate::serve::loaded::Loaded;
use vakhta_domain::spec::SpecError;
use vakhta_ml::records::{Answer, Fitted};

/// Classes told with their probabilities where the caller names no number.
const TOP: usize = 5;

/// The answer to each record. Nothing in a record says what its actual will be found by, so the request and the
/// record's place in it do.
pub(super) fn compute(
    loaded: &Loaded,
    fitted: &Fitted,
    request: &PredictRequest,
) -> Result<Computed, ServeError> {
    if request.top == Some(0) {
        return Err(ServeError::BadInput(vec![SpecError::at("/top", "must be at least 1")]));
    }
    let (records, errors) = rows::records::asked(&loaded.version.spec.data, &request.data);
    let answers = fitted.predict(&records, request.top.unwrap_or(TOP));
    let keys = errors.iter().enumerate().map(
        |(index, error)| {
            if error.is_none() { index.to_string() } else { String::new() }
        },
    );
    let keys = keys.collect();
    let mut explainer = request.explain.then(|| fitted.explainer(&records));
    let predictions = answers.into_iter().zip(errors).enumerate().map(|(index, (answer, error))| {
        let mut explanation = || explainer.as_mut().map(|explainer| explainer.explain(index));
        match (error, answer) {
            (Some(error), _) => Prediction::Error { index, error },
            (None, Answer::Class { label, confidence, needs_person, top }) => Prediction::Class {
                index,
                label: label.to_string(),
                confidence,
                needs_person,
                probabilities: top
                    .into_iter()
                    .map(|(label, probability)| Probability { label: label.to_string(), probability })
                    .collect(),
                explanation: explanation(),
            },
            (None, Answer::Number { value, intervals }) => {
                Prediction::Value { index, value, step: None, intervals, explanation: explanation() }
            }
        }
    });
    Ok(Computed { predictions: predictions.collect(), keys })
}
