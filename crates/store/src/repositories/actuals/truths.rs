//! What turned out to be true. The last word counts, earlier ones are kept.

use super::{Whose, parts, places, with_keys};
use crate::db::{Db, Row, Tx, Value, args};
use std::collections::BTreeMap;
use vakhta_domain::actual::{ActualVersion, NewActuals, TakenActuals, Truth};
use vakhta_domain::ports::StoreError;

const COLUMNS: &str = "workspace, model, answer_key, revision, number, label, source, taken_at";

/// The truth in a row; none where the row has none.
pub(super) fn truth(row: &Row, number: &str, label: &str) -> Result<Option<Truth>, StoreError> {
    Ok(match (row.maybe_float(number)?, row.maybe_text(label)?) {
        (_, Some(label)) => Some(Truth::Label(label)),
        (Some(number), None) => Some(Truth::Number(number)),
        (None, None) => None,
    })
}

fn version(row: &Row) -> Result<ActualVersion, StoreError> {
    let truth = truth(row, "number", "label")?;
    Ok(ActualVersion {
        revision: row.u32("revision")?,
        truth: truth.ok_or_else(|| StoreError::Unreadable {
            what: "actual",
            reason: "it has neither number nor label".into(),
        })?,
        source: row.text("source")?,
        at: row.time("taken_at")?,
    })
}

/// Takes actuals in; what became of them, and the keys that say something else than before.
pub(super) async fn take(
    tx: &mut Tx,
    whose: Whose<'_>,
    new: &NewActuals,
) -> Result<(TakenActuals, Vec<String>), StoreError> {
    // In the order of the key, so that the same call does the same, and each key once: the last word counts.
    let items: BTreeMap<&str, &Truth> = new.items.iter().map(|a| (a.key.as_str(), &a.truth)).collect();
    let items: Vec<(&str, &Truth)> = items.into_iter().collect();
    let mut taken = TakenActuals { received: items.len() as u64, ..TakenActuals::default() };
    let mut changed = Vec::new();
    for part in parts(&items) {
        let known = known(tx, whose, part).await?;
        let (mut fresh, mut former) = (Vec::new(), Vec::new());
        for (key, truth) in part {
            let before = known.get(*key);
            if before.is_some_and(|before| before.truth == **truth) {
                taken.unchanged += 1;
                continue;
            }
            let now = ActualVersion {
                revision: before.map_or(1, |before| before.revision + 1),
                truth: (*truth).clone(),
                source: new.source.as_str().to_owned(),
                at: new.at,
            };
            if let Some(before) = before {
                taken.corrected += 1;
                former.push((*key, before.clone()));
            } else {
                taken.added += 1;
            }
            changed.push((*key).to_owned());
            fresh.push((*key, now));
        }
        write(tx, whose, "former_actuals", "", &former).await?;
        let replace = "ON CONFLICT (workspace, model, answer_key) DO UPDATE SET revision = excluded.revision,
            number = excluded.number, label = excluded.label, source = excluded.source, taken_at = excluded.taken_at";
        write(tx, whose, "actuals", replace, &fresh).await?;
    }
    if let vakhta_domain::actual::ActualSource::Dataset(version) = &new.source {
        let sql = "UPDATE watch_state SET dataset_version = ? WHERE workspace = ? AND model = ?";
        tx.run(sql, args![version.as_str(), whose.workspace, whose.model]).await?;
    }
    Ok((taken, changed))
}

async fn known(
    tx: &mut Tx,
    whose: Whose<'_>,
    part: &[(&str, &Truth)],
) -> Result<BTreeMap<String, ActualVersion>, StoreError> {
    let keys: Vec<&str> = part.iter().map(|(key, _)| *key).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM actuals WHERE workspace = ? AND model = ? AND answer_key IN {}",
        places(1, keys.len())
    );
    let rows = tx.all(&sql, with_keys(whose, &keys)).await?;
    rows.iter().map(|row| Ok((row.text("answer_key")?, version(row)?))).collect()
}

async fn write(
    tx: &mut Tx,
    whose: Whose<'_>,
    table: &str,
    conflict: &str,
    rows: &[(&str, ActualVersion)],
) -> Result<(), StoreError> {
    for part in parts(rows) {
        let mut values = Vec::with_capacity(part.len() * 8);
        for (key, actual) in part {
            let (number, label) = match &actual.truth {
                Truth::Number(number) => (Some(*number), None),
                Truth::Label(label) => (None, Some(label.as_str())),
            };
            values.extend(args![
                whose.workspace,
                whose.model,
                *key,
                actual.revision,
                Value::from(number),
                label,
                actual.source.as_str(),
                actual.at
            ]);
        }
        let sql = format!("INSERT INTO {table} ({COLUMNS}) VALUES {} {conflict}", places(part.len(), 8));
        tx.run(&sql, values).await?;
    }
    Ok(())
}

/// Every word about a key, the newest first.
pub(super) async fn versions(db: &Db, whose: Whose<'_>, key: &str) -> Result<Vec<ActualVersion>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM actuals WHERE workspace = ? AND model = ? AND answer_key = ?
         UNION ALL
         SELECT {COLUMNS} FROM former_actuals WHERE workspace = ? AND model = ? AND answer_key = ?
         ORDER BY revision DESC"
    );
    let (workspace, model) = (whose.workspace, whose.model);
    let rows = db.all(&sql, args![workspace, model, key, workspace, model, key]).await?;
    rows.iter().map(version).collect()
}

/// The last word about each key after one, by key.
pub(super) async fn known_after(
    db: &Db,
    whose: Whose<'_>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<(String, ActualVersion)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM actuals WHERE workspace = ? AND model = ? AND answer_key > ?
         ORDER BY answer_key LIMIT ?"
    );
    let rows = db.all(&sql, args![whose.workspace, whose.model, after.unwrap_or_default(), limit]).await?;
    rows.iter().map(|row| Ok((row.text("answer_key")?, version(row)?))).collect()
}
