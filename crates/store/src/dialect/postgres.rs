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
        ("owner_user", "(CAST(owner AS JSON) ->> 'user')"),
        ("owner_name", "(CAST(owner AS JSON) ->> 'name')"),
        ("owner_source", "(CAST(owner AS JSON) ->> 'source')"),
        // Part of a migration: like those, never changed.
        ("append_only_events", include_str!("postgres_events.sql")),
        ("now_micros", "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"),
    ],
};
