//! The saved model of records: a JSON head (columns, classes, report), then weights bit for bit.
//!
//! Nothing in the bytes is believed before it is checked.

#[cfg(test)]
mod tests;

use super::engine::{Learnt, Model, Unit};
use super::fitted::{Fitted, Parts};
use super::forest::Forest;
use super::linear::Linear;
use super::params::Goal;
use super::pipeline::{HeadColumn, Pipeline};
use crate::artifact::{ArtifactError, Reader, Writer, open, seal, unsound};
use crate::evaluate::Calibration;
use crate::nets::Net;
use crate::trees::{Ensemble, Link};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use vakhta_domain::report::RecordsReport;

/// The first bytes of every saved model of records.
const MAGIC: &[u8; 8] = b"VKHTRECS";
/// The version of the format.
const VERSION: u32 = 1;

/// The part that is JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    goal: Goal,
    kind: LearntKind,
    classes: Vec<Arc<str>>,
    unit: Unit,
    calibration: Calibration,
    widths: Vec<(u8, f64)>,
    threshold: f64,
    columns: Vec<HeadColumn>,
    report: RecordsReport,
}

/// Which engine's weights follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LearntKind {
    Prior,
    Linear,
    Mlp,
    Trees,
    TreesWithTexts,
}

impl Fitted {
    /// The model as bytes, sealed with a digest.
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts = &self.0;
        let head = Head {
            goal: parts.goal,
            kind: match &parts.model.learnt {
                Learnt::Prior(_) => LearntKind::Prior,
                Learnt::Linear(_) => LearntKind::Linear,
                Learnt::Mlp(_) => LearntKind::Mlp,
                Learnt::Trees(forest) if forest.texts.is_some() => LearntKind::TreesWithTexts,
                Learnt::Trees(_) => LearntKind::Trees,
            },
            classes: parts.classes.clone(),
            unit: parts.model.unit,
            calibration: parts.calibration.clone(),
            widths: parts.widths.clone(),
            threshold: parts.threshold,
            columns: parts.model.pipeline.head(),
            report: parts.report.clone(),
        };
        let head = serde_json::to_vec(&head).expect("names, numbers and lists are JSON");
        let mut body = Writer::default();
        body.bytes(&head);
        parts.model.pipeline.write(&mut body);
        match &parts.model.learnt {
            Learnt::Prior(prior) => body.f64s(prior),
            Learnt::Linear(linear) => linear.write(&mut body),
            Learnt::Mlp(net) => net.write(&mut body),
            Learnt::Trees(forest) => {
                if let Some(texts) = &forest.texts {
                    texts.write(&mut body);
                }
                forest.ensemble.write(&mut body);
            }
        }
        seal(MAGIC, VERSION, &body.0)
    }

    /// The model that [`Fitted::to_bytes`] wrote. It answers exactly as the original does.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ArtifactError> {
        let mut body = Reader(open(MAGIC, VERSION, bytes)?);
        let head: Head = match serde_json::from_slice(body.bytes()?) {
            Ok(head) => head,
            Err(error) => return unsound(format!("its head cannot be read, {error}")),
        };
        check(&head)?;
        let outputs = head.classes.len().max(1);
        let pipeline = Pipeline::read(head.columns, &mut body)?;
        let learnt = read_learnt(head.kind, head.goal, &pipeline, outputs, &mut body)?;
        if !body.0.is_empty() {
            return unsound(format!("{} bytes are left over", body.0.len()));
        }
        Ok(Self(Parts {
            goal: head.goal,
            classes: head.classes,
            model: Model { pipeline, learnt, outputs, unit: head.unit },
            calibration: head.calibration,
            widths: head.widths,
            threshold: head.threshold,
            report: head.report,
            held: None,
        }))
    }
}

fn check(head: &Head) -> Result<(), ArtifactError> {
    let unit = head.unit;
    if !(unit.center.is_finite() && unit.spread.is_finite() && unit.spread > 0.0) {
        return unsound("its unit is not one");
    }
    if (head.goal == Goal::Classes) == head.classes.is_empty() {
        return unsound(format!("{} classes for {:?}", head.classes.len(), head.goal));
    }
    if head.classes.len() == 1 && head.kind != LearntKind::Prior {
        return unsound("one class and more than one answer");
    }
    if !head.calibration.is_sound(head.classes.len()) {
        return unsound("its calibration does not give probabilities");
    }
    let levels = head.widths.iter().all(|(level, half)| (1..=99).contains(level) && *half >= 0.0);
    if !levels || !(0.0..=1.0).contains(&head.threshold) {
        return unsound("an interval or the confidence threshold is out of range");
    }
    Ok(())
}

fn read_learnt(
    kind: LearntKind,
    goal: Goal,
    pipeline: &Pipeline,
    outputs: usize,
    body: &mut Reader<'_>,
) -> Result<Learnt, ArtifactError> {
    match kind {
        LearntKind::Prior => {
            let prior = body.f64s()?;
            let fits = match goal {
                Goal::Classes => prior.iter().all(|p| (0.0..=1.0).contains(p)),
                Goal::Numbers => prior.iter().all(|v| v.is_finite()),
            };
            if prior.len() == outputs && fits {
                Ok(Learnt::Prior(prior))
            } else {
                unsound("its frequencies are wrong")
            }
        }
        LearntKind::Linear => {
            Ok(Learnt::Linear(Linear::read(body, pipeline.dense + pipeline.sparse, outputs)?))
        }
        LearntKind::Mlp => {
            let net = Net::read(body)?;
            if net.widths() != (pipeline.dense, pipeline.sparse) || net.outputs() != outputs {
                return unsound("its network does not fit its columns or classes");
            }
            Ok(Learnt::Mlp(Box::new(net)))
        }
        LearntKind::Trees | LearntKind::TreesWithTexts => {
            let texts = if kind == LearntKind::TreesWithTexts {
                Some(Linear::read(body, pipeline.sparse, outputs)?)
            } else {
                None
            };
            let mut forest = Forest { ensemble: Ensemble::default(), texts };
            let width = forest.width(pipeline);
            forest.ensemble = Ensemble::read(body, width)?;
            let trees = &forest.ensemble;
            let fits = match (goal, outputs, trees.link) {
                (Goal::Numbers, _, Link::Identity | Link::Exp) | (Goal::Classes, 2, Link::Logistic) => {
                    trees.outputs() == 1
                }
                // A forest's answers are probabilities as they are.
                (Goal::Classes, _, Link::Softmax | Link::Identity) => trees.outputs() == outputs,
                _ => false,
            };
            if fits {
                Ok(Learnt::Trees(Box::new(forest)))
            } else {
                unsound("its trees do not fit its classes")
            }
        }
    }
}
