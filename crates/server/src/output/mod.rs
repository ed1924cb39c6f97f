//! What people and programs see: lines, tables, JSON, charts and progress.
//!
//! Results go to standard output, everything said along the way to standard error. Colours appear on a
//! terminal only, and never where `NO_COLOR` is set.

pub mod chart;
pub mod numbers;
pub mod progress;
pub mod table;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Display;
use std::io::Write as _;

/// Bold.
pub const STRONG: Style = Style::new().bold();
/// Dimmed.
pub const QUIET: Style = Style::new().dimmed();
/// For what went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// For what went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// For what deserves a look.
pub const WARN: Style = AnsiColor::Yellow.on_default();

/// Where a command writes.
#[derive(Debug, Clone, Copy)]
pub struct Out {
    json: bool,
}

impl Out {
    /// Writes JSON where `json`, else text for people.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether programs read this.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// One line of the result. A closed pipe (`vakhta models | head`) is no error.
    #[expect(clippy::unused_self, reason = "who may write is who holds an `Out`")]
    pub fn line(self, text: impl Display) {
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// The whole result as JSON.
    pub fn json(self, value: &impl Serialize) {
        let text = serde_json::to_string_pretty(value).expect("views have text keys");
        self.line(text);
    }

    /// One line on the way, to standard error.
    #[expect(clippy::unused_self, reason = "who may write is who holds an `Out`")]
    pub fn note(self, text: impl Display) {
        let _ = writeln!(anstream::stderr(), "{text}");
    }

    /// A warning, to standard error.
    pub fn warn(self, text: impl Display) {
        self.note(format!("{WARN}warning:{WARN:#} {text}"));
    }

    /// An error, to standard error.
    pub fn complain(self, text: impl Display) {
        self.note(format!("{BAD}error:{BAD:#} {text}"));
    }
}

/// `text` in a style.
pub fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
