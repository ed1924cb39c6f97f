//! The cookie that keeps a browser signed in, and the one that it keeps on its way to a provider.

use axum::http::{HeaderMap, HeaderValue, header};

/// The session cookie's name. `__Host-` makes browsers refuse it from another host or without TLS.
pub fn session_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-vakhta_session" } else { "vakhta_session" }
}

/// The cookie that a browser keeps on its way to a provider and back.
pub(crate) fn way_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-vakhta_way" } else { "vakhta_way" }
}

/// The session cookie; an age of 0 removes it.
pub(crate) fn session_cookie(secret: &str, max_age_seconds: u64, secure: bool) -> HeaderValue {
    cookie(session_cookie_name(secure), secret, "Strict", max_age_seconds, secure)
}

/// The cookie of the way to a provider; an age of 0 removes it. A browser that the provider sends back comes from
/// another site: with `Strict` it would come without.
pub(crate) fn way_cookie(kept: &str, max_age_seconds: u64, secure: bool) -> HeaderValue {
    cookie(way_cookie_name(secure), kept, "Lax", max_age_seconds, secure)
}

fn cookie(name: &str, value: &str, same_site: &str, max_age_seconds: u64, secure: bool) -> HeaderValue {
    let only_tls = if secure { "; Secure" } else { "" };
    let text = format!(
        "{name}={value}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={max_age_seconds}{only_tls}"
    );
    HeaderValue::from_str(&text).expect("what is kept is hex or base64url")
}

/// The value of a cookie of that name.
pub(crate) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}
