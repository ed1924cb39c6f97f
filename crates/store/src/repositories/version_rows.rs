//! How versions and decisions are written and read.

use super::json;
use crate::db::{Row, Tx, args};
use vakhta_domain::dataset::ObjectRef;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::ids::{DatasetVersionId, DecisionId, JobId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::report::{LevelValue, Report, TrainingReport};
use vakhta_domain::version::{ModelVersion, VersionState};

pub(super) const VERSION: &str =
    "workspace, model, id, number, alias, state, job, dataset_version, spec, seed, report,
    artifact_sha256, artifact_bytes, backtest_sha256, backtest_bytes, profile_sha256, profile_bytes, error, reason,
    code_version, created_at";

pub(super) fn version(row: &Row) -> Result<ModelVersion, StoreError> {
    Ok(ModelVersion {
        workspace: WorkspaceId::new(row.text("workspace")?),
        id: VersionId::new(row.text("id")?),
        model: ModelKey::new(row.text("model")?),
        alias: row.maybe_text("alias")?,
        state: row.word("state", |word| VersionState::ALL.into_iter().find(|s| s.as_str() == word))?,
        job: none_if_empty(row.text("job")?).map(JobId::new),
        dataset_version: none_if_empty(row.text("dataset_version")?).map(DatasetVersionId::new),
        spec: row.json("spec")?,
        seed: row.word("seed", |digits| digits.parse().ok())?,
        report: row.maybe_json("report")?,
        artifact: object(row, "artifact_sha256", "artifact_bytes")?,
        backtest: object(row, "backtest_sha256", "backtest_bytes")?,
        profile: object(row, "profile_sha256", "profile_bytes")?,
        error: row.maybe_text("error")?,
        reason: row.maybe_text("reason")?,
        code_version: row.text("code_version")?,
        created_at: row.time("created_at")?,
    })
}

/// The first schema wants a job and a dataset of every version; an imported one has neither, and empty texts there.
fn none_if_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn object(row: &Row, sha256: &str, bytes: &str) -> Result<Option<ObjectRef>, StoreError> {
    match (row.maybe_text(sha256)?, row.maybe_int(bytes)?) {
        (Some(sha256), Some(_)) => Ok(Some(ObjectRef { sha256, bytes: row.u64(bytes)? })),
        _ => Ok(None),
    }
}

/// Adds a version under its model's next number. The caller holds the model's row.
pub(super) async fn add_version(tx: &mut Tx, version: &ModelVersion) -> Result<(), StoreError> {
    let report = version.report.as_ref().map(readable).map(|report| json("report", &report)).transpose()?;
    tx.run(
        "INSERT INTO versions (workspace, model, id, number, alias, state, job, dataset_version, spec, seed, report,
            artifact_sha256, artifact_bytes, backtest_sha256, backtest_bytes, profile_sha256, profile_bytes, error,
            reason, code_version, created_at)
         VALUES (?, ?, ?,
            (SELECT COALESCE(MAX(number), 0) + 1 FROM versions WHERE workspace = ? AND model = ?),
            ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        args![
            version.workspace.as_str(),
            version.model.as_str(),
            version.id.as_str(),
            version.workspace.as_str(),
            version.model.as_str(),
            version.alias.as_deref(),
            version.state.as_str(),
            version.job.as_ref().map_or("", JobId::as_str),
            version.dataset_version.as_ref().map_or("", DatasetVersionId::as_str),
            json("model spec", &version.spec)?,
            version.seed.to_string(),
            report,
            version.artifact.as_ref().map(|artifact| artifact.sha256.as_str()),
            version.artifact.as_ref().map(|artifact| artifact.bytes),
            version.backtest.as_ref().map(|backtest| backtest.sha256.as_str()),
            version.backtest.as_ref().map(|backtest| backtest.bytes),
            version.profile.as_ref().map(|profile| profile.sha256.as_str()),
            version.profile.as_ref().map(|profile| profile.bytes),
            version.error.as_deref(),
            version.reason.as_deref(),
            version.code_version.as_str(),
            version.created_at,
        ],
    )
    .await
    .map(|_| ())
}

/// The report with each number that JSON cannot hold replaced by the largest that it can: a report of a
/// version that was refused for an infinite forecast must be readable again.
fn readable(report: &Report) -> Report {
    let mut report = report.clone();
    match &mut report {
        Report::Forecast(report) => make_readable(report),
        Report::Records(report) => report.importance.iter_mut().for_each(|i| finite(&mut i.gain)),
    }
    report
}

fn finite(number: &mut f64) {
    if !number.is_finite() {
        *number = f64::MAX;
    }
}

fn make_readable(report: &mut TrainingReport) {
    finite(&mut report.largest_ratio);
    report.importance.iter_mut().for_each(|importance| finite(&mut importance.gain));
    let folds = report
        .folds
        .iter_mut()
        .flat_map(|fold| [&mut fold.model, &mut fold.seasonal_naive, &mut fold.weekday_mean]);
    let parts = report.by_series.iter_mut().map(|series| &mut series.metrics);
    let steps = report.by_horizon.iter_mut().map(|step| &mut step.metrics);
    let all = [&mut report.overall, &mut report.seasonal_naive, &mut report.weekday_mean];
    for metrics in folds.chain(parts).chain(steps).chain(all) {
        // A level that nothing can be said about is left out.
        metrics.coverage.retain(|LevelValue { value, .. }| value.is_finite());
        metrics.width.retain(|LevelValue { value, .. }| value.is_finite());
    }
}

pub(super) const DECISION: &str =
    "id, model, number, kind, version, previous, reason, evidence, decided_by, decided_at";

pub(super) fn decision(row: &Row) -> Result<Decision, StoreError> {
    Ok(Decision {
        id: DecisionId::new(row.text("id")?),
        model: ModelKey::new(row.text("model")?),
        kind: row.word("kind", DecisionKind::parse)?,
        version: VersionId::new(row.text("version")?),
        previous: row.maybe_text("previous")?.map(VersionId::new),
        reason: row.text("reason")?,
        evidence: row.json("evidence")?,
        decided_by: row.text("decided_by")?,
        at: row.time("decided_at")?,
    })
}

/// Adds a decision under its model's next number. The caller holds the model's row.
pub(super) async fn add_decision(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    decision: &Decision,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO decisions (id, workspace, model, number, kind, version, previous, reason, evidence,
            decided_by, decided_at)
         VALUES (?, ?, ?,
            (SELECT COALESCE(MAX(number), 0) + 1 FROM decisions WHERE workspace = ? AND model = ?),
            ?, ?, ?, ?, ?, ?, ?)",
        args![
            decision.id.as_str(),
            workspace.as_str(),
            decision.model.as_str(),
            workspace.as_str(),
            decision.model.as_str(),
            decision.kind.as_str(),
            decision.version.as_str(),
            decision.previous.as_ref().map(VersionId::as_str),
            decision.reason.as_str(),
            json("decision", &decision.evidence)?,
            decision.decided_by.as_str(),
            decision.at,
        ],
    )
    .await
    .map(|_| ())
}
