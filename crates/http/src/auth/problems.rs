//! What refusals about accounts look like to callers.

use crate::problem::Problem;
use axum::http::StatusCode;
use vakhta_domain::ports::ProviderError;
use vakhta_domain::user::{AccountRefusal, BadCredential};
use vakhta_lifecycle::accounts::{
    AccountError, FactorError, JwtError, KeyError, ProvidedError, SignInError, TokenError, TooBusy,
};

impl From<TooBusy> for Problem {
    fn from(busy: TooBusy) -> Self {
        Self::unavailable("too_busy", busy.to_string(), 5)
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::TooMany(seconds) => {
                Self::too_many("too many sign-in attempts from this address", seconds)
            }
            SignInError::Busy(busy) => busy.into(),
            SignInError::Factor(error) => error.into(),
            SignInError::Key(error) => error.into(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => error.into(),
            KeyError::Vault(error) => Self::internal(&error),
        }
    }
}

impl From<FactorError> for Problem {
    fn from(error: FactorError) -> Self {
        let text = error.to_string();
        match error {
            FactorError::On => Self::conflict("second_factor_on", text),
            FactorError::Off => Self::conflict("second_factor_off", text),
            FactorError::NotBegun => Self::conflict("enrolment_not_begun", text),
            FactorError::WrongCode => Self::invalid_field("/code", text),
            FactorError::Provided => Self::conflict("provider_account", text),
            FactorError::TooMany(seconds) => Self::too_many("too many wrong codes", seconds),
            FactorError::Missing(_) => Self::new(StatusCode::NOT_FOUND, "account_missing", text),
            FactorError::Refused(refusal) => refusal.into(),
            FactorError::Vault(_) => Self::internal(&text),
            FactorError::Key(error) => error.into(),
            FactorError::Store(error) => error.into(),
        }
    }
}

impl From<AccountRefusal> for Problem {
    fn from(refusal: AccountRefusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            AccountRefusal::LastSystemAdmin(_) => Self::conflict("last_system_admin", text),
            AccountRefusal::OwnAccount(_) | AccountRefusal::OwnPassword | AccountRefusal::OwnDeletion => {
                Self::forbidden("own_account", text)
            }
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let text = error.to_string();
        match error {
            AccountError::Bad(BadCredential::Username(_)) => Self::invalid_field("/username", text),
            AccountError::Bad(_) => Self::invalid_field("/password", text),
            AccountError::Taken(_) => Self::conflict("username_taken", text),
            AccountError::Missing(_) => Self::new(StatusCode::NOT_FOUND, "account_missing", text),
            AccountError::Contended(_) => Self::conflict("account_changed", text),
            AccountError::WrongPassword => Self::invalid_field("/current_password", text),
            AccountError::Provided(_) => Self::conflict("provider_account", text),
            AccountError::SamePassword => Self::invalid_field("/new_password", text),
            AccountError::Refused(refusal) => refusal.into(),
            AccountError::Busy(busy) => busy.into(),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        let text = error.to_string();
        match error {
            TokenError::Name => Self::invalid_field("/name", text),
            TokenError::Days(_) => Self::invalid_field("/expires_in_days", text),
            TokenError::NoScope => Self::invalid_field("/scopes", text),
            TokenError::Wider(at, _) => Self::invalid_field(format!("/scopes/{at}"), text),
            TokenError::OwnerChanged => Self::conflict("account_changed", text),
            TokenError::Store(error) => error.into(),
        }
    }
}

impl From<JwtError> for Problem {
    fn from(error: JwtError) -> Self {
        match error {
            JwtError::Seconds(_) => Self::invalid_field("/expires_in_seconds", error.to_string()),
            JwtError::Scopes(error) => error.into(),
            JwtError::Key(error) => error.into(),
        }
    }
}

impl From<ProvidedError> for Problem {
    fn from(error: ProvidedError) -> Self {
        let text = error.to_string();
        let refused = |code| Self::new(StatusCode::UNAUTHORIZED, code, text.clone());
        match error {
            ProvidedError::NotAsked => refused("sign_in_not_asked"),
            ProvidedError::Provider(ProviderError::Refused(_)) => refused("provider_refused"),
            ProvidedError::Provider(ProviderError::Unproven(_)) | ProvidedError::Claims(_) => {
                // The caller may be who altered it; the operator has to see why.
                tracing::warn!(cause = %text, "an ID token was not taken");
                refused("id_token_refused")
            }
            ProvidedError::Provider(ProviderError::Unavailable(cause)) => {
                tracing::error!(%cause, "the sign-in provider cannot be used");
                Self::unavailable(
                    "provider_unavailable",
                    "the sign-in provider cannot be used now, try again",
                    10,
                )
            }
            ProvidedError::NoTier(_) => Self::forbidden("no_tier", text),
            ProvidedError::Disabled(_) => Self::forbidden("account_disabled", text),
            ProvidedError::Account(error) => error.into(),
            ProvidedError::Key(error) => error.into(),
            ProvidedError::Store(error) => error.into(),
        }
    }
}
