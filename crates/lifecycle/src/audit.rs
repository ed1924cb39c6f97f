//! Reads the history back and has it looked at: whether its chains hold, and what in it is suspicious.

use jiff::Timestamp;
use vakhta_domain::chain::{Broken, Verified, Verifier};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{EventFilter, Ports, StoreError};
use vakhta_domain::suspicion::{
    ACCESS_DENIED, HISTORY_DAYS, NEW_NETWORK, SIGN_IN_FAILED, Suspicion, day_of, find,
};

/// Events read at once.
const AT_ONCE: u32 = 1_000;

/// Checks one workspace's chain. `expected` is a head that was noted earlier.
pub async fn verify(
    ports: &Ports,
    workspace: &WorkspaceId,
    expected: Option<String>,
) -> Result<Result<Verified, Broken>, StoreError> {
    // The end is read first: events that come meanwhile are no fault, so reading stops at it.
    let end = ports.events.chain_head(workspace).await?;
    let mut verifier = Verifier::new(workspace.clone(), expected);
    let mut after = 0;
    loop {
        let events = ports.events.chain(workspace, after, AT_ONCE).await?;
        let Some((last, _)) = events.last() else { return Ok(verifier.finish(&end)) };
        after = last.seq;
        for (entry, link) in &events {
            if link.as_ref().is_some_and(|link| link.number == end.number + 1)
                && came_later(ports, workspace, end.number).await?
            {
                return Ok(verifier.finish(&end));
            }
            if let Err(broken) = verifier.take(entry, link.as_ref()) {
                return Ok(Err(broken));
            }
        }
    }
}

/// Whether the chain has gone on beyond `number` since its end was read.
async fn came_later(ports: &Ports, workspace: &WorkspaceId, number: u64) -> Result<bool, StoreError> {
    Ok(ports.events.chain_head(workspace).await?.number > number)
}

/// Every workspace.
pub async fn workspaces(ports: &Ports) -> Result<Vec<WorkspaceId>, StoreError> {
    let mut all = Vec::new();
    let mut next = Some(PageQuery::longest());
    while let Some(query) = next {
        let page = ports.workspaces.workspaces(None, &query).await?;
        next = query.after(&page);
        all.extend(page.items.into_iter().map(|workspace| workspace.id));
    }
    Ok(all)
}

/// Events of one kind that are looked at, at the most.
const MOST_EVENTS: usize = 20_000;

/// What should be looked at since a moment, the newest first.
pub async fn suspicions(
    ports: &Ports,
    workspace: &WorkspaceId,
    since: Timestamp,
) -> Result<Vec<Suspicion>, StoreError> {
    let mut events = Vec::new();
    for kind in [SIGN_IN_FAILED, ACCESS_DENIED, NEW_NETWORK] {
        let filter = EventFilter { kind: Some(kind.into()), since: Some(since), ..EventFilter::default() };
        let before = events.len();
        let mut next = Some(PageQuery::longest());
        while let Some(query) = next.filter(|_| events.len() - before < MOST_EVENTS) {
            let page = ports.events.events(workspace, &filter, &query).await?;
            next = query.after(&page);
            events.extend(page.items);
        }
    }
    let from_day = day_of(since);
    let days = ports.events.day_counts(workspace, from_day - HISTORY_DAYS).await?;
    Ok(find(&events, &days, from_day))
}
