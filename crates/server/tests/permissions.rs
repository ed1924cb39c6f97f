//! Story: every operation of the API with every kind of caller, as its description says who may do it.

mod common;

use common::{Api, PASSWORD, Server, home};
use serde_json::{Value, json};
use vakhta_domain::user::{Permission, Tier, held};

/// One operation: its method, an address that is filled in, what it takes, and whether it is open.
struct Operation {
    method: String,
    path: String,
    permission: Option<Permission>,
    open: bool,
    has_body: bool,
}

/// Who, and what he may do, or the status by which he is refused whatever he asks for.
type Caller = (&'static str, Result<Vec<Permission>, u16>, Api);

fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("operations") {
            let word = operation["x-permission"].as_str();
            let permission = word.map(|word| Permission::parse(word).expect("a known permission"));
            let open = operation["security"] == json!([{}]);
            assert!(!(open && permission.is_some()), "{method} {path} is open and needs {word:?}");
            let base = if path.starts_with("/v2") { "" } else { "/api/v1" };
            all.push(Operation {
                method: method.to_uppercase(),
                path: format!("{base}{}", filled(path)),
                permission,
                open,
                has_body: operation["requestBody"].is_object(),
            });
        }
    }
    // Signing out ends the caller's session, so it comes last.
    all.sort_by_key(|op| op.path.ends_with("/auth/logout"));
    all
}

/// An address with something in its places that fits there and that nobody has.
fn filled(path: &str) -> String {
    let part = |part: &str| match part {
        "{seq}" => "999999".to_owned(),
        "{country}" => "RU".to_owned(),
        "{date}" => "2026-01-01".to_owned(),
        part if part.starts_with('{') => "nothing".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn status(api: &Api, op: &Operation) -> (u16, String) {
    let (kind, body) = if op.has_body { ("application/json", b"{}".to_vec()) } else { ("", Vec::new()) };
    let answer = api.send(&op.method, &op.path, kind, body);
    (answer.status, answer.text)
}

/// Makes an account and signs it in.
fn member(admin: &Api, name: &str, tier: Tier) -> (String, Api) {
    let new = json!({"username": name, "password": PASSWORD, "tier": tier});
    let made = admin.post("auth/users", &new).expect(201);
    (made["id"].as_str().expect("an id").to_owned(), Api::new(&admin.url).sign_in(name, PASSWORD))
}

/// A token of the one who asks.
fn token(api: &Api, scopes: &[Permission]) -> Api {
    let mut new = json!({"name": "a program"});
    if !scopes.is_empty() {
        new["scopes"] = json!(scopes);
    }
    let made = api.post("auth/tokens", &new).expect(201);
    Api::new(&api.url).with_token(made["token"].as_str().expect("shown once"))
}

#[test]
fn every_operation_asks_what_it_says() {
    let (home, data) = home();
    let variables = [
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
        ("VAKHTA_LOGIN_PER_MIN", "1000"),
        ("VAKHTA_REGISTRATION", "true"),
    ];
    let server = Server::start(home.path(), &data, &variables);
    let boss = Api::new(&server.url).sign_in("admin", PASSWORD);
    let operations = operations(&boss.get("openapi.json").expect(200));
    assert!(operations.len() > 100, "only {} operations", operations.len());

    let mut callers: Vec<Caller> = vec![
        ("nobody", Err(401), Api::new(&server.url)),
        ("a made-up token", Err(401), Api::new(&server.url).with_token("vkt_00")),
    ];
    for tier in Tier::ALL {
        let (_, session) = member(&boss, &format!("a_{}", tier.as_str()), tier);
        if tier.allows(Permission::OwnTokens) {
            callers.push((tier.as_str(), Ok(held(tier, None)), token(&session, &[])));
        }
        callers.push((tier.as_str(), Ok(held(tier, None)), session));
    }
    let (_, session) = member(&boss, "narrow", Tier::Admin);
    let scopes = [Permission::Look, Permission::Deploy];
    callers.push(("a token held to looking and deploying", Ok(scopes.to_vec()), token(&session, &scopes)));
    for (name, change) in [("disabled", json!({"is_active": false})), ("demoted", json!({"tier": "viewer"}))]
    {
        let (id, session) = member(&boss, name, Tier::Admin);
        let token = token(&session, &[]);
        boss.put(&format!("auth/users/{id}"), &change).expect(200);
        callers.push((name, Err(401), session));
        callers.push((name, Err(401), token));
    }
    let (id, session) = member(&boss, "deleted", Tier::SystemAdmin);
    let token = token(&session, &[]);
    boss.delete(&format!("auth/users/{id}")).expect(204);
    callers.push(("deleted", Err(401), session));
    callers.push(("deleted", Err(401), token));

    boss.post("workspaces", &json!({"key": "elsewhere"})).expect(201);
    let (_, stranger) = member(&boss, "stranger", Tier::Admin);
    callers.push(("a stranger to the workspace he names", Err(404), stranger.within("elsewhere")));

    let mut wrong = Vec::new();
    for op in &operations {
        for (name, holds, api) in &callers {
            let (status, text) = status(api, op);
            let expected = match (op.open, holds, op.permission) {
                (false, Err(refusal), _) => Some(*refusal),
                (false, Ok(holds), Some(permission)) if !holds.contains(&permission) => Some(403),
                _ => None,
            };
            let right = match expected {
                Some(refusal) => status == refusal,
                None => status != 401 && status != 403 && status < 500 || status == 501,
            };
            if !right {
                let wanted = expected.map_or("no refusal".into(), |status| status.to_string());
                wrong.push(format!("{name}: {} {} is {status}, not {wanted}: {text}", op.method, op.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // Nobody was let in to do harm. Anew, because the server closes a connection that was idle for so long.
    Api::new(&server.url).sign_in("admin", PASSWORD).get("auth/users").expect(200);
}
