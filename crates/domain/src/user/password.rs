//! What a new password and a new name must be.
//!
//! The commonest passwords of 12 characters and more are refused by a list. Far more are common words with a
//! few characters around them, or runs on a keyboard; those are refused by counting what a guesser would have
//! to guess, which also covers the Russian layout that such lists do not know.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Why a new password or name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCredential {
    /// Fewer than [`MIN_PASSWORD_CHARS`] characters.
    #[error("the password has {0} characters, at least {MIN_PASSWORD_CHARS} are needed")]
    TooShort(usize),
    /// More than [`MAX_PASSWORD_BYTES`] bytes.
    #[error("the password has {0} bytes, at most {MAX_PASSWORD_BYTES} are taken")]
    TooLong(usize),
    /// One character over and over, a run on the keyboard, a common word with little around it, or the user's
    /// own name.
    #[error("the password is too easy to guess, use several words or a password manager")]
    TooEasy,
    /// One that many people use.
    #[error("the password is one of the commonest, use several words or a password manager")]
    Common,
    /// Not a name.
    #[error("the username `{0}` is not 1 to 64 letters, digits, `.`, `_`, `@` or `-`")]
    Username(String),
}

/// The shortest password taken for an account.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The longest, so that hashing cannot be made to work for nothing.
pub const MAX_PASSWORD_BYTES: usize = 1024;
/// Characters that must not follow from those before them.
const MIN_GUESSES: usize = 8;
/// The longest part whose repetition is noticed.
const LONGEST_REPEAT: usize = 8;

/// Lower-case passwords of 12 characters and more from the lists of the commonest that Django (BSD-3-Clause)
/// and zxcvbn (MIT) carry.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());
/// The commonest passwords of 5 to 11 letters of the same lists, and Russian words that are used alike.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_words.txt").lines().collect());

/// Rows of keys, along which fingers run.
const ROWS: [&str; 7] =
    ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"];

/// Accepts a new password for `username`.
pub fn check_password(username: &str, password: &str) -> Result<(), BadCredential> {
    let chars = password.chars().count();
    if chars < MIN_PASSWORD_CHARS {
        return Err(BadCredential::TooShort(chars));
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(BadCredential::TooLong(password.len()));
    }
    let lower = password.to_lowercase();
    let name = username.to_lowercase();
    let own_name = !name.is_empty() && lower.replace(&name, "").chars().count() < 4;
    if own_name || guesses(&lower) < MIN_GUESSES {
        return Err(BadCredential::TooEasy);
    }
    if COMMON.contains(lower.as_str()) {
        return Err(BadCredential::Common);
    }
    Ok(())
}

/// How much a guesser has to guess: characters that do not follow from those before, a common word being one.
fn guesses(lower: &str) -> usize {
    // Letters in the middle, with anything but letters around them: `2024password!`.
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    if WORDS.contains(core) {
        return 1 + runs(&lower.replacen(core, "", 1).chars().collect::<Vec<_>>());
    }
    runs(&lower.chars().collect::<Vec<_>>())
}

/// Characters that begin something new.
fn runs(chars: &[char]) -> usize {
    let again = |i: usize| {
        let mut periods = 1..=LONGEST_REPEAT.min(i);
        // A part is repeated where this character and the one before stand as they did a part ago.
        periods.any(|p| chars[i] == chars[i - p] && (p == 1 || i > p && chars[i - 1] == chars[i - 1 - p]))
    };
    (0..chars.len()).filter(|&i| i == 0 || !(again(i) || neighbours(chars[i - 1], chars[i]))).count()
}

/// Whether two characters follow each other in the alphabet or on a keyboard, either way.
fn neighbours(a: char, b: char) -> bool {
    let in_order = a.is_alphanumeric() && b.is_alphanumeric() && u32::from(a).abs_diff(u32::from(b)) == 1;
    in_order
        || ROWS.iter().any(|row| {
            let place = |wanted: char| row.chars().position(|c| c == wanted);
            place(a).zip(place(b)).is_some_and(|(a, b)| a.abs_diff(b) == 1)
        })
}

/// Accepts a new account name.
pub fn check_username(name: &str) -> Result<(), BadCredential> {
    let fits = (1..=64).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '@' | '-'));
    if fits { Ok(()) } else { Err(BadCredential::Username(name.chars().take(80).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(check_password("admin", "short"), Err(BadCredential::TooShort(5)));
        assert_eq!(check_password("admin", "одиннадцать"), Err(BadCredential::TooShort(11)));
        let endless = "correct horse ".repeat(80);
        assert_eq!(check_password("admin", &endless), Err(BadCredential::TooLong(endless.len())));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for easy in [
            "aaaaaaaaaaaaaaa",
            "123456789012",
            "098765432109",
            "abcdefghijklmn",
            "qwertyuiop123",
            "йцукенгшщзхъ",
            "abcdabcdabcdabcd",
            "passwordpassword",
            "Password1234",
            "2024password!",
            "пароль123456",
            "Administrator1",
            "11112222333344",
        ] {
            assert_eq!(check_password("anna", easy), Err(BadCredential::TooEasy), "{easy}");
        }
        for common in ["1q2w3e4r5t6y", "1qaz2wsx3edc", "gfhjkmgfhjkm", "needforspeed"] {
            assert!(check_password("anna", common).is_err(), "{common}");
        }
        assert_eq!(check_password("anna", "Counterstrike"), Err(BadCredential::Common));
        assert_eq!(check_password("operations", "Operations12"), Err(BadCredential::TooEasy));
    }

    #[test]
    fn passwords_of_words_and_managers_are_taken() {
        for good in [
            "корова на крыше",
            "correct horse battery",
            "lighthouse keeper 7",
            "a calm evening watch",
            "Xq7-pL2w-9dRt",
            "kV#9sW!2mZ@4",
            "9f86d081884c7d65",
            "password of my aunt",
        ] {
            assert_eq!(check_password("admin", good), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_lists_are_what_they_are_said_to_be() {
        assert!(COMMON.len() > 300 && COMMON.iter().all(|p| p.chars().count() >= MIN_PASSWORD_CHARS));
        assert!(WORDS.len() > 4000 && WORDS.iter().all(|w| w.chars().all(char::is_alphabetic)));
    }

    #[test]
    fn names_are_checked() {
        for good in ["a", "Анна", "anna.k@shop-1_x"] {
            assert_eq!(check_username(good), Ok(()));
        }
        for bad in ["", "a b", "a/b", "a\0", &"a".repeat(65)] {
            assert!(check_username(bad).is_err(), "{bad}");
        }
    }
}
