//! Questions in SQL.

use crate::query::{Answer, QueryError, Question};
use async_trait::async_trait;

/// Answers questions in SQL over what the other ports keep. It only reads. A caller who stops waiting stops the work.
#[async_trait]
pub trait Analytics: Send + Sync {
    /// The answer, within the question's limits.
    async fn ask(&self, question: Question) -> Result<Answer, QueryError>;
}
