//! Days that are due, and the rows of those that are done.

use super::{Whose, parts, places};
use crate::db::{Db, Tx, args};
use jiff::civil::Date;
use vakhta_domain::daily::{DailyRow, DueDay, Role, Scope};
use vakhta_domain::ids::VersionId;
use vakhta_domain::ports::StoreError;

/// Days whose rows are to be computed, earliest first.
pub(super) async fn due(db: &Db, whose: Whose<'_>) -> Result<Vec<DueDay>, StoreError> {
    let sql = "SELECT day, stamp FROM days_due WHERE workspace = ? AND model = ? ORDER BY day";
    let rows = db.all(sql, args![whose.workspace, whose.model]).await?;
    rows.iter()
        .map(|row| Ok(DueDay { day: row.word("day", |day| day.parse().ok())?, stamp: row.u64("stamp")? }))
        .collect()
}

const COLUMNS: &str = "workspace, model, scope, day, version, role, segment, bucket, answers, scored, sums";

/// Replaces the rows of a day; false where it is not due by that stamp any more.
pub(super) async fn put(
    tx: &mut Tx,
    whose: Whose<'_>,
    due: DueDay,
    rows: &[DailyRow],
) -> Result<bool, StoreError> {
    let (workspace, model, day) = (whose.workspace, whose.model, due.day.to_string());
    let sql = "DELETE FROM days_due WHERE workspace = ? AND model = ? AND day = ? AND stamp = ?";
    if tx.run(sql, args![workspace, model, day.as_str(), due.stamp]).await? == 0 {
        return Ok(false);
    }
    for scope in [Scope::All, Scope::Segment] {
        let sql = "DELETE FROM daily_metrics WHERE workspace = ? AND model = ? AND scope = ? AND day = ?";
        tx.run(sql, args![workspace, model, scope.as_str(), day.as_str()]).await?;
    }
    for part in parts(rows) {
        let mut values = Vec::with_capacity(part.len() * 11);
        for row in part {
            values.extend(args![
                workspace,
                model,
                row.scope.as_str(),
                day.as_str(),
                row.version.as_str(),
                row.role.as_str(),
                row.segment.as_str(),
                row.bucket,
                row.answers,
                row.scored,
                row.sums.as_str(),
            ]);
        }
        let sql = format!("INSERT INTO daily_metrics ({COLUMNS}) VALUES {}", places(part.len(), 11));
        tx.run(&sql, values).await?;
    }
    Ok(true)
}

/// Daily rows from a day on.
pub(super) async fn rows(
    db: &Db,
    whose: Whose<'_>,
    scope: Scope,
    from: Date,
) -> Result<Vec<DailyRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM daily_metrics WHERE workspace = ? AND model = ? AND scope = ? AND day >= ?
         ORDER BY day, version, role, segment, bucket"
    );
    let rows = db.all(&sql, args![whose.workspace, whose.model, scope.as_str(), from.to_string()]).await?;
    rows.iter()
        .map(|row| {
            Ok(DailyRow {
                scope: row.word("scope", Scope::parse)?,
                day: row.word("day", |day| day.parse().ok())?,
                version: VersionId::new(row.text("version")?),
                role: row.word("role", Role::parse)?,
                segment: row.text("segment")?,
                bucket: row.u32("bucket")?,
                answers: row.u64("answers")?,
                scored: row.u64("scored")?,
                sums: row.text("sums")?,
            })
        })
        .collect()
}
