//! The second factor: codes of an app on a phone (RFC 6238), and codes on paper for when the phone is lost.
//!
//! What a code is computed from is kept and read elsewhere; here is when one may be taken.

use super::{Tier, User};
use crate::ids::UserId;
use jiff::Timestamp;

/// Seconds that one code is shown for: what every app takes where it is not told otherwise.
pub const STEP_SECONDS: i64 = 30;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;

/// An account's second factor as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whose it is.
    pub user: UserId,
    /// The secret that codes are computed from, in the form in which it is kept.
    pub secret: String,
    /// When it was shown to its owner.
    pub made_at: Timestamp,
    /// When its owner gave a right code; until then it asks nobody for one.
    pub confirmed_at: Option<Timestamp>,
    /// The step whose code was taken last: none up to it is taken again.
    pub last_step: Option<i64>,
    /// Recovery codes that were not used yet.
    pub codes_left: u64,
}

/// What somebody showed beside the first factor. The store takes each once, together with what it is shown for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: enough where the account has no second factor.
    FirstFactorAlone,
    /// A code of the app, by its step.
    Code(i64),
    /// A recovery code, by its hash.
    Recovery(String),
}

impl Proof {
    /// The word that the history shows; none where nothing was shown.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::FirstFactorAlone => None,
            Self::Code(_) => Some("code"),
            Self::Recovery(_) => Some("recovery_code"),
        }
    }
}

/// A factor that its owner has shown to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedFactor {
    /// Whose it is.
    pub user: UserId,
    /// Its secret as it is kept: another one begun meanwhile is not confirmed.
    pub secret: String,
    /// The step of the code that was given.
    pub step: i64,
    /// Hashes of its recovery codes.
    pub codes: Vec<String>,
    /// The session to keep where others end, by its secret's hash.
    pub keep: Option<String>,
}

/// The step that a moment is in, counted from 1970 (RFC 6238, section 4).
pub fn step_at(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// The steps whose codes are taken now, latest first: this one and its neighbours, for clocks that differ and people
/// who type slowly (RFC 6238, section 5.2), and none up to the one that was taken last.
pub fn steps_taken(now: Timestamp, last: Option<i64>) -> impl Iterator<Item = i64> {
    let this = step_at(now);
    [this + 1, this, this - 1].into_iter().filter(move |step| last.is_none_or(|last| *step > last))
}

/// Whether the account has to enrol before it does anything else, being of one of the tiers that must have a second
/// factor, at home or where it is now. A provider asks its accounts for a second factor itself.
pub fn must_enrol(user: &User, here: Tier, tiers: &[Tier]) -> bool {
    let asked = tiers.contains(&user.tier) || tiers.contains(&here);
    asked && user.second_factor_at.is_none() && user.provider.is_none()
}

/// A typed code without what people put between its digits. None where it is no code.
pub fn typed_code(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

/// A typed recovery code as it is hashed: its letters and digits alone. None where it is none.
pub fn typed_recovery_code(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let code = code.to_lowercase();
    (code.len() == 16 && code.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::WorkspaceId;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    #[test]
    fn a_code_and_its_neighbours_are_taken_once() {
        assert_eq!((step_at(at(0)), step_at(at(29)), step_at(at(30)), step_at(at(-1))), (0, 0, 1, -1));
        let now = at(3000);
        let steps = |last| steps_taken(now, last).collect::<Vec<_>>();
        assert_eq!(steps(None), [101, 100, 99]);
        assert_eq!(steps(Some(98)), [101, 100, 99]);
        assert_eq!(steps(Some(99)), [101, 100]);
        assert_eq!(steps(Some(100)), [101], "neither the one that was taken nor one before it");
        assert_eq!(steps(Some(101)), [0_i64; 0]);
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for (text, code) in [
            ("123456", Some("123456")),
            (" 123 456\n", Some("123456")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("１２３４５６", None),
        ] {
            assert_eq!(typed_code(text).as_deref(), code, "{text}");
        }
        assert_eq!(typed_recovery_code("ABCD-efgh 2345-6789").as_deref(), Some("abcdefgh23456789"));
        for none in ["abcd-efgh-2345-678", "abcd-efgh-2345-678!", ""] {
            assert_eq!(typed_recovery_code(none), None, "{none}");
        }
    }

    #[test]
    fn who_must_enrol() {
        let user = |tier, second_factor_at, provider: Option<&str>| User {
            id: UserId::new("u1"),
            workspace: WorkspaceId::default_workspace(),
            username: "anna".into(),
            password_hash: String::new(),
            tier,
            is_active: true,
            must_change_password: false,
            created_at: at(0),
            last_sign_in_at: None,
            deleted_at: None,
            second_factor_at,
            provider: provider.map(str::to_owned),
        };
        let (admins, nobody) = (&[Tier::Admin, Tier::SystemAdmin][..], &[][..]);
        let cases = [
            // tier, here, has one, provider, asked tiers, must
            (Tier::Admin, Tier::Admin, None, None, admins, true),
            (Tier::Admin, Tier::Viewer, None, None, admins, true),
            (Tier::User, Tier::Admin, None, None, admins, true),
            (Tier::User, Tier::User, None, None, admins, false),
            (Tier::Admin, Tier::Admin, Some(at(1)), None, admins, false),
            (Tier::Admin, Tier::Admin, None, Some("https://id.example"), admins, false),
            (Tier::SystemAdmin, Tier::SystemAdmin, None, None, nobody, false),
        ];
        for (tier, here, has, provider, tiers, must) in cases {
            let found = must_enrol(&user(tier, has, provider), here, tiers);
            assert_eq!(found, must, "{tier:?} {here:?} {has:?} {provider:?}");
        }
    }
}
