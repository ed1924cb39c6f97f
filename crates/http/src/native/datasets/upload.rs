//! `POST /datasets` and `POST /datasets/inspect`: a file as a form or as the body itself.

use super::spool::{UploadParams, receive};
use super::views::{DatasetDetail, InspectionView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::Json;
use crate::idempotency::{self, fingerprint, to_the_end};
use crate::native::BASE;
use crate::problem::{FieldError, Problem};
use crate::words;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;
use vakhta_domain::user::{Actor, Permission};
use vakhta_lifecycle::upload::{self, Upload};

/// A file as a form. Options may come before or after the file, in fields or in the query.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; it is read as a stream")]
pub struct UploadForm {
    /// The file: CSV, JSON Lines or Parquet.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The dataset's key; not for `/datasets/inspect`.
    key: Option<String>,
    /// What to call it.
    title: Option<String>,
    /// How to read it, as JSON: format, encoding, delimiter, decimal, dates, `text_columns`, `on_error`.
    options: Option<String>,
}

/// Uploads a file as a new version of a dataset; makes the dataset if it is not there.
#[utoipa::path(post, path = "/datasets", tag = "datasets", params(UploadParams),
    request_body(content((UploadForm = "multipart/form-data"), (String = "text/csv"),
        (String = "application/x-ndjson"), (words::RawFile = "application/vnd.apache.parquet"),
        (words::RawFile = "application/octet-stream"))),
    responses((status = 201, body = DatasetDetail), (status = 422, description = "bad rows, see `refused`")))]
pub async fn upload(State(app): State<App>, who: SignedIn, request: Request) -> Result<Response, Problem> {
    let actor = who.require(Permission::WriteData)?.clone();
    let key = idempotency::key(request.headers())?;
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let received = receive(&app, request).await?;
    let Some(dataset) = received.key.clone().filter(|key| !key.is_empty()) else {
        let message = "missing: name the dataset, e.g. daily_sales".into();
        return Err(Problem::invalid("bad_input", [FieldError { pointer: "/key".into(), message }]));
    };
    let held = match key {
        None => None,
        Some(key) => {
            let print = fingerprint(&method, uri.path(), uri.query(), &received.fingerprint);
            match idempotency::take(&app, &who, &key, &print).await? {
                Ok(held) => Some(held),
                Err(answered) => return Ok(answered),
            }
        }
    };
    // From here on the upload runs to its end even if the caller hangs up; the spooled file goes with it.
    to_the_end(async move {
        let upload = received.upload(dataset);
        let response = store(&app, &actor, upload).await.unwrap_or_else(IntoResponse::into_response);
        drop(received);
        match held {
            Some(held) => held.settle(response).await,
            None => response,
        }
    })
    .await
}

async fn store(app: &App, actor: &Actor, upload: Upload) -> Result<Response, Problem> {
    let version = upload::upload(&app.lifecycle, actor, upload).await?;
    let dataset = super::found(app, &actor.workspace, version.dataset.as_str()).await?;
    let guess = upload::guess(&app.lifecycle, &dataset.latest).await?;
    let location = format!("{BASE}/datasets/{}", version.dataset);
    let detail = Json(DatasetDetail::new(dataset, guess));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], detail).into_response())
}

/// Reads a file without storing anything: how it would be read, its columns, its first and its bad rows.
#[utoipa::path(post, path = "/datasets/inspect", tag = "datasets", params(UploadParams),
    request_body(content((UploadForm = "multipart/form-data"), (String = "text/csv"),
        (String = "application/x-ndjson"), (words::RawFile = "application/vnd.apache.parquet"),
        (words::RawFile = "application/octet-stream"))),
    responses((status = 200, body = InspectionView)))]
pub async fn inspect(
    State(app): State<App>,
    who: SignedIn,
    request: Request,
) -> Result<Json<InspectionView>, Problem> {
    who.require(Permission::WriteData)?;
    let received = receive(&app, request).await?;
    let work = async move {
        let found = upload::inspect(&app.lifecycle, received.upload("inspected".into())).await;
        drop(received);
        found
    };
    Ok(Json(to_the_end(work).await??.into()))
}
