//! Actuals, the answers that wait for them, and daily rows.
//!
//! Every change of a model's begins by locking its row of the state: so a day that becomes due is never missed
//! between an actual and the answer that it belongs to, whichever comes first.

mod answers;
mod days;
pub(super) mod pairs;
mod truths;

use crate::db::{Db, Tx, Value, args};
use crate::repositories::events::tell;
use async_trait::async_trait;
use jiff::civil::Date;
use std::collections::BTreeMap;
use vakhta_domain::actual::{ActualVersion, NewActuals, TakenActuals};
use vakhta_domain::daily::{DailyRow, DueDay, Paired, Scope};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{DatasetVersionId, ModelKey, WorkspaceId};
use vakhta_domain::ports::{Actuals, AfterAnswer, LogPiece, StoreError};

/// Actuals in the database.
pub(crate) struct ActualRows {
    pub(crate) db: Db,
}

/// Whose rows they are.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    workspace: &'a str,
    model: &'a str,
}

impl<'a> Whose<'a> {
    pub(super) fn of(workspace: &'a WorkspaceId, model: &'a ModelKey) -> Self {
        Self { workspace: workspace.as_str(), model: model.as_str() }
    }
}

/// Rows that one statement writes, the largest first: few sizes, so that few statements are prepared.
const AT_ONCE: [usize; 4] = [256, 32, 4, 1];

/// Cuts into parts of those sizes.
fn parts<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = AT_ONCE.into_iter().find(|size| *size <= rest.len())?;
        let (part, others) = rest.split_at(size);
        rest = others;
        Some(part)
    })
}

/// `(?, ?), (?, ?)`: so many rows of so many values.
fn places(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    vec![row; rows].join(", ")
}

/// Locks the state of a model until the transaction ends; a number that no other transaction of it had. None where the
/// model is not there.
async fn hold(tx: &mut Tx, whose: Whose<'_>) -> Result<Option<u64>, StoreError> {
    let (workspace, model) = (whose.workspace, whose.model);
    let row = tx
        .one(
            "INSERT INTO watch_state (workspace, model, stamp)
             SELECT workspace, model, 1 FROM models WHERE workspace = ? AND model = ? AND deleted_at IS NULL
             ON CONFLICT (workspace, model) DO UPDATE SET stamp = watch_state.stamp + 1 RETURNING stamp",
            args![workspace, model],
        )
        .await?;
    row.map(|row| row.u64("stamp")).transpose()
}

/// Makes days due.
async fn make_due(
    tx: &mut Tx,
    whose: Whose<'_>,
    stamp: u64,
    days: impl Iterator<Item = Date>,
) -> Result<(), StoreError> {
    for day in days {
        tx.run(
            "INSERT INTO days_due (workspace, model, day, stamp) VALUES (?, ?, ?, ?)
             ON CONFLICT (workspace, model, day) DO UPDATE SET stamp = excluded.stamp",
            args![whose.workspace, whose.model, day.to_string(), stamp],
        )
        .await?;
    }
    Ok(())
}

/// Makes the days due on which logged answers of these keys count.
async fn make_due_by_key(tx: &mut Tx, whose: Whose<'_>, stamp: u64, keys: &[&str]) -> Result<(), StoreError> {
    for part in parts(keys) {
        let sql = format!(
            "SELECT DISTINCT day FROM logged_answers WHERE workspace = ? AND model = ? AND answer_key IN {}",
            places(1, part.len())
        );
        let rows = tx.all(&sql, with_keys(whose, part)).await?;
        let days: Vec<Date> = rows
            .iter()
            .map(|row| row.word("day", |day| day.parse().ok()))
            .collect::<Result<_, StoreError>>()?;
        make_due(tx, whose, stamp, days.into_iter()).await?;
    }
    Ok(())
}

/// The values of a statement about keys of a model.
fn with_keys(whose: Whose<'_>, keys: &[&str]) -> Vec<Value> {
    let mut values = args![whose.workspace, whose.model];
    values.extend(keys.iter().map(|key| Value::from(*key)));
    values
}

#[async_trait]
impl Actuals for ActualRows {
    async fn take_actuals(
        &self,
        new: &NewActuals,
        event: &NewEvent,
    ) -> Result<Option<TakenActuals>, StoreError> {
        let whose = Whose::of(&new.workspace, &new.model);
        let mut tx = self.db.begin().await?;
        let Some(stamp) = hold(&mut tx, whose).await? else { return Ok(None) };
        let (taken, changed) = truths::take(&mut tx, whose, new).await?;
        let keys: Vec<&str> = changed.iter().map(String::as_str).collect();
        make_due_by_key(&mut tx, whose, stamp, &keys).await?;
        if !keys.is_empty() {
            let event = event.clone().with(serde_json::json!({
                "source": new.source.as_str(), "received": taken.received, "added": taken.added,
                "corrected": taken.corrected, "unchanged": taken.unchanged,
            }));
            tell(&mut tx, &[event]).await?;
        }
        tx.save().await?;
        Ok(Some(taken))
    }

    async fn actual_versions(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        key: &str,
    ) -> Result<Vec<ActualVersion>, StoreError> {
        truths::versions(&self.db, Whose::of(workspace, model), key).await
    }

    async fn known_actuals(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<(String, ActualVersion)>, StoreError> {
        truths::known_after(&self.db, Whose::of(workspace, model), after, limit).await
    }

    async fn dataset_taken(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<Option<DatasetVersionId>, StoreError> {
        let sql = "SELECT dataset_version FROM watch_state WHERE workspace = ? AND model = ?";
        let row = self.db.one(sql, args![workspace.as_str(), model.as_str()]).await?;
        let id = row.map_or(Ok(None), |row| row.maybe_text("dataset_version"))?;
        Ok(id.map(DatasetVersionId::new))
    }

    async fn log_taken(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        answers::taken(&self.db, Whose::of(workspace, model)).await
    }

    async fn take_log(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        piece: &LogPiece,
    ) -> Result<bool, StoreError> {
        let whose = Whose::of(workspace, model);
        let mut tx = self.db.begin().await?;
        let Some(stamp) = hold(&mut tx, whose).await? else { return Ok(false) };
        if !answers::go_on(&mut tx, whose, &piece.marks).await? {
            return Ok(false);
        }
        let days = answers::keep(&mut tx, whose, &piece.answers).await?;
        make_due(&mut tx, whose, stamp, days.into_iter()).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn due_days(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<DueDay>, StoreError> {
        days::due(&self.db, Whose::of(workspace, model)).await
    }

    async fn all_due(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<u64, StoreError> {
        let whose = Whose::of(workspace, model);
        let mut tx = self.db.begin().await?;
        let Some(stamp) = hold(&mut tx, whose).await? else { return Ok(0) };
        let sql = "SELECT DISTINCT day FROM logged_answers WHERE workspace = ? AND model = ?";
        let rows = tx.all(sql, args![whose.workspace, whose.model]).await?;
        let days: Vec<Date> = rows
            .iter()
            .map(|row| row.word("day", |day| day.parse().ok()))
            .collect::<Result<_, StoreError>>()?;
        let count = days.len() as u64;
        make_due(&mut tx, whose, stamp, days.into_iter()).await?;
        tx.save().await?;
        Ok(count)
    }

    async fn paired(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        day: Date,
        after: Option<&AfterAnswer>,
        limit: u32,
    ) -> Result<Vec<Paired>, StoreError> {
        answers::paired(&self.db, Whose::of(workspace, model), day, after, limit).await
    }

    async fn put_day(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        due: DueDay,
        rows: &[DailyRow],
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !days::put(&mut tx, Whose::of(workspace, model), due, rows).await? {
            return Ok(false);
        }
        tx.save().await?;
        Ok(true)
    }

    async fn daily_rows(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        scope: Scope,
        from: Date,
    ) -> Result<Vec<DailyRow>, StoreError> {
        days::rows(&self.db, Whose::of(workspace, model), scope, from).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_of_few_sizes_and_lose_nothing() {
        let rows: Vec<usize> = (0..615).collect();
        let found: Vec<&[usize]> = parts(&rows).collect();
        assert!(found.iter().all(|part| AT_ONCE.contains(&part.len())));
        assert_eq!(found.concat(), rows);
        assert_eq!(parts::<u8>(&[]).count(), 0);
        assert_eq!(places(2, 3), "(?, ?, ?), (?, ?, ?)");
    }
}
