//! Progress of long work, on standard error: a bar on a terminal, a line now and then elsewhere.

use super::{Out, numbers};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Steps that the whole work is divided into for drawing.
const WHOLE: u64 = 10_000;

/// A bar that knows a stage, the share done and the time left.
pub struct Bar {
    drawn: ProgressBar,
    out: Out,
    title: String,
    began: Instant,
    /// Where nobody watches a terminal, the last tenth and stage that were told.
    told: Option<Mutex<(u64, String)>>,
}

impl Bar {
    /// A bar for work measured in shares of the whole.
    pub fn new(out: Out, title: &str) -> Self {
        let watched = std::io::stderr().is_terminal();
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(WHOLE), target);
        let template = "{spinner} {prefix} [{bar:32}] {percent:>3}% {msg}";
        let style = ProgressStyle::with_template(template).expect("the template is right");
        bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        bar.set_prefix(title.to_owned());
        if watched {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        let told = (!watched && !out.is_json()).then(|| Mutex::new((0, String::new())));
        Self { drawn: bar, out, title: title.to_owned(), began: Instant::now(), told }
    }

    /// Moves it. `share` is 0 to 1; `eta_seconds` where the worker knows better than the bar.
    pub fn at(&self, stage: &str, share: f64, eta_seconds: Option<u64>) {
        let position = (share.clamp(0.0, 1.0) * WHOLE as f64) as u64;
        self.drawn.set_position(position);
        let left = eta_seconds.or_else(|| self.left(share));
        let left = left.map_or_else(String::new, |s| format!(", about {} left", numbers::seconds(s)));
        self.drawn.set_message(format!("{stage}{left}"));
        if let Some(told) = &self.told {
            let mut told = told.lock().expect("nobody panics while holding it");
            let tenth = position * 10 / WHOLE;
            if told.0 != tenth || told.1 != stage {
                *told = (tenth, stage.to_owned());
                self.out.note(format!("{}: {}% {stage}{left}", self.title, position * 100 / WHOLE));
            }
        }
    }

    /// Seconds left, judged by the pace so far.
    fn left(&self, share: f64) -> Option<u64> {
        let spent = self.began.elapsed().as_secs_f64();
        (share >= 0.02 && spent >= 1.0).then(|| (spent * (1.0 - share) / share).round() as u64)
    }

    /// Says a line above the bar.
    pub fn say(&self, text: &str) {
        self.drawn.suspend(|| self.out.note(text));
    }

    /// Takes it away.
    pub fn done(&self) {
        self.drawn.finish_and_clear();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.drawn.finish_and_clear();
    }
}

/// Counts bytes that pass and moves a bar.
pub struct ByteBar {
    bar: Bar,
    passed: AtomicU64,
    total: u64,
}

impl ByteBar {
    /// A bar for `total` bytes.
    pub fn new(out: Out, title: &str, total: u64) -> Self {
        Self { bar: Bar::new(out, title), passed: AtomicU64::new(0), total: total.max(1) }
    }

    /// `n` more bytes have passed.
    pub fn passed(&self, n: u64) {
        let passed = self.passed.fetch_add(n, Ordering::Relaxed) + n;
        let stage = if passed >= self.total { "the server reads it" } else { "sending" };
        self.bar.at(stage, passed as f64 / self.total as f64, None);
    }
}
