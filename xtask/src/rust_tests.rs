//! Building and running the Rust tests: cargo's output without the lines of what went well.

use crate::place;
use crate::process::{each_line, say, shown};
use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::Message;
use std::path::PathBuf;

/// Builds every test and the programs they start; gives the path of the `vakhta` built with them, so that the
/// end-to-end tests need no second build with other features.
pub fn build() -> Result<PathBuf> {
    let mut command = place::cargo()?;
    command.args([
        "test",
        "--locked",
        "--workspace",
        "--no-run",
        "--message-format",
        "json-render-diagnostics",
    ]);
    let mut program = None;
    let status = each_line(&mut command, |line| {
        if let Ok(Message::CompilerArtifact(artifact)) = serde_json::from_str(line)
            && artifact.target.name == "vakhta"
            && artifact.target.is_bin()
            && !artifact.profile.test
        {
            program = artifact.executable.or(program.take());
        }
    })?;
    ensure!(status.success(), "`{}` failed: {status}", shown(&command));
    let program =
        program.context("no `vakhta` was built: crates/server/tests/ should have a test that starts it")?;
    Ok(program.into())
}

/// Runs them all and counts. A test that is switched off is a failure.
pub fn run() -> Result<String> {
    let mut command = place::cargo()?;
    command.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    let mut counts = Counts::default();
    let status = each_line(&mut command, |line| {
        counts.add(line);
        if is_news(line) {
            say(line);
        }
    })?;
    if !status.success() {
        bail!("{} of {} tests failed ({status})", counts.failed, counts.passed + counts.failed);
    }
    ensure!(counts.ignored == 0, "{} tests are switched off: run or delete them", counts.ignored);
    ensure!(counts.passed > 0, "no test ran");
    Ok(format!("{} tests", counts.passed))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl Counts {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let words: Vec<&str> = result.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u32>() else { continue };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// Whether a line says more than that a test went well.
fn is_news(line: &str) -> bool {
    let passed = line.starts_with("test ") && line.ends_with(" ... ok");
    let counted = line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test"));
    !(passed || counted || line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted() {
        let mut counts = Counts::default();
        counts.add(
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s",
        );
        counts.add(
            "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 9s",
        );
        counts.add("12 passed; 9 failed");
        assert_eq!(counts, Counts { passed: 15, failed: 2, ignored: 1 });
    }

    #[test]
    fn only_news_is_shown() {
        let cases = [
            ("test steps::tests::a_failure_blocks ... ok", false),
            ("running 4 tests", false),
            ("running 1 test", false),
            ("", false),
            ("test deploy::tests::twice ... FAILED", true),
            ("test deploy::tests::twice ... ignored", true),
            ("thread 'x' panicked at src/lib.rs:1:1:", true),
            ("test result: ok. 12 passed; 0 failed; 0 ignored", true),
        ];
        for (line, expected) in cases {
            assert_eq!(is_news(line), expected, "{line}");
        }
    }
}
