//! `GET /alerts/channels`, `POST /alerts/channels`, `PUT` and `DELETE /alerts/channels/{id}`,
//! `POST /alerts/channels/{id}/test`, `GET /alerts/deliveries`. Secrets go in and never come out.

use super::views::{ChannelView, DeliveryView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, Query, page_query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::alert::channel::{
    ChannelKind, ChatTarget, EmailTarget, Secret, Secrets, Target, TelegramTarget,
};
use vakhta_domain::alert::delivery::DeliveryState;
use vakhta_domain::alert::{Language, Severity};
use vakhta_domain::ids::{ChannelId, ModelKey};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::DeliveryFilter;
use vakhta_domain::user::Permission;
use vakhta_lifecycle::alerts::channels::{self, NewChannel};

/// What a channel is. `url`, `token` and `password` are kept, never shown, and may be references
/// (`${env:VAKHTA_SECRET_…}`, `${file:…}`); in a change what is left out stays, and an empty text takes one away.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelDefinition)]
pub struct ChannelBody {
    /// What people call it, unique.
    name: String,
    /// Where it leads.
    #[schema(value_type = words::ChannelKind)]
    kind: ChannelKind,
    /// The mail server, of `email`.
    #[serde(default)]
    #[schema(value_type = Option<words::EmailTarget>)]
    email: Option<EmailTarget>,
    /// The chat, of `telegram`.
    #[serde(default)]
    #[schema(value_type = Option<words::TelegramTarget>)]
    telegram: Option<TelegramTarget>,
    /// What is special about a hook of Slack or Mattermost, of `chat`.
    #[serde(default)]
    #[schema(value_type = Option<words::ChatTarget>)]
    chat: Option<ChatTarget>,
    /// The address of the hook, of `webhook` and `chat`.
    #[serde(default)]
    url: Option<String>,
    /// The bearer of a `webhook`, or the bot's token of `telegram`.
    #[serde(default)]
    token: Option<String>,
    /// The password of the mail server, of `email`.
    #[serde(default)]
    password: Option<String>,
    /// The language of its messages; Russian by default.
    #[serde(default)]
    #[schema(value_type = Option<words::Language>)]
    language: Option<Language>,
    /// What is less bad is not told; `warning` by default.
    #[serde(default)]
    #[schema(value_type = Option<words::Severity>)]
    least_severity: Option<Severity>,
    /// The models that it is told of; all, and sources, where empty.
    #[serde(default)]
    models: Vec<String>,
    /// Whether it is told that something is over; true by default.
    #[serde(default)]
    send_resolved: Option<bool>,
    /// Whether it is told at all; true by default.
    #[serde(default)]
    enabled: Option<bool>,
}

impl ChannelBody {
    fn checked(self) -> Result<NewChannel, Problem> {
        let given = [
            ("/email", self.email.is_some(), ChannelKind::Email),
            ("/telegram", self.telegram.is_some(), ChannelKind::Telegram),
            ("/chat", self.chat.is_some(), ChannelKind::Chat),
        ];
        if let Some((pointer, ..)) = given.iter().find(|(_, is, of)| *is && *of != self.kind) {
            return Err(Problem::invalid_field(*pointer, "a channel of this kind has none"));
        }
        let needed = |pointer| Problem::invalid_field(pointer, "a channel of this kind needs it");
        let target = match self.kind {
            ChannelKind::Webhook => Target::Webhook,
            ChannelKind::Chat => Target::Chat(self.chat.unwrap_or_default()),
            ChannelKind::Email => Target::Email(self.email.ok_or_else(|| needed("/email"))?),
            ChannelKind::Telegram => Target::Telegram(self.telegram.ok_or_else(|| needed("/telegram"))?),
        };
        let secret = |text: Option<String>| text.map(Secret::new);
        Ok(NewChannel {
            name: self.name,
            target,
            secrets: Secrets {
                url: secret(self.url),
                token: secret(self.token),
                password: secret(self.password),
            },
            language: self.language.unwrap_or_default(),
            least: self.least_severity.unwrap_or(Severity::Warning),
            models: self.models.into_iter().map(ModelKey::new).collect(),
            resolved: self.send_resolved.unwrap_or(true),
            enabled: self.enabled.unwrap_or(true),
        })
    }
}

/// Channels by name, each with its last message.
#[utoipa::path(get, path = "/alerts/channels", tag = "alerts",
    responses((status = 200, body = List<ChannelView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<List<ChannelView>>, Problem> {
    let actor = who.require(Permission::HandleAlerts)?;
    let alerts = &app.ports().alerts;
    let mut views = Vec::new();
    for channel in alerts.channels(&actor.workspace).await? {
        let filter = DeliveryFilter { channel: Some(channel.id.clone()), state: None };
        let last = alerts.deliveries(&actor.workspace, &filter, &PageQuery::first(1)).await?.items.pop();
        views.push(ChannelView::of(channel, last));
    }
    Ok(Json(List::whole(views)))
}

/// Makes a channel.
#[utoipa::path(post, path = "/alerts/channels", tag = "alerts", request_body = ChannelBody,
    responses((status = 201, body = ChannelView), (status = 409, description = "the name is taken")))]
pub async fn create(
    State(app): State<App>,
    who: SignedIn,
    Json(body): Json<ChannelBody>,
) -> Result<(StatusCode, Json<ChannelView>), Problem> {
    let actor = who.require(Permission::WriteAlerts)?;
    let made = channels::create(&app.lifecycle, actor, body.checked()?).await?;
    Ok((StatusCode::CREATED, Json(ChannelView::of(made, None))))
}

/// Changes a channel. A kept secret goes to no other place than before: it is asked for again.
#[utoipa::path(put, path = "/alerts/channels/{id}", tag = "alerts", params(("id" = String, Path)),
    request_body = ChannelBody, responses((status = 200, body = ChannelView)))]
pub async fn change(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Json(body): Json<ChannelBody>,
) -> Result<Json<ChannelView>, Problem> {
    let actor = who.require(Permission::WriteAlerts)?;
    let changed = channels::change(&app.lifecycle, actor, &ChannelId::new(id), body.checked()?).await?;
    Ok(Json(ChannelView::of(changed, None)))
}

/// Deletes a channel. What is owed to it is given up; its record stays.
#[utoipa::path(delete, path = "/alerts/channels/{id}", tag = "alerts", params(("id" = String, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::WriteAlerts)?;
    channels::delete(&app.lifecycle, actor, &ChannelId::new(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a message that tries a channel, switched off or not. 200 whether it was taken or not: the body tells.
#[utoipa::path(post, path = "/alerts/channels/{id}/test", tag = "alerts", params(("id" = String, Path)),
    responses((status = 200, body = DeliveryView)))]
pub async fn test(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<DeliveryView>, Problem> {
    let actor = who.require(Permission::WriteAlerts)?;
    Ok(Json(channels::test(&app.lifecycle, actor, &ChannelId::new(id)).await?.into()))
}

/// Which deliveries are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryParams {
    /// The channel.
    channel: Option<String>,
    /// Where they stand.
    #[param(value_type = Option<words::DeliveryState>)]
    state: Option<DeliveryState>,
    /// Rows in the answer, 1 to 500; default 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What was sent to channels and how that went, newest first; kept for 90 days.
#[utoipa::path(get, path = "/alerts/deliveries", tag = "alerts", params(DeliveryParams),
    responses((status = 200, body = List<DeliveryView>)))]
pub async fn deliveries(
    State(app): State<App>,
    who: SignedIn,
    Query(wanted): Query<DeliveryParams>,
) -> Result<Json<List<DeliveryView>>, Problem> {
    let actor = who.require(Permission::HandleAlerts)?;
    let query = page_query(wanted.limit, wanted.cursor)?;
    let filter = DeliveryFilter { channel: wanted.channel.map(ChannelId::new), state: wanted.state };
    let page = app.ports().alerts.deliveries(&actor.workspace, &filter, &query).await?;
    Ok(Json(List::of(page, DeliveryView::from)))
}
