//! Mail by SMTP, over TLS unless a person asked for none.

use crate::addresses;
use crate::secrets::Filled;
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::time::{Duration, SystemTime};
use vakhta_domain::alert::channel::{self, EmailTarget};
use vakhta_domain::alert::words::plain;
use vakhta_domain::ports::{Dispatch, NotifyError};

/// Each step of the talk.
const STEP: Duration = Duration::from_secs(10);

pub(crate) async fn send(
    dispatch: Dispatch<'_>,
    target: &EmailTarget,
    secrets: &Filled,
) -> Result<(), NotifyError> {
    let letter = letter(dispatch, target)?;
    let port = target.port.unwrap_or(match target.tls {
        channel::Tls::Tls => 465,
        channel::Tls::Starttls => 587,
        channel::Tls::None => 25,
    });
    let bare = target.host.trim_start_matches('[').trim_end_matches(']');
    let addresses = addresses::of(bare, port).await?;
    let mut last = NotifyError::Lasting(format!("{bare} has no address"));
    for address in addresses {
        let transport = transport(&address.ip().to_string(), port, bare, target, secrets)?;
        match transport.send(letter.clone()).await {
            Ok(_) => return Ok(()),
            // Another address is asked only where this one was not reached: what a server said holds.
            Err(error) if error.is_response() => return Err(told(&error)),
            Err(error) => last = told(&error),
        }
    }
    Err(last)
}

fn lasting(text: impl std::fmt::Display) -> NotifyError {
    NotifyError::Lasting(text.to_string())
}

fn letter(dispatch: Dispatch<'_>, target: &EmailTarget) -> Result<Message, NotifyError> {
    let mailbox = |text: &str| -> Result<Mailbox, NotifyError> {
        text.parse().map_err(|error| lasting(format!("`{text}` is no address of mail: {error}")))
    };
    let from = mailbox(&target.from)?;
    let domain = from.email.domain().to_owned();
    let mut letter = Message::builder()
        .from(from)
        // The same in every attempt.
        .message_id(Some(format!("<{}@{domain}>", dispatch.id)))
        .date(SystemTime::from(dispatch.at))
        .subject(&dispatch.message.subject)
        .header(ContentType::TEXT_PLAIN);
    for to in &target.to {
        letter = letter.to(mailbox(to)?);
    }
    letter
        .body(plain(dispatch.message))
        .map_err(|error| lasting(format!("the mail cannot be written: {error}")))
}

fn transport(
    address: &str,
    port: u16,
    host: &str,
    target: &EmailTarget,
    secrets: &Filled,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, NotifyError> {
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address)
        .port(port)
        .timeout(Some(STEP))
        .hello_name(ClientId::Domain("vakhta.localhost".into()))
        .tls(match target.tls {
            channel::Tls::None => Tls::None,
            channel::Tls::Starttls => Tls::Required(parameters(host, target)?),
            channel::Tls::Tls => Tls::Wrapper(parameters(host, target)?),
        });
    if let Some(name) = &target.username {
        let password = secrets.password.clone().unwrap_or_default();
        if target.tls == channel::Tls::None {
            return Err(lasting("a password is never sent in the open"));
        }
        builder = builder.credentials(Credentials::new(name.clone(), password));
    }
    Ok(builder.build())
}

fn parameters(host: &str, target: &EmailTarget) -> Result<TlsParameters, NotifyError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &target.ca_pem {
        let authority = Certificate::from_pem(pem.as_bytes())
            .map_err(|error| lasting(format!("the certificate of the authority cannot be read: {error}")))?;
        // The company's own authority speaks for its servers, and nobody else does.
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(authority);
    }
    builder.build_rustls().map_err(|error| lasting(format!("no TLS: {}", bottom(&error))))
}

fn told(error: &lettre::transport::smtp::Error) -> NotifyError {
    let text = match error.status() {
        Some(code) => format!("the mail server answered {code}: {}", bottom(error)),
        None => format!("the mail server cannot be used: {}", bottom(error)),
    };
    // A certificate or a switch to TLS that is missing today may be there tomorrow; a refusal by code 5xx is final.
    if error.is_permanent() {
        NotifyError::Lasting(text)
    } else {
        NotifyError::Passing { text, retry_after: None }
    }
}

fn bottom(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text: String = cause.to_string().chars().filter(|c| !c.is_control()).take(300).collect();
    text
}
