//! The history's chain: each event of a workspace holds the hash of what it says and of the event before it, so
//! that nobody alters, removes or reorders one unseen. What is personal enters by a salted digest: it can be erased
//! with its salt, and the chain still holds.

mod verify;

pub use verify::{Broken, Fault, Verified, Verifier};

use crate::event::NewEvent;
use crate::ids::{UserId, WorkspaceId};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// What stands in the place of an erased name.
pub const ERASED_NAME: &str = "(erased)";
/// What stands in the place of erased details.
pub const ERASED_DATA: &str = r#"{"erased":true}"#;

/// Random bytes of one salt.
pub const SALT_BYTES: usize = 16;

/// An event as it enters the chain: every part as the text that the store keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the history of all workspaces.
    pub seq: i64,
    /// When, microseconds since 1970 UTC.
    pub at_micros: i64,
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
    pub source: String,
    /// From where.
    pub ip: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// Details, as JSON text.
    pub data: String,
}

/// No database of ours keeps the zero character in a text.
fn kept(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl Entry {
    /// An event that is to be written, with its details as JSON text.
    pub fn of(event: &NewEvent, seq: i64, data: &str) -> Self {
        let actor = &event.actor;
        Self {
            seq,
            at_micros: event.at.as_microsecond(),
            kind: event.kind.to_owned(),
            subject_type: event.subject_type.to_owned(),
            subject_id: kept(&event.subject_id),
            model: event.model.as_deref().map(kept),
            job: event.job.as_deref().map(kept),
            user: actor.user.as_ref().map(UserId::as_str).map(kept),
            actor: kept(&actor.name),
            source: actor.source.as_str().to_owned(),
            ip: actor.ip.as_deref().map(kept),
            user_agent: actor.user_agent.as_deref().map(kept),
            request_id: actor.request_id.as_deref().map(kept),
            data: kept(data),
        }
    }

    /// When; none where the number is no moment.
    pub fn at(&self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.at_micros).ok()
    }
}

/// Whether an event's details may be erased on request: those about accounts and their tokens hold names.
pub fn holds_names(subject_type: &str) -> bool {
    matches!(subject_type, "user" | "token")
}

/// What binds something that may be erased: the digest stays, the salt goes with what it hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// Random, hex; none once what it hides was erased.
    pub salt: Option<String>,
    /// SHA-256 of the salt and the parts, hex.
    pub digest: String,
}

impl Seal {
    fn of(salt: String, parts: &[Option<&str>]) -> Self {
        Self { digest: digest(&salt, parts), salt: Some(salt) }
    }
}

/// The seals of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seals {
    /// Of the name of who did it.
    pub actor: Seal,
    /// Of his address and program.
    pub origin: Seal,
    /// Of the details.
    pub data: Seal,
}

/// An event's place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// 1, 2, 3 … without gaps within the workspace.
    pub number: u64,
    /// SHA-256, hex.
    pub hash: String,
    /// What binds what may be erased.
    pub seals: Seals,
}

/// The end of a workspace's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last event's number; 0 where there is none yet.
    pub number: u64,
    /// Its hash.
    pub hash: String,
    /// Events that are older than the chain, which it does not vouch for.
    pub older: u64,
}

impl Head {
    /// The head of a chain that has no event yet.
    pub fn start() -> Self {
        Self { number: 0, hash: "0".repeat(64), older: 0 }
    }
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// SHA-256 of `[salt, part, …]` as JSON without spaces, hex.
pub fn digest(salt: &str, parts: &[Option<&str>]) -> String {
    sha256(&json!([salt, parts]).to_string())
}

/// The hash of an event that follows `previous`: SHA-256 of one JSON array without spaces, hex. It begins with the
/// name of this form, so that another form can follow.
pub fn hash(workspace: &WorkspaceId, entry: &Entry, seals: &Seals, number: u64, previous: &str) -> String {
    let form = json!([
        "vakhta event 1",
        workspace.as_str(),
        number,
        previous,
        entry.seq,
        entry.at_micros,
        entry.kind,
        entry.subject_type,
        entry.subject_id,
        entry.model,
        entry.job,
        entry.user,
        entry.source,
        entry.request_id,
        seals.actor.digest,
        seals.origin.digest,
        seals.data.digest,
    ]);
    sha256(&form.to_string())
}

/// Links an event to the end of a chain. `salts` are for the name, the origin and the details.
pub fn link(workspace: &WorkspaceId, entry: &Entry, head: &Head, salts: [String; 3]) -> Link {
    let [for_actor, for_origin, for_data] = salts;
    let seals = Seals {
        actor: Seal::of(for_actor, &[Some(&entry.actor)]),
        origin: Seal::of(for_origin, &[entry.ip.as_deref(), entry.user_agent.as_deref()]),
        data: Seal::of(for_data, &[Some(&entry.data)]),
    };
    let number = head.number + 1;
    Link { number, hash: hash(workspace, entry, &seals, number, &head.hash), seals }
}

#[cfg(test)]
mod tests;
