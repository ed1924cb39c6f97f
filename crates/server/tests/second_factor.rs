//! Story: a second factor is enrolled, asked for, lost and turned off.

mod common;

use common::codes::{Codes, code_at, step};
use common::{Answer, Api, PASSWORD, Server, home, run, said};
use serde_json::{Value, json};

fn login(url: &str, more: &Value) -> Answer {
    let mut body = json!({"username": "admin", "password": PASSWORD});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    Api::new(url).post("auth/login", &body)
}

fn second(url: &str, challenge: &Value, shown: &Value) -> Answer {
    let mut body = json!({"challenge": challenge});
    body.as_object_mut().expect("an object").extend(shown.as_object().expect("an object").clone());
    Api::new(url).post("auth/login/second-factor", &body)
}

const FACTOR: &str = "auth/profile/second-factor";

/// Enrols; the secret.
fn begun(api: &Api) -> String {
    let begun = api.post(FACTOR, &json!({"current_password": PASSWORD})).expect(200);
    let secret = begun["secret"].as_str().expect("shown once").to_owned();
    assert!(
        begun["otpauth_uri"]
            .as_str()
            .is_some_and(|uri| uri.starts_with("otpauth://totp/Vakhta:") && uri.contains(&secret))
    );
    assert!(begun["qr_svg"].as_str().is_some_and(|svg| svg.starts_with("<svg ") && svg.ends_with("</svg>")));
    secret
}

fn remove(api: &Api, shown: &Value) -> Answer {
    let mut body = json!({"current_password": PASSWORD});
    body.as_object_mut().expect("an object").extend(shown.as_object().expect("an object").clone());
    api.send("DELETE", FACTOR, "application/json", body.to_string().into_bytes())
}

#[test]
fn a_second_factor_is_enrolled_asked_for_and_turned_off() {
    let (home, data) = home();
    let server = Server::start(
        home.path(),
        &data,
        &[("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_LOGIN_PER_MIN", "100")],
    );
    let (url, api) = (&server.url, Api::of(&server));
    let other = Api::new(url).sign_in("admin", PASSWORD);
    let off = api.get(FACTOR).expect(200);
    assert_eq!(
        (&off["enabled"], &off["recovery_codes_left"], &off["required"]),
        (&json!(false), &json!(0), &json!(false))
    );
    assert_eq!(
        api.post(&format!("{FACTOR}/confirm"), &json!({"code": "123456"})).expect(409)["code"],
        "enrolment_not_begun"
    );
    api.post(FACTOR, &json!({"current_password": "not this one"})).expect(422);
    let forgotten = begun(&api);
    let secret = begun(&api);
    assert_ne!(forgotten, secret);
    login(url, &json!({})).expect(200);
    let mut codes = Codes::of(&secret);
    api.post(&format!("{FACTOR}/confirm"), &json!({"code": codes.wrong()})).expect(422);
    let first = codes.next();
    let on = api.post(&format!("{FACTOR}/confirm"), &json!({"code": first})).expect(200);
    let recovery: Vec<&str> =
        on["recovery_codes"].as_array().expect("codes").iter().filter_map(Value::as_str).collect();
    assert_eq!(recovery.len(), 10);
    other.get("auth/profile").expect(401);
    assert!(api.get("auth/profile").expect(200)["user"]["second_factor_at"].is_string());
    assert_eq!(
        api.post(FACTOR, &json!({"current_password": PASSWORD})).expect(409)["code"],
        "second_factor_on"
    );

    // Name and password alone give a challenge and no session; a code is taken once.
    let asked = login(url, &json!({})).expect(401);
    assert_eq!((&asked["code"], &asked["token"]), (&json!("second_factor_required"), &Value::Null));
    let challenge = &asked["challenge"];
    assert!(asked["challenge_expires_at"].is_string());
    Api::new(url).with_token(challenge.as_str().expect("a text")).get("models").expect(401);
    assert_eq!(second(url, challenge, &json!({"code": codes.wrong()})).expect(401)["code"], "bad_code");
    assert_eq!(
        second(url, challenge, &json!({"code": first})).expect(401)["code"],
        "bad_code",
        "it confirmed"
    );
    second(url, challenge, &json!({})).expect(422);
    second(url, challenge, &json!({"code": "1", "recovery_code": "2"})).expect(422);
    let code = codes.next();
    let session = second(url, challenge, &json!({"code": code})).expect(200);
    Api::new(url).with_token(session["token"].as_str().expect("a session")).get("models").expect(200);
    assert_eq!(second(url, challenge, &json!({"code": code})).expect(401)["code"], "bad_code");
    let altered = format!("{}x", challenge.as_str().expect("a text"));
    assert_eq!(second(url, &json!(altered), &json!({"code": code})).expect(401)["code"], "challenge_ended");

    // A wrong code in the first request costs nothing but the code; a right one there needs no second.
    let again = login(url, &json!({"code": code})).expect(401);
    assert_eq!((&again["code"], again["challenge"].is_string()), (&json!("bad_code"), true));
    login(url, &json!({"code": codes.next()})).expect(200);
    assert_eq!(
        login(url, &json!({"password": "wrong", "code": "123456"})).expect(401)["code"],
        "bad_credentials"
    );

    // Recovery codes, each once, in any case and grouping.
    let typed = recovery[0].to_uppercase().replace('-', " ");
    login(url, &json!({"recovery_code": typed})).expect(200);
    login(url, &json!({"recovery_code": recovery[0]})).expect(401);
    assert_eq!(api.get(FACTOR).expect(200)["recovery_codes_left"], 9);
    let renewal = json!({"current_password": PASSWORD, "recovery_code": recovery[1]});
    let renewed = api.post(&format!("{FACTOR}/recovery-codes"), &renewal).expect(200);
    login(url, &json!({"recovery_code": recovery[2]})).expect(401);
    login(url, &json!({"recovery_code": renewed["recovery_codes"][0]})).expect(200);

    // Neither the secret nor a code is told or logged.
    let told = api.get("events?limit=500").text;
    for kind in
        ["user.second_factor_enabled", "user.recovery_codes_made", "user.signed_in", "user.sign_in_failed"]
    {
        assert!(told.contains(kind), "{kind} is missing");
    }
    assert!(told.contains("\"second_factor\":\"recovery_code\""));
    let all = told + &server.log() + &api.get(FACTOR).text + &api.get("auth/users").text;
    for hidden in [&secret, recovery[0], &typed, &code, challenge.as_str().expect("a text")] {
        assert!(!all.contains(hidden), "{hidden} is told");
    }

    remove(&api, &json!({"code": "000000"})).expect(422);
    remove(&api, &json!({"recovery_code": recovery[3]})).expect(422);
    remove(&api, &json!({"recovery_code": renewed["recovery_codes"][1]})).expect(204);
    assert_eq!(remove(&api, &json!({"code": "123456"})).expect(409)["code"], "second_factor_off");
    assert_eq!(second(url, challenge, &json!({"code": "123456"})).expect(401)["code"], "challenge_ended");
    login(url, &json!({})).expect(200);
}

#[test]
fn tiers_that_must_have_one_can_only_enrol_until_then() {
    let (home, data) = home();
    let token = "an-admin-token-of-more-than-32-characters";
    let variables = [
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
        ("VAKHTA_ADMIN_API_TOKEN", token),
        ("VAKHTA_SECOND_FACTOR_TIERS", "admin,system_admin"),
        ("VAKHTA_SECRET_KEY", "a-secret-key-of-the-operator-kept-apart"),
        ("VAKHTA_LOGIN_PER_MIN", "100"),
    ];
    let server = Server::start(home.path(), &data, &variables);
    let script = Api::new(&server.url).with_token(token);
    script.get("models").expect(200);
    let anna = script
        .post("auth/users", &json!({"username": "anna", "password": PASSWORD, "tier": "user"}))
        .expect(201);
    let anna = anna["id"].as_str().expect("an id").to_owned();
    let user = Api::new(&server.url).sign_in("anna", PASSWORD);
    user.get("models").expect(200);
    let kept = user.post("auth/tokens", &json!({"name": "nightly"})).expect(201)["token"].clone();

    let admin = Api::new(&server.url).sign_in("admin", PASSWORD);
    let info = admin.get("auth/user-info").expect(200);
    assert_eq!((&info["must_enrol_second_factor"], &info["permissions"][0]), (&json!(true), &json!("look")));
    for refused in [
        admin.get("models"),
        admin.get("auth/users"),
        admin.put("auth/profile/username", &json!({"username": "boss"})),
    ] {
        assert_eq!(refused.expect(403)["code"], "second_factor_enrolment_required");
    }
    assert_eq!(admin.get(FACTOR).expect(200)["required"], true);
    let secret = begun(&admin);
    let mut codes = Codes::of(&secret);
    let on = admin.post(&format!("{FACTOR}/confirm"), &json!({"code": codes.next()})).expect(200);
    admin.get("models").expect(200);

    // In a workspace where anna is more than at home, the tier that she has there counts.
    script.post("workspaces", &json!({"key": "shop", "title": "Shop"})).expect(201);
    script.put(&format!("workspaces/shop/members/{anna}"), &json!({"role": "admin"})).expect(204);
    let there = Api::new(&server.url).sign_in("anna", PASSWORD).within("shop");
    assert_eq!(there.get("models").expect(403)["code"], "second_factor_enrolment_required");
    user.get("models").expect(200);
    Api::new(&server.url).with_token(kept.as_str().expect("shown once")).get("models").expect(200);

    // Encrypted at rest: with another key nothing is read, and an administrator can help.
    server.stop();
    let mut other = variables;
    other[3].1 = "quite-another-key-of-the-operator-xyz";
    let server = Server::start(home.path(), &data, &other);
    login(&server.url, &json!({"code": codes.next()})).expect(500);
    assert!(server.says("secret_key"), "{}", server.log());
    server.stop();
    let server = Server::start(home.path(), &data, &variables);
    login(&server.url, &json!({"code": codes.next()})).expect(200);
    let script = Api::new(&server.url).with_token(token);
    let users = script.get("auth/users").expect(200);
    let id = |name: &str| {
        let items = users["items"].as_array().expect("a list");
        items.iter().find(|user| user["username"] == name).expect("is listed")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let session = login(&server.url, &json!({"recovery_code": on["recovery_codes"][0]})).expect(200);
    let admin = Api::new(&server.url).with_token(session["token"].as_str().expect("a session"));
    let own = format!("auth/users/{}/second-factor", id("admin"));
    assert_eq!(admin.delete(&own).expect(403)["code"], "own_account");
    assert_eq!(
        admin.delete(&format!("auth/users/{anna}/second-factor")).expect(409)["code"],
        "second_factor_off"
    );
    admin.delete("auth/users/nobody/second-factor").expect(404);
    script.delete(&own).expect(204);
    assert_eq!(login(&server.url, &json!({})).expect(200)["must_enrol_second_factor"], true);

    // Whoever has nobody left to ask has the command line.
    let secret = begun(&Api::new(&server.url).sign_in("admin", PASSWORD));
    let admin = Api::new(&server.url).sign_in("admin", PASSWORD);
    admin.post(&format!("{FACTOR}/confirm"), &json!({"code": code_at(&secret, step())})).expect(200);
    server.stop();
    let data_dir = data.to_str().expect("a path");
    let reset = ["admin", "reset-second-factor", "admin", "--data-dir", data_dir];
    let done = run(home.path(), &reset, &[]);
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(run(home.path(), &reset, &[]).status.code(), Some(6), "a conflict: there is none");
}

#[test]
fn wrong_codes_wait_and_the_command_line_asks_for_one() {
    let (home, data) = home();
    let server = Server::start(
        home.path(),
        &data,
        &[("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_LOGIN_PER_MIN", "100")],
    );
    let api = Api::of(&server);
    let secret = begun(&api);
    let mut codes = Codes::of(&secret);
    api.post(&format!("{FACTOR}/confirm"), &json!({"code": codes.next()})).expect(200);
    let typed = format!("{PASSWORD}\n{}\n", codes.next());
    let mut command = common::vakhta(home.path());
    command.args(["login", "--username", "admin", "--password-stdin", "--server", &server.url]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("vakhta starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), typed.as_bytes()).expect("it reads");
    let done = child.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{}", said(&done));
    let listed = run(home.path(), &["models", "--server", &server.url], &[]);
    assert!(listed.status.success(), "{}", said(&listed));

    let challenge = login(&server.url, &json!({})).expect(401)["challenge"].clone();
    let answers: Vec<u16> =
        (0..7).map(|_| second(&server.url, &challenge, &json!({"code": codes.wrong()})).status).collect();
    assert_eq!(answers, [401, 401, 401, 401, 401, 401, 429]);
    let held_up = second(&server.url, &challenge, &json!({"code": codes.next()}));
    assert_eq!(held_up.status, 429, "also for who is right: {}", held_up.text);
    let told = api.get("events?kind=user.sign_in_failed").expect(200);
    assert_eq!(told["items"][0]["data"]["second_factor"], true);
}
