//! Story: another provider signs people in, and nobody else gets in by its name.

mod common;

use common::provider::{CLIENT, Provider, SECRET};
use common::{Api, PASSWORD, Server, home};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;

/// A browser: keeps cookies, and goes where it is sent when a test lets it.
struct Browser {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    base: String,
    cookies: Vec<(String, String)>,
}

/// Where a browser was sent, or what it was told instead.
#[derive(Debug)]
struct Sent {
    status: u16,
    to: String,
    text: String,
}

impl Browser {
    fn new(base: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { runtime, http, base: base.to_owned(), cookies: Vec::new() }
    }

    fn go(&mut self, url: &str, accept: &str) -> Sent {
        let url = if url.starts_with('/') { format!("{}{url}", self.base) } else { url.to_owned() };
        let ours = url.starts_with(&self.base);
        let mut request = self.http.get(&url).header("accept", accept);
        if ours && !self.cookies.is_empty() {
            let all: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", all.join("; "));
        }
        let answer = self.runtime.block_on(request.send()).expect("an answer");
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str().expect("a cookie");
            assert!(text.contains("HttpOnly") && text.contains("SameSite="), "{text}");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
            self.cookies.retain(|(known, _)| known != name);
            if !text.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let to = answer.headers().get("location").map(|to| to.to_str().expect("an address").to_owned());
        let status = answer.status().as_u16();
        let text = self.runtime.block_on(answer.text()).expect("a text");
        Sent { status, to: to.unwrap_or_default(), text }
    }

    /// Goes to the provider and comes back as far as the address that it sends back to.
    fn go_to_callback(&mut self, next: &str) -> String {
        let sent = self.go(&format!("/api/v1/auth/oidc/start{next}"), "text/html");
        assert_eq!(sent.status, 302, "{sent:?}");
        let sent = self.go(&sent.to, "text/html");
        assert_eq!(sent.status, 303, "{sent:?}");
        sent.to
    }

    /// Signs in by the provider; where it was sent at last.
    fn sign_in(&mut self) -> Sent {
        let back = self.go_to_callback("");
        self.go(&back, "text/html")
    }

    /// The code of the problem that signing in ends with.
    fn refused(&mut self) -> (u16, String) {
        let back = self.go_to_callback("");
        let sent = self.go(&back, "application/json");
        assert!(self.session().is_none(), "nobody is signed in");
        let problem: Value = serde_json::from_str(&sent.text).expect("a problem");
        (sent.status, problem["code"].as_str().expect("a code").to_owned())
    }

    fn session(&self) -> Option<&str> {
        self.cookies.iter().find(|(name, _)| name == "vakhta_session").map(|(_, value)| value.as_str())
    }

    /// The API as whoever is signed in.
    fn api(&self) -> Api {
        Api::new(&self.base).with_token(self.session().expect("signed in"))
    }
}

/// A server that knows the provider. The port is chosen before, as the provider has to know the way back.
fn server(home: &Path, data: &Path, provider: &Provider, more: &[(&str, &str)]) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
    let url = format!("http://127.0.0.1:{port}");
    let mut command = common::vakhta(home);
    command.args(["serve", "--port", &port.to_string(), "--data-dir"]).arg(data);
    let settings = [
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
        ("VAKHTA_LOGIN_PER_MIN", "1000"),
        ("VAKHTA_PUBLIC_URL", &url),
        ("VAKHTA_OIDC_ISSUER", &provider.issuer),
        ("VAKHTA_OIDC_CLIENT_ID", CLIENT),
        ("VAKHTA_OIDC_CLIENT_SECRET", SECRET),
        ("VAKHTA_OIDC_TITLE", "the company’s own"),
        ("VAKHTA_OIDC_TIER_MAP", "staff=user,bosses=system_admin,guests=viewer"),
    ];
    command.envs(settings).envs(more.iter().copied());
    Server::of(command, std::time::Duration::from_mins(1))
        .unwrap_or_else(|log| panic!("it did not start:\n{log}"))
}

#[test]
fn people_of_a_provider_sign_in_and_are_what_their_groups_say() {
    let (home, data) = home();
    let provider = Provider::start();
    let server = server(home.path(), &data, &provider, &[]);
    let admin = Api::of(&server);
    let methods = Api::new(&server.url).get("auth/methods").expect(200);
    assert_eq!(
        methods["provider"],
        json!({"title": "the company’s own", "start": "/api/v1/auth/oidc/start"})
    );

    let mut anna = Browser::new(&server.url);
    let back = anna.go_to_callback("?next=%2Fmodels%3Fq%3D1");
    let sent = anna.go(&back, "text/html");
    assert_eq!((sent.status, sent.to.as_str()), (302, "/ui/models?q=1"));
    let profile = anna.api().get("auth/profile").expect(200)["user"].clone();
    assert_eq!((&profile["username"], &profile["tier"]), (&json!("anna"), &json!("user")));
    assert_eq!(profile["provider"], provider.issuer);
    assert_eq!(anna.cookies.len(), 1, "what it kept on the way is gone: {:?}", anna.cookies);
    // The same way back again: the code was used, and the browser keeps nothing to ask with.
    let again = anna.go(&back, "application/json");
    assert!(again.text.contains("sign_in_not_asked"), "{}", again.text);

    // No password signs it in, none can be given to it, and the provider asks for a second factor itself.
    let by_password = |password: &str| {
        let body = json!({"username": "anna", "password": password});
        Api::new(&server.url).post("auth/login", &body).status
    };
    assert_eq!((by_password(""), by_password(PASSWORD)), (401, 401));
    let id = profile["id"].as_str().expect("an id").to_owned();
    let give = json!({"password": "lighthouse keeper 7"});
    assert_eq!(admin.put(&format!("auth/users/{id}"), &give).expect(409)["code"], "provider_account");
    assert_eq!(admin.put(&format!("auth/users/{id}"), &json!({"reset_password": true})).status, 409);
    assert_eq!(anna.api().get("auth/profile/second-factor").expect(200)["available"], false);

    // Another name at the provider is the same person, another subject of the same name is not.
    provider.inside().person =
        json!({"sub": "42", "preferred_username": "anya", "groups": ["guests", "staff"]});
    let mut later = Browser::new(&server.url);
    assert_eq!(later.sign_in().status, 302);
    assert_eq!(later.api().get("auth/profile").expect(200)["user"]["id"], id.as_str());
    anna.api().get("models").expect(200);
    provider.inside().person = json!({"sub": "43", "email": "anna@shop.example", "groups": ["guests"]});
    let mut other = Browser::new(&server.url);
    assert_eq!(other.sign_in().status, 302);
    let profile = other.api().get("auth/profile").expect(200)["user"].clone();
    assert_eq!((&profile["username"], &profile["tier"]), (&json!("anna-2"), &json!("viewer")));
    provider.inside().person = json!({"sub": "44", "preferred_username": "admin", "groups": ["staff"]});
    assert_eq!(Browser::new(&server.url).sign_in().status, 302);
    assert_eq!(
        admin.get("auth/profile").expect(200)["user"]["provider"],
        Value::Null,
        "nobody takes a name over"
    );

    // Groups are asked at each sign-in, and what hung on the tier before ends.
    let token = anna.api().post("auth/tokens", &json!({"name": "nightly"})).expect(201)["token"].clone();
    provider.inside().person = json!({"sub": "42", "preferred_username": "anna", "groups": ["bosses"]});
    assert_eq!(later.sign_in().status, 302);
    assert_eq!(later.api().get("auth/profile").expect(200)["user"]["tier"], "system_admin");
    later.api().get("auth/users").expect(200);
    anna.api().get("models").expect(401);
    Api::new(&server.url).with_token(token.as_str().expect("shown once")).get("models").expect(401);

    // The last system administrator stays one, whatever the groups say.
    let own = admin.get("auth/profile").expect(200)["user"]["id"].as_str().expect("an id").to_owned();
    later.api().put(&format!("auth/users/{own}"), &json!({"tier": "user"})).expect(200);
    provider.inside().person = json!({"sub": "42", "preferred_username": "anna", "groups": ["guests"]});
    assert_eq!(later.sign_in().status, 302);
    assert_eq!(later.api().get("auth/profile").expect(200)["user"]["tier"], "system_admin");

    // Without a group nobody comes in, known or not; a disabled account neither.
    provider.inside().person = json!({"sub": "42", "preferred_username": "anna"});
    assert_eq!(Browser::new(&server.url).refused(), (403, "no_tier".to_owned()));
    provider.inside().person = json!({"sub": "99", "preferred_username": "zoe", "groups": ["others"]});
    assert_eq!(Browser::new(&server.url).refused(), (403, "no_tier".to_owned()));
    assert!(!later.api().get("auth/users").text.contains("zoe"));
    let other_id = profile["id"].as_str().expect("an id");
    later.api().put(&format!("auth/users/{other_id}"), &json!({"is_active": false})).expect(200);
    provider.inside().person = json!({"sub": "43", "groups": ["guests"]});
    assert_eq!(Browser::new(&server.url).refused(), (403, "account_disabled".to_owned()));
    let told = later.api().get("events?limit=500").text;
    assert!(told.contains("user.sign_in_failed") && told.contains("\"why\":\"no_tier\""), "{told}");
    assert!(!(told + &server.log()).contains(SECRET), "the secret is told");
}

#[test]
fn nobody_gets_in_by_a_word_that_is_not_the_providers_for_this_question() {
    let (home, data) = home();
    let provider = Provider::start();
    let server = server(home.path(), &data, &provider, &[]);
    let url = server.url.as_str();
    let not_taken = (401, "id_token_refused".to_owned());

    let wrong = [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "another client"}),
        json!({"aud": [CLIENT, "another"]}),
        json!({"azp": "another"}),
        json!({"iss": "https://another.example"}),
        json!({"exp": 1_000_000_000}),
        json!({"iat": 4_000_000_000_i64}),
        json!({"sub": ""}),
    ];
    for claims in wrong {
        provider.inside().claims = claims.clone();
        assert_eq!(Browser::new(url).refused(), not_taken, "{claims}");
    }
    provider.inside().claims = json!({});
    for head in [
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "RS256"}),
        json!({"kid": "another"}),
        json!({"crit": ["b64"]}),
    ] {
        provider.inside().head = head.clone();
        assert_eq!(Browser::new(url).refused(), not_taken, "{head}");
    }
    provider.inside().head = json!({});

    // State: of another question, of nobody's, and without the cookie of whoever asked.
    let mut mine = Browser::new(url);
    let mine_back = mine.go_to_callback("");
    let mut hers = Browser::new(url);
    let hers_back = hers.go_to_callback("");
    for (browser, back) in [
        (&mut mine, hers_back.as_str()),
        (&mut hers, "/api/v1/auth/oidc/callback?code=x&state="),
        (&mut Browser::new(url), mine_back.as_str()),
    ] {
        let sent = browser.go(back, "application/json");
        assert!(sent.status == 401 && sent.text.contains("sign_in_not_asked"), "{sent:?}");
        assert!(browser.session().is_none());
    }
    let sent = Browser::new(url).go(&mine_back, "text/html");
    assert_eq!((sent.status, sent.to.as_str()), (302, "/ui/sign-in?problem=sign_in_not_asked"));

    // A code works once, also for the browser that it was given to.
    let mut twice = Browser::new(url);
    let back = twice.go_to_callback("");
    let kept = twice.cookies.clone();
    assert_eq!(twice.go(&back, "text/html").to, "/ui/");
    twice.cookies = kept;
    let replayed = twice.go(&back, "application/json");
    assert!(replayed.status == 401 && replayed.text.contains("provider_refused"), "{replayed:?}");
    // What the provider itself refuses.
    let mut refused = Browser::new(url);
    let state = refused
        .go_to_callback("")
        .split("state=")
        .nth(1)
        .and_then(|s| s.split('&').next())
        .expect("a state")
        .to_owned();
    let sent = refused
        .go(&format!("/api/v1/auth/oidc/callback?error=access_denied&state={state}"), "application/json");
    assert!(sent.status == 401 && sent.text.contains("access_denied"), "{sent:?}");

    // A key that was never published signs nobody in, and one that was published since is read once.
    let reads = provider.inside().key_reads;
    provider.turn_key(false);
    assert_eq!(Browser::new(url).refused(), not_taken);
    assert_eq!(Browser::new(url).refused(), not_taken);
    assert!(provider.inside().key_reads <= reads + 1, "asked for keys without end");

    // Nobody is sent away from here.
    for next in ["?next=%2F%2Fevil.example", "?next=https%3A%2F%2Fevil.example", "?next=%2F%5Cevil.example"] {
        let mut browser = Browser::new(url);
        let sent = browser.go(&format!("/api/v1/auth/oidc/start{next}"), "text/html");
        assert_eq!(sent.status, 302);
    }
    drop(provider);
    let mut late = Browser::new(url);
    let sent = late.go("/api/v1/auth/oidc/start", "text/html");
    assert_eq!(sent.status, 302, "its addresses are known for an hour");
}

#[test]
fn settings_of_a_provider_are_checked_at_the_start() {
    let (home, data) = home();
    let start =
        |more: &[(&str, &str)]| Server::try_start(home.path(), &data, more).map(|_| ()).expect_err("refused");
    let issuer = ("VAKHTA_OIDC_ISSUER", "https://id.example");
    let (client, public) =
        (("VAKHTA_OIDC_CLIENT_ID", CLIENT), ("VAKHTA_PUBLIC_URL", "https://vakhta.example"));
    for (more, words) in [
        (vec![issuer, public], "oidc_client_id"),
        (vec![issuer, client], "public_url"),
        (vec![issuer, client, public], "oidc_default_tier"),
        (vec![issuer, client, public, ("VAKHTA_OIDC_TIER_MAP", "staff=boss")], "staff=boss"),
        (
            vec![
                ("VAKHTA_OIDC_ISSUER", "http://id.example"),
                client,
                public,
                ("VAKHTA_OIDC_TIER_MAP", "a=user"),
            ],
            "not https",
        ),
    ] {
        let log = start(&more);
        assert!(log.contains(words), "{words} is missing in {log}");
    }
    // One that is away holds nothing up but its own sign-ins.
    let gone = [
        ("VAKHTA_OIDC_ISSUER", "http://127.0.0.1:9"),
        client,
        ("VAKHTA_PUBLIC_URL", "http://127.0.0.1:1"),
        ("VAKHTA_OIDC_DEFAULT_TIER", "viewer"),
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
    ];
    let server = Server::start(home.path(), &data, &gone);
    Api::of(&server).get("models").expect(200);
    let away = Api::new(&server.url).get("auth/oidc/start").expect(503);
    assert_eq!(away["code"], "provider_unavailable");
}
