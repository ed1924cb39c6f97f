//! The pulse of a running job: its work writes where it is, a heart beats that into the store and brings
//! back whether to stop.

use crate::Lifecycle;
use jiff::{SignedDuration, Timestamp};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vakhta_domain::job::Job;
use vakhta_domain::ports::{Beat, Clock, JobLease};
use vakhta_domain::progress::Progress;

/// Why a job should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Somebody asked for it.
    Cancelled,
    /// It ran for too long.
    TimeLimit,
    /// The server shuts down.
    Shutdown,
    /// Another worker holds the lease.
    Lost,
}

const STOPS: [Stop; 4] = [Stop::Cancelled, Stop::TimeLimit, Stop::Shutdown, Stop::Lost];

/// Progress of one attempt, shared by the work (writes) and the heart (reads).
pub(crate) struct Pulse {
    clock: Arc<dyn Clock>,
    stage: Mutex<Option<&'static str>>,
    progress_ppm: AtomicU32,
    /// 0, or 1 + the index into [`STOPS`]; the first reason stays.
    stop: AtomicU8,
    lines: Mutex<Vec<(Timestamp, String)>>,
}

impl Pulse {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            stage: Mutex::new(None),
            progress_ppm: AtomicU32::new(0),
            stop: AtomicU8::new(0),
            lines: Mutex::default(),
        })
    }

    /// Why to stop, if so.
    pub(crate) fn stop(&self) -> Option<Stop> {
        let code = self.stop.load(Ordering::Acquire);
        (code > 0).then(|| STOPS[usize::from(code) - 1])
    }

    pub(crate) fn ask_to_stop(&self, why: Stop) {
        let code = 1 + STOPS.iter().position(|s| *s == why).expect("every reason is listed") as u8;
        let _ = self.stop.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Enters a stage at a share of the whole job, in millionths.
    pub(crate) fn enter(&self, stage: &'static str, ppm: u32) -> ControlFlow<()> {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = Some(stage);
        // Progress never goes back, whatever the stages report.
        self.progress_ppm.fetch_max(ppm.min(1_000_000), Ordering::AcqRel);
        if self.stop().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// A line for the job's log.
    pub(crate) fn say(&self, text: String) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push((self.clock.now(), text));
    }

    fn take_lines(&self) -> Vec<(Timestamp, String)> {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn stage(&self) -> Option<&'static str> {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of a job's work, from `from` to `to` millionths of the whole.
pub(crate) struct Part<'a> {
    pub pulse: &'a Pulse,
    pub from: u32,
    pub to: u32,
}

impl Progress for Part<'_> {
    fn at(&self, stage: &'static str, done: u64, total: u64) -> ControlFlow<()> {
        let share = done.min(total) as f64 / total.max(1) as f64;
        self.pulse.enter(stage, self.from + (f64::from(self.to - self.from) * share) as u32)
    }

    fn note(&self, text: String) {
        self.pulse.say(text);
    }
}

/// How often the heart beats: a cancellation is seen within this time.
const BEAT: Duration = Duration::from_millis(300);

/// Beats until `done`; a store that fails for longer than the lease loses the job.
pub(crate) async fn beat(
    app: Arc<Lifecycle>,
    job: Job,
    pulse: Arc<Pulse>,
    shutdown: CancellationToken,
    done: CancellationToken,
) {
    let lease = JobLease { job: job.id.clone(), attempt: job.attempt };
    let lease_time = Duration::from_secs(u64::from(app.settings.lease_seconds));
    let begun = tokio::time::Instant::now();
    let mut last_success = begun;
    loop {
        tokio::select! {
            () = done.cancelled() => break,
            () = tokio::time::sleep(BEAT) => {}
        }
        if shutdown.is_cancelled() {
            pulse.ask_to_stop(Stop::Shutdown);
        }
        if begun.elapsed() > Duration::from_secs(u64::from(job.limit_seconds)) {
            pulse.ask_to_stop(Stop::TimeLimit);
        }
        match beat_once(&app, &lease, &pulse).await {
            Ok(answer) => {
                last_success = tokio::time::Instant::now();
                match answer {
                    Beat::Continue => {}
                    Beat::Cancel => pulse.ask_to_stop(Stop::Cancelled),
                    Beat::Lost => pulse.ask_to_stop(Stop::Lost),
                }
            }
            Err(error) if last_success.elapsed() > lease_time => {
                tracing::error!(job = %job.id, %error, "no heartbeat for a whole lease, the job is given up");
                pulse.ask_to_stop(Stop::Lost);
            }
            Err(error) => tracing::warn!(job = %job.id, %error, "a heartbeat failed"),
        }
        app.signals.bump();
    }
    let _ = write_lines(&app, &lease, &pulse).await;
}

async fn beat_once(
    app: &Lifecycle,
    lease: &JobLease,
    pulse: &Pulse,
) -> Result<Beat, vakhta_domain::ports::StoreError> {
    let until = app.ports.clock.now() + SignedDuration::from_secs(i64::from(app.settings.lease_seconds));
    let ppm = pulse.progress_ppm.load(Ordering::Acquire);
    let answer = app.ports.jobs.beat(lease, until, pulse.stage(), ppm).await?;
    if answer != Beat::Lost {
        write_lines(app, lease, pulse).await?;
    }
    Ok(answer)
}

/// Writes what the work has said so far. Whoever sees a job ended sees its whole log.
pub(crate) async fn write_lines(
    app: &Lifecycle,
    lease: &JobLease,
    pulse: &Pulse,
) -> Result<(), vakhta_domain::ports::StoreError> {
    let lines = pulse.take_lines();
    if lines.is_empty() {
        return Ok(());
    }
    app.ports.jobs.log(lease, &lines).await
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Epoch;
    impl Clock for Epoch {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[test]
    fn progress_never_goes_back_and_the_first_reason_to_stop_stays() {
        let pulse = Pulse::new(Arc::new(Epoch));
        let part = Part { pulse: &pulse, from: 100_000, to: 900_000 };
        assert!(part.at("train", 5, 10).is_continue());
        assert!(part.at("train", 2, 10).is_continue());
        assert_eq!(pulse.progress_ppm.load(Ordering::Acquire), 500_000);
        pulse.ask_to_stop(Stop::TimeLimit);
        pulse.ask_to_stop(Stop::Cancelled);
        assert_eq!(pulse.stop(), Some(Stop::TimeLimit));
        assert!(part.at("train", 6, 10).is_break());
    }
}
