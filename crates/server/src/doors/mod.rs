//! The sockets: how many there may be, how long a stranger may hold one, and TLS over them. What goes over them is
//! the business of `vakhta_http`.

mod acceptor;
mod certificate;
mod counting;
mod files;
mod patience;

pub use acceptor::{Acceptor, OpenConnections};
pub use certificate::Certificate;
pub use files::{open_files, room_for};
pub use patience::Patience;

use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// The longest head of a request, bytes: what is longer is refused with 431.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// The most header fields of a request.
const MAX_HEADERS: usize = 100;
/// Requests at once in one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;

/// Serves the router on a socket until the handle says stop.
pub fn open(
    listener: TcpListener,
    handle: Handle<SocketAddr>,
    acceptor: Acceptor,
    router: axum::Router,
) -> io::Result<impl Future<Output = io::Result<()>>> {
    let idle = acceptor.patience().idle;
    let mut server = axum_server::from_tcp(listener)?.handle(handle);
    let builder = server.http_builder();
    // The acceptor's patience is what counts; hyper's own, which takes an idle connection for a slow one, only backs
    // it up.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(idle + Duration::from_secs(5));
    builder.http1().max_buf_size(MAX_HEAD_BYTES).max_headers(MAX_HEADERS);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    builder.http2().max_concurrent_streams(MAX_STREAMS).max_header_list_size(MAX_HEAD_BYTES as u32);
    Ok(server.acceptor(acceptor).serve(router.into_make_service_with_connect_info::<SocketAddr>()))
}
