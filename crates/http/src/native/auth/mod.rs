//! Signing in and out, one's own account, API tokens.

pub mod login;
pub mod logout;
pub mod profile;
pub mod register;
pub mod tokens;
