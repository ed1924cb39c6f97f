//! Salts that nobody can guess from one another: hashes of a secret that lives as long as the process, and a count.
//! One draw of randomness at the start keeps whatever else is drawn independent of how many events are written.

use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use vakhta_domain::chain::SALT_BYTES;
use vakhta_domain::ports::Chance;

/// Where salts come from.
pub(super) struct Salts {
    key: [u8; 32],
    given: AtomicU64,
}

impl Salts {
    pub(super) fn new(chance: &dyn Chance) -> Self {
        let mut key = [0; 32];
        chance.fill(&mut key);
        Self { key, given: AtomicU64::new(0) }
    }

    /// One that was never given before, hex.
    pub(super) fn next(&self) -> String {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        let hash = Sha256::new().chain_update(self.key).chain_update(count.to_le_bytes()).finalize();
        hex::encode(&hash[..SALT_BYTES])
    }
}
