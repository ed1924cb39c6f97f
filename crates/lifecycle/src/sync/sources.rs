//! Sources made, changed and deleted by people.

use crate::Lifecycle;
use serde_json::json;
use std::sync::Arc;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{BadKey, DatasetKey, JobId, SourceKey, check_key};
use vakhta_domain::ports::{FeedError, StoreError};
use vakhta_domain::schedule::{BadTimes, Times, of_source};
use vakhta_domain::source::{self, BadSource, DEFAULT_CRON, Definition, Source};
use vakhta_domain::user::Actor;

/// Why a source was not made, changed or run.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// No such source.
    #[error("there is no source `{0}`")]
    Missing(SourceKey),
    /// The key is taken.
    #[error("source `{0}` exists; change it by PUT")]
    Exists(SourceKey),
    /// A key is none.
    #[error("{error}")]
    BadKey {
        /// Where.
        pointer: &'static str,
        /// Which.
        error: BadKey,
    },
    /// A part of the definition.
    #[error(transparent)]
    Bad(#[from] BadSource),
    /// The server may not read such a place.
    #[error("{0}")]
    Refused(String),
    /// Its times.
    #[error(transparent)]
    BadTimes(#[from] BadTimes),
    /// It is being read.
    #[error("job {0} is under way")]
    Running(JobId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A source to be made, or what it is to be.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// Its key.
    pub key: String,
    /// The dataset that it fills; it need not be there yet.
    pub dataset: String,
    /// What it is.
    pub definition: Definition,
    /// When it is read; every night at two where left out.
    pub cron: Option<String>,
    /// The zone that this is read in; UTC where left out.
    pub timezone: Option<String>,
}

fn checked(app: &Lifecycle, actor: &Actor, new: NewSource) -> Result<Source, SourceError> {
    let key = |pointer, text: &str| match check_key(text) {
        Ok(key) => Ok(key.to_owned()),
        Err(error) => Err(SourceError::BadKey { pointer, error }),
    };
    let now = app.ports.clock.now();
    source::check(&new.definition)?;
    app.ports.feeds.check(&new.definition.place).map_err(|error| match error {
        FeedError::Passing(text) | FeedError::Lasting(text) => SourceError::Refused(text),
        FeedError::Stopped => SourceError::Refused("it was stopped".into()),
    })?;
    let times = Times::checked(
        new.cron.as_deref().unwrap_or(DEFAULT_CRON),
        new.timezone.as_deref().unwrap_or("UTC"),
        now,
    )?;
    Ok(Source {
        workspace: actor.workspace.clone(),
        key: SourceKey::new(key("/key", &new.key)?),
        dataset: DatasetKey::new(key("/dataset", &new.dataset)?),
        definition: new.definition,
        times,
        created_at: now,
        created_by: actor.user.clone(),
        revision: 1,
        last_run: None,
    })
}

/// Makes a source with its schedule.
pub async fn create(app: &Arc<Lifecycle>, actor: &Actor, new: NewSource) -> Result<Source, SourceError> {
    let source = checked(app, actor, new)?;
    let schedule = of_source(&source, source.created_at)?;
    let event = event(actor, "source.created", &source).with(told(&source));
    if !app.ports.sources.add_source(&source, &schedule, &event).await? {
        return Err(SourceError::Exists(source.key));
    }
    app.signals.bump();
    Ok(source)
}

/// Gives a source another definition. What was read before is read again where it comes from elsewhere, goes elsewhere,
/// or is read otherwise.
pub async fn change(app: &Arc<Lifecycle>, actor: &Actor, new: NewSource) -> Result<Source, SourceError> {
    let mut source = checked(app, actor, new)?;
    let now = source.created_at;
    let before = app.ports.sources.source(&actor.workspace, &source.key).await?;
    let (before, _) = before.ok_or_else(|| SourceError::Missing(source.key.clone()))?;
    let anew = before.definition != source.definition || before.dataset != source.dataset;
    let schedule = of_source(&source, now)?;
    let mut event = event(actor, "source.changed", &source)
        .with(json!({ "before": told(&before), "after": told(&source) }));
    event.at = now;
    if !app.ports.sources.change_source(&source, &schedule, anew, &event).await? {
        return Err(SourceError::Missing(source.key));
    }
    app.signals.bump();
    source.revision = before.revision + 1;
    (source.created_at, source.created_by, source.last_run) =
        (before.created_at, before.created_by, before.last_run);
    Ok(source)
}

/// Deletes a source with its schedule and its runs. The dataset stays.
pub async fn delete(app: &Arc<Lifecycle>, actor: &Actor, key: &SourceKey) -> Result<(), SourceError> {
    let found = app.ports.sources.source(&actor.workspace, key).await?;
    let (source, _) = found.ok_or_else(|| SourceError::Missing(key.clone()))?;
    let mut event = event(actor, "source.deleted", &source).with(json!({ "before": told(&source) }));
    event.at = app.ports.clock.now();
    if !app.ports.sources.delete_source(&actor.workspace, key, &event).await? {
        return Err(SourceError::Missing(key.clone()));
    }
    app.signals.bump();
    Ok(())
}

fn event(actor: &Actor, kind: &'static str, source: &Source) -> NewEvent {
    NewEvent::about(kind, ("source", source.key.as_str()), actor, source.created_at)
}

/// Options hold secrets by reference only, so the place may be told.
fn told(source: &Source) -> serde_json::Value {
    json!({
        "dataset": source.dataset, "place": source.definition.place, "keys": source.definition.keys,
        "time": source.definition.time, "cron": source.times.cron, "timezone": source.times.timezone,
    })
}
