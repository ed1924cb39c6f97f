//! Between the password and the second factor: a signed text that says who gave the right password, and from where.
//! It is kept nowhere, so that the second request may reach another process.

use super::secrets::secret_hash;
use super::signed::{Claims, KeyError, Keys, seconds_on};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vakhta_domain::ids::UserId;
use vakhta_domain::ports::Ports;
use vakhta_domain::user::User;

/// Seconds in which the second factor has to be shown.
const SECONDS: i64 = 5 * 60;

/// A challenge as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What to send back with the code.
    pub text: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Given {
    sub: String,
    exp: i64,
    /// The address that the password came from.
    from: Option<String>,
    /// Of the password's hash: another password ends the challenge.
    password: String,
}

impl Claims for Given {
    const TYPE: &'static str = "vakhta-challenge";
    fn ends(&self) -> i64 {
        self.exp
    }
}

/// A challenge for an account whose password was right.
pub(super) async fn issue(
    ports: &Ports,
    keys: &Keys,
    address: Option<&str>,
    user: &User,
) -> Result<Challenge, KeyError> {
    let exp = seconds_on(ports.clock.now(), SECONDS);
    let given = Given {
        sub: user.id.as_str().to_owned(),
        exp,
        from: address.map(str::to_owned),
        password: secret_hash(&user.password_hash),
    };
    let text = keys.sign(ports, &given).await?;
    Ok(Challenge { text, expires_at: Timestamp::from_second(exp).unwrap_or(Timestamp::MAX) })
}

/// The account that a challenge was given to. None where it ended, is none of ours or came from elsewhere, and where
/// the account was changed so that it would not be given now.
pub(super) async fn account(
    ports: &Ports,
    keys: &Keys,
    address: Option<&str>,
    text: &str,
) -> Result<Option<User>, KeyError> {
    let Some(given) = keys.claims::<Given>(ports, text).await? else { return Ok(None) };
    if given.from.as_deref() != address {
        return Ok(None);
    }
    let user = ports.accounts.user(&UserId::new(given.sub)).await?;
    Ok(user.filter(|user| {
        user.is_active
            && user.second_factor_at.is_some()
            && secret_hash(&user.password_hash) == given.password
    }))
}
