//! What two versions said of the same keys, where the truth is known.

use super::truths::truth;
use super::{Whose, parts, places};
use crate::db::{Db, Row, Tx, args};
use jiff::civil::Date;
use std::collections::BTreeMap;
use vakhta_domain::ids::VersionId;
use vakhta_domain::ports::StoreError;
use vakhta_domain::trial::{PairedAnswers, Said, TrialAnswer};

/// Keeps what versions forecast for their comparison, and lets go of what is old.
pub(in crate::repositories) async fn put(
    tx: &mut Tx,
    whose: Whose<'_>,
    answers: &[TrialAnswer],
    keep_from: Date,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM trial_answers WHERE workspace = ? AND model = ? AND day < ?";
    tx.run(sql, args![whose.workspace, whose.model, keep_from.to_string()]).await?;
    // A statement must not write a row twice, and rows are locked in one order.
    let last: BTreeMap<_, _> =
        answers.iter().map(|a| ((a.day, a.key.as_str(), a.ahead, a.version.as_str()), a)).collect();
    let last: Vec<&TrialAnswer> = last.into_values().collect();
    for part in parts(&last) {
        let mut values = Vec::with_capacity(part.len() * 9);
        for answer in part {
            values.extend(args![
                whose.workspace,
                whose.model,
                answer.day.to_string(),
                answer.key.as_str(),
                answer.ahead,
                answer.version.as_str(),
                answer.segment.as_str(),
                answer.at,
                answer.value,
            ]);
        }
        let sql = format!(
            "INSERT INTO trial_answers (workspace, model, day, answer_key, ahead, version, segment, made_at, number)
             VALUES {}
             ON CONFLICT (workspace, model, day, answer_key, ahead, version) DO UPDATE SET
                segment = excluded.segment, made_at = excluded.made_at, number = excluded.number",
            places(part.len(), 9)
        );
        tx.run(&sql, values).await?;
    }
    Ok(())
}

fn pair(row: &Row) -> Result<Option<PairedAnswers>, StoreError> {
    let Some(truth) = truth(row, "true_number", "true_label")? else { return Ok(None) };
    let said = |number: &str, label: &str, detail: &str| -> Result<Said, StoreError> {
        Ok(Said { value: row.maybe_float(number)?, label: row.maybe_text(label)?, detail: row.text(detail)? })
    };
    Ok(Some(PairedAnswers {
        key: row.text("answer_key")?,
        ahead: row.u32("ahead")?,
        segment: row.text("segment")?,
        truth,
        former: said("former_number", "former_label", "former_detail")?,
        trial: said("trial_number", "trial_label", "trial_detail")?,
    }))
}

/// Forecasts of the same makings, of a day.
pub(in crate::repositories) async fn of_trials(
    db: &Db,
    whose: Whose<'_>,
    (former, trial): (&VersionId, &VersionId),
    day: Date,
) -> Result<Vec<PairedAnswers>, StoreError> {
    let sql = "SELECT f.answer_key, f.ahead, f.segment,
            f.number AS former_number, CAST(NULL AS TEXT) AS former_label, '[]' AS former_detail,
            n.number AS trial_number, CAST(NULL AS TEXT) AS trial_label, '[]' AS trial_detail,
            t.number AS true_number, t.label AS true_label
         FROM trial_answers f JOIN trial_answers n
            ON n.workspace = f.workspace AND n.model = f.model AND n.day = f.day AND n.answer_key = f.answer_key
                AND n.ahead = f.ahead AND n.version = ? AND n.made_at = f.made_at
         JOIN actuals t
            ON t.workspace = f.workspace AND t.model = f.model AND t.answer_key = f.answer_key
         WHERE f.workspace = ? AND f.model = ? AND f.day = ? AND f.version = ?
         ORDER BY f.answer_key, f.ahead";
    let values = args![trial.as_str(), whose.workspace, whose.model, day.to_string(), former.as_str()];
    found(&db.all(sql, values).await?)
}

/// Logged answers to the same requests, of a day; the first `limit` of them.
pub(in crate::repositories) async fn of_answers(
    db: &Db,
    whose: Whose<'_>,
    (former, trial): (&VersionId, &VersionId),
    day: Date,
    limit: u32,
) -> Result<Vec<PairedAnswers>, StoreError> {
    let sql = "SELECT f.answer_key, CAST(0 AS {int}) AS ahead, f.segment,
            f.number AS former_number, f.label AS former_label, f.detail AS former_detail,
            n.number AS trial_number, n.label AS trial_label, n.detail AS trial_detail,
            t.number AS true_number, t.label AS true_label
         FROM logged_answers f JOIN logged_answers n
            ON n.workspace = f.workspace AND n.model = f.model AND n.answer_key = f.answer_key
                AND n.version = ? AND n.request = f.request
         JOIN actuals t
            ON t.workspace = f.workspace AND t.model = f.model AND t.answer_key = f.answer_key
         WHERE f.workspace = ? AND f.model = ? AND f.day = ? AND f.version = ?
         ORDER BY f.answer_key LIMIT ?";
    let values = args![trial.as_str(), whose.workspace, whose.model, day.to_string(), former.as_str(), limit];
    found(&db.all(sql, values).await?)
}

fn found(rows: &[Row]) -> Result<Vec<PairedAnswers>, StoreError> {
    rows.iter().filter_map(|row| pair(row).transpose()).collect()
}
