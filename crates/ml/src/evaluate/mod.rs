//! How good a forecast or an answer was, how far off it may be, and how sure an answer may sound.

pub mod calibration;
pub mod class_sums;
pub mod classes;
pub mod conformal;
pub mod metrics;
pub mod numbers;
pub mod sums;

pub use calibration::Calibration;
pub use class_sums::ClassSums;
pub use classes::{ClassTally, Scored, most_probable};
pub use conformal::{Conformal, Residual};
pub use metrics::{Tally, naive_scale};
pub use numbers::{NumberTally, conformal_half_width, median};
pub use sums::Sums;
