//! Accounts and tokens as callers see them.

use crate::words;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::user::{ApiToken, Permission, Tier, User};

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Its identity.
    pub id: String,
    /// Its name.
    pub username: String,
    /// What it may do.
    #[schema(value_type = words::Tier)]
    pub tier: Tier,
    /// A disabled account signs in nowhere.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last successful sign-in.
    pub last_sign_in_at: Option<Timestamp>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id.as_str().to_owned(),
            username: user.username,
            tier: user.tier,
            is_active: user.is_active,
            created_at: user.created_at,
            last_sign_in_at: user.last_sign_in_at,
        }
    }
}

/// A named API token, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct TokenView {
    /// Its identity.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// The last request with it, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When its owner revoked it.
    pub revoked_at: Option<Timestamp>,
}

impl From<ApiToken> for TokenView {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.as_str().to_owned(),
            name: token.name,
            prefix: token.prefix,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}

/// Every permission, in the order in which they are shown.
pub const PERMISSIONS: [Permission; 14] = [
    Permission::Look,
    Permission::Predict,
    Permission::Query,
    Permission::WriteData,
    Permission::WriteModels,
    Permission::Train,
    Permission::Deploy,
    Permission::Delete,
    Permission::WriteCalendars,
    Permission::WriteSources,
    Permission::HandleAlerts,
    Permission::WriteAlerts,
    Permission::OwnTokens,
    Permission::ManageUsers,
];

/// The words that permissions are written as; the domain's type has no schema of its own.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum PermissionWord {
    Look,
    Predict,
    Query,
    WriteData,
    WriteModels,
    Train,
    Deploy,
    Delete,
    WriteCalendars,
    WriteSources,
    HandleAlerts,
    WriteAlerts,
    OwnTokens,
    ManageUsers,
}
