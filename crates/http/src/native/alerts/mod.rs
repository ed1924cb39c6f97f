//! Alerts, their rules and silences, and the channels that people are told by.

pub mod channels;
pub mod handle;
pub mod health;
pub mod list;
pub mod rules;
pub mod silences;
mod views;

use crate::problem::Problem;
use vakhta_lifecycle::alerts::AlertError;

impl From<AlertError> for Problem {
    fn from(error: AlertError) -> Self {
        match error {
            AlertError::Missing(id) => Self::missing("alert_missing", "alert", id),
            AlertError::ChannelMissing(id) => Self::missing("channel_missing", "channel", id),
            AlertError::SilenceMissing(_) => {
                Self::new(axum::http::StatusCode::NOT_FOUND, "silence_missing", error.to_string())
            }
            AlertError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            AlertError::NotNow(_) => Self::conflict("alert_state", error.to_string()),
            AlertError::Changing(_) => Self::conflict("alert_changes", error.to_string()),
            AlertError::NameTaken(_) => Self::conflict("channel_exists", error.to_string()),
            AlertError::BadChannel(bad) => Self::invalid_field(bad.pointer, bad.message),
            AlertError::BadRule { .. } => Self::invalid_field("/rules", error.to_string()),
            AlertError::BadSilence { pointer, message } => Self::invalid_field(pointer, message),
            AlertError::Store(error) => error.into(),
        }
    }
}
