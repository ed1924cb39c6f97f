//! A model that another program learnt, as a fitted one: numbers in as they are, and nothing that was not measured.

use super::engine::{Learnt, Model, Unit};
use super::fit::note;
use super::fitted::{Fitted, Parts};
use super::params::{Checked, Goal};
use super::pipeline::Pipeline;
use super::weight;
use crate::evaluate::Calibration;
use serde_json::json;
use vakhta_domain::report::RecordsReport;

impl Fitted {
    /// Of what another program learnt over these columns of numbers, which must fit it; the classes in its order, none
    /// for numbers. Its quality is not known, so numbers have no intervals and probabilities no calibration.
    pub(crate) fn imported(
        columns: Vec<String>,
        classes: Vec<String>,
        learnt: Learnt,
        settings: &Checked,
    ) -> Self {
        let outputs = classes.len().max(1);
        let (engine, params) = match &learnt {
            Learnt::Mlp(net) => {
                let layers = net.layers();
                let hidden: Vec<usize> = layers.iter().skip(1).map(|layer| layer.inputs).collect();
                ("imported_mlp", json!({ "hidden_layers": hidden, "activation": net.activation() }))
            }
            Learnt::Trees(forest) => ("imported_trees", json!({ "trees": forest.ensemble.trees.len() })),
            Learnt::Linear(_) | Learnt::Prior(_) => ("imported", json!({})),
        };
        let pipeline = Pipeline::plain(columns);
        let mut notes = vec![note(
            "imported",
            0,
            "another program learnt this model; its quality was not measured".into(),
        )];
        if settings.goal == Goal::Numbers && !settings.levels.is_empty() {
            let text = "no intervals: they are learnt from held-out rows, and a file brings none";
            notes.push(note("no_intervals", settings.levels.len(), text.into()));
        }
        if let Learnt::Mlp(_) = &learnt {
            let text = "a missing number counts as zero: networks of other programs refuse such rows";
            notes.push(note("missing_as_zero", 0, text.into()));
        }
        let unit = Unit { center: 0.0, spread: 1.0 };
        let model = Model { pipeline, learnt, outputs, unit };
        let report = RecordsReport {
            engine: engine.into(),
            quality: None,
            baseline: None,
            candidates: Vec::new(),
            importance: weight::told_by_trees(&model),
            params,
            train_rows: None,
            test_rows: 0,
            notes,
        };
        Self(Parts {
            goal: settings.goal,
            classes: classes.into_iter().map(Into::into).collect(),
            model,
            calibration: Calibration::None,
            widths: Vec::new(),
            held: None,
            threshold: settings.threshold,
            report,
        })
    }
}
