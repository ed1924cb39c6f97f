//! Receivers on the loopback, as real as can be: an HTTP server that follows a script, and a mail server with TLS.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod mail;

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What an HTTP receiver answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status, one header and a body.
    With(u16, &'static str, &'static str),
    /// Nothing, ever.
    Nothing,
}

/// An ordinary good answer.
pub const OK: Reply = Reply::With(200, "x-nothing: 1", "ok");

/// A request that came.
#[derive(Debug, Clone)]
pub struct Came {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Came {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// An HTTP receiver.
pub struct Receiver {
    pub url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Receiver {
    /// Answers by the script, and its last line for ever.
    pub fn start(script: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Self::on(listener, script)
    }

    /// The same on a port that was chosen before.
    pub fn on(listener: TcpListener, script: Vec<Reply>) -> Self {
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let came = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&came);
        std::thread::spawn(move || {
            for (at, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let reply = script[at.min(script.len() - 1)].clone();
                let heard = Arc::clone(&heard);
                std::thread::spawn(move || serve(stream, &reply, &heard));
            }
        });
        Self { url, came }
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().expect("no writer panicked").clone()
    }

    /// Waits until so many requests came.
    pub fn wait(&self, count: usize, at_most: Duration) -> Vec<Came> {
        let began = Instant::now();
        while self.came().len() < count && began.elapsed() < at_most {
            std::thread::sleep(Duration::from_millis(25));
        }
        self.came()
    }
}

fn serve(stream: TcpStream, reply: &Reply, heard: &Mutex<Vec<Came>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').expect("a header");
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, value)| value);
    let mut body = vec![0; length.parse().expect("a length")];
    reader.read_exact(&mut body).expect("the whole body");
    let body = serde_json::from_slice(&body).expect("JSON");
    heard.lock().expect("no writer panicked").push(Came { path, headers, body });
    let Reply::With(status, header, text) = reply else {
        // Holds the line until the caller goes.
        let _ = reader.read(&mut [0; 1]);
        return;
    };
    let answer = format!(
        "HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
    let _ = reader.get_mut().write_all(answer.as_bytes());
}
