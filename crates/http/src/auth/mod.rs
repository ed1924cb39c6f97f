//! Who is asking, and may he: passwords, sessions, API tokens, sign-in limits.

mod accounts;
mod actor;
mod limits;
mod origin;
mod password;
mod secrets;
pub mod views;

pub use accounts::{AccountError, Created, NewAccount, create_user, one_time_password, reset_password};
pub use actor::{Credential, SignedIn};
pub use limits::SignInLimits;
pub use password::{Passwords, TooBusy};
pub use secrets::{API_TOKEN_PREFIX, SESSION_PREFIX, fresh_secret, secret_hash, session_cookie_name};

pub(crate) use actor::{Door, authenticate, door, presented};
pub(crate) use origin::same_origin;
