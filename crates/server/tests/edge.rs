//! Story: who comes is known, who is slow is cut, who comes too often waits, and nothing larger than allowed gets in.

mod common;

use common::wire::{ask, raw, raw_on, socket};
use common::{Api, PASSWORD, Server, home, sales_csv, wait_for};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

const JSON: &str = "Content-Type: application/json";

fn start(variables: &[(&str, &str)]) -> (tempfile::TempDir, Server) {
    let (home, data) = home();
    let mut all = vec![("VAKHTA_ADMIN_PASSWORD", PASSWORD)];
    all.extend_from_slice(variables);
    let server = Server::start(home.path(), &data, &all);
    (home, server)
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    zip.write_all(bytes).expect("written");
    zip.finish().expect("finished")
}

/// The address in the history of the last sign-in that failed.
fn seen_address(server: &Server, head: &[&str]) -> String {
    let body = br#"{"username":"nobody","password":"not the password"}"#;
    let mut lines = vec![JSON];
    lines.extend_from_slice(head);
    let refused = ask(server, "POST", "/api/v1/auth/login", &lines, body);
    assert_eq!(refused.status, 401, "{}", refused.text);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    let events = api.get("events?kind=user.sign_in_failed&limit=1").expect(200);
    events["items"][0]["ip"].as_str().expect("an address").to_owned()
}

#[test]
fn a_proxy_is_believed_where_it_is_trusted() {
    let (_home, server) = start(&[("VAKHTA_TRUSTED_PROXIES", "127.0.0.0/8, 10.0.0.0/8")]);
    let seen = |head: &[&str]| seen_address(&server, head);
    assert_eq!(seen(&[]), "127.0.0.1");
    assert_eq!(seen(&["X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.1.1"]), "203.0.113.9");
    assert_eq!(seen(&["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 2001:db8::7"]), "2001:db8::7");
    assert_eq!(seen(&["Forwarded: for=6.6.6.6, for=\"[2001:db8::7]:99\";proto=https"]), "2001:db8::7");
    assert_eq!(seen(&["X-Forwarded-For: 203.0.113.9", "Forwarded: for=6.6.6.6"]), "127.0.0.1");
    let (_home, server) = start(&[]);
    assert_eq!(seen_address(&server, &["X-Forwarded-For: 203.0.113.9"]), "127.0.0.1");
}

/// 200 take longer than a story should: `VAKHTA_TEST_SLOW_SOCKETS=200 cargo test --test edge slow`.
#[test]
fn slow_sockets_are_cut_and_others_are_served() {
    let many = std::env::var("VAKHTA_TEST_SLOW_SOCKETS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let (_home, server) = start(&[("VAKHTA_HEADER_TIMEOUT_S", "2"), ("VAKHTA_BODY_TIMEOUT_S", "2")]);
    let began = Instant::now();
    let beginnings: [&[u8]; 5] = [
        b"",
        b"P",
        b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{",
    ];
    let slow: Vec<TcpStream> = (0..many)
        .map(|n| {
            let mut slow = socket(&server);
            slow.write_all(beginnings[n % beginnings.len()]).expect("written");
            slow
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let asked = Instant::now();
        assert_eq!(ask(&server, "GET", "/health", &[], b"").status, 200);
        slowest = slowest.max(asked.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "others waited {slowest:?}");
    for (n, mut slow) in slow.into_iter().enumerate() {
        let mut answer = Vec::new();
        let _ = slow.read_to_end(&mut answer);
        let told = String::from_utf8_lossy(&answer);
        let place = n % beginnings.len();
        assert!(place != 4 || told.starts_with("HTTP/1.1 408 "), "a slow body is told so: {told}");
        assert!(began.elapsed() < Duration::from_secs(10), "socket {n} was cut after {:?}", began.elapsed());
    }
}

/// Asks over a connection that stays open.
fn is_answered(kept: &mut TcpStream) {
    kept.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").expect("written");
    let mut bytes = [0; 4096];
    let read = kept.read(&mut bytes).expect("an answer");
    assert!(String::from_utf8_lossy(&bytes[..read]).starts_with("HTTP/1.1 200"));
}

#[test]
fn a_connection_that_waits_for_its_next_request_is_not_slow() {
    let (_home, server) = start(&[("VAKHTA_HEADER_TIMEOUT_S", "1"), ("VAKHTA_IDLE_TIMEOUT_S", "4")]);
    let mut kept = socket(&server);
    for _ in 0..2 {
        is_answered(&mut kept);
        std::thread::sleep(Duration::from_secs(2));
    }
    let began = Instant::now();
    let mut bytes = [0; 16];
    assert_eq!(kept.read(&mut bytes).unwrap_or(0), 0, "it is closed in the end");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn there_is_room_for_so_many_connections() {
    let (_home, server) = start(&[("VAKHTA_MAX_CONNECTIONS", "4"), ("VAKHTA_HEADER_TIMEOUT_S", "60")]);
    // One that is answered has its place; others may be overtaken by who comes after them.
    let held: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut held = socket(&server);
            is_answered(&mut held);
            held
        })
        .collect();
    let told = wait_for(Duration::from_secs(10), || {
        let answer = ask(&server, "GET", "/health/live", &[], b"");
        (answer.status == 503).then_some(answer)
    });
    let told = told.expect("there is no room for a fifth");
    assert_eq!(told.field("Retry-After"), "1");
    assert!(told.text.contains("too_many_connections"), "{}", told.text);
    drop(held);
    let served = || (ask(&server, "GET", "/health/live", &[], b"").status == 200).then_some(());
    assert!(wait_for(Duration::from_secs(5), served).is_some(), "there is room again");
}

#[test]
fn heads_and_addresses_that_make_no_sense_are_refused() {
    let (_home, server) = start(&[]);
    let long = format!("X-Long: {}", "a".repeat(100_000));
    assert_eq!(ask(&server, "GET", "/health", &[&long], b"").status, 431);
    let many: Vec<String> = (0..150).map(|n| format!("X-{n}: 1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(ask(&server, "GET", "/health", &many, b"").status, 431);
    assert_eq!(raw(&server, b"NONSENSE\r\n\r\n").status, 400);
    assert_eq!(ask(&server, "GET", "/api/v1/models/a%00b", &[], b"").status, 400);
    assert_eq!(ask(&server, "GET", "/api/v1/models?cursor=%00", &[], b"").status, 400);
    let both = b"POST /api/v1/train HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert!((400..500).contains(&raw(&server, both).status), "two lengths are no length");
}

#[test]
fn compressed_bodies_are_unpacked_so_far_and_no_further() {
    let limits = [("VAKHTA_MAX_UNZIP_BYTES", "300000"), ("VAKHTA_MAX_BODY_BYTES", "100000")];
    let (_home, server) = start(&limits);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    let token = format!("Authorization: Bearer {}", api.token());
    let send = |path: &str, kind: &str, coding: &str, body: &[u8]| {
        let coding = format!("Content-Encoding: {coding}");
        ask(
            &server,
            "POST",
            &format!("/api/v1/{path}"),
            &[&token, &format!("Content-Type: {kind}"), &coding],
            body,
        )
    };
    let csv = sales_csv(100);
    let stored = send("datasets?key=sales", "text/csv", "gzip", &zipped(csv.as_bytes()));
    assert_eq!(stored.status, 201, "{}", stored.text);
    let json = br#"{"model_key":"none"}"#;
    assert_eq!(send("train", "application/json", "GZIP", &zipped(json)).status, 404, "it was read");
    let bomb = zipped(&vec![b'1'; 30 << 20]);
    assert!(bomb.len() < 64 << 10);
    for (path, kind) in
        [("datasets?key=bomb", "text/csv"), ("train", "application/json"), ("predict", "application/json")]
    {
        let refused = send(path, kind, "gzip", &bomb);
        assert_eq!(refused.status, 413, "{path}: {}", refused.text);
    }
    api.get("datasets/bomb").expect(404);
    let infer = [token.as_str(), JSON, "Content-Encoding: gzip"];
    let refused = ask(&server, "POST", "/v2/models/sales/infer", &infer, &bomb);
    assert_eq!(refused.status, 413, "{}", refused.text);
    assert_eq!(send("train", "application/json", "gzip", b"this is no gzip").status, 400);
    let cut = zipped(csv.as_bytes());
    assert_eq!(send("datasets?key=cut", "text/csv", "gzip", &cut[..cut.len() / 2]).status, 400);
    let unknown = send("train", "application/json", "br", json);
    assert_eq!(unknown.status, 415, "{}", unknown.text);
    assert!(unknown.text.contains("gzip"), "{}", unknown.text);
    // Plain bodies have the same limits.
    let refused = ask(&server, "POST", "/api/v1/predict", &[&token, JSON], &vec![b' '; 150_000]);
    assert_eq!(refused.status, 413, "{}", refused.text);
    assert_eq!(refused.field("connection"), "close");
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let (_home, server) = start(&[
        ("VAKHTA_TRUSTED_PROXIES", "127.0.0.1"),
        ("VAKHTA_ADDRESS_RATE", "2"),
        ("VAKHTA_TOKEN_RATE", "1"),
    ]);
    let from = |address: &str, token: &str| {
        let head = [format!("X-Forwarded-For: {address}"), format!("Authorization: Bearer {token}")];
        ask(&server, "GET", "/api/v1/health/live", &[&head[0], &head[1]], b"")
    };
    let passed = (0..60).filter(|n| from("203.0.113.1", &format!("t{n}")).status == 200).count();
    assert!((20..40).contains(&passed), "{passed} passed");
    let refused = from("203.0.113.1", "another");
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.field("Retry-After").parse::<u32>().is_ok_and(|s| s >= 1), "{}", refused.text);
    assert_eq!(refused.field("Content-Type"), "application/problem+json");
    assert_eq!(from("203.0.113.2", "fresh").status, 200, "another address is not held back");
    let passed = (0..40).filter(|n| from(&format!("198.51.100.{n}"), "shared").status == 200).count();
    assert!((10..20).contains(&passed), "one token from many addresses: {passed} passed");
    for _ in 0..60 {
        assert_eq!(
            ask(&server, "GET", "/health/live", &[], b"").status,
            200,
            "this machine is not held back"
        );
    }
}

/// An address of this machine that is not the loopback, where it has one. Nothing is sent.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("198.51.100.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then(|| address.to_string())
}

#[test]
fn other_machines_are_answered_by_tls_only() {
    let Some(address) = own_address() else { return };
    let from_elsewhere = |server: &Server, path: &str| {
        let port = server.url.rsplit(':').next().expect("a port");
        let socket = TcpStream::connect(format!("{address}:{port}")).expect("connected");
        raw_on(socket, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
    };
    let (_home, server) = start(&[("VAKHTA_HOST", "0.0.0.0")]);
    assert!(server.says("other machines are not answered without TLS"));
    for path in ["/ui/", "/api/v1/models", "/docs"] {
        let refused = from_elsewhere(&server, path);
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
        assert!(refused.text.contains("tls_required") && refused.text.contains("allow_plain_http"));
    }
    assert_eq!(from_elsewhere(&server, "/health/ready").status, 200, "probes carry no secret");
    assert_eq!(ask(&server, "GET", "/api/v1/models", &[], b"").status, 401, "this machine is answered");
    let (_home, server) = start(&[("VAKHTA_HOST", "0.0.0.0"), ("VAKHTA_ALLOW_PLAIN_HTTP", "true")]);
    assert_eq!(from_elsewhere(&server, "/api/v1/models").status, 401);
    let trusted = format!("{address}/32");
    let (_home, server) = start(&[("VAKHTA_HOST", "0.0.0.0"), ("VAKHTA_TRUSTED_PROXIES", &trusted)]);
    assert_eq!(from_elsewhere(&server, "/api/v1/models").status, 401);
}

#[test]
fn answers_protect_the_browser() {
    let (_home, server) = start(&[("VAKHTA_SECURE_COOKIES", "true")]);
    for path in ["/ui/", "/api/v1/about", "/nowhere", "/docs"] {
        let answer = ask(&server, "GET", path, &[], b"");
        let policy = answer.field("content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        let scripts =
            policy.split("; ").filter(|part| part.starts_with("script") || part.starts_with("default"));
        assert!(!scripts.collect::<String>().contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.field("x-content-type-options"), "nosniff");
        assert_eq!(answer.field("referrer-policy"), "same-origin");
        assert!(answer.field("permissions-policy").contains("camera=()"));
        assert!(answer.field("strict-transport-security").contains("max-age="), "{path}");
    }
    assert_eq!(ask(&server, "GET", "/api/v1/about", &[], b"").field("cache-control"), "no-store");
}

#[test]
fn only_listed_pages_of_others_may_read() {
    let preflight = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization"];
    let asked = |server: &Server, origin: &str| {
        let origin = format!("Origin: {origin}");
        let asked = ask(server, "OPTIONS", "/api/v1/predict", &[&origin, preflight[0], preflight[1]], b"");
        asked.field("access-control-allow-origin").to_owned()
    };
    let (_home, server) = start(&[]);
    assert_eq!(asked(&server, "https://board.example"), "");
    let (_home, server) = start(&[("VAKHTA_CORS_ORIGINS", "https://board.example")]);
    assert_eq!(asked(&server, "https://board.example"), "https://board.example");
    assert_eq!(asked(&server, "https://evil.example"), "");
    let answer = ask(&server, "GET", "/api/v1/models", &["Origin: https://board.example"], b"");
    assert_eq!(answer.field("access-control-allow-origin"), "https://board.example");
    assert_eq!(answer.field("access-control-allow-credentials"), "", "cookies are not for others");
}

#[test]
fn a_stop_waits_for_what_was_begun() {
    let (home, data) = home();
    let variables = [("VAKHTA_ADMIN_PASSWORD", PASSWORD)];
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    let csv = sales_csv(300);
    let (begun, rest) = csv.split_at(csv.len() / 2);
    let head = format!(
        "POST /api/v1/datasets?key=sales HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: text/csv\r\nContent-Length: {}\r\n\r\n",
        api.token(),
        csv.len()
    );
    let mut upload = socket(&server);
    upload.write_all(format!("{head}{begun}").as_bytes()).expect("written");
    let mut idle = socket(&server);
    idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").expect("written");
    assert!(idle.read(&mut [0; 4096]).expect("an answer") > 0);
    server.signal("TERM");
    assert!(server.says("stopping"));
    assert_eq!(idle.read(&mut [0; 64]).unwrap_or(0), 0, "who asks nothing is let go at once");
    let stored = raw_on(upload, rest.as_bytes());
    assert_eq!(stored.status, 201, "{}", stored.text);
    let address = server.url.split("://").nth(1).expect("an address").to_owned();
    assert!(server.ended().success());
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    let server = Server::start(home.path(), &data, &variables);
    Api::new(&server.url).sign_in("admin", PASSWORD).get("datasets/sales").expect(200);
}
