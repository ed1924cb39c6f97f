use super::*;
use crate::alert::facts::{Facts, Measured, SourceFacts, of_model, of_source};
use crate::alert::rule::{RuleKind, RuleSettings};
use crate::alert::{Severity, silence::Silence};
use crate::ids::{ModelKey, SilenceId, SourceKey};
use jiff::SignedDuration;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A workspace whose alerts a test moves; its own store.
struct Desk {
    rules: Rules,
    silences: Vec<Silence>,
    alerts: Vec<Alert>,
    now: Timestamp,
    ids: u32,
}

impl Desk {
    fn new() -> Self {
        let now = "2026-03-10T00:00:00Z".parse().expect("a moment");
        Self { rules: Rules::default(), silences: Vec::new(), alerts: Vec::new(), now, ids: 0 }
    }

    fn rule(&mut self, kind: RuleKind, change: impl FnOnce(&mut RuleSettings)) {
        let mut rule = self.rules.of(kind);
        change(&mut rule);
        assert_eq!(rule.check(kind), Ok(()));
        self.rules.set.insert(kind, rule);
    }

    /// Looks, stores, and answers what moved and what was news.
    fn look(&mut self, readings: Option<&[Reading]>) -> (Vec<Move>, Vec<(State, Severity)>) {
        let workspace = WorkspaceId::default_workspace();
        let setting =
            Setting { workspace: &workspace, rules: &self.rules, silences: &self.silences, now: self.now };
        let live: Vec<Alert> = self.alerts.iter().filter(|a| a.is_open() || a.held).cloned().collect();
        let ids = &mut self.ids;
        let found = review(setting, &live, readings, &mut || {
            *ids += 1;
            AlertId::new(format!("a_{ids}"))
        });
        for changed in &found.changed {
            let at = self.alerts.iter().position(|alert| alert.id == changed.alert.id);
            assert_eq!(changed.revision, at.map(|at| self.alerts[at].revision));
            match (at, changed.moved) {
                (Some(at), Move::Dropped) => drop(self.alerts.remove(at)),
                (Some(at), _) => self.alerts[at] = changed.alert.clone(),
                (None, _) => self.alerts.push(changed.alert.clone()),
            }
        }
        let open = self.alerts.iter().filter(|alert| alert.is_open());
        let mut keys: Vec<_> = open.map(|alert| (alert.rule, alert.subject.clone())).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all, "one open alert a rule and subject");
        let news = found.news.iter().map(|alert| (alert.state, alert.severity)).collect();
        (found.changed.iter().map(|changed| changed.moved).collect(), news)
    }

    fn mape(&mut self, value: f64) -> (Vec<Move>, Vec<(State, Severity)>) {
        self.now += MINUTE;
        let mape = Some(Measured { value, answers: 40, days: 7 });
        let facts = Facts { mape, ..Facts::unknown(ModelKey::new("sales")) };
        let readings = of_model(&facts, &self.rules, self.now);
        self.look(Some(&readings))
    }

    fn source(&mut self, run: u32, error: Option<&str>) -> (Vec<Move>, Vec<(State, Severity)>) {
        self.now += MINUTE;
        let facts = SourceFacts { source: SourceKey::new("shop"), run, error: error.map(str::to_owned) };
        self.look(Some(&[of_source(&facts)]))
    }

    fn silence(&mut self, rule: Option<RuleKind>, model: Option<&str>, minutes: i64) {
        self.silences.push(Silence {
            workspace: WorkspaceId::default_workspace(),
            id: SilenceId::new("s_1"),
            rule,
            model: model.map(ModelKey::new),
            from: self.now,
            until: self.now + SignedDuration::from_mins(minutes),
            reason: "works".into(),
            by: "anna".into(),
            ended_at: None,
        });
    }

    fn last(&self) -> &Alert {
        self.alerts.last().expect("an alert")
    }

    fn put(&mut self, changed: Changed) {
        let at = self.alerts.iter().position(|a| a.id == changed.alert.id).expect("it is there");
        assert_eq!(changed.revision, Some(self.alerts[at].revision));
        self.alerts[at] = changed.alert;
    }
}

const WARNING: (State, Severity) = (State::Firing, Severity::Warning);
const CRITICAL: (State, Severity) = (State::Firing, Severity::Critical);

#[test]
fn an_alert_fires_once_grows_eases_and_is_over_with_hysteresis() {
    let mut desk = Desk::new();
    assert_eq!(desk.mape(9.0), (vec![], vec![]));
    assert_eq!(desk.mape(11.0), (vec![Move::Fired], vec![WARNING]));
    assert_eq!(desk.mape(11.0), (vec![], vec![]), "it does not repeat itself, nor is it written again");
    assert_eq!(desk.mape(12.0), (vec![Move::Refreshed], vec![]));
    assert_eq!(desk.mape(16.0), (vec![Move::Escalated], vec![CRITICAL]));
    assert_eq!(desk.mape(14.0), (vec![Move::Refreshed], vec![]), "still critical: 14 is not well below 15");
    assert_eq!(desk.mape(13.0), (vec![Move::Eased], vec![]));
    assert_eq!(desk.mape(9.5), (vec![Move::Refreshed], vec![]), "not well below 10");
    assert_eq!(desk.mape(8.9), (vec![Move::Resolved], vec![(State::Resolved, Severity::Warning)]));
    assert_eq!((desk.last().worst, desk.last().value), (Severity::Critical, Some(8.9)));
    assert_eq!(desk.mape(8.0), (vec![], vec![]));
    assert_eq!(desk.mape(11.0), (vec![Move::Fired], vec![WARNING]), "another alert");
    assert_eq!(desk.alerts.len(), 2);
}

#[test]
fn what_is_not_known_neither_fires_nor_resolves() {
    let mut desk = Desk::new();
    desk.mape(16.0);
    assert_eq!(desk.look(Some(&[])), (vec![], vec![]));
    assert_eq!(desk.mape(f64::NAN), (vec![], vec![]));
    assert_eq!(desk.last().state, State::Firing);
}

#[test]
fn it_waits_before_it_fires_and_before_it_is_over() {
    let mut desk = Desk::new();
    desk.rule(RuleKind::Mape, |rule| (rule.for_minutes, rule.clear_minutes) = (2, 2));
    assert_eq!(desk.mape(16.0), (vec![Move::Seen], vec![]));
    assert_eq!(desk.mape(8.0), (vec![Move::Dropped], vec![]), "forgotten");
    assert_eq!(desk.alerts, []);
    assert_eq!(desk.mape(16.0).0, [Move::Seen]);
    assert_eq!(desk.mape(16.0).0, []);
    assert_eq!(desk.mape(16.0), (vec![Move::Fired], vec![CRITICAL]));
    assert_eq!(desk.mape(8.0).0, [Move::Refreshed]);
    assert_eq!(desk.mape(16.0).0, [Move::Refreshed], "it was better for too short");
    assert_eq!(desk.mape(8.0).0, [Move::Refreshed]);
    assert_eq!(desk.mape(8.0).0, []);
    assert_eq!(desk.mape(8.0).0, [Move::Resolved]);
}

#[test]
fn somebody_takes_care_of_it_until_it_becomes_worse() {
    let mut desk = Desk::new();
    desk.mape(11.0);
    let changed = acknowledge(desk.last(), "anna", Some("looking".into()), desk.now).expect("it fires");
    desk.put(changed);
    assert_eq!(desk.mape(11.0), (vec![], vec![]));
    assert_eq!(desk.last().state, State::Acknowledged);
    assert_eq!(desk.mape(16.0), (vec![Move::Escalated], vec![CRITICAL]));
    assert_eq!((desk.last().state, &desk.last().acknowledged), (State::Firing, &None));
    let changed = acknowledge(desk.last(), "anna", None, desk.now).expect("it fires");
    desk.put(changed);
    assert_eq!(desk.mape(5.0), (vec![Move::Resolved], vec![(State::Resolved, Severity::Critical)]));
    assert_eq!(acknowledge(desk.last(), "anna", None, desk.now), Err(NotNow::Resolved));
}

#[test]
fn what_a_person_resolved_stays_quiet_until_it_was_better_or_is_worse_or_happens_again() {
    let mut desk = Desk::new();
    desk.mape(11.0);
    let (changed, news) = resolve(desk.last(), "anna", &[], desk.now).expect("it fires");
    assert_eq!(news.map(|alert| alert.state), Some(State::Resolved));
    desk.put(changed);
    assert_eq!(desk.mape(11.0), (vec![], vec![]), "still so, and held");
    assert_eq!(desk.mape(8.0).0, [Move::Released]);
    assert_eq!(desk.mape(11.0), (vec![Move::Fired], vec![WARNING]));
    let (changed, _) = resolve(desk.last(), "anna", &[], desk.now).expect("it fires");
    desk.put(changed);
    assert_eq!(desk.mape(16.0), (vec![Move::Released, Move::Fired], vec![CRITICAL]), "worse than it was");

    let mut desk = Desk::new();
    assert_eq!(desk.source(1, Some("away")), (vec![Move::Fired], vec![WARNING]));
    let (changed, _) = resolve(desk.last(), "anna", &[], desk.now).expect("it fires");
    desk.put(changed);
    assert_eq!(desk.source(1, Some("away")).0, []);
    assert_eq!(desk.source(2, Some("away")).0, [Move::Released, Move::Fired], "another run failed");
    assert_eq!(resolve(&desk.alerts[0], "anna", &[], desk.now), Err(NotNow::Resolved));
}

#[test]
fn a_silenced_alert_is_told_when_its_silence_ends_and_it_is_still_so() {
    let mut desk = Desk::new();
    desk.silence(Some(RuleKind::Mape), Some("sales"), 5);
    assert_eq!(desk.mape(16.0), (vec![Move::Fired], vec![]));
    assert_eq!(desk.last().silenced_by, Some(SilenceId::new("s_1")));
    desk.now += SignedDuration::from_mins(5);
    assert_eq!(desk.mape(16.0), (vec![Move::Refreshed], vec![CRITICAL]));
    assert_eq!(desk.last().silenced_by, None);

    let mut desk = Desk::new();
    desk.silence(Some(RuleKind::SourceFailed), None, 60);
    desk.source(1, Some("away"));
    assert_eq!(
        desk.source(2, None),
        (vec![Move::Resolved], vec![]),
        "nobody heard of it, nobody hears that it is over"
    );
    let mut desk = Desk::new();
    desk.silence(None, Some("other"), 60);
    assert_eq!(desk.mape(16.0).1, [CRITICAL], "another model's silence");
}

#[test]
fn what_is_gone_or_switched_off_ends_quietly() {
    let mut desk = Desk::new();
    desk.mape(16.0);
    assert_eq!(desk.look(None), (vec![Move::Resolved], vec![]));
    assert!(desk.last().resolved_by.as_deref().is_some_and(|why| why.contains("gone")));
    desk.mape(16.0);
    desk.rule(RuleKind::Mape, |rule| rule.enabled = false);
    assert_eq!(desk.mape(16.0), (vec![Move::Resolved], vec![]));
    assert_eq!(desk.mape(16.0), (vec![], vec![]));
}

#[test]
fn fingerprints_tell_alerts_apart_and_stay() {
    let mut desk = Desk::new();
    desk.mape(16.0);
    desk.source(1, Some("away"));
    let prints: Vec<String> = desk.alerts.iter().map(Alert::fingerprint).collect();
    assert_ne!(prints[0], prints[1]);
    assert_eq!(prints[0].len(), 16);
    let before = prints[0].clone();
    desk.mape(5.0);
    desk.mape(16.0);
    assert_eq!(desk.last().fingerprint(), before, "the next one of the same rule and model");
}
