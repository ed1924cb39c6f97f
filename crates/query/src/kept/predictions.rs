//! `predictions`: the prediction log, segment by segment, oldest first.

use crate::columns::{Column, day, float, integer, moment, text};
use crate::narrow::{Bounds, Wanted};
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::{Arc, OnceLock};
use vakhta_domain::daily::{record_key, split_forecast_key};
use vakhta_domain::prediction::{LogPart, LoggedPrediction};
use vakhta_domain::spec::Task;

/// What is flat of an answer as logged.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Output {
    step: Option<u32>,
    label: Option<String>,
    arm: Option<String>,
}

struct Row {
    forecast: bool,
    logged: LoggedPrediction,
    output: OnceLock<Output>,
}

impl Row {
    fn place(&self) -> Option<(&str, Date)> {
        if self.forecast { split_forecast_key(&self.logged.key) } else { None }
    }

    /// Read only where a column of it is wanted.
    fn output(&self) -> &Output {
        self.output.get_or_init(|| serde_json::from_str(&self.logged.output).unwrap_or_default())
    }
}

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    Kept::provider(
        "predictions",
        columns(),
        |source, wanted, rows| Box::pin(read(source, wanted, rows)),
        source,
    )
}

fn columns() -> Vec<Column<Row>> {
    vec![
        text("model", |r: &Row| Some(r.logged.model.as_str().into())),
        text("version", |r| Some(r.logged.version.as_str().into())),
        moment("at", |r| Some(r.logged.at)),
        text("request", |r| Some(r.logged.request.as_str().into())),
        text("key", |r| {
            // As actuals have it.
            Some(if r.forecast {
                r.logged.key.as_str().into()
            } else {
                record_key(&r.logged.request, &r.logged.key).into()
            })
        }),
        text("series", |r| Some(r.place()?.0.into())),
        day("day", |r| Some(r.place()?.1)),
        integer("step", |r| r.output().step.map(i64::from)),
        float("value", |r| Some(r.logged.value).filter(|value| value.is_finite())),
        text("label", |r| Some(r.output().label.as_deref()?.into())),
        text("arm", |r| Some(r.output().arm.as_deref()?.into())),
        integer("latency_us", |r| Some(i64::from(r.logged.latency_us))),
        text("input", |r| Some(r.logged.input.as_str()).filter(|input| !input.is_empty()).map(Into::into)),
        text("output", |r| Some(r.logged.output.as_str().into())),
    ]
}

/// Whether a segment may hold something logged within bounds.
fn may_hold(part: &LogPart, at: Bounds<Timestamp>) -> bool {
    let Some((first, last)) = part.span else { return true };
    at.low.is_none_or(|low| last >= low) && at.high.is_none_or(|high| first <= high)
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Row>) -> Result<(), Ended> {
    let at = wanted.moments("at");
    let log = &source.ports.predictions;
    for model in source.models(wanted.texts("model").as_deref()).await? {
        let forecast = model.spec.task == Task::Forecast;
        for part in log.parts(&source.workspace, &model.key).await? {
            if !may_hold(&part, at) {
                continue;
            }
            let logged = log.read_part(&source.workspace, &model.key, &part.segment).await?;
            let of = |logged| Row { forecast, logged, output: OnceLock::new() };
            rows.put(logged.into_iter().map(of).collect()).await?;
        }
    }
    Ok(())
}
