//! What happened, by whom, from where: append-only.

use crate::user::{Actor, Source};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An event to be written in the same transaction as the change it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened, `noun.verb_in_past`, e.g. `model.created`, `version.deployed`.
    pub kind: &'static str,
    /// What it is about, e.g. `model`.
    pub subject_type: &'static str,
    /// Which one.
    pub subject_id: String,
    /// The model concerned, where there is one, so that live listeners of it hear of it.
    pub model: Option<String>,
    /// The job that did it, where one did.
    pub job: Option<String>,
    /// Details; the kind says the shape.
    pub data: serde_json::Value,
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

impl NewEvent {
    /// An event about one subject, without details.
    pub fn about(kind: &'static str, subject: (&'static str, &str), actor: &Actor, at: Timestamp) -> Self {
        Self {
            kind,
            subject_type: subject.0,
            subject_id: subject.1.to_owned(),
            model: None,
            job: None,
            data: serde_json::Value::Null,
            actor: actor.clone(),
            at,
        }
    }

    /// The same with details.
    #[must_use]
    pub fn with(mut self, data: serde_json::Value) -> Self {
        self.data = data;
        self
    }

    /// The same, concerning a model.
    #[must_use]
    pub fn of_model(mut self, model: &str) -> Self {
        self.model = Some(model.to_owned());
        self
    }

    /// The same, done by a job.
    #[must_use]
    pub fn by_job(mut self, job: &str) -> Self {
        self.job = Some(job.to_owned());
        self
    }
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the workspace's history; grows, may have gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub kind: String,
    /// What it is about.
    pub subject_type: String,
    /// Which one.
    pub subject_id: String,
    /// The model concerned.
    pub model: Option<String>,
    /// The job that did it.
    pub job: Option<String>,
    /// Who, by id.
    pub user: Option<String>,
    /// Who, by name.
    pub actor: String,
    /// The door.
    pub source: Source,
    /// From where.
    pub ip: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// Details.
    pub data: serde_json::Value,
}
