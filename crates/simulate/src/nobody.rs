//! Who is told of a replay's alerts: nobody. They are kept and told in the report.

use async_trait::async_trait;
use vakhta_domain::ports::{Dispatch, Notifier, NotifyError};

/// Sends nothing anywhere.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

#[async_trait]
impl Notifier for Nobody {
    async fn send(&self, _: Dispatch<'_>) -> Result<(), NotifyError> {
        Err(NotifyError::Lasting("a replay tells nobody".into()))
    }
}
