//! Answers for tensors: the same models, limits and prediction log as for records, for programs that send arrays.

mod columns;
mod outputs;
mod tensor;

pub use tensor::{Elements, Kind, Tensor, TensorSpec};

use super::beside::{beside, others, shadow};
use super::loaded::Loaded;
use super::predict::{self, MAX_RECORDS, PredictRequest};
use super::{ServeError, choose, log};
use crate::Lifecycle;
use crate::learnt::Learnt;
use std::sync::Arc;
use vakhta_domain::ids::{self, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::spec::SpecError;
use vakhta_domain::user::Actor;

/// Tensors to answer.
#[derive(Debug, Clone)]
pub struct InferRequest {
    /// The model.
    pub model: ModelKey,
    /// A version by id or alias; else the serving one.
    pub version: Option<String>,
    /// What [`Described::inputs`] names.
    pub inputs: Vec<Tensor>,
    /// Which of [`Described::outputs`] are wanted; none for all.
    pub outputs: Option<Vec<String>>,
}

/// Answers as tensors.
#[derive(Debug, Clone, PartialEq)]
pub struct InferAnswer {
    /// The model.
    pub model: ModelKey,
    /// The version that answered.
    pub version: VersionId,
    /// The tensors that were wanted, in the order of [`Described::outputs`].
    pub outputs: Vec<Tensor>,
}

/// A version as programs that send arrays see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The version.
    pub version: VersionId,
    /// Versions of the model that can answer, newest first; at most a hundred.
    pub versions: Vec<VersionId>,
    /// The engine that answers.
    pub engine: String,
    /// The tensors that it takes.
    pub inputs: Vec<TensorSpec>,
    /// The tensors that it gives.
    pub outputs: Vec<TensorSpec>,
}

/// The tensors that a version takes and gives. The version is in memory when this returns.
pub async fn describe(
    app: &Arc<Lifecycle>,
    workspace: &WorkspaceId,
    model: &ModelKey,
    version: Option<&str>,
) -> Result<Described, ServeError> {
    let loaded = choose(app, workspace, model, version).await?;
    let page = app.ports.versions.versions(workspace, model, &PageQuery::first(100)).await?;
    let servable = page.items.into_iter().filter(|version| version.state.is_servable());
    Ok(Described {
        version: loaded.version.id.clone(),
        versions: servable.map(|version| version.id).collect(),
        engine: loaded.version.report.as_ref().map_or("unknown", |report| report.engine()).to_owned(),
        inputs: columns::taken(&loaded.version.spec),
        outputs: outputs::given(&loaded),
    })
}

/// Answers tensors, all rows or none. The answers are in the prediction log when this returns.
pub async fn infer(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    request: InferRequest,
) -> Result<InferAnswer, ServeError> {
    let begun = app.ports.clock.now();
    let loaded = choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    outputs::check(&loaded, request.outputs.as_deref())?;
    let arms = beside(app, &loaded);
    // Only where somebody answers in shadow are the tensors kept for longer.
    let asked = (!arms.is_empty()).then(|| request.clone());
    let computed = tokio::task::spawn_blocking({
        let loaded = loaded.clone();
        move || compute(&loaded, request)
    });
    let Computed { lines, outputs } = computed.await.map_err(|panic| loaded.unusable(&panic))??;
    let id = actor.request_id.clone().unwrap_or_else(|| ids::fresh("infer", &*app.ports.chance));
    log::lines(app, &loaded, &log::Request { id: &id, begun, mark: None }, lines).await?;
    if let Some(asked) = asked {
        let others = others(&loaded, &arms, &loaded.version.id);
        shadow(app, &loaded, others, &id, asked, |loaded, asked| {
            compute(loaded, asked.clone()).map(|computed| computed.lines)
        });
    }
    Ok(InferAnswer { model: loaded.version.model.clone(), version: loaded.version.id.clone(), outputs })
}

/// Outputs, and what the log keeps of each row.
struct Computed {
    lines: Vec<log::Line>,
    outputs: Vec<Tensor>,
}

fn lines(inputs: Vec<String>, keys: Vec<String>, entries: Vec<outputs::Entry>) -> Vec<log::Line> {
    let rows = inputs.into_iter().zip(keys).zip(entries);
    rows.map(|((input, key), outputs::Entry { value, output })| log::Line { key, input, value, output })
        .collect()
}

fn compute(loaded: &Loaded, request: InferRequest) -> Result<Computed, ServeError> {
    let rows = columns::rows(&request.inputs)?;
    if rows == 0 || rows > MAX_RECORDS {
        let text = format!("{rows} rows came, 1 to {MAX_RECORDS} are taken; split them");
        return Err(ServeError::BadInput(vec![SpecError::at("/inputs", text)]));
    }
    match &loaded.learnt {
        Learnt::Records(fitted) => {
            let records = columns::records(&loaded.version.spec.data, request.inputs)?;
            let inputs = columns::as_json(&records);
            let (entries, outputs) = outputs::of_records(fitted, &records, request.outputs.as_deref());
            let keys = (0..rows).map(|row| row.to_string()).collect();
            Ok(Computed { lines: lines(inputs, keys, entries), outputs })
        }
        Learnt::Forecast(_) => {
            let data = columns::objects(&loaded.version.spec.data, request.inputs)?;
            let request = PredictRequest {
                model: request.model,
                version: request.version,
                data,
                key: None,
                top: None,
                explain: false,
            };
            let computed = predict::compute(loaded, &request)?;
            let (entries, outputs) = outputs::of_predictions(computed.predictions)?;
            let text = |object| serde_json::to_string(object).unwrap_or_default();
            let inputs = request.data.iter().map(text).collect();
            Ok(Computed { lines: lines(inputs, computed.keys, entries), outputs })
        }
    }
}
