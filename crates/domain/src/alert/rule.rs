//! The rules: what each measures, its limits, and who may set them (defaults, a workspace, a model's spec).

use super::Severity;
use crate::spec::AlertPolicy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a rule watches.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Live MAPE, percent.
    Mape,
    /// Points of accuracy that a classifier lost against its training.
    AccuracyDrop,
    /// By how many percent the error of this week is larger than that of the week before.
    Degradation,
    /// Branches whose MAPE is over a limit of its own.
    Branches,
    /// The size of the mean error, in the target's unit, where it leans to one side day after day.
    Bias,
    /// The same as a share of what came true, percent.
    BiasShare,
    /// Confirmed drift.
    Drift,
    /// Days that the newest row is late.
    DataLate,
    /// Days that the serving version is older than `max_age_days` of its retraining.
    ModelAge,
    /// The last job of its kind failed.
    JobFailed,
    /// The last run of a source failed.
    SourceFailed,
    /// The system went back to the former version by itself, within a day.
    Rollback,
}

impl RuleKind {
    /// Every rule.
    pub const ALL: [Self; 12] = [
        Self::Mape,
        Self::AccuracyDrop,
        Self::Degradation,
        Self::Branches,
        Self::Bias,
        Self::BiasShare,
        Self::Drift,
        Self::DataLate,
        Self::ModelAge,
        Self::JobFailed,
        Self::SourceFailed,
        Self::Rollback,
    ];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mape => "mape",
            Self::AccuracyDrop => "accuracy_drop",
            Self::Degradation => "degradation",
            Self::Branches => "branches",
            Self::Bias => "bias",
            Self::BiasShare => "bias_share",
            Self::Drift => "drift",
            Self::DataLate => "data_late",
            Self::ModelAge => "model_age",
            Self::JobFailed => "job_failed",
            Self::SourceFailed => "source_failed",
            Self::Rollback => "rollback",
        }
    }

    /// The rule of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it compares a number with limits; others are so or not.
    pub fn is_measured(self) -> bool {
        !matches!(self, Self::Drift | Self::JobFailed | Self::SourceFailed | Self::Rollback)
    }
}

/// How a rule is set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSettings {
    /// Whether it watches at all.
    pub enabled: bool,
    /// A number over this is a warning; of rules that measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<f64>,
    /// A number over this is critical; of rules that measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<f64>,
    /// How bad it is; of rules that are so or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The MAPE over which a branch counts, percent; of `branches` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_mape: Option<f64>,
    /// How far a number must fall below its limit to count as better, percent of the limit; of rules that measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_below_percent: Option<f64>,
    /// It must be so for this many minutes before people are told.
    #[serde(default)]
    pub for_minutes: u32,
    /// It must be better for this many minutes before it is over.
    #[serde(default)]
    pub clear_minutes: u32,
}

/// What a rule's setting is wrong in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadRule {
    /// The field.
    pub field: &'static str,
    /// What is wrong, and the way out.
    pub message: String,
}

/// The longest `for_minutes` and `clear_minutes`: thirty days.
const MOST_MINUTES: u32 = 30 * 24 * 60;

impl RuleSettings {
    /// The settings of a rule that nobody set.
    pub fn default_of(kind: RuleKind) -> Self {
        let measured = |warning: Option<f64>, critical: Option<f64>| Self {
            enabled: true,
            warning,
            critical,
            severity: None,
            branch_mape: None,
            clear_below_percent: Some(10.0),
            for_minutes: 0,
            clear_minutes: 0,
        };
        let condition =
            |severity| Self { severity: Some(severity), clear_below_percent: None, ..measured(None, None) };
        match kind {
            RuleKind::Mape => measured(Some(10.0), Some(15.0)),
            RuleKind::AccuracyDrop => measured(Some(5.0), Some(10.0)),
            RuleKind::Degradation => measured(Some(20.0), None),
            RuleKind::Branches => Self { branch_mape: Some(30.0), ..measured(Some(3.0), None) },
            RuleKind::Bias => measured(Some(10_000.0), None),
            RuleKind::BiasShare => measured(Some(10.0), None),
            RuleKind::DataLate => measured(Some(3.0), Some(7.0)),
            RuleKind::ModelAge => measured(Some(7.0), None),
            RuleKind::Drift | RuleKind::JobFailed | RuleKind::SourceFailed => condition(Severity::Warning),
            RuleKind::Rollback => condition(Severity::Critical),
        }
    }

    /// Whether these settings make sense for a rule.
    pub fn check(&self, kind: RuleKind) -> Result<(), BadRule> {
        let bad = |field, message: &str| Err(BadRule { field, message: message.to_owned() });
        let positive = |value: Option<f64>| value.is_none_or(|value| value.is_finite() && value > 0.0);
        if !positive(self.warning) {
            return bad("warning", "a limit is a number above 0");
        }
        if !positive(self.critical) {
            return bad("critical", "a limit is a number above 0");
        }
        if kind.is_measured() {
            if self.severity.is_some() {
                return bad("severity", "this rule has the limits `warning` and `critical` instead");
            }
            if self.warning.is_none() && self.critical.is_none() {
                return bad(
                    "warning",
                    "give `warning`, `critical` or both, or switch the rule off by `enabled`",
                );
            }
            if let (Some(warning), Some(critical)) = (self.warning, self.critical)
                && warning > critical
            {
                return bad("warning", "the warning comes before the critical limit");
            }
        } else {
            if self.warning.is_some() || self.critical.is_some() || self.clear_below_percent.is_some() {
                return bad("warning", "this rule measures nothing: it has a `severity` and no limits");
            }
            if self.severity.is_none() {
                return bad("severity", "say `warning` or `critical`");
            }
        }
        if (kind == RuleKind::Branches) != self.branch_mape.is_some() || !positive(self.branch_mape) {
            return bad(
                "branch_mape",
                "the rule `branches` needs it, a number above 0; no other rule takes it",
            );
        }
        if !self.clear_below_percent.is_none_or(|share| (0.0..100.0).contains(&share)) {
            return bad("clear_below_percent", "allowed are 0 to under 100");
        }
        if self.for_minutes > MOST_MINUTES {
            return bad("for_minutes", "at most 43200, thirty days");
        }
        if self.clear_minutes > MOST_MINUTES {
            return bad("clear_minutes", "at most 43200, thirty days");
        }
        Ok(())
    }

    /// How bad a number is, where it was `before` until now: a limit that was passed is left only well below it.
    pub(super) fn level(&self, value: f64, before: Option<Severity>) -> Option<Severity> {
        let share = 1.0 - self.clear_below_percent.unwrap_or(0.0) / 100.0;
        let over = |limit: Option<f64>, stays: bool| {
            limit.is_some_and(|limit| value > limit || (stays && value > limit * share))
        };
        if over(self.critical, before == Some(Severity::Critical)) {
            Some(Severity::Critical)
        } else if over(self.warning, before.is_some()) {
            Some(Severity::Warning)
        } else {
            None
        }
    }

    /// The limit of a severity.
    pub(super) fn limit(&self, severity: Severity) -> Option<f64> {
        match severity {
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }
}

/// The rules of a workspace: what it set, and the defaults of the rest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rules {
    /// Rules that were set otherwise than by default.
    pub set: BTreeMap<RuleKind, RuleSettings>,
}

impl Rules {
    /// How a rule is set.
    pub fn of(&self, kind: RuleKind) -> RuleSettings {
        self.set.get(&kind).cloned().unwrap_or_else(|| RuleSettings::default_of(kind))
    }

    /// The rules of one model: what its spec says goes before what the workspace says.
    #[must_use]
    pub fn for_model(&self, policy: Option<&AlertPolicy>) -> Self {
        let Some(policy) = policy else { return self.clone() };
        let mut rules = self.clone();
        let mut warning = |kind, value: Option<f64>| {
            if let Some(value) = value {
                let mut own = rules.of(kind);
                own.warning = Some(value);
                own.critical = own.critical.map(|critical| critical.max(value));
                rules.set.insert(kind, own);
            }
        };
        warning(RuleKind::Mape, policy.mape_warning);
        warning(RuleKind::Degradation, policy.degradation_week);
        warning(RuleKind::Bias, policy.bias);
        warning(RuleKind::BiasShare, policy.bias_percent);
        warning(RuleKind::Branches, policy.branches.as_ref().map(|branches| f64::from(branches.count)));
        if let Some(branches) = &policy.branches {
            let mut own = rules.of(RuleKind::Branches);
            own.branch_mape = Some(branches.mape);
            rules.set.insert(RuleKind::Branches, own);
        }
        if let Some(critical) = policy.mape_critical {
            let mut own = rules.of(RuleKind::Mape);
            own.critical = Some(critical);
            own.warning = own.warning.map(|warning| warning.min(critical));
            rules.set.insert(RuleKind::Mape, own);
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::BranchAlert;

    #[test]
    fn defaults_are_right_and_words_agree() {
        for kind in RuleKind::ALL {
            assert_eq!(RuleKind::parse(kind.as_str()), Some(kind));
            assert_eq!(RuleSettings::default_of(kind).check(kind), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn a_limit_that_was_passed_is_left_only_well_below_it() {
        let rule = RuleSettings::default_of(RuleKind::Mape);
        let cases = [
            (9.9, None, None),
            (10.0, None, None),
            (10.1, None, Some(Severity::Warning)),
            (15.1, None, Some(Severity::Critical)),
            (14.0, Some(Severity::Critical), Some(Severity::Critical)),
            (13.4, Some(Severity::Critical), Some(Severity::Warning)),
            (14.0, Some(Severity::Warning), Some(Severity::Warning)),
            (9.1, Some(Severity::Warning), Some(Severity::Warning)),
            (9.0, Some(Severity::Warning), None),
            (9.0, Some(Severity::Critical), None),
        ];
        for (value, before, level) in cases {
            assert_eq!(rule.level(value, before), level, "{value} after {before:?}");
        }
    }

    #[test]
    fn a_spec_goes_before_the_workspace_before_the_defaults() {
        let mut rules = Rules::default();
        let set = RuleSettings { warning: Some(12.0), for_minutes: 5, ..rules.of(RuleKind::Mape) };
        rules.set.insert(RuleKind::Mape, set);
        let policy = AlertPolicy {
            mape_warning: Some(20.0),
            branches: Some(BranchAlert { count: 7, mape: 40.0 }),
            ..AlertPolicy::default()
        };
        let own = rules.for_model(Some(&policy));
        let mape = own.of(RuleKind::Mape);
        assert_eq!((mape.warning, mape.critical, mape.for_minutes), (Some(20.0), Some(20.0), 5));
        let branches = own.of(RuleKind::Branches);
        assert_eq!((branches.warning, branches.branch_mape), (Some(7.0), Some(40.0)));
        assert_eq!(own.of(RuleKind::Bias).warning, Some(10_000.0));
        assert_eq!(rules.for_model(None), rules);
    }

    #[test]
    fn settings_that_make_no_sense_are_refused_with_their_field() {
        let mape = RuleSettings::default_of(RuleKind::Mape);
        let drift = RuleSettings::default_of(RuleKind::Drift);
        let cases = [
            (RuleKind::Mape, RuleSettings { warning: Some(0.0), ..mape.clone() }, "warning"),
            (RuleKind::Mape, RuleSettings { critical: Some(f64::NAN), ..mape.clone() }, "critical"),
            (RuleKind::Mape, RuleSettings { warning: Some(16.0), ..mape.clone() }, "warning"),
            (RuleKind::Mape, RuleSettings { warning: None, critical: None, ..mape.clone() }, "warning"),
            (RuleKind::Mape, RuleSettings { severity: Some(Severity::Critical), ..mape.clone() }, "severity"),
            (RuleKind::Mape, RuleSettings { branch_mape: Some(3.0), ..mape.clone() }, "branch_mape"),
            (
                RuleKind::Mape,
                RuleSettings { clear_below_percent: Some(100.0), ..mape.clone() },
                "clear_below_percent",
            ),
            (RuleKind::Mape, RuleSettings { for_minutes: 43_201, ..mape }, "for_minutes"),
            (RuleKind::Drift, RuleSettings { warning: Some(1.0), ..drift.clone() }, "warning"),
            (RuleKind::Drift, RuleSettings { severity: None, ..drift }, "severity"),
        ];
        for (kind, settings, field) in cases {
            assert_eq!(settings.check(kind).expect_err("refused").field, field, "{settings:?}");
        }
    }
}
