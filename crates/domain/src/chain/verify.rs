//! Checks a chain event by event, oldest first, and names the first one that does not hold.

use super::{ERASED_DATA, ERASED_NAME, Entry, Head, Link, Seal, digest, hash, holds_names};
use crate::ids::WorkspaceId;

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A part is not what was sealed.
    #[error("its {0} was altered")]
    Altered(&'static str),
    /// The hash does not follow from the event and the one before it.
    #[error("it was altered, or the event before it was replaced")]
    Hash,
    /// Events are missing before this one.
    #[error("events {expected} to {} of the chain are missing before it", found - 1)]
    Missing {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// It stands in another place than it was written in.
    #[error(
        "it stands in the place of event {expected} of the chain and is event {found}: events were reordered"
    )]
    Reordered {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// It was put in without a place in the chain.
    #[error("it is not part of the chain")]
    Unlinked,
    /// Events older than the chain are not as many as there were when it began.
    #[error("of {expected} events older than the chain {found} are there")]
    Older {
        /// As many as there were.
        expected: u64,
        /// As many as there are.
        found: u64,
    },
    /// The last events are missing.
    #[error("the chain goes to event {expected} and ends here, at event {found}: its end was cut off")]
    Truncated {
        /// The last number that was written.
        expected: u64,
        /// The last number that is there.
        found: u64,
    },
    /// The kept end of the chain is not the last event.
    #[error("the end of the chain that the database keeps is not this event's")]
    Head,
    /// A hash that was noted earlier is nowhere in the chain.
    #[error("the expected head {0} is not in the chain: its end was cut off, or it was written anew")]
    NotExpected(String),
}

/// The first event that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq}: {fault}")]
pub struct Broken {
    /// The event, by its place in the history.
    pub seq: i64,
    /// What is wrong.
    #[source]
    pub fault: Fault,
}

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Events in the chain.
    pub events: u64,
    /// Events that are older than it.
    pub older: u64,
    /// Events of which something personal was erased.
    pub erased: u64,
    /// The last event's hash.
    pub head: String,
}

/// Checks one workspace's chain.
#[derive(Debug)]
pub struct Verifier {
    workspace: WorkspaceId,
    head: Head,
    last_seq: i64,
    erased: u64,
    expected: Option<String>,
    found: bool,
}

/// Whether a seal still binds what it was made for, `Some(true)` where that was erased; else `None`.
fn holds(seal: &Seal, parts: &[Option<&str>], is_erased: bool) -> Option<bool> {
    match &seal.salt {
        Some(salt) => (digest(salt, parts) == seal.digest).then_some(false),
        None => is_erased.then_some(true),
    }
}

impl Verifier {
    /// Begins with no event seen. `expected` is a head that was noted earlier and must be in the chain.
    pub fn new(workspace: WorkspaceId, expected: Option<String>) -> Self {
        Self { workspace, head: Head::start(), last_seq: 0, erased: 0, expected, found: false }
    }

    /// Takes the next event.
    pub fn take(&mut self, entry: &Entry, link: Option<&Link>) -> Result<(), Broken> {
        let broken = |fault| Err(Broken { seq: entry.seq, fault });
        let Some(link) = link else {
            if self.head.number > 0 {
                return broken(Fault::Unlinked);
            }
            self.head.older += 1;
            self.last_seq = entry.seq;
            return Ok(());
        };
        let (expected, found) = (self.head.number + 1, link.number);
        if found > expected {
            return broken(Fault::Missing { expected, found });
        }
        if found < expected {
            return broken(Fault::Reordered { expected, found });
        }
        let unknown = entry.ip.is_none() && entry.user_agent.is_none();
        let may_lose_data = holds_names(&entry.subject_type) && entry.data == ERASED_DATA;
        let seals = &link.seals;
        let parts = [
            ("actor", holds(&seals.actor, &[Some(&entry.actor)], entry.actor == ERASED_NAME)),
            ("origin", holds(&seals.origin, &[entry.ip.as_deref(), entry.user_agent.as_deref()], unknown)),
            ("data", holds(&seals.data, &[Some(&entry.data)], may_lose_data)),
        ];
        if let Some((part, _)) = parts.iter().find(|(_, holds)| holds.is_none()) {
            return broken(Fault::Altered(part));
        }
        if hash(&self.workspace, entry, seals, found, &self.head.hash) != link.hash {
            return broken(Fault::Hash);
        }
        self.erased += u64::from(parts.iter().any(|(_, holds)| *holds == Some(true)));
        self.found |= self.expected.as_ref() == Some(&link.hash);
        self.head = Head { number: found, hash: link.hash.clone(), older: self.head.older };
        self.last_seq = entry.seq;
        Ok(())
    }

    /// Compares the end with the one that the database keeps.
    pub fn finish(self, kept: &Head) -> Result<Verified, Broken> {
        let fault = if kept.number > self.head.number {
            Some(Fault::Truncated { expected: kept.number, found: self.head.number })
        } else if kept.number < self.head.number || kept.hash != self.head.hash {
            Some(Fault::Head)
        } else if kept.older != self.head.older {
            Some(Fault::Older { expected: kept.older, found: self.head.older })
        } else {
            self.expected.filter(|_| !self.found).map(Fault::NotExpected)
        };
        match fault {
            Some(fault) => Err(Broken { seq: self.last_seq, fault }),
            None => Ok(Verified {
                events: self.head.number,
                older: self.head.older,
                erased: self.erased,
                head: self.head.hash,
            }),
        }
    }
}
