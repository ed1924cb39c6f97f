//! The history is chained, and the database itself refuses to change it.

use super::Bed;
use super::samples::{event, home};
use futures::future::join_all;
use serde_json::json;
use vakhta_domain::chain::{Broken, Fault, Head, Verified, Verifier};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::Actor;

/// Checks a whole chain, a few events at a time.
pub(super) async fn verified(bed: &Bed, workspace: &WorkspaceId) -> Result<Verified, Broken> {
    let events = &bed.ports.events;
    let mut verifier = Verifier::new(workspace.clone(), None);
    let mut after = 0;
    loop {
        let some = events.chain(workspace, after, 3).await.expect("works");
        let Some((last, _)) = some.last() else { break };
        after = last.seq;
        for (entry, link) in &some {
            verifier.take(entry, link.as_ref())?;
        }
    }
    verifier.finish(&events.chain_head(workspace).await.expect("works"))
}

fn elsewhere(kind: &'static str, bed: &Bed) -> NewEvent {
    let actor = Actor::system(WorkspaceId::new("other"));
    NewEvent::about(kind, ("thing", "it\0"), &actor, bed.now()).with(json!({"text": "\u{0}a\"б", "n": 0.1}))
}

pub(super) async fn each_workspace_has_a_chain_of_its_own(bed: Bed) {
    let (events, other) = (&bed.ports.events, WorkspaceId::new("other"));
    bed.store.add_workspace("other").await;
    assert_eq!(events.chain_head(&home()).await.expect("works"), Head::start());
    assert_eq!(verified(&bed, &home()).await.expect("an empty one holds").events, 0);
    for _ in 0..4 {
        events.append(&event("a.b", bed.now())).await.expect("works");
        events.append(&elsewhere("c.d", &bed)).await.expect("works");
    }
    for workspace in [&home(), &other] {
        let found = verified(&bed, workspace).await.expect("it holds");
        let head = events.chain_head(workspace).await.expect("works");
        assert_eq!((found.events, found.older, found.erased), (4, 0, 0));
        assert_eq!((found.head, head.number), (head.hash, 4));
    }
    let (first, link) = events.chain(&home(), 0, 1).await.expect("works").remove(0);
    let link = link.expect("it is chained");
    assert_eq!((first.seq, link.number), (1, 1));
    let seals = [link.seals.actor, link.seals.origin, link.seals.data].map(|seal| seal.salt.expect("a salt"));
    assert!(seals.iter().all(|salt| salt.len() == 32) && seals[0] != seals[1] && seals[1] != seals[2]);
}

pub(super) async fn the_database_refuses_to_change_events(bed: Bed) {
    for _ in 0..3 {
        bed.ports.events.append(&event("user.changed", bed.now())).await.expect("works");
    }
    for refused in [
        "DELETE FROM events WHERE seq = 2",
        "UPDATE events SET kind = 'x' WHERE seq = 2",
        "UPDATE events SET actor = 'x' WHERE seq = 2",
        "UPDATE events SET actor = '(erased)' WHERE seq = 2",
        "UPDATE events SET ip = NULL WHERE seq = 2",
        "UPDATE events SET ip = '1.1.1.1', user_agent = NULL, origin_salt = NULL WHERE seq = 2",
        "UPDATE events SET data = '{\"erased\":true}', data_salt = NULL WHERE seq = 2",
        "UPDATE events SET actor_salt = 'x' WHERE seq = 2",
        "UPDATE events SET chain_hash = 'x' WHERE seq = 2",
    ] {
        let error = bed.store.try_sql(refused).await.expect_err(refused).to_string();
        assert!(error.contains("events are never"), "{refused}: {error}");
    }
    assert_eq!(verified(&bed, &home()).await.expect("it holds").erased, 0);
    let erased = "UPDATE events SET ip = NULL, user_agent = NULL, origin_salt = NULL WHERE seq = 2";
    bed.store.try_sql(erased).await.expect("what is personal may go");
    assert_eq!(verified(&bed, &home()).await.expect("it still holds").erased, 1);
}

pub(super) async fn a_hand_in_the_database_is_found(bed: Bed) {
    for _ in 0..5 {
        bed.ports.events.append(&event("a.b", bed.now())).await.expect("works");
    }
    bed.store.drop_guards_of_events().await;
    for (hand, back, broken) in [
        (
            "UPDATE events SET subject_id = 'x' WHERE seq = 3",
            "UPDATE events SET subject_id = 'it' WHERE seq = 3",
            Broken { seq: 3, fault: Fault::Hash },
        ),
        (
            "UPDATE events SET data = '{}' WHERE seq = 1",
            "UPDATE events SET data = 'null' WHERE seq = 1",
            Broken { seq: 1, fault: Fault::Altered("data") },
        ),
        (
            "UPDATE event_chains SET number = 6",
            "UPDATE event_chains SET number = 5",
            Broken { seq: 5, fault: Fault::Truncated { expected: 6, found: 5 } },
        ),
        (
            "DELETE FROM events WHERE seq = 4",
            "",
            Broken { seq: 5, fault: Fault::Missing { expected: 4, found: 5 } },
        ),
        (
            "DELETE FROM events WHERE seq = 5",
            "",
            Broken { seq: 3, fault: Fault::Truncated { expected: 5, found: 3 } },
        ),
    ] {
        assert!(verified(&bed, &home()).await.is_ok() || back.is_empty());
        bed.store.try_sql(hand).await.expect(hand);
        assert_eq!(verified(&bed, &home()).await, Err(broken), "{hand}");
        if !back.is_empty() {
            bed.store.try_sql(back).await.expect(back);
        }
    }
}

pub(super) async fn writers_at_once_make_one_chain(bed: Bed) {
    bed.store.add_workspace("other").await;
    let writers = (0..8).map(|n| {
        let bed = bed.clone();
        tokio::spawn(async move {
            for i in 0..6 {
                let told = if (n + i) % 2 == 0 { event("a.b", bed.now()) } else { elsewhere("c.d", &bed) };
                bed.ports.events.append(&told).await.expect("works");
            }
        })
    });
    for writer in join_all(writers).await {
        writer.expect("no writer failed");
    }
    for workspace in [home(), WorkspaceId::new("other")] {
        assert_eq!(verified(&bed, &workspace).await.expect("it holds").events, 24);
    }
}
