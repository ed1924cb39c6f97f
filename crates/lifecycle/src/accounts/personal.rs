//! What is kept of a person: told to him on request, and forgotten when its time is over.

use jiff::SignedDuration;
use vakhta_domain::event::{Event, NewEvent};
use vakhta_domain::ids::{UserId, WorkspaceId};
use vakhta_domain::job::Job;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Erased, Ports, StoreError};
use vakhta_domain::user::{Actor, ApiToken, Session};
use vakhta_domain::workspace::Workspace;

/// Rows that one transaction erases: others wait no longer than that takes.
const AT_ONCE: u32 = 2_000;

/// Everything that is kept of an account beside its own row.
#[derive(Debug)]
pub struct Kept {
    /// Where it belongs.
    pub workspaces: Vec<Workspace>,
    /// What it is signed in by.
    pub sessions: Vec<Session>,
    /// Its tokens.
    pub tokens: Vec<ApiToken>,
    /// What it did, newest first.
    pub events: Vec<(WorkspaceId, Event)>,
    /// What it asked for, newest first.
    pub jobs: Vec<Job>,
}

/// Gathers what is kept of an account.
pub async fn kept(ports: &Ports, user: &UserId) -> Result<Kept, StoreError> {
    let mut kept = Kept {
        workspaces: Vec::new(),
        sessions: ports.personal.sessions_of(user).await?,
        tokens: ports.accounts.tokens(user).await?,
        events: Vec::new(),
        jobs: Vec::new(),
    };
    let mut next = Some(PageQuery::longest());
    while let Some(query) = next {
        let page = ports.workspaces.workspaces(Some(user), &query).await?;
        next = query.after(&page);
        kept.workspaces.extend(page.items);
    }
    let mut next = Some(PageQuery::longest());
    while let Some(query) = next {
        let page = ports.personal.events_of(user, &query).await?;
        next = query.after(&page);
        kept.events.extend(page.items);
    }
    let mut next = Some(PageQuery::longest());
    while let Some(query) = next {
        let page = ports.personal.jobs_of(user, &query).await?;
        next = query.after(&page);
        kept.jobs.extend(page.items);
    }
    Ok(kept)
}

/// Forgets addresses and programs that are older than so many days, in every workspace; how much that was. With 0
/// days nothing is forgotten.
pub async fn forget_origins(ports: &Ports, days: u32) -> Result<Erased, StoreError> {
    let mut all = Erased::default();
    if days == 0 {
        return Ok(all);
    }
    for workspace in crate::audit::workspaces(ports).await? {
        let now = ports.clock.now();
        let Ok(before) = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))) else { break };
        let system = Actor::system(workspace.clone());
        let told = NewEvent::about("personal_data.expired", ("workspace", workspace.as_str()), &system, now);
        loop {
            let erased = ports.personal.forget_origins(&workspace, before, AT_ONCE, &told).await?;
            if erased.is_nothing() {
                break;
            }
            all.events += erased.events;
            all.jobs += erased.jobs;
            all.networks += erased.networks;
        }
    }
    Ok(all)
}
