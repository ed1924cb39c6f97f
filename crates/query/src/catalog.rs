//! What a statement can name: the tables that are always there, and the datasets of the workspace in `datasets`.

use crate::dataset::Dataset;
use crate::kept;
use crate::source::Source;
use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::error::{DataFusionError, Result};
use std::sync::Arc;
use vakhta_domain::ids::DatasetKey;

/// The catalog's name, which nobody has to write.
pub(crate) const CATALOG: &str = "vakhta";
/// The schema that is meant where none is named.
pub(crate) const MAIN: &str = "main";
/// The schema of datasets.
pub(crate) const DATASETS: &str = "datasets";

/// Everything there is.
#[derive(Debug)]
pub(crate) struct Catalog {
    main: Arc<Main>,
    datasets: Arc<Datasets>,
}

impl Catalog {
    /// What the workspace has now; `datasets` are the keys of its datasets.
    pub(crate) fn new(source: &Source, datasets: Vec<String>) -> Self {
        Self {
            main: Arc::new(Main { source: source.clone() }),
            datasets: Arc::new(Datasets { source: source.clone(), keys: datasets }),
        }
    }

    /// The names that exist, as they are written in a statement.
    pub(crate) fn names(&self) -> Vec<String> {
        let datasets = self.datasets.keys.iter().map(|key| format!("{DATASETS}.\"{key}\""));
        kept::NAMES.iter().map(|name| (*name).to_owned()).chain(datasets).collect()
    }

    /// Whether there is a table of that name.
    pub(crate) async fn has(&self, schema: &str, table: &str) -> Result<bool> {
        Ok(match schema {
            MAIN => self.main.table_exist(table),
            DATASETS => self.datasets.table(table).await?.is_some(),
            _ => false,
        })
    }
}

impl CatalogProvider for Catalog {
    fn schema_names(&self) -> Vec<String> {
        vec![MAIN.to_owned(), DATASETS.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        match name {
            MAIN => Some(Arc::clone(&self.main) as _),
            DATASETS => Some(Arc::clone(&self.datasets) as _),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Main {
    source: Source,
}

#[async_trait]
impl SchemaProvider for Main {
    fn table_names(&self) -> Vec<String> {
        kept::NAMES.map(str::to_owned).to_vec()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        Ok(kept::table(name, &self.source))
    }

    fn table_exist(&self, name: &str) -> bool {
        kept::NAMES.contains(&name)
    }
}

#[derive(Debug)]
struct Datasets {
    source: Source,
    keys: Vec<String>,
}

#[async_trait]
impl SchemaProvider for Datasets {
    fn table_names(&self) -> Vec<String> {
        self.keys.clone()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        let Some((key, number)) = key_and_number(name) else { return Ok(None) };
        // A dataset that was deleted keeps its versions; its name is gone all the same.
        if !self.keys.iter().any(|known| known == key) {
            return Ok(None);
        }
        let (source, key) = (self.source.clone(), DatasetKey::new(key));
        let found = self.source.at_home(async move {
            source.ports.datasets.dataset_version(&source.workspace, &key, number).await
        });
        Ok(found.await?.map(|version| Dataset::provider(version, &self.source)))
    }

    fn table_exist(&self, name: &str) -> bool {
        key_and_number(name).is_some_and(|(key, _)| self.keys.iter().any(|known| known == key))
    }
}

/// `sales` is the newest version, `sales@3` the third.
fn key_and_number(name: &str) -> Option<(&str, Option<u32>)> {
    match name.split_once('@') {
        None => Some((name, None)),
        Some((key, number)) => Some((key, Some(number.parse().ok()?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_by_number() {
        assert_eq!(key_and_number("sales"), Some(("sales", None)));
        assert_eq!(key_and_number("sales@3"), Some(("sales", Some(3))));
        for wrong in ["sales@", "sales@x", "sales@-1", "sales@3@4"] {
            assert_eq!(key_and_number(wrong), None, "{wrong}");
        }
    }
}
