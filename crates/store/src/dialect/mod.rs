//! The few strings in which SQLite and PostgreSQL differ. Queries are written once, with `?` placeholders
//! and `{word}` tokens; a dialect turns them into what its database reads. It never looks at values.

mod postgres;
mod sqlite;

pub(crate) use postgres::POSTGRES;
pub(crate) use sqlite::SQLITE;

/// One database's way of writing what the portable text leaves open.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Whether placeholders are `$1`, `$2` … instead of `?`. SQLite keeps `?`: numbered placeholders make
    /// its large inserts over twenty times slower.
    pub(crate) numbered: bool,
    /// What each `{word}` becomes.
    pub(crate) words: &'static [(&'static str, &'static str)],
}

impl Dialect {
    /// The text as this database reads it. Quoted text and comments stay as they are.
    pub(crate) fn translate(&self, sql: &str) -> String {
        let mut out = String::with_capacity(sql.len() + 16);
        let mut rest = sql;
        let mut placeholders = 0;
        while let Some(at) = rest.find(['\'', '"', '?', '{', '-']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let taken = match rest.as_bytes()[0] {
                quote @ (b'\'' | b'"') => {
                    let end = rest[1..].find(char::from(quote)).map_or(rest.len(), |n| n + 2);
                    out.push_str(&rest[..end]);
                    end
                }
                b'?' if self.numbered => {
                    placeholders += 1;
                    out.push('$');
                    out.push_str(&placeholders.to_string());
                    1
                }
                b'{' => match self.word(rest) {
                    Some((length, word)) => {
                        out.push_str(word);
                        length
                    }
                    None => push_one(&mut out, rest),
                },
                b'-' if rest.starts_with("--") => {
                    let end = rest.find('\n').unwrap_or(rest.len());
                    out.push_str(&rest[..end]);
                    end
                }
                _ => push_one(&mut out, rest),
            };
            rest = &rest[taken..];
        }
        out.push_str(rest);
        out
    }

    /// The length of the token that `text` begins with, and what it becomes.
    fn word(&self, text: &str) -> Option<(usize, &'static str)> {
        let end = text.find('}')?;
        let name = &text[1..end];
        self.words.iter().find(|(word, _)| *word == name).map(|(_, value)| (end + 1, *value))
    }
}

fn push_one(out: &mut String, text: &str) -> usize {
    out.push_str(&text[..1]);
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_outside_quotes_only() {
        let sql = "SELECT '?', \"a?\" FROM t -- why?\nWHERE a = ? AND b - ? = '{int}' {for_update}";
        assert_eq!(
            POSTGRES.translate(sql),
            "SELECT '?', \"a?\" FROM t -- why?\nWHERE a = $1 AND b - $2 = '{int}' FOR UPDATE"
        );
        assert_eq!(
            SQLITE.translate(sql),
            "SELECT '?', \"a?\" FROM t -- why?\nWHERE a = ? AND b - ? = '{int}' "
        );
    }

    #[test]
    fn doubled_quotes_stay() {
        assert_eq!(POSTGRES.translate("a = 'it''s ?' AND b = ?"), "a = 'it''s ?' AND b = $1");
    }

    #[test]
    fn both_dialects_know_the_same_words() {
        let names = |d: &Dialect| d.words.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names(&SQLITE), names(&POSTGRES));
        assert_eq!(SQLITE.translate("{unknown}"), "{unknown}");
    }
}
