//! What becomes of a version beside the champion: each decision with the days that it was taken from, each switch in
//! one transaction.

use super::losses::{self, Seen};
use super::{policy, probation};
use crate::Lifecycle;
use crate::deploy::{DeployError, Order, put_in_place};
use crate::jobs::pulse::Pulse;
use serde_json::{Value, json};
use std::sync::Arc;
use vakhta_domain::arms::{self, Next};
use vakhta_domain::decision::{Decision, DecisionKind};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{self, DecisionId, VersionId};
use vakhta_domain::model::Model;
use vakhta_domain::ports::StoreError;
use vakhta_domain::rollback::{self, Probation};
use vakhta_domain::spec::PromotePolicy;
use vakhta_domain::trial::{self, Arm, ChangeArm, Live, Mode, Part};
use vakhta_domain::user::Actor;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// Nothing: it is watched on.
    Watched,
    /// It ended, or goes on with another share.
    Changed,
    /// Another version serves.
    Switched,
}

/// Judges an arm by its live days and does what follows.
pub(super) async fn judge(
    app: &Arc<Lifecycle>,
    model: &Model,
    arm: &Arm,
    pulse: &Pulse,
) -> Result<Done, StoreError> {
    let seen = losses::read(app, model, arm).await?;
    let policy = PromotePolicy { probation_days: arm.days, ..policy(model) };
    let trial = Trial { app, model, arm, seen: &seen, policy, pulse };
    match (arm.part, &arm.mode) {
        (Part::Former, _) => trial.of_probation().await,
        (Part::Challenger, Mode::Canary { canary, step }) => trial.of_canary(canary, *step).await,
        (Part::Challenger, _) => trial.of_challenger().await,
    }
}

struct Trial<'a> {
    app: &'a Arc<Lifecycle>,
    model: &'a Model,
    arm: &'a Arm,
    seen: &'a Seen,
    policy: PromotePolicy,
    pulse: &'a Pulse,
}

impl Trial<'_> {
    /// What the always-valid test of harm saw, as the rules of a probation read it.
    fn probation(&self) -> Probation {
        Probation {
            age_days: self.seen.age_days,
            broken: self.seen.broken,
            loss: self.seen.loss,
            look: self.seen.worse(self.policy.level).look(),
        }
    }

    async fn of_probation(&self) -> Result<Done, StoreError> {
        let probation = self.probation();
        let verdict = rollback::judge(&probation, &self.policy);
        let (champion, former) = (&self.arm.against, &self.arm.version);
        let evidence = self.evidence(&json!({ "probation": probation, "verdict": verdict }));
        match verdict.outcome {
            rollback::Outcome::Watch => Ok(Done::Watched),
            rollback::Outcome::Passed => {
                let event = ("probation.passed", champion);
                self.change(DecisionKind::ProbationPassed, verdict.reason.words(), evidence, None, event)
                    .await
            }
            rollback::Outcome::RollBack => {
                let reason = format!("{}; deploy {champion} to take it back", verdict.reason.words());
                self.switch(DecisionKind::AutoRollback, former, reason, evidence).await
            }
        }
    }

    async fn of_challenger(&self) -> Result<Done, StoreError> {
        let live = Live {
            age_days: self.seen.age_days,
            days: self.arm.days,
            broken: self.seen.broken,
            loss: self.seen.loss,
            worse: self.seen.worse(self.policy.level).look(),
            better: self.seen.better(self.policy.level).look(),
            evidence: self.seen.evidence(),
        };
        let verdict = trial::judge(&live, &self.policy);
        let evidence = self.evidence(&json!({ "live": live, "verdict": verdict }));
        match verdict.outcome {
            trial::Outcome::Watch => Ok(Done::Watched),
            trial::Outcome::Promote => self.promote(verdict.reason.words(), evidence).await,
            trial::Outcome::Drop => self.end(verdict.reason.words(), evidence).await,
        }
    }

    async fn of_canary(&self, canary: &arms::Canary, step: usize) -> Result<Done, StoreError> {
        let probation = self.probation();
        let verdict = rollback::judge(&probation, &self.policy);
        let on_step = self.app.ports.clock.now().duration_since(self.arm.step_since).as_hours().max(0) / 24;
        let next = arms::next(canary, step, on_step.unsigned_abs(), &verdict);
        let words = verdict.reason.words();
        let evidence = self.evidence(&json!({ "probation": probation, "verdict": verdict, "next": next }));
        match next {
            Next::Hold { .. } => Ok(Done::Watched),
            Next::Abort => self.end(words, evidence).await,
            Next::Finish => self.promote(words, evidence).await,
            Next::Advance { share } => {
                let reason = format!("answers {:.0}% from now on: {words}", 100.0 * share);
                let mode = Mode::Canary { canary: canary.clone(), step: step + 1 };
                let event = ("challenger.stepped", &self.arm.version);
                self.change(DecisionKind::CanaryStep, reason, evidence, Some(mode), event).await
            }
        }
    }

    /// The numbers that a decision was taken from, down to the day.
    fn evidence(&self, of: &Value) -> Value {
        let mut evidence = of.clone();
        evidence["arm"] = json!({ "part": self.arm.part, "mode": self.arm.mode, "since": self.arm.since,
            "version": self.arm.version, "against": self.arm.against });
        evidence["policy"] = json!(self.policy);
        evidence["days"] = json!(self.seen.days);
        evidence
    }

    async fn promote(&self, words: String, evidence: Value) -> Result<Done, StoreError> {
        self.switch(DecisionKind::Promoted, &self.arm.version, words, evidence).await
    }

    async fn end(&self, words: String, evidence: Value) -> Result<Done, StoreError> {
        let event = ("challenger.ended", &self.arm.version);
        self.change(DecisionKind::ChallengerEnded, words, evidence, None, event).await
    }

    async fn change(
        &self,
        kind: DecisionKind,
        reason: String,
        evidence: Value,
        mode: Option<Mode>,
        (event, version): (&'static str, &VersionId),
    ) -> Result<Done, StoreError> {
        let actor = Actor::system(self.arm.workspace.clone());
        self.pulse.say(format!("{version}: {reason}"));
        let change = change(self.app, &actor, self.arm, kind, version, reason, evidence, mode, event);
        let done = self.app.ports.arms.change_arm(&change).await?;
        Ok(if done { Done::Changed } else { Done::Watched })
    }

    /// Puts a version to serve. That it cannot be read is told and tried again the next day.
    async fn switch(
        &self,
        kind: DecisionKind,
        version: &VersionId,
        reason: String,
        evidence: Value,
    ) -> Result<Done, StoreError> {
        let actor = Actor::system(self.arm.workspace.clone());
        let found =
            self.app.ports.versions.version(&self.arm.workspace, &self.arm.model, version.as_str()).await?;
        let Some(found) = found else { return Ok(Done::Watched) };
        self.pulse.say(format!("{version} is put to serve: {reason}"));
        let order = Order { kind, reason, evidence };
        match put_in_place(self.app, &actor, self.model, found, order).await {
            Ok(_) => Ok(Done::Switched),
            Err(DeployError::Store(error)) => Err(error),
            Err(error) => {
                tracing::error!(model = %self.arm.model, %version, %error, "a decided switch could not be made");
                self.pulse.say(format!("it could not be made: {error}"));
                Ok(Done::Watched)
            }
        }
    }
}

/// What becomes of an arm without a switch, with its decision.
#[expect(clippy::too_many_arguments, reason = "each is one field of the decision")]
pub(super) fn change(
    app: &Lifecycle,
    actor: &Actor,
    was: &Arm,
    kind: DecisionKind,
    version: &VersionId,
    reason: String,
    evidence: Value,
    mode: Option<Mode>,
    event: &'static str,
) -> ChangeArm {
    let at = app.ports.clock.now();
    let event = NewEvent::about(event, ("version", version.as_str()), actor, at)
        .of_model(was.model.as_str())
        .with(json!({ "part": was.part, "mode": mode.as_ref().unwrap_or(&was.mode), "reason": reason }));
    let previous = if was.part == Part::Former { &was.version } else { &was.against };
    let decision = Decision {
        id: DecisionId::new(ids::fresh("decision", &*app.ports.chance)),
        model: was.model.clone(),
        kind,
        version: version.clone(),
        previous: Some(previous.clone()),
        reason,
        evidence,
        decided_by: actor.name.clone(),
        at,
    };
    ChangeArm { was: was.clone(), mode, decision, event }
}

/// The shadow that a switch leaves behind: of a promotion and a deployment the former champion; of a way back none.
pub(crate) fn shadow_after(kind: DecisionKind, model: &Model, decision: &Decision) -> Option<Arm> {
    match kind {
        DecisionKind::Deploy | DecisionKind::Promoted => {
            probation(model, &decision.version, &decision.id, decision.at)
        }
        _ => None,
    }
}
