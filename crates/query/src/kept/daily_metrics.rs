//! `daily_metrics`: a row a day, version, role and distance, over all series and series by series.

use crate::columns::{Column, day, float, integer, text};
use crate::narrow::Wanted;
use crate::source::Source;
use crate::table::{Ended, Kept, Rows};
use datafusion::catalog::TableProvider;
use jiff::civil::Date;
use std::sync::Arc;
use vakhta_domain::daily::{DailyRow, DayMeasures, Scope, bucket_name};

struct Row {
    model: Arc<str>,
    daily: DailyRow,
    measures: DayMeasures,
}

pub(super) fn table(source: &Source) -> Arc<dyn TableProvider> {
    Kept::provider(
        "daily_metrics",
        columns(),
        |source, wanted, rows| Box::pin(read(source, wanted, rows)),
        source,
    )
}

fn columns() -> Vec<Column<Row>> {
    vec![
        text("model", |r: &Row| Some((&*r.model).into())),
        day("day", |r| Some(r.daily.day)),
        text("scope", |r| Some(r.daily.scope.as_str().into())),
        text("series", |r| (r.daily.scope == Scope::Segment).then(|| r.daily.segment.as_str().into())),
        text("version", |r| Some(r.daily.version.as_str().into())),
        text("role", |r| Some(r.daily.role.as_str().into())),
        text("horizon", |r| Some(bucket_name(r.daily.bucket).into())),
        integer("answers", |r| i64::try_from(r.daily.answers).ok()),
        integer("scored", |r| i64::try_from(r.daily.scored).ok()),
        float("absolute_error", |r| r.measures.absolute_error),
        float("squared_error", |r| r.measures.squared_error),
        float("signed_error", |r| r.measures.signed_error),
        float("absolute_actual", |r| r.measures.absolute_actual),
        float("mape", |r| r.measures.mape),
        float("wape", |r| r.measures.wape),
        float("mae", |r| r.measures.mae),
        float("rmse", |r| r.measures.rmse),
        float("bias", |r| r.measures.bias),
        integer("right_answers", |r| i64::try_from(r.measures.right?).ok()),
        float("accuracy", |r| r.measures.accuracy),
        float("log_loss", |r| r.measures.log_loss),
    ]
}

async fn read(source: Source, wanted: Wanted, rows: Rows<Row>) -> Result<(), Ended> {
    let from = wanted.days("day").low.unwrap_or(Date::MIN);
    let scopes = wanted.texts("scope");
    for model in source.models(wanted.texts("model").as_deref()).await? {
        let key: Arc<str> = model.key.as_str().into();
        for scope in [Scope::All, Scope::Segment] {
            if scopes.as_ref().is_some_and(|scopes| !scopes.iter().any(|word| word == scope.as_str())) {
                continue;
            }
            let daily = source.ports.actuals.daily_rows(&source.workspace, &model.key, scope, from).await?;
            let mut part = Vec::with_capacity(daily.len());
            for daily in daily {
                let measures = (source.measures)(&daily)?;
                part.push(Row { model: Arc::clone(&key), daily, measures });
            }
            rows.put(part).await?;
        }
    }
    Ok(())
}
