//! Forecasts: which series, how far, with which intervals; answered from memory and logged.

use super::answer::{ForecastAnswer, SeriesAnswer, SeriesList, SumAnswer};
use super::loaded::Loaded;
use super::{ServeError, choose, future, log};
use crate::Lifecycle;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use vakhta_domain::ids::{self, ModelKey, WorkspaceId};
use vakhta_domain::report::{ForecastPoint, SeriesForecast};
use vakhta_domain::spec::SpecError;
use vakhta_domain::user::Actor;

/// The most history that comes with a forecast, in periods a series.
pub const MAX_HISTORY: u32 = 730;

/// What is to be forecast. `None` means: all that the model was trained for.
#[derive(Debug, Clone)]
pub struct ForecastRequest {
    /// The model.
    pub model: ModelKey,
    /// A version by id or alias; else the serving one.
    pub version: Option<String>,
    /// Periods, at most the spec's horizon.
    pub horizon: Option<u32>,
    /// The series.
    pub series: Option<Vec<SeriesChoice>>,
    /// Interval levels out of the spec's.
    pub levels: Option<Vec<u8>>,
    /// Past periods to add to each series, at most [`MAX_HISTORY`].
    pub history: Option<u32>,
    /// Whether the sums of a hierarchy are forecast too.
    pub sums: bool,
    /// Rows with the series columns, the time column and known-future columns.
    pub known_future: Vec<Map<String, Value>>,
}

/// One series, named in either form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SeriesChoice {
    /// The values in the order of the series columns.
    Values(Vec<String>),
    /// By column.
    ByColumn(BTreeMap<String, String>),
}

/// Forecasts series. The answer is in the prediction log when this returns.
pub async fn forecast(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    request: ForecastRequest,
) -> Result<ForecastAnswer, ServeError> {
    let begun = app.ports.clock.now();
    let loaded = choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    let computed = tokio::task::spawn_blocking({
        let loaded = loaded.clone();
        move || compute(&loaded, &request)
    });
    let (series, sums) = computed.await.map_err(|panic| loaded.unusable(&panic))??;
    let id = actor.request_id.clone().unwrap_or_else(|| ids::fresh("forecast", &*app.ports.chance));
    log::forecast(app, &loaded, &log::Request { id: &id, begun }, &series).await?;
    Ok(ForecastAnswer {
        model_key: loaded.version.model.clone(),
        version: loaded.version.id.clone(),
        request_id: id,
        generated_at: app.ports.clock.now(),
        history_end: loaded.forecaster()?.end(),
        frequency: loaded.forecaster()?.periods().frequency,
        series_columns: loaded.version.spec.data.series.clone(),
        series,
        sums,
    })
}

/// The series that a version knows.
pub async fn series(
    app: &Arc<Lifecycle>,
    workspace: &WorkspaceId,
    model: &ModelKey,
    version: Option<&str>,
) -> Result<SeriesList, ServeError> {
    let loaded = choose(app, workspace, model, version).await?;
    Ok(SeriesList {
        columns: loaded.version.spec.data.series.clone(),
        items: loaded.forecaster()?.series_keys().map(<[String]>::to_vec).collect(),
    })
}

type Computed = (Vec<SeriesAnswer>, Vec<SumAnswer>);

fn compute(loaded: &Loaded, request: &ForecastRequest) -> Result<Computed, ServeError> {
    let fitted = loaded.forecaster()?;
    let wanted = check(loaded, request)?;
    let narrowed = |points: &mut Vec<ForecastPoint>| {
        points.truncate(wanted.horizon);
        if let Some(levels) = &request.levels {
            for point in points.iter_mut() {
                point.intervals.retain(|i| levels.contains(&i.level));
            }
        }
    };
    let sums = if request.sums {
        let query = future::query(loaded, &request.known_future)?;
        fitted.forecast_nodes(&query).map_err(|e| loaded.unusable(&e))?
    } else {
        Vec::new()
    };
    let sums = sums.into_iter().map(|mut sum| {
        narrowed(&mut sum.points);
        SumAnswer { columns: sum.columns, key: sum.key, points: sum.points }
    });
    let sums = sums.collect();
    let whole: Vec<SeriesForecast> = if request.known_future.is_empty() {
        let plain = loaded.plain()?;
        wanted.places.iter().map(|place| plain.series[*place].clone()).collect()
    } else {
        let plain = loaded.plain()?;
        let chosen = wanted.places.iter().map(|place| plain.series[*place].series.clone()).collect();
        future::forecast(loaded, chosen, &request.known_future)?
    };
    let series = whole.into_iter().map(|mut series| {
        narrowed(&mut series.points);
        let history = fitted.history(&series.series, request.history.unwrap_or(0) as usize);
        SeriesAnswer { history: history.unwrap_or_default(), series: series.series, points: series.points }
    });
    Ok((series.collect(), sums))
}

struct Wanted {
    places: Vec<usize>,
    horizon: usize,
}

fn check(loaded: &Loaded, request: &ForecastRequest) -> Result<Wanted, ServeError> {
    let mut errors = Vec::new();
    let most = loaded.forecaster()?.horizon();
    let horizon = request.horizon.map_or(most, |h| h as usize);
    if horizon == 0 || horizon > most {
        errors.push(SpecError::at(
            "/horizon",
            format!("{horizon} is out of range, the version forecasts 1 to {most} periods"),
        ));
    }
    if request.history.is_some_and(|n| n > MAX_HISTORY) {
        errors.push(SpecError::at("/history", format!("at most {MAX_HISTORY} periods are given")));
    }
    let known = &loaded.version.spec.intervals.levels;
    for (i, level) in request.levels.iter().flatten().enumerate() {
        if !known.contains(level) {
            errors.push(SpecError::at(
                format!("/level/{i}"),
                format!("{level} is not one of the version's levels {known:?}"),
            ));
        }
    }
    let places = places(loaded, request, &mut errors)?;
    if errors.is_empty() { Ok(Wanted { places, horizon }) } else { Err(ServeError::BadInput(errors)) }
}

fn places(
    loaded: &Loaded,
    request: &ForecastRequest,
    errors: &mut Vec<SpecError>,
) -> Result<Vec<usize>, ServeError> {
    let plain = loaded.plain()?;
    let Some(choices) = &request.series else {
        return Ok((0..plain.series.len()).collect());
    };
    let columns = &loaded.version.spec.data.series;
    let mut places = Vec::with_capacity(choices.len());
    for (i, choice) in choices.iter().enumerate() {
        match key_of(columns, choice).map(|key| plain.places.get(&key).copied().ok_or(key)) {
            Ok(Ok(place)) if places.contains(&place) => {
                errors.push(SpecError::at(format!("/series/{i}"), "is named twice"));
            }
            Ok(Ok(place)) => places.push(place),
            Ok(Err(key)) => {
                errors.push(SpecError::at(format!("/series/{i}"), unknown_series(&plain.places, &key)));
            }
            Err(message) => errors.push(SpecError::at(format!("/series/{i}"), message)),
        }
    }
    Ok(places)
}

/// The values of the series columns that a choice names.
pub(crate) fn key_of(columns: &[String], choice: &SeriesChoice) -> Result<Vec<String>, String> {
    match choice {
        SeriesChoice::Values(values) if values.len() == columns.len() => Ok(values.clone()),
        SeriesChoice::Values(values) => {
            Err(format!("has {} values, the series columns are {}", values.len(), columns.join(", ")))
        }
        SeriesChoice::ByColumn(by) => {
            if let Some(extra) = by.keys().find(|name| !columns.contains(name)) {
                return Err(format!("`{extra}` is not a series column, they are {}", columns.join(", ")));
            }
            columns
                .iter()
                .map(|c| by.get(c).cloned().ok_or_else(|| format!("column `{c}` is missing")))
                .collect()
        }
    }
}

/// Says that a series is unknown, with the one most alike.
pub(super) fn unknown_series(
    known: &std::collections::HashMap<Vec<String>, usize>,
    key: &[String],
) -> String {
    let name = key.join(" / ");
    let names: Vec<String> = known.keys().map(|k| k.join(" / ")).collect();
    match vakhta_domain::spec::structure::nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => format!("series `{name}` is unknown to the version, did you mean `{near}`?"),
        None => format!("series `{name}` is unknown to the version, it knows {} series", names.len()),
    }
}
