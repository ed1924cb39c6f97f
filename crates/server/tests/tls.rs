//! Story: a certificate is made, the server speaks TLS with it, and takes another one without dropping a connection.

mod common;

use common::{PASSWORD, Server, home, run, said, vakhta};
use reqwest::Certificate;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

fn make(home: &Path, more: &[&str]) -> Certificate {
    let mut arguments = vec!["tls", "self-signed", "--host", "localhost,127.0.0.1", "--out", "tls"];
    arguments.extend_from_slice(more);
    let made = run(home, &arguments, &[]);
    assert!(made.status.success(), "{}", said(&made));
    read(home)
}

fn read(home: &Path) -> Certificate {
    let pem = std::fs::read(home.join("tls/cert.pem")).expect("made");
    Certificate::from_pem(&pem).expect("PEM")
}

fn client(trusted: Certificate) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().tls_certs_only([trusted]).timeout(Duration::from_secs(10));
    builder.build().expect("a client")
}

#[test]
fn tls_is_spoken_and_its_certificate_changes() {
    let (home, data) = home();
    let first = make(home.path(), &[]);
    assert_eq!(common::mode(&home.path().join("tls/key.pem")), 0o600);
    let again = run(home.path(), &["tls", "self-signed", "--host", "localhost", "--out", "tls"], &[]);
    assert!(!again.status.success() && said(&again).contains("--force"), "{}", said(&again));
    let variables = [
        ("VAKHTA_ADMIN_PASSWORD", PASSWORD),
        ("VAKHTA_TLS_CERT", "tls/cert.pem"),
        ("VAKHTA_TLS_KEY", "tls/key.pem"),
        ("VAKHTA_HEADER_TIMEOUT_S", "2"),
    ];
    let server = Server::start(home.path(), &data, &variables);
    assert!(server.url.starts_with("https://"), "{}", server.url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let health = format!("{}/health/live", server.url);
    let (old, login) = (client(first.clone()), format!("{}/api/v1/auth/login", server.url));
    runtime.block_on(async {
        let body = json!({"username": "admin", "password": PASSWORD}).to_string();
        let request = old.post(&login).header("Content-Type", "application/json").body(body);
        let answer = request.send().await.expect("TLS is spoken");
        assert_eq!(answer.status(), 200);
        let field = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        assert!(field("set-cookie").starts_with("__Host-vakhta_session="), "{}", field("set-cookie"));
        assert!(field("set-cookie").contains("; Secure"));
        assert!(field("strict-transport-security").contains("max-age="));
    });
    // Who speaks plain HTTP there is told; who says nothing is cut.
    let port = server.url.rsplit(':').next().expect("a port").to_owned();
    let (status, words) = runtime.block_on(async {
        let plain =
            client(first.clone()).get(format!("http://127.0.0.1:{port}/")).send().await.expect("an answer");
        (plain.status(), plain.text().await.expect("words"))
    });
    assert_eq!(status, 400);
    assert!(words.contains("https://"), "{words}");
    let silent = common::wire::raw(&server, b"");
    assert_eq!(silent.status, 0);

    // The command line's client trusts what the system does, and what it is told to.
    let sign_in = |trusted: Option<&str>| {
        let mut command = vakhta(home.path());
        command.args(["login", "--server", &server.url, "--username", "admin", "--password-stdin"]);
        command.envs(trusted.map(|file| ("SSL_CERT_FILE", file)));
        let password = home.path().join("password");
        std::fs::write(&password, PASSWORD).expect("written");
        command.stdin(std::fs::File::open(password).expect("there")).output().expect("vakhta starts")
    };
    let signed_in = sign_in(Some("tls/cert.pem"));
    assert!(signed_in.status.success(), "{}", said(&signed_in));
    assert!(!sign_in(None).status.success(), "nobody vouches for it");

    // Half of a pair changes nothing; the pair does, and connections go on.
    std::fs::write(home.path().join("tls/cert.pem"), "nonsense").expect("written");
    assert!(server.says("the old certificate stays in use"));
    let second = make(home.path(), &["--force"]);
    assert!(server.says("the certificate was read again"));
    runtime.block_on(async {
        assert_eq!(old.get(&health).send().await.expect("the connection went on").status(), 200);
        assert_eq!(client(second).get(&health).send().await.expect("the new one").status(), 200);
        client(first).get(&health).send().await.expect_err("the old one is out of use");
    });
    assert!(server.stop().success());
}

#[test]
fn half_of_what_tls_needs_stops_the_start() {
    let (home, data) = home();
    let began = |variables: &[(&str, &str)]| {
        Server::try_start(home.path(), &data, variables).err().expect("it does not start")
    };
    assert!(began(&[("VAKHTA_TLS_CERT", "tls/cert.pem")]).contains("TLS needs both"));
    let both = [("VAKHTA_TLS_CERT", "tls/cert.pem"), ("VAKHTA_TLS_KEY", "tls/key.pem")];
    assert!(began(&both).contains("cannot read tls/cert.pem"));
    make(home.path(), &[]);
    std::fs::write(home.path().join("tls/key.pem"), "no key").expect("written");
    assert!(began(&both).contains("holds no private key"));
}
