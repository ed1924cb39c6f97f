//! Signing in and out, one's own account, API tokens, everybody's accounts.

pub mod export;
pub mod factor;
pub mod jwt;
pub mod login;
pub mod logout;
pub mod oidc;
pub mod profile;
pub mod register;
pub mod tokens;
pub mod users;
