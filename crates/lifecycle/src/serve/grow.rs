//! A forecast goes on with the rows that its dataset got since it was trained: nothing is learnt anew, its history and
//! intervals go on to the last row.

use super::loaded::Loaded;
use crate::learnt::Learnt;
use crate::rows::{self, series::since};
use crate::{Lifecycle, train};
use std::sync::Arc;
use vakhta_domain::dataset::DatasetVersion;
use vakhta_domain::ids::DatasetKey;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{Frequency, ModelSpec};
use vakhta_ml::forecast::Fitted;

/// The dataset whose rows a version's history follows; none of records, and none where the spec keeps to one version
/// of it.
pub(super) fn followed(spec: &ModelSpec, learnt: &Learnt) -> Option<DatasetKey> {
    let follows = matches!(learnt, Learnt::Forecast(_)) && spec.data.version.is_none();
    follows.then(|| DatasetKey::new(spec.data.dataset.as_str()))
}

/// The version as it is with every row known now. A dataset that no longer fits leaves it as it was trained: it serves
/// on, and the log says why.
pub(crate) async fn grown(app: &Arc<Lifecycle>, mut loaded: Loaded) -> Result<Loaded, StoreError> {
    let Some(key) = followed(&loaded.version.spec, &loaded.learnt) else { return Ok(loaded) };
    let workspace = loaded.version.workspace.clone();
    let Some(newest) = app.ports.datasets.dataset_version(&workspace, &key, None).await? else {
        return Ok(loaded);
    };
    loaded.grown_to = newest.number;
    let Learnt::Forecast(fitted) = &loaded.learnt else { return Ok(loaded) };
    if loaded.version.dataset_version.as_ref() == Some(&newest.id)
        || !has_later_rows(&newest, &loaded.version.spec, fitted)
    {
        return Ok(loaded);
    }
    let bytes = app.ports.objects.get(&newest.object).await?;
    let (spec, trained) = (loaded.version.spec.clone(), fitted.clone());
    match train::blocking(move || extended(bytes, &spec, &trained)).await {
        Ok(Ok(fitted)) => loaded.learnt = Learnt::Forecast(Box::new(fitted)),
        Ok(Err(reason)) => tell(&loaded, &newest, &reason),
        Err(failure) => tell(&loaded, &newest, &failure.to_string()),
    }
    Ok(loaded)
}

/// Whether the dataset has got rows that a version in memory does not know.
pub(super) fn is_behind(app: &Lifecycle, loaded: &Loaded) -> bool {
    followed(&loaded.version.spec, &loaded.learnt).is_some_and(|key| {
        let place = (loaded.version.workspace.clone(), key);
        app.serving.newest_rows(&place).is_some_and(|number| number > loaded.grown_to)
    })
}

/// The profile tells the last date: most new versions of other datasets need not be read.
fn has_later_rows(dataset: &DatasetVersion, spec: &ModelSpec, fitted: &Fitted) -> bool {
    let newest = spec.data.time.as_ref().and_then(|time| rows::newest_day(dataset, time));
    newest.is_none_or(|day| day > fitted.end())
}

fn extended(bytes: bytes::Bytes, spec: &ModelSpec, trained: &Fitted) -> Result<Fitted, String> {
    let rows = rows::series::read_since(bytes, spec, trained.end()).map_err(|e| e.to_string())?;
    let (mut actuals, known) = since(&rows.observations, trained.end());
    let periods = trained.periods();
    if periods.frequency != Frequency::D {
        // A week or month that goes on is not known yet.
        let next = rows.observations.time.iter().max().and_then(|day| day.tomorrow().ok());
        let ended = |day| next.is_some_and(|next| periods.first_day(periods.number(day) + 1) <= next);
        actuals.retain(|actual| ended(actual.date));
    }
    if actuals.is_empty() && known.is_empty() {
        return Ok(trained.clone());
    }
    trained.extend(&actuals, &known).map(|(fitted, _)| fitted).map_err(|e| e.to_string())
}

fn tell(loaded: &Loaded, newest: &DatasetVersion, reason: &str) {
    let (version, dataset) = (&loaded.version.id, &newest.dataset);
    tracing::warn!(%version, %dataset, number = newest.number, reason, "a version cannot go on with new rows, it serves as it was trained");
}
