//! What becomes of a freshly trained version: the rules' questions, asked of what was measured.

use crate::Lifecycle;
use crate::contest;
use crate::jobs::pulse::Pulse;
use crate::train::{TrainFailure, Trained, blocking};
use crate::training::TrainPayload;
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::decision::{DecisionKind, unfit};
use vakhta_domain::evidence::Evidence;
use vakhta_domain::ids::VersionId;
use vakhta_domain::model::Model;
use vakhta_domain::promotion::{self, Case, Limits, Measured, Outcome};
use vakhta_domain::report::{Quality, Report};
use vakhta_domain::spec::Metric;

/// The share of a training's work, in millionths, at which it is held against the champion.
const COMPARE: u32 = 970_000;

/// What becomes of a version, why, and the numbers that it was taken from.
pub(crate) struct Judged {
    pub kind: DecisionKind,
    pub reason: String,
    pub evidence: serde_json::Value,
}

/// Guards first; the first version that passes them serves; another one must beat the champion on the same rows.
pub(crate) async fn judge(
    app: &Arc<Lifecycle>,
    pulse: &Arc<Pulse>,
    payload: &TrainPayload,
    trained: &Trained,
    report: &Report,
    current: &Model,
) -> Result<Judged, TrainFailure> {
    if let Some(reason) = unfit(report) {
        return Ok(Judged { kind: DecisionKind::Rejected, reason, evidence: measured(report) });
    }
    let Some(champion) = &current.champion else {
        let reason = "the first version that passed the guards".into();
        return Ok(Judged { kind: DecisionKind::FirstChampion, reason, evidence: measured(report) });
    };
    if pulse.enter("compare", COMPARE).is_break() {
        return Err(TrainFailure::Stopped);
    }
    let case = Case {
        candidate: trained.id.clone(),
        champion: Some(champion.clone()),
        measured: Measured {
            broken: 0,
            largest_ratio: report.forecast().map(|report| report.largest_ratio),
            latency_ms: None,
            size_bytes: Some(trained.artifact.bytes),
        },
        evidence: against(app, pulse, payload, trained, current, champion).await?,
        force: payload.force_deploy,
    };
    let policy = payload.spec.policies.promote.clone().unwrap_or_default();
    let verdict = promotion::judge(&case, &policy, &Limits::default());
    let over = error_over(report, payload);
    let kind = match verdict.outcome {
        Outcome::Promote if over.is_some() => DecisionKind::Kept,
        Outcome::Promote => DecisionKind::Promoted,
        Outcome::Challenge if over.is_none() => DecisionKind::Challenger,
        Outcome::Challenge | Outcome::Keep => DecisionKind::Kept,
        Outcome::Reject => DecisionKind::Rejected,
    };
    let reason = over.unwrap_or_else(|| verdict.reason.words());
    pulse.say(format!("held against {champion}: {reason}"));
    let mut evidence = measured(report);
    evidence["case"] = json!(case);
    evidence["verdict"] = json!(verdict);
    evidence["policy"] = json!(policy);
    Ok(Judged { kind, reason, evidence })
}

/// Why a version's own error is over what the asker allows.
fn error_over(report: &Report, payload: &TrainPayload) -> Option<String> {
    let limit = payload.error_limit?;
    let error = match report {
        Report::Forecast(report) => match payload.spec.validation.metric {
            Metric::Mape => report.overall.mape,
            Metric::Smape => report.overall.smape,
            _ => report.overall.wape,
        },
        Report::Records(report) => match report.quality.as_ref()? {
            Quality::Classification(quality) => quality.accuracy.map(|accuracy| 100.0 * (1.0 - accuracy)),
            Quality::Regression(quality) => quality.mape,
        },
    }?;
    (error > limit).then(|| format!("its error of {error:.2}% is over the {limit}% that was asked for"))
}

/// The version and the champion on the same rows.
async fn against(
    app: &Arc<Lifecycle>,
    pulse: &Arc<Pulse>,
    payload: &TrainPayload,
    trained: &Trained,
    current: &Model,
    champion: &VersionId,
) -> Result<Option<Evidence>, TrainFailure> {
    let rival = match contest::rival(app, &current.workspace, &current.key, champion).await? {
        Ok(rival) => rival,
        Err(reason) => {
            pulse.say(format!("not compared: {reason}"));
            return Ok(None);
        }
    };
    let (rows, spec, learnt) = (trained.rows.clone(), payload.spec.clone(), trained.learnt.clone());
    let held = blocking(move || contest::hold(rows, &spec, &learnt, &rival)).await?;
    Ok(held.unwrap_or_else(|reason| {
        pulse.say(format!("not compared: {reason}"));
        None
    }))
}

/// The numbers that a new version is judged by alone.
fn measured(report: &Report) -> serde_json::Value {
    match report {
        Report::Forecast(report) => json!({
            "overall": report.overall,
            "seasonal_naive": report.seasonal_naive,
            "weekday_mean": report.weekday_mean,
            "largest_ratio": report.largest_ratio,
        }),
        Report::Records(report) => {
            let brief = |quality: &Option<Quality>| quality.as_ref().map(Quality::brief);
            json!({ "quality": brief(&report.quality), "baseline": brief(&report.baseline) })
        }
    }
}
