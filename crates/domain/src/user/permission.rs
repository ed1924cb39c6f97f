//! Tiers and permissions: the one table of rights, from which the documentation's matrix and the tests are made.

use serde::{Deserialize, Serialize};

/// How much an account may do; later tiers may do all that earlier ones may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Looks.
    Viewer,
    /// Also loads data, trains and predicts.
    User,
    /// Also deploys, deletes and sees everybody's jobs.
    Admin,
    /// Also manages accounts and the system.
    SystemAdmin,
}

/// One thing that an operation may require.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Read datasets, models, versions, jobs, events.
    Look,
    /// Ask a model for predictions and forecasts.
    Predict,
    /// Ask in SQL about everything that the workspace keeps.
    Query,
    /// Upload datasets.
    WriteData,
    /// Create and change models.
    WriteModels,
    /// Start and cancel training.
    Train,
    /// Change which version serves.
    Deploy,
    /// Delete datasets and models.
    Delete,
    /// Say what single days are, for every model.
    WriteCalendars,
    /// Say where the server reads rows from by itself.
    WriteSources,
    /// Acknowledge, resolve and silence alerts.
    HandleAlerts,
    /// Set the rules of alerts, and where people are told.
    WriteAlerts,
    /// Manage own API tokens.
    OwnTokens,
    /// Let accounts into the workspace and send them away; see what is suspicious, and from where.
    ManageMembers,
    /// Manage accounts.
    ManageUsers,
    /// Make workspaces.
    ManageWorkspaces,
    /// Read the whole server's figures.
    Metrics,
}

impl Permission {
    /// Every permission, in the order in which they are shown.
    pub const ALL: [Self; 17] = [
        Self::Look,
        Self::Predict,
        Self::Query,
        Self::WriteData,
        Self::WriteModels,
        Self::Train,
        Self::HandleAlerts,
        Self::OwnTokens,
        Self::Deploy,
        Self::Delete,
        Self::WriteCalendars,
        Self::WriteSources,
        Self::WriteAlerts,
        Self::ManageMembers,
        Self::ManageUsers,
        Self::ManageWorkspaces,
        Self::Metrics,
    ];

    /// The lowest tier that holds this permission: the one table of rights.
    pub fn lowest_tier(self) -> Tier {
        match self {
            Self::Look => Tier::Viewer,
            Self::Predict
            | Self::Query
            | Self::WriteData
            | Self::WriteModels
            | Self::Train
            | Self::HandleAlerts
            | Self::OwnTokens => Tier::User,
            Self::Deploy
            | Self::Delete
            | Self::WriteCalendars
            | Self::WriteSources
            | Self::WriteAlerts
            | Self::ManageMembers => Tier::Admin,
            Self::ManageUsers | Self::ManageWorkspaces | Self::Metrics => Tier::SystemAdmin,
        }
    }

    /// The word used in JSON, SQL and the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Predict => "predict",
            Self::Query => "query",
            Self::WriteData => "write_data",
            Self::WriteModels => "write_models",
            Self::Train => "train",
            Self::Deploy => "deploy",
            Self::Delete => "delete",
            Self::WriteCalendars => "write_calendars",
            Self::WriteSources => "write_sources",
            Self::HandleAlerts => "handle_alerts",
            Self::WriteAlerts => "write_alerts",
            Self::OwnTokens => "own_tokens",
            Self::ManageMembers => "manage_members",
            Self::ManageUsers => "manage_users",
            Self::ManageWorkspaces => "manage_workspaces",
            Self::Metrics => "metrics",
        }
    }

    /// The permission of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }

    /// What it allows, for the documentation.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Look => "read datasets, models, versions, jobs, alerts, events",
            Self::Predict => "ask a model for predictions and forecasts",
            Self::Query => "ask in SQL about what the workspace keeps",
            Self::WriteData => "upload datasets and actuals, read a source now",
            Self::WriteModels => "create and change models and schedules",
            Self::Train => "start and cancel training and checks",
            Self::Deploy => "change which version serves, begin and end challengers",
            Self::Delete => "delete datasets and models",
            Self::WriteCalendars => "say what single days are, for every model",
            Self::WriteSources => "say where the server reads rows from by itself",
            Self::HandleAlerts => "acknowledge, resolve and silence alerts",
            Self::WriteAlerts => "set the rules of alerts, and where people are told",
            Self::OwnTokens => "manage one's own API tokens",
            Self::ManageMembers => "let accounts into the workspace, send them away, see what is suspicious",
            Self::ManageUsers => "manage accounts",
            Self::ManageWorkspaces => "make workspaces",
            Self::Metrics => "read the figures of the whole server, for Prometheus",
        }
    }
}

impl Tier {
    /// Every tier, lowest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::User, Self::Admin, Self::SystemAdmin];

    /// Whether this tier holds `permission`.
    pub fn allows(self, permission: Permission) -> bool {
        self >= permission.lowest_tier()
    }

    /// The word used in JSON, SQL and the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::User => "user",
            Self::Admin => "admin",
            Self::SystemAdmin => "system_admin",
        }
    }

    /// The tier of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.as_str() == word)
    }
}

/// What a tier may do through a credential that is held to `scopes`; without scopes, all that the tier may.
pub fn held(tier: Tier, scopes: Option<&[Permission]>) -> Vec<Permission> {
    let in_scope = |permission: &Permission| scopes.is_none_or(|scopes| scopes.contains(permission));
    Permission::ALL.into_iter().filter(|p| tier.allows(*p)).filter(in_scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_grow_with_the_tier() {
        assert!(Tier::Viewer.allows(Permission::Look));
        assert!(!Tier::Viewer.allows(Permission::Predict));
        assert!(Tier::User.allows(Permission::Query) && !Tier::Viewer.allows(Permission::Query));
        assert!(!Tier::User.allows(Permission::Deploy));
        assert!(Tier::Admin.allows(Permission::Deploy));
        assert!(!Tier::Admin.allows(Permission::ManageUsers));
        assert!(Tier::SystemAdmin.allows(Permission::ManageUsers));
    }

    #[test]
    fn every_word_is_read_back_and_written_as_in_json() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
            assert_eq!(serde_json::to_value(permission).expect("a word"), permission.as_str());
        }
        for tier in Tier::ALL {
            assert_eq!(Tier::parse(tier.as_str()), Some(tier));
        }
        assert_eq!((Permission::parse("root"), Tier::parse("root")), (None, None));
    }

    #[test]
    fn scopes_narrow_and_never_widen() {
        assert_eq!(held(Tier::Viewer, None), [Permission::Look]);
        let scopes = [Permission::Look, Permission::Deploy];
        assert_eq!(held(Tier::User, Some(&scopes)), [Permission::Look]);
        assert_eq!(held(Tier::Admin, Some(&scopes)), scopes);
        assert_eq!(held(Tier::SystemAdmin, Some(&[])), []);
        assert_eq!(held(Tier::SystemAdmin, None), Permission::ALL);
    }
}
