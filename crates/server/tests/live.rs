//! Story: who listens to the live line hears what is his, in order, and comes back to where he was.

mod common;

use common::{Api, PASSWORD, Server, home, wait_for};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;
use tungstenite::handshake::HandshakeError;
use tungstenite::{Error, Message, WebSocket, client::IntoClientRequest as _};

struct Line(WebSocket<TcpStream>);

impl Line {
    /// Opens a line with these headers; the status where it is refused.
    fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let address = url.strip_prefix("http://").expect("plain HTTP");
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let mut request = format!("ws://{address}/api/v1/ws").into_client_request().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(Error::Http(refused))) => Err(refused.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    fn of(api: &Api) -> Self {
        let bearer = format!("Bearer {}", api.token());
        Self::open(&api.url, &[("authorization", &bearer)]).expect("may listen")
    }

    fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).expect("sent");
    }

    /// The next message of a type.
    fn next(&mut self, kind: &str) -> Value {
        loop {
            match self.0.read().expect("told in time") {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text).expect("JSON");
                    if message["type"] == kind {
                        return message;
                    }
                }
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The code that the line ends with.
    fn ends(&mut self) -> u16 {
        loop {
            match self.0.read().expect("told in time") {
                Message::Close(Some(frame)) => return frame.code.into(),
                Message::Close(None) => panic!("it ended without a word"),
                _ => {}
            }
        }
    }
}

/// A source whose only file is none: its reading fails, and an alert follows.
fn break_a_source(api: &Api, folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(folder.join("day.csv"), "date,branch,y\n2026-01-01,north\n").expect("written");
    let source = json!({
        "key": "shop", "dataset": "sales", "keys": ["branch"], "time": "date", "cron": "0 2 1 1 *",
        "files": {"location": format!("file://{}", folder.display())},
    });
    api.post("sources", &source).expect(201);
    assert_eq!(api.post("sources/shop/sync?wait=60", &json!({})).expect(200)["state"], "failed");
}

#[test]
fn the_line_is_for_those_who_may_look() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let api = Api::of(&server);
    assert_eq!(Line::open(&server.url, &[]).err(), Some(401));
    assert_eq!(Line::open(&server.url, &[("authorization", "Bearer none")]).err(), Some(401));
    let cookie = format!("vakhta_session={}", api.token());
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://elsewhere.example")];
    assert_eq!(Line::open(&server.url, &foreign).err(), Some(403), "another site's page uses the cookie");
    assert!(Line::open(&server.url, &[("cookie", &cookie), ("origin", &server.url)]).is_ok());

    let mut line = Line::of(&api);
    assert!(line.next("hello")["seq"].is_i64());
    line.say(&json!({"subscribe": ["weather"]}));
    let refused = line.next("error")["message"].to_string();
    assert!(refused.contains("`weather` is no topic, known are jobs, events, alerts"), "{refused}");
    line.say(&json!({"subscribe": ["events"], "aftr": 1}));
    assert!(line.next("error")["message"].to_string().contains("aftr"));

    // A token that is taken back takes its line with it.
    let token = api.post("auth/tokens", &json!({"name": "ear"})).expect(201);
    let ear = Api::new(&server.url).with_token(token["token"].as_str().expect("shown once"));
    let mut line = Line::of(&ear);
    line.next("hello");
    api.post(&format!("auth/tokens/{}/revoke", token["id"].as_str().expect("an id")), &json!({})).expect(204);
    assert_eq!(line.ends(), 1008);
}

#[test]
fn alerts_are_heard_at_once_and_missed_ones_later() {
    let (home, data) = home();
    let server = Server::start(home.path(), &data, &[("VAKHTA_ADMIN_PASSWORD", PASSWORD)]);
    let api = Api::of(&server);
    api.post("workspaces", &json!({"key": "other"})).expect(201);
    let mut line = Line::of(&api);
    let before = line.next("hello")["seq"].clone();
    line.say(&json!({"subscribe": ["alerts"]}));
    let bearer = format!("Bearer {}", api.token());
    let abroad = [("authorization", bearer.as_str()), ("x-vakhta-workspace", "other")];
    let mut abroad = Line::open(&server.url, &abroad).expect("may listen");
    abroad.next("hello");
    abroad.say(&json!({"subscribe": ["alerts", "events", "jobs"]}));

    break_a_source(&api, &data.join("incoming"));
    let told = line.next("event");
    assert_eq!(
        (told["topic"].as_str(), told["event"]["kind"].as_str()),
        (Some("alerts"), Some("alert.fired"))
    );
    assert_eq!(told["event"]["data"]["rule"], "source_failed", "{told}");
    let id = told["event"]["subject_id"].as_str().expect("an alert").to_owned();
    api.post(&format!("alerts/{id}/acknowledge"), &json!({"note": "seen"})).expect(200);
    let handled = line.next("event");
    assert_eq!(handled["event"]["kind"], "alert.acknowledged", "what is no alert is not told on this topic");
    assert!(handled["seq"].as_i64() > told["seq"].as_i64());

    // Who was away hears what he missed, and nothing twice.
    let mut later = Line::of(&api);
    later.next("hello");
    later.say(&json!({"subscribe": ["alerts"], "after": before}));
    assert_eq!(
        (later.next("event")["seq"].clone(), later.next("event")["seq"].clone()),
        (told["seq"].clone(), handled["seq"].clone())
    );
    later.say(&json!({"subscribe": ["alerts"], "after": 1_000_000_000}));
    later.next("resync");

    // Another workspace hears of itself alone.
    let there = Api::new(&server.url).with_token(api.token()).within("other");
    there.upload("sales", "date,y\n2026-01-01,1\n").expect(201);
    let heard = wait_for(Duration::from_secs(1), || Some(abroad.next("event"))).expect("told");
    assert_eq!(heard["event"]["subject_id"], "sales", "{heard}");
}
