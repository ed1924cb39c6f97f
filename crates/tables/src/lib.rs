//! Rows in files: what a file is, its rows checked and profiled, Parquet in one form, small tables out.
//!
//! Everything here is synchronous and belongs on a blocking thread. It opens no path, reads no clock, and holds a few
//! batches of rows at most, however large or hostile the file.

mod detect;
mod error;
mod guess;
mod import;
mod limits;
mod read;
mod table;
mod text;
mod value;
mod write;

pub use error::{ImportError, ReadError, WriteError};
pub use guess::{RoleGuess, guess_roles, guess_roles_of};
pub use import::import;
pub use import::upsert::{Part, Upserted, upsert};
pub use read::{Since, batches, batches_since, column_names, columns, columns_since, first_rows, preview};
pub use table::{Table, Texts, Values};
pub use write::{ExportFormat, neutral, write};
