//! `events`. Addresses and programs are for administrators and for oneself, so they are not here.

use crate::columns::{Column, integer, moment, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use jiff::SignedDuration;
use std::sync::Arc;
use vakhta_domain::event::Event;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::EventFilter;

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    Kept::provider("events", columns(), |source, wanted, rows| Box::pin(read(source, wanted, rows)), source)
}

fn columns() -> Vec<Column<Event>> {
    vec![
        integer("seq", |e: &Event| Some(e.seq)),
        moment("at", |e| Some(e.at)),
        text("kind", |e| Some(e.kind.as_str().into())),
        text("subject_type", |e| Some(e.subject_type.as_str().into())),
        text("subject", |e| Some(e.subject_id.as_str().into())),
        text("model", |e| Some(e.model.as_deref()?.into())),
        text("job", |e| Some(e.job.as_deref()?.into())),
        text("actor", |e| Some(e.actor.as_str().into())),
        text("source", |e| Some(e.source.as_str().into())),
        text("request", |e| Some(e.request_id.as_deref()?.into())),
        text("data", |e| (!e.data.is_null()).then(|| e.data.to_string().into())),
    ]
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Event>) -> Result<(), Ended> {
    let at = wanted.moments("at");
    let filter = EventFilter {
        // A kind that ends in a dot would mean all that begin so.
        kind: wanted.text("kind").filter(|kind| !kind.ends_with('.')),
        actor: wanted.text("actor"),
        model: wanted.text("model"),
        since: at.low,
        // Events are asked for before a moment, and a bound includes its own.
        until: at.high.and_then(|high| high.checked_add(SignedDuration::from_micros(1)).ok()),
        ..EventFilter::default()
    };
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let part = source.ports.events.events(&source.workspace, &filter, &page).await?;
        next = page.after(&part);
        rows.put(part.items).await?;
    }
    Ok(())
}
