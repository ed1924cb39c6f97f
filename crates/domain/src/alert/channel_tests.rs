use super::*;

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn email() -> EmailTarget {
    EmailTarget {
        host: "mail.example.com".into(),
        port: None,
        tls: Tls::Starttls,
        username: Some("vakhta".into()),
        from: "Vakhta <vakhta@example.com>".into(),
        to: vec!["ops@example.com".into()],
        ca_pem: None,
    }
}

fn pointer(target: &Target, secrets: &Secrets) -> Option<&'static str> {
    check("ops", target, secrets).err().map(|bad| bad.pointer)
}

#[test]
fn hooks_are_checked() {
    let with = |url: &str| Secrets { url: Some(secret(url)), ..Secrets::default() };
    for good in ["https://hooks.example.com/a/b?c=d", "http://10.0.0.5:8065/hooks/x", "${file:hook}"] {
        assert_eq!(pointer(&Target::Webhook, &with(good)), None, "{good}");
    }
    for bad in ["", "ftp://h/x", "https://", "https://u:p@h/", "https://h /x", "${env:PATH}", "h\nx"] {
        assert_eq!(pointer(&Target::Webhook, &with(bad)), Some("/url"), "{bad}");
    }
    assert_eq!(pointer(&Target::Webhook, &Secrets::default()), Some("/url"));
    let chat = Target::Chat(ChatTarget::default());
    let token = Secrets { token: Some(secret("t")), ..with("https://h/x") };
    assert_eq!(pointer(&chat, &token), Some("/token"), "a hook of Slack takes none");
    assert_eq!(pointer(&Target::Webhook, &token), None);
}

#[test]
fn mail_is_checked_and_no_password_goes_in_the_open() {
    let secrets = Secrets { password: Some(secret("p")), ..Secrets::default() };
    let of = |change: &dyn Fn(&mut EmailTarget)| {
        let mut target = email();
        change(&mut target);
        pointer(&Target::Email(target), &secrets)
    };
    assert_eq!(of(&|_| ()), None);
    assert_eq!(of(&|e| e.tls = Tls::None), Some("/email/tls"));
    assert_eq!(of(&|e| e.username = None), Some("/email/username"));
    assert_eq!(of(&|e| e.to.clear()), Some("/email/to"));
    assert_eq!(of(&|e| e.to = vec!["nobody".into()]), Some("/email/to"));
    assert_eq!(of(&|e| e.from = "a@b, c@d".into()), Some("/email/from"));
    assert_eq!(of(&|e| e.host = "h/../x".into()), Some("/email/host"));
    assert_eq!(of(&|e| e.ca_pem = Some("x".into())), Some("/email/ca_pem"));
    assert_eq!(pointer(&Target::Email(email()), &Secrets::default()), Some("/password"));
}

#[test]
fn telegram_is_checked() {
    let of = |chat_id: &str, api: Option<&str>, token: Option<&str>| {
        let target =
            Target::Telegram(TelegramTarget { chat_id: chat_id.into(), api: api.map(str::to_owned) });
        pointer(&target, &Secrets { token: token.map(Secret::new), ..Secrets::default() })
    };
    assert_eq!(of("-1001234567890", None, Some("12:ab")), None);
    assert_eq!(of("@ops_channel", Some("http://127.0.0.1:8081"), Some("12:ab")), None);
    assert_eq!(of("ops", None, Some("12:ab")), Some("/telegram/chat_id"));
    assert_eq!(of("1", Some("no"), Some("12:ab")), Some("/telegram/api"));
    assert_eq!(of("1", None, None), Some("/token"));
}

#[test]
fn a_kept_secret_never_goes_to_another_place() {
    let before = Secrets { password: Some(secret("p")), ..Secrets::default() };
    let old = Target::Email(email());
    let same = Target::Email(EmailTarget { to: vec!["a@b".into()], ..email() });
    assert_eq!(merged((&old, &before), &same, Secrets::default()), Ok(before.clone()));
    let elsewhere = Target::Email(EmailTarget { host: "evil.example.com".into(), ..email() });
    let refused = merged((&old, &before), &elsewhere, Secrets::default()).expect_err("it would leak");
    assert_eq!(refused.pointer, "/password");
    let again = Secrets { password: Some(secret("q")), ..Secrets::default() };
    assert_eq!(merged((&old, &before), &elsewhere, again.clone()), Ok(again));
    let gone = Secrets { password: Some(secret("")), ..Secrets::default() };
    assert_eq!(merged((&old, &before), &same, gone), Ok(Secrets::default()));

    let hook = Secrets { url: Some(secret("https://a/x")), token: Some(secret("t")), password: None };
    let moved = Secrets { url: Some(secret("https://b/x")), ..Secrets::default() };
    assert!(merged((&Target::Webhook, &hook), &Target::Webhook, moved).is_err());
    let telegram =
        |api: &str| Target::Telegram(TelegramTarget { chat_id: "1".into(), api: Some(api.to_owned()) });
    let bot = Secrets { token: Some(secret("12:ab")), ..Secrets::default() };
    assert!(merged((&telegram("https://a"), &bot), &telegram("https://b"), Secrets::default()).is_err());
    let other_kind = merged((&telegram("https://a"), &bot), &Target::Webhook, Secrets::default());
    assert_eq!(other_kind, Ok(Secrets::default()), "nothing of another kind stays");
}

#[test]
fn secrets_do_not_show_themselves() {
    let secrets =
        Secrets { url: Some(secret("https://h/secret")), token: Some(secret("hunter2")), password: None };
    let shown = format!("{secrets:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("/secret"), "{shown}");
    assert_eq!(secrets.names(), ["url", "token"]);
    assert_eq!(address_of(&Target::Webhook, &secrets).as_deref(), Some("https://h"));
}
