//! Accounts and tokens as callers see them.

use crate::words;
use jiff::Timestamp;
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
    /// Whether its one-time password must be replaced before anything else.
    pub must_change_password: bool,
    /// Since when it has a second factor; null where it has none.
    pub second_factor_at: Option<Timestamp>,
    /// The address of the provider that signs it in; null where it has a password.
    pub provider: Option<String>,
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
            must_change_password: user.must_change_password,
            second_factor_at: user.second_factor_at,
            provider: user.provider,
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
    /// What it is held to; null for all that its owner may do.
    #[schema(value_type = Option<Vec<words::Permission>>)]
    pub scopes: Option<Vec<Permission>>,
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
            scopes: token.scopes,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        }
    }
}
