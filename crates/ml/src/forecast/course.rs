//! One scale of progress over a whole fit, so that its percentage is honest from beginning to end.

use std::ops::ControlFlow;
use vakhta_domain::progress::Progress;

/// How much work a fit has, in units of one tree, and how much of it is done.
pub struct Course<'a> {
    progress: &'a dyn Progress,
    stage: &'static str,
    done: u64,
    total: u64,
}

impl<'a> Course<'a> {
    /// At the start of `total` units.
    pub fn new(progress: &'a dyn Progress, total: u64) -> Self {
        Self { progress, stage: "features", done: 0, total: total.max(1) }
    }

    /// Goes on under another name.
    pub fn stage(&mut self, name: &'static str) -> ControlFlow<()> {
        self.stage = name;
        self.tell()
    }

    /// `units` more are done.
    pub fn add(&mut self, units: u64) -> ControlFlow<()> {
        self.done = (self.done + units).min(self.total);
        self.tell()
    }

    /// All that belongs to the first `units` is done, whether it took as many steps as planned or fewer.
    pub fn reach(&mut self, units: u64) -> ControlFlow<()> {
        self.done = self.done.max(units.min(self.total));
        self.tell()
    }

    /// Units behind us.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// A line for the log.
    pub fn note(&self, text: String) {
        self.progress.note(text);
    }

    fn tell(&self) -> ControlFlow<()> {
        self.progress.at(self.stage, self.done, self.total)
    }
}
