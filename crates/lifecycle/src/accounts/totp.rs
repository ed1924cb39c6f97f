//! Codes of an app on a phone: HOTP (RFC 4226) over time (RFC 6238), by HMAC-SHA-1, six digits, 30 seconds, which is
//! the one form that every app takes.

use jiff::Timestamp;
use ring::hmac;
use vakhta_domain::ids::random_bytes;
use vakhta_domain::ports::Chance;
use vakhta_domain::user::{STEP_SECONDS, steps_taken};

/// Bytes of a secret: as long as the hash, which RFC 4226 recommends (section 4, R6).
const SECRET_BYTES: usize = 20;
/// Who an app says that the code is for.
const ISSUER: &str = "Vakhta";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A secret that codes are computed from.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(pub(super) Vec<u8>);

impl Secret {
    pub(super) fn fresh(chance: &dyn Chance) -> Self {
        Self(random_bytes(chance, SECRET_BYTES))
    }

    /// The code of a step, as a number below a million (RFC 4226, section 5.3).
    fn code(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let hash = tag.as_ref();
        let at = usize::from(hash[hash.len() - 1] & 0x0f);
        let four = [hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]];
        u32::from_be_bytes(four) % 1_000_000
    }

    /// The step that six digits are the code of, where they are taken now. `last` is the step that was taken last.
    pub(super) fn step_of(&self, code: &str, now: Timestamp, last: Option<i64>) -> Option<i64> {
        let code: u32 = code.parse().ok()?;
        steps_taken(now, last).find(|step| self.code(*step) == code)
    }

    /// The secret as people type it into an app (RFC 4648, section 6, without padding).
    pub(super) fn base32(&self) -> String {
        let mut text = String::with_capacity(self.0.len() * 8 / 5 + 1);
        for five in self.0.chunks(5) {
            let bits =
                five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - five.len()));
            for place in 0..(five.len() * 8).div_ceil(5) {
                text.push(char::from(BASE32[(bits >> (35 - 5 * place) & 31) as usize]));
            }
        }
        text
    }

    /// The address that apps read from a picture.
    pub(super) fn uri(&self, username: &str) -> String {
        let (name, secret) = (percent_encoded(username), self.base32());
        format!(
            "otpauth://totp/{ISSUER}:{name}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period={STEP_SECONDS}"
        )
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret(b"12345678901234567890".to_vec())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    #[test]
    fn the_codes_are_those_of_the_standards() {
        // RFC 4226, appendix D.
        let hotp = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (step, code) in hotp.into_iter().enumerate() {
            assert_eq!(secret().code(step as i64), code, "step {step}");
        }
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().step_of(code, at(second), None), Some(second / 30), "{code}");
        }
    }

    #[test]
    fn a_code_is_taken_a_step_early_or_late_and_never_again() {
        let (now, step) = (at(1_111_111_111), 37_037_037);
        assert_eq!(secret().step_of("050471", now, None), Some(step));
        assert_eq!(secret().step_of("050471", at(1_111_111_111 + 30), None), Some(step));
        assert_eq!(secret().step_of("050471", at(1_111_111_111 - 30), None), Some(step));
        assert_eq!(secret().step_of("050471", at(1_111_111_111 + 60), None), None);
        assert_eq!(secret().step_of("050471", at(1_111_111_111 - 60), None), None);
        assert_eq!(secret().step_of("050471", now, Some(step)), None);
        assert_eq!(secret().step_of("081804", now, Some(step - 2)), Some(step - 1));
        assert_eq!(secret().step_of("081804", now, Some(step)), None, "one before the last is refused, too");
        assert_eq!(secret().step_of("000000", now, None), None);
    }

    #[test]
    fn secrets_are_written_as_apps_read_them() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(Secret(bytes.into()).base32(), text);
        }
        assert_eq!(
            secret().uri("Анна@shop"),
            "otpauth://totp/Vakhta:%D0%90%D0%BD%D0%BD%D0%B0%40shop?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Vakhta&algorithm=SHA1&digits=6&period=30"
        );
    }
}
