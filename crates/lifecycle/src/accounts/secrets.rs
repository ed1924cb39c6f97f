//! Secrets that callers carry: how they are made, told apart and kept (hashed only).

use sha2::{Digest, Sha256};
use vakhta_domain::ids::random_hex;
use vakhta_domain::ports::Chance;

/// What an API token begins with.
pub const API_TOKEN_PREFIX: &str = "vkt_";
/// What a session's secret begins with.
pub const SESSION_PREFIX: &str = "vks_";

/// A secret of 256 random bits. With that many, a fast hash is enough to keep it by.
pub fn fresh_secret(prefix: &str, chance: &dyn Chance) -> String {
    format!("{prefix}{}", random_hex(chance, 32))
}

/// What is kept of a secret: SHA-256, hex.
pub fn secret_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
