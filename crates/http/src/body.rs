//! JSON bodies, read strictly: every wrong field is named at once, nothing unknown passes silently.

mod strict;

use crate::edge::{Attentive, Caller};
use crate::problem::{FieldError, Problem};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use vakhta_domain::spec::structure;

pub use strict::{MAX_DEPTH, parse_json};

/// The longest time that a body other than an upload may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A JSON body that was compared with the schema of `T`. As an answer: `T` as JSON.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + JsonSchema> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = media_type(request.headers());
        if !kind.as_deref().is_some_and(is_json) {
            return Err(unsupported(kind.as_deref(), "application/json"));
        }
        from_bytes(&whole_body(request).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Reads a body of the kind that `T` describes, with every wrong place in the error.
pub fn from_bytes<T: DeserializeOwned + JsonSchema>(bytes: &[u8]) -> Result<T, Problem> {
    let document = parse_json(bytes)?;
    let errors = structure::compare(&document, &schemars::schema_for!(T).to_value());
    if !errors.is_empty() {
        return Err(Problem::invalid("bad_input", errors.into_iter().map(FieldError::from)));
    }
    serde_path_to_error::deserialize(document).map_err(|e| {
        let pointer = e.path().iter().fold(String::new(), |text, part| format!("{text}/{part}"));
        Problem::invalid_field(pointer, e.inner().to_string())
    })
}

/// Reads a JSON value strictly and says why it cannot be read: 400 for what is not JSON, 422 for what JSON
/// leaves open (a key twice).
pub fn json_value(bytes: &[u8]) -> Result<Value, Problem> {
    parse_json(bytes)
}

/// The whole body, within the address's size limit and two time limits: for all of it, and for a pause in it.
pub async fn whole_body(request: Request) -> Result<Bytes, Problem> {
    let request = match request.extensions().get::<Caller>().map(|caller| caller.body_silence) {
        Some(silence) => request.map(|body| Body::new(Attentive::new(body, silence))),
        None => request,
    };
    match tokio::time::timeout(READ_TIMEOUT, Bytes::from_request(request, &())).await {
        Ok(bytes) => Ok(bytes?),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            format!("the body did not arrive within {} seconds", READ_TIMEOUT.as_secs()),
        )),
    }
}

/// The media type in lower case, without parameters; none where it is absent or its charset is not UTF-8.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    Some(text.split(';').next().unwrap_or_default().trim().to_owned())
}

/// Whether a media type is JSON.
pub fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

/// 415, naming what is taken.
pub fn unsupported(kind: Option<&str>, wanted: &str) -> Problem {
    let found = kind.map_or("none".to_owned(), |kind| format!("`{kind}`"));
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        format!("the content type is {found}, send {wanted}"),
    )
}

/// A path parameter, with a problem document where it cannot be read.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only its reading is tested")]
        model_key: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its reading is tested")]
        horizon: Option<u32>,
        #[serde(default)]
        rows: Vec<serde_json::Map<String, Value>>,
    }

    #[test]
    fn bad_bodies_are_refused_by_place() {
        let deep = format!("{{\"model_key\":\"a\",\"rows\":[{}]}}", "[".repeat(200));
        let cases: &[(&str, u16, &str, &str)] = &[
            ("", 400, "", "empty"),
            ("{", 400, "", "line 1"),
            ("nonsense", 400, "", "line 1"),
            ("{\"model_key\": \"a\"} x", 400, "", "trailing"),
            ("{\"model_key\": NaN}", 400, "", "line 1"),
            (&deep, 400, "", "levels"),
            ("{\"model_key\":\"a\",\"model_key\":\"b\"}", 422, "/model_key", "twice"),
            ("{\"model_key\":\"a\",\"rows\":[{\"x\":1,\"x\":2}]}", 422, "/rows/0/x", "twice"),
            ("{\"model_key\":\"a\\u0000b\"}", 422, "/model_key", "NUL"),
            ("{\"model_key\":\"a\",\"rows\":[{\"x\\u0000\":1}]}", 422, "/rows/0", "NUL"),
            ("[]", 422, "", "expected a group of fields"),
            ("{}", 422, "/model_key", "missing"),
            ("{\"model_key\": 3}", 422, "/model_key", "expected a text, found `3`"),
            ("{\"model_key\":\"a\",\"horizn\":3}", 422, "/horizn", "did you mean `horizon`?"),
            ("{\"model_key\":\"a\",\"horizon\":-3}", 422, "/horizon", "-3"),
            ("{\"model_key\":\"a\",\"horizon\":99999999999}", 422, "/horizon", "99999999999"),
        ];
        for (body, status, pointer, words) in cases {
            let problem = from_bytes::<Order>(body.as_bytes()).expect_err(body);
            let shown = format!("{problem:?}");
            assert_eq!(problem.status().as_u16(), *status, "{body}: {shown}");
            assert!(shown.contains(words), "{body}: {shown}");
            assert!(
                shown.contains(&format!("pointer: \"{pointer}\"")) || pointer.is_empty(),
                "{body}: {shown}"
            );
        }
        assert_eq!(
            from_bytes::<Order>(b"{\"model_key\":\"\xff\"}").expect_err("not UTF-8").status().as_u16(),
            400
        );
    }

    #[test]
    fn records_may_have_any_columns() {
        let order: Order =
            from_bytes(br#"{"model_key":"a","rows":[{"branch":"x","y":1.5,"any":null}]}"#).expect("right");
        assert_eq!(order.rows[0].len(), 3);
    }
}
