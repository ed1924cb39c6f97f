//! Receives a file of any size: streamed to a temporary file that is gone when its owner is.

use crate::App;
use crate::body::{self, media_type};
use crate::edge::is_too_large;
use crate::page::Query;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};
use utoipa::IntoParams;
use vakhta_domain::dataset::{FileFormat, OnError, ReadOptions};
use vakhta_domain::ids::random_hex;
use vakhta_lifecycle::upload::Upload;

/// The longest silence in the middle of an upload.
const SILENCE: Duration = Duration::from_mins(1);
/// The longest text field of a form, bytes.
const MAX_FIELD: usize = 64 << 10;

/// What an upload says about its file in the query; a form's fields win over it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// The dataset's key.
    key: Option<String>,
    /// What to call it.
    title: Option<String>,
    /// The file's name.
    file_name: Option<String>,
    /// The format; else by name and content.
    #[param(value_type = Option<crate::words::FileFormat>)]
    format: Option<FileFormat>,
    /// The encoding label (WHATWG), e.g. `windows-1251`; else detected.
    encoding: Option<String>,
    /// One character; else detected.
    #[param(value_type = Option<String>)]
    delimiter: Option<char>,
    /// `.` or `,`; else detected.
    #[param(value_type = Option<String>)]
    decimal: Option<char>,
    /// The date form, e.g. `DD.MM.YYYY`; else detected.
    dates: Option<String>,
    /// Columns to keep as text, separated by commas.
    text_columns: Option<String>,
    /// What to do with a bad row; default `refuse`.
    #[param(value_type = Option<crate::words::OnError>)]
    on_error: Option<OnError>,
}

impl UploadParams {
    fn options(&self) -> ReadOptions {
        let text_columns = self.text_columns.as_deref().unwrap_or_default();
        ReadOptions {
            format: self.format,
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            decimal: self.decimal,
            dates: self.dates.clone(),
            text_columns: text_columns.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect(),
            on_error: self.on_error.unwrap_or_default(),
        }
    }
}

/// A temporary file, removed when this is dropped.
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "a temporary file could not be removed");
        }
    }
}

/// A file that came in whole, and what was said about it.
pub(super) struct Received {
    spooled: Spooled,
    pub key: Option<String>,
    title: Option<String>,
    file_name: String,
    options: ReadOptions,
    /// SHA-256 over the file and what was said about it.
    pub fingerprint: Vec<u8>,
}

impl Received {
    /// What the lifecycle is to read. The file goes when `self` does.
    pub(super) fn upload(&self, key: String) -> Upload {
        Upload {
            key,
            title: self.title.clone(),
            file_name: self.file_name.clone(),
            spooled: self.spooled.0.clone(),
            options: self.options.clone(),
        }
    }
}

/// Receives an upload in either form.
pub(super) async fn receive(app: &App, request: Request) -> Result<Received, Problem> {
    let limit = app.settings.max_upload_bytes;
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    // A form is a little longer than its file.
    if announced.is_some_and(|bytes| bytes > limit.saturating_add(1 << 20)) {
        return Err(too_large(limit));
    }
    let (mut parts, body) = request.into_parts();
    let Query(params) = Query::<UploadParams>::from_request_parts(&mut parts, app).await?;
    let kind = media_type(&parts.headers);
    let request = Request::from_parts(parts, body);
    match kind.as_deref() {
        Some("multipart/form-data") => from_form(app, params, request).await,
        Some(
            kind @ ("text/csv"
            | "application/csv"
            | "text/plain"
            | "application/x-ndjson"
            | "application/jsonl"
            | "application/vnd.apache.parquet"
            | "application/octet-stream"),
        ) => from_body(app, params, kind, request.into_body()).await,
        other => Err(body::unsupported(
            other,
            "multipart/form-data, text/csv, application/x-ndjson, application/vnd.apache.parquet or application/octet-stream",
        )),
    }
}

async fn from_body(app: &App, params: UploadParams, kind: &str, body: Body) -> Result<Received, Problem> {
    let mut options = params.options();
    let (format, name) = match kind {
        "text/csv" | "application/csv" => (Some(FileFormat::Csv), "upload.csv"),
        "application/x-ndjson" | "application/jsonl" => (Some(FileFormat::Jsonl), "upload.jsonl"),
        "application/vnd.apache.parquet" => (Some(FileFormat::Parquet), "upload.parquet"),
        _ => (None, "upload"),
    };
    options.format = options.format.or(format);
    let limit = app.settings.edge.max_unzip_bytes;
    let failed = move |error: axum::Error| if is_too_large(&error) { too_large(limit) } else { cut() };
    let chunks = body.into_data_stream().map(move |chunk| chunk.map_err(failed));
    let (spooled, file_sha256) = spool(app, chunks).await?;
    let name = params.file_name.as_deref().map_or_else(|| name.to_owned(), plain_name);
    Ok(finish(spooled, params.key, params.title, name, options, &file_sha256))
}

async fn from_form(app: &App, params: UploadParams, request: Request) -> Result<Received, Problem> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| {
        Problem::bad_request("bad_form", format!("the form cannot be read: {}", e.body_text()))
    })?;
    let mut options = params.options();
    let UploadParams { mut key, mut title, file_name, .. } = params;
    let mut file: Option<(Spooled, Vec<u8>, String)> = None;
    let mut seen: Vec<String> = Vec::new();
    while let Some(field) = next_field(&mut form).await? {
        let name = field.name().unwrap_or_default().to_owned();
        if seen.contains(&name) {
            return Err(Problem::invalid_field(format!("/{name}"), "the field is there twice"));
        }
        seen.push(name.clone());
        match name.as_str() {
            "file" => {
                let given = field.file_name().map(plain_name);
                let chunks = field.map(|chunk| chunk.map_err(|e| form_problem(&e)));
                let (spooled, sha256) = spool(app, chunks).await?;
                let name = file_name.as_deref().map(plain_name).or(given).unwrap_or_else(|| "upload".into());
                file = Some((spooled, sha256, name));
            }
            "key" => key = Some(text(field).await?),
            "title" => title = Some(text(field).await?).filter(|text| !text.is_empty()),
            "options" => options = read_options(&text(field).await?)?,
            _ => {
                let message = "unknown field, known are file, key, title, options".to_owned();
                return Err(Problem::invalid_field(format!("/{name}"), message));
            }
        }
    }
    let (spooled, sha256, name) =
        file.ok_or_else(|| Problem::invalid_field("/file", "missing: send the file in this field"))?;
    Ok(finish(spooled, key, title, name, options, &sha256))
}

fn finish(
    spooled: Spooled,
    key: Option<String>,
    title: Option<String>,
    file_name: String,
    options: ReadOptions,
    file_sha256: &[u8],
) -> Received {
    let said = serde_json::to_vec(&(&key, &title, &file_name, &options)).expect("options are plain data");
    let fingerprint = Sha256::new().chain_update(file_sha256).chain_update(said).finalize().to_vec();
    Received { spooled, key, title, file_name, options, fingerprint }
}

fn read_options(text: &str) -> Result<ReadOptions, Problem> {
    if text.trim().is_empty() {
        return Ok(ReadOptions::default());
    }
    body::from_bytes(text.as_bytes()).map_err(|problem| problem.below("/options"))
}

async fn next_field(form: &mut Multipart) -> Result<Option<Field<'_>>, Problem> {
    let next = tokio::time::timeout(SILENCE, form.next_field()).await.map_err(|_| silent())?;
    next.map_err(|e| form_problem(&e))
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let name = format!("/{}", field.name().unwrap_or_default());
    let mut bytes = Vec::new();
    while let Some(chunk) = tokio::time::timeout(SILENCE, field.chunk())
        .await
        .map_err(|_| silent())?
        .map_err(|e| form_problem(&e))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FIELD {
            return Err(Problem::invalid_field(name, format!("the field is longer than {MAX_FIELD} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::invalid_field(name, "the field is not UTF-8"))
}

/// Writes a stream into a fresh temporary file, counting and hashing.
async fn spool(
    app: &App,
    mut chunks: impl Stream<Item = Result<Bytes, Problem>> + Unpin,
) -> Result<(Spooled, Vec<u8>), Problem> {
    let limit = app.settings.max_upload_bytes;
    let name = format!("upload-{}.tmp", random_hex(app.ports().chance.as_ref(), 12));
    let (spooled, file) = create(&app.lifecycle.settings.temp_dir.join(name)).await?;
    let mut file = BufWriter::with_capacity(256 << 10, file);
    let mut hasher = Sha256::new();
    let mut written = 0u64;
    while let Some(chunk) = tokio::time::timeout(SILENCE, chunks.next()).await.map_err(|_| silent())? {
        let chunk = chunk?;
        written += chunk.len() as u64;
        if written > limit {
            return Err(too_large(limit));
        }
        hasher.update(&chunk);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    // Tokio closes a file some time after its handle is dropped; the reader must find it whole.
    drop(file.into_inner().into_std().await);
    if written == 0 {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_file", "the file is empty"));
    }
    Ok((spooled, hasher.finalize().to_vec()))
}

async fn create(path: &Path) -> Result<(Spooled, File), Problem> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let file = options.open(path).await?;
    Ok((Spooled(path.to_owned()), file))
}

/// The last part of a name, without control characters: it is shown and never opened.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn too_large(limit: u64) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("the file is larger than {limit} bytes, the most that this server takes"),
    )
}

fn silent() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "body_too_slow",
        format!("nothing more came for {} seconds", SILENCE.as_secs()),
    )
}

fn cut() -> Problem {
    Problem::bad_request("body_cut", "the body ended before it was whole; nothing was stored")
}

fn form_problem(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE || is_too_large(error) {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", error.body_text());
    }
    Problem::bad_request("bad_form", format!("the form cannot be read to its end: {}", error.body_text()))
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn names_lose_their_folders() {
        assert_eq!(plain_name("C:\\data\\продажи.csv"), "продажи.csv");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\u{0}\nb"), "ab");
    }
}
