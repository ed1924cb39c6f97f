//! What the tables of one query read from: the ports, seen from one workspace.

use crate::{ReadMeasures, Settings};
use datafusion::error::{DataFusionError, Result};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Ports, StoreError};

/// The ports, seen from one workspace. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Source(Arc<Inside>);

pub(crate) struct Inside {
    pub ports: Ports,
    pub workspace: WorkspaceId,
    pub temp_dir: PathBuf,
    pub measures: ReadMeasures,
    /// Threads of the query.
    pub threads: usize,
    /// Where the ports live: their connections must not be made on the query's own threads, which end with it.
    pub home: Handle,
    /// The first failure of a port: the engine hands errors on as texts.
    failure: Mutex<Option<StoreError>>,
}

impl std::ops::Deref for Source {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "workspace {}", self.workspace)
    }
}

impl Source {
    pub(crate) fn new(ports: &Ports, workspace: &WorkspaceId, settings: &Settings, home: Handle) -> Self {
        Self(Arc::new(Inside {
            ports: ports.clone(),
            workspace: workspace.clone(),
            temp_dir: settings.temp_dir.clone(),
            measures: settings.measures,
            threads: settings.threads.max(1),
            home,
            failure: Mutex::default(),
        }))
    }

    /// Runs work of the ports where they live, and waits for it.
    pub(crate) async fn at_home<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        match self.home.spawn(work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.failed(error)),
            Err(panic) => Err(DataFusionError::Internal(format!("reading what is kept failed: {panic}"))),
        }
    }

    /// Keeps a failure of a port; an error that ends the query.
    pub(crate) fn failed(&self, error: StoreError) -> DataFusionError {
        let text = error.to_string();
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        DataFusionError::External(text.into())
    }

    /// The failure that was kept.
    pub(crate) fn failure(&self) -> Option<StoreError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Inside {
    /// The workspace's models, those of the given keys where some are given.
    pub(crate) async fn models(&self, among: Option<&[String]>) -> Result<Vec<Model>, StoreError> {
        let mut found = Vec::new();
        let mut next = Some(PageQuery::longest());
        while let Some(page) = next {
            let part = self.ports.models.models(&self.workspace, &page).await?;
            next = page.after(&part);
            let wanted =
                |model: &Model| among.is_none_or(|keys| keys.iter().any(|key| key == model.key.as_str()));
            found.extend(part.items.into_iter().filter(wanted));
        }
        Ok(found)
    }

    /// The keys of the workspace's datasets.
    pub(crate) async fn datasets(&self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        let mut next = Some(PageQuery::longest());
        while let Some(page) = next {
            let part = self.ports.datasets.datasets(&self.workspace, &page).await?;
            next = page.after(&part);
            found.extend(part.items.into_iter().map(|dataset| dataset.key.as_str().to_owned()));
        }
        Ok(found)
    }
}
