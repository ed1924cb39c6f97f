//! A small OpenID Connect provider: discovery, keys, an authorization page that signs in whoever a test says, and a
//! token address that checks what a real one checks. Signs by ES256 with a key made anew.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// What we are called at the provider.
pub const CLIENT: &str = "vakhta";
/// The secret that it gave us. Basic authentication takes it form-encoded, so a blank and a percent sign are worth a try.
pub const SECRET: &str = "a secret of 100%";

/// What the provider does, as a test wants it.
pub struct Inside {
    /// Who comes to the authorization page.
    pub person: Value,
    /// What is changed about the next ID token, before it is signed.
    pub claims: Value,
    /// What is changed about its header.
    pub head: Value,
    /// The key that signs; the published one is the first that was made.
    key: EcdsaKeyPair,
    published: Value,
    kid: u32,
    issuer: String,
    /// Questions by the code that was given for them.
    codes: HashMap<String, HashMap<String, String>>,
    given: u32,
    /// How often its keys were asked for.
    pub key_reads: u32,
}

type Shared = Arc<Mutex<Inside>>;

/// A provider on a free loopback port; it ends with the value.
pub struct Provider {
    inside: Shared,
    /// Its issuer.
    pub issuer: String,
    _runtime: tokio::runtime::Runtime,
}

fn key() -> EcdsaKeyPair {
    let (kind, chance) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let made = EcdsaKeyPair::generate_pkcs8(kind, &chance).expect("a key");
    EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &chance).expect("a key")
}

fn jwk(key: &EcdsaKeyPair, kid: u32) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": format!("key-{kid}"),
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..])})
}

impl Provider {
    /// Starts it.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let issuer = format!("http://{}/realm", listener.local_addr().expect("bound"));
        let first = key();
        let inside = Arc::new(Mutex::new(Inside {
            person: json!({"sub": "42", "preferred_username": "anna", "groups": ["staff"]}),
            claims: json!({}),
            head: json!({}),
            published: jwk(&first, 1),
            key: first,
            kid: 1,
            issuer: issuer.clone(),
            codes: HashMap::new(),
            given: 0,
            key_reads: 0,
        }));
        let router = Router::new()
            .route("/realm/.well-known/openid-configuration", get(describe))
            .route("/realm/keys", get(keys))
            .route("/realm/authorize", get(authorize))
            .route("/realm/token", post(token))
            .with_state(Arc::clone(&inside));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { inside, issuer, _runtime: runtime }
    }

    /// What it does, to be changed.
    pub fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no handler panicked")
    }

    /// Signs with a new key from now on, and publishes it or not.
    pub fn turn_key(&self, publish: bool) {
        let mut inside = self.inside();
        inside.key = key();
        if publish {
            inside.kid += 1;
            inside.published = jwk(&inside.key, inside.kid);
        }
    }
}

async fn describe(State(inside): State<Shared>) -> Json<Value> {
    let issuer = inside.lock().expect("no handler panicked").issuer.clone();
    Json(json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?realm=x"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"]}))
}

async fn keys(State(inside): State<Shared>) -> Json<Value> {
    let mut inside = inside.lock().expect("no handler panicked");
    inside.key_reads += 1;
    // A kind of key that nobody here knows stands beside ours.
    Json(json!({"keys": [{"kty": "OKP", "crv": "X448", "x": "AA"}, inside.published]}))
}

async fn authorize(
    State(inside): State<Shared>,
    Query(question): Query<HashMap<String, String>>,
) -> Response {
    let mut inside = inside.lock().expect("no handler panicked");
    let of = |name: &str| question.get(name).cloned().unwrap_or_default();
    let right = of("client_id") == CLIENT
        && of("response_type") == "code"
        && of("code_challenge_method") == "S256"
        && of("realm") == "x"
        && of("scope").split(' ').any(|scope| scope == "openid");
    if !right {
        return (StatusCode::BAD_REQUEST, format!("{question:?}")).into_response();
    }
    inside.given += 1;
    let code = format!("code/{}+&", inside.given);
    let mut back = reqwest::Url::parse(&of("redirect_uri")).expect("an address");
    back.query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("state", &of("state"))
        .append_pair("iss", &inside.issuer)
        .append_pair("session_state", "whatever");
    inside.codes.insert(code, question);
    Redirect::to(back.as_str()).into_response()
}

async fn token(State(inside): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let form = reqwest::Url::parse(&format!("http://form/?{body}")).expect("a form");
    let form: HashMap<String, String> = form.query_pairs().into_owned().collect();
    let mut inside = inside.lock().expect("no handler panicked");
    let refuse = |word: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": word}))).into_response();
    let encoded = |text: &str| text.replace('%', "%25").replace(' ', "+");
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{}", encoded(SECRET))));
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(basic.as_str()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
    }
    let of = |name: &str| form.get(name).cloned().unwrap_or_default();
    // Each code once.
    let Some(question) = inside.codes.remove(&of("code")) else { return refuse("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, of("code_verifier").as_bytes()));
    let same = question["code_challenge"] == challenge && question["redirect_uri"] == of("redirect_uri");
    if !same || of("grant_type") != "authorization_code" {
        return refuse("invalid_grant");
    }
    let now = now();
    let mut claims = json!({"iss": inside.issuer, "aud": CLIENT, "iat": now, "exp": now + 300,
        "nonce": question["nonce"]});
    extend(&mut claims, &inside.person);
    extend(&mut claims, &inside.claims);
    let mut head = json!({"alg": "ES256", "kid": format!("key-{}", inside.kid)});
    extend(&mut head, &inside.head);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&head), part(&claims));
    let tag = inside.key.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
    let id_token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag));
    Json(json!({"access_token": "x", "token_type": "Bearer", "id_token": id_token})).into_response()
}

fn extend(value: &mut Value, more: &Value) {
    let more = more.as_object().expect("an object").clone();
    value.as_object_mut().expect("an object").extend(more);
}

#[expect(clippy::disallowed_methods, reason = "the provider has a clock of its own")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
