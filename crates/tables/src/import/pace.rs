//! Progress of an import and the caller's wish to stop it.

use crate::error::ImportError;
use std::ops::ControlFlow;

/// Tells the caller how far the import is, in bytes over both passes.
pub struct Pace<'a> {
    tell: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    size: u64,
    before: u64,
}

impl<'a> Pace<'a> {
    /// For a file of `size` bytes, which is read twice.
    pub fn new(size: u64, tell: &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>) -> Self {
        Self { tell, size, before: 0 }
    }

    /// Begins the second pass.
    pub fn second(&mut self) {
        self.before = self.size;
    }

    /// So many bytes of this pass are read.
    pub fn at(&mut self, bytes: u64) -> Result<(), ImportError> {
        match (self.tell)(self.before + bytes.min(self.size), self.size * 2) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(ImportError::Cancelled),
        }
    }

    /// All is read.
    pub fn done(&mut self) -> Result<(), ImportError> {
        self.second();
        self.at(self.size)
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.size
    }
}
