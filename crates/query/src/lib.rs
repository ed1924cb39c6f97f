//! SQL over what is kept: one reading statement, one workspace, limits of time, memory and answer.
//!
//! Invariant: it knows ports and nothing else of the product. It registers no file, no address and no object store: what
//! a statement can name is what `catalog` holds, and that reads through ports.

mod catalog;
mod cells;
mod check;
mod columns;
mod dataset;
mod kept;
mod narrow;
mod run;
mod session;
mod source;
mod stop;
mod table;
mod told;

use async_trait::async_trait;
use source::Source;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use vakhta_domain::daily::{DailyRow, DayMeasures};
use vakhta_domain::ports::{Analytics, Ports, StoreError};
use vakhta_domain::query::{Answer, QueryError, Question};

/// Reads what the sums of a daily row say: their form is the business of those who wrote them.
pub type ReadMeasures = fn(&DailyRow) -> Result<DayMeasures, StoreError>;

/// What the engine is told once, at the start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A folder for copies of datasets while they are read; each is gone when its query ends.
    pub temp_dir: PathBuf,
    /// Threads of one query.
    pub threads: usize,
    /// Queries answered at once.
    pub at_once: usize,
    /// How long a query waits for one of those places.
    pub patience: Duration,
    /// Reads the sums of daily rows.
    pub measures: ReadMeasures,
}

/// The engine. Each query has threads of its own, so that requests and jobs go on beside it.
pub struct Engine {
    ports: Ports,
    settings: Settings,
    places: Arc<Semaphore>,
}

impl Engine {
    /// An engine over ports.
    pub fn new(ports: Ports, settings: Settings) -> Self {
        let places = Arc::new(Semaphore::new(settings.at_once.max(1)));
        Self { ports, settings, places }
    }
}

/// Tells the thread of a query that nobody waits for it any more.
struct Waiting(mpsc::Sender<run::News>);

impl Drop for Waiting {
    fn drop(&mut self) {
        // An error means that the query has ended.
        let _ = self.0.send(run::News::Unwanted);
    }
}

#[async_trait]
impl Analytics for Engine {
    async fn ask(&self, question: Question) -> Result<Answer, QueryError> {
        check::text(&question.sql)?;
        let place = Arc::clone(&self.places).acquire_owned();
        let Ok(Ok(place)) = tokio::time::timeout(self.settings.patience, place).await else {
            return Err(QueryError::Busy(self.settings.at_once.max(1)));
        };
        let source = Source::new(&self.ports, &question.workspace, &self.settings, Handle::current());
        let threads = self.settings.threads.max(1);
        let (news, heard) = mpsc::channel();
        let _waiting = Waiting(news.clone());
        let (answer, answered) = oneshot::channel();
        let work = move || {
            let runtime = match run::threads(threads) {
                Ok(runtime) => runtime,
                Err(error) => {
                    let _ = answer.send(Err(QueryError::Failed(error.to_string())));
                    return;
                }
            };
            let ended = run::within_its_time(&runtime, source, question, news, &heard);
            // Nobody may be waiting any more.
            let _ = answer.send(ended);
            // What was stopped may need a moment to notice; its place is free when it has.
            drop(runtime);
            drop(place);
        };
        let thread = std::thread::Builder::new().name("query".into()).spawn(work);
        thread.map_err(|error| QueryError::Failed(error.to_string()))?;
        answered
            .await
            .unwrap_or_else(|_| Err(QueryError::Failed("its thread ended without an answer".into())))
    }
}
