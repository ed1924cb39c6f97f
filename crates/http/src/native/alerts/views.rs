//! Alerts, channels and deliveries as callers see them.

use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::alert::channel::{Channel, ChannelKind, ChatTarget, EmailTarget, Target, TelegramTarget};
use vakhta_domain::alert::delivery::{Delivery, DeliveryKind, DeliveryState};
use vakhta_domain::alert::rule::RuleKind;
use vakhta_domain::alert::words::told;
use vakhta_domain::alert::{Alert, Language, Severity, State};

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub struct AlertView {
    /// Its identity.
    pub id: String,
    /// The same for every alert of one rule and subject.
    pub fingerprint: String,
    /// The rule that it is of.
    #[schema(value_type = words::AlertRuleKind)]
    pub rule: RuleKind,
    /// What it is about: a model, a source, or `MODEL/WORK` for a kind of jobs.
    pub subject: String,
    /// The model concerned; null for a source.
    pub model: Option<String>,
    /// How bad it is now.
    #[schema(value_type = words::Severity)]
    pub severity: Severity,
    /// Where it stands.
    #[schema(value_type = words::AlertState)]
    pub state: State,
    /// The number that is over its limit; null where the rule measures nothing.
    pub value: Option<f64>,
    /// The limit.
    pub limit: Option<f64>,
    /// What it is in one line, in Russian.
    pub summary_ru: String,
    /// The same in English.
    pub summary_en: String,
    /// What else is known.
    pub detail: AlertDetail,
    /// When it was first seen.
    pub since: Timestamp,
    /// When it fired; null while it waits.
    pub fired_at: Option<Timestamp>,
    /// Who takes care of it.
    pub acknowledged: Option<AcknowledgedView>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// Who said so; null where it was over by itself.
    pub resolved_by: Option<String>,
    /// The silence that keeps it quiet.
    pub silenced_by: Option<String>,
}

/// Who takes care of an alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Acknowledged)]
pub struct AcknowledgedView {
    /// When.
    pub at: Timestamp,
    /// Who, by name.
    pub by: String,
    /// What he said.
    pub note: Option<String>,
}

/// What is known beside an alert's number.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertDetail {
    /// Scored answers that the number was taken over.
    pub answers: Option<u64>,
    /// Days that it was taken over.
    pub days: Option<u32>,
    /// What it is compared with: last week's number, that of training, the model's age, or a branch's limit.
    pub compared: Option<f64>,
    /// Branches or columns, the worst first.
    pub names: Vec<String>,
    /// Why a job or a source failed.
    pub error: Option<String>,
    /// The job that failed.
    pub job_id: Option<String>,
    /// What the system decided about the model last.
    pub decision: Option<String>,
    /// The version that this was about.
    pub decision_version: Option<String>,
    /// When it was decided.
    pub decision_at: Option<Timestamp>,
}

impl From<Alert> for AlertView {
    fn from(alert: Alert) -> Self {
        let summary = |language| told(&alert, language, None).title;
        let detail = &alert.detail;
        let did = detail.did.as_ref();
        Self {
            summary_ru: summary(Language::Ru),
            summary_en: summary(Language::En),
            detail: AlertDetail {
                answers: detail.answers,
                days: detail.days,
                compared: detail.compared.filter(|number| number.is_finite()),
                names: detail.names.clone(),
                error: detail.error.clone(),
                job_id: detail.job.as_ref().map(ToString::to_string),
                decision: did.map(|did| did.decision.clone()),
                decision_version: did.map(|did| did.version.to_string()),
                decision_at: did.map(|did| did.at),
            },
            id: alert.id.to_string(),
            fingerprint: alert.fingerprint(),
            rule: alert.rule,
            model: alert.model.as_ref().map(ToString::to_string),
            severity: alert.severity,
            state: alert.state,
            value: alert.value.filter(|number| number.is_finite()),
            limit: alert.limit,
            since: alert.since,
            fired_at: alert.fired_at,
            acknowledged: alert.acknowledged.clone().map(|said| AcknowledgedView {
                at: said.at,
                by: said.by,
                note: said.note,
            }),
            resolved_at: alert.resolved_at,
            resolved_by: alert.resolved_by.clone(),
            silenced_by: alert.silenced_by.as_ref().map(ToString::to_string),
            subject: alert.subject,
        }
    }
}

/// A channel. Of its secrets only the names of those that are set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelView {
    /// Its identity.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it leads.
    #[schema(value_type = words::ChannelKind)]
    pub kind: ChannelKind,
    /// The mail server, of `email`.
    #[schema(value_type = Option<words::EmailTarget>)]
    pub email: Option<EmailTarget>,
    /// The chat, of `telegram`.
    #[schema(value_type = Option<words::TelegramTarget>)]
    pub telegram: Option<TelegramTarget>,
    /// What is special about a hook, of `chat`.
    #[schema(value_type = Option<words::ChatTarget>)]
    pub chat: Option<ChatTarget>,
    /// The server that it leads to; null where a reference hides it.
    pub address: Option<String>,
    /// The secrets that are set: of `url`, `token` and `password`.
    pub secrets_set: Vec<String>,
    /// The language of its messages.
    #[schema(value_type = words::Language)]
    pub language: Language,
    /// What is less bad is not told.
    #[schema(value_type = words::Severity)]
    pub least_severity: Severity,
    /// The models that it is told of; all, and sources, where empty.
    pub models: Vec<String>,
    /// Whether it is told that something is over.
    pub send_resolved: bool,
    /// Whether it is told at all.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last message to it; told in the list.
    pub last_delivery: Option<DeliveryView>,
}

impl ChannelView {
    /// A channel and the last message to it.
    pub fn of(channel: Channel, last: Option<Delivery>) -> Self {
        let (mut email, mut telegram, mut chat) = (None, None, None);
        let kind = channel.target.kind();
        match channel.target {
            Target::Webhook => {}
            Target::Email(target) => email = Some(target),
            Target::Telegram(target) => telegram = Some(target),
            Target::Chat(target) => chat = Some(target),
        }
        Self {
            id: channel.id.to_string(),
            name: channel.name,
            kind,
            email,
            telegram,
            chat,
            address: channel.address,
            secrets_set: channel.secrets,
            language: channel.language,
            least_severity: channel.least,
            models: channel.models.iter().map(ToString::to_string).collect(),
            send_resolved: channel.resolved,
            enabled: channel.enabled,
            created_at: channel.created_at,
            last_delivery: last.map(DeliveryView::from),
        }
    }
}

/// A message to a channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    /// Its identity, the same in every attempt; receivers see it as `Idempotency-Key` or `Message-ID`.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// Why it is sent.
    #[schema(value_type = words::DeliveryKind)]
    pub kind: DeliveryKind,
    /// What its alerts are grouped by, `model:KEY` or `source:KEY`.
    pub group: String,
    /// The alerts that it tells of.
    pub alert_ids: Vec<String>,
    /// Where it stands.
    #[schema(value_type = words::DeliveryState)]
    pub state: DeliveryState,
    /// Attempts begun.
    pub attempts: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is tried next; null once it ended.
    pub next_at: Option<Timestamp>,
    /// When it was taken or given up.
    pub ended_at: Option<Timestamp>,
    /// What went wrong last.
    pub error: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            channel: delivery.channel.to_string(),
            kind: delivery.kind,
            group: delivery.group,
            alert_ids: delivery.alerts.iter().map(|alert| alert.id.to_string()).collect(),
            state: delivery.state,
            attempts: delivery.attempts,
            created_at: delivery.created_at,
            next_at: (delivery.state == DeliveryState::Waiting).then_some(delivery.next_at),
            ended_at: delivery.ended_at,
            error: delivery.error,
        }
    }
}
