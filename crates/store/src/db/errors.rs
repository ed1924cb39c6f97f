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

/// Whether a write failed because another row holds a value that only one may hold.
pub(crate) fn is_taken(error: &StoreError) -> bool {
    let StoreError::Unavailable { source, .. } = error else { return false };
    let cause = source.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    cause.is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
