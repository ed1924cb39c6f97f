//! How many connections the system's limit of open files leaves room for.

/// Files that the server needs beside its connections: databases, logs, objects, uploads.
const OTHERS: usize = 200;

/// As many connections as are wanted, or as can be: many systems let a process open no more than 1024 files, and one
/// that can open no file fails in stranger ways than one that turns a caller away.
pub fn room_for(wanted: usize) -> usize {
    let Some(limit) = std::fs::read_to_string("/proc/self/limits").ok().as_deref().and_then(open_files)
    else {
        return wanted;
    };
    let most = limit.saturating_sub(OTHERS).max(limit / 2);
    if wanted > most {
        tracing::info!(wanted, most, "the system's limit of open files leaves room for fewer connections");
    }
    wanted.min(most)
}

/// The limit in force, as Linux tells it (`proc_pid_limits(5)`).
pub fn open_files(limits: &str) -> Option<usize> {
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.trim_start_matches("Max open files").split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_found() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max processes             94893                94893                processes \n\
                    Max open files            1024                 524288               files     \n";
        assert_eq!(open_files(text), Some(1024));
        assert_eq!(open_files(&text.replace("1024 ", "unlimited")), None);
        assert_eq!(open_files(""), None);
    }
}
