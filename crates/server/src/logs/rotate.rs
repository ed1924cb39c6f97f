//! A log file that is put aside every day and at a size; the oldest of those put aside are deleted.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file that is written.
pub(super) struct Rotating {
    path: PathBuf,
    most_bytes: u64,
    keep: usize,
    open: Option<Open>,
}

struct Open {
    file: File,
    bytes: u64,
    day: Date,
}

fn day_of(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

impl Rotating {
    /// Opens it, going on with what a process before this one wrote today.
    pub(super) fn open(path: &Path, most_bytes: u64, keep: usize, now: Timestamp) -> io::Result<Self> {
        let mut rotating = Self { path: path.to_owned(), most_bytes, keep, open: None };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        rotating.begin(now)?;
        Ok(rotating)
    }

    fn begin(&mut self, now: Timestamp) -> io::Result<&mut Open> {
        let mut options = fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(&self.path)?;
        let found = file.metadata()?;
        let written = found.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        // What is there from another day is put aside with the first line of this one.
        let day = written.filter(|_| found.len() > 0).map_or_else(|| day_of(now), day_of);
        Ok(self.open.insert(Open { file, bytes: found.len(), day }))
    }

    /// Writes one line.
    pub(super) fn write(&mut self, line: &[u8], now: Timestamp) -> io::Result<()> {
        let full = self.open.as_ref().is_some_and(|open| {
            open.bytes > 0 && (open.bytes + line.len() as u64 > self.most_bytes || open.day != day_of(now))
        });
        if full {
            self.put_aside(now)?;
        }
        let open = match &mut self.open {
            Some(open) => open,
            None => self.begin(now)?,
        };
        match open.file.write_all(line) {
            Ok(()) => {
                open.bytes += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                // The next line begins anew: a disk that was full may have room then.
                self.open = None;
                Err(error)
            }
        }
    }

    fn put_aside(&mut self, now: Timestamp) -> io::Result<()> {
        self.open = None;
        let stamp = now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%S");
        let name = |n: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(if n == 0 { format!(".{stamp}") } else { format!(".{stamp}-{n:03}") });
            PathBuf::from(name)
        };
        let free = (0..1000).map(name).find(|path| !path.exists());
        if let Some(free) = free {
            fs::rename(&self.path, free)?;
        }
        self.forget_old()
    }

    /// Deletes all but the newest of those put aside. Their names sort by age.
    fn forget_old(&self) -> io::Result<()> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else { return Ok(()) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let prefix = format!("{}.", name.to_string_lossy());
        let is_ours = |name: &str| {
            let rest = name.strip_prefix(&prefix).unwrap_or_default();
            rest.len() >= 15 && rest.bytes().all(|b| b.is_ascii_digit() || b == b'T' || b == b'-')
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| is_ours(&name.to_string_lossy())) {
                found.push(path);
            }
        }
        found.sort();
        let too_many = found.len().saturating_sub(self.keep);
        for path in found.into_iter().take(too_many) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_put_aside_by_size_and_day_and_the_oldest_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("logs/v.log");
        let mut log = Rotating::open(&path, 20, 2, at("2026-03-01T10:00:00Z")).expect("opened");
        log.write(b"0123456789\n", at("2026-03-01T10:00:00Z")).expect("written");
        log.write(b"second....\n", at("2026-03-01T10:00:01Z")).expect("written");
        let logs = folder.path().join("logs");
        assert_eq!(names(&logs), ["v.log", "v.log.20260301T100001"], "by size");
        log.write(b"x\n", at("2026-03-01T23:59:59Z")).expect("written");
        log.write(b"y\n", at("2026-03-02T00:00:00Z")).expect("written");
        assert_eq!(names(&logs), ["v.log", "v.log.20260301T100001", "v.log.20260302T000000"], "by day");
        assert_eq!(fs::read_to_string(logs.join("v.log.20260302T000000")).expect("read"), "second....\nx\n");
        fs::write(logs.join("v.log.notes"), "mine").expect("written");
        for _ in 0..3 {
            log.write(b"a line that fills a file\n", at("2026-03-03T00:00:00Z")).expect("written");
        }
        assert_eq!(
            names(&logs),
            ["v.log", "v.log.20260303T000000-001", "v.log.20260303T000000-002", "v.log.notes"],
            "two are kept, and what is not ours"
        );
    }

    #[test]
    fn another_process_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("v.log");
        #[expect(clippy::disallowed_methods, reason = "the file's own time is the system's")]
        let now = Timestamp::now();
        for line in [b"one\n", b"two\n"] {
            Rotating::open(&path, 100, 2, now).expect("opened").write(line, now).expect("written");
        }
        assert_eq!(fs::read_to_string(&path).expect("read"), "one\ntwo\n");
    }
}
