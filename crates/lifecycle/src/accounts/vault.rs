//! Secrets that must be read again, so that no hash will do: encrypted where the operator gave a key.
//!
//! Without one they are kept as they are: a key beside the database would lock nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use std::fmt;
use std::sync::Arc;
use vakhta_domain::ids::random_bytes;
use vakhta_domain::ports::Chance;

/// What an encrypted secret begins with.
const SEALED: &str = "sealed1.";
/// What one begins with that is kept as it is.
const PLAIN: &str = "plain.";

/// Why a kept secret cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It was encrypted, and there is no key.
    #[error("it was encrypted with `secret_key`, which is not set now; set it as it was")]
    NoKey,
    /// It was encrypted with another key, or was changed.
    #[error("it was encrypted with another `secret_key`; set it as it was")]
    OtherKey,
    /// It is nothing that a vault made.
    #[error("it is not in a known form")]
    Unreadable,
}

/// Encrypts and decrypts by ChaCha20-Poly1305. What a secret is for is part of it: one that was moved elsewhere is
/// refused.
#[derive(Clone, Default)]
pub struct Vault(Option<Arc<LessSafeKey>>);

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", if self.0.is_some() { "locked" } else { "open" })
    }
}

impl Vault {
    /// With the operator's key, a text of much chance; none to encrypt nothing.
    pub fn new(secret_key: Option<&str>) -> Self {
        Self(secret_key.map(|text| {
            let derive = hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
            let key = hmac::sign(&derive, b"vakhta vault 1");
            let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_ref());
            Arc::new(LessSafeKey::new(key.expect("SHA-256 is as long as the key")))
        }))
    }

    /// The form in which to keep a secret.
    pub(super) fn seal(&self, purpose: &str, secret: &[u8], chance: &dyn Chance) -> String {
        let Some(key) = &self.0 else { return format!("{PLAIN}{}", URL_SAFE_NO_PAD.encode(secret)) };
        let nonce: [u8; NONCE_LEN] =
            random_bytes(chance, NONCE_LEN).try_into().expect("as many bytes as were asked for");
        let mut bytes = secret.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut bytes)
            .expect("a secret is far shorter than the cipher's limit");
        format!("{SEALED}{}", URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    /// The secret that was kept.
    pub(super) fn open(&self, purpose: &str, kept: &str) -> Result<Vec<u8>, VaultError> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| VaultError::Unreadable);
        if let Some(text) = kept.strip_prefix(PLAIN) {
            return bytes(text);
        }
        let bytes = bytes(kept.strip_prefix(SEALED).ok_or(VaultError::Unreadable)?)?;
        let key = self.0.as_ref().ok_or(VaultError::NoKey)?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or(VaultError::Unreadable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Unreadable)?;
        let mut rest = rest.to_vec();
        let secret = key.open_in_place(nonce, Aad::from(purpose), &mut rest);
        secret.map(|secret| secret.to_vec()).map_err(|_| VaultError::OtherKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (i, byte) in bytes.iter_mut().enumerate() {
                *byte = i as u8;
            }
        }
    }

    #[test]
    fn what_is_sealed_is_read_with_its_key_and_for_its_purpose_only() {
        let (open, locked) = (Vault::new(None), Vault::new(Some("a key of the operator's")));
        let plain = open.seal("anna", b"secret", &Counting);
        let sealed = locked.seal("anna", b"secret", &Counting);
        assert!(!sealed.contains(&URL_SAFE_NO_PAD.encode(b"secret")), "{sealed}");
        assert_eq!(open.open("anna", &plain).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(locked.open("anna", &sealed).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(locked.open("anna", &plain).as_deref(), Ok(&b"secret"[..]), "kept before there was a key");
        assert_eq!(open.open("anna", &sealed), Err(VaultError::NoKey));
        assert_eq!(locked.open("boris", &sealed), Err(VaultError::OtherKey));
        assert_eq!(Vault::new(Some("another")).open("anna", &sealed), Err(VaultError::OtherKey));
        for unreadable in ["", "secret", "plain.!", "sealed1.AAAA"] {
            assert_eq!(locked.open("anna", unreadable), Err(VaultError::Unreadable), "{unreadable}");
        }
        assert_eq!(format!("{open:?} {locked:?}"), "Vault(open) Vault(locked)");
    }
}
