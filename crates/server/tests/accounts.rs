//! Story: accounts are made, changed, disabled and deleted; what they signed in with ends with their rights.

mod common;

use common::{Answer, Api, PASSWORD, Server, home};
use serde_json::{Value, json};

fn server(home: &std::path::Path, data: &std::path::Path, more: &[(&str, &str)]) -> Server {
    let mut variables = vec![("VAKHTA_ADMIN_PASSWORD", PASSWORD)];
    variables.extend_from_slice(more);
    Server::start(home, data, &variables)
}

fn login(api: &Api, name: &str, password: &str) -> Answer {
    Api::new(&api.url).post("auth/login", &json!({"username": name, "password": password}))
}

/// Makes an account; its id.
fn made(admin: &Api, name: &str, tier: &str) -> String {
    let new = json!({"username": name, "password": PASSWORD, "tier": tier});
    admin.post("auth/users", &new).expect(201)["id"].as_str().expect("an id").to_owned()
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().into_iter().flatten().filter_map(|user| user["username"].as_str()).collect()
}

#[test]
fn rights_end_at_once() {
    let (home, data) = home();
    let server = server(home.path(), &data, &[]);
    let admin = Api::of(&server);
    let id = made(&admin, "anna", "user");
    let path = format!("auth/users/{id}");
    let changes = [
        (json!({"is_active": false}), json!({"is_active": true})),
        (json!({"tier": "admin"}), json!({"tier": "user"})),
    ];
    for (change, back) in changes {
        let session = Api::new(&server.url).sign_in("anna", PASSWORD);
        let token = session.post("auth/tokens", &json!({"name": "nightly"})).expect(201);
        let token = Api::new(&server.url).with_token(token["token"].as_str().expect("shown once"));
        session.get("models").expect(200);
        token.get("models").expect(200);
        admin.put(&path, &change).expect(200);
        session.get("models").expect(401);
        token.get("models").expect(401);
        admin.put(&path, &back).expect(200);
        session.get("models").expect(401);
        token.get("models").expect(401);
    }
    admin.put(&path, &json!({"is_active": false})).expect(200);
    assert_eq!(login(&admin, "anna", PASSWORD).expect(401)["code"], "bad_credentials");
    admin.put(&path, &json!({"is_active": true})).expect(200);

    // An administrator's reset ends the sessions, and the one-time password lets in to change it, and no further.
    let session = Api::new(&server.url).sign_in("anna", PASSWORD);
    let reset = admin.put(&path, &json!({"reset_password": true})).expect(200);
    session.get("models").expect(401);
    login(&admin, "anna", PASSWORD).expect(401);
    let one_time = reset["one_time_password"].as_str().expect("shown once").to_owned();
    let begun = login(&admin, "anna", &one_time).expect(200);
    assert_eq!(begun["must_change_password"], true);
    let limited = Api::new(&server.url).with_token(begun["token"].as_str().expect("a session"));
    assert_eq!(limited.get("models").expect(403)["code"], "password_change_required");
    let rename = json!({"username": "anya"});
    let refused = limited.put("auth/profile/username", &rename).expect(403);
    assert_eq!(refused["code"], "password_change_required");
    Api::new(&server.url).sign_in("anna", &one_time).get("models").expect(200);

    let told = admin.get("events?kind=user.changed&limit=500").expect(200);
    let last = &told["items"][0]["data"];
    assert_eq!(
        (&last["before"], &last["after"]),
        (&json!({"is_active": false}), &json!({"is_active": true}))
    );
    let all = admin.get("events?limit=500").text;
    assert!(
        !all.contains(&one_time) && !all.contains(PASSWORD) && !all.contains("argon2"),
        "a secret is told"
    );
}

#[test]
fn accounts_are_listed_and_deleted_and_the_last_administrator_stays() {
    let (home, data) = home();
    let server = server(home.path(), &data, &[]);
    let admin = Api::of(&server);
    let own = admin.get("auth/user-info").expect(200)["user"]["id"].as_str().expect("an id").to_owned();
    let (anna, boris) = (made(&admin, "anna", "viewer"), made(&admin, "Борис", "admin"));
    let list = admin.get("auth/users").expect(200);
    assert_eq!(names(&list), ["admin", "anna", "Борис"]);
    assert_eq!(names(&admin.get("auth/users?tier=admin").expect(200)), ["Борис"]);
    assert_eq!(names(&admin.get("auth/users?username=NN&is_active=true").expect(200)), ["anna"]);
    let page = admin.get("auth/users?limit=2").expect(200);
    let next = page["next_cursor"].as_str().expect("one more");
    assert_eq!(names(&admin.get(&format!("auth/users?cursor={next}")).expect(200)), ["Борис"]);
    assert!(!list.to_string().contains("argon2"));
    let again = json!({"username": "ANNA", "password": PASSWORD});
    assert_eq!(admin.post("auth/users", &again).expect(409)["code"], "username_taken");
    let rename = json!({"username": "boris"});
    admin.put(&format!("auth/users/{boris}"), &rename).expect(200);
    assert_eq!(admin.put(&format!("auth/users/{anna}"), &rename).expect(409)["code"], "username_taken");

    // Of one's own account the name only, and the last one stays whoever asks.
    let mine = format!("auth/users/{own}");
    for change in [json!({"tier": "user"}), json!({"is_active": false}), json!({"reset_password": true})] {
        assert_eq!(admin.put(&mine, &change).expect(403)["code"], "own_account", "{change}");
    }
    assert_eq!(admin.delete(&mine).expect(403)["code"], "own_account");
    let leave = |api: &Api, password: &str| {
        let body = json!({"current_password": password}).to_string().into_bytes();
        api.send("DELETE", "auth/profile", "application/json", body)
    };
    assert_eq!(leave(&admin, PASSWORD).expect(409)["code"], "last_system_admin");
    admin.put(&mine, &json!({"username": "boss"})).expect(200);

    let first = Api::new(&server.url).sign_in("boris", PASSWORD);
    first.get("auth/users").expect(403);
    admin.put(&format!("auth/users/{boris}"), &json!({"tier": "system_admin"})).expect(200);
    let second = Api::new(&server.url).sign_in("boris", PASSWORD);
    second.put(&mine, &json!({"tier": "user"})).expect(200);
    admin.get("auth/users").expect(401);
    assert_eq!(leave(&second, PASSWORD).expect(409)["code"], "last_system_admin");

    let viewer = Api::new(&server.url).sign_in("anna", PASSWORD);
    viewer.put("auth/profile/username", &json!({"username": "boris"})).expect(409);
    viewer.put("auth/profile/username", &json!({"username": "ann", "current_password": "no"})).expect(422);
    let renamed = viewer.put("auth/profile/username", &json!({"username": "ann"})).expect(200);
    assert_eq!((renamed["username"].as_str(), renamed["id"].as_str()), (Some("ann"), Some(anna.as_str())));
    leave(&viewer, "not the password").expect(422);
    leave(&viewer, PASSWORD).expect(204);
    viewer.get("auth/profile").expect(401);
    login(&second, "ann", PASSWORD).expect(401);
    second.delete(&format!("auth/users/{anna}")).expect(404);
    second.get(&format!("auth/users/{anna}")).expect(404);
    assert_ne!(made(&second, "ann", "user"), anna, "the name is free, the id is another");
    let gone = second.get("events?kind=user.deleted").expect(200);
    assert_eq!(gone["items"][0]["subject_id"], anna.as_str());
}

#[test]
fn two_administrators_cannot_remove_one_another() {
    let (home, data) = home();
    let server = server(home.path(), &data, &[("VAKHTA_LOGIN_PER_MIN", "1000")]);
    let admin = Api::of(&server);
    let own = admin.get("auth/user-info").expect(200)["user"]["id"].as_str().expect("an id").to_owned();
    for round in 0..5 {
        let name = format!("other{round}");
        let other = made(&admin, &name, "system_admin");
        let rival = Api::new(&server.url).sign_in(&name, PASSWORD);
        let (mine, his) = (format!("auth/users/{own}"), format!("auth/users/{other}"));
        let (a, b) = std::thread::scope(|scope| {
            let a = scope.spawn(|| admin.put(&his, &json!({"tier": "user"})).status);
            let b = scope.spawn(|| rival.put(&mine, &json!({"tier": "user"})).status);
            (a.join().expect("answered"), b.join().expect("answered"))
        });
        let won = [a, b].iter().filter(|status| **status == 200).count();
        assert_eq!(won, 1, "round {round}: {a} and {b}");
        if b == 200 {
            rival.put(&mine, &json!({"tier": "system_admin"})).expect(200);
            return;
        }
    }
}

#[test]
fn passwords_and_names_are_checked() {
    let (home, data) = home();
    let server = server(home.path(), &data, &[("VAKHTA_LOGIN_PER_MIN", "8")]);
    let admin = Api::of(&server);
    for (password, words) in [
        ("short", "at least 12"),
        ("qwertyuiop123", "easy to guess"),
        ("Counterstrike", "commonest"),
        ("пароль123456", "easy to guess"),
    ] {
        let answer = admin.post("auth/users", &json!({"username": "anna", "password": password})).expect(422);
        assert!(answer["detail"].as_str().expect("words").contains(words), "{answer}");
        assert_eq!(answer["errors"][0]["pointer"], "/password");
    }
    admin.post("auth/users", &json!({"username": "a b", "password": PASSWORD})).expect(422);
    let made = admin.post("auth/users", &json!({"username": "anna"})).expect(201);
    assert!(made["one_time_password"].is_string(), "{made}");
    assert_eq!((&made["tier"], &made["must_change_password"]), (&json!("user"), &json!(true)));

    // Four wrong ones in a row cost nothing; then each takes a wait, at this address and for this name.
    for _ in 0..4 {
        login(&admin, "anna", "wrong").expect(401);
    }
    let waits = (0..4).any(|_| login(&admin, "anna", "wrong").status == 429);
    assert!(waits, "eight attempts a minute are allowed, but not eight wrong ones at once");
    login(&admin, "admin", PASSWORD).expect(200);
    let unknown = login(&admin, "nobody", "wrong").expect(401);
    assert_eq!(unknown["detail"], login(&admin, "admin", "wrong").expect(401)["detail"]);
}

#[test]
fn the_administrators_token_is_long_and_told() {
    const TOKEN: &str = "3b0c44298fc1c149afbf4c8996fb92427ae41e46";
    let (home, data) = home();
    let short = Server::try_start(home.path(), &data, &[("VAKHTA_ADMIN_API_TOKEN", &TOKEN[..31])]);
    let log = short.err().expect("it must not start");
    assert!(log.contains("admin_api_token") && log.contains("32") && !log.contains(&TOKEN[..31]), "{log}");
    let server = server(home.path(), &data, &[("VAKHTA_ADMIN_API_TOKEN", TOKEN)]);
    let script = Api::new(&server.url).with_token(TOKEN);
    let anna = made(&script, "anna", "user");
    script.put(&format!("auth/users/{anna}"), &json!({"tier": "viewer"})).expect(200);
    assert_eq!(script.get("auth/user-info").expect(200)["user"]["tier"], "system_admin");
    for (method, path) in
        [("GET", "auth/tokens"), ("PUT", "auth/profile/password"), ("DELETE", "auth/profile")]
    {
        let body = json!({"current_password": "x", "new_password": "y"});
        let body = if method == "DELETE" { json!({"current_password": "x"}) } else { body };
        let answer = script.send(method, path, "application/json", body.to_string().into_bytes());
        assert_eq!(answer.expect(403)["code"], "no_account", "{method} {path}");
    }
    Api::new(&server.url).with_token(&TOKEN[..39]).get("models").expect(401);
    let used = script.get("events?kind=admin_token.used").expect(200);
    assert_eq!(used["items"].as_array().map(Vec::len), Some(1), "{used}");
    let created = script.get("events?kind=user.created").expect(200);
    assert_eq!(created["items"][0]["actor"], "VAKHTA_ADMIN_API_TOKEN");
    assert!(!script.get("events?limit=500").text.contains(TOKEN) && !server.log().contains(TOKEN));
}

#[test]
fn tokens_are_held_to_their_scopes() {
    let (home, data) = home();
    let server = server(home.path(), &data, &[]);
    let admin = Api::of(&server);
    made(&admin, "anna", "user");
    let anna = Api::new(&server.url).sign_in("anna", PASSWORD);
    let wide = json!({"name": "wide", "scopes": ["look", "deploy"]});
    let refused = anna.post("auth/tokens", &wide).expect(422);
    assert_eq!(refused["errors"][0]["pointer"], "/scopes/1");
    anna.post("auth/tokens", &json!({"name": "none", "scopes": []})).expect(422);
    anna.post("auth/tokens", &json!({"name": "odd", "scopes": ["fly"]})).expect(422);
    anna.post("auth/tokens", &json!({"name": "long", "expires_in_days": 366})).expect(422);
    let made =
        anna.post("auth/tokens", &json!({"name": "reader", "scopes": ["own_tokens", "look"]})).expect(201);
    assert_eq!(made["scopes"], json!(["look", "own_tokens"]));
    let begins =
        made["created_at"].as_str().and_then(|t| t.parse::<jiff::Timestamp>().ok()).expect("a moment");
    let ends = made["expires_at"].as_str().and_then(|t| t.parse::<jiff::Timestamp>().ok()).expect("a moment");
    assert_eq!(ends.duration_since(begins).as_hours(), 365 * 24);
    let reader = Api::new(&server.url).with_token(made["token"].as_str().expect("shown once"));
    assert_eq!(reader.get("auth/user-info").expect(200)["permissions"], json!(["look", "own_tokens"]));
    reader.get("models").expect(200);
    let refused = reader.post("train", &json!({"model_key": "sales"})).expect(403);
    assert!(refused["detail"].as_str().expect("words").contains("scope `train`"), "{refused}");
    // What it makes is no wider than itself.
    reader.post("auth/tokens", &json!({"name": "wider", "scopes": ["train"]})).expect(422);
    let child = reader.post("auth/tokens", &json!({"name": "child"})).expect(201);
    assert_eq!(child["scopes"], json!(["look", "own_tokens"]));
    let list = anna.get("auth/tokens").expect(200);
    let of = |name: &str| {
        let items = list["items"].as_array().expect("a list");
        items.iter().find(|token| token["name"] == name).expect("is listed").clone()
    };
    assert!(of("reader")["last_used_at"].is_string() && of("child")["last_used_at"].is_null(), "{list}");
    assert!(of("reader")["prefix"].as_str().is_some_and(|p| p.starts_with("vkt_") && p.len() == 12));
    anna.post(&format!("auth/tokens/{}/revoke", made["id"].as_str().expect("an id")), &json!({})).expect(204);
    reader.get("models").expect(401);
}
