//! Many at once. What may happen once happens once.

use super::Bed;
use super::samples::{
    add_model, claim, dataset, decision, enqueue, event, home, job, lease, schedule, spec, train, user,
};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::future::Future;
use tokio::task::JoinSet;
use vakhta_domain::decision::DecisionKind;
use vakhta_domain::deployment::Switch;
use vakhta_domain::ids::{DatasetKey, ModelKey, WorkerId};
use vakhta_domain::job::{JobKind, NewJob, Orphan, Outcome};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{Enqueued, JobFilter, Replay, SwitchAnswer, UserChanged, UserFilter};
use vakhta_domain::user::{Tier, User, UserChange, UserEdit};

/// Runs `n` of them together; their answers.
pub(super) async fn together<T, F>(n: u32, bed: &Bed, work: impl Fn(u32, Bed) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for i in 0..n {
        tasks.spawn(work(i, bed.clone()));
    }
    tasks.join_all().await
}

pub(super) async fn claims_never_double(bed: Bed) {
    const JOBS: usize = 200;
    for n in 0..JOBS {
        enqueue(&bed, &NewJob { single_flight: None, ..job(&format!("j{n}"), "visits", bed.now()) }).await;
    }
    let claimed = together(8, &bed, |worker, bed| async move {
        let mut mine = Vec::new();
        let (jobs, now) = (&bed.ports.jobs, bed.now());
        let (worker, until) = (WorkerId::new(format!("w{worker}")), now + SignedDuration::from_secs(10));
        while let Some(job) = jobs.claim(&worker, &JobKind::ALL, now, until).await.expect("works") {
            assert_eq!((job.attempt, job.worker.as_ref()), (1, Some(&worker)));
            let done = Outcome::Completed(serde_json::Value::Null);
            let told = event("job.completed", now);
            assert!(jobs.finish(&lease(&job), &done, now, &told).await.expect("works"));
            mine.push(job.id.as_str().to_owned());
        }
        mine
    })
    .await;
    let all: Vec<_> = claimed.into_iter().flatten().collect();
    assert_eq!(all.len(), JOBS);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), JOBS, "none twice");
    assert!(claim(&bed, "w").await.is_none());
}

pub(super) async fn one_firing_wins(bed: Bed) {
    add_model(&bed, "visits").await;
    let told = event("schedule.created", bed.now());
    let nightly = schedule("nightly", "visits", bed.now());
    assert!(bed.ports.schedules.add_schedule(&nightly, &told).await.expect("works"));
    bed.clock.advance(SignedDuration::from_hours(24));
    let fired = together(8, &bed, move |n, bed| async move {
        let due = bed.ports.schedules.due_schedules(bed.now()).await.expect("works");
        let Some(due) = due.first() else { return false };
        let firing = super::schedules::firing(&bed, due, &format!("job_{n}"));
        bed.ports.schedules.fire(&firing).await.expect("works").is_some()
    })
    .await;
    assert_eq!(fired.iter().filter(|&&ours| ours).count(), 1);
    let jobs =
        bed.ports.jobs.jobs(&home(), &JobFilter::default(), &PageQuery::first(9)).await.expect("works");
    assert_eq!(jobs.items.len(), 1);
}

pub(super) async fn one_single_flight_wins(bed: Bed) {
    for round in 0..5 {
        let answers = together(8, &bed, move |n, bed| async move {
            let new = job(&format!("j{round}_{n}"), "visits", bed.now());
            bed.ports.jobs.enqueue(&new, &event("job.queued", bed.now())).await.expect("works")
        })
        .await;
        let winners: Vec<_> = answers
            .iter()
            .filter_map(|answer| match answer {
                Enqueued::Queued(job) => Some(job.id.clone()),
                Enqueued::Busy(_) => None,
            })
            .collect();
        assert_eq!(winners.len(), 1);
        for answer in answers {
            assert!(!matches!(answer, Enqueued::Busy(id) if id != winners[0]), "all name the winner");
        }
        let running = claim(&bed, "w").await.expect("a job");
        let told = event("job.cancelled", bed.now());
        let ended = bed.ports.jobs.finish(&lease(&running), &Outcome::Cancelled, bed.now(), &told).await;
        assert!(ended.expect("works"));
    }
}

pub(super) async fn one_settles_an_orphan(bed: Bed) {
    enqueue(&bed, &job("j1", "visits", bed.now())).await;
    claim(&bed, "w").await.expect("a job");
    bed.clock.advance(SignedDuration::from_secs(11));
    let settled = together(8, &bed, |_, bed| async move {
        let told = event("job.recovered", bed.now());
        let orphans = bed.ports.jobs.orphans(bed.now()).await.expect("works");
        let mut mine = 0;
        for orphan in orphans {
            let lease = lease(&orphan);
            let won = bed.ports.jobs.settle(&lease, Orphan::Requeue(0), "", bed.now(), &told).await;
            mine += u32::from(won.expect("works"));
        }
        mine
    })
    .await;
    assert_eq!(settled.iter().sum::<u32>(), 1);
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), 2);
    assert_eq!(claim(&bed, "w").await.expect("a job").attempt, 2);
}

pub(super) async fn one_switch_wins(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_0", true, None).await;
    for n in 1..=8 {
        train(&bed, "visits", &format!("v_{n}"), false, Some("v_0")).await;
    }
    let answers = together(8, &bed, |n, bed| async move {
        let version = format!("v_{}", n + 1);
        let switch = Switch {
            workspace: home(),
            decision: decision(
                DecisionKind::Deploy,
                &format!("d_{n}"),
                "visits",
                &version,
                Some("v_0"),
                bed.now(),
            ),
            arm: None,
            event: event("version.deployed", bed.now()),
        };
        bed.ports.versions.switch(&switch).await.expect("works")
    })
    .await;
    let done: Vec<_> = answers
        .iter()
        .filter_map(|answer| match answer {
            SwitchAnswer::Done(deployment) => Some(deployment),
            _ => None,
        })
        .collect();
    assert_eq!(done.len(), 1, "{answers:?}");
    assert_eq!(done[0].generation, 2);
    let champions = bed.ports.versions.champions().await.expect("works");
    assert_eq!((champions.len(), &champions[0].version), (1, &done[0].version));
    for answer in &answers {
        let fits = match answer {
            SwitchAnswer::Done(_) => true,
            SwitchAnswer::Superseded(now) => now.as_ref() == Some(&done[0].version),
            _ => false,
        };
        assert!(fits, "{answer:?}");
    }
}

/// A listener that goes on from the last number it saw misses nothing, whatever commits when.
pub(super) async fn events_appear_in_order(bed: Bed) {
    const WRITERS: u32 = 6;
    const EACH: u32 = 15;
    let listening = bed.clone();
    let listener = tokio::spawn(async move {
        let mut seen = Vec::new();
        while seen.len() < (WRITERS * EACH) as usize {
            let last = seen.last().copied().unwrap_or(0);
            let new = listening.ports.events.events_after(last, 50).await.expect("works");
            seen.extend(new.iter().map(|(_, event)| event.seq));
            tokio::task::yield_now().await;
        }
        seen
    });
    together(WRITERS, &bed, |_, bed| async move {
        for _ in 0..EACH {
            bed.ports.events.append(&event("a.b", bed.now())).await.expect("works");
        }
    })
    .await;
    let seen = tokio::time::timeout(std::time::Duration::from_secs(30), listener).await;
    let seen = seen.expect("nothing was missed").expect("it ran");
    assert_eq!(seen, (1..=i64::from(WRITERS * EACH)).collect::<Vec<_>>());
}

pub(super) async fn numbers_have_no_gaps(bed: Bed) {
    together(8, &bed, |n, bed| async move {
        for i in 0..4 {
            let new = dataset("sales", &format!("dv_{n}_{i}"), bed.now());
            let told = event("dataset.uploaded", bed.now());
            bed.ports.datasets.add_version(&home(), new, &told).await.expect("works");
        }
    })
    .await;
    let key = DatasetKey::new("sales");
    let all =
        bed.ports.datasets.dataset_versions(&home(), &key, &PageQuery::first(100)).await.expect("works");
    let numbers: Vec<_> = all.items.iter().map(|version| version.number).collect();
    assert_eq!(numbers, (1..=32).rev().collect::<Vec<_>>());
    // The same for a model: many add it, one has it.
    let added = together(8, &bed, |_, bed| async move {
        let told = event("model.created", bed.now());
        bed.ports.models.add_model(&home(), &spec("visits"), &[], &told).await.expect("works").is_some()
    })
    .await;
    assert_eq!(added.iter().filter(|added| **added).count(), 1);
}

pub(super) async fn one_taker_of_a_key(bed: Bed) {
    for stale in [false, true] {
        if stale {
            bed.clock.advance(SignedDuration::from_secs(120));
        }
        let answers = together(8, &bed, |_, bed| async move {
            let before = bed.now() - SignedDuration::from_secs(60);
            bed.ports.idempotency.take(&home(), "k", "a", bed.now(), before).await.expect("works")
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| **answer == Replay::Fresh).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| **answer == Replay::InProgress).count(), 7);
    }
}

/// What a process that dies in the middle leaves: a transaction that nobody saved.
pub(super) async fn dropped_transactions_leave_nothing(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    train(&bed, "visits", "v_2", false, Some("v_1")).await;
    let last = bed.ports.events.last_seq().await.expect("works");
    let key = ModelKey::new("visits");
    bed.store.half_a_switch(&home(), &key, "v_2", bed.now()).await;
    let champions = bed.ports.versions.champions().await.expect("works");
    assert_eq!((champions.len(), champions[0].version.as_str()), (1, "v_1"));
    assert_eq!(bed.ports.events.last_seq().await.expect("works"), last);
    let model = bed.ports.models.model(&home(), &key).await.expect("works").expect("is there");
    assert_eq!(model.champion, Some(champions[0].version.clone()));
    // A caller that goes away in the middle is the same, and holds up nobody after it.
    for polls in 1..12 {
        let new = job(&format!("j{polls}"), "visits", bed.now());
        let told = event("job.queued", bed.now());
        let mut call = bed.ports.jobs.enqueue(&new, &told);
        for _ in 0..polls {
            if futures::poll!(&mut call).is_ready() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_micros(300)).await;
        }
    }
    let (everything, page) = (JobFilter::default(), PageQuery::first(99));
    let jobs = bed.ports.jobs.jobs(&home(), &everything, &page).await.expect("works");
    let active = jobs.items.iter().filter(|job| !job.state.is_final()).count();
    assert!(active <= 1, "{active} with one single-flight key");
}

pub(super) async fn a_system_admin_stays(bed: Bed) {
    // Each demotes or deletes another one at the same time, round after round; somebody always stays.
    for round in 0..4 {
        for n in 0..2 {
            let id = format!("r{round}_{n}");
            let boss = User { tier: Tier::SystemAdmin, ..user(&id, &id, bed.now()) };
            let told = event("user.created", bed.now());
            bed.ports.accounts.add_user(&boss, &told).await.expect("works");
        }
        let admins = UserFilter { tier: Some(Tier::SystemAdmin), is_active: Some(true), name: None };
        let there = bed.ports.accounts.users(&admins, &PageQuery::first(9)).await.expect("works").items;
        let answers = together(there.len() as u32, &bed, move |n, bed| {
            let target = there[n as usize].clone();
            async move {
                let demote = UserEdit { tier: Some(Tier::User), ..UserEdit::default() };
                let change = if n % 2 == 0 {
                    super::accounts::change(&bed, &target, demote)
                } else {
                    UserChange::deletion(target, bed.now(), event("user.deleted", bed.now()))
                };
                bed.ports.accounts.change_user(&change).await.expect("works")
            }
        })
        .await;
        let refused = answers.iter().filter(|a| **a == UserChanged::LastSystemAdmin).count();
        assert_eq!(refused, 1, "round {round}: {answers:?}");
        assert!(answers.iter().all(|a| matches!(a, UserChanged::Done | UserChanged::LastSystemAdmin)));
        let left = bed.ports.accounts.users(&admins, &PageQuery::first(9)).await.expect("works").items;
        assert_eq!(left.len(), 1);
    }
}

pub(super) async fn one_taker_of_a_name(bed: Bed) {
    let mut users = Vec::new();
    for n in 0..8 {
        let user = user(&format!("u{n}"), &format!("name{n}"), bed.now());
        bed.ports.accounts.add_user(&user, &event("user.created", bed.now())).await.expect("works");
        users.push(user);
    }
    let answers = together(8, &bed, move |n, bed| {
        let rename = UserEdit { username: Some("Анна".into()), ..UserEdit::default() };
        let change = super::accounts::change(&bed, &users[n as usize], rename);
        async move { bed.ports.accounts.change_user(&change).await.expect("works") }
    })
    .await;
    assert_eq!(answers.iter().filter(|a| **a == UserChanged::Done).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|a| **a == UserChanged::Taken).count(), 7, "{answers:?}");
}
