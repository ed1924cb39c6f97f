//! A learnt model of any task: how it is made, saved and read back.

use crate::rows;
use bytes::Bytes;
use vakhta_domain::progress::Progress;
use vakhta_domain::report::Report;
use vakhta_domain::spec::{ModelSpec, Task};
use vakhta_ml::artifact::ArtifactError;
use vakhta_ml::forecast::Backtest;
use vakhta_ml::panel::Panel;
use vakhta_ml::records::HeldRows;
use vakhta_ml::{forecast, records};

/// A learnt model.
pub(crate) enum Learnt {
    /// Of series.
    Forecast(Box<forecast::Fitted>),
    /// Of records.
    Records(Box<records::Fitted>),
}

/// Why nothing was learnt.
#[derive(Debug)]
pub(crate) enum LearnError {
    /// Told to stop.
    Cancelled,
    /// The data or the spec do not allow it.
    Data(String),
}

fn data(error: &dyn std::fmt::Display) -> LearnError {
    LearnError::Data(error.to_string())
}

impl Learnt {
    /// Learns what a spec describes from the rows of a stored table. Heavy: not for a thread that serves.
    pub fn learn(
        parquet: Bytes,
        spec: &ModelSpec,
        threads: usize,
        progress: &dyn Progress,
    ) -> Result<Self, LearnError> {
        match spec.task {
            Task::Forecast => learn_forecast(parquet, spec, threads, progress),
            Task::Classification | Task::Regression => learn_records(parquet, spec, threads, progress),
        }
    }

    /// Reads what [`Learnt::to_bytes`] wrote for a model of that task.
    pub fn from_bytes(task: Task, bytes: &[u8]) -> Result<Self, ArtifactError> {
        Ok(match task {
            Task::Forecast => Self::Forecast(Box::new(forecast::Fitted::from_bytes(bytes)?)),
            Task::Classification | Task::Regression => {
                Self::Records(Box::new(records::Fitted::from_bytes(bytes)?))
            }
        })
    }

    /// The model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Forecast(fitted) => fitted.to_bytes(),
            Self::Records(fitted) => fitted.to_bytes(),
        }
    }

    /// The scored rows of its validation folds, or the held-out rows of a model of records, as bytes.
    pub fn backtest(&self) -> Option<Vec<u8>> {
        match self {
            Self::Forecast(fitted) => fitted.backtest().map(Backtest::to_bytes),
            Self::Records(fitted) => fitted.held().map(HeldRows::to_bytes),
        }
    }

    /// What its training found out.
    pub fn report(&self) -> Report {
        match self {
            Self::Forecast(fitted) => Report::Forecast(Box::new(fitted.report().clone())),
            Self::Records(fitted) => Report::Records(Box::new(fitted.report().clone())),
        }
    }
}

fn learn_forecast(
    parquet: Bytes,
    spec: &ModelSpec,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Learnt, LearnError> {
    let rows = rows::series::read(parquet, spec).map_err(|e| data(&e))?;
    rows.notes.into_iter().for_each(|note| progress.note(note));
    let checked = forecast::Params::from_spec(spec).map_err(|e| data(&e))?;
    let (panel, notes) = Panel::build(&rows.observations, &checked.panel_rules()).map_err(|e| data(&e))?;
    match forecast::fit(&checked, &panel, spec.seed, threads, progress) {
        Ok(fitted) => Ok(Learnt::Forecast(Box::new(fitted.with_notes(notes)))),
        Err(forecast::FitError::Cancelled) => Err(LearnError::Cancelled),
        Err(other) => Err(data(&other)),
    }
}

fn learn_records(
    parquet: Bytes,
    spec: &ModelSpec,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Learnt, LearnError> {
    let rows = rows::records::read(parquet, spec).map_err(|e| data(&e))?;
    let checked = records::Params::from_spec(spec).map_err(|e| data(&e))?;
    let weights = rows.weights.as_deref();
    match records::fit(&checked, &rows.records, &rows.target, weights, spec.seed, threads, progress) {
        Ok(fitted) => Ok(Learnt::Records(Box::new(fitted))),
        Err(records::FitError::Cancelled) => Err(LearnError::Cancelled),
        Err(other) => Err(data(&other)),
    }
}
