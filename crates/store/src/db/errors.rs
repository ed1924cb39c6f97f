//! What a database's failure means to a caller.

use vakhta_domain::ports::StoreError;

/// SQLite's code for a full disk, and PostgreSQL's.
const FULL: [&str; 2] = ["13", "53100"];

/// Sorts a database's failure into no space, an unreadable row, or everything else.
pub(crate) fn database_error(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(cause) if cause.code().is_some_and(|code| FULL.contains(&code.as_ref())) => {
            StoreError::Full { part: "database" }
        }
        sqlx::Error::Io(cause) if cause.kind() == std::io::ErrorKind::StorageFull => {
            StoreError::Full { part: "database" }
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            StoreError::Unreadable { what: "row", reason: error.to_string() }
        }
        _ => StoreError::Unavailable { part: "database", source: Box::new(error) },
    }
}
