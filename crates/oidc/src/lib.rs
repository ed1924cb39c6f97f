//! Another provider that signs people in (OpenID Connect Core 1.0): its addresses, its keys, its word.
//!
//! What the word must say is decided in `domain::user`; here it is fetched, and its signature is checked.

mod discovery;
mod keys;
mod token;
mod web;

use async_trait::async_trait;
use discovery::Discovered;
use jiff::Timestamp;
use reqwest::Client;
use std::sync::Arc;
use tokio::sync::Mutex;
use vakhta_domain::ports::{Provider, ProviderError, Question};
use vakhta_domain::user::IdClaims;

/// What the operator says about the provider.
#[derive(Clone)]
pub struct ProviderConfig {
    /// Its issuer: where its description is, and who its word is from.
    pub issuer: String,
    /// What we are called there.
    pub client: String,
    /// The secret that it gave us; none for a client without one.
    pub secret: Option<String>,
    /// What is asked for, beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds the groups.
    pub groups_claim: String,
}

/// A provider at an address.
pub struct OidcProvider {
    config: ProviderConfig,
    client: Client,
    found: Mutex<Option<Arc<Discovered>>>,
}

fn unavailable(text: impl Into<String>) -> ProviderError {
    ProviderError::Unavailable(text.into())
}

impl OidcProvider {
    /// A provider that is asked at its first use: the server starts also while it is away. Fails for an address that
    /// is none, or that others could listen on.
    pub fn new(config: ProviderConfig) -> Result<Self, String> {
        web::checked(&config.issuer)?;
        Ok(Self { config, client: web::client()?, found: Mutex::default() })
    }

    /// What the provider says of itself, read again when it is old.
    async fn discovered(&self, now: Timestamp) -> Result<Arc<Discovered>, ProviderError> {
        let mut found = self.found.lock().await;
        if let Some(known) = found.as_ref().filter(|known| known.is_fresh(now)) {
            return Ok(Arc::clone(known));
        }
        match discovery::discover(&self.client, &self.config.issuer, now).await {
            Ok(fresh) => Ok(Arc::clone(found.insert(Arc::new(fresh)))),
            // What it said an hour ago is better than nothing.
            Err(error) => match found.as_ref() {
                Some(known) => {
                    tracing::warn!(%error, "the provider's description could not be read again");
                    Ok(Arc::clone(known))
                }
                None => Err(error),
            },
        }
    }
}

#[async_trait]
impl Provider for OidcProvider {
    fn issuer(&self) -> &str {
        &self.config.issuer
    }

    fn client(&self) -> &str {
        &self.config.client
    }

    async fn door(&self, question: &Question<'_>, now: Timestamp) -> Result<String, ProviderError> {
        let found = self.discovered(now).await?;
        let mut scopes = vec!["openid"];
        scopes.extend(self.config.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid"));
        let mut door = found.authorization.clone();
        door.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client)
            .append_pair("redirect_uri", question.back)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", question.state)
            .append_pair("nonce", question.nonce)
            .append_pair("code_challenge", question.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(door.into())
    }

    async fn redeem(
        &self,
        code: &str,
        verifier: &str,
        back: &str,
        now: Timestamp,
    ) -> Result<IdClaims, ProviderError> {
        let found = self.discovered(now).await?;
        let token = token::redeem(&self.client, &self.config, &found, (code, verifier, back)).await?;
        let claims = found.keys.verified(&self.client, &token, now).await?;
        token::claims(&claims, &self.config.groups_claim)
    }
}
