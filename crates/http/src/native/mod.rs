//! The resources of the API, one folder each, one file an operation. Written once, mounted three times.

pub mod alerts;
pub mod auth;
pub mod calendars;
pub mod datasets;
pub mod drift;
pub mod events;
mod format;
pub mod jobs;
pub mod models;
pub mod monitoring;
pub mod query;
pub mod schedules;
pub mod serve;
pub mod sources;
pub mod system;
pub mod versions;
pub mod workspaces;

use crate::App;
use crate::auth::gate;
use crate::idempotency;
use crate::problem::Problem;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where clients find the API; what `Location` headers begin with.
pub const BASE: &str = "/api/v1";

/// The largest file of a model to import, bytes.
const MAX_MODEL_BYTES: usize = 256 << 20;

/// Operations that neither wait nor stream are done by then.
const IN_TIME: Duration = Duration::from_mins(1);

/// Every resource, paths relative to [`BASE`].
pub fn resources(app: &App) -> OpenApiRouter<App> {
    let small = DefaultBodyLimit::max(app.settings.max_body_bytes);
    let records = DefaultBodyLimit::max(app.settings.records_limit());
    let once = || from_fn_with_state(app.clone(), idempotency::layer);
    OpenApiRouter::new()
        .merge(quick().layer(from_fn(in_time)).layer(small))
        .merge(creating().layer(once()).layer(from_fn(in_time)).layer(small))
        .merge(training().layer(once()).layer(small))
        .merge(asking().layer(small))
        .merge(predicting().layer(once()).layer(records))
        .merge(importing().layer(once()).layer(DefaultBodyLimit::max(MAX_MODEL_BYTES)))
        .merge(uploading().layer(DefaultBodyLimit::disable()))
        .layer(from_fn_with_state(app.clone(), gate::ask))
}

/// The same without what surrounds it: for the API's description.
pub(crate) fn described() -> OpenApiRouter<App> {
    quick()
        .merge(creating())
        .merge(training())
        .merge(asking())
        .merge(predicting())
        .merge(importing())
        .merge(uploading())
}

fn quick() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::login::second_factor))
        .routes(routes!(auth::oidc::methods))
        .routes(routes!(auth::oidc::start))
        .routes(routes!(auth::oidc::callback))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::profile::user_info))
        .routes(routes!(auth::profile::profile, auth::profile::leave))
        .routes(routes!(auth::export::export))
        .routes(routes!(auth::profile::change_password))
        .routes(routes!(auth::profile::change_username))
        .routes(routes!(auth::factor::show, auth::factor::enrol, auth::factor::remove))
        .routes(routes!(auth::factor::confirm))
        .routes(routes!(auth::factor::renew))
        .routes(routes!(auth::users::list))
        .routes(routes!(auth::users::show, auth::users::change, auth::users::delete))
        .routes(routes!(auth::users::reset_second_factor))
        .routes(routes!(auth::tokens::list))
        .routes(routes!(auth::jwt::create))
        .routes(routes!(auth::tokens::revoke))
        .routes(routes!(auth::tokens::delete))
        .routes(routes!(datasets::list::list))
        .routes(routes!(datasets::show::show, datasets::delete::delete))
        .routes(routes!(datasets::show::versions))
        .routes(routes!(datasets::show::profile))
        .routes(routes!(datasets::preview::preview))
        .routes(routes!(calendars::days::list))
        .routes(routes!(calendars::days::set, calendars::days::clear))
        .routes(routes!(models::list::list))
        .routes(routes!(models::list::show, models::change::change, models::change::delete))
        .routes(routes!(versions::list::list))
        .routes(routes!(versions::list::show))
        .routes(routes!(versions::backtest::rows))
        .routes(routes!(versions::backtest::compare))
        .routes(routes!(versions::export::export))
        .routes(routes!(versions::deploy::deploy))
        .routes(routes!(versions::deploy::rollback))
        .routes(routes!(versions::deploy::deployments))
        .routes(routes!(versions::challenger::end))
        .routes(routes!(versions::deploy::decisions))
        .routes(routes!(serve::series::series))
        .routes(routes!(jobs::list::list))
        .routes(routes!(jobs::list::show))
        .routes(routes!(jobs::list::logs))
        .routes(routes!(jobs::cancel::cancel))
        .routes(routes!(monitoring::performance::summary))
        .routes(routes!(monitoring::performance::segments))
        .routes(routes!(monitoring::errors::errors))
        .routes(routes!(monitoring::performance::health))
        .routes(routes!(monitoring::retrain::status))
        .routes(routes!(monitoring::retrain::history))
        .routes(routes!(drift::reports::list))
        .routes(routes!(drift::reports::show))
        .routes(routes!(schedules::list::list))
        .routes(routes!(schedules::change::change, schedules::change::delete))
        .routes(routes!(schedules::run::run))
        .routes(routes!(sources::list::list))
        .routes(routes!(sources::list::show, sources::change::change, sources::change::delete))
        .routes(routes!(sources::list::runs))
        .routes(routes!(alerts::list::list))
        .routes(routes!(alerts::list::show))
        .routes(routes!(alerts::list::recent))
        .routes(routes!(alerts::handle::acknowledge))
        .routes(routes!(alerts::handle::resolve))
        .routes(routes!(alerts::rules::list, alerts::rules::set))
        .routes(routes!(alerts::silences::list))
        .routes(routes!(alerts::silences::end))
        .routes(routes!(alerts::channels::list))
        .routes(routes!(alerts::channels::change, alerts::channels::delete))
        .routes(routes!(alerts::channels::test))
        .routes(routes!(alerts::channels::deliveries))
        .routes(routes!(alerts::health::health))
        .routes(routes!(events::list::list))
        .routes(routes!(events::list::show))
        .routes(routes!(events::chain::head))
        .routes(routes!(events::suspicious::suspicious))
        .routes(routes!(events::suspicious::by_ip))
        .routes(routes!(events::live::live))
        .routes(routes!(workspaces::list::list))
        .routes(routes!(workspaces::list::show))
        .routes(routes!(workspaces::members::list))
        .routes(routes!(workspaces::members::set, workspaces::members::remove))
        .routes(routes!(workspaces::switch::switch))
        .routes(routes!(system::health::health))
        .routes(routes!(system::health::live))
        .routes(routes!(system::health::ready))
        .routes(routes!(system::metrics::metrics))
        .routes(routes!(system::about::about))
        .routes(routes!(system::about::model_schema))
        .routes(routes!(system::about::openapi_json))
}

fn creating() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::tokens::create))
        .routes(routes!(auth::users::create))
        .routes(routes!(workspaces::list::create))
        .routes(routes!(models::create::create))
        .routes(routes!(versions::challenger::begin))
        .routes(routes!(schedules::change::create))
        .routes(routes!(sources::change::create))
        .routes(routes!(alerts::channels::create))
        .routes(routes!(alerts::silences::create))
        .routes(routes!(sources::run::run))
        .routes(routes!(jobs::retry::retry))
}

fn training() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(jobs::train::train))
        .routes(routes!(monitoring::retrain::manual))
        .routes(routes!(monitoring::performance::calculate))
        .routes(routes!(drift::check::check))
}

/// How long a query may take is a setting of its own.
fn asking() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(query::run::run))
}

fn predicting() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(serve::forecast::forecast))
        .routes(routes!(serve::predict::predict))
        .routes(routes!(serve::predict::result))
        .routes(routes!(serve::quality::quality))
        .routes(routes!(monitoring::actuals::take, monitoring::actuals::show))
}

fn importing() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(versions::import::import))
}

fn uploading() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(datasets::upload::upload)).routes(routes!(datasets::upload::inspect))
}

/// Gives up an operation that takes too long, so that its caller learns of it.
async fn in_time(request: Request, next: Next) -> Response {
    if let Ok(response) = tokio::time::timeout(IN_TIME, next.run(request)).await {
        return response;
    }
    tracing::error!(request_id = crate::request::id().as_deref(), "a request took too long");
    let text = format!("the server did not finish within {} seconds", IN_TIME.as_secs());
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "timed_out", text).into_response()
}
