//! The parameters in force, by the names they have in a spec.

use super::engine::{Learnt, Model, net_params};
use super::forest;
use serde_json::{Value, json};
use vakhta_domain::spec;

/// What the kept model was taught with: what the spec gives, and what the engine chose where it gives nothing.
pub fn effective_params(model: &Model, given: &spec::Params) -> Value {
    let chosen = match &model.learnt {
        Learnt::Prior(_) => json!({}),
        Learnt::Linear(_) => json!({ "alpha": given.alpha }),
        Learnt::Mlp(net) => {
            let params = net_params(given, model.pipeline.has_text());
            let layers = net.layers();
            let hidden: Vec<usize> = layers.iter().map(|layer| layer.outputs).collect();
            json!({
                "hidden_layers": hidden[..hidden.len().saturating_sub(1)],
                "activation": params.activation,
                "solver": params.solver,
                "learning_rate": params.learning_rate,
                "schedule": params.schedule,
                "alpha": params.alpha,
                "dropout": params.dropout,
                "max_epochs": params.max_epochs,
                "early_stopping": params.early_stopping,
            })
        }
        Learnt::Trees(trees) => {
            let rounds = trees.ensemble.trees.len() / trees.ensemble.outputs().max(1);
            json!({
                "rounds": rounds,
                "leaves": given.leaves.map_or(forest::LEAVES, |leaves| leaves as usize),
                "learning_rate": given.learning_rate.unwrap_or(forest::RATE),
            })
        }
    };
    let mut all = serde_json::to_value(given).unwrap_or_default();
    if let (Value::Object(all), Value::Object(chosen)) = (&mut all, chosen) {
        all.extend(chosen.into_iter().filter(|(_, value)| !value.is_null()));
    }
    all
}
