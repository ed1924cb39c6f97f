//! Actuals: what callers bring, and what new rows of a model's dataset say.

use crate::Lifecycle;
use crate::jobs;
use crate::metrics;
use crate::models;
use crate::rows::series;
use crate::serve::forecast::{SeriesChoice, key_of};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashSet;
use std::sync::Arc;
use vakhta_domain::actual::{Actual, ActualSource, ActualVersion, NewActuals, TakenActuals, Truth};
use vakhta_domain::daily::forecast_key;
use vakhta_domain::dataset::DatasetVersion;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{DatasetKey, ModelKey, WorkspaceId};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{Frequency, Missing, ModelSpec, Outliers, SpecError, Task};
use vakhta_domain::user::Actor;
use vakhta_ml::panel::{Kind, Observations, Panel, PanelRules};
use vakhta_tables::ReadError;

/// The most actuals in one call.
pub const MAX_ITEMS: usize = 50_000;
/// The longest key, bytes.
const MAX_KEY: usize = 2_000;
/// Wrong items that are told one by one.
const MOST_TOLD: usize = 20;

/// An actual as a caller brings it.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// What the answer is found by; of a record `REQUEST|PLACE`.
    pub key: Option<String>,
    /// Of a forecast instead: the series,
    pub series: Option<SeriesChoice>,
    /// and the first day of its period.
    pub date: Option<String>,
    /// What turned out to be true: a number,
    pub value: Option<f64>,
    /// or a class.
    pub label: Option<String>,
}

/// Why actuals were not taken.
#[derive(Debug, thiserror::Error)]
pub enum ActualsError {
    /// No such model.
    #[error("there is no model `{0}`")]
    ModelMissing(ModelKey),
    /// Items that say nothing, by place; nothing was taken.
    #[error("{} items cannot be taken", .0.len())]
    BadItems(Vec<SpecError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes actuals in. All of them or, where one is wrong, none; durable when it returns.
pub async fn receive(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    key: &ModelKey,
    items: Vec<Item>,
) -> Result<TakenActuals, ActualsError> {
    let missing = || ActualsError::ModelMissing(key.clone());
    let model = app.ports.models.model(&actor.workspace, key).await?.ok_or_else(missing)?;
    let items = checked(&model.spec, items).map_err(ActualsError::BadItems)?;
    let new = NewActuals {
        workspace: actor.workspace.clone(),
        model: key.clone(),
        source: ActualSource::Api,
        at: app.ports.clock.now(),
        items,
    };
    let taken = take(app, actor, &new).await?.ok_or_else(missing)?;
    app.signals.bump();
    Ok(taken)
}

/// Every word about a key, the newest first.
pub async fn versions(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &ModelKey,
    key: &str,
) -> Result<Vec<ActualVersion>, StoreError> {
    app.ports.actuals.actual_versions(&actor.workspace, model, key).await
}

async fn take(app: &Lifecycle, actor: &Actor, new: &NewActuals) -> Result<Option<TakenActuals>, StoreError> {
    let event = NewEvent::about("actuals.received", ("model", new.model.as_str()), actor, new.at)
        .of_model(new.model.as_str());
    app.ports.actuals.take_actuals(new, &event).await
}

/// Items as a model's spec reads them, or what is wrong with the first of them.
fn checked(spec: &ModelSpec, items: Vec<Item>) -> Result<Vec<Actual>, Vec<SpecError>> {
    if items.is_empty() || items.len() > MAX_ITEMS {
        let message = format!("holds {} items, 1 to {MAX_ITEMS} are taken at once", items.len());
        return Err(vec![SpecError::at("/items", message)]);
    }
    let (mut actuals, mut errors) = (Vec::with_capacity(items.len()), Vec::new());
    for (at, item) in items.into_iter().enumerate() {
        match read(spec, item) {
            Ok(actual) => actuals.push(actual),
            Err((field, message)) => errors.push(SpecError::at(format!("/items/{at}{field}"), message)),
        }
        if errors.len() == MOST_TOLD {
            break;
        }
    }
    if errors.is_empty() { Ok(actuals) } else { Err(errors) }
}

type Wrong = (&'static str, String);

fn read(spec: &ModelSpec, item: Item) -> Result<Actual, Wrong> {
    let truth = match (spec.task, item.value, item.label) {
        (Task::Classification, None, Some(label)) => Truth::Label(label),
        (Task::Classification, ..) => return Err(("/label", "a class is wanted, and no value".into())),
        (_, Some(value), None) if value.is_finite() => Truth::Number(value),
        _ => return Err(("/value", "a number is wanted, and no label".into())),
    };
    let key = match (item.key, item.series, item.date) {
        (Some(key), None, None) => key,
        (None, series, Some(date)) if spec.task == Task::Forecast => {
            let series = series.unwrap_or(SeriesChoice::Values(Vec::new()));
            let series = key_of(&spec.data.series, &series).map_err(|message| ("/series", message))?;
            forecast_key(&series, day(&date)?)
        }
        _ if spec.task == Task::Forecast => {
            return Err(("", "name the answer by series and date, or by its key alone".into()));
        }
        _ => return Err(("/key", "name the answer: the request's id, `|`, its place in the request".into())),
    };
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(("/key", format!("is {} bytes long, 1 to {MAX_KEY} are allowed", key.len())));
    }
    Ok(Actual { key, truth })
}

fn day(text: &str) -> Result<Date, Wrong> {
    let found = text.get(..10).unwrap_or(text).parse();
    found.map_err(|_| ("/date", format!("`{text}` is not a date, write YYYY-MM-DD")))
}

/// To be called when a dataset has a new version: asks that the models which forecast its rows compare what they said
/// with what came. That it fails costs time only: the next daily metrics do the same.
pub async fn dataset_changed(app: &Arc<Lifecycle>, actor: &Actor, dataset: &DatasetKey) {
    if let Err(error) = ask_models(app, actor, dataset).await {
        tracing::warn!(%error, %dataset, "metrics could not be asked for, they come with the next daily ones");
    }
}

async fn ask_models(app: &Arc<Lifecycle>, actor: &Actor, dataset: &DatasetKey) -> Result<(), StoreError> {
    let models = models::all(app, &actor.workspace).await?;
    for model in models.iter().filter(|model| reads(model, dataset) && model.champion.is_some()) {
        let system = Actor::system(actor.workspace.clone());
        let job = metrics::job(app, &system, &model.key, &metrics::Asked::default());
        app.ports.jobs.enqueue(&job, &jobs::queued(&job)).await?;
        app.signals.bump();
    }
    Ok(())
}

/// Whether the newest rows of a dataset are what a model forecasts.
fn reads(model: &Model, dataset: &DatasetKey) -> bool {
    let data = &model.spec.data;
    model.spec.task == Task::Forecast && data.version.is_none() && data.dataset == dataset.as_str()
}

/// Takes the rows of a model's dataset as actuals where there is a version of it that was not taken yet. What became of
/// them, and what was noticed.
pub(crate) async fn take_dataset(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    model: &Model,
    since: Date,
) -> Result<Option<(TakenActuals, Vec<String>)>, StoreError> {
    let workspace: &WorkspaceId = &actor.workspace;
    let dataset = DatasetKey::new(model.spec.data.dataset.as_str());
    if !reads(model, &dataset) {
        return Ok(None);
    }
    let Some(newest) = app.ports.datasets.dataset_version(workspace, &dataset, None).await? else {
        return Ok(None);
    };
    if app.ports.actuals.dataset_taken(workspace, &model.key).await?.as_ref() == Some(&newest.id) {
        return Ok(None);
    }
    let (items, notes) = match rows(app, model, &newest, since).await? {
        Ok(items) => (items, Vec::new()),
        Err(why) => (Vec::new(), vec![format!("rows of {} are no actuals: {why}", newest.id)]),
    };
    let new = NewActuals {
        workspace: workspace.clone(),
        model: model.key.clone(),
        source: ActualSource::Dataset(newest.id),
        at: app.ports.clock.now(),
        items,
    };
    Ok(take(app, actor, &new).await?.map(|taken| (taken, notes)))
}

type Read = Result<Vec<Actual>, String>;

async fn rows(
    app: &Lifecycle,
    model: &Model,
    version: &DatasetVersion,
    since: Date,
) -> Result<Read, StoreError> {
    let parquet = app.ports.objects.get(&version.object).await?;
    let spec = model.spec.clone();
    let read = tokio::task::spawn_blocking(move || {
        let told = |error: ReadError| error.to_string();
        let mut rows = series::read_since(parquet.clone(), &spec, since).map_err(told)?;
        if spec.data.missing == Missing::Zero && !all_begin_by(&rows.observations, since) {
            // A gap at its beginning would be taken for the time before its series began.
            rows = series::read(parquet, &spec).map_err(told)?;
        }
        let newest = rows.observations.time.iter().max().copied();
        let rules = PanelRules {
            frequency: spec.data.frequency,
            missing: spec.data.missing,
            outliers: Outliers::Keep,
        };
        let (panel, _) = Panel::build(&rows.observations, &rules).map_err(|error| error.to_string())?;
        Ok(of_panel(&panel, newest, since))
    });
    Ok(read.await.unwrap_or_else(|panic| Err(format!("the program failed: {panic}"))))
}

/// Whether every series has a row of a day or earlier.
fn all_begin_by(rows: &Observations, day: Date) -> bool {
    let of = |at: usize| rows.series.iter().map(move |column| &column[at]).collect::<Vec<_>>();
    let all: HashSet<_> = (0..rows.time.len()).map(of).collect();
    let begun: HashSet<_> = (0..rows.time.len()).filter(|&at| rows.time[at] <= day).map(of).collect();
    all.len() == begun.len()
}

/// What a panel says from a day on. A gap that means zero counts only before the last row of its series, so that rows
/// which are late are not taken for zeros; a week, month or quarter only once a row of its last day or later is there.
fn of_panel(panel: &Panel, newest: Option<Date>, since: Date) -> Vec<Actual> {
    let whole = |period: usize| {
        let next = panel.periods.first_day(panel.first + period as i64 + 1);
        panel.periods.frequency == Frequency::D
            || newest.and_then(|day| day.tomorrow().ok()).is_some_and(|end| end >= next)
    };
    let mut actuals = Vec::new();
    for series in &panel.series {
        let observed = series.kinds.iter().rposition(|kind| *kind == Kind::Observed);
        for at in 0..observed.map_or(0, |last| last + 1) {
            let period = series.start + at;
            let date = panel.date(period);
            if series.kinds[at].is_actual() && date >= since && whole(period) {
                let key = forecast_key(&series.key, date);
                actuals.push(Actual { key, truth: Truth::Number(series.values[at]) });
            }
        }
    }
    actuals
}

/// The zone in which a model's days begin; UTC where it cannot be read.
pub(crate) fn zone(spec: &ModelSpec) -> TimeZone {
    TimeZone::get(&vakhta_domain::schedule::zone_of(spec)).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::spec::parse_yaml;

    fn spec(task: &str) -> ModelSpec {
        let data = match task {
            "forecast" => "{dataset: d, time: date, series: [branch, shop], target: y}",
            _ => "{dataset: d, target: y, text: [name]}",
        };
        let text = format!("{{model_key: m, task: {task}, data: {data}}}");
        parse_yaml(&text).expect("a spec").remove(0)
    }

    fn values(series: &[&str]) -> SeriesChoice {
        SeriesChoice::Values(series.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn items_become_keys_and_truths() {
        let forecast = spec("forecast");
        let named = Item {
            series: Some(values(&["north", "1"])),
            date: Some("2026-03-08T00:00:00Z".into()),
            value: Some(0.0),
            ..Item::default()
        };
        let keyed = Item { key: Some("north|1|2026-03-08".into()), value: Some(0.0), ..Item::default() };
        let found = checked(&forecast, vec![named, keyed]).expect("both are right");
        assert_eq!(found[0], found[1], "two ways to name one answer");
        let label = Item { key: Some("req_1|0".into()), label: Some("dairy".into()), ..Item::default() };
        let found = checked(&spec("classification"), vec![label]).expect("right");
        assert_eq!(found[0].truth, Truth::Label("dairy".into()));
    }

    #[test]
    fn wrong_items_are_told_with_their_place() {
        let good = Item { key: Some("k".into()), value: Some(1.0), ..Item::default() };
        for (task, item, place) in [
            ("forecast", Item { value: None, ..good.clone() }, "/items/1/value"),
            ("forecast", Item { value: Some(f64::NAN), ..good.clone() }, "/items/1/value"),
            ("forecast", Item { label: Some("x".into()), ..good.clone() }, "/items/1/value"),
            ("forecast", Item { key: None, ..good.clone() }, "/items/1"),
            ("forecast", Item { key: Some(String::new()), ..good.clone() }, "/items/1/key"),
            (
                "forecast",
                Item {
                    key: None,
                    date: Some("soon".into()),
                    series: Some(values(&["a", "b"])),
                    ..good.clone()
                },
                "/items/1/date",
            ),
            (
                "forecast",
                Item {
                    key: None,
                    date: Some("2026-03-08".into()),
                    series: Some(values(&["a"])),
                    ..good.clone()
                },
                "/items/1/series",
            ),
            (
                "regression",
                Item { key: None, date: Some("2026-03-08".into()), ..good.clone() },
                "/items/1/key",
            ),
        ] {
            let errors = checked(&spec(task), vec![good.clone(), item]).expect_err(place);
            assert_eq!((errors.len(), errors[0].pointer.as_str()), (1, place), "{errors:?}");
        }
        let errors = checked(&spec("classification"), vec![good.clone()]).expect_err("no label");
        assert_eq!(errors[0].pointer, "/items/0/label");
        assert!(checked(&spec("forecast"), vec![]).is_err());
        let many = checked(&spec("classification"), vec![good; 40]).expect_err("all are wrong");
        assert_eq!(many.len(), MOST_TOLD);
    }
}
