//! Refusals as the protocol has them, and what sets its addresses apart in the API's description.

use super::BASE;
use crate::problem::PROBLEM_JSON;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Value, json};

/// No problem document is longer.
const MAX_PROBLEM_BYTES: usize = 4 << 20;
/// Wrong places that are told one by one.
const MAX_TOLD: usize = 10;

/// Turns each problem document into `{"error": "…"}` with the same status, but 400 where it is 422: the protocol
/// knows no other for a request that is wrong.
pub(super) async fn translate(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_JSON);
    let success = response.status().is_success();
    if success || !is_problem {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if parts.status == StatusCode::UNPROCESSABLE_ENTITY {
        parts.status = StatusCode::BAD_REQUEST;
    }
    let problem: Value = match to_bytes(body, MAX_PROBLEM_BYTES).await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(_) => Value::Null,
    };
    let error = json!({ "error": text(&problem, parts.status) }).to_string();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(error))
}

/// What a problem says, with its wrong places where they are several.
fn text(problem: &Value, status: StatusCode) -> String {
    let detail = problem["detail"].as_str().or(status.canonical_reason()).unwrap_or("refused").to_owned();
    let errors = problem["errors"].as_array().map_or(&[][..], Vec::as_slice);
    if errors.len() < 2 {
        return detail;
    }
    let told = errors.iter().take(MAX_TOLD).map(|error| {
        let part = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", part("pointer"), part("message"))
    });
    format!("{detail}: {}", told.collect::<Vec<_>>().join("; "))
}

/// Says in the API's description that the protocol's addresses stand beside the API, and how they refuse.
pub(crate) fn describe(document: &mut Value) {
    let refusal = json!({
        "description": "a refusal",
        "content": { "application/json": { "schema": {
            "type": "object",
            "required": ["error"],
            "properties": { "error": { "type": "string", "description": "what is wrong, for people" } }
        } } }
    });
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (_, operations) in paths.iter_mut().filter(|(path, _)| path.starts_with(BASE)) {
        for operation in operations.as_object_mut().into_iter().flatten().map(|(_, operation)| operation) {
            operation["servers"] = json!([{ "url": "/" }]);
            let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
                continue;
            };
            responses.insert("default".into(), refusal.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_every_wrong_place() {
        let one =
            json!({"detail": "/inputs/0: wrong", "errors": [{"pointer": "/inputs/0", "message": "wrong"}]});
        assert_eq!(text(&one, StatusCode::BAD_REQUEST), "/inputs/0: wrong");
        let two = json!({"detail": "2 fields are wrong", "errors": [
            {"pointer": "/a", "message": "x"}, {"pointer": "/b", "message": "y"}]});
        assert_eq!(text(&two, StatusCode::BAD_REQUEST), "2 fields are wrong: /a: x; /b: y");
        assert_eq!(text(&Value::Null, StatusCode::METHOD_NOT_ALLOWED), "Method Not Allowed");
    }
}
