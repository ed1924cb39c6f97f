//! From a text as people type it to words: lower case, composed accents, ё as е, punctuation away, numbers apart
//! from the units that stick to them.

use super::MOST_CHARACTERS;

/// Where a word lies among the characters, and whether it is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Its first character.
    pub start: usize,
    /// The character after its last.
    pub end: usize,
    /// Whether it consists of digits.
    pub number: bool,
}

/// What a character is to a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Other,
}

fn kind(c: char) -> Kind {
    if c.is_numeric() {
        Kind::Digit
    } else if c.is_alphanumeric() || is_combining(c) {
        Kind::Letter
    } else {
        Kind::Other
    }
}

/// Cuts `text` into `words` over `characters`, both emptied first. A decimal mark between digits belongs to the
/// number and is written as a point.
pub fn split(text: &str, characters: &mut Vec<char>, words: &mut Vec<Word>) {
    characters.clear();
    words.clear();
    let mut open: Option<Word> = None;
    let mut source = text.chars().take(MOST_CHARACTERS).peekable();
    while let Some(raw) = source.next() {
        let decimal = matches!(raw, '.' | ',')
            && open.is_some_and(|word| word.number)
            && source.peek().is_some_and(|next| kind(*next) == Kind::Digit);
        let kind = if decimal { Kind::Digit } else { kind(raw) };
        let fits = open.is_some_and(|word| match kind {
            Kind::Other => false,
            Kind::Digit => word.number,
            Kind::Letter => !word.number,
        });
        if !fits {
            words.extend(open.take());
        }
        if kind == Kind::Other {
            continue;
        }
        let start = characters.len();
        if decimal {
            characters.push('.');
        } else if is_combining(raw) {
            compose_last(characters, open.is_some(), raw);
        } else {
            characters.extend(raw.to_lowercase().map(|c| if c == 'ё' { 'е' } else { c }));
        }
        let end = characters.len();
        let word = open.get_or_insert(Word { start, end, number: kind == Kind::Digit });
        word.end = end;
    }
    words.extend(open);
    words.retain(|word| word.end > word.start);
}

/// The words of a text, normalised: for explanations.
pub fn words(text: &str) -> Vec<String> {
    let (mut characters, mut words) = (Vec::new(), Vec::new());
    split(text, &mut characters, &mut words);
    words.iter().map(|word| characters[word.start..word.end].iter().collect()).collect()
}

/// Whether a character is a mark on the one before it.
fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Joins a combining mark with the character before it; a pair without a letter of its own loses the mark.
fn compose_last(characters: &mut [char], inside_word: bool, mark: char) {
    let Some(last) = characters.last_mut().filter(|_| inside_word) else { return };
    let column = match mark {
        '\u{300}' => 0, // grave
        '\u{301}' => 1, // acute
        '\u{302}' => 2, // circumflex
        '\u{303}' => 3, // tilde
        '\u{308}' => 4, // diaeresis
        '\u{30a}' => 5, // ring
        '\u{30c}' => 6, // caron
        '\u{327}' => 7, // cedilla
        '\u{306}' => 8, // breve
        _ => return,
    };
    // A point where Unicode has no composed letter.
    let row: &str = match *last {
        'a' => "àáâãäåǎ.ă",
        'c' => ".ćĉ...čç.",
        'e' => "èéêẽë.ěȩĕ",
        'i' => "ìíîĩï.ǐ.ĭ",
        'n' => "ǹń.ñ..ňņ.",
        'o' => "òóôõö.ǒ.ŏ",
        'r' => ".ŕ....řŗ.",
        's' => ".śŝ...šş.",
        'u' => "ùúûũüůǔ.ŭ",
        'y' => "ỳýŷỹÿẙ...",
        'z' => ".źẑ...ž..",
        'и' => "ѝ...ӥ...й",
        'е' => "ѐ...е...ӗ",
        'у' => "....ӱ...ў",
        'і' => "....ї....",
        _ => return,
    };
    if let Some(composed) = row.chars().nth(column).filter(|c| *c != '.') {
        *last = composed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_words() {
        for (text, wanted) in [
            ("Ёлка ЁЖИК", "елка ежик"),
            ("Молоко 3,2% 900мл", "молоко 3.2 900 мл"),
            ("l'eau-de-vie", "l eau de vie"),
            ("USB3.0", "usb 3.0"),
            ("Cre\u{300}me bru\u{302}le\u{301}e", "crème brûlée"),
            ("и\u{306}од е\u{308}ж", "йод еж"),
            ("q\u{301}", "q"),
            ("\u{301}", ""),
            ("..., !", ""),
            ("1,", "1"),
            ("№5", "5"),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), wanted, "{text}");
        }
    }

    #[test]
    fn a_book_is_read_up_to_a_bound() {
        let book = "а".repeat(MOST_CHARACTERS * 2);
        assert_eq!(words(&book)[0].chars().count(), MOST_CHARACTERS);
    }
}
