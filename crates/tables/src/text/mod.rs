//! Text files as a moving window of UTF-8: decoding, CSV records, lines.

pub mod records;
pub mod window;
