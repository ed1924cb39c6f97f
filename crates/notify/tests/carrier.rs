//! Messages reach real receivers on the loopback, and what goes wrong is told without secrets.

mod receivers;

use receivers::mail::{MailServer, Talk};
use receivers::{OK, Receiver, Reply};
use std::path::PathBuf;
use std::time::Duration;
use vakhta_domain::alert::channel::{ChatTarget, EmailTarget, Secret, Secrets, Target, TelegramTarget, Tls};
use vakhta_domain::alert::delivery::{Delivery, DeliveryKind, DeliveryState};
use vakhta_domain::alert::rule::RuleKind;
use vakhta_domain::alert::{Alert, Detail, Language, Severity, State, words};
use vakhta_domain::ids::{AlertId, ChannelId, DeliveryId, ModelKey, WorkspaceId};
use vakhta_domain::ports::{Dispatch, Notifier as _, NotifyError};
use vakhta_notify::Carrier;

const SOON: Duration = Duration::from_secs(10);

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("a moment")
}

fn delivery() -> Delivery {
    let fires = Alert {
        workspace: WorkspaceId::default_workspace(),
        id: AlertId::new("alert_1"),
        rule: RuleKind::Mape,
        subject: "sales".into(),
        model: Some(ModelKey::new("sales")),
        severity: Severity::Critical,
        worst: Severity::Critical,
        state: State::Firing,
        value: Some(23.4),
        limit: Some(15.0),
        detail: Detail { names: vec!["<!channel>".into()], ..Detail::default() },
        occurrence: String::new(),
        since: at("2026-03-10T04:00:00Z"),
        fired_at: Some(at("2026-03-10T04:10:00Z")),
        acknowledged: None,
        better_since: None,
        resolved_at: None,
        resolved_by: None,
        held: false,
        told: Some(Severity::Critical),
        silenced_by: None,
        revision: 1,
    };
    let over = Alert {
        id: AlertId::new("alert_2"),
        rule: RuleKind::DataLate,
        severity: Severity::Warning,
        state: State::Resolved,
        resolved_at: Some(at("2026-03-11T04:10:00Z")),
        ..fires.clone()
    };
    Delivery {
        workspace: WorkspaceId::default_workspace(),
        id: DeliveryId::new("delivery_1"),
        channel: ChannelId::new("channel_1"),
        group: "model:sales".into(),
        kind: DeliveryKind::Alerts,
        alerts: vec![fires, over],
        state: DeliveryState::Waiting,
        attempts: 1,
        created_at: at("2026-03-11T04:10:00Z"),
        next_at: at("2026-03-11T04:10:00Z"),
        ended_at: None,
        error: None,
    }
}

async fn send(target: &Target, secrets: &Secrets) -> Result<(), NotifyError> {
    let delivery = delivery();
    let message = words::message(&delivery, Language::En, Some("https://v.example.com"));
    let dispatch = Dispatch {
        target,
        secrets,
        channel: "ops",
        id: &delivery.id,
        at: delivery.created_at,
        group: &delivery.group,
        alerts: &delivery.alerts,
        message: &message,
        public_url: Some("https://v.example.com"),
    };
    Carrier::new(PathBuf::from("/nowhere")).send(dispatch).await
}

fn hook(url: &str, token: Option<&str>) -> Secrets {
    Secrets { url: Some(Secret::new(url)), token: token.map(Secret::new), password: None }
}

#[tokio::test]
async fn a_web_hook_has_the_form_of_alertmanagers() {
    let receiver = Receiver::start(vec![OK]);
    let secrets = hook(&format!("{}/hook?k=hunter2", receiver.url), Some("t0ken"));
    send(&Target::Webhook, &secrets).await.expect("it is taken");
    let came = receiver.wait(1, SOON).remove(0);
    assert_eq!((came.path.as_str(), came.header("authorization")), ("/hook?k=hunter2", Some("Bearer t0ken")));
    assert_eq!(came.header("idempotency-key"), Some("delivery_1"));
    let body = &came.body;
    for (field, value) in [("version", "4"), ("status", "firing"), ("receiver", "ops")] {
        assert_eq!(body[field], value);
    }
    assert_eq!(body["externalURL"], "https://v.example.com");
    assert_eq!(body["groupLabels"], serde_json::json!({ "model": "sales" }));
    assert_eq!(
        body["commonLabels"],
        serde_json::json!({ "model": "sales", "subject": "sales", "workspace": "default" })
    );
    let (fires, over) = (&body["alerts"][0], &body["alerts"][1]);
    assert_eq!(fires["labels"]["alertname"], "mape");
    assert_eq!(fires["labels"]["severity"], "critical");
    assert_eq!(
        (&fires["startsAt"], &fires["endsAt"]),
        (&"2026-03-10T04:10:00Z".into(), &"0001-01-01T00:00:00Z".into())
    );
    assert_eq!(fires["generatorURL"], "https://v.example.com/ui/models/sales");
    assert_eq!(fires["fingerprint"].as_str().map(str::len), Some(16));
    assert_eq!(fires["annotations"]["value"], "23.4");
    assert_eq!((&over["status"], &over["endsAt"]), (&"resolved".into(), &"2026-03-11T04:10:00Z".into()));
}

#[tokio::test]
async fn slack_and_mattermost_get_attachments_that_call_nobody() {
    let receiver = Receiver::start(vec![OK]);
    let target = Target::Chat(ChatTarget { channel: Some("ops".into()) });
    send(&target, &hook(&format!("{}/hooks/x", receiver.url), None)).await.expect("it is taken");
    let body = receiver.wait(1, SOON).remove(0).body;
    assert_eq!((&body["channel"], &body["text"]), (&"ops".into(), &"sales: 1 alerts, 1 resolved".into()));
    let first = &body["attachments"][0];
    assert_eq!(first["title"], "[CRITICAL] sales: MAPE 23.4%, the limit is 15%");
    assert_eq!(first["title_link"], "https://v.example.com/ui/models/sales");
    assert_eq!((&first["color"], &body["attachments"][1]["color"]), (&"#c62828".into(), &"#2e7d32".into()));
    let text = first["text"].as_str().expect("a text");
    assert!(text.contains("&lt;!channel&gt;") && !text.contains("<!"), "{text}");
}

#[tokio::test]
async fn telegram_is_spoken_and_its_waits_are_kept() {
    let busy = Reply::With(
        429,
        "content-type: application/json",
        r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#,
    );
    let wrong = Reply::With(400, "a: b", r#"{"ok":false,"description":"Bad Request: chat not found"}"#);
    let strange = Reply::With(200, "a: b", "<html>");
    let good = Reply::With(200, "a: b", r#"{"ok":true,"result":{}}"#);
    let receiver = Receiver::start(vec![busy, wrong, strange, good]);
    let target =
        Target::Telegram(TelegramTarget { chat_id: "-100123".into(), api: Some(receiver.url.clone()) });
    let secrets = Secrets { token: Some(Secret::new("123:hunter2")), ..Secrets::default() };
    let error = send(&target, &secrets).await.expect_err("it is busy");
    let NotifyError::Passing { text, retry_after } = error else { panic!("it passes: {error}") };
    assert!(text.contains("Too Many Requests"), "{text}");
    assert_eq!(retry_after, Some(jiff::SignedDuration::from_secs(7)));
    let error = send(&target, &secrets).await.expect_err("there is no such chat");
    assert!(matches!(&error, NotifyError::Lasting(text) if text.contains("chat not found")), "{error}");
    assert!(matches!(send(&target, &secrets).await, Err(NotifyError::Lasting(_))), "that is no Telegram");
    send(&target, &secrets).await.expect("it is taken");
    let came = receiver.wait(4, SOON).remove(3);
    assert_eq!(came.path, "/bot123:hunter2/sendMessage");
    assert_eq!(came.body["chat_id"], "-100123");
    assert!(came.body["text"].as_str().is_some_and(|text| text.starts_with("[CRITICAL] sales")));
}

#[tokio::test]
async fn what_goes_wrong_is_told_without_secrets() {
    let again = Reply::With(503, "retry-after: 11", "busy");
    let moved = Reply::With(302, "location: http://127.0.0.1:1/", "");
    let receiver =
        Receiver::start(vec![again, moved, Reply::With(404, "a: b", "secrets of the inner network")]);
    let secrets = hook(&format!("{}/hunter2", receiver.url), Some("t0ken"));
    let mut told = Vec::new();
    for passes in [true, false, false] {
        let error = send(&Target::Webhook, &secrets).await.expect_err("it is not taken");
        assert_eq!(matches!(error, NotifyError::Passing { .. }), passes, "{error}");
        told.push(error.to_string());
    }
    let nobody = hook("http://127.0.0.1:1/hunter2", Some("t0ken"));
    told.push(send(&Target::Webhook, &nobody).await.expect_err("nobody is there").to_string());
    let keeper = hook("http://169.254.169.254/hunter2", None);
    let error = send(&Target::Webhook, &keeper).await.expect_err("nobody writes there");
    assert!(matches!(error, NotifyError::Lasting(_)), "{error}");
    told.push(error.to_string());
    let all = told.join("\n");
    assert!(!all.contains("hunter2") && !all.contains("t0ken") && !all.contains("inner network"), "{all}");
    assert_eq!(receiver.came().len(), 3, "no redirect was followed");
}

fn mail(server: &MailServer, tls: Tls) -> EmailTarget {
    let secure = tls != Tls::None;
    EmailTarget {
        host: "localhost".into(),
        port: Some(server.port),
        tls,
        username: secure.then(|| "vakhta".into()),
        from: "Вахта <vakhta@example.com>".into(),
        to: vec!["ops@example.com".into(), "Анна <anna@example.com>".into()],
        ca_pem: secure.then(|| server.pem.clone()),
    }
}

#[tokio::test]
async fn mail_goes_over_tls_with_its_password_and_one_message_id() {
    let secrets = Secrets { password: Some(Secret::new("hunter2")), ..Secrets::default() };
    for (talk, tls) in [(Talk::Tls, Tls::Tls), (Talk::Starttls, Tls::Starttls)] {
        let server = MailServer::start(talk, 0);
        send(&Target::Email(mail(&server, tls)), &secrets).await.expect("it is taken");
        let mail = server.wait(1, SOON).remove(0);
        assert!(mail.over_tls, "{talk:?}");
        // \0vakhta\0hunter2
        assert_eq!(mail.auth.as_deref(), Some("AHZha2h0YQBodW50ZXIy"));
        assert_eq!(mail.to.len(), 2);
        assert!(mail.text.contains("Message-ID: <delivery_1@example.com>"), "{}", mail.text);
        assert!(mail.text.contains("Date: Wed, 11 Mar 2026 04:10:00 +0000"), "{}", mail.text);
        assert!(mail.text.contains("[CRITICAL] sales: MAPE 23.4%"), "{}", mail.text);
    }
}

#[tokio::test]
async fn mail_in_the_open_is_sent_only_when_asked_and_never_with_a_password() {
    let server = MailServer::start(Talk::Plain, 0);
    let target = mail(&server, Tls::None);
    send(&Target::Email(target.clone()), &Secrets::default()).await.expect("it is taken");
    assert!(!server.wait(1, SOON)[0].over_tls);
    let secrets = Secrets { password: Some(Secret::new("hunter2")), ..Secrets::default() };
    let named = EmailTarget { username: Some("vakhta".into()), ..target.clone() };
    assert!(matches!(send(&Target::Email(named), &secrets).await, Err(NotifyError::Lasting(_))));
    // A server without TLS, asked for it: nothing is sent in the open instead.
    let asked = EmailTarget { tls: Tls::Starttls, ..target };
    assert!(send(&Target::Email(asked), &Secrets::default()).await.is_err());
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_refused_and_a_busy_one_is_asked_again() {
    let server = MailServer::start(Talk::Tls, 1);
    let secrets = Secrets { password: Some(Secret::new("hunter2")), ..Secrets::default() };
    let other = MailServer::start(Talk::Tls, 0);
    let strange = EmailTarget { ca_pem: Some(other.pem.clone()), ..mail(&server, Tls::Tls) };
    let error = send(&Target::Email(strange), &secrets).await.expect_err("nobody speaks for it");
    assert!(matches!(error, NotifyError::Passing { .. }), "{error}");
    let target = Target::Email(mail(&server, Tls::Tls));
    let error = send(&target, &secrets).await.expect_err("come again");
    assert!(matches!(&error, NotifyError::Passing { text, .. } if text.contains("451")), "{error}");
    send(&target, &secrets).await.expect("it is taken");
    assert_eq!(server.mails().len(), 1);
}
