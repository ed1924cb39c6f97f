//! What is kept of persons: listed, and erased within the chain.

use super::Bed;
use super::chain::verified;
use super::samples::{actor, event, home, job, session, token, user};
use jiff::SignedDuration;
use serde_json::json;
use vakhta_domain::chain::ERASED_NAME;
use vakhta_domain::event::{Event, NewEvent};
use vakhta_domain::ids::{JobId, TokenId, UserId, WorkerId};
use vakhta_domain::job::{JobKind, Outcome};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Erased, EventFilter, JobLease, NetworkSeen, UserChanged};
use vakhta_domain::user::{Actor, Proof, User, UserChange};

async fn added(bed: &Bed) -> User {
    let accounts = &bed.ports.accounts;
    let anna = User { username: "Анна".into(), ..user("user_1", "Анна", bed.now()) };
    let told = event("user.created", bed.now());
    accounts.add_user(&anna, &told).await.expect("works");
    let told = event("user.signed_in", bed.now());
    let session = session("user_1", "s", bed.now());
    assert!(accounts.add_session(&session, &anna, &Proof::FirstFactorAlone, &told).await.expect("works"));
    let told = NewEvent::about("token.created", ("token", "t"), &actor(), bed.now());
    let named = told.with(json!({"name": "ноутбук Анны"}));
    assert!(accounts.add_token(&token("user_1", "t", "th", bed.now()), &anna, &named).await.expect("works"));
    accounts.user(&anna.id).await.expect("works").expect("is there")
}

async fn all(bed: &Bed) -> Vec<Event> {
    let page = PageQuery::first(100);
    bed.ports.events.events(&home(), &EventFilter::default(), &page).await.expect("works").items
}

async fn ended(bed: &Bed, id: &str) {
    super::samples::enqueue(bed, &job(id, id, bed.now())).await;
    let until = bed.now() + SignedDuration::from_secs(10);
    let jobs = &bed.ports.jobs;
    let run = jobs.claim(&WorkerId::new("w"), &[JobKind::Train], bed.now(), until).await.expect("works");
    let lease = JobLease { job: run.expect("a job").id, attempt: 1 };
    let told = event("job.cancelled", bed.now());
    assert!(jobs.finish(&lease, &Outcome::Cancelled, bed.now(), &told).await.expect("works"));
}

pub(super) async fn a_person_is_erased_and_the_chain_holds(bed: Bed) {
    let anna = added(&bed).await;
    ended(&bed, "job_a").await;
    let boss = Actor { user: Some(UserId::new("boss")), name: "Босс".into(), ..actor() };
    let by_boss = NewEvent::about("user.changed", ("user", "user_1"), &boss, bed.now());
    let by_boss = by_boss.with(json!({"username": "Анна"}));
    let stranger = Actor { user: None, name: "АННА".into(), ..actor() };
    let failed = NewEvent::about("user.sign_in_failed", ("user", "-"), &stranger, bed.now());
    let of_model = event("model.created", bed.now()).with(json!({"spec": "Анна"}));
    for told in [&by_boss, &failed, &of_model] {
        bed.ports.events.append(told).await.expect("works");
    }
    let gone = NewEvent::about("user.deleted", ("user", "user_1"), &actor(), bed.now());
    let change = UserChange::erasure(anna, bed.now(), gone);
    assert_eq!(bed.ports.accounts.change_user(&change).await.expect("works"), UserChanged::Done);

    let events = all(&bed).await;
    for event in &events {
        let own = event.user.as_deref() == Some("user_1") || event.kind == "user.sign_in_failed";
        if own {
            assert_eq!((event.actor.as_str(), &event.ip, &event.user_agent), (ERASED_NAME, &None, &None));
        }
        let of_account = event.subject_id == "user_1" || event.subject_type == "token";
        let shown = event.data.to_string();
        assert!(!of_account || !shown.contains("Анн"), "{}: {shown}", event.kind);
    }
    let kept = events.iter().find(|event| event.kind == "user.changed").expect("is there");
    assert_eq!((kept.actor.as_str(), kept.ip.as_deref()), ("Босс", Some("10.0.0.1")));
    let model = events.iter().find(|event| event.kind == "model.created").expect("is there");
    assert_eq!(model.data["spec"], "Анна", "what is not about accounts stays");
    let job = bed.ports.jobs.job(&home(), &JobId::new("job_a")).await.expect("works").expect("is there");
    assert_eq!((job.owner.name.as_str(), job.owner.ip, job.owner.user_agent), (ERASED_NAME, None, None));
    let found = verified(&bed, &home()).await.expect("the chain holds");
    assert_eq!((found.events as usize, found.erased as usize), (events.len(), events.len() - 1));
    let accounts = &bed.ports.accounts;
    assert!(accounts.session("s").await.expect("works").is_none());
    assert!(accounts.token("th").await.expect("works").is_none());
    let again = user("user_2", "анна", bed.now());
    accounts.add_user(&again, &event("user.created", bed.now())).await.expect("the name is free");
}

pub(super) async fn origins_are_forgotten_when_their_time_is_over(bed: Bed) {
    added(&bed).await;
    ended(&bed, "old").await;
    super::samples::enqueue(&bed, &job("waits", "waits", bed.now())).await;
    let told = NewEvent::about("token.new_network", ("token", "t"), &actor(), bed.now());
    let told = told.with(json!({}));
    bed.ports.accounts.note_network(&TokenId::new("t"), "10.0.0.0/24", &told).await.expect("works");
    let old = all(&bed).await.len() as u64;
    bed.clock.advance(SignedDuration::from_hours(48));
    let before = bed.now() - SignedDuration::from_hours(24);
    bed.ports.events.append(&event("model.created", bed.now())).await.expect("works");
    let personal = &bed.ports.personal;
    let system = Actor::system(home());
    let told = NewEvent::about("personal_data.expired", ("workspace", "default"), &system, bed.now());
    let place = home();
    let forget = || personal.forget_origins(&place, before, 3, &told);
    assert_eq!(forget().await.expect("works"), Erased { events: 3, jobs: 1, networks: 1 });
    let mut rest = 0;
    loop {
        let erased = forget().await.expect("works");
        if erased.is_nothing() {
            break;
        }
        rest += erased.events;
    }
    assert_eq!(rest, old - 3);
    let events = all(&bed).await;
    assert_eq!(events.iter().filter(|event| event.ip.is_some()).count(), 1, "the young one keeps its own");
    assert!(events.iter().all(|event| event.actor != ERASED_NAME), "names stay");
    let last = events.iter().rfind(|event| event.kind == "personal_data.expired").expect("it is told");
    assert_eq!(last.data["erased"], json!({"events": 3, "jobs": 1, "networks": 1}));
    let waits = bed.ports.jobs.job(&home(), &JobId::new("waits")).await.expect("works").expect("is there");
    assert!(waits.owner.ip.is_some(), "a job that has not ended still needs its owner");
    let found = verified(&bed, &home()).await.expect("the chain holds");
    assert_eq!(found.erased, old);
}

pub(super) async fn what_is_kept_of_a_person_is_listed(bed: Bed) {
    added(&bed).await;
    for id in ["a", "b", "c"] {
        ended(&bed, id).await;
    }
    let (personal, id) = (&bed.ports.personal, UserId::new("user_1"));
    let sessions = personal.sessions_of(&id).await.expect("works");
    assert_eq!((sessions.len(), sessions[0].ip.as_deref()), (1, Some("::1")));
    let own = personal.events_of(&id, &PageQuery::first(4)).await.expect("works");
    assert_eq!((own.items.len(), own.items[0].0.as_str()), (4, "default"));
    let more = PageQuery { limit: 100, cursor: own.next_cursor };
    let rest = personal.events_of(&id, &more).await.expect("works").items.len();
    assert_eq!(4 + rest, all(&bed).await.len());
    let first = personal.jobs_of(&id, &PageQuery::first(2)).await.expect("works");
    assert_eq!(first.items.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["c", "b"]);
    let nobody = UserId::new("nobody");
    assert_eq!(personal.sessions_of(&nobody).await.expect("works"), []);
    assert_eq!(personal.events_of(&nobody, &PageQuery::first(9)).await.expect("works").items, []);
    assert_eq!(personal.jobs_of(&nobody, &PageQuery::first(9)).await.expect("works").items, []);
}

pub(super) async fn networks_of_tokens_are_noted(bed: Bed) {
    added(&bed).await;
    let before = all(&bed).await.len();
    let note = async |network: &str| {
        let told = NewEvent::about("token.new_network", ("token", "t"), &actor(), bed.now());
        let told = told.with(json!({"network": network}));
        bed.ports.accounts.note_network(&TokenId::new("t"), network, &told).await.expect("works")
    };
    assert_eq!(note("10.0.0.0/24").await, NetworkSeen::First);
    assert_eq!(note("10.0.0.0/24").await, NetworkSeen::Known);
    assert_eq!(all(&bed).await.len(), before, "the first one is no news");
    assert_eq!(note("10.0.1.0/24").await, NetworkSeen::New);
    let told = all(&bed).await.remove(0);
    assert_eq!(
        (told.kind.as_str(), told.data),
        ("token.new_network", json!({"network": "10.0.1.0/24", "known": 1}))
    );
    let told = NewEvent::about("token.new_network", ("token", "x"), &actor(), bed.now()).with(json!({}));
    let missing = bed.ports.accounts.note_network(&TokenId::new("x"), "10.0.0.0/24", &told).await;
    assert_eq!(missing.expect("works"), NetworkSeen::Known, "there is no such token any more");
    let deleted = event("token.deleted", bed.now());
    let (user, id) = (UserId::new("user_1"), TokenId::new("t"));
    assert!(bed.ports.accounts.delete_token(&user, &id, &deleted).await.expect("its networks go with it"));
}
