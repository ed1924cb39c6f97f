//! Forecasts: which series, how far, with which intervals; answered from memory and logged.

use super::answer::{Answered, AnsweredAs, ForecastAnswer, SeriesAnswer, SeriesList, SumAnswer};
use super::beside::{beside, loaded, others, shadow, sharing};
use super::loaded::Loaded;
use super::{ServeError, choose, future, log};
use crate::Lifecycle;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use vakhta_domain::daily::split_forecast_key;
use vakhta_domain::ids::{self, ModelKey, WorkspaceId};
use vakhta_domain::report::{ForecastPoint, SeriesForecast};
use vakhta_domain::spec::SpecError;
use vakhta_domain::trial::Arm;
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

impl ForecastRequest {
    /// All that the serving version was trained for, without history and sums.
    pub fn of(model: ModelKey) -> Self {
        Self {
            model,
            version: None,
            horizon: None,
            series: None,
            levels: None,
            history: None,
            sums: false,
            known_future: Vec::new(),
        }
    }
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
    let champion = choose(app, &actor.workspace, &request.model, request.version.as_deref()).await?;
    let arms = beside(app, &champion);
    let request = Arc::new(request);
    let (mut series, sums) = computed(&champion, &request).await?;
    let id = actor.request_id.clone().unwrap_or_else(|| ids::fresh("forecast", &*app.ports.chance));
    let said = |mark| log::Request { id: &id, begun, mark };
    let lines = log::of_series(&series);
    match split(app, &request, &arms, &mut series).await {
        None => log::lines(app, &champion, &said(None), lines).await?,
        Some((challenger, theirs)) => {
            let (given, kept): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| {
                split_forecast_key(&line.key).is_some_and(|(series, _)| theirs.contains(series))
            });
            let answered: Vec<SeriesAnswer> =
                series.iter().filter(|s| theirs.contains(&s.series.join("|"))).cloned().collect();
            let mut entries = log::entries(app, &champion, &said(None), kept);
            let word = Some(log::Mark::Challenger);
            entries.extend(log::entries(app, &challenger, &said(word), log::of_series(&answered)));
            entries.extend(log::entries(app, &champion, &said(Some(log::Mark::Shadow)), given));
            app.ports.predictions.append(entries).await?;
        }
    }
    let others = others(&champion, &arms, &champion.version.id);
    let theirs: HashSet<String> = series
        .iter()
        .filter(|s| s.answered.as_ref().is_some_and(|a| a.version != champion.version.id))
        .map(|s| s.series.join("|"))
        .collect();
    let challenger = sharing(&arms).map(|arm| arm.version.clone());
    shadow(app, &champion, others, &id, request, move |loaded, request| {
        let (mut series, _) = compute(loaded, request)?;
        // What it was given is logged already.
        let given = challenger.as_ref() == Some(&loaded.version.id);
        series.retain(|s| !given || !theirs.contains(&s.series.join("|")));
        Ok(log::of_series(&series))
    });
    Ok(ForecastAnswer {
        model_key: champion.version.model.clone(),
        version: champion.version.id.clone(),
        request_id: id,
        generated_at: app.ports.clock.now(),
        history_end: champion.forecaster()?.end(),
        frequency: champion.forecaster()?.periods().frequency,
        series_columns: champion.version.spec.data.series.clone(),
        series,
        sums,
    })
}

async fn computed(loaded: &Arc<Loaded>, request: &Arc<ForecastRequest>) -> Result<Computed, ServeError> {
    let work = tokio::task::spawn_blocking({
        let (loaded, request) = (loaded.clone(), request.clone());
        move || compute(&loaded, &request)
    });
    work.await.map_err(|panic| loaded.unusable(&panic))?
}

/// Gives the challenger its share of the series, where one is tried so: its forecasts stand in the place of the
/// champion's, by the names of those series. Series that add up to sums stay together, with the champion; so do those
/// that the challenger cannot forecast.
async fn split(
    app: &Arc<Lifecycle>,
    request: &Arc<ForecastRequest>,
    arms: &[Arm],
    series: &mut [SeriesAnswer],
) -> Option<(Arc<Loaded>, HashSet<String>)> {
    let unnamed = matches!(request.version.as_deref(), None | Some("champion"));
    let arm = sharing(arms).filter(|_| unnamed && !request.sums)?;
    for own in series.iter_mut() {
        own.answered = Some(Answered { version: arm.against.clone(), arm: AnsweredAs::Champion });
    }
    let challenger = loaded(app, arm).await?;
    let (answers, _) = computed(&challenger, request).await.ok()?;
    let mut answers: HashMap<Vec<String>, SeriesAnswer> =
        answers.into_iter().map(|answer| (answer.series.clone(), answer)).collect();
    let mut theirs = HashSet::new();
    for own in series.iter_mut() {
        let name = own.series.join("|");
        if let Some(answer) = arm.takes(&name).then(|| answers.remove(&own.series)).flatten() {
            let answered = Some(Answered { version: arm.version.clone(), arm: AnsweredAs::Challenger });
            *own = SeriesAnswer { answered, ..answer };
            theirs.insert(name);
        }
    }
    Some((challenger, theirs))
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
        SeriesAnswer {
            history: history.unwrap_or_default(),
            series: series.series,
            answered: None,
            points: series.points,
        }
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
