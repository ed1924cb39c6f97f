//! `cargo xtask test`: every check and every test. CI runs this and nothing else.

use crate::process;
use crate::steps::{self, Step};
use crate::{check, prepare, rust_tests, web};
use anyhow::{Result, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;

/// The server that the build step left for the end-to-end tests.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Runs everything; nothing is skipped.
pub fn run() -> ExitCode {
    let mut steps = vec![Step { name: "prepare", needs: &[], run: prepare::for_tests }];
    steps.extend(check::STEPS.iter().copied());
    steps.extend([
        Step { name: "web tests", needs: &["prepare"], run: web_tests },
        Step { name: "web build", needs: &["prepare"], run: web::build },
        // The binary embeds the web, so it is built after it.
        Step { name: "rust build", needs: &["web build"], run: rust_build },
        Step { name: "rust tests", needs: &["rust build"], run: rust_tests::run },
        Step { name: "end-to-end tests", needs: &["rust build"], run: end_to_end },
    ]);
    steps::run(&steps)
}

fn rust_build() -> Result<String> {
    let program = rust_tests::build()?;
    PROGRAM.set(program).expect("the step runs once");
    Ok(String::new())
}

fn web_tests() -> Result<String> {
    counted(&["run", "--silent", "test"], None)
}

fn end_to_end() -> Result<String> {
    counted(&["run", "--silent", "e2e"], PROGRAM.get())
}

/// Runs an npm script that ends with counts such as `12 passed`, and refuses tests that did not run.
fn counted(arguments: &[&str], program: Option<&PathBuf>) -> Result<String> {
    let mut command = web::npm();
    command.args(arguments).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    if let Some(program) = program {
        command.env("VAKHTA_BIN", program);
    }
    let mut text = String::new();
    let status = process::each_line(&mut command, |line| {
        process::say(line);
        text.push_str(line);
        text.push('\n');
    })?;
    ensure!(status.success(), "`{}` failed: {status}", process::shown(&command));
    let not_run = ["skipped", "todo", "did not run", "flaky"].map(|word| (word, count(&text, word)));
    for (word, number) in not_run {
        ensure!(number == 0, "{number} tests are {word}: every test runs, and passes the first time");
    }
    let passed = count(&text, "passed");
    ensure!(passed > 0, "no test ran");
    Ok(format!("{passed} tests"))
}

/// The number before a word in the last line of counts: `Tests  12 passed (12)`, `  3 skipped`. Lines that
/// name a test begin otherwise.
fn count(text: &str, word: &str) -> u32 {
    let is_count = |line: &&str| line.starts_with("Tests ") || line.starts_with(|c: char| c.is_ascii_digit());
    let numbers = text.lines().rev().map(str::trim).filter(is_count).find_map(|line| {
        let before = line.split_once(word)?.0.trim_end();
        before.rsplit([' ', '|', '(']).next()?.parse::<u32>().ok()
    });
    numbers.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_both_test_programs_are_read() {
        let vitest =
            " Test Files  2 passed (2)\n      Tests  1 skipped | 12 passed | 2 todo (15)\n   Duration  1.0s";
        assert_eq!(count(vitest, "passed"), 12);
        assert_eq!(count(vitest, "skipped"), 1);
        assert_eq!(count(vitest, "todo"), 2);
        let playwright =
            "  1 flaky\n    sign_in.spec.ts:3:1\n  3 skipped\n  2 did not run\n  21 passed (1.2m)";
        assert_eq!(count(playwright, "passed"), 21);
        assert_eq!(count(playwright, "flaky"), 1);
        assert_eq!(count(playwright, "skipped"), 3);
        assert_eq!(count(playwright, "did not run"), 2);
        assert_eq!(count("  ✓  4 upload.spec.ts:9 › 2 skipped rows are shown (1.0s)\n", "skipped"), 0);
        assert_eq!(count(" ✓ a list that is passed on\n", "passed"), 0);
    }
}
