//! Patterns of file names: `*` and `?` within a name, `**` through folders.

/// Whether a path below the location, with `/` between its parts, fits a pattern.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    // Row by row: whether the first parts of the pattern fit the first parts of the path.
    let mut row = vec![false; path.len() + 1];
    row[0] = true;
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        for at in 0..=path.len() {
            next[at] = if part == "**" {
                row[at] || at > 0 && next[at - 1]
            } else {
                at > 0 && row[at - 1] && name_fits(part, path[at - 1])
            };
        }
        row = next;
    }
    row[path.len()]
}

fn name_fits(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut row = vec![false; name.len() + 1];
    row[0] = true;
    for mark in pattern.chars() {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            next[at] = match mark {
                '*' => row[at] || at > 0 && next[at - 1],
                '?' => at > 0 && row[at - 1],
                plain => at > 0 && row[at - 1] && name[at - 1] == plain,
            };
        }
        row = next;
    }
    row[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit() {
        for (pattern, path, expected) in [
            ("*", "a.csv", true),
            ("*", "a/b.csv", false),
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.tmp", false),
            ("sales-????.csv", "sales-2026.csv", true),
            ("**/*.csv", "a.csv", true),
            ("**/*.csv", "x/y/a.csv", true),
            ("2026/**", "2026/01/a.csv", true),
            ("2026/**", "2025/01/a.csv", false),
            ("*продажи*", "мои продажи.csv", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn no_pattern_takes_long() {
        assert!(!fits(&"*a".repeat(200), &"a".repeat(150)));
    }
}
