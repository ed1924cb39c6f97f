//! Alerts, silences, channels and deliveries.

use super::Bed;
use super::samples::{event, home};
use jiff::SignedDuration;
use vakhta_domain::alert::channel::{Channel, Secret, Secrets, Target};
use vakhta_domain::alert::delivery::{Attempt, Delivery, DeliveryKind, DeliveryState};
use vakhta_domain::alert::review::{Changed, Move};
use vakhta_domain::alert::rule::{RuleKind, RuleSettings, Rules};
use vakhta_domain::alert::silence::Silence;
use vakhta_domain::alert::{Alert, Detail, Language, Severity, State};
use vakhta_domain::ids::{AlertId, ChannelId, DeliveryId, ModelKey, SilenceId, UserId, WorkspaceId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{AlertChanges, AlertFilter, DeliveryFilter};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn alert(bed: &Bed, id: &str, model: &str) -> Alert {
    Alert {
        workspace: home(),
        id: AlertId::new(id),
        rule: RuleKind::Mape,
        subject: model.into(),
        model: Some(ModelKey::new(model)),
        severity: Severity::Critical,
        worst: Severity::Critical,
        state: State::Firing,
        value: Some(16.5),
        limit: Some(15.0),
        detail: Detail { names: vec!["центр".into()], ..Detail::default() },
        occurrence: String::new(),
        since: bed.now(),
        fired_at: Some(bed.now()),
        acknowledged: None,
        better_since: None,
        resolved_at: None,
        resolved_by: None,
        held: false,
        told: Some(Severity::Critical),
        silenced_by: None,
        revision: 1,
    }
}

fn new(alert: Alert) -> AlertChanges {
    let changed = Changed { revision: None, alert, moved: Move::Fired };
    AlertChanges { changed: vec![changed], ..AlertChanges::default() }
}

fn changed(before: &Alert, change: impl FnOnce(&mut Alert), moved: Move) -> AlertChanges {
    let mut alert = Alert { revision: before.revision + 1, ..before.clone() };
    change(&mut alert);
    let changed = Changed { revision: Some(before.revision), alert, moved };
    AlertChanges { changed: vec![changed], ..AlertChanges::default() }
}

fn delivery(bed: &Bed, id: &str, channel: &str, group: &str) -> Delivery {
    Delivery {
        workspace: home(),
        id: DeliveryId::new(id),
        channel: ChannelId::new(channel),
        group: group.into(),
        kind: DeliveryKind::Alerts,
        alerts: vec![alert(bed, "a_1", "visits")],
        state: DeliveryState::Waiting,
        attempts: 0,
        created_at: bed.now(),
        next_at: bed.now(),
        ended_at: None,
        error: None,
    }
}

fn channel(bed: &Bed, id: &str, name: &str) -> (Channel, Secrets) {
    let secrets = Secrets {
        url: Some(Secret::new("https://h.example.com/x?k=1")),
        token: Some(Secret::new("hunter2")),
        password: None,
    };
    let channel = Channel {
        workspace: home(),
        id: ChannelId::new(id),
        name: name.into(),
        target: Target::Webhook,
        address: Some("https://h.example.com".into()),
        secrets: secrets.names().into_iter().map(str::to_owned).collect(),
        language: Language::Ru,
        least: Severity::Warning,
        models: vec![ModelKey::new("visits")],
        resolved: true,
        enabled: true,
        created_at: bed.now(),
        created_by: Some(UserId::new("user_1")),
    };
    (channel, secrets)
}

async fn change(bed: &Bed, changes: &AlertChanges) -> bool {
    bed.ports.alerts.change_alerts(&home(), changes).await.expect("works")
}

async fn live(bed: &Bed) -> Vec<Alert> {
    bed.ports.alerts.live_alerts(&home()).await.expect("works")
}

/// One of each, for whoever must not see them.
pub(super) async fn some_of_each(bed: &Bed) {
    let told = event("alert.fired", bed.now());
    let mut changes = new(alert(bed, "a_1", "visits"));
    changes.deliveries = vec![delivery(bed, "d_1", "c_1", "model:visits")];
    assert!(change(bed, &changes).await);
    let mut rules = Rules::default();
    rules.set.insert(RuleKind::Drift, RuleSettings::default_of(RuleKind::Drift));
    bed.ports.alerts.set_rules(&home(), &rules, &told).await.expect("works");
    bed.ports.alerts.add_silence(&silence(bed, "s_1"), &told).await.expect("works");
    let (channel, secrets) = channel(bed, "c_1", "ops");
    assert!(bed.ports.alerts.add_channel(&channel, &secrets, &told).await.expect("works"));
}

fn silence(bed: &Bed, id: &str) -> Silence {
    Silence {
        workspace: home(),
        id: SilenceId::new(id),
        rule: Some(RuleKind::Mape),
        model: None,
        from: bed.now(),
        until: bed.now() + MINUTE * 60,
        reason: "переезд".into(),
        by: "Анна".into(),
        ended_at: None,
    }
}

pub(super) async fn one_open_alert_a_rule_and_subject(bed: Bed) {
    let first = alert(&bed, "a_1", "visits");
    assert!(change(&bed, &new(first.clone())).await);
    assert!(!change(&bed, &new(alert(&bed, "a_2", "visits"))).await, "one is open");
    assert!(change(&bed, &new(alert(&bed, "a_3", "sales"))).await);
    assert_eq!(live(&bed).await.len(), 2);
    assert_eq!(live(&bed).await[0], first);

    let resolve = |alert: &mut Alert| (alert.state, alert.resolved_at) = (State::Resolved, Some(bed.now()));
    let over = changed(&first, resolve, Move::Resolved);
    assert!(change(&bed, &over).await);
    assert!(!change(&bed, &over).await, "somebody was first");
    assert_eq!(live(&bed).await.len(), 1);
    assert!(change(&bed, &new(alert(&bed, "a_4", "visits"))).await, "the former one is over");

    let held = changed(
        &alert(&bed, "a_4", "visits"),
        |a| (a.state, a.held) = (State::Resolved, true),
        Move::Resolved,
    );
    assert!(change(&bed, &held).await);
    assert!(live(&bed).await.iter().any(|alert| alert.id.as_str() == "a_4"), "a held one is looked at again");
    let dropped = changed(&alert(&bed, "a_3", "sales"), |_| (), Move::Dropped);
    assert!(change(&bed, &dropped).await);
    let gone = bed.ports.alerts.alert(&home(), &AlertId::new("a_3")).await.expect("works");
    assert_eq!(gone, None);
    let open = bed.ports.alerts.open_alerts().await.expect("works");
    assert_eq!((open.warning, open.critical), (0, 0));
}

pub(super) async fn a_change_is_whole_or_not_at_all(bed: Bed) {
    let first = alert(&bed, "a_1", "visits");
    assert!(change(&bed, &new(first.clone())).await);
    let mut changes = new(alert(&bed, "a_2", "sales"));
    changes.changed.extend(changed(&Alert { revision: 7, ..first }, |_| (), Move::Refreshed).changed);
    changes.deliveries = vec![delivery(&bed, "d_1", "c_1", "model:visits")];
    changes.events = vec![event("alert.fired", bed.now())];
    assert!(!change(&bed, &changes).await);
    assert_eq!(live(&bed).await.len(), 1);
    let claimed = bed.ports.alerts.claim_delivery(bed.now(), bed.now() + MINUTE).await.expect("works");
    assert_eq!(claimed, None);
    let theirs = new(alert(&bed, "a_9", "x"));
    let elsewhere = bed.ports.alerts.change_alerts(&WorkspaceId::new("other"), &theirs).await;
    assert!(!elsewhere.expect("works"), "an alert of another workspace");
}

pub(super) async fn alerts_are_filtered(bed: Bed) {
    for n in 1..=3 {
        assert!(change(&bed, &new(alert(&bed, &format!("a_{n}"), &format!("m{n}")))).await);
    }
    let over = |alert: &mut Alert| (alert.state, alert.resolved_at) = (State::Resolved, Some(bed.now()));
    assert!(change(&bed, &changed(&alert(&bed, "a_1", "m1"), over, Move::Resolved)).await);
    let ids = async |filter: AlertFilter, page: PageQuery| {
        let page = bed.ports.alerts.alerts(&home(), &filter, &page).await.expect("works");
        (page.items.iter().map(|alert| alert.id.to_string()).collect::<Vec<_>>(), page.next_cursor)
    };
    let all = PageQuery::first(9);
    assert_eq!(ids(AlertFilter::default(), all.clone()).await.0, ["a_3", "a_2", "a_1"]);
    let resolved = AlertFilter { state: Some(State::Resolved), ..AlertFilter::default() };
    assert_eq!(ids(resolved, all.clone()).await.0, ["a_1"]);
    let of_model = AlertFilter { model: Some(ModelKey::new("m2")), ..AlertFilter::default() };
    assert_eq!(ids(of_model, all.clone()).await.0, ["a_2"]);
    let later = AlertFilter { since: Some(bed.now() + MINUTE), ..AlertFilter::default() };
    assert_eq!(ids(later, all).await.0, ["a_3", "a_2"]);
    let (first, cursor) = ids(AlertFilter::default(), PageQuery::first(2)).await;
    assert_eq!(first, ["a_3", "a_2"]);
    let rest = ids(AlertFilter::default(), PageQuery { limit: 2, cursor }).await;
    assert_eq!(rest, (vec!["a_1".to_owned()], None));
    let open = bed.ports.alerts.open_alerts().await.expect("works");
    assert_eq!((open.warning, open.critical), (0, 2));
}

pub(super) async fn channels_keep_their_secrets_apart(bed: Bed) {
    let (alerts, told) = (&bed.ports.alerts, event("alert_channel.created", bed.now()));
    let (ops, secrets) = channel(&bed, "c_1", "ops");
    assert!(alerts.add_channel(&ops, &secrets, &told).await.expect("works"));
    let (same, _) = channel(&bed, "c_2", "ops");
    assert!(!alerts.add_channel(&same, &secrets, &told).await.expect("works"), "the name is taken");
    assert_eq!(alerts.channels(&home()).await.expect("works"), std::slice::from_ref(&ops));
    assert_eq!(alerts.channel(&home(), &ops.id).await.expect("works"), Some((ops.clone(), secrets.clone())));

    let (other, _) = channel(&bed, "c_2", "boss");
    assert!(alerts.add_channel(&other, &Secrets::default(), &told).await.expect("works"));
    let taken = Channel { name: "ops".into(), ..other.clone() };
    assert_eq!(alerts.change_channel(&taken, &secrets, &told).await.expect("works"), Some(false));
    let renamed = Channel { name: "dev".into(), enabled: false, ..ops.clone() };
    let fewer = Secrets { token: None, ..secrets };
    assert_eq!(alerts.change_channel(&renamed, &fewer, &told).await.expect("works"), Some(true));
    assert_eq!(alerts.channel(&home(), &ops.id).await.expect("works"), Some((renamed, fewer.clone())));
    let (missing, _) = channel(&bed, "c_9", "nine");
    assert_eq!(alerts.change_channel(&missing, &fewer, &told).await.expect("works"), None);

    let owed = delivery(&bed, "d_1", "c_1", "model:visits");
    let changes = AlertChanges { deliveries: vec![owed], ..AlertChanges::default() };
    assert!(change(&bed, &changes).await);
    assert!(alerts.delete_channel(&home(), &ops.id, bed.now(), &told).await.expect("works"));
    assert!(!alerts.delete_channel(&home(), &ops.id, bed.now(), &told).await.expect("works"));
    assert_eq!(alerts.channel(&home(), &ops.id).await.expect("works"), None);
    let log = alerts.deliveries(&home(), &DeliveryFilter::default(), &PageQuery::first(9)).await;
    let log = log.expect("works").items;
    assert_eq!((log.len(), log[0].state), (1, DeliveryState::GivenUp), "its record stays");
}

pub(super) async fn deliveries_are_taken_in_turn_and_again(bed: Bed) {
    let alerts = &bed.ports.alerts;
    let owed = [("d_1", "c_1", "model:a"), ("d_2", "c_1", "model:a"), ("d_3", "c_2", "model:a")];
    let deliveries: Vec<Delivery> =
        owed.iter().map(|(id, channel, group)| delivery(&bed, id, channel, group)).collect();
    assert!(change(&bed, &AlertChanges { deliveries, ..AlertChanges::default() }).await);
    let claim = async || alerts.claim_delivery(bed.now(), bed.now() + MINUTE).await.expect("works");
    let first = claim().await.expect("one is due");
    assert_eq!((first.id.as_str(), first.attempts, first.alerts.len()), ("d_1", 1, 1));
    let third = claim().await.expect("one is due");
    assert_eq!(third.id.as_str(), "d_3", "the second waits behind the first of its group");
    assert_eq!(claim().await, None);

    // Who took the first died: it is taken again, and the dead one's word comes too late.
    bed.clock.advance(MINUTE);
    let again = claim().await.expect("its time is over");
    assert_eq!((again.id.as_str(), again.attempts), ("d_1", 2));
    assert!(!alerts.end_attempt(&first, &Attempt::Taken, bed.now(), &[]).await.expect("works"));
    let later = Attempt::Again { at: bed.now() + MINUTE, error: "500".into() };
    assert!(alerts.end_attempt(&again, &later, bed.now(), &[]).await.expect("works"));
    let third = claim().await.expect("its time is over, too");
    assert_eq!((third.id.as_str(), third.attempts), ("d_3", 2));
    let given_up = Attempt::GivenUp { error: "404".into() };
    let told = [event("alert_delivery.given_up", bed.now())];
    assert!(alerts.end_attempt(&third, &given_up, bed.now(), &told).await.expect("works"));
    bed.clock.advance(MINUTE);
    let last = claim().await.expect("it is due again");
    assert_eq!((last.id.as_str(), last.error.as_deref()), ("d_1", Some("500")));
    assert!(alerts.end_attempt(&last, &Attempt::Taken, bed.now(), &[]).await.expect("works"));
    assert_eq!(claim().await.map(|delivery| delivery.id.to_string()).as_deref(), Some("d_2"));

    let page = |filter: DeliveryFilter| async move {
        let page = alerts.deliveries(&home(), &filter, &PageQuery::first(9)).await.expect("works");
        page.items.iter().map(|d| (d.id.to_string(), d.state)).collect::<Vec<_>>()
    };
    let of_first = DeliveryFilter { channel: Some(ChannelId::new("c_1")), state: None };
    assert_eq!(
        page(of_first).await,
        [("d_2".into(), DeliveryState::Waiting), ("d_1".into(), DeliveryState::Delivered)]
    );
    let lost = DeliveryFilter { channel: None, state: Some(DeliveryState::GivenUp) };
    assert_eq!(page(lost).await, [("d_3".into(), DeliveryState::GivenUp)]);
    let test = Delivery {
        kind: DeliveryKind::Test,
        state: DeliveryState::Delivered,
        ended_at: Some(bed.now()),
        ..delivery(&bed, "d_4", "c_1", "test")
    };
    alerts.record_delivery(&test, &event("alert_channel.tested", bed.now())).await.expect("works");
    let forgotten = alerts.forget_deliveries(bed.now() + MINUTE).await.expect("works");
    assert_eq!(forgotten, 3, "what still waits stays");
    assert_eq!(page(DeliveryFilter::default()).await, [("d_2".into(), DeliveryState::Waiting)]);
}

pub(super) async fn silences_begin_and_end(bed: Bed) {
    let (alerts, told) = (&bed.ports.alerts, event("alert_silence.created", bed.now()));
    let first = silence(&bed, "s_1");
    alerts.add_silence(&first, &told).await.expect("works");
    bed.clock.advance(MINUTE);
    let second = silence(&bed, "s_2");
    alerts.add_silence(&second, &told).await.expect("works");
    let holding = async || alerts.silences_at(&home(), bed.now()).await.expect("works");
    assert_eq!(holding().await, [first.clone(), second.clone()]);
    assert!(alerts.end_silence(&home(), &first.id, bed.now(), &told).await.expect("works"));
    assert!(!alerts.end_silence(&home(), &first.id, bed.now(), &told).await.expect("works"));
    assert_eq!(holding().await, std::slice::from_ref(&second));
    let mut page = PageQuery::first(1);
    let newest = alerts.silences(&home(), &page).await.expect("works");
    assert_eq!(newest.items, [second]);
    page.cursor = newest.next_cursor;
    let last = alerts.silences(&home(), &page).await.expect("works");
    assert_eq!(last.items, [Silence { ended_at: Some(bed.now()), ..first }]);
    assert_eq!(last.next_cursor, None);
    bed.clock.advance(MINUTE * 61);
    assert_eq!(holding().await, []);
}

pub(super) async fn rules_are_set_whole(bed: Bed) {
    let (alerts, told) = (&bed.ports.alerts, event("alert_rules.changed", bed.now()));
    assert_eq!(alerts.rules(&home()).await.expect("works"), Rules::default());
    let mut rules = Rules::default();
    let mape = RuleSettings { warning: Some(12.5), ..RuleSettings::default_of(RuleKind::Mape) };
    rules.set.insert(RuleKind::Mape, mape);
    for set in [rules, Rules::default()] {
        alerts.set_rules(&home(), &set, &told).await.expect("works");
        assert_eq!(alerts.rules(&home()).await.expect("works"), set);
    }
    assert_eq!(alerts.workspaces().await.expect("works"), [home()]);
}

pub(super) async fn one_firing_and_one_taker_win(bed: Bed) {
    let fired = super::races::together(8, &bed, |n, bed| async move {
        let mut changes = new(alert(&bed, &format!("a_{n}"), "visits"));
        changes.deliveries = vec![delivery(&bed, &format!("d_{n}"), "c_1", "model:visits")];
        change(&bed, &changes).await
    })
    .await;
    assert_eq!(fired.iter().filter(|&&ours| ours).count(), 1);
    let taken = super::races::together(8, &bed, |_, bed| async move {
        bed.ports.alerts.claim_delivery(bed.now(), bed.now() + MINUTE).await.expect("works").is_some()
    })
    .await;
    assert_eq!(taken.iter().filter(|&&ours| ours).count(), 1);
}
