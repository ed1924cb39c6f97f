//! A connection that does not wait for ever: not for the head of a request, not while nothing is asked, and not for a
//! reader that takes nothing. How long a body may take is the business of who reads it.

use super::acceptor::Socket;
use super::counting::Busy;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long each wait may be.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a request's head, from its first byte; for the first one, from the connection's beginning.
    pub head: Duration,
    /// For the next request.
    pub idle: Duration,
    /// For the other end to take anything of an answer.
    pub write: Duration,
}

/// How HTTP/2 begins; no request of HTTP/1 does.
const PREFACE: &[u8] = b"PRI * HTTP/2";

/// A connection and what is waited for on it.
pub struct Patient {
    socket: Socket,
    patience: Patience,
    busy: Arc<Busy>,
    /// Answers begun when it was last looked.
    seen: u64,
    /// Until when something must come; none while a request is answered.
    read_until: Option<Instant>,
    /// Whether the next request has begun to come, or is the first.
    head_begun: bool,
    /// HTTP/2 sends more than heads, so what comes does not say that a head has begun.
    many: Option<bool>,
    read_timer: Option<Pin<Box<Sleep>>>,
    write_timer: Option<Pin<Box<Sleep>>>,
    _room: OwnedSemaphorePermit,
}

impl Patient {
    pub(super) fn new(
        socket: Socket,
        patience: Patience,
        busy: Arc<Busy>,
        room: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            socket,
            patience,
            busy,
            seen: 0,
            read_until: Some(Instant::now() + patience.head),
            head_begun: true,
            many: None,
            read_timer: None,
            write_timer: None,
            _room: room,
        }
    }

    /// Notes that a request was answered since, or is being answered.
    fn look(&mut self) {
        if self.busy.is_busy() {
            self.read_until = None;
            self.head_begun = false;
        } else if self.read_until.is_none() || self.busy.begun() != self.seen {
            self.head_begun = false;
            self.read_until = Some(Instant::now() + self.patience.idle);
        }
        self.seen = self.busy.begun();
    }

    /// Notes that something came.
    fn came(&mut self, bytes: &[u8]) {
        if self.many.is_none() && !bytes.is_empty() {
            let known = bytes.len().min(PREFACE.len());
            self.many = Some(bytes[..known] == PREFACE[..known] && known > 2);
        }
        if !self.head_begun && self.many == Some(false) && self.read_until.is_some() {
            self.head_begun = true;
            self.read_until = Some(Instant::now() + self.patience.head);
        }
    }
}

/// Whether a deadline is over; else the task is woken when it is. A timer that is early is set anew instead of being
/// moved with every request.
fn is_over(timer: &mut Option<Pin<Box<Sleep>>>, until: Instant, cx: &mut Context<'_>) -> bool {
    let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
    if timer.deadline() > until {
        timer.as_mut().reset(until);
    }
    while timer.as_mut().poll(cx).is_ready() {
        if Instant::now() >= until {
            return true;
        }
        timer.as_mut().reset(until);
    }
    false
}

fn too_slow(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl AsyncRead for Patient {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        this.look();
        if let Poll::Ready(read) = Pin::new(&mut this.socket).poll_read(cx, buf) {
            this.came(&buf.filled()[before..]);
            return Poll::Ready(read);
        }
        match this.read_until {
            Some(until) if is_over(&mut this.read_timer, until, cx) => {
                Poll::Ready(Err(too_slow("the other end is too slow")))
            }
            _ => Poll::Pending,
        }
    }
}

impl Patient {
    fn written<T>(&mut self, poll: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.write_timer = None;
            return poll;
        }
        let until =
            self.write_timer.as_ref().map_or_else(|| Instant::now() + self.patience.write, |t| t.deadline());
        if is_over(&mut self.write_timer, until, cx) {
            return Poll::Ready(Err(too_slow("the other end takes nothing")));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Patient {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.socket).poll_write(cx, bytes);
        this.written(poll, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.socket).poll_write_vectored(cx, slices);
        this.written(poll, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.socket).poll_flush(cx);
        this.written(poll, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = Pin::new(&mut this.socket).poll_shutdown(cx);
        ready!(this.written(poll, cx))?;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::Semaphore;

    const PATIENCE: Patience = Patience {
        head: Duration::from_millis(60),
        idle: Duration::from_millis(300),
        write: Duration::from_millis(100),
    };

    async fn pair() -> (TcpStream, Patient, Arc<Busy>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let (client, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let (socket, _) = accepted.expect("a client");
        let busy = Arc::new(Busy::default());
        let room = Arc::new(Semaphore::new(1)).acquire_owned().await.expect("room");
        (client.expect("connected"), Patient::new(Socket::Plain(socket), PATIENCE, busy.clone(), room), busy)
    }

    async fn waits(patient: &mut Patient) -> (io::Result<usize>, Duration) {
        let began = Instant::now();
        let mut bytes = [0; 64];
        let read = patient.read(&mut bytes).await;
        (read, began.elapsed())
    }

    #[tokio::test]
    async fn a_first_head_that_does_not_come_is_cut() {
        let (_client, mut patient, _) = pair().await;
        let (read, took) = waits(&mut patient).await;
        assert_eq!(read.expect_err("cut").kind(), io::ErrorKind::TimedOut);
        assert!(took < PATIENCE.idle, "{took:?}");
    }

    #[tokio::test]
    async fn a_request_may_take_its_time_and_the_next_one_may_come_late() {
        let (mut client, mut patient, busy) = pair().await;
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("written");
        assert_eq!(waits(&mut patient).await.0.expect("read"), 18);
        let answering = busy.begin();
        let waiting = tokio::time::timeout(PATIENCE.idle * 2, waits(&mut patient)).await;
        assert!(waiting.is_err(), "a request that is answered is not cut");
        drop(answering);
        let (read, took) = waits(&mut patient).await;
        assert_eq!(read.expect_err("nothing more comes").kind(), io::ErrorKind::TimedOut);
        assert!(took > PATIENCE.head * 2, "idle is not slow: {took:?}");
    }

    #[tokio::test]
    async fn a_later_head_that_begins_must_end() {
        let (mut client, mut patient, busy) = pair().await;
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("written");
        waits(&mut patient).await.0.expect("read");
        drop(busy.begin());
        client.write_all(b"G").await.expect("written");
        assert_eq!(waits(&mut patient).await.0.expect("read"), 1);
        let (read, took) = waits(&mut patient).await;
        read.expect_err("cut");
        assert!(took < PATIENCE.idle / 2, "{took:?}");
    }

    #[tokio::test]
    async fn who_takes_nothing_is_cut() {
        let (_client, mut patient, _) = pair().await;
        let much = vec![7; 64 << 20];
        let written = patient.write_all(&much).await;
        assert_eq!(written.expect_err("the client reads nothing").kind(), io::ErrorKind::TimedOut);
    }
}
