//! The app on the phone: codes from a secret, computed apart from the server's own code (RFC 6238).

use jiff::Timestamp;
use ring::hmac;
use std::time::Duration;

const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn bytes(base32: &str) -> Vec<u8> {
    let digits = base32.chars().map(|c| BASE32.find(c).expect("a base32 digit"));
    let bits: Vec<u8> =
        digits.flat_map(|digit| (0..5).rev().map(move |place| (digit >> place & 1) as u8)).collect();
    bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

/// The step that it is, by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "the phone has a clock of its own")]
pub fn step() -> i64 {
    Timestamp::now().as_second() / 30
}

/// The code of a step.
pub fn code_at(secret: &str, step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes(secret));
    let hash = hmac::sign(&key, &step.to_be_bytes());
    let hash = hash.as_ref();
    let at = usize::from(hash[19] & 15);
    let number = hash[at..at + 4].iter().fold(0_u32, |n, byte| n << 8 | u32::from(*byte)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Codes that are right one after the other, as if half a minute lay between them: the server takes the step before,
/// this one and the next, each once and in this order.
pub struct Codes {
    secret: String,
    next: i64,
}

impl Codes {
    /// An app that was given this secret.
    pub fn of(secret: &str) -> Self {
        // Far enough from the step's end, so that none of the three moves away meanwhile.
        while step() != (step_in(Duration::from_secs(12))) {
            std::thread::sleep(Duration::from_millis(200));
        }
        Self { secret: secret.to_owned(), next: step() - 1 }
    }

    /// The next right code.
    pub fn next(&mut self) -> String {
        assert!(self.next <= step() + 1, "no more than three codes in one step");
        self.next += 1;
        code_at(&self.secret, self.next - 1)
    }

    /// A code that is wrong now.
    pub fn wrong(&self) -> String {
        let right: Vec<String> = (-2..=2).map(|by| code_at(&self.secret, step() + by)).collect();
        let mut wrong = (0..).map(|n| format!("{n:06}"));
        wrong.find(|code| !right.contains(code)).expect("most codes are wrong")
    }
}

#[expect(clippy::disallowed_methods, reason = "the phone has a clock of its own")]
fn step_in(time: Duration) -> i64 {
    (Timestamp::now().as_second() + time.as_secs() as i64) / 30
}
