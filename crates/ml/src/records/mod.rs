//! Classification and regression of records of texts, categories, numbers, flags and dates.
//!
//! [`Params::from_spec`] gives [`Checked`], [`fit`] gives [`Fitted`], which holds its features inside: records go in as
//! they are, with missing and unseen values, and every record has an answer.

mod engine;
mod explain;
mod fit;
mod fitted;
mod forest;
mod held;
mod imported;
mod linear;
mod measure;
mod params;
mod pipeline;
mod saved;
mod settings;
mod split;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod trial;
mod weight;

pub use engine::{Learnt, Model, Unit};
pub use explain::{Contribution, Explainer, Explanation};
pub use fit::{FitError, fit};
pub use fitted::{Answer, Fitted, Input};
pub use forest::Forest;
pub use held::{HeldRow, HeldRows, Said, prints};
pub use linear::Linear;
pub use params::{Checked, Goal, Params};
pub use pipeline::{Categories, Encoder, Kind, Pipeline, Scale};
pub use table::{Column, Records, Role, Target, Values};
pub use text::TextSpace;
