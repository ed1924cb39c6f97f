//! `jobs`. What a job was asked and who asked from where stay with the job; so does what it predicted.

use crate::columns::{Column, float, integer, moment, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use std::sync::Arc;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::job::{Job, JobKind, JobState};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::JobFilter;

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    Kept::provider("jobs", columns(), |source, wanted, rows| Box::pin(read(source, wanted, rows)), source)
}

fn columns() -> Vec<Column<Job>> {
    vec![
        text("job", |j: &Job| Some(j.id.as_str().into())),
        text("kind", |j| Some(j.kind.as_str().into())),
        text("model", |j| Some(j.model.as_ref()?.as_str().into())),
        text("state", |j| Some(j.state.as_str().into())),
        text("stage", |j| Some(j.stage.as_deref()?.into())),
        float("progress", |j| Some(f64::from(j.progress_ppm) / 1e6)),
        integer("attempt", |j| Some(i64::from(j.attempt))),
        text("owner", |j| Some(j.owner.name.as_str().into())),
        moment("created_at", |j| Some(j.created_at)),
        moment("started_at", |j| j.started_at),
        moment("finished_at", |j| j.finished_at),
        float("seconds", |j| {
            let micros = j.finished_at?.as_microsecond() - j.started_at?.as_microsecond();
            Some(micros as f64 / 1e6)
        }),
        text("error", |j| Some(j.error.as_deref()?.into())),
        text("result", |j| {
            let result = j.result.as_ref().filter(|_| j.kind != JobKind::Predict)?;
            Some(result.to_string().into())
        }),
    ]
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Job>) -> Result<(), Ended> {
    let filter = JobFilter {
        kind: wanted.text("kind").and_then(|word| JobKind::parse(&word)),
        state: wanted.text("state").and_then(|word| JobState::parse(&word)),
        model: wanted.text("model").map(ModelKey::new),
        owner: wanted.text("owner"),
        ..JobFilter::default()
    };
    let since = wanted.moments("created_at").low;
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let part = source.ports.jobs.jobs(&source.workspace, &filter, &page).await?;
        // The newest come first.
        let done = since.is_some_and(|since| part.items.last().is_some_and(|job| job.created_at < since));
        next = page.after(&part).filter(|_| !done);
        rows.put(part.items).await?;
    }
    Ok(())
}
