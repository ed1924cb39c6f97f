//! An engine for one query: its catalog, its memory, and nothing that touches a disk or a network.

use crate::catalog::{CATALOG, Catalog, MAIN};
use datafusion::arrow::temporal_conversions::timestamp_us_to_datetime;
use datafusion::catalog::{CatalogProviderList, MemoryCatalogProviderList};
use datafusion::error::Result;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{GreedyMemoryPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder, SessionStateDefaults};
use datafusion::prelude::SessionConfig;
use jiff::Timestamp;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Who holds most is named where memory is short.
const NAMED: NonZeroUsize = NonZeroUsize::new(3).expect("three is not zero");
/// Functions that make a text of any length out of nothing: no pool counts what a single value holds.
const WITHOUT: [&str; 3] = ["repeat", "lpad", "rpad"];

/// An engine over a catalog, at a moment.
pub(crate) fn of(
    catalog: Arc<Catalog>,
    threads: usize,
    memory_bytes: u64,
    now: Timestamp,
) -> Result<SessionState> {
    let mut config = SessionConfig::new()
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, MAIN)
        .with_information_schema(true)
        .with_target_partitions(threads);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.execution.time_zone = Some("+00:00".to_owned());
    let memory = usize::try_from(memory_bytes).unwrap_or(usize::MAX);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(TrackConsumersPool::new(GreedyMemoryPool::new(memory), NAMED)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(CATALOG.to_owned(), catalog);
    let mut functions = SessionStateDefaults::default_scalar_functions();
    functions.retain(|function| !WITHOUT.contains(&function.name()));
    // Part by part: the default is the same with formats of files and makers of tables from them.
    let mut state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_catalog_list(Arc::new(catalogs))
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(functions)
        .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .with_table_function_list(SessionStateDefaults::default_table_functions())
        .build();
    state.mark_start_execution();
    // Today is what the product's clock says.
    if let Some(now) = timestamp_us_to_datetime(now.as_microsecond()) {
        state.execution_props_mut().query_execution_start_time = Some(now.and_utc());
    }
    Ok(state)
}
