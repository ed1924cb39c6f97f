//! The door before every operation: who asks and whether he may, before anything of the body is read.
//!
//! What an operation needs is what its handler asks for; `build.rs` reads it there.

use super::{SignedIn, watched};
use crate::App;
use crate::native::BASE;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;
use std::sync::LazyLock;
use vakhta_domain::user::Permission;

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// In lower case, as in the API's description.
    pub(crate) method: &'static str,
    /// Its address, as in the API's description.
    pub(crate) path: &'static str,
    /// Who may do it.
    pub(crate) access: Access,
}

/// Who may do an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// Whoever is signed in.
    SignedIn,
    /// Who holds one of these, at the least: the handler may ask for more, by what is in the body.
    Needs(&'static [Permission]),
}

impl Access {
    /// The permission that lets most people in.
    pub(crate) fn permission(self) -> Option<Permission> {
        match self {
            Self::Open | Self::SignedIn => None,
            Self::Needs(any) => any.iter().copied().min_by_key(|permission| permission.lowest_tier()),
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

static KNOWN: LazyLock<HashMap<(&str, &str), Access>> =
    LazyLock::new(|| OPERATIONS.iter().map(|op| ((op.method, op.path), op.access)).collect());

/// What an operation needs, by its method in lower case and its address below [`BASE`].
pub(crate) fn access(method: &str, path: &str) -> Option<Access> {
    KNOWN.get(&(method, path)).copied()
}

/// Lets through who may do what the request is about, and leaves with the request who that is.
pub(crate) async fn ask(State(app): State<App>, request: Request, next: Next) -> Response {
    match admit(&app, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(app: &App, request: Request) -> Result<Request, Problem> {
    let Some(access) = wanted(&request)? else { return Ok(request) };
    let operation = operation(&request);
    if access == Access::Open {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let who = SignedIn::from_request_parts(&mut parts, app).await?;
    if let Access::Needs(any) = access
        && !any.iter().any(|permission| who.may(*permission))
    {
        let needed = access.permission().unwrap_or(any[0]);
        if who.settled().is_ok() {
            watched::refused(app, &who.actor, &operation, needed).await;
        }
        who.require(needed)?;
    }
    parts.extensions.insert(who);
    Ok(Request::from_parts(parts, body))
}

/// The request's method and address as they are described.
fn operation(request: &Request) -> String {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    format!("{} {}", request.method(), path.strip_prefix(BASE).unwrap_or(path))
}

/// What the request's operation needs; none where there is no such operation, which is answered so by the router.
fn wanted(request: &Request) -> Result<Option<Access>, Problem> {
    let Some(path) = request.extensions().get::<MatchedPath>() else { return Ok(None) };
    let path = path.as_str();
    let path = path.strip_prefix(BASE).or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    let method = match *request.method() {
        Method::HEAD => "get".to_owned(),
        ref other => other.as_str().to_ascii_lowercase(),
    };
    match access(&method, path) {
        Some(access) => Ok(Some(access)),
        // Another method of a known address is refused by the router; an address that the table lacks is our
        // mistake, and nobody gets in by it.
        None if OPERATIONS.iter().any(|op| op.path == path) => Ok(None),
        None => Err(Problem::internal(&format!("{path} is served and says of nobody that he may use it"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_handlers_ask_for_is_found() {
        assert_eq!(access("get", "/models"), Some(Access::Needs(&[Permission::Look])));
        assert_eq!(access("post", "/models/{key}/deploy"), Some(Access::Needs(&[Permission::Deploy])));
        assert_eq!(access("post", "/auth/login"), Some(Access::Open));
        assert_eq!(access("get", "/auth/profile"), Some(Access::SignedIn));
        let by_helper = access("post", "/v2/models/{name}/infer");
        assert_eq!(
            by_helper,
            Some(Access::Needs(&[Permission::Predict])),
            "asked for by a function it calls"
        );
        let either = access("post", "/monitoring/retrain/manual").expect("is there");
        assert_eq!(either.permission(), Some(Permission::Train), "the body says whether it takes more");
        assert_eq!(access("patch", "/models"), None);
    }

    #[test]
    fn every_described_operation_is_in_the_table_and_nothing_else() {
        let document = crate::openapi();
        let mut described = Vec::new();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for method in operations.as_object().expect("operations").keys() {
                assert!(access(method, path).is_some(), "{method} {path} is not in the table");
                described.push((method.clone(), path.clone()));
            }
        }
        for op in OPERATIONS {
            let known = described.iter().any(|(method, path)| method == op.method && path == op.path);
            assert!(known, "{} {} has a handler and no route", op.method, op.path);
        }
    }
}
