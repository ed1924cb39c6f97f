//! A mail server that keeps what it is told, with a certificate of its own.

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A mail that came.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub over_tls: bool,
    /// `\0NAME\0PASSWORD` in Base64, as AUTH PLAIN says it.
    pub auth: Option<String>,
    pub to: Vec<String>,
    pub text: String,
}

/// How the server talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    Tls,
    Starttls,
    Plain,
}

/// A mail server on the loopback.
pub struct MailServer {
    pub port: u16,
    /// Its certificate, which is its own authority.
    pub pem: String,
    mails: Arc<Mutex<Vec<Mail>>>,
}

trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

impl MailServer {
    /// Starts one for `localhost`. The first `refusals` recipients are refused with 451: come again.
    pub fn start(talk: Talk, refusals: usize) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("a certificate");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a right pair");
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        let left = Arc::new(Mutex::new(refusals));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, kept, left) = (Arc::clone(&config), Arc::clone(&kept), Arc::clone(&left));
                std::thread::spawn(move || talk_to(stream, talk, config, &kept, &left));
            }
        });
        Self { port, pem: made.cert.pem(), mails }
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().expect("no writer panicked").clone()
    }

    /// Waits until so many mails came.
    pub fn wait(&self, count: usize, at_most: Duration) -> Vec<Mail> {
        let began = Instant::now();
        while self.mails().len() < count && began.elapsed() < at_most {
            std::thread::sleep(Duration::from_millis(25));
        }
        self.mails()
    }
}

fn over_tls(stream: TcpStream, config: Arc<ServerConfig>) -> Box<dyn Wire> {
    Box::new(StreamOwned::new(ServerConnection::new(config).expect("a connection"), stream))
}

fn talk_to(
    stream: TcpStream,
    talk: Talk,
    config: Arc<ServerConfig>,
    kept: &Mutex<Vec<Mail>>,
    left: &Mutex<usize>,
) {
    let raw = stream.try_clone().expect("a second handle");
    if talk == Talk::Tls {
        greet(over_tls(stream, config), true, false, kept, left);
        return;
    }
    if greet(Box::new(stream), false, talk == Talk::Starttls, kept, left) {
        converse(over_tls(raw, config), true, false, kept, left);
    }
}

/// A talk that the server begins.
fn greet(
    mut wire: Box<dyn Wire>,
    secure: bool,
    offers_tls: bool,
    kept: &Mutex<Vec<Mail>>,
    left: &Mutex<usize>,
) -> bool {
    let greeted = wire.write_all(b"220 localhost\r\n").and_then(|()| wire.flush());
    greeted.is_ok() && converse(wire, secure, offers_tls, kept, left)
}

/// One talk; true where it goes on over TLS. After STARTTLS there is no greeting.
fn converse(
    wire: Box<dyn Wire>,
    secure: bool,
    offers_tls: bool,
    kept: &Mutex<Vec<Mail>>,
    left: &Mutex<usize>,
) -> bool {
    let mut wire = BufReader::new(wire);
    let say = |wire: &mut BufReader<Box<dyn Wire>>, text: &str| {
        let wire = wire.get_mut();
        wire.write_all(text.as_bytes()).and_then(|()| wire.flush()).is_ok()
    };
    let mut mail = Mail { over_tls: secure, ..Mail::default() };
    loop {
        let mut line = String::new();
        if wire.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        let line = line.trim_end();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" if offers_tls => "250-localhost\r\n250-8BITMIME\r\n250 STARTTLS\r\n",
            "EHLO" => "250-localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
            "STARTTLS" => {
                say(&mut wire, "220 go on\r\n");
                return true;
            }
            "AUTH" => {
                mail.auth = line.split(' ').nth(2).map(str::to_owned);
                "235 welcome\r\n"
            }
            "RCPT" => {
                let mut left = left.lock().expect("no writer panicked");
                if *left > 0 {
                    *left -= 1;
                    "451 come again\r\n"
                } else {
                    mail.to.push(line.to_owned());
                    "250 fine\r\n"
                }
            }
            "DATA" => {
                say(&mut wire, "354 go on\r\n");
                loop {
                    let mut line = String::new();
                    if wire.read_line(&mut line).unwrap_or(0) == 0 || line == ".\r\n" {
                        break;
                    }
                    mail.text.push_str(&line);
                }
                kept.lock().expect("no writer panicked").push(mail.clone());
                "250 kept\r\n"
            }
            "QUIT" => {
                say(&mut wire, "221 bye\r\n");
                return false;
            }
            _ => "250 fine\r\n",
        };
        if !say(&mut wire, answer) {
            return false;
        }
    }
}
