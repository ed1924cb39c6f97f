//! Models from and for other programs: ONNX in and out, LightGBM's text in.
//!
//! A file from outside is checked before it is believed: each length against the bytes that are left, each
//! pointer against what it points into, each number for being one. What a file says and we cannot do the same is
//! an error that names it, never an approximation.

mod adopt;
mod fitted;
mod imported;
mod lightgbm;
mod onnx;
mod protobuf;
mod shape;
#[cfg(test)]
mod tests;

pub use adopt::{Format, adopt, read};
pub use fitted::write_onnx;
pub use imported::{Answers, Engine, Imported};
pub use lightgbm::read as read_lightgbm;
pub use onnx::{Export, Scaling, Trained, read as read_onnx};

/// Why a model cannot be read from or written for another program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// Other bytes altogether, or cut off.
    #[error("the file cannot be read as {format}: {what}")]
    Unreadable {
        /// The format that was expected.
        format: &'static str,
        /// What is wrong.
        what: String,
    },
    /// A thing that the format can say and the engines cannot do.
    #[error("{0}")]
    Unsupported(String),
    /// A sound file that is not a model of this kind or width.
    #[error("{0}")]
    Unfit(String),
    /// The parts of the file contradict each other.
    #[error("the file contradicts itself: {0}")]
    Unsound(String),
}

/// The error of parts that contradict each other.
fn unsound<T>(what: impl Into<String>) -> Result<T, ExchangeError> {
    Err(ExchangeError::Unsound(what.into()))
}

/// The error of what the engines cannot do.
fn unsupported<T>(what: impl Into<String>) -> Result<T, ExchangeError> {
    Err(ExchangeError::Unsupported(what.into()))
}
