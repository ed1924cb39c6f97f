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
        ("now_micros", "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"),
    ],
};
