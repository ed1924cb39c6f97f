//! Events as callers see them.

use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vakhta_domain::event::Event;
use vakhta_domain::ids::UserId;
use vakhta_domain::user::{Actor, Source, Tier};

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventView {
    /// Its place in the history; grows, may have gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What happened, e.g. `version.deployed`.
    pub kind: String,
    /// What it is about, e.g. `model`.
    pub subject_type: String,
    /// Which one.
    pub subject_id: String,
    /// The model concerned.
    pub model: Option<String>,
    /// The job that did it.
    pub job: Option<String>,
    /// Who, by id; null for the system and for strangers.
    pub user: Option<String>,
    /// Who, by name.
    pub actor: String,
    /// The door that he came through.
    #[schema(value_type = words::Source)]
    pub source: Source,
    /// His address; for himself and for administrators.
    pub ip: Option<String>,
    /// His program; for himself and for administrators.
    pub user_agent: Option<String>,
    /// The request that it belongs to.
    pub request_id: Option<String>,
    /// Details; the kind says the shape.
    pub data: Value,
}

impl EventView {
    /// An event as `viewer` may see it.
    pub(crate) fn of(event: Event, viewer: &Actor) -> Self {
        let own = event.user.is_some() && event.user.as_deref() == viewer.user.as_ref().map(UserId::as_str);
        let full = own || viewer.tier >= Tier::Admin;
        Self {
            seq: event.seq,
            at: event.at,
            kind: event.kind,
            subject_type: event.subject_type,
            subject_id: event.subject_id,
            model: event.model,
            job: event.job,
            user: event.user,
            actor: event.actor,
            source: event.source,
            ip: event.ip.filter(|_| full),
            user_agent: event.user_agent.filter(|_| full),
            request_id: event.request_id,
            data: event.data,
        }
    }
}
