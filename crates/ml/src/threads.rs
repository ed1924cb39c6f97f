//! The threads that a fit asks for: they begin and end with it.

/// The system gave no threads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not start {threads} threads: {reason}")]
pub struct NoThreads {
    /// Threads wished for.
    pub threads: usize,
    /// What the system said.
    pub reason: String,
}

/// Works on so many threads, at least one.
pub fn within<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, NoThreads> {
    let threads = threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| NoThreads { threads, reason: e.to_string() })?;
    Ok(pool.install(work))
}
