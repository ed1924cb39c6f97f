//! The contest: a freshly trained version against the one that serves, on rows that neither was fitted on.

mod records;

use crate::Lifecycle;
use crate::learnt::Learnt;
use crate::rows::{self, series::since};
use crate::serve::Loaded;
use bytes::Bytes;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use vakhta_domain::evidence::Evidence;
use vakhta_domain::ids::{ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::ModelSpec;
use vakhta_ml::evidence::{LossRow, Settings, compare, loss_for, loss_of};
use vakhta_ml::forecast::{Backtest, BacktestRow, Fitted};
use vakhta_ml::panel::Observations;

/// The serving version, read back from the object store: a rollback that cannot work is found before it is needed.
pub(crate) struct Rival {
    loaded: Loaded,
    backtest: Option<Bytes>,
}

/// Reads the serving version. `Err` says in words why it cannot be.
pub(crate) async fn rival(
    app: &Arc<Lifecycle>,
    workspace: &WorkspaceId,
    model: &ModelKey,
    champion: &VersionId,
) -> Result<Result<Rival, String>, StoreError> {
    let Some(version) = app.ports.versions.version(workspace, model, champion.as_str()).await? else {
        return Ok(Err(format!("{champion} is gone")));
    };
    let backtest = match &version.backtest {
        None => None,
        Some(object) => Some(app.ports.objects.get(object).await?),
    };
    Ok(match Loaded::read(app, version).await {
        Ok(loaded) => Ok(Rival { loaded, backtest }),
        Err(unloadable) => Err(format!("{} cannot be read: {}", unloadable.version, unloadable.reason)),
    })
}

/// Both on the same rows; none where there are none. Heavy: not for a thread that serves.
pub(crate) fn hold(
    parquet: Bytes,
    spec: &ModelSpec,
    candidate: &Learnt,
    rival: &Rival,
) -> Result<Option<Evidence>, String> {
    match (candidate, &rival.loaded.learnt) {
        (Learnt::Forecast(candidate), Learnt::Forecast(champion)) => {
            let rows = rows::series::read(parquet, spec).map_err(|e| e.to_string())?;
            forecasts(spec, candidate, champion, rival.backtest.as_ref(), &rows.observations)
        }
        (Learnt::Records(candidate), Learnt::Records(champion)) => match &rival.backtest {
            Some(held) => {
                let champion = records::Champion { fitted: champion, spec: &rival.loaded.version.spec, held };
                records::hold(parquet, spec, candidate, &champion)
            }
            // An imported version tells nothing of the rows that it was fitted on.
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn forecasts(
    spec: &ModelSpec,
    candidate: &Fitted,
    champion: &Fitted,
    own: Option<&Bytes>,
    rows: &Observations,
) -> Result<Option<Evidence>, String> {
    let Some(folds) = candidate.backtest() else { return Ok(None) };
    let own = own.map(|bytes| Backtest::from_bytes(bytes)).transpose().map_err(|e| e.to_string())?;
    let (actuals, known) = since(rows, champion.end());
    let said = champion.along(folds, own.as_ref(), &actuals, &known).map_err(|e| e.to_string())?;
    let answers: HashMap<_, _> = said.rows.iter().map(|row| (place(row), row.forecast)).collect();
    let loss = loss_for(spec.validation.metric);
    let cost = |row: &BacktestRow, forecast| loss_of(loss, row.actual, forecast, row.scale);
    let held = folds.rows.iter().map(|row| LossRow {
        segment: row.series,
        day: day_number(folds.date(row)),
        champion: answers.get(&place(row)).and_then(|&forecast| cost(row, forecast)),
        candidate: cost(row, row.forecast),
    });
    let names: Vec<String> = folds.series.iter().map(|key| key.join(" · ")).collect();
    let evidence = compare(&held.collect::<Vec<_>>(), &names, &Settings::of(loss, spec.seed));
    Ok((evidence.paired.rows > 0).then_some(evidence))
}

/// What names a row of a backtest.
fn place(row: &BacktestRow) -> (usize, usize, usize) {
    (row.fold, row.series, row.period)
}

/// Days since 1970.
fn day_number(day: Date) -> i32 {
    day.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days())
}
