use super::*;
use crate::user::{Actor, Source};

fn home() -> WorkspaceId {
    WorkspaceId::new("home")
}

fn entry(seq: i64) -> Entry {
    let actor = Actor {
        user: Some(UserId::new("user_1")),
        name: "Анна".into(),
        source: Source::Gui,
        ip: Some("10.0.0.1".into()),
        user_agent: Some("curl\0".into()),
        ..Actor::system(home())
    };
    let event = NewEvent::about("user.changed", ("user", "u"), &actor, Timestamp::UNIX_EPOCH);
    Entry::of(&event, seq, &format!(r#"{{"n":{seq}}}"#))
}

/// A chain of events with gaps in their numbers, after one that is older than it.
fn chain(n: u64) -> (Vec<(Entry, Option<Link>)>, Head) {
    let mut head = Head { older: 1, ..Head::start() };
    let mut events = vec![(entry(1), None)];
    for i in 1..=n {
        let entry = entry(1 + 3 * i as i64);
        let salts = ["a", "b", "c"].map(|part| format!("{part}{i}"));
        let link = link(&home(), &entry, &head, salts);
        head = Head { number: link.number, hash: link.hash.clone(), older: 1 };
        events.push((entry, Some(link)));
    }
    (events, head)
}

fn verified(
    events: &[(Entry, Option<Link>)],
    head: &Head,
    expected: Option<&str>,
) -> Result<Verified, Broken> {
    let mut verifier = Verifier::new(home(), expected.map(str::to_owned));
    for (entry, link) in events {
        verifier.take(entry, link.as_ref())?;
    }
    verifier.finish(head)
}

fn erase_name(event: &mut (Entry, Option<Link>)) {
    event.0.actor = ERASED_NAME.into();
    event.1.as_mut().expect("a link").seals.actor.salt = None;
}

#[test]
fn an_untouched_chain_holds() {
    let (events, head) = chain(4);
    let found = verified(&events, &head, None).expect("it holds");
    assert_eq!(found, Verified { events: 4, older: 1, erased: 0, head: head.hash.clone() });
    let second = events[2].1.as_ref().expect("a link").hash.clone();
    assert!(verified(&events, &head, Some(&second)).is_ok(), "a head noted earlier is still in it");
    assert_eq!(verified(&[], &Head::start(), None).expect("it holds").events, 0);
}

#[test]
fn the_form_is_the_documented_one() {
    let (events, _) = chain(1);
    let (entry, link) = &events[1];
    let link = link.as_ref().expect("a link");
    // By another program: printf '%s' '["a1",["Анна"]]' | sha256sum
    assert_eq!(link.seals.actor.digest, "e275bb65472247599a55838734c53ce28d2d30757b103270428e89db13a74d15");
    assert_eq!(entry.user_agent.as_deref(), Some("curl\u{fffd}"), "as the database keeps it");
    assert_eq!(link.hash, "d88cb378b7c7bb432fe93378dc1f100005df10318f53069f38f00a5f148010b7");
}

#[test]
fn whatever_is_altered_is_found() {
    type Change = fn(&mut Entry);
    let changes: [(Change, Fault); 12] = [
        (|e| e.actor = "Борис".into(), Fault::Altered("actor")),
        (|e| e.actor = ERASED_NAME.into(), Fault::Altered("actor")),
        (|e| e.ip = None, Fault::Altered("origin")),
        (|e| e.user_agent = Some(String::new()), Fault::Altered("origin")),
        (|e| e.data = "{}".into(), Fault::Altered("data")),
        (|e| e.kind = "user.deleted".into(), Fault::Hash),
        (|e| e.subject_id = "v".into(), Fault::Hash),
        (|e| e.model = Some(String::new()), Fault::Hash),
        (|e| e.user = None, Fault::Hash),
        (|e| e.source = "api".into(), Fault::Hash),
        (|e| e.at_micros += 1, Fault::Hash),
        (|e| e.request_id = Some("r".into()), Fault::Hash),
    ];
    for (change, fault) in changes {
        let (mut events, head) = chain(3);
        change(&mut events[2].0);
        assert_eq!(verified(&events, &head, None), Err(Broken { seq: 7, fault }));
    }
}

#[test]
fn missing_reordered_replaced_and_cut_off() {
    let (whole, head) = chain(4);
    let broken = |events: &[_], seq, fault| {
        assert_eq!(verified(events, &head, None), Err(Broken { seq, fault }));
    };
    let mut events = whole.clone();
    events.remove(2);
    broken(&events, 10, Fault::Missing { expected: 2, found: 3 });
    let mut events = whole.clone();
    let (a, b) = (events[2].0.seq, events[3].0.seq);
    events.swap(2, 3);
    (events[2].0.seq, events[3].0.seq) = (a, b);
    broken(&events, 7, Fault::Missing { expected: 2, found: 3 });
    let mut events = whole.clone();
    events.insert(3, whole[2].clone());
    broken(&events, 7, Fault::Reordered { expected: 3, found: 2 });
    let mut events = whole.clone();
    events.insert(3, (entry(8), None));
    broken(&events, 8, Fault::Unlinked);
    broken(&whole[..4], 10, Fault::Truncated { expected: 4, found: 3 });
    broken(&whole[1..], 13, Fault::Older { expected: 1, found: 0 });
    // One who knows the form writes an event anew: the next one does not follow it.
    let mut events = whole.clone();
    let before = events[1].1.clone().expect("a link");
    let mut other = entry(7);
    other.data = "{}".into();
    let before = Head { number: 1, hash: before.hash, older: 1 };
    events[2] = (other.clone(), Some(link(&home(), &other, &before, ["a", "b", "c"].map(str::to_owned))));
    broken(&events, 10, Fault::Hash);
}

#[test]
fn a_chain_written_anew_is_found_by_a_head_noted_elsewhere() {
    let (whole, head) = chain(4);
    let (short, short_head) = (&whole[..4], whole[3].1.as_ref().expect("a link"));
    let forged = Head { number: 3, hash: short_head.hash.clone(), older: 1 };
    assert!(verified(short, &forged, None).is_ok(), "by itself it holds");
    let fault = Fault::NotExpected(head.hash.clone());
    assert_eq!(verified(short, &forged, Some(&head.hash)), Err(Broken { seq: 10, fault }));
}

#[test]
fn what_is_personal_is_erased_within_the_chain() {
    let (mut events, head) = chain(4);
    erase_name(&mut events[1]);
    let (entry, link) = &mut events[2];
    (entry.ip, entry.user_agent) = (None, None);
    link.as_mut().expect("a link").seals.origin.salt = None;
    let (entry, link) = &mut events[3];
    entry.data = ERASED_DATA.into();
    link.as_mut().expect("a link").seals.data.salt = None;
    assert_eq!(verified(&events, &head, None).expect("it holds").erased, 3);
    // What is not about an account keeps its details.
    let mut other = events.clone();
    other[3].0.subject_type = "model".into();
    assert_eq!(verified(&other, &head, None), Err(Broken { seq: 10, fault: Fault::Altered("data") }));
    // And nobody writes another name in the place of an erased one.
    events[1].0.actor = "Борис".into();
    assert_eq!(verified(&events, &head, None), Err(Broken { seq: 4, fault: Fault::Altered("actor") }));
}
