//! ONNX: models of records out, with their numeric pipeline; perceptrons and trees of other programs in.
//!
//! The messages and operators: `onnx/onnx.proto`, `docs/Operators.md` and `docs/Operators-ml.md` of ONNX 1.

mod build;
mod graph;
mod read;
mod read_net;
mod read_trees;
mod write;
mod write_trees;

pub use read::read;
pub use write::{Export, Scaling, Trained};
