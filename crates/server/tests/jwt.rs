//! Story: a session or an API token exchanges itself for a token that is over soon, and that dies with it.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Api, PASSWORD, Server, home};
use ring::hmac;
use serde_json::{Value, json};

fn bearer(url: &str, token: &str) -> Api {
    Api::new(url).with_token(token)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn decoded(token: &str, part: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(part).expect("three parts")).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[test]
fn a_short_lived_token_is_no_wider_and_lives_no_longer_than_what_made_it() {
    let (home, data) = home();
    let variables = [("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_LOGIN_PER_MIN", "100")];
    let server = Server::start(home.path(), &data, &variables);
    let (url, admin) = (server.url.as_str(), Api::of(&server));
    let made = admin
        .post("auth/tokens", &json!({"name": "service", "scopes": ["look", "train", "own_tokens"]}))
        .expect(201);
    let parent = bearer(url, &text(&made["token"]));
    let jwt = parent.post("auth/tokens/jwt", &json!({})).expect(200);
    assert_eq!((&jwt["token_type"], &jwt["scopes"]), (&json!("Bearer"), &json!(["look", "train"])));
    let token = text(&jwt["access_token"]);
    assert_eq!(decoded(&token, 0), json!({"alg": "HS256", "typ": "at+jwt"}));
    let claims = decoded(&token, 1);
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!("vakhta"), &json!("vakhta-api")));
    assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(900));
    assert!(!claims.to_string().contains("vkt_"));

    let service = bearer(url, &token);
    service.get("models").expect(200);
    assert_eq!(service.get("auth/user-info").expect(200)["permissions"], json!(["look", "train"]));
    service.get("auth/tokens").expect(403);
    service.post("auth/tokens", &json!({"name": "longer"})).expect(403);
    assert_eq!(service.post("auth/tokens/jwt", &json!({})).expect(403)["code"], "short_lived_token");
    service.get("auth/users").expect(403);
    let rename = json!({"username": "boss"});
    assert_eq!(service.put("auth/profile/username", &rename).expect(403)["code"], "scoped_token");
    assert_eq!(parent.put("auth/profile/username", &rename).expect(403)["code"], "scoped_token");
    service.get("workspaces/default").expect(200);
    assert_eq!(bearer(url, &token).within("elsewhere").get("models").status, 404);
    for (wish, status) in [
        (json!({"expires_in_seconds": 901}), 422),
        (json!({"expires_in_seconds": 0}), 422),
        (json!({"scopes": ["deploy"]}), 422),
        (json!({"scopes": ["own_tokens"]}), 422),
        (json!({"scopes": []}), 422),
        (json!({"scopes": ["look"], "expires_in_seconds": 5}), 200),
    ] {
        assert_eq!(parent.post("auth/tokens/jwt", &wish).status, status, "{wish}");
    }

    // What was altered, or signed by another, or for another use, is none of ours.
    let part = |n: usize| token.split('.').nth(n).expect("three parts").to_owned();
    let other = |head: &Value, claims: &Value, key: &[u8]| {
        let text = format!("{}.{}", encoded(head), encoded(claims));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let (head, mut wider) = (decoded(&token, 0), claims.clone());
    wider["scopes"] = json!(["look", "deploy", "manage_users"]);
    let forged = [
        format!("{}.{}.{}", part(0), encoded(&wider), part(2)),
        format!("{}.{}.", encoded(&json!({"alg": "none", "typ": "at+jwt"})), part(1)),
        format!("{}.{}.{}", encoded(&json!({"alg": "none"})), part(1), part(2)),
        format!("{}.{}.{}", encoded(&json!({"alg": "RS256", "typ": "at+jwt"})), part(1), part(2)),
        format!("{}.{}.{}", encoded(&json!({"alg": "HS256", "typ": "JWT"})), part(1), part(2)),
        other(&head, &claims, b""),
        other(&head, &claims, b"secret"),
        token[..token.len() - 2].to_owned(),
        format!("{token}."),
        format!("{}.{}", part(0), part(1)),
    ];
    for forged in forged {
        assert_eq!(bearer(url, &forged).get("models").status, 401, "{forged}");
    }
    // A challenge of signing in is signed with the same key, and opens nothing: see the story of the second factor.

    // It lives as long as what made it.
    parent.post(&format!("auth/tokens/{}/revoke", text(&made["id"])), &json!({})).expect(204);
    service.get("models").expect(401);
    let session = Api::new(url).sign_in("admin", PASSWORD);
    let of_session = session.post("auth/tokens/jwt", &json!({"scopes": ["look"]})).expect(200);
    let of_session = bearer(url, &text(&of_session["access_token"]));
    of_session.get("models").expect(200);
    of_session.post("auth/logout", &json!({})).expect(204);
    of_session.get("models").expect(200);
    session.post("auth/logout", &json!({})).expect(204);
    of_session.get("models").expect(401);

    // Every process of the installation takes it, and a restart changes nothing.
    let made = admin.post("auth/tokens", &json!({"name": "service 2"})).expect(201);
    let parent = bearer(url, &text(&made["token"]));
    let short =
        text(&parent.post("auth/tokens/jwt", &json!({"expires_in_seconds": 2})).expect(200)["access_token"]);
    let long = text(&parent.post("auth/tokens/jwt", &json!({})).expect(200)["access_token"]);
    bearer(url, &short).get("models").expect(200);
    let ended = || (bearer(url, &short).get("models").status == 401).then_some(());
    assert!(common::wait_for(std::time::Duration::from_secs(10), ended).is_some(), "it ended");
    server.stop();
    let server = Server::start(home.path(), &data, &variables);
    bearer(&server.url, &long).get("models").expect(200);
    let token = "an-admin-token-of-more-than-32-characters";
    server.stop();
    let with = [("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_ADMIN_API_TOKEN", token)];
    let server = Server::start(home.path(), &data, &with);
    bearer(&server.url, token).post("auth/tokens/jwt", &json!({})).expect(403);
    // An account that is disabled takes everything with it.
    let script = bearer(&server.url, token);
    let boris = script.post("auth/users", &json!({"username": "boris", "password": PASSWORD})).expect(201);
    let session = Api::new(&server.url).sign_in("boris", PASSWORD);
    let jwt = text(&session.post("auth/tokens/jwt", &json!({})).expect(200)["access_token"]);
    bearer(&server.url, &jwt).get("models").expect(200);
    script.put(&format!("auth/users/{}", text(&boris["id"])), &json!({"is_active": false})).expect(200);
    bearer(&server.url, &jwt).get("models").expect(401);
}
