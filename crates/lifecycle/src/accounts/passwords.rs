//! Password hashing: argon2id at OWASP's second recommendation (19 MiB, 2 passes, 1 lane), a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use vakhta_domain::ports::Chance;

/// The hash of no password: compared with where an account does not exist, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS0xNg$3Uu4dUoPXv6oAsvrJbUjMCVYGEPOdC2FzTJEU1vJwSM";

/// How long a request waits for its turn to hash.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests that wait for their turn at most; with one core the last of them waits for about two seconds.
const QUEUE: usize = 64;

/// KiB of memory, passes and lanes of every new hash.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Too many passwords are being hashed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many sign-ins at once, try again in a few seconds")]
pub struct TooBusy;

/// Hashes and compares passwords on blocking threads, as many at once as there are cores: each takes 19 MiB. A
/// few wait for their turn; beyond them, callers are sent away at once.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Passwords {
    /// As many at once as this machine has cores.
    pub fn for_this_machine() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::for_cores(cores)
    }

    fn for_cores(cores: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(cores)), places: Arc::new(Semaphore::new(cores + QUEUE)) }
    }

    /// The hash of a password in PHC form, with a fresh salt.
    pub async fn hash(&self, password: String, chance: &dyn Chance) -> Result<String, TooBusy> {
        let mut salt = [0u8; 16];
        chance.fill(&mut salt);
        self.in_turn(move || {
            let hash: PasswordHash = hasher()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .expect("the parameters and a salt of 16 bytes are valid");
            hash.to_string()
        })
        .await
    }

    /// Whether `password` is the one of `hash`. With no hash it takes as long and is false.
    pub async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, TooBusy> {
        self.in_turn(move || {
            let known = hash.is_some();
            let text = hash.unwrap_or_else(|| NOBODY.to_owned());
            let parsed = PasswordHash::new(&text);
            let equal = parsed.is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
            equal && known
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, TooBusy> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| TooBusy)?;
        let turn = tokio::time::timeout(TURN_TIMEOUT, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| TooBusy)?.expect("the semaphore is never closed");
        // The turn goes with the work: a caller that hangs up must not let another hash start beside it.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        done.await.map_err(|_| TooBusy)
    }
}

/// Whether a hash was made with other parameters than new ones are, so that it should be made anew while the
/// password is at hand.
pub fn is_outdated(hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return true };
    let cost = Params::try_from(&parsed).map(|p| (p.m_cost(), p.t_cost(), p.p_cost()));
    parsed.algorithm.as_str() != "argon2id"
        || parsed.version != Some(Version::V0x13.into())
        || cost.is_ok_and(|cost| cost != COST)
}

fn hasher() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).expect("the parameters are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
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

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::for_this_machine();
        let hash = passwords.hash("корова на крыше".into(), &Counting).await.expect("a turn");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.matches("корова на крыше".into(), Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.matches("корова под крышей".into(), Some(hash)).await, Ok(false));
        assert_eq!(passwords.matches(String::new(), None).await, Ok(false));
        assert_eq!(passwords.matches("x".into(), Some("not a hash".into())).await, Ok(false));
    }

    #[test]
    fn an_unknown_account_costs_as_much_as_a_known_one() {
        let nobody = PasswordHash::new(NOBODY).expect("a PHC string");
        let params = Params::try_from(&nobody).expect("argon2 parameters");
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), COST);
        assert_eq!(nobody.hash.expect("an output").len(), 32);
    }

    #[test]
    fn hashes_of_other_parameters_are_outdated() {
        assert!(!is_outdated(NOBODY));
        for old in [
            NOBODY.replace("m=19456", "m=9216"),
            NOBODY.replace("t=2", "t=1"),
            NOBODY.replace("argon2id", "argon2i"),
            NOBODY.replace("v=19", "v=16"),
            "$2b$12$abc".to_owned(),
        ] {
            assert!(is_outdated(&old), "{old}");
        }
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_sent_away_at_once() {
        let passwords = Passwords::for_cores(1);
        let _busy = passwords.turns.acquire().await.expect("open");
        let waiting: Vec<_> = (0..=QUEUE)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.matches("x".into(), None).await })
            })
            .collect();
        while passwords.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(passwords.matches("x".into(), None).await, Err(TooBusy));
        for task in waiting {
            task.abort();
        }
    }
}
