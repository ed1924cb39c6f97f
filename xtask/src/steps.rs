//! A list of named steps: each is timed, what depends on a failed one is not run, a table ends the list.

use crate::process::say;
use anyhow::Result;
use std::fmt::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// One step.
#[derive(Clone, Copy)]
pub struct Step {
    /// Its name, unique in its list.
    pub name: &'static str,
    /// The steps without whose success it cannot run.
    pub needs: &'static [&'static str],
    /// Does it; the text says what was found or counted.
    pub run: fn() -> Result<String>,
}

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed(String),
    Failed(String),
    /// Not run, because this one failed.
    Blocked(&'static str),
}

struct Done {
    name: &'static str,
    took: Duration,
    outcome: Outcome,
}

/// Runs every step that can run, prints the table, and ends with `N passed, M failed`.
pub fn run(steps: &[Step]) -> ExitCode {
    let started = Instant::now();
    let done = run_each(steps, say);
    say(&format!("\n{}", table(&done, started.elapsed())));
    let failed: Vec<&str> =
        done.iter().filter(|d| !matches!(d.outcome, Outcome::Passed(_))).map(|d| d.name).collect();
    if !failed.is_empty() {
        say(&format!("failed: {}", failed.join(", ")));
    }
    say(&format!("{} passed, {} failed", done.len() - failed.len(), failed.len()));
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_each(steps: &[Step], tell: fn(&str)) -> Vec<Done> {
    let mut done: Vec<Done> = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let missing = step
            .needs
            .iter()
            .find(|&&need| !done.iter().any(|d| d.name == need && matches!(d.outcome, Outcome::Passed(_))));
        tell(&format!("\n=== {}/{} {}", number + 1, steps.len(), step.name));
        let started = Instant::now();
        let outcome = match missing {
            Some(need) => Outcome::Blocked(need),
            None => match (step.run)() {
                Ok(found) => Outcome::Passed(found),
                Err(error) => Outcome::Failed(format!("{error:#}")),
            },
        };
        let took = started.elapsed();
        match &outcome {
            Outcome::Passed(found) if found.is_empty() => {
                tell(&format!("--- {} passed in {}", step.name, seconds(took)));
            }
            Outcome::Passed(found) => {
                tell(&format!("--- {} passed in {}: {found}", step.name, seconds(took)));
            }
            Outcome::Failed(error) => {
                tell(&format!("--- {} FAILED after {}\n{error}", step.name, seconds(took)));
            }
            Outcome::Blocked(need) => tell(&format!("--- {} NOT RUN: it needs `{need}`", step.name)),
        }
        done.push(Done { name: step.name, took, outcome });
    }
    done
}

fn table(done: &[Done], total: Duration) -> String {
    let width = done.iter().map(|d| d.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Done { name, took, outcome } in done {
        let (word, detail) = match outcome {
            Outcome::Passed(found) => ("passed", found.clone()),
            Outcome::Failed(error) => ("FAILED", error.lines().next().unwrap_or("").to_owned()),
            Outcome::Blocked(need) => ("NOT RUN", format!("needs `{need}`")),
        };
        let line = format!("{name:width$}  {:>8}  {word:7}  {detail}", seconds(*took));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = write!(text, "{:width$}  {:>8}", "all", seconds(total));
    text
}

/// A duration as people read it: `0.4 s`, `12 s`, `3 m 05 s`.
pub fn seconds(took: Duration) -> String {
    let whole = took.as_secs();
    if whole >= 60 {
        format!("{} m {:02} s", whole / 60, whole % 60)
    } else if whole >= 10 {
        format!("{whole} s")
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    // What is told here would look like a failure of the real steps.
    fn quiet(_: &str) {}

    const STEPS: &[Step] = &[
        Step { name: "first", needs: &[], run: || Ok("3 things".into()) },
        Step { name: "second", needs: &["first"], run: || bail!("the value was wrong") },
        Step { name: "third", needs: &["second"], run: || Ok(String::new()) },
        Step { name: "fourth", needs: &["first"], run: || Ok(String::new()) },
    ];

    #[test]
    fn a_failure_blocks_what_needs_it_and_nothing_else() {
        let outcomes: Vec<Outcome> = run_each(STEPS, quiet).into_iter().map(|d| d.outcome).collect();
        assert_eq!(
            outcomes,
            [
                Outcome::Passed("3 things".into()),
                Outcome::Failed("the value was wrong".into()),
                Outcome::Blocked("second"),
                Outcome::Passed(String::new()),
            ]
        );
    }

    #[test]
    fn the_table_names_every_step_and_its_end() {
        let done = [
            Done { name: "fmt", took: Duration::from_millis(400), outcome: Outcome::Passed(String::new()) },
            Done { name: "clippy", took: Duration::from_secs(185), outcome: Outcome::Failed("a\nb".into()) },
            Done { name: "e2e", took: Duration::ZERO, outcome: Outcome::Blocked("clippy") },
        ];
        let text = table(&done, Duration::from_secs(186));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "fmt        0.4 s  passed",
                "clippy  3 m 05 s  FAILED   a",
                "e2e        0.0 s  NOT RUN  needs `clippy`",
                "all     3 m 06 s",
            ]
        );
    }

    #[test]
    fn an_unknown_need_blocks() {
        let steps = [Step { name: "only", needs: &["nobody"], run: || Ok(String::new()) }];
        assert_eq!(run_each(&steps, quiet)[0].outcome, Outcome::Blocked("nobody"));
    }
}
