//! What the server signs for itself: compact JWS (RFC 7515) of one algorithm, HS256. The header is compared as a
//! whole, so that there is nothing in it to choose by: a token of another algorithm or type is none of ours.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::vault::{Vault, VaultError};
use vakhta_domain::ids::random_bytes;
use vakhta_domain::ports::{Ports, StoreError};

/// The key's name in the store; also what it is sealed for.
const NAME: &str = "signing key";

/// Why the server has no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A secret of ours cannot be read.
    #[error("a kept secret cannot be read: {0}")]
    Vault(#[from] VaultError),
}

/// The server's own keys: what it encrypts with, and what it signs with.
pub struct Keys {
    pub(super) vault: Vault,
    signing: OnceCell<hmac::Key>,
}

/// What everything signed says beside its own claims.
pub(super) trait Claims: Serialize + DeserializeOwned {
    /// The `typ` of the header: what is signed for one thing is refused for another.
    const TYPE: &'static str;
    /// The moment at which it ends, in seconds since 1970.
    fn ends(&self) -> i64;
}

impl Keys {
    /// With the operator's key, or without.
    pub fn new(vault: Vault) -> Self {
        Self { vault, signing: OnceCell::new() }
    }

    /// The key that all processes of the installation sign with; made at its first use.
    async fn signing(&self, ports: &Ports) -> Result<&hmac::Key, KeyError> {
        let read = async || {
            let chance = ports.chance.as_ref();
            let fresh = self.vault.seal(NAME, &random_bytes(chance, 32), chance);
            let kept = ports.second_factors.server_key(NAME, &fresh, ports.clock.now()).await?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &self.vault.open(NAME, &kept)?))
        };
        self.signing.get_or_try_init(read).await
    }

    /// Claims as a signed text.
    pub(super) async fn sign<C: Claims>(&self, ports: &Ports, claims: &C) -> Result<String, KeyError> {
        let claims = serde_json::to_vec(claims).expect("claims are plain data");
        let text = format!("{}.{}", header(C::TYPE), URL_SAFE_NO_PAD.encode(claims));
        let tag = hmac::sign(self.signing(ports).await?, text.as_bytes());
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag)))
    }

    /// The claims of a text that we signed and that has not ended. None for any other.
    pub(super) async fn claims<C: Claims>(&self, ports: &Ports, text: &str) -> Result<Option<C>, KeyError> {
        let key = self.signing(ports).await?;
        Ok(verified(key, text).filter(|claims: &C| claims.ends() > ports.clock.now().as_second()))
    }
}

fn header(kind: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256","typ":"{kind}"}}"#))
}

fn verified<C: Claims>(key: &hmac::Key, text: &str) -> Option<C> {
    let (signed, tag) = text.rsplit_once('.')?;
    let (head, claims) = signed.split_once('.')?;
    let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
    if head != header(C::TYPE) || hmac::verify(key, signed.as_bytes(), &tag).is_err() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// A moment some seconds from now, as claims have it.
pub(super) fn seconds_on(now: Timestamp, seconds: i64) -> i64 {
    now.as_second() + seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Pass {
        exp: i64,
    }
    impl Claims for Pass {
        const TYPE: &'static str = "pass";
        fn ends(&self) -> i64 {
            self.exp
        }
    }

    fn signed(key: &hmac::Key, head: &str, claims: &str) -> String {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(key, text.as_bytes())))
    }

    #[test]
    fn only_what_we_signed_for_this_is_taken() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"our key");
        let (head, claims) = (r#"{"alg":"HS256","typ":"pass"}"#, r#"{"exp":7}"#);
        let good = signed(&key, head, claims);
        assert_eq!(verified::<Pass>(&key, &good), Some(Pass { exp: 7 }));
        let other = hmac::Key::new(hmac::HMAC_SHA256, b"another key");
        let unsigned = format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"pass"}"#),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let moved = good.replace(&URL_SAFE_NO_PAD.encode(claims), &URL_SAFE_NO_PAD.encode(r#"{"exp":9}"#));
        for bad in [
            signed(&other, head, claims),
            signed(&key, r#"{"alg":"none","typ":"pass"}"#, claims),
            signed(&key, r#"{"alg":"HS512","typ":"pass"}"#, claims),
            signed(&key, r#"{"alg":"HS256","typ":"other"}"#, claims),
            signed(&key, r#"{"alg":"HS256"}"#, claims),
            signed(&key, head, "not claims"),
            unsigned,
            moved,
            good[..good.len() - 1].to_owned(),
            good.replace('.', ""),
            String::new(),
        ] {
            assert_eq!(verified::<Pass>(&key, &bad), None, "{bad}");
        }
    }
}
