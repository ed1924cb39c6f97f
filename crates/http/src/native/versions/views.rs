//! Versions, deployments and decisions as callers see them.

use super::challenger::ArmMode;
use super::metrics::MetricsView;
use super::report::TrainingReportView;
use crate::App;
use crate::problem::Problem;
use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::ToSchema;
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::deployment::Deployment;
use vakhta_domain::ids::{DatasetKey, DatasetVersionId, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::report::{Quality, RecordsReport, Report};
use vakhta_domain::spec::ModelSpec;
use vakhta_domain::trial::{Arm, Mode, Part};
use vakhta_domain::version::{ModelVersion, Origin, VersionState};

/// A trained version.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub struct VersionView {
    /// Its identity, `v_YYYYMMDD_HHMMSS_xxxxxxxx`.
    pub id: String,
    /// A name given at training.
    pub alias: Option<String>,
    /// Where it stands.
    #[schema(value_type = words::VersionState)]
    pub state: VersionState,
    /// Where it came from: `trained` here, or `imported` from another program's file.
    #[schema(value_type = words::Origin)]
    pub origin: Origin,
    /// When its training ended, or when it was imported.
    pub created_at: Timestamp,
    /// The engine that was used; the one asked for where training failed; `imported_mlp` or `imported_trees`.
    pub engine: String,
    /// Of a forecast: accuracy over all validation folds; null where training failed.
    pub metrics: Option<MetricsView>,
    /// The seasonal naive's, on the same rows.
    pub seasonal_naive: Option<MetricsView>,
    /// The same-weekday mean's, on the same rows.
    pub weekday_mean: Option<MetricsView>,
    /// Of a model of records: quality on held-out rows, without its lists; null where training failed or
    /// nobody measured it, as of an imported version.
    #[schema(value_type = Option<words::Quality>)]
    pub quality: Option<Quality>,
    /// That of answering without looking at the columns, on the same rows.
    #[schema(value_type = Option<words::Quality>)]
    pub baseline: Option<Quality>,
    /// The dataset it learnt from; null where another program knows.
    pub dataset: Option<String>,
    /// The number of the dataset version it learnt from.
    pub dataset_version: Option<u32>,
    /// The seed that it can be made again from.
    pub seed: u64,
    /// SHA-256 of the saved model; null where training failed.
    pub artifact_sha256: Option<String>,
    /// The saved model's size.
    pub artifact_bytes: Option<u64>,
    /// The job that trained it; null where it was imported.
    pub job_id: Option<String>,
    /// Why training failed.
    pub error: Option<String>,
    /// Why it was trained or imported, in the asker's words.
    pub reason: Option<String>,
    /// The program that trained or imported it.
    pub code_version: String,
}

impl VersionView {
    fn new(version: &ModelVersion, dataset_version: Option<u32>) -> Self {
        let report = version.report.as_ref();
        let forecast = report.and_then(Report::forecast);
        let records = report.and_then(Report::records);
        let asked = serde_json::to_value(version.spec.engine).ok();
        let asked = asked.as_ref().and_then(Value::as_str).unwrap_or_default();
        Self {
            id: version.id.as_str().to_owned(),
            alias: version.alias.clone(),
            state: version.state,
            origin: version.origin(),
            created_at: version.created_at,
            engine: report.map_or(asked, Report::engine).to_owned(),
            metrics: forecast.map(|r| r.overall.clone().into()),
            seasonal_naive: forecast.map(|r| r.seasonal_naive.clone().into()),
            weekday_mean: forecast.map(|r| r.weekday_mean.clone().into()),
            quality: records.and_then(|r| r.quality.as_ref()).map(Quality::brief),
            baseline: records.and_then(|r| r.baseline.as_ref()).map(Quality::brief),
            dataset: version.dataset_version.as_ref().map(|_| version.spec.data.dataset.clone()),
            dataset_version,
            seed: version.seed,
            artifact_sha256: version.artifact.as_ref().map(|a| a.sha256.clone()),
            artifact_bytes: version.artifact.as_ref().map(|a| a.bytes),
            job_id: version.job.as_ref().map(|job| job.as_str().to_owned()),
            error: version.error.clone(),
            reason: version.reason.clone(),
            code_version: version.code_version.clone(),
        }
    }

    /// Versions with the numbers of their dataset versions.
    pub(crate) async fn of(
        app: &App,
        workspace: &WorkspaceId,
        versions: &[ModelVersion],
    ) -> Result<Vec<Self>, Problem> {
        let mut numbers: HashMap<String, HashMap<DatasetVersionId, u32>> = HashMap::new();
        let mut views = Vec::with_capacity(versions.len());
        for version in versions {
            let Some(learnt_from) = &version.dataset_version else {
                views.push(Self::new(version, None));
                continue;
            };
            let dataset = &version.spec.data.dataset;
            if !numbers.contains_key(dataset) {
                numbers.insert(dataset.clone(), numbers_of(app, workspace, dataset).await?);
            }
            views.push(Self::new(version, numbers[dataset].get(learnt_from).copied()));
        }
        Ok(views)
    }
}

/// The number of each version of a dataset.
async fn numbers_of(
    app: &App,
    workspace: &WorkspaceId,
    dataset: &str,
) -> Result<HashMap<DatasetVersionId, u32>, Problem> {
    let key = DatasetKey::new(dataset);
    let mut numbers = HashMap::new();
    let mut query = PageQuery::first(500);
    loop {
        let page = app.ports().datasets.dataset_versions(workspace, &key, &query).await?;
        numbers.extend(page.items.into_iter().map(|version| (version.id, version.number)));
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(numbers),
        }
    }
}

/// A version with all that its training found out.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionDetail {
    #[serde(flatten)]
    version: VersionView,
    /// What training found out about a forecast; null for other tasks and where it failed.
    report: Option<TrainingReportView>,
    /// What training found out about a model of records; null for forecasts and where it failed.
    #[schema(value_type = Option<words::RecordsReport>)]
    records_report: Option<Box<RecordsReport>>,
    /// The spec it was trained by.
    #[schema(value_type = words::ModelSpec)]
    spec: ModelSpec,
}

impl VersionDetail {
    /// A version with its report and spec.
    pub(crate) async fn of(app: &App, version: ModelVersion) -> Result<Self, Problem> {
        let views = VersionView::of(app, &version.workspace, std::slice::from_ref(&version)).await?;
        let view = views.into_iter().next().ok_or_else(|| Problem::internal(&"a version lost its view"))?;
        let (report, records_report) = match version.report {
            Some(Report::Forecast(report)) => (Some((*report).into()), None),
            Some(Report::Records(report)) => (None, Some(report)),
            None => (None, None),
        };
        Ok(Self { version: view, report, records_report, spec: version.spec })
    }
}

/// One stretch of time in which a version served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deployment)]
pub struct DeploymentView {
    /// The version.
    pub version: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; null while it serves.
    pub until: Option<Timestamp>,
    /// The decision that put it there.
    pub decision_id: String,
    /// Grows by one with each switch of the model.
    pub generation: u64,
}

impl From<Deployment> for DeploymentView {
    fn from(deployment: Deployment) -> Self {
        Self {
            version: deployment.version.as_str().to_owned(),
            since: deployment.since,
            until: deployment.until,
            decision_id: deployment.decision.as_str().to_owned(),
            generation: deployment.generation,
        }
    }
}

/// A version that answers beside the champion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Arm)]
pub struct ArmView {
    /// What it is there for: `former` in the new champion's probation, or `challenger`.
    #[schema(value_type = words::ArmPart)]
    pub part: Part,
    /// The version.
    pub version: String,
    /// The champion that it is held against.
    pub against: String,
    /// Whom it answers.
    pub mode: ArmMode,
    /// The share of the keys that it answers now, 0 to 1.
    pub share: f64,
    /// Of a canary: the share of each step.
    pub steps: Option<Vec<f64>>,
    /// Of a canary: the step that it is on, from 0.
    pub step: Option<usize>,
    /// Days that it lasts, at most; of a canary those of a step.
    pub days: u64,
    /// Since when.
    pub since: Timestamp,
    /// Since when it has had its share.
    pub step_since: Timestamp,
    /// The decision that put it there.
    pub decision_id: String,
}

impl From<Arm> for ArmView {
    fn from(arm: Arm) -> Self {
        let (mode, steps, step, days) = match &arm.mode {
            Mode::Shadow => (ArmMode::Shadow, None, None, arm.days.into()),
            Mode::Ab { .. } => (ArmMode::Ab, None, None, arm.days.into()),
            Mode::Canary { canary, step } => {
                (ArmMode::Canary, Some(canary.steps.clone()), Some(*step), canary.days)
            }
        };
        Self {
            part: arm.part,
            version: arm.version.as_str().to_owned(),
            against: arm.against.as_str().to_owned(),
            mode,
            share: arm.mode.share(),
            steps,
            step,
            days,
            since: arm.since,
            step_since: arm.step_since,
            decision_id: arm.decision.as_str().to_owned(),
        }
    }
}

/// A model's deployments, and what answers beside its champion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deployments)]
pub struct DeploymentsView {
    /// Deployments, newest first; the one without an end serves.
    pub items: Vec<DeploymentView>,
    /// What to send as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// The former champion in a probation, and the challenger, where there are any.
    pub beside: Vec<ArmView>,
}

/// A decision: what, why in words, and the numbers it was taken from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision)]
pub struct DecisionView {
    /// Its identity.
    pub id: String,
    /// What was decided.
    #[schema(value_type = words::DecisionKind)]
    pub kind: DecisionKind,
    /// The version that it is about.
    pub version: String,
    /// The version that served before.
    pub previous: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// The numbers.
    pub evidence: Value,
    /// Who decided, by name.
    pub decided_by: String,
    /// When.
    pub at: Timestamp,
}

impl From<Decision> for DecisionView {
    fn from(decision: Decision) -> Self {
        Self {
            id: decision.id.as_str().to_owned(),
            kind: decision.kind,
            version: decision.version.as_str().to_owned(),
            previous: decision.previous.map(|v| v.as_str().to_owned()),
            reason: decision.reason,
            evidence: decision.evidence,
            decided_by: decision.decided_by,
            at: decision.at,
        }
    }
}
