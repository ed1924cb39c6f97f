//! The API's description for people: Swagger UI at `/docs`, `ReDoc` at `/redoc`. Nothing comes from elsewhere.

use crate::App;
use crate::auth::SignedIn;
use crate::body::Path;
use crate::native::BASE;
use crate::problem::Problem;
use crate::ui;
use axum::Router;
use axum::extract::OriginalUri;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::sync::{Arc, OnceLock};
use utoipa_swagger_ui::Config;
use vakhta_domain::user::Permission;

/// Both pages write `style` attributes, and `ReDoc` searches in a worker made of a blob.
const CONTENT_SECURITY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Where the web build puts `ReDoc`, below `/ui/`.
const REDOC_SCRIPT: &str = "vendor/redoc.standalone.js";

/// The routes of both pages.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/docs", get(to_folder))
        .route("/docs/", get(swagger_index))
        .route("/docs/{*file}", get(swagger_file))
        .route("/redoc", get(redoc))
}

/// Swagger UI's files are found beside its page, so the page is a folder.
async fn to_folder(who: SignedIn, OriginalUri(uri): OriginalUri) -> Result<Redirect, Problem> {
    who.require(Permission::Look)?;
    Ok(Redirect::to(&format!("{}/", uri.path())))
}

async fn swagger_index(who: SignedIn) -> Result<Response, Problem> {
    swagger(&who, "index.html")
}

async fn swagger_file(who: SignedIn, Path(file): Path<String>) -> Result<Response, Problem> {
    swagger(&who, &file)
}

fn swagger(who: &SignedIn, file: &str) -> Result<Response, Problem> {
    static CONFIG: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    who.require(Permission::Look)?;
    let config =
        CONFIG.get_or_init(|| Arc::new(Config::from(format!("{BASE}/openapi.json")).deep_linking(true)));
    let found = utoipa_swagger_ui::serve(file, config.clone()).map_err(|e| Problem::internal(&e))?;
    let found = found.ok_or_else(|| Problem::missing("not_found", "page", file))?;
    Ok(page(&found.content_type, found.bytes.into_owned()))
}

async fn redoc(who: SignedIn) -> Result<Response, Problem> {
    who.require(Permission::Look)?;
    if !ui::has(REDOC_SCRIPT) {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "ui_missing",
            "this program was built without the web UI, which brings ReDoc; see /docs instead",
        ));
    }
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Vakhta API</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n</head>\n<body>\n\
         <redoc spec-url=\"{BASE}/openapi.json\" disable-search=\"false\"></redoc>\n\
         <script src=\"/ui/{REDOC_SCRIPT}\"></script>\n</body>\n</html>\n"
    );
    Ok(page("text/html; charset=utf-8", html.into_bytes()))
}

fn page(kind: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    response
}
