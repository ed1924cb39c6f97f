use super::SuspicionRule::{FailedSignInsFromAddress as Address, FailedSignInsOfName as Name};
use super::*;
use crate::alert::Language;
use crate::user::Source;
use serde_json::json;

fn event(seq: i64, second: i64, kind: &str, actor: &str, ip: &str) -> Event {
    Event {
        seq,
        at: Timestamp::from_second(1_800_000_000 + second).expect("a moment"),
        kind: kind.into(),
        subject_type: "user".into(),
        subject_id: "-".into(),
        model: None,
        job: None,
        user: None,
        actor: actor.into(),
        source: Source::Api,
        ip: Some(ip.into()),
        user_agent: None,
        request_id: None,
        data: serde_json::Value::Null,
    }
}

#[test]
fn a_series_of_failed_sign_ins_is_found_by_address_and_by_name() {
    let failed = |n: i64, step: i64, actor: fn(i64) -> String, ip: fn(i64) -> String| -> Vec<Event> {
        (0..n).map(|i| event(i + 1, i * step, SIGN_IN_FAILED, &actor(i), &ip(i))).collect()
    };
    let (anna, one) =
        ((|_| "Anna".to_owned()) as fn(i64) -> String, (|_| "10.0.0.1".to_owned()) as fn(i64) -> String);
    let (names, addresses) =
        ((|i| format!("u{i}")) as fn(i64) -> String, (|i| format!("10.0.0.{i}")) as fn(i64) -> String);
    let rules = |events: &[Event]| {
        find(events, &[], 0).into_iter().map(|s| (s.rule, s.about, s.count)).collect::<Vec<_>>()
    };
    assert_eq!(rules(&failed(4, 1, anna, one)), [], "four are no series");
    assert_eq!(rules(&failed(5, 1, names, one)), [(Address, "10.0.0.1".into(), 5)]);
    assert_eq!(rules(&failed(5, 150, anna, addresses)), [(Name, "anna".into(), 5)], "within ten minutes");
    assert_eq!(rules(&failed(9, 151, anna, addresses)), [], "too far apart to be five within ten minutes");
    assert_eq!(rules(&failed(9, 601, anna, one)), []);
    let mut twice = failed(5, 1, names, one);
    twice.extend((0..6).map(|i| event(10 + i, 5_000 + i, SIGN_IN_FAILED, "x", "10.0.0.1")));
    let found = find(&twice, &[], 0);
    let shown: Vec<_> = found.iter().map(|s| (s.rule, s.count, s.events.clone())).collect();
    assert_eq!(
        shown,
        [(Address, 6, (10..16).collect()), (Name, 6, (10..16).collect()), (Address, 5, (1..6).collect())]
    );
}

#[test]
fn refusals_count_as_often_as_they_say() {
    let told = |seq, second, count: u64| Event {
        data: json!({"count": count}),
        ..event(seq, second, ACCESS_DENIED, "boris", "10.0.0.1")
    };
    assert_eq!(find(&[told(1, 0, 1), told(2, 5, 1), told(3, 9, 2)], &[], 0), []);
    let found = find(&[told(1, 0, 1), told(2, 5, 1), told(4, 30, 4), told(3, 9, 2)], &[], 0);
    assert_eq!((found.len(), found[0].count, &found[0].events[..]), (1, 8, &[1, 2, 3, 4][..]));
}

#[test]
fn a_new_network_is_told_with_its_words() {
    let data = json!({"name": "nightly", "network": "10.2.0.0/24", "known": 2});
    let used = Event { data, ..event(7, 0, NEW_NETWORK, "anna", "10.2.0.9") };
    let found = find(&[used], &[], 0).remove(0);
    assert_eq!((found.rule, found.usual), (SuspicionRule::NewNetwork, 2));
    assert!(reason(&found, Language::En).contains("“nightly” was used from 10.2.0.0/24"));
    assert!(reason(&found, Language::Ru).contains("«nightly» использован из сети 10.2.0.0/24"));
}

#[test]
fn a_day_is_odd_against_the_own_history_only() {
    let day = |user: &str, day, count| DayCount {
        user: user.into(),
        actor: user.into(),
        day,
        count,
        first: day,
        last: day + 1,
    };
    let usual = [day("a", 100, 30), day("a", 101, 40), day("a", 103, 20)];
    let odd = |more: DayCount| {
        let mut days = usual.to_vec();
        days.push(more);
        days.push(day("b", 104, 5_000));
        find(&[], &days, 104).into_iter().map(|s| (s.about, s.count, s.usual)).collect::<Vec<_>>()
    };
    assert_eq!(odd(day("a", 104, 200)), [("a".to_owned(), 200, 40)]);
    assert_eq!(odd(day("a", 104, 199)), [], "few events are never odd");
    assert_eq!(odd(day("a", 118, 300)), [], "its history is too long ago");
    let mut busy = usual.to_vec();
    busy.extend([day("a", 102, 41), day("a", 104, 204)]);
    assert_eq!(find(&[], &busy, 104), [], "less than five times the busiest day");
    assert_eq!(day_of(Timestamp::from_second(86_400 * 3 - 1).expect("a moment")), 2);
}

#[test]
fn every_rule_has_words_in_both_languages() {
    let all = [
        SuspicionRule::FailedSignInsFromAddress,
        SuspicionRule::FailedSignInsOfName,
        SuspicionRule::NewNetwork,
        SuspicionRule::DeniedAccess,
        SuspicionRule::OddVolume,
    ];
    for rule in all {
        let at = Timestamp::UNIX_EPOCH;
        let about = "кто-то".to_owned();
        let found =
            Suspicion { rule, about, count: 41, usual: 5, from: at, to: at, events: vec![], detail: None };
        for language in [Language::Ru, Language::En] {
            let text = reason(&found, language);
            assert!(text.contains("кто-то") && text.contains('5') && text.chars().count() < 160, "{text}");
        }
    }
}
