//! Logged answers: of each key and version the one that counts.

use super::truths::truth;
use super::{Whose, parts, places};
use crate::db::{Db, Row, Tx, args};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use vakhta_domain::daily::{LoggedAnswer, Paired};
use vakhta_domain::ids::VersionId;
use vakhta_domain::ports::{AfterAnswer, LogMark, StoreError};

/// How many records of each segment were taken in.
pub(super) async fn taken(db: &Db, whose: Whose<'_>) -> Result<BTreeMap<String, u64>, StoreError> {
    let sql = "SELECT segment, records FROM log_taken WHERE workspace = ? AND model = ?";
    let rows = db.all(sql, args![whose.workspace, whose.model]).await?;
    rows.iter().map(|row| Ok((row.text("segment")?, row.u64("records")?))).collect()
}

/// Moves the marks of segments on; false where one does not stand where the piece begins.
pub(super) async fn go_on(tx: &mut Tx, whose: Whose<'_>, marks: &[LogMark]) -> Result<bool, StoreError> {
    let (workspace, model) = (whose.workspace, whose.model);
    for LogMark { segment, from, to } in marks {
        let segment = segment.as_str();
        let moved = if *from == 0 {
            let sql = "INSERT INTO log_taken (workspace, model, segment, records) VALUES (?, ?, ?, ?)
                ON CONFLICT (workspace, model, segment) DO NOTHING";
            tx.run(sql, args![workspace, model, segment, *to]).await?
        } else {
            let sql = "UPDATE log_taken SET records = ?
                WHERE workspace = ? AND model = ? AND segment = ? AND records = ?";
            tx.run(sql, args![*to, workspace, model, segment, *from]).await?
        };
        if moved == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

const COLUMNS: &str =
    "workspace, model, answer_key, version, day, served, answered_at, request, segment, step, number,
    label, detail, shadow";

/// Keeps answers that outrank what is known; the days on which they count.
pub(super) async fn keep(
    tx: &mut Tx,
    whose: Whose<'_>,
    answers: &[LoggedAnswer],
) -> Result<BTreeSet<Date>, StoreError> {
    // A statement must not write a row twice.
    let mut last: BTreeMap<(&str, &str), &LoggedAnswer> = BTreeMap::new();
    for answer in answers {
        let whose = (answer.key.as_str(), answer.version.as_str());
        if last.get(&whose).is_none_or(|known| answer.outranks(known)) {
            last.insert(whose, answer);
        }
    }
    let last: Vec<&LoggedAnswer> = last.into_values().collect();
    for part in parts(&last) {
        let mut values = Vec::with_capacity(part.len() * 14);
        for answer in part {
            values.extend(args![
                whose.workspace,
                whose.model,
                answer.key.as_str(),
                answer.version.as_str(),
                answer.day.to_string(),
                answer.served,
                answer.at,
                answer.request.as_str(),
                answer.segment.as_str(),
                answer.step.map(u64::from),
                answer.value,
                answer.label.as_deref(),
                answer.detail.as_str(),
                answer.shadow,
            ]);
        }
        let sql = format!(
            "INSERT INTO logged_answers ({COLUMNS}) VALUES {}
             ON CONFLICT (workspace, model, answer_key, version) DO UPDATE SET day = excluded.day,
                served = excluded.served, answered_at = excluded.answered_at, request = excluded.request,
                segment = excluded.segment, step = excluded.step, number = excluded.number, label = excluded.label,
                detail = excluded.detail, shadow = excluded.shadow
             WHERE (excluded.served, excluded.answered_at, excluded.request)
                >= (logged_answers.served, logged_answers.answered_at, logged_answers.request)",
            places(part.len(), 14)
        );
        tx.run(&sql, values).await?;
    }
    Ok(last.iter().map(|answer| answer.day).collect())
}

fn answer(row: &Row) -> Result<LoggedAnswer, StoreError> {
    let step = row.maybe_int("step")?;
    Ok(LoggedAnswer {
        key: row.text("answer_key")?,
        version: VersionId::new(row.text("version")?),
        day: row.word("day", |day| day.parse().ok())?,
        served: row.truth("served")?,
        shadow: row.truth("shadow")?,
        at: row.time("answered_at")?,
        request: row.text("request")?,
        segment: row.text("segment")?,
        step: step.and_then(|step| u32::try_from(step).ok()),
        value: row.maybe_float("number")?,
        label: row.maybe_text("label")?,
        detail: row.text("detail")?,
    })
}

/// Answers of a day with their actuals, by key and version.
pub(super) async fn paired(
    db: &Db,
    whose: Whose<'_>,
    day: Date,
    after: Option<&AfterAnswer>,
    limit: u32,
) -> Result<Vec<Paired>, StoreError> {
    let (key, version) = after.map_or(("", ""), |(key, version)| (key.as_str(), version.as_str()));
    let sql = "SELECT a.answer_key, a.version, a.day, a.served, a.answered_at, a.request, a.segment, a.step, a.number,
            a.label, a.detail, a.shadow, t.number AS true_number, t.label AS true_label
         FROM logged_answers a LEFT JOIN actuals t
            ON t.workspace = a.workspace AND t.model = a.model AND t.answer_key = a.answer_key
         WHERE a.workspace = ? AND a.model = ? AND a.day = ? AND (a.answer_key, a.version) > (?, ?)
         ORDER BY a.answer_key, a.version LIMIT ?";
    let rows = db.all(sql, args![whose.workspace, whose.model, day.to_string(), key, version, limit]).await?;
    rows.iter()
        .map(|row| Ok(Paired { answer: answer(row)?, truth: truth(row, "true_number", "true_label")? }))
        .collect()
}
