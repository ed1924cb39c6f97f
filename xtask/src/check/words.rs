//! Words that must not stay in a source: unfinished work, and tests that are switched off.

use super::sources::extension;

/// Where a word is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    Rust,
    WebTests,
}

struct Word {
    text: &'static str,
    place: Where,
    why: &'static str,
}

const UNFINISHED: &str = "finish it, or write the gap down in the documents";
const SKIPPED: &str = "a test runs or is deleted";

// Split, so that this file may hold them.
const WORDS: &[Word] = &[
    Word { text: concat!("FIX", "ME"), place: Where::Anywhere, why: UNFINISHED },
    Word { text: concat!("todo", "!("), place: Where::Rust, why: UNFINISHED },
    Word { text: concat!("unimplemented", "!("), place: Where::Rust, why: UNFINISHED },
    Word { text: concat!("#[ign", "ore"), place: Where::Rust, why: SKIPPED },
    Word { text: concat!("```ign", "ore"), place: Where::Rust, why: SKIPPED },
    Word { text: concat!(".on", "ly("), place: Where::WebTests, why: "it switches every other test off" },
    Word { text: concat!(".sk", "ip("), place: Where::WebTests, why: SKIPPED },
    Word { text: concat!(".skip", "If("), place: Where::WebTests, why: SKIPPED },
    Word { text: concat!(".run", "If("), place: Where::WebTests, why: SKIPPED },
    Word { text: concat!(".fix", "me("), place: Where::WebTests, why: SKIPPED },
    Word { text: concat!(".to", "do("), place: Where::WebTests, why: UNFINISHED },
];

/// Each forbidden word with its place.
pub fn findings(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        for word in WORDS {
            if applies(word.place, path) && line.contains(word.text) {
                found.push(format!("{path}:{} holds `{}`: {}", i + 1, word.text, word.why));
            }
        }
    }
    found
}

fn applies(place: Where, path: &str) -> bool {
    match place {
        Where::Anywhere => true,
        Where::Rust => extension(path) == "rs",
        Where::WebTests => {
            path.starts_with("web/")
                && (path.contains(".test.") || path.contains(".spec.") || path.contains("/e2e/"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_where_it_is_forbidden_and_only_there() {
        for word in WORDS {
            let line = format!("a {} b", word.text);
            let cases = [
                ("crates/ml/src/lib.rs", matches!(word.place, Where::Anywhere | Where::Rust)),
                ("web/e2e/sign_in.spec.ts", matches!(word.place, Where::Anywhere | Where::WebTests)),
                ("web/src/lib/chart.test.ts", matches!(word.place, Where::Anywhere | Where::WebTests)),
                ("web/src/lib/chart.ts", word.place == Where::Anywhere),
            ];
            for (path, expected) in cases {
                assert_eq!(!findings(path, &line).is_empty(), expected, "{} in {path}", word.text);
            }
        }
    }

    #[test]
    fn the_place_is_named() {
        let text = format!("fine\n{}\n", concat!("// FIX", "ME later"));
        let found = findings("crates/ml/src/lib.rs", &text);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("crates/ml/src/lib.rs:2 holds"), "{found:?}");
    }
}
