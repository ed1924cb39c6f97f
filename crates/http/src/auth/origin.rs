//! Whether a request that carries a cookie was made by a page of ours.

use axum::http::{HeaderMap, header};

/// Whether the browser says that a page of this origin made the request. Browsers send `Origin` with every
/// unsafe request and every WebSocket, and `Sec-Fetch-Site` wherever the page came by TLS or loopback.
pub(crate) fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    // The scheme is not compared: behind a proxy that ends TLS, the server does not know it.
    let origin =
        text(header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    match (origin, text(header::HOST.as_str())) {
        (Some(origin), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn only_our_own_pages_pass() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "http://a:1"), ("host", "a:1")], false),
            (&[("origin", "http://a:1"), ("host", "a:1")], true),
            (&[("origin", "https://A.example"), ("host", "a.example")], true),
            (&[("origin", "http://a:1"), ("host", "a:2")], false),
            (&[("origin", "null"), ("host", "a:2")], false),
            (&[("host", "a:2")], false),
            (&[], false),
        ];
        for (headers, expected) in cases {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                        HeaderValue::from_static(value),
                    )
                })
                .collect();
            assert_eq!(same_origin(&map), *expected, "{headers:?}");
        }
    }
}
