//! `/drift`: whether what models see still comes from what they were trained on.

pub mod check;
pub mod reports;
mod views;

use crate::problem::Problem;
use vakhta_lifecycle::drift::DriftError;

impl From<DriftError> for Problem {
    fn from(error: DriftError) -> Self {
        match error {
            DriftError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            DriftError::ReportMissing(id) => Self::missing("drift_report_missing", "drift report", id),
            DriftError::BadDays { pointer, message } => Self::invalid_field(pointer, message),
            DriftError::Running(job) => {
                let words = format!("job {job} checks the drift of this model now; wait for its end");
                Self::conflict("drift_check_runs", words).with_job(job)
            }
            DriftError::Store(error) => error.into(),
        }
    }
}
