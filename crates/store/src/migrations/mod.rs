//! Forward-only migrations, run at start in one transaction under a lock. A database that is newer than
//! the program, or that was made by other migrations, is refused untouched.

use crate::db::{Db, Tx, args};
use crate::open_error::OpenError;
use sha2::{Digest as _, Sha256};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    /// 1, 2, 3 …
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    /// Portable statements.
    pub(crate) sql: &'static str,
}

/// Every step, in order. A released one is never changed.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first", sql: include_str!("0001_first.sql") },
    Migration { version: 2, name: "backtests", sql: include_str!("0002_backtests.sql") },
    Migration { version: 3, name: "company_days", sql: include_str!("0003_company_days.sql") },
    Migration { version: 4, name: "schedules", sql: include_str!("0004_schedules.sql") },
    Migration { version: 5, name: "sources", sql: include_str!("0005_sources.sql") },
    Migration { version: 6, name: "actuals", sql: include_str!("0006_actuals.sql") },
    Migration { version: 7, name: "alerts", sql: include_str!("0007_alerts.sql") },
    Migration { version: 8, name: "drift", sql: include_str!("0008_drift.sql") },
    Migration { version: 9, name: "arms", sql: include_str!("0009_arms.sql") },
    Migration { version: 10, name: "accounts", sql: include_str!("0010_accounts.sql") },
    Migration { version: 11, name: "identity", sql: include_str!("0011_identity.sql") },
    Migration { version: 12, name: "chain", sql: include_str!("0012_chain.sql") },
    Migration { version: 13, name: "traces", sql: include_str!("0013_traces.sql") },
];

/// What a migration run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// The steps that ran now, in order; empty where the schema was up to date.
    pub applied: Vec<String>,
    /// The schema's number afterwards.
    pub version: i64,
}

/// Any number will do, as long as every process takes the same.
const LOCK: i64 = 0x5641_4b48_5441;

/// Brings the schema up to the last of `migrations`.
pub(crate) async fn run(db: &Db, migrations: &[Migration]) -> Result<MigrationReport, OpenError> {
    let mut tx = db.begin().await?;
    if db.is_postgres() {
        // Held until the transaction ends. SQLite's write lock is held since it began.
        tx.run("SELECT pg_advisory_xact_lock(?)", args![LOCK]).await?;
    }
    tx.script(
        "CREATE TABLE IF NOT EXISTS schema_migrations (
            version {int} NOT NULL PRIMARY KEY,
            name {text} NOT NULL,
            checksum {text} NOT NULL,
            applied_at {int} NOT NULL
        ) {strict}",
    )
    .await?;
    let done = check_history(&mut tx, migrations).await?;
    let mut report = MigrationReport { applied: Vec::new(), version: done };
    for migration in migrations.iter().filter(|migration| migration.version > done) {
        tx.script(migration.sql).await?;
        tx.run(
            "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, {now_micros})",
            args![migration.version, migration.name, checksum(migration)],
        )
        .await?;
        report.applied.push(format!("{:04}_{}", migration.version, migration.name));
        report.version = migration.version;
    }
    tx.save().await?;
    Ok(report)
}

/// The newest step that ran, once all that ran are known to be ours.
async fn check_history(tx: &mut Tx, migrations: &[Migration]) -> Result<i64, OpenError> {
    let known = migrations.last().map_or(0, |migration| migration.version);
    let mut newest = 0;
    for row in tx.all("SELECT version, checksum FROM schema_migrations ORDER BY version", args![]).await? {
        newest = row.int("version")?;
        let Some(migration) = migrations.iter().find(|migration| migration.version == newest) else {
            continue;
        };
        if row.text("checksum")? != checksum(migration) {
            return Err(OpenError::ChangedMigration { version: newest, name: migration.name.to_owned() });
        }
    }
    if newest > known {
        return Err(OpenError::NewerSchema { found: newest, known });
    }
    Ok(newest)
}

fn checksum(migration: &Migration) -> String {
    hex::encode(Sha256::digest(migration.sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vakhta_domain::chain::Verifier;
    use vakhta_domain::ports::Events as _;

    const FIRST: &[Migration] = &[MIGRATIONS[0]];
    const TWO: Migration =
        Migration { version: 2, name: "second", sql: "CREATE TABLE extra (id {int} NOT NULL) {strict}" };

    async fn fresh() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open_sqlite(&folder.path().join("x.db")).await.expect("a database");
        (folder, db)
    }

    #[tokio::test]
    async fn each_step_runs_once() {
        let (_folder, db) = fresh().await;
        let first = run(&db, FIRST).await.expect("it runs");
        assert_eq!((first.applied, first.version), (vec!["0001_first".to_owned()], 1));
        assert_eq!(run(&db, FIRST).await.expect("it runs").applied, Vec::<String>::new());
        let more = run(&db, &[MIGRATIONS[0], TWO]).await.expect("it runs");
        assert_eq!((more.applied, more.version), (vec!["0002_second".to_owned()], 2));
    }

    #[tokio::test]
    async fn a_newer_schema_is_refused() {
        let (_folder, db) = fresh().await;
        run(&db, &[MIGRATIONS[0], TWO]).await.expect("it runs");
        let refused = run(&db, FIRST).await.expect_err("it is newer");
        assert!(matches!(refused, OpenError::NewerSchema { found: 2, known: 1 }), "{refused}");
        let text = refused.to_string();
        assert!(text.contains("schema 2") && text.contains("up to 1"), "{text}");
    }

    #[tokio::test]
    async fn a_changed_step_is_refused() {
        let (_folder, db) = fresh().await;
        run(&db, MIGRATIONS).await.expect("it runs");
        let other = Migration { sql: "CREATE TABLE other (id {int})", ..MIGRATIONS[0] };
        let refused = run(&db, &[other]).await.expect_err("it differs");
        assert!(matches!(refused, OpenError::ChangedMigration { version: 1, .. }), "{refused}");
    }

    #[tokio::test]
    async fn what_was_there_before_the_chain_is_counted_and_stays() {
        let (_folder, db) = fresh().await;
        let before: Vec<Migration> = MIGRATIONS.iter().filter(|m| m.version < 12).copied().collect();
        run(&db, &before).await.expect("it runs");
        for sql in [
            "INSERT INTO events (seq, workspace, happened_at, kind, subject_type, subject_id, actor, source, data)
             VALUES (1, 'default', 5, 'a.b', 'thing', 'it', 'anna', 'api', 'null')",
            "UPDATE counters SET value = 1 WHERE name = 'event'",
            "INSERT INTO jobs (id, workspace, number, kind, payload, state, progress_ppm, attempt, cancel_requested,
                limit_seconds, owner, log_lines, created_at)
             VALUES ('j', 'default', 1, 'train', '{}', 'failed', 0, 1, 0, 9,
                '{\"user\": \"u1\", \"name\": \"anna\", \"source\": \"gui\"}', 0, 5)",
        ] {
            db.run(sql, args![]).await.expect("it was possible then");
        }
        run(&db, MIGRATIONS).await.expect("it runs");
        let job = db.one("SELECT owner_user, owner_name, source FROM jobs", args![]).await.expect("works");
        let job = job.expect("is there");
        let told = ["owner_user", "owner_name", "source"].map(|column| job.text(column).expect("is filled"));
        assert_eq!(told, ["u1", "anna", "gui"]);
        let db = db.salted(&*crate::conformance::SeededChance::new(1));
        let events = crate::repositories::events::EventRows { db: db.clone() };
        let told = crate::conformance::samples::event("c.d", jiff::Timestamp::UNIX_EPOCH);
        events.append(&told).await.expect("works");
        let home = crate::conformance::samples::home();
        let head = events.chain_head(&home).await.expect("works");
        assert_eq!((head.number, head.older), (1, 1));
        let mut verifier = Verifier::new(home.clone(), None);
        for (entry, link) in events.chain(&home, 0, 9).await.expect("works") {
            verifier.take(&entry, link.as_ref()).expect("it holds");
        }
        assert_eq!(verifier.finish(&head).expect("it holds").older, 1);
        let refused = db.run("DELETE FROM events WHERE seq = 1", args![]).await;
        assert!(refused.is_err(), "the older ones stay, too");
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_nothing() {
        let (_folder, db) = fresh().await;
        let broken = Migration { sql: "CREATE TABLE a (id {int}); CREATE TABLE a (id {int})", ..TWO };
        run(&db, &[MIGRATIONS[0], broken]).await.expect_err("it fails");
        let tables = db.all("SELECT name FROM sqlite_master WHERE type = 'table'", args![]).await;
        assert_eq!(tables.expect("works").len(), 0);
    }
}
