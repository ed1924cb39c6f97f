//! Accounts: making, changing and deleting them; signing in; API tokens.
//!
//! What may be done is decided in `domain::user`; here it is fetched, hashed and stored.

mod challenge;
mod limits;
mod own;
mod passwords;
mod personal;
mod provided;
mod second_factor;
mod secrets;
mod service_tokens;
mod sign_in;
mod signed;
mod tokens;
mod totp;
mod users;
mod vault;

pub use challenge::Challenge;
pub use limits::SignInLimits;
pub use own::{change_own_password, confirm_password, delete_own_account, rename_own_account};
pub use passwords::{Passwords, TooBusy, is_outdated};
pub use personal::{Kept, forget_origins, kept};
pub use provided::{ProvidedError, Returned, WAY_SECONDS, Way, come_back, leave_for_provider};
pub use second_factor::{
    Enrolment, FactorError, Shown, confirm_enrolment, enrol, renew_recovery_codes, reset_second_factor,
    turn_off,
};
pub use secrets::{API_TOKEN_PREFIX, SESSION_PREFIX, fresh_secret, secret_hash};
pub use service_tokens::{JwtError, MAX_JWT_SECONDS, NewJwt, Parent, ServiceToken, create_jwt, read_jwt};
pub use sign_in::{
    Begun, Credentials, FirstStep, SecondStep, SignInError, begin_session, check_credentials, first_step,
    second_step,
};
pub use signed::{KeyError, Keys};
pub use tokens::{DEFAULT_DAYS, MAX_DAYS, NewToken, TokenError, create_token};
pub use users::{
    Created, Edit, Edited, NewAccount, NewPassword, create_user, delete_user, edit_user, one_time_password,
    reset_password,
};
pub use vault::{Vault, VaultError};

use vakhta_domain::ports::StoreError;
use vakhta_domain::user::{AccountRefusal, BadCredential};

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name or password is not fit.
    #[error(transparent)]
    Bad(#[from] BadCredential),
    /// Somebody has that name.
    #[error("an account named `{0}` exists already, choose another name")]
    Taken(String),
    /// There is no such account.
    #[error("there is no account `{0}`")]
    Missing(String),
    /// It may not be done.
    #[error(transparent)]
    Refused(#[from] AccountRefusal),
    /// The current password was asked for, and this is another one.
    #[error("this is not the current password")]
    WrongPassword,
    /// A provider signs the account in.
    #[error("a provider signs `{0}` in; it has no password here")]
    Provided(String),
    /// The new password is the old one.
    #[error("the new password is the current one")]
    SamePassword,
    /// Others went on changing the account.
    #[error("the account `{0}` was changed by somebody else at the same time, try again")]
    Contended(String),
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Busy(#[from] TooBusy),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
