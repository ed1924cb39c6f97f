//! `versions`: the headline of each one's report as numbers, the rest as JSON.

use crate::columns::{Column, boolean, float, integer, moment, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use serde_json::Value;
use std::sync::Arc;
use vakhta_domain::page::PageQuery;
use vakhta_domain::report::Report;
use vakhta_domain::version::{ModelVersion, VersionState};

/// A version with its headline.
struct Row {
    version: ModelVersion,
    headline: Value,
}

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    Kept::provider("versions", columns(), |source, wanted, rows| Box::pin(read(source, wanted, rows)), source)
}

fn columns() -> Vec<Column<Row>> {
    vec![
        text("model", |r: &Row| Some(r.version.model.as_str().into())),
        text("version", |r| Some(r.version.id.as_str().into())),
        text("alias", |r| Some(r.version.alias.as_deref()?.into())),
        text("state", |r| Some(r.version.state.as_str().into())),
        boolean("serves", |r| Some(r.version.state == VersionState::Deployed)),
        text("origin", |r| Some(r.version.origin().as_str().into())),
        text("engine", |r| Some(r.version.report.as_ref()?.engine().into())),
        moment("created_at", |r| Some(r.version.created_at)),
        text("dataset_version", |r| Some(r.version.dataset_version.as_ref()?.as_str().into())),
        text("job", |r| Some(r.version.job.as_ref()?.as_str().into())),
        float("wape", |r| number(r, "wape")),
        float("mape", |r| number(r, "mape")),
        float("mae", |r| number(r, "mae")),
        float("rmse", |r| number(r, "rmse")),
        float("accuracy", |r| number(r, "accuracy")),
        float("macro_f1", |r| number(r, "macro_f1")),
        float("log_loss", |r| number(r, "log_loss")),
        text("metrics", |r| (!r.headline.is_null()).then(|| r.headline.to_string().into())),
        integer("artifact_bytes", |r| i64::try_from(r.version.artifact.as_ref()?.bytes).ok()),
        text("reason", |r| Some(r.version.reason.as_deref()?.into())),
        text("error", |r| Some(r.version.error.as_deref()?.into())),
        text("code_version", |r| Some(r.version.code_version.as_str().into())),
        text("spec", |r| Some(serde_json::to_string(&r.version.spec).ok()?.into())),
    ]
}

fn number(row: &Row, name: &str) -> Option<f64> {
    row.headline.get(name)?.as_f64()
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Row>) -> Result<(), Ended> {
    for model in source.models(wanted.texts("model").as_deref()).await? {
        let mut next = Some(PageQuery::longest());
        while let Some(page) = next {
            let part = source.ports.versions.versions(&source.workspace, &model.key, &page).await?;
            next = page.after(&part);
            let of = |version: ModelVersion| {
                let headline = version.report.as_ref().map_or(Value::Null, Report::headline);
                Row { version, headline }
            };
            rows.put(part.items.into_iter().map(of).collect()).await?;
        }
    }
    Ok(())
}
