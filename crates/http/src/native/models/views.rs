//! Models as callers see them.

use crate::App;
use crate::native::versions::metrics::MetricsView;
use crate::problem::Problem;
use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::report::{Quality, Report};
use vakhta_domain::spec::{Engine, ModelSpec, Notice, Task};
use vakhta_lifecycle::models::{Applied, Change, training_job};

/// A title in both languages; the key where the spec names none.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Title)]
pub struct TitleView {
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

/// A model, what serves for it and what is being done about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Model)]
pub struct ModelView {
    /// Its key.
    pub key: String,
    /// What it does.
    #[schema(value_type = words::Task)]
    pub task: Task,
    /// What people call it.
    pub title: TitleView,
    /// The dataset that it learns from.
    pub dataset: String,
    /// Which engine learns.
    #[schema(value_type = words::Engine)]
    pub engine: Engine,
    /// Periods to forecast; null where the spec leaves it to the frequency.
    pub horizon: Option<u32>,
    /// Grows by one with each change of the spec.
    pub revision: u32,
    /// The version that serves.
    pub champion: Option<String>,
    /// Of a forecast: its accuracy over all validation folds.
    pub champion_metrics: Option<MetricsView>,
    /// Of a model of records: its quality on held-out rows, without its lists.
    #[schema(value_type = Option<words::Quality>)]
    pub champion_quality: Option<Quality>,
    /// Since when it serves.
    pub champion_since: Option<Timestamp>,
    /// The job that trains the model now, or waits to.
    pub training: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its spec last changed.
    pub updated_at: Timestamp,
}

impl ModelView {
    /// A model together with what serves for it.
    pub(crate) async fn of(app: &App, model: &Model) -> Result<Self, Problem> {
        let (ports, workspace) = (app.ports(), &model.workspace);
        let (mut champion_metrics, mut champion_quality, mut champion_since) = (None, None, None);
        if let Some(champion) = &model.champion {
            let version = ports.versions.version(workspace, &model.key, champion.as_str()).await?;
            match version.and_then(|v| v.report) {
                Some(Report::Forecast(report)) => champion_metrics = Some(report.overall.into()),
                Some(Report::Records(report)) => {
                    champion_quality = report.quality.as_ref().map(Quality::brief);
                }
                None => {}
            }
            let latest = ports.versions.deployments(workspace, &model.key, &PageQuery::first(1)).await?;
            champion_since = latest.items.first().filter(|d| d.until.is_none()).map(|d| d.since);
        }
        let training = training_job(&app.lifecycle, workspace, &model.key).await?;
        let spec = &model.spec;
        Ok(Self {
            key: model.key.as_str().to_owned(),
            task: spec.task,
            title: TitleView { ru: spec.title_in("ru").to_owned(), en: spec.title_in("en").to_owned() },
            dataset: spec.data.dataset.clone(),
            engine: spec.engine,
            horizon: spec.horizon,
            revision: model.revision,
            champion: model.champion.as_ref().map(|v| v.as_str().to_owned()),
            champion_metrics,
            champion_quality,
            champion_since,
            training: training.map(|job| job.as_str().to_owned()),
            created_at: model.created_at,
            updated_at: model.updated_at,
        })
    }
}

/// A model with its spec.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelDetail {
    #[serde(flatten)]
    model: ModelView,
    /// The spec.
    #[schema(value_type = words::ModelSpec)]
    spec: ModelSpec,
    /// The spec as YAML, ready to be edited and applied.
    spec_yaml: String,
}

impl ModelDetail {
    /// A model with its spec.
    pub(crate) async fn of(app: &App, model: Model) -> Result<Self, Problem> {
        let view = ModelView::of(app, &model).await?;
        let spec_yaml = serde_saphyr::to_string(&model.spec).map_err(|e| Problem::internal(&e))?;
        Ok(Self { model: view, spec: model.spec, spec_yaml })
    }
}

/// What describing a model did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Change)]
pub enum ChangeView {
    /// It is new.
    Created,
    /// Its spec is another now.
    Changed,
    /// It was just so.
    Unchanged,
}

/// Something that was accepted and that the writer should know.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeView {
    /// The place in the spec, as a JSON pointer.
    pub pointer: String,
    /// What to know.
    pub message: String,
}

/// A described model.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelChange {
    /// The model.
    pub model: ModelView,
    /// What was done.
    pub change: ChangeView,
    /// What its writer should know.
    pub notices: Vec<NoticeView>,
}

impl ModelChange {
    /// What was done to a model.
    pub(crate) async fn of(app: &App, applied: Applied) -> Result<Self, Problem> {
        let change = match applied.change {
            Change::Created => ChangeView::Created,
            Change::Changed => ChangeView::Changed,
            Change::Unchanged => ChangeView::Unchanged,
        };
        let notice = |Notice { pointer, message }| NoticeView { pointer, message };
        Ok(Self {
            model: ModelView::of(app, &applied.model).await?,
            change,
            notices: applied.notices.into_iter().map(notice).collect(),
        })
    }
}
