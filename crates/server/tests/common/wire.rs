//! HTTP as bytes on a socket, for what no client would send.

use super::Server;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// An answer as it came.
#[derive(Debug)]
pub struct Raw {
    /// The status; 0 where the connection was closed without one.
    pub status: u16,
    /// Status line, head and body.
    pub text: String,
}

impl Raw {
    /// A field of the head; empty where it is not there.
    pub fn field(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let found =
            head.lines().filter_map(|line| line.split_once(": ")).find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).unwrap_or_default()
    }
}

/// A socket to the server.
pub fn socket(server: &Server) -> TcpStream {
    let address = server.url.split("://").nth(1).expect("an address");
    let socket = TcpStream::connect(address).expect("connected");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("set");
    socket
}

/// Sends bytes and reads until the other end closes.
pub fn raw(server: &Server, bytes: &[u8]) -> Raw {
    raw_on(socket(server), bytes)
}

/// The same on a socket.
pub fn raw_on(mut socket: TcpStream, bytes: &[u8]) -> Raw {
    // The server may refuse before it has read everything.
    let _ = socket.write_all(bytes);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    Raw { status, text }
}

/// One request with these head lines; the connection ends with it.
pub fn ask(server: &Server, method: &str, path: &str, head: &[&str], body: &[u8]) -> Raw {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: vakhta\r\nConnection: close\r\n");
    for line in head {
        text.push_str(line);
        text.push_str("\r\n");
    }
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    raw(server, &bytes)
}
