//! `decisions`.

use crate::columns::{moment, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use std::sync::Arc;
use vakhta_domain::decision::Decision;
use vakhta_domain::page::PageQuery;

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    let columns = vec![
        text("decision", |d: &Decision| Some(d.id.as_str().into())),
        moment("at", |d| Some(d.at)),
        text("model", |d| Some(d.model.as_str().into())),
        text("kind", |d| Some(d.kind.as_str().into())),
        text("version", |d| Some(d.version.as_str().into())),
        text("previous", |d| Some(d.previous.as_ref()?.as_str().into())),
        text("reason", |d| Some(d.reason.as_str().into())),
        text("decided_by", |d| Some(d.decided_by.as_str().into())),
        text("evidence", |d| (!d.evidence.is_null()).then(|| d.evidence.to_string().into())),
    ];
    Kept::provider("decisions", columns, |source, wanted, rows| Box::pin(read(source, wanted, rows)), source)
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Decision>) -> Result<(), Ended> {
    for model in source.models(wanted.texts("model").as_deref()).await? {
        let mut next = Some(PageQuery::longest());
        while let Some(page) = next {
            let part = source.ports.versions.decisions(&source.workspace, &model.key, &page).await?;
            next = page.after(&part);
            rows.put(part.items).await?;
        }
    }
    Ok(())
}
