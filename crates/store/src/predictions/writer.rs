//! The one thread that writes the prediction log. It takes whatever is waiting, writes it at once, forces
//! it to the disk once, and then answers everybody.

use super::folder::{Folder, Segment};
use super::frame::HEADER;
use crate::files::{is_full, private, sync_dir};
use jiff::{SignedDuration, Timestamp};
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use vakhta_domain::ids::random_hex;
use vakhta_domain::ports::{Chance, Clock, StoreError};

/// A segment of this size is closed.
pub(super) const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;
/// So is one of this age.
pub(super) const SEGMENT_AGE: SignedDuration = SignedDuration::from_mins(10);
/// A group is written once it has this size, even if more is waiting.
const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// The name that this part has in errors.
const PART: &str = "prediction log";

/// What the writer is asked to do.
pub(super) enum Request {
    /// Write these frames; answer once they are on the disk.
    Append(Vec<u8>, oneshot::Sender<Result<(), StoreError>>),
    /// Close the open segment if it is due, or in any case.
    Close { only_due: bool, done: oneshot::Sender<()> },
    /// End the thread after what came before.
    Stop(oneshot::Sender<()>),
}

/// The writer's state.
pub(super) struct Writer {
    pub(super) folder: Folder,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) chance: Arc<dyn Chance>,
    pub(super) open: Option<OpenSegment>,
    /// The moment in the newest segment's id, microseconds. Ids go up even if the clock is set back, so
    /// that records are read in the order in which they came.
    pub(super) last_id: i64,
}

/// The segment being written.
pub(super) struct OpenSegment {
    id: String,
    file: File,
    durable: u64,
    began: Timestamp,
}

impl Writer {
    /// Serves requests until told to stop, or until nobody can send any more.
    pub(super) fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut waiting = None;
        loop {
            let Some(request) = waiting.take().or_else(|| requests.blocking_recv()) else { return };
            match request {
                Request::Append(frames, answer) => {
                    let mut group = frames;
                    let mut answers = vec![answer];
                    while group.len() < GROUP_BYTES {
                        match requests.try_recv() {
                            Ok(Request::Append(frames, answer)) => {
                                group.extend_from_slice(&frames);
                                answers.push(answer);
                            }
                            Ok(other) => {
                                waiting = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.answer(&group, answers);
                }
                Request::Close { only_due, done } => {
                    self.close_segment(only_due);
                    // Whoever asked may have gone; there is nobody else to tell.
                    let _ = done.send(());
                }
                Request::Stop(done) => {
                    self.close_segment(false);
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    fn answer(&mut self, group: &[u8], answers: Vec<oneshot::Sender<Result<(), StoreError>>>) {
        let written = self.write(group);
        if let Err(error) = &written {
            tracing::error!(%error, requests = answers.len(), "predictions could not be logged");
        }
        for answer in answers {
            // A caller that went away does not mind.
            let _ = answer.send(written.as_ref().map_err(copy_of).copied());
        }
    }

    /// Writes a group and forces it to the disk.
    fn write(&mut self, group: &[u8]) -> io::Result<()> {
        self.close_segment(true);
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin()?,
        };
        let written = open.file.write_all(group).and_then(|()| open.file.sync_data());
        match written {
            Ok(()) => {
                open.durable += group.len() as u64;
                let durable = open.durable;
                self.folder.change(&open.id, |segment| segment.durable = durable);
                self.open = Some(open);
                Ok(())
            }
            Err(error) => {
                // After a failed sync nobody knows which pages reached the disk, and a second sync may
                // wrongly say "all". So this file is given up at its last durable length; recovery cuts
                // whatever could not be cut here.
                let cut = open.file.set_len(open.durable).and_then(|()| open.file.sync_all());
                if let Err(cause) = cut {
                    tracing::warn!(%cause, segment = open.id, "a failed write could not be cut off");
                }
                self.folder.change(&open.id, |segment| segment.closed = true);
                Err(error)
            }
        }
    }

    /// Begins a segment; its name is on the disk before anything is written into it.
    fn begin(&mut self) -> io::Result<OpenSegment> {
        let began = self.clock.now();
        self.last_id = began.as_microsecond().max(self.last_id + 1);
        let id = format!("{:020}-{}", self.last_id, random_hex(self.chance.as_ref(), 8));
        let path = self.folder.dir.join(format!("{id}.log"));
        let mut file = private().write(true).create_new(true).open(&path)?;
        let headed =
            file.write_all(HEADER).and_then(|()| file.sync_all()).and_then(|()| sync_dir(&self.folder.dir));
        if let Err(error) = headed {
            // An empty segment left behind is removed at the next start.
            let _ = std::fs::remove_file(&path);
            return Err(error);
        }
        let durable = file.seek(SeekFrom::End(0))?;
        self.folder.begin(Segment { id: id.clone(), path, durable, closed: false });
        Ok(OpenSegment { id, file, durable, began })
    }

    fn close_segment(&mut self, only_due: bool) {
        let now = self.clock.now();
        let due = |open: &OpenSegment| {
            open.durable >= SEGMENT_BYTES || now.duration_since(open.began) >= SEGMENT_AGE
        };
        if let Some(open) = self.open.take_if(|open| !only_due || due(open)) {
            self.folder.change(&open.id, |segment| segment.closed = true);
        }
    }
}

/// One failure for each of the callers that share it.
fn copy_of(error: &io::Error) -> StoreError {
    if is_full(error) {
        return StoreError::Full { part: PART };
    }
    StoreError::Unavailable { part: PART, source: Box::new(io::Error::new(error.kind(), error.to_string())) }
}

/// What callers get when the writer has ended.
pub(super) fn stopped() -> StoreError {
    StoreError::Unavailable { part: PART, source: Box::new(io::Error::other("it was closed")) }
}
