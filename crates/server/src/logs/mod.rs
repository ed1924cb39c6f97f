//! Where log lines go: standard error, or a file. A file is written by a thread of its own, so that no request waits for
//! it, and a line that cannot be written is counted and lost, not a failure of anybody.

mod rotate;

use crate::config::{Config, LogFile};
use crate::exit::{Exit, Failure, Result};
use crate::wiring::SystemClock;
use rotate::Rotating;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use vakhta_domain::ports::Clock as _;

/// Lines that wait to be written; more are lost.
const WAITING: usize = 8_192;

static LOST: AtomicU64 = AtomicU64::new(0);

/// Lines that were lost since the start.
pub fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Writes what still waits when it is dropped.
#[must_use = "what waits is lost without it"]
pub struct Logging {
    thread: Option<(SyncSender<Said>, JoinHandle<()>)>,
}

/// What the writing thread is told.
enum Said {
    Line(Vec<u8>),
    End,
}

impl Drop for Logging {
    fn drop(&mut self) {
        if let Some((lines, thread)) = self.thread.take()
            && lines.send(Said::End).is_ok()
        {
            let _ = thread.join();
        }
    }
}

/// Starts logging as the configuration says.
pub fn start(config: &Config) -> Result<Logging> {
    let filter = EnvFilter::try_new(&config.log_level)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter);
    let (started, logging) = match &config.log_file {
        None => {
            let colours = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
            let builder = builder.with_writer(io::stderr);
            let started = if config.log_json {
                builder.json().flatten_event(true).try_init()
            } else {
                builder.with_ansi(colours).try_init()
            };
            (started, Logging { thread: None })
        }
        Some(file) => {
            let (lines, thread) = to_file(file)?;
            let builder = builder.with_writer(Lines(lines.clone()));
            let started = if config.log_json {
                builder.json().flatten_event(true).try_init()
            } else {
                builder.with_ansi(false).try_init()
            };
            (started, Logging { thread: Some((lines, thread)) })
        }
    };
    started.map_err(|error| anyhow::anyhow!("logging does not start: {error}"))?;
    Ok(logging)
}

fn to_file(file: &LogFile) -> Result<(SyncSender<Said>, JoinHandle<()>)> {
    let opened = Rotating::open(&file.path, file.most_bytes, file.keep, SystemClock.now());
    let opened = opened.map_err(|error| {
        Failure::new(Exit::Failed, format!("cannot write log_file {}: {error}", file.path.display()))
    })?;
    let (lines, waiting) = sync_channel(WAITING);
    let thread = std::thread::Builder::new().name("log".into()).spawn(move || write(opened, &waiting))?;
    Ok((lines, thread))
}

fn write(mut file: Rotating, waiting: &Receiver<Said>) {
    while let Ok(Said::Line(line)) = waiting.recv() {
        if file.write(&line, SystemClock.now()).is_err() {
            LOST.fetch_add(1, Ordering::Relaxed);
            // A disk that is full is not asked a thousand times a second.
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Hands lines to the thread.
struct Lines(SyncSender<Said>);

/// One line on its way.
struct Line<'a> {
    to: &'a SyncSender<Said>,
    text: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { to: &self.0, text: Vec::new() }
    }
}

impl io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() && self.to.try_send(Said::Line(text)).is_err() {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
    }
}
