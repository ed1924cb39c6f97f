//! A challenger: tried beside the champion, in shadow, by a share, or step by step.

use super::views::ArmView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::jobs::train::checked_reason;
use crate::page::{NoQuery, Query};
use crate::problem::{FieldError, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::arms::Canary;
use vakhta_domain::ids::ModelKey;
use vakhta_domain::trial::Mode;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::trials::{self, Asked, ChallengerError};

/// Whom a version beside the champion answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArmMode {
    /// Nobody: its answers are only logged and compared.
    Shadow,
    /// A share of the keys, always the same ones.
    Ab,
    /// A share of the keys that grows step by step.
    Canary,
}

/// A version to be tried beside the champion.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Challenger {
    /// The version, by id or by the name given at training.
    version: String,
    /// Whom it answers.
    mode: ArmMode,
    /// Of `ab`: the share of the keys, above 0 and below 1.
    #[serde(default)]
    share: Option<f64>,
    /// Of `canary`: the share of each step, growing; default 0.05, 0.25, 0.5. After the last it serves all.
    #[serde(default)]
    steps: Option<Vec<f64>>,
    /// Of `canary` the days of a step, default 3; else the days that it is tried at most, default the policy's
    /// `probation_days`.
    #[serde(default)]
    days: Option<u32>,
    /// Why, in words.
    #[serde(default)]
    reason: Option<String>,
}

impl Challenger {
    fn asked(self) -> Result<Asked, Problem> {
        let Self { version, mode, share, steps, days, reason } = self;
        let unused = |field: &str, mode: &str| {
            Problem::invalid_field(field, format!("belongs to the mode `{mode}`, leave it out"))
        };
        if share.is_some() && mode != ArmMode::Ab {
            return Err(unused("/share", "ab"));
        }
        if steps.is_some() && mode != ArmMode::Canary {
            return Err(unused("/steps", "canary"));
        }
        let (mode, days) = match mode {
            ArmMode::Shadow => (Mode::Shadow, days),
            ArmMode::Ab => {
                let wanted = || Problem::invalid_field("/share", "is missing: the mode `ab` wants a share");
                (Mode::Ab { share: share.ok_or_else(wanted)? }, days)
            }
            ArmMode::Canary => {
                let usual = Canary::default();
                let steps = steps.unwrap_or(usual.steps);
                let days = days.map_or(usual.days, u64::from);
                (Mode::Canary { canary: Canary { steps, days }, step: 0 }, None)
            }
        };
        Ok(Asked { version, mode, days, reason: checked_reason(reason)? })
    }
}

/// Tries a version beside the champion. It is promoted or dropped by what its answers turn out to be worth.
#[utoipa::path(post, path = "/models/{key}/challenger", tag = "versions", params(("key" = String, Path)),
    request_body = Challenger, responses((status = 201, body = ArmView),
        (status = 409, description = "one is tried already, nothing serves, or it may not serve")))]
pub async fn begin(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Json(body): Json<Challenger>,
) -> Result<(StatusCode, Json<ArmView>), Problem> {
    let actor = who.require(Permission::Deploy)?;
    let arm = trials::begin(&app.lifecycle, actor, &ModelKey::new(key), body.asked()?).await?;
    Ok((StatusCode::CREATED, Json(arm.into())))
}

/// Ends the trial of the challenger; the champion serves on.
#[utoipa::path(delete, path = "/models/{key}/challenger", tag = "versions", params(("key" = String, Path)),
    responses((status = 204, description = "ended"), (status = 404, description = "none is tried")))]
pub async fn end(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::Deploy)?;
    trials::drop_challenger(&app.lifecycle, actor, &ModelKey::new(key), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ChallengerError> for Problem {
    fn from(error: ChallengerError) -> Self {
        match error {
            ChallengerError::ModelMissing(key) => Self::missing("model_missing", "model", key),
            ChallengerError::VersionMissing(version) => Self::missing("version_missing", "version", version),
            ChallengerError::NoChallenger(key) => Self::missing("challenger_missing", "challenger of", key),
            ChallengerError::NothingServes(_) => Self::conflict("no_version", error.to_string()),
            ChallengerError::NotServable(..) => Self::conflict("not_servable", error.to_string()),
            ChallengerError::AlreadyServes(_) => Self::conflict("already_serves", error.to_string()),
            ChallengerError::Busy(_) => Self::conflict("challenger_runs", error.to_string()),
            ChallengerError::Unreadable(..) => Self::conflict("artifact_unreadable", error.to_string()),
            ChallengerError::Superseded => Self::conflict("superseded", error.to_string()),
            ChallengerError::BadInput(errors) => {
                Self::invalid("bad_input", errors.into_iter().map(FieldError::from))
            }
            ChallengerError::Store(error) => error.into(),
        }
    }
}
