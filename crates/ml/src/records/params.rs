//! From a spec to settings that `fit` accepts.

use super::table::Role;
use crate::forecast::ParamsError;
use crate::nets::{NoGpu, gpu};
use serde::{Deserialize, Serialize};
use vakhta_domain::spec::{self, ClassWeight, Device, Engine, ModelSpec, SpecError, Task};

/// Settings as a person wrote them.
pub struct Params;

/// What is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// A class for each record.
    Classes,
    /// A number for each record.
    Numbers,
}

/// Settings that `fit` accepts: every value is in range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// What is learnt.
    pub goal: Goal,
    /// `Auto`, `Linear`, `Mlp` or `Gbdt`.
    pub engine: Engine,
    /// The columns to learn from.
    pub columns: Vec<(String, Role)>,
    /// The engines' parameters as the spec has them; what is left out, each engine chooses.
    pub params: spec::Params,
    /// Interval levels of a regression, percent, ascending.
    pub levels: Vec<u8>,
    /// The probability from which an answer needs no person; 0 where every answer is given.
    pub threshold: f64,
    /// Where training runs.
    pub device: Device,
}

impl Params {
    /// Checks what a spec says about records.
    pub fn from_spec(spec: &ModelSpec) -> Result<Checked, ParamsError> {
        let mut errors = spec::check::check(spec);
        let goal = match spec.task {
            Task::Classification => Goal::Classes,
            Task::Regression => Goal::Numbers,
            Task::Forecast => {
                errors.push(SpecError::at(
                    "/task",
                    "a forecast has no records: use classification or regression",
                ));
                Goal::Numbers
            }
        };
        let data = &spec.data;
        let roles = [
            (&data.text, Role::Text),
            (&data.categorical, Role::Category),
            (&data.numeric, Role::Number),
            (&data.boolean, Role::Flag),
            (&data.date, Role::Date),
        ];
        let columns: Vec<(String, Role)> =
            roles.iter().flat_map(|(names, role)| names.iter().map(|name| (name.clone(), *role))).collect();
        if spec.params.objective.is_some() && goal == Goal::Classes {
            errors.push(SpecError::at("/params/objective", "belongs to a regression: classes have one loss"));
        }
        if spec.confidence_threshold.is_some() && goal == Goal::Numbers {
            let message = "belongs to a classification: a number has intervals instead";
            errors.push(SpecError::at("/confidence_threshold", message));
        }
        for name in spec.params.monotone.keys() {
            if !data.numeric.contains(name) {
                let message = format!("`{name}` is not a numeric column; an order needs one");
                errors.push(SpecError::at(format!("/params/monotone/{name}"), message));
            }
        }
        errors.extend(no_device(spec));
        if !errors.is_empty() {
            return Err(ParamsError(errors));
        }
        let mut levels = spec.intervals.levels.clone();
        levels.sort_unstable();
        levels.dedup();
        Ok(Checked {
            goal,
            engine: spec.engine,
            columns,
            params: spec.params.clone(),
            levels,
            threshold: spec.confidence_threshold.unwrap_or(0.0),
            device: spec.device,
        })
    }
}

/// A GPU that is asked for and cannot be had. Known here, before anything is learnt: `auto` would otherwise find it
/// out at the network, and leave that out.
fn no_device(spec: &ModelSpec) -> Option<SpecError> {
    if spec.device != Device::Cuda {
        return None;
    }
    if !matches!(spec.engine, Engine::Auto | Engine::Mlp) {
        return Some(SpecError::at(
            "/device",
            "a GPU trains `mlp` only: leave it out, or choose that engine",
        ));
    }
    let why = if spec.data.text.is_empty() { gpu().err()? } else { NoGpu::Sparse };
    Some(SpecError::at("/device", format!("no GPU can train this: {why}; leave it out, or set it to `cpu`")))
}

impl Checked {
    /// Whether every class counts alike, however many rows it has.
    pub fn balanced(&self) -> bool {
        self.params.class_weight == Some(ClassWeight::Balanced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::spec::parse_yaml;

    fn checked(text: &str) -> Result<Checked, Vec<String>> {
        let spec = parse_yaml(text).expect("a readable spec").remove(0);
        Params::from_spec(&spec).map_err(|e| e.0.into_iter().map(|e| e.pointer).collect())
    }

    #[test]
    fn columns_keep_their_roles() {
        let text = "{model_key: m, task: classification, confidence_threshold: 0.6, \
                    data: {dataset: d, target: y, text: [name], numeric: [price], date: [day]}}";
        let checked = checked(text).expect("right settings");
        let roles: Vec<_> = checked.columns.iter().map(|(name, role)| (name.as_str(), *role)).collect();
        assert_eq!(roles, [("name", Role::Text), ("price", Role::Number), ("day", Role::Date)]);
        assert_eq!((checked.goal, checked.threshold, checked.balanced()), (Goal::Classes, 0.6, false));
    }

    #[test]
    fn a_gpu_that_cannot_train_is_refused() {
        let text = |engine, column| {
            format!(
                "{{model_key: m, task: classification, device: cuda, engine: {engine}, data: {{dataset: d, target: y, {column}}}}}"
            )
        };
        for (engine, column) in
            [("gbdt", "numeric: [price]"), ("mlp", "text: [name]"), ("auto", "text: [name]")]
        {
            assert_eq!(checked(&text(engine, column)).expect_err("wrong"), ["/device"], "{engine} {column}");
        }
        assert_eq!(checked(&text("mlp", "numeric: [price]")).is_ok(), gpu().is_ok());
        let spec = parse_yaml(&text("mlp", "numeric: [price]")).expect("a readable spec").remove(0);
        if let (Err(why), Some(error)) = (gpu(), no_device(&spec)) {
            assert!(error.message.contains(&why.to_string()), "{error:?}");
        }
    }

    #[test]
    fn what_has_no_meaning_is_named() {
        let text = "{model_key: m, task: regression, engine: gbdt, confidence_threshold: 0.5, \
                    data: {dataset: d, target: y, text: [name]}, params: {monotone: {name: 1}}}";
        assert_eq!(checked(text).expect_err("wrong"), ["/confidence_threshold", "/params/monotone/name"]);
        let text = "{model_key: m, task: classification, engine: gbdt, data: {dataset: d, target: y, text: [name]}, \
                    params: {objective: l1}}";
        assert_eq!(checked(text).expect_err("wrong"), ["/params/objective"]);
    }
}
