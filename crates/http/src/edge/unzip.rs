//! Bodies that come compressed: unpacked while they are read, and only so far.

use crate::problem::Problem;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::{LengthLimitError, Limited};
use std::convert::Infallible;
use std::error::Error;
use tower::{ServiceExt as _, service_fn};
use tower_http::decompression::RequestDecompression;

/// Goes on with the request, its body unpacked where it is compressed by gzip or deflate. Nothing is read here; who
/// reads more than `most` bytes finds an error instead.
pub(crate) async fn unzipped(mut request: Request, next: Next, most: u64) -> Response {
    let Some(coding) = request.headers().get(header::CONTENT_ENCODING) else {
        return next.run(request).await;
    };
    let coding = coding.to_str().unwrap_or("?").trim().to_ascii_lowercase();
    let known = match coding.as_str() {
        "identity" => return next.run(request).await,
        "gzip" => HeaderValue::from_static("gzip"),
        "deflate" => HeaderValue::from_static("deflate"),
        // The inference protocol refuses it in words of its own.
        _ if request.uri().path().starts_with("/v2/") => return next.run(request).await,
        other => return unknown(other).into_response(),
    };
    request.headers_mut().insert(header::CONTENT_ENCODING, known);
    let unpacked = service_fn(move |request: Request<_>| {
        let next = next.clone();
        async move {
            let request = request.map(|body| Body::new(Limited::new(body, most as usize)));
            Ok::<_, Infallible>(next.run(request).await)
        }
    });
    match RequestDecompression::new(unpacked).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

fn unknown(coding: &str) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_encoding",
        format!("the content encoding is `{coding}`, send gzip, deflate or none"),
    )
}

/// Whether a body could not be read because it was larger than allowed, before or after it was unpacked.
pub(crate) fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
