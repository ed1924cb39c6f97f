//! Questions in SQL: asked within limits, and told in the history.

mod file;

pub use file::{csv, jsonl};

use crate::Lifecycle;
use async_trait::async_trait;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ports::Analytics;
use vakhta_domain::query::{Answer, QueryError, QueryLimits, Question};
use vakhta_domain::user::Actor;

/// Characters of a question that the history keeps.
const TOLD: usize = 2_000;

/// Who answers, and how far a question may go.
#[derive(Clone)]
pub struct Queries {
    /// Who answers.
    pub analytics: Arc<dyn Analytics>,
    /// How far.
    pub limits: QueryLimits,
}

impl Queries {
    /// Nobody answers: the program has no SQL in it.
    pub fn none(limits: QueryLimits) -> Self {
        Self { analytics: Arc::new(Nobody), limits }
    }
}

struct Nobody;

#[async_trait]
impl Analytics for Nobody {
    async fn ask(&self, _: Question) -> Result<Answer, QueryError> {
        Err(QueryError::NotBuilt)
    }
}

/// An answer, and what it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// The time from the question to it.
    pub elapsed: Duration,
}

/// Asks, for at most `rows` rows. What was worked on is told in the history, whatever came of it.
pub async fn ask(app: &Lifecycle, actor: &Actor, sql: &str, rows: usize) -> Result<Answered, QueryError> {
    let begun = Instant::now();
    let workspace = actor.workspace.clone();
    let question = Question { workspace, sql: sql.to_owned(), rows, limits: app.queries.limits };
    let answer = app.queries.analytics.ask(question).await;
    let elapsed = begun.elapsed();
    let (ended, rows, truncated) = match &answer {
        Ok(answer) => ("answered", answer.rows.len(), answer.truncated),
        Err(QueryError::TimedOut(_)) => ("timed_out", 0, false),
        Err(QueryError::TooLarge { .. }) => ("too_large", 0, false),
        Err(QueryError::Failed(_) | QueryError::Store(_)) => ("failed", 0, false),
        Err(_) => return answer.map(|answer| Answered { answer, elapsed }),
    };
    let told: String = sql.chars().take(TOLD).collect();
    let data = json!({
        "sql": told, "ended": ended, "rows": rows, "truncated": truncated,
        "elapsed_ms": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
    });
    let subject = ("workspace", actor.workspace.as_str());
    let event = NewEvent::about("query.run", subject, actor, app.ports.clock.now()).with(data);
    app.ports.events.append(&event).await?;
    app.signals.bump();
    answer.map(|answer| Answered { answer, elapsed })
}
