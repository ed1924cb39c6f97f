//! Story: every operation of the API that takes a body, with bodies that no JSON reader should pass: each is refused as
//! the caller's mistake, with words, and none makes the server fail.

mod common;

use common::{Api, PASSWORD, Server, home};
use serde_json::Value;

/// What is sent, whether as JSON, and by which statuses it may be refused.
struct Bad {
    name: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    statuses: &'static [u16],
}

/// 404 and 409 are right where the address itself names nothing, or cannot have it done now, and that is seen before the
/// body is; the inference protocol knows 400 where the API says 422.
const UNREADABLE: &[u16] = &[400, 404, 409];
const WRONG: &[u16] = &[400, 404, 409, 422];
const OTHER_KIND: &[u16] = &[400, 404, 409, 415, 422];

fn bad_bodies() -> Vec<Bad> {
    let json =
        |name, body: &[u8], statuses| Bad { name, kind: "application/json", body: body.to_vec(), statuses };
    let deep = format!("{{\"model_key\": {}1{}}}", "[".repeat(3000), "]".repeat(3000));
    vec![
        json("nothing", b"", UNREADABLE),
        json("cut off", b"{\"model_key\": \"a\"", UNREADABLE),
        json("trailing words", b"{} and more", UNREADABLE),
        json("two documents", b"{}{}", UNREADABLE),
        json("NaN", b"{\"model_key\": NaN}", UNREADABLE),
        json("infinity", b"{\"model_key\": -Infinity}", UNREADABLE),
        json("a number out of range", b"{\"model_key\": 1e999}", UNREADABLE),
        json("not UTF-8", b"{\"model_key\": \"\xff\xfe\"}", UNREADABLE),
        json("half a surrogate", b"{\"model_key\": \"\\ud800\"}", UNREADABLE),
        json("a bare NUL", b"{\"model_key\": \"a\0b\"}", UNREADABLE),
        json("too deep", deep.as_bytes(), UNREADABLE),
        json("a key twice", b"{\"zzz\": 1, \"zzz\": 2}", WRONG),
        json("a key twice, further in", b"{\"data\": [{\"zzz\": 1, \"zzz\": 2}]}", WRONG),
        json("an escaped NUL", b"{\"model_key\": \"a\\u0000b\", \"name\": \"a\\u0000b\"}", WRONG),
        json("a NUL in a key", b"{\"a\\u0000b\": 1}", WRONG),
        json("an unknown field", b"{\"zzz_no_such_field\": 1}", WRONG),
        json("a list", b"[]", WRONG),
        json("a number", b"7", WRONG),
        json("a text", b"\"text\"", WRONG),
        json("null", b"null", WRONG),
        Bad { name: "another kind", kind: "image/png", body: b"{}".to_vec(), statuses: OTHER_KIND },
        Bad { name: "no kind at all", kind: " ", body: b"{}".to_vec(), statuses: OTHER_KIND },
    ]
}

/// An address with something in its places that fits there and that nobody has.
fn filled(path: &str) -> String {
    let part = |part: &str| match part {
        "{country}" => "RU".to_owned(),
        "{date}" => "2026-01-01".to_owned(),
        part if part.starts_with('{') => "nothing".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_operation_refuses_what_cannot_be_meant() {
    let (home, data) = home();
    let variables = [
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
        ("VAKHTA_ADMIN_API_TOKEN", "an-administrators-token-of-this-story-0123456789"),
        ("VAKHTA_LOGIN_PER_MIN", "1000"),
        ("VAKHTA_REGISTRATION", "true"),
    ];
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    let document = api.get("openapi.json").expect(200);
    let mut asked = 0;
    let mut wrong = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("operations") {
            let takes = &operation["requestBody"]["content"];
            if !takes["application/json"].is_object() {
                continue;
            }
            // A YAML list is a spec document like any other, and what stands in one is refused as such.
            let base = if path.starts_with("/v2") { "" } else { "/api/v1" };
            let address = format!("{base}{}", filled(path));
            for bad in bad_bodies() {
                let answer = api.send(&method.to_uppercase(), &address, bad.kind, bad.body.clone());
                asked += 1;
                let has_words = if path.starts_with("/v2") {
                    answer.body["error"].as_str().is_some_and(|words| !words.is_empty())
                } else {
                    answer.body["code"].is_string() && answer.body["detail"].is_string()
                };
                let has_place = answer.status != 422 || is_placed(&answer.body);
                if !bad.statuses.contains(&answer.status) || !has_words || !has_place {
                    wrong
                        .push(format!("{method} {address}, {}: {} {}", bad.name, answer.status, answer.text));
                }
            }
        }
    }
    assert!(asked > 600, "only {asked} bodies were sent");
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
    api.get("auth/profile").expect(200);
}

/// Whether a refusal names the places that are wrong.
fn is_placed(problem: &Value) -> bool {
    let errors = problem["errors"].as_array().map_or(&[][..], Vec::as_slice);
    !errors.is_empty()
        && errors.iter().all(|error| error["pointer"].is_string() && error["message"].is_string())
}
