//! How a command ends: the exit codes, and the failure that carries one together with what to tell.

use crate::output::Out;
use serde_json::{Value, json};

/// The exit codes. Scripts rely on them; the table in `docs/cli.md` is made from [`Exit::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok,
    /// The work itself failed.
    Failed,
    /// The command line is wrong.
    Usage,
    /// No server answers.
    Unreachable,
    /// Not signed in, or not allowed.
    Forbidden,
    /// What was named is not there.
    Missing,
    /// The state of things forbids it.
    Conflict,
    /// The data or the spec is wrong.
    BadInput,
    /// A setting is wrong.
    Config,
}

impl Exit {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Unreachable,
        Self::Forbidden,
        Self::Missing,
        Self::Conflict,
        Self::BadInput,
        Self::Config,
    ];

    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Forbidden => 4,
            Self::Missing => 5,
            Self::Conflict => 6,
            Self::BadInput => 7,
            // EX_CONFIG of sysexits.h, as service supervisors know it.
            Self::Config => 78,
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done",
            Self::Failed => "the work failed",
            Self::Usage => "the command line is wrong",
            Self::Unreachable => "no server answers",
            Self::Forbidden => "not signed in, or not allowed",
            Self::Missing => "not found",
            Self::Conflict => "conflict, e.g. a training of the model already runs",
            Self::BadInput => "the data or the spec is wrong",
            Self::Config => "a setting is wrong",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Unreachable => "unreachable",
            Self::Forbidden => "forbidden",
            Self::Missing => "not_found",
            Self::Conflict => "conflict",
            Self::BadInput => "bad_input",
            Self::Config => "config",
        }
    }
}

/// Why a command failed, and what to tell about it.
#[derive(Debug)]
pub struct Failure {
    /// The code to end with.
    pub exit: Exit,
    /// The cause, with its context.
    pub error: anyhow::Error,
    /// Further lines: the wrong fields, the bad rows, the way out.
    pub more: Vec<String>,
    /// The server's problem document, where one came.
    pub problem: Option<Value>,
}

/// What commands answer.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure in words.
    pub fn new(exit: Exit, message: impl std::fmt::Display) -> Self {
        Self { exit, error: anyhow::anyhow!("{message}"), more: Vec::new(), problem: None }
    }

    /// The same with further lines.
    #[must_use]
    pub fn with_more(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.more.extend(lines);
        self
    }

    /// The same ending with another code.
    #[must_use]
    pub fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Writes it to standard error: in words, or as one JSON object where JSON was asked for.
    pub fn tell(&self, out: Out) {
        if out.is_json() {
            let mut told = json!({
                "error": self.exit.word(),
                "exit_code": self.exit.code(),
                "message": format!("{:#}", self.error),
                "details": self.more,
            });
            if let Some(problem) = &self.problem {
                told["problem"] = problem.clone();
            }
            out.note(told);
            return;
        }
        out.complain(format!("{:#}", self.error));
        for line in &self.more {
            out.note(format!("  {line}"));
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { exit: Exit::Failed, error: error.into(), more: Vec::new(), problem: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_stay_what_they_are() {
        let codes: Vec<u8> = Exit::ALL.into_iter().map(Exit::code).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 78]);
    }

    #[test]
    fn an_error_keeps_its_context() {
        let failure: Failure = anyhow::anyhow!("disk is gone").context("reading x").into();
        assert_eq!(failure.exit, Exit::Failed);
        assert_eq!(format!("{:#}", failure.error), "reading x: disk is gone");
    }
}
