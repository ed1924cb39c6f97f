//! PostgreSQL: texts are compared byte by byte, as SQLite does, so that lists have one order everywhere.

use super::Dialect;

pub(crate) const POSTGRES: Dialect = Dialect {
    numbered: true,
    words: &[
        ("int", "BIGINT"),
        ("text", "TEXT COLLATE \"C\""),
        ("float", "DOUBLE PRECISION"),
        ("blob", "BYTEA"),
        ("strict", ""),
        ("for_update", "FOR UPDATE"),
        ("skip_locked", "FOR UPDATE SKIP LOCKED"),
        ("now_micros", "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"),
    ],
};
