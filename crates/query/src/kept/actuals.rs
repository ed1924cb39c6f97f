//! `actuals`: the last word about each key.

use crate::columns::{Column, day, float, integer, moment, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use jiff::civil::Date;
use std::sync::Arc;
use vakhta_domain::actual::{ActualVersion, Truth};
use vakhta_domain::daily::split_forecast_key;
use vakhta_domain::spec::Task;

/// Actuals that are read at a time.
const AT_ONCE: u32 = 10_000;

struct Row {
    model: Arc<str>,
    forecast: bool,
    key: String,
    known: ActualVersion,
}

impl Row {
    fn place(&self) -> Option<(&str, Date)> {
        if self.forecast { split_forecast_key(&self.key) } else { None }
    }
}

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    Kept::provider("actuals", columns(), |source, wanted, rows| Box::pin(read(source, wanted, rows)), source)
}

fn columns() -> Vec<Column<Row>> {
    vec![
        text("model", |r: &Row| Some((&*r.model).into())),
        text("key", |r| Some(r.key.as_str().into())),
        text("series", |r| Some(r.place()?.0.into())),
        day("day", |r| Some(r.place()?.1)),
        float("value", |r| match r.known.truth {
            Truth::Number(value) => Some(value),
            Truth::Label(_) => None,
        }),
        text("label", |r| match &r.known.truth {
            Truth::Label(label) => Some(label.as_str().into()),
            Truth::Number(_) => None,
        }),
        integer("revision", |r| Some(i64::from(r.known.revision))),
        text("source", |r| Some(r.known.source.as_str().into())),
        moment("taken_at", |r| Some(r.known.at)),
    ]
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Row>) -> Result<(), Ended> {
    for model in source.models(wanted.texts("model").as_deref()).await? {
        let (name, forecast): (Arc<str>, _) = (model.key.as_str().into(), model.spec.task == Task::Forecast);
        let mut after: Option<String> = None;
        loop {
            let actuals = &source.ports.actuals;
            let part =
                actuals.known_actuals(&source.workspace, &model.key, after.as_deref(), AT_ONCE).await?;
            let last = part.len() < AT_ONCE as usize;
            after = part.last().map(|(key, _)| key.clone());
            let of = |(key, known)| Row { model: Arc::clone(&name), forecast, key, known };
            rows.put(part.into_iter().map(of).collect()).await?;
            if last {
                break;
            }
        }
    }
    Ok(())
}
