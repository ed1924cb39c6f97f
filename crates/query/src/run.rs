//! One query from its text to its rows, on threads of its own, within its time.

use crate::catalog::{CATALOG, Catalog, DATASETS, MAIN};
use crate::cells::{self, Cells};
use crate::source::Source;
use crate::stop::{self, Stop};
use crate::{check, session, told};
use datafusion::common::TableReference;
use datafusion::execution::context::{SQLOptions, SessionState};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::execute_stream;
use datafusion::sql::parser::Statement;
use futures::{FutureExt, TryStreamExt};
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use tokio::runtime::{Builder, Runtime};
use vakhta_domain::query::{Answer, AnswerColumn, QueryError, Question};

/// What is nested is walked by recursion, in planning and in computing. Only what is used of it is ever taken.
const STACK_BYTES: usize = 64 << 20;
/// What one value of an answer takes beside its text, bytes.
const VALUE_BYTES: usize = 32;

/// What the thread of a query hears.
pub(crate) enum News {
    /// It ended.
    Ended(Result<Answer, QueryError>),
    /// Nobody waits for it any more.
    Unwanted,
}

/// Threads for one query.
pub(crate) fn threads(count: usize) -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(count)
        .thread_name("query-worker")
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
}

/// Answers a question, or says that its time is over. The threads may need a moment longer to notice that.
pub(crate) fn within_its_time(
    runtime: &Runtime,
    source: Source,
    question: Question,
    tell: Sender<News>,
    heard: &Receiver<News>,
) -> Result<Answer, QueryError> {
    let time = question.limits.time;
    let stop = Stop::default();
    let stopped = stop.clone();
    let task = runtime.spawn(async move {
        let answer = AssertUnwindSafe(answer(&source, &question, &stopped)).catch_unwind().await;
        let answer =
            answer.unwrap_or_else(|_| Err(QueryError::Failed("it panicked; the log tells more".into())));
        // An error means that the time is over.
        let _ = tell.send(News::Ended(answer));
    });
    // Not by a timer of the runtime: all of its threads may be computing.
    let why = match heard.recv_timeout(time) {
        Ok(News::Ended(answer)) => return answer,
        Ok(News::Unwanted) | Err(RecvTimeoutError::Disconnected) => {
            QueryError::Failed("nobody waits for it any more".into())
        }
        Err(RecvTimeoutError::Timeout) => QueryError::TimedOut(time.as_secs()),
    };
    stop.tell();
    task.abort();
    Err(why)
}

async fn answer(source: &Source, question: &Question, stop: &Stop) -> Result<Answer, QueryError> {
    let memory = question.limits.memory_bytes;
    let engines = |error| match source.failure() {
        Some(failure) => QueryError::Store(failure),
        None => told::of(&error, Some(memory)),
    };
    let statement = check::statement(&question.sql)?;
    let inside = source.clone();
    let datasets = source.at_home(async move { inside.datasets().await }).await.map_err(engines)?;
    let catalog = Arc::new(Catalog::new(source, datasets));
    let state = session::of(Arc::clone(&catalog), source.threads, memory, source.ports.clock.now())
        .map_err(engines)?;
    if let Some(missing) = missing(&state, &statement, &catalog).await.map_err(engines)? {
        return Err(missing);
    }
    let plan = state.statement_to_plan(statement).await.map_err(engines)?;
    let reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    reading.verify_plan(&plan).map_err(|error| QueryError::Refused(error.strip_backtrace()))?;
    let plan = limited(plan, question.rows).map_err(engines)?;
    let plan = state.optimize(&plan).and_then(|plan| stop::asking(plan, stop)).map_err(engines)?;
    let plan = state.query_planner().create_physical_plan(&plan, &state).await;
    let plan = plan.and_then(stop::yielding).map_err(engines)?;
    let mut batches = execute_stream(plan, state.task_ctx()).map_err(engines)?;
    let schema = batches.schema();
    let columns = schema
        .fields()
        .iter()
        .map(|field| AnswerColumn { name: field.name().clone(), kind: cells::kind(field.data_type()) });
    let mut answer = Answer { columns: columns.collect(), rows: Vec::new(), truncated: false };
    let mut room = question.limits.answer_bytes;
    while let Some(batch) = batches.try_next().await.map_err(engines)? {
        let columns = batch.columns().iter().map(Cells::new).collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(|error| engines(error.into()))?;
        for row in 0..batch.num_rows() {
            let values = columns.iter().map(|column| column.value(row)).collect::<Result<Vec<_>, _>>();
            let values = values.map_err(|error| engines(error.into()))?;
            let bytes: usize = values.iter().map(bytes_of).sum();
            if answer.rows.len() == question.rows || bytes > room {
                answer.truncated = true;
                return Ok(answer);
            }
            room -= bytes;
            answer.rows.push(values);
        }
    }
    Ok(answer)
}

/// Wants one row more than may be answered, to know whether there is one. What the engine writes about a plan is short.
fn limited(plan: LogicalPlan, rows: usize) -> datafusion::error::Result<LogicalPlan> {
    match plan {
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_) => Ok(plan),
        plan => LogicalPlanBuilder::from(plan).limit(0, Some(rows + 1))?.build(),
    }
}

fn bytes_of(value: &Value) -> usize {
    VALUE_BYTES
        + match value {
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(bytes_of).sum(),
            _ => 0,
        }
}

/// The first table that a statement names and that is not there, with the name that is most like it.
async fn missing(
    state: &SessionState,
    statement: &Statement,
    catalog: &Catalog,
) -> datafusion::error::Result<Option<QueryError>> {
    for reference in state.resolve_table_references(statement)? {
        let (schema, table) = match &reference {
            TableReference::Bare { table } => (MAIN, &**table),
            TableReference::Partial { schema, table } => (&**schema, &**table),
            TableReference::Full { catalog, schema, table } if **catalog == *CATALOG => (&**schema, &**table),
            TableReference::Full { .. } => ("", reference.table()),
        };
        // A function that makes a table is named where a table is.
        let function =
            matches!(reference, TableReference::Bare { .. }) && state.table_functions().contains_key(table);
        if function || schema == "information_schema" || catalog.has(schema, table).await? {
            continue;
        }
        let written =
            if schema == DATASETS { format!("{DATASETS}.\"{table}\"") } else { reference.to_string() };
        let way_out = match nearest(&written, table, &catalog.names()) {
            Some(name) => format!("did you mean {name}?"),
            None => "SHOW TABLES lists all".to_owned(),
        };
        let reason = format!("there is no table {written}; {way_out}");
        return Ok(Some(QueryError::Wrong { reason, place: None }));
    }
    Ok(None)
}

/// The most alike name, as a whole or by its last part.
fn nearest<'n>(written: &str, table: &str, names: &'n [String]) -> Option<&'n String> {
    let likeness = |name: &str| {
        let last = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        let last = strsim::jaro_winkler(&table.to_lowercase(), last);
        last.max(strsim::jaro_winkler(&written.to_lowercase(), name))
    };
    let alike = names.iter().map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness > 0.75);
    alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}
