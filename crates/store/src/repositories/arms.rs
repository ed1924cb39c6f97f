//! What answers beside champions. Every change happens while the model's row is held, as switches do.

use super::actuals::{Whose, pairs};
use super::deployments::hold;
use super::version_rows::add_decision;
use super::{events::tell, json};
use crate::db::{Db, Row, Tx, args};
use async_trait::async_trait;
use jiff::civil::Date;
use vakhta_domain::ids::{DecisionId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::{ArmAnswer, Arms, StoreError};
use vakhta_domain::trial::{Arm, BeginArm, ChangeArm, PairedAnswers, Part, TrialAnswer};
use vakhta_domain::version::VersionState;

/// Arms in the database.
pub(crate) struct ArmRows {
    pub(crate) db: Db,
}

const ARM: &str = "workspace, model, part, version, against, mode, days, since_at, step_since_at, decision";

fn arm(row: &Row) -> Result<Arm, StoreError> {
    Ok(Arm {
        workspace: WorkspaceId::new(row.text("workspace")?),
        model: ModelKey::new(row.text("model")?),
        part: row.word("part", Part::parse)?,
        version: VersionId::new(row.text("version")?),
        against: VersionId::new(row.text("against")?),
        mode: row.json("mode")?,
        days: row.u32("days")?,
        since: row.time("since_at")?,
        step_since: row.time("step_since_at")?,
        decision: DecisionId::new(row.text("decision")?),
    })
}

/// Adds an arm whose decision is stored.
pub(super) async fn add(tx: &mut Tx, arm: &Arm) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO arms ({ARM}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let values = args![
        arm.workspace.as_str(),
        arm.model.as_str(),
        arm.part.as_str(),
        arm.version.as_str(),
        arm.against.as_str(),
        json("mode of an arm", &arm.mode)?,
        arm.days,
        arm.since,
        arm.step_since,
        arm.decision.as_str(),
    ];
    tx.run(&sql, values).await.map(|_| ())
}

/// Ends everything that answers beside a model's champion.
pub(super) async fn end_all(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &ModelKey,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM arms WHERE workspace = ? AND model = ?";
    tx.run(sql, args![workspace.as_str(), model.as_str()]).await.map(|_| ())
}

/// A model's arm of a part.
pub(super) async fn of_part(
    tx: &mut Tx,
    workspace: &WorkspaceId,
    model: &ModelKey,
    part: Part,
) -> Result<Option<Arm>, StoreError> {
    let sql = format!("SELECT {ARM} FROM arms WHERE workspace = ? AND model = ? AND part = ?");
    let values = args![workspace.as_str(), model.as_str(), part.as_str()];
    tx.one(&sql, values).await?.as_ref().map(arm).transpose()
}

#[async_trait]
impl Arms for ArmRows {
    async fn arms(&self, workspace: &WorkspaceId, model: &ModelKey) -> Result<Vec<Arm>, StoreError> {
        let sql = format!("SELECT {ARM} FROM arms WHERE workspace = ? AND model = ? ORDER BY part");
        let rows = self.db.all(&sql, args![workspace.as_str(), model.as_str()]).await?;
        rows.iter().map(arm).collect()
    }

    async fn all_arms(&self) -> Result<Vec<Arm>, StoreError> {
        let sql = format!("SELECT {ARM} FROM arms ORDER BY workspace, model, part");
        self.db.all(&sql, args![]).await?.iter().map(arm).collect()
    }

    async fn begin_arm(&self, begin: &BeginArm) -> Result<ArmAnswer, StoreError> {
        let new = &begin.arm;
        let mut tx = self.db.begin().await?;
        let held = match hold(&mut tx, &new.workspace, &new.model).await? {
            Some(held) if !held.deleted => held,
            _ => return Ok(ArmAnswer::Missing),
        };
        let row = tx
            .one(
                "SELECT state FROM versions WHERE workspace = ? AND model = ? AND id = ?",
                args![new.workspace.as_str(), new.model.as_str(), new.version.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(ArmAnswer::Missing) };
        let state = row.word("state", VersionState::parse)?;
        if !state.is_servable() {
            return Ok(ArmAnswer::NotServable(state));
        }
        if held.champion.as_ref() != Some(&new.against) {
            return Ok(ArmAnswer::Superseded(held.champion));
        }
        if let Some(there) = of_part(&mut tx, &new.workspace, &new.model, new.part).await? {
            return Ok(ArmAnswer::Busy(Box::new(there)));
        }
        add_decision(&mut tx, &new.workspace, &begin.decision).await?;
        add(&mut tx, new).await?;
        tell(&mut tx, std::slice::from_ref(&begin.event)).await?;
        tx.save().await?;
        Ok(ArmAnswer::Done)
    }

    async fn change_arm(&self, change: &ChangeArm) -> Result<bool, StoreError> {
        let was = &change.was;
        let mut tx = self.db.begin().await?;
        if hold(&mut tx, &was.workspace, &was.model).await?.is_none() {
            return Ok(false);
        }
        if of_part(&mut tx, &was.workspace, &was.model, was.part).await?.as_ref() != Some(was) {
            return Ok(false);
        }
        let place = args![was.workspace.as_str(), was.model.as_str(), was.part.as_str()];
        match &change.mode {
            None => {
                tx.run("DELETE FROM arms WHERE workspace = ? AND model = ? AND part = ?", place).await?;
            }
            Some(mode) => {
                let mut values = args![json("mode of an arm", mode)?, change.decision.at];
                values.extend(place);
                let sql = "UPDATE arms SET mode = ?, step_since_at = ? WHERE workspace = ? AND model = ? AND part = ?";
                tx.run(sql, values).await?;
            }
        }
        add_decision(&mut tx, &was.workspace, &change.decision).await?;
        tell(&mut tx, std::slice::from_ref(&change.event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn put_trial_answers(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        answers: &[TrialAnswer],
        keep_from: Date,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        pairs::put(&mut tx, Whose::of(workspace, model), answers, keep_from).await?;
        tx.save().await
    }

    async fn trial_pairs(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        versions: (&VersionId, &VersionId),
        day: Date,
    ) -> Result<Vec<PairedAnswers>, StoreError> {
        pairs::of_trials(&self.db, Whose::of(workspace, model), versions, day).await
    }

    async fn answer_pairs(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        versions: (&VersionId, &VersionId),
        day: Date,
        limit: u32,
    ) -> Result<Vec<PairedAnswers>, StoreError> {
        pairs::of_answers(&self.db, Whose::of(workspace, model), versions, day, limit).await
    }
}
