//! What a provider says of itself (OpenID Connect Discovery 1.0).

use super::keys::KeySet;
use super::{unavailable, web};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Url};
use serde::Deserialize;
use vakhta_domain::ports::ProviderError;

/// A description is read again after this time.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

#[derive(Deserialize)]
struct Described {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// A provider's addresses and keys.
pub(crate) struct Discovered {
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    /// Whether our secret goes into the body of the request, and not into its head.
    pub(crate) secret_in_body: bool,
    pub(crate) keys: KeySet,
    read_at: Timestamp,
}

impl Discovered {
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.read_at) < FRESH
    }
}

/// Reads the description at the issuer's address.
pub(crate) async fn discover(
    client: &Client,
    issuer: &str,
    now: Timestamp,
) -> Result<Discovered, ProviderError> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let (status, body) = web::ask(client.get(address), "its description").await?;
    if !status.is_success() {
        return Err(unavailable(format!("its description is answered {status}")));
    }
    let described: Described = serde_json::from_value(body)
        .map_err(|error| unavailable(format!("its description is none: {error}")))?;
    // Else one provider could speak for another (Discovery, section 4.3).
    if described.issuer != issuer {
        return Err(unavailable(format!("it says that it is `{}`, and not `{issuer}`", described.issuer)));
    }
    let methods = described.token_endpoint_auth_methods_supported.unwrap_or_default();
    let takes = |method: &str| methods.iter().any(|known| known == method);
    let checked = |text: &str| web::checked(text).map_err(unavailable);
    Ok(Discovered {
        authorization: checked(&described.authorization_endpoint)?,
        token: checked(&described.token_endpoint)?,
        secret_in_body: takes("client_secret_post") && !takes("client_secret_basic"),
        keys: KeySet::at(checked(&described.jwks_uri)?),
        read_at: now,
    })
}
