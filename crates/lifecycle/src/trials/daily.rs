//! The day's forecasts of the champion and of what answers beside it, from the same rows, whether anybody asked or not:
//! so each day has an answer of both. Logged apart from what callers were given.

use crate::Lifecycle;
use crate::jobs::pulse::Pulse;
use crate::metrics::today;
use crate::serve::{self, Loaded};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;
use vakhta_domain::daily::forecast_key;
use vakhta_domain::ids::VersionId;
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::trial::{Arm, TrialAnswer, distances};
use vakhta_ml::forecast::ForecastQuery;

/// Days for which such forecasts are kept: twice the longest trial.
const KEPT: i32 = 2 * vakhta_domain::trial::MAX_DAYS as i32;

/// Makes and stores them; what cannot be made is told in the job's log.
pub(super) async fn make(
    app: &Arc<Lifecycle>,
    model: &Model,
    arms: &[Arm],
    pulse: &Pulse,
) -> Result<(), StoreError> {
    let Some(champion) = &model.champion else { return Ok(()) };
    // All of them go on with the rows that are there now.
    serve::refresh(app).await?;
    let (day, at) = (today(app, model), app.ports.clock.now());
    let mut answers = Vec::new();
    for version in std::iter::once(champion).chain(arms.iter().map(|arm| &arm.version)) {
        match of_version(app, model, version, day, at).await {
            Ok(more) => answers.extend(more),
            Err(reason) => pulse.say(format!("{version} makes no forecast for the comparison: {reason}")),
        }
    }
    let keep_from = day.saturating_sub(jiff::Span::new().days(KEPT));
    app.ports.arms.put_trial_answers(&model.workspace, &model.key, &answers, keep_from).await
}

async fn of_version(
    app: &Arc<Lifecycle>,
    model: &Model,
    version: &VersionId,
    day: Date,
    at: Timestamp,
) -> Result<Vec<TrialAnswer>, String> {
    let loaded = serve::choose(app, &model.workspace, &model.key, Some(version.as_str())).await;
    let loaded = loaded.map_err(|error| error.to_string())?;
    let made = tokio::task::spawn_blocking(move || forecasts(&loaded, day, at));
    made.await.unwrap_or_else(|panic| Err(format!("the program failed: {panic}")))
}

/// What a version says today of the days at the distances that count.
fn forecasts(loaded: &Loaded, day: Date, at: Timestamp) -> Result<Vec<TrialAnswer>, String> {
    let fitted = loaded.forecaster().map_err(|error| error.to_string())?;
    let periods = fitted.periods();
    let now = periods.number(day);
    let reach = distances(u32::try_from(fitted.horizon()).unwrap_or(u32::MAX));
    let furthest = now.saturating_add(reach.last().copied().unwrap_or(1).into());
    let horizon = usize::try_from(furthest - periods.number(fitted.end())).unwrap_or(0);
    let query = ForecastQuery { horizon, series: None, levels: Vec::new(), known_future: Vec::new() };
    let mut answers = Vec::new();
    for series in fitted.forecast(&query).map_err(|error| error.to_string())? {
        for point in &series.points {
            let ahead = u32::try_from(periods.number(point.date) - now).unwrap_or(0);
            if reach.contains(&ahead) {
                answers.push(TrialAnswer {
                    key: forecast_key(&series.series, point.date),
                    version: loaded.version.id.clone(),
                    ahead,
                    day: point.date,
                    segment: series.series.join("|"),
                    at,
                    value: Some(point.value).filter(|value| value.is_finite()),
                });
            }
        }
    }
    Ok(answers)
}
