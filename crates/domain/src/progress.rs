//! How long work tells where it is and learns that it should stop.

use std::ops::ControlFlow;

/// What a piece of long work reports to. `Break` means: stop now, clean up, return "cancelled".
pub trait Progress: Sync {
    /// `done` of `total` equal parts of the named stage are behind us.
    fn at(&self, stage: &'static str, done: u64, total: u64) -> ControlFlow<()>;
    /// A line for the job's log.
    fn note(&self, text: String);
}

/// For callers that neither watch nor cancel.
pub struct Unwatched;

impl Progress for Unwatched {
    fn at(&self, _stage: &'static str, _done: u64, _total: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
    fn note(&self, _text: String) {}
}
