//! Versions beside the champion: what both said of the same days, what becomes of them, and how a challenger begins.

mod begin;
mod daily;
mod losses;
mod verdicts;

pub use begin::{Asked, ChallengerError, begin, drop_challenger};
pub(crate) use verdicts::shadow_after;

use crate::Lifecycle;
use crate::jobs::pulse::Pulse;
use crate::serve;
use jiff::Timestamp;
use std::sync::Arc;
use vakhta_domain::ids::{DecisionId, VersionId};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{PromotePolicy, Task};
use vakhta_domain::trial::{Arm, Mode, Part};

/// Days that a challenger is tried where its model's policy has no probation.
const DAYS: u32 = 28;

/// The promotion policy of a model.
pub(crate) fn policy(model: &Model) -> PromotePolicy {
    model.spec.policies.promote.clone().unwrap_or_default()
}

/// The former champion's part in the probation of `version`; none where nothing served or the policy asks for none.
pub(crate) fn probation(
    model: &Model,
    version: &VersionId,
    decision: &DecisionId,
    at: Timestamp,
) -> Option<Arm> {
    let days = policy(model).probation_days;
    let former = model.champion.clone().filter(|former| days > 0 && former != version)?;
    Some(Arm {
        workspace: model.workspace.clone(),
        model: model.key.clone(),
        part: Part::Former,
        version: former,
        against: version.clone(),
        mode: Mode::Shadow,
        days,
        since: at,
        step_since: at,
        decision: decision.clone(),
    })
}

/// A challenger of the serving version; none where nothing serves.
pub(crate) fn challenger(
    model: &Model,
    version: &VersionId,
    mode: Mode,
    days: Option<u32>,
    decision: &DecisionId,
    at: Timestamp,
) -> Option<Arm> {
    let days = days.unwrap_or(match policy(model).probation_days {
        0 => DAYS,
        days => days,
    });
    Some(Arm {
        workspace: model.workspace.clone(),
        model: model.key.clone(),
        part: Part::Challenger,
        version: version.clone(),
        against: model.champion.clone()?,
        mode,
        days,
        since: at,
        step_since: at,
        decision: decision.clone(),
    })
}

/// Looks after what answers beside a model's champion: makes the day's forecasts for the comparison, and does what
/// the evidence asks for. How many there are.
pub(crate) async fn watch(app: &Arc<Lifecycle>, model: &Model, pulse: &Pulse) -> Result<usize, StoreError> {
    let arms = app.ports.arms.arms(&model.workspace, &model.key).await?;
    let arms: Vec<Arm> =
        arms.into_iter().filter(|arm| Some(&arm.against) == model.champion.as_ref()).collect();
    if arms.is_empty() {
        return Ok(0);
    }
    if model.spec.task == Task::Forecast {
        daily::make(app, model, &arms, pulse).await?;
    }
    for arm in &arms {
        let done = verdicts::judge(app, model, arm, pulse).await?;
        serve::refresh(app).await?;
        app.signals.bump();
        if done == verdicts::Done::Switched {
            // What answered beside the former champion ended with it.
            break;
        }
    }
    Ok(arms.len())
}
