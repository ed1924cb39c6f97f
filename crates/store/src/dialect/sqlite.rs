//! SQLite: one writer at a time, so a row needs no lock of its own.

use super::Dialect;

pub(crate) const SQLITE: Dialect = Dialect {
    numbered: false,
    words: &[
        ("int", "INTEGER"),
        ("text", "TEXT"),
        ("float", "REAL"),
        ("blob", "BLOB"),
        ("strict", "STRICT"),
        ("for_update", ""),
        ("skip_locked", ""),
        ("owner_user", "json_extract(owner, '$.user')"),
        ("owner_name", "json_extract(owner, '$.name')"),
        ("owner_source", "json_extract(owner, '$.source')"),
        // Part of a migration: like those, never changed.
        ("append_only_events", include_str!("sqlite_events.sql")),
        ("now_micros", "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"),
    ],
};
