//! From an accepted socket to a connection that may be served: there is room for it, TLS has begun where it is on, and
//! it does not wait for ever.

use super::certificate::Certificate;
use super::counting::{Busy, Counting};
use super::patience::{Patience, Patient};
use axum_server::accept::Accept;
use futures::future::BoxFuture;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Who finds no room has so long to take the words that say so.
const PARTING: Duration = Duration::from_secs(1);
/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// Makes connections of sockets.
#[derive(Clone)]
pub struct Acceptor {
    room: Arc<Semaphore>,
    most: usize,
    patience: Patience,
    tls: Option<Arc<Certificate>>,
}

/// How many connections are open.
#[derive(Clone)]
pub struct OpenConnections {
    room: Arc<Semaphore>,
    most: usize,
}

impl OpenConnections {
    /// Now.
    pub fn now(&self) -> usize {
        self.most.saturating_sub(self.room.available_permits())
    }
}

impl Acceptor {
    /// One that leaves room for so many connections.
    pub fn new(most: usize, patience: Patience, tls: Option<Arc<Certificate>>) -> Self {
        Self { room: Arc::new(Semaphore::new(most)), most, patience, tls }
    }

    /// How long its connections wait.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Tells how many are open.
    pub fn open(&self) -> OpenConnections {
        OpenConnections { room: self.room.clone(), most: self.most }
    }

    async fn begin(&self, mut stream: TcpStream) -> io::Result<Socket> {
        let Some(tls) = &self.tls else { return Ok(Socket::Plain(stream)) };
        let mut first = [0];
        stream.peek(&mut first).await?;
        if first[0] != HANDSHAKE {
            return Err(part(&mut stream, &plain_refused()).await);
        }
        let tls = TlsAcceptor::from(tls.now()).accept(stream).await?;
        Ok(Socket::Tls(Box::new(tls)))
    }
}

/// The answer to HTTP where TLS is spoken.
fn plain_refused() -> String {
    let body = "this port speaks TLS: use https://\n";
    let length = body.len();
    format!(
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// The answer where there is no room.
fn full() -> String {
    let body = "{\"type\":\"urn:vakhta:problem:too_many_connections\",\"title\":\"Service Unavailable\",\"status\":503,\
         \"code\":\"too_many_connections\",\"detail\":\"the server has as many connections as it takes\"}";
    let length = body.len();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\
         Content-Type: application/problem+json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Says why and goes.
async fn part(stream: &mut TcpStream, words: &str) -> io::Error {
    let said = timeout(PARTING, async {
        stream.write_all(words.as_bytes()).await?;
        stream.shutdown().await?;
        // A socket that is closed with something unread in it takes back what was said.
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        io::Result::Ok(())
    });
    let _ = said.await;
    io::Error::new(io::ErrorKind::ConnectionRefused, "the connection is not served")
}

impl<S: Send + 'static> Accept<TcpStream, S> for Acceptor {
    type Stream = Patient;
    type Service = Counting<S>;
    type Future = BoxFuture<'static, io::Result<(Patient, Counting<S>)>>;

    fn accept(&self, mut stream: TcpStream, service: S) -> Self::Future {
        let acceptor = self.clone();
        Box::pin(async move {
            let Ok(room) = acceptor.room.clone().try_acquire_owned() else {
                tracing::warn!(most = acceptor.most, "a connection was turned away, there are too many");
                let words = if acceptor.tls.is_some() { String::new() } else { full() };
                return Err(part(&mut stream, &words).await);
            };
            // Answers are small and whole: waiting for more to send would only delay them.
            stream.set_nodelay(true)?;
            let begun = timeout(acceptor.patience.head, acceptor.begin(stream)).await;
            let socket = begun.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            let busy = Arc::new(Busy::default());
            let patient = Patient::new(socket, acceptor.patience, busy.clone(), room);
            Ok((patient, Counting::new(service, busy)))
        })
    }
}

/// A socket, with TLS or without.
pub enum Socket {
    /// Without.
    Plain(TcpStream),
    /// With.
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
