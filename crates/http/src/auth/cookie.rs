//! The cookie that keeps a browser signed in.

use axum::http::HeaderValue;

/// The session cookie's name. `__Host-` makes browsers refuse it from another host or without TLS.
pub fn session_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-vakhta_session" } else { "vakhta_session" }
}

/// The session cookie; an age of 0 removes it.
pub(crate) fn session_cookie(secret: &str, max_age_seconds: u64, secure: bool) -> HeaderValue {
    let name = session_cookie_name(secure);
    let only_tls = if secure { "; Secure" } else { "" };
    let text =
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_seconds}{only_tls}");
    HeaderValue::from_str(&text).expect("the secret is hex")
}
