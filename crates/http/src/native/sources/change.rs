//! `POST /sources`, `PUT /sources/{key}`, `DELETE /sources/{key}`. A source makes the server reach out, so it takes an
//! administrator to say where to.

use super::views::SourceView;
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::native::BASE;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;
use vakhta_domain::dataset::ReadOptions;
use vakhta_domain::ids::SourceKey;
use vakhta_domain::source::{Definition, FilesPlace, HttpPlace, Place, SqlPlace};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::sync::{self, NewSource};

/// What a source is: exactly one of `files`, `http` and `sql` says where rows come from.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SourceDefinition)]
pub struct SourceBody {
    /// Its key, `[a-z0-9_-]{1,64}`; in a change that of the address, or left out.
    #[serde(default)]
    key: Option<String>,
    /// The dataset that it fills; it need not be there yet.
    dataset: String,
    /// Files of a folder or a bucket.
    #[serde(default)]
    #[schema(value_type = Option<words::FilesPlace>)]
    files: Option<FilesPlace>,
    /// A file at an address.
    #[serde(default)]
    #[schema(value_type = Option<words::HttpPlace>)]
    http: Option<HttpPlace>,
    /// A query.
    #[serde(default)]
    #[schema(value_type = Option<words::SqlPlace>)]
    sql: Option<SqlPlace>,
    /// The columns that tell rows apart, e.g. branch; with `time`.
    #[serde(default)]
    keys: Vec<String>,
    /// The column of dates or moments: it tells rows apart, too, and says how fresh they are.
    #[serde(default)]
    time: Option<String>,
    /// How files are read; detected by default.
    #[serde(default)]
    #[schema(value_type = Option<words::ReadOptions>)]
    read: Option<ReadOptions>,
    /// Minute, hour, day of the month, month, weekday; `0 2 * * *` by default.
    #[serde(default)]
    cron: Option<String>,
    /// The zone that they are read in, e.g. `Europe/Moscow`; UTC by default.
    #[serde(default)]
    timezone: Option<String>,
}

impl SourceBody {
    fn named(self, key: String) -> Result<NewSource, Problem> {
        if self.key.is_some_and(|own| own != key) {
            return Err(Problem::invalid_field("/key", format!("the source of this address is `{key}`")));
        }
        let mut places = [self.files.map(Place::Files), self.http.map(Place::Http), self.sql.map(Place::Sql)]
            .into_iter()
            .flatten();
        let (Some(place), None) = (places.next(), places.next()) else {
            return Err(Problem::invalid_field("", "give exactly one of `files`, `http` and `sql`"));
        };
        let read = self.read.unwrap_or_default();
        let definition = Definition { place, read, keys: self.keys, time: self.time };
        Ok(NewSource { key, dataset: self.dataset, definition, cron: self.cron, timezone: self.timezone })
    }
}

/// Makes a source and its schedule.
#[utoipa::path(post, path = "/sources", tag = "sources", request_body = SourceBody,
    responses((status = 201, body = SourceView), (status = 409, description = "the key is taken")))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<SourceBody>,
) -> Result<Response, Problem> {
    let actor = who.require(Permission::WriteSources)?;
    let key = body.key.clone().ok_or_else(|| Problem::invalid_field("/key", "name the source"))?;
    let new = body.named(key)?;
    let made = SourceView::from(sync::create(&app.lifecycle, actor, new).await?);
    let location = format!("{BASE}/sources/{}", made.key);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(made)).into_response())
}

/// Gives a source another definition. Where rows come from elsewhere, or are read otherwise, all are read again.
#[utoipa::path(put, path = "/sources/{key}", tag = "sources", params(("key" = String, Path)),
    request_body = SourceBody, responses((status = 200, body = SourceView)))]
pub async fn change(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Json(body): Json<SourceBody>,
) -> Result<Json<SourceView>, Problem> {
    let actor = who.require(Permission::WriteSources)?;
    Ok(Json(sync::change(&app.lifecycle, actor, body.named(key)?).await?.into()))
}

/// Deletes a source with its schedule and its runs. The dataset stays.
#[utoipa::path(delete, path = "/sources/{key}", tag = "sources", params(("key" = String, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(key): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::WriteSources)?;
    sync::delete(&app.lifecycle, actor, &SourceKey::new(key)).await?;
    Ok(StatusCode::NO_CONTENT)
}
