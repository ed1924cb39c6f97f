//! Silences: what people do not want to hear of for a while, who said so, and why.

use super::Alert;
use super::rule::RuleKind;
use crate::ids::{ModelKey, SilenceId, WorkspaceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A silence. Alerts that it matches go on as ever; nobody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its identity.
    pub id: SilenceId,
    /// The rule that it is of; every rule where left out.
    pub rule: Option<RuleKind>,
    /// The model that it is of; every model and source where left out.
    pub model: Option<ModelKey>,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who, by name.
    pub by: String,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
}

impl Silence {
    /// Whether it holds now.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until && self.ended_at.is_none_or(|ended| now < ended)
    }

    /// Whether it is about this alert.
    pub fn matches(&self, alert: &Alert) -> bool {
        self.rule.is_none_or(|rule| rule == alert.rule)
            && self.model.as_ref().is_none_or(|model| alert.model.as_ref() == Some(model))
    }
}

/// The silence that keeps an alert quiet, if one does.
pub fn silencing<'s>(silences: &'s [Silence], alert: &Alert, now: Timestamp) -> Option<&'s Silence> {
    silences.iter().find(|silence| silence.holds(now) && silence.matches(alert))
}
