//! The web UI out of the binary, under `/ui/`.

use crate::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

/// The folder that the web build writes; empty where it was not built.
#[cfg(feature = "embed-ui")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

struct File {
    bytes: Vec<u8>,
    kind: String,
    tag: String,
}

#[cfg(feature = "embed-ui")]
fn file(path: &str) -> Option<File> {
    let found = Files::get(path)?;
    Some(File {
        kind: found.metadata.mimetype().to_owned(),
        tag: format!("\"{}\"", hex::encode(&found.metadata.sha256_hash()[..16])),
        bytes: found.data.into_owned(),
    })
}

#[cfg(not(feature = "embed-ui"))]
fn file(_: &str) -> Option<File> {
    None
}

/// Whether the UI brings this file.
pub(crate) fn has(path: &str) -> bool {
    file(path).is_some()
}

/// The routes of the UI.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ui", get(|| async { Redirect::permanent("/ui/") }))
        .route("/ui/", get(index))
        .route("/ui/{*path}", get(asset))
}

async fn index(headers: HeaderMap) -> Result<Response, Problem> {
    serve("index.html", &headers)
}

/// A file; an address without a dot is a page of the UI, which finds its own way.
async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    serve(if is_page { "index.html" } else { &path }, &headers)
}

fn serve(path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let Some(file) = file(path) else {
        if path == "index.html" {
            return Err(Problem::new(
                StatusCode::NOT_FOUND,
                "ui_missing",
                "this program was built without the web UI; build web/ first, then the program",
            ));
        }
        return Err(Problem::missing("not_found", "file", format!("/ui/{path}")));
    };
    // Files below assets/ carry a hash of their content in their name.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same =
        known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == file.tag));
    let mut response =
        if same { StatusCode::NOT_MODIFIED.into_response() } else { file.bytes.into_response() };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    for (name, text) in [(header::ETAG, &file.tag), (header::CONTENT_TYPE, &with_charset(&file.kind))] {
        if let Ok(value) = HeaderValue::from_str(text) {
            out.insert(name, value);
        }
    }
    Ok(response)
}

fn with_charset(kind: &str) -> String {
    let is_text = kind.starts_with("text/") || kind == "application/javascript";
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}
