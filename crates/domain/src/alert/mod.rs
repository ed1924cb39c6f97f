//! Alerts: what went wrong with a model, who is told, and when it is over. Pure rules over plain facts.
//!
//! [`facts`] become readings, [`review`] moves alerts by them, [`channel`] says who hears of it, [`words`] says how.

pub mod channel;
pub mod delivery;
pub mod facts;
pub mod review;
pub mod rule;
pub mod silence;
mod step;
pub mod words;

use crate::ids::{AlertId, JobId, ModelKey, SilenceId, VersionId, WorkspaceId};
use jiff::Timestamp;
use rule::RuleKind;
use serde::{Deserialize, Serialize};

/// How bad it is; the later the worse.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Look at it these days.
    Warning,
    /// Look at it now.
    Critical,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Self; 2] = [Self::Warning, Self::Critical];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The severity of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Seen, but not for long enough to tell anybody.
    Pending,
    /// It is so, and people are told once.
    Firing,
    /// It is so, and somebody takes care of it.
    Acknowledged,
    /// It is over.
    Resolved,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Firing, Self::Acknowledged, Self::Resolved];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The language that people are told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

/// Somebody takes care of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub by: String,
    /// What he said.
    pub note: Option<String>,
}

/// What the system decided about the model last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Did {
    /// What, a word of [`crate::decision::DecisionKind`].
    pub decision: String,
    /// The version that it is about.
    pub version: VersionId,
    /// When.
    pub at: Timestamp,
}

/// What is told beside the number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Scored answers that the number was taken over.
    pub answers: Option<u64>,
    /// Days that it was taken over.
    pub days: Option<u32>,
    /// What it is compared with: last week's number, or that of training.
    pub compared: Option<f64>,
    /// Branches or columns, the worst first; at most [`MOST_NAMES`].
    pub names: Vec<String>,
    /// Why a job or a source failed, or why the model went back.
    pub error: Option<String>,
    /// The job that failed.
    pub job: Option<JobId>,
    /// What the system decided about the model last.
    pub did: Option<Did>,
}

/// Names that an alert tells at most.
pub const MOST_NAMES: usize = 10;

/// An alert as stored. Of a workspace, rule and subject at most one is not resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its identity.
    pub id: AlertId,
    /// The rule that it is of.
    pub rule: RuleKind,
    /// What it is about: a model, a source, or `MODEL/WORK` for a kind of jobs.
    pub subject: String,
    /// The model concerned; none for a source.
    pub model: Option<ModelKey>,
    /// How bad it is now.
    pub severity: Severity,
    /// How bad it ever was.
    pub worst: Severity,
    /// Where it stands.
    pub state: State,
    /// The number that is over its limit.
    pub value: Option<f64>,
    /// The limit.
    pub limit: Option<f64>,
    /// What is told beside it.
    pub detail: Detail,
    /// Which occurrence it is, where occurrences differ: a job, a run, a decision.
    pub occurrence: String,
    /// When it was first seen.
    pub since: Timestamp,
    /// When it fired.
    pub fired_at: Option<Timestamp>,
    /// Who takes care of it.
    pub acknowledged: Option<Acknowledged>,
    /// Since when it is better, while it is not resolved yet.
    pub better_since: Option<Timestamp>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// Who said so; none where it was over by itself.
    pub resolved_by: Option<String>,
    /// Resolved by a person while it was still so: it does not fire again before it was better once.
    pub held: bool,
    /// The severity that people were told of; none where nobody was.
    pub told: Option<Severity>,
    /// The silence that keeps it quiet now.
    pub silenced_by: Option<SilenceId>,
    /// Counts its changes: 1, 2, 3 …
    pub revision: u32,
}

impl Alert {
    /// Whether it is not over.
    pub fn is_open(&self) -> bool {
        self.state != State::Resolved
    }

    /// What it is grouped by: alerts of one model, or of one source, are told together.
    pub fn group(&self) -> String {
        group_of(self.model.as_ref(), &self.subject)
    }

    /// The same for every alert of one rule and subject, in any process and at any time: 16 hex digits (FNV-1a).
    pub fn fingerprint(&self) -> String {
        let text = format!("{}\u{1f}{}\u{1f}{}", self.workspace, self.rule.as_str(), self.subject);
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        format!("{hash:016x}")
    }
}

/// What alerts of a model, or of a source, are grouped by.
pub fn group_of(model: Option<&ModelKey>, subject: &str) -> String {
    match model {
        Some(model) => format!("model:{model}"),
        None => format!("source:{subject}"),
    }
}
