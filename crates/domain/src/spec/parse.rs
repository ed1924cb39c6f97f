//! From text to a checked spec, with every error at once.

use super::{ModelSpec, check, structure};
use serde_json::Value;
use std::fmt;
use std::sync::LazyLock;

/// One thing that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SpecError {
    /// The place, as a JSON pointer, e.g. `/data/target`.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl SpecError {
    /// An error at a place.
    pub fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

/// All that is wrong with a spec; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecErrors(pub Vec<SpecError>);

impl fmt::Display for SpecErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            let place = if error.pointer.is_empty() { "/" } else { &error.pointer };
            write!(f, "{newline}{place}: {}", error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for SpecErrors {}

/// The longest spec text that is read, in bytes.
pub const MAX_SPEC_BYTES: usize = 1 << 20;

/// Reads YAML (or JSON) with one spec a document and checks each. Places are prefixed with the document's
/// number where there are several.
pub fn parse_yaml(text: &str) -> Result<Vec<ModelSpec>, SpecErrors> {
    let whole = |message: String| SpecErrors(vec![SpecError::at("", message)]);
    if text.len() > MAX_SPEC_BYTES {
        return Err(whole(format!("the text has {} bytes, at most {MAX_SPEC_BYTES} are taken", text.len())));
    }
    // Else a column named `y` or `n` would be read as a boolean, as YAML 1.1 did.
    let options = serde_saphyr::options! { strict_booleans: true };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|e| whole(format!("not YAML: {}", first_line(&e.to_string()))))?;
    if documents.is_empty() {
        return Err(whole("the text holds no document: write at least model_key, task and data".into()));
    }
    let several = documents.len() > 1;
    let mut specs = Vec::new();
    let mut errors = Vec::new();
    for (i, document) in documents.into_iter().enumerate() {
        match parse_one(document) {
            Ok(spec) => specs.push(spec),
            Err(SpecErrors(found)) => errors.extend(found.into_iter().map(|mut e| {
                if several {
                    e.message = format!("document {}: {}", i + 1, e.message);
                }
                e
            })),
        }
    }
    if errors.is_empty() { Ok(specs) } else { Err(SpecErrors(errors)) }
}

/// Checks one document.
pub fn parse_one(document: Value) -> Result<ModelSpec, SpecErrors> {
    static SCHEMA: LazyLock<Value> = LazyLock::new(ModelSpec::json_schema);
    let errors = structure::compare(&document, &SCHEMA);
    if !errors.is_empty() {
        return Err(SpecErrors(errors));
    }
    let spec: ModelSpec =
        serde_json::from_value(document).map_err(|e| SpecErrors(vec![SpecError::at("", e.to_string())]))?;
    let errors = check::check(&spec);
    if errors.is_empty() { Ok(spec) } else { Err(SpecErrors(errors)) }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORECAST: &str = r#"
model_key: sales_by_branch
task: forecast
title: {ru: "Продажи по филиалам", en: "Sales by branch"}
data:
  dataset: daily_sales
  time: date
  series: [branch]
  target: y
  hierarchy: [line]
  known_future: [promo, open]
  static: [area, format]
  frequency: D
  missing: zero
horizon: 28
features:
  lags: auto
  rolling: auto
  calendar: {country: RU, events: [{name: "День города", dates: ["2026-09-05"], before: 2, after: 1}]}
engine: auto
params: {rounds: 500, leaves: 63, learning_rate: 0.05, objective: l2}
intervals: {levels: [80, 95], method: conformal}
reconcile: mint_shrink
validation: {folds: 3, step: 28, metric: wape, gap: 0}
policies:
  retrain: {schedule: "0 3 * * SUN", timezone: Europe/Moscow, max_age_days: 30, mape_above: 15, new_labels: 1000, on_drift: true}
  promote: {minor: 0.01, significant: 0.05, level: 0.05, segment_harm: 0.10, probation_days: 28, mode: champion}
  drift:   {psi: 0.1, js: 0.2, check: "0 23 * * *", min_rows: 100, confirm_days: 2}
  alerts:  {mape_warning: 10, mape_critical: 15, degradation_week: 20, branches: {count: 3, mape: 30}, bias: 10000}
seed: 7
---
model_key: nomenclature_label_classifier
task: classification
data: {dataset: nomenclature, target: label, text: [name], categorical: [unit, vendor], numeric: [price]}
engine: mlp
params: {hidden_layers: auto, activation: relu, solver: adam, batch_size: auto, learning_rate: 0.001, alpha: 0.0001, max_epochs: 200, early_stopping: true, validation_fraction: 0.1}
confidence_threshold: 0.8
device: auto
"#;

    fn errors(text: &str) -> Vec<(String, String)> {
        parse_yaml(text).expect_err("must be refused").0.into_iter().map(|e| (e.pointer, e.message)).collect()
    }

    #[test]
    fn the_documented_specs_are_taken_and_survive_a_round_trip() {
        let specs = parse_yaml(FORECAST).expect("both documents are right");
        assert_eq!(specs.len(), 2);
        assert_eq!(specs[0].title_in("ru"), "Продажи по филиалам");
        for spec in specs {
            let again = parse_one(serde_json::to_value(&spec).expect("a spec is JSON")).expect("still right");
            assert_eq!(again, spec);
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let found =
            errors("model_key: A\ntask: forcast\ndata: {dataset: d, tagret: y, time: t}\nhorizont: 3\n");
        assert!(
            found.contains(&("/horizont".into(), "unknown field, did you mean `horizon`?".into())),
            "{found:?}"
        );
        assert!(
            found.iter().any(|(p, m)| p == "/task" && m.contains("forecast") && m.contains("forcast")),
            "{found:?}"
        );
        assert!(found.contains(&("/data/tagret".into(), "unknown field, did you mean `target`?".into())));
        assert!(found.contains(&("/data/target".into(), "missing".into())));
    }

    #[test]
    fn values_are_checked() {
        let found = errors(
            "model_key: Bad Key\ntask: forecast\ndata: {dataset: d, target: y}\nhorizon: 0\nintervals: {levels: [20]}\nparams: {rounds: 0, activation: relu}\n",
        );
        for pointer in [
            "/model_key",
            "/data/time",
            "/horizon",
            "/intervals/levels/0",
            "/params/rounds",
            "/params/activation",
        ] {
            assert!(found.iter().any(|(p, _)| p == pointer), "{pointer} is missing in {found:?}");
        }
    }

    #[test]
    fn hostile_texts_are_errors() {
        for text in ["", "---\n", "[1, 2", "just words", "a: &a [*a]", "{}", "null", "\u{0}"] {
            assert!(parse_yaml(text).is_err(), "{text:?}");
        }
        let lines: Vec<String> = ('b'..='k')
            .zip('a'..)
            .map(|(name, inner)| format!("{name}: &{name} [{}]", vec![format!("*{inner}"); 10].join(",")))
            .collect();
        let laughs = format!("a: &a [x,x,x,x,x,x,x,x,x,x]\n{}\n", lines.join("\n"));
        assert!(parse_yaml(&laughs).is_err());
        assert!(parse_yaml(&"[".repeat(100_000)).is_err());
    }
}
