//! What answers beside champions, and what both said.

use super::Bed;
use super::actuals::FIRST;
use super::samples::{add_model, claim, decision, enqueue, event, home, job, lease, train, training};
use jiff::SignedDuration;
use vakhta_domain::actual::{Actual, ActualSource, NewActuals, Truth};
use vakhta_domain::arms::Canary;
use vakhta_domain::daily::LoggedAnswer;
use vakhta_domain::decision::DecisionKind;
use vakhta_domain::deployment::Switch;
use vakhta_domain::ids::{DecisionId, ModelKey, VersionId};
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{ArmAnswer, LogMark, LogPiece, SwitchAnswer};
use vakhta_domain::trial::{Arm, BeginArm, ChangeArm, Mode, Part, TrialAnswer};
use vakhta_domain::version::VersionState;

pub(super) fn v(id: &str) -> VersionId {
    VersionId::new(id)
}

fn visits() -> ModelKey {
    ModelKey::new("visits")
}

fn canary() -> Mode {
    Mode::Canary { canary: Canary::default(), step: 0 }
}

fn arm(bed: &Bed, part: Part, version: &str, against: &str, decided: &str) -> Arm {
    Arm {
        workspace: home(),
        model: visits(),
        part,
        version: v(version),
        against: v(against),
        mode: if part == Part::Former { Mode::Shadow } else { canary() },
        days: 28,
        since: bed.now(),
        step_since: bed.now(),
        decision: DecisionId::new(decided),
    }
}

/// A challenger that begins by a decision of that id.
pub(super) fn begin(bed: &Bed, version: &str, against: &str, id: &str) -> BeginArm {
    BeginArm {
        arm: arm(bed, Part::Challenger, version, against, id),
        decision: decision(DecisionKind::Challenger, id, "visits", version, Some(against), bed.now()),
        event: event("challenger.began", bed.now()).of_model("visits"),
    }
}

/// The end of an arm.
pub(super) fn end(bed: &Bed, was: &Arm, id: &str) -> ChangeArm {
    let version = was.version.as_str();
    ChangeArm {
        was: was.clone(),
        mode: None,
        decision: decision(DecisionKind::ChallengerEnded, id, "visits", version, None, bed.now()),
        event: event("challenger.ended", bed.now()).of_model("visits"),
    }
}

async fn arms(bed: &Bed) -> Vec<Arm> {
    let of_model = bed.ports.arms.arms(&home(), &visits()).await.expect("works");
    assert_eq!(bed.ports.arms.all_arms().await.expect("works"), of_model);
    of_model
}

async fn kinds(bed: &Bed) -> Vec<DecisionKind> {
    let page = bed.ports.versions.decisions(&home(), &visits(), &PageQuery::first(100)).await;
    page.expect("works").items.into_iter().rev().map(|decision| decision.kind).collect()
}

/// A champion and two versions more.
async fn three(bed: &Bed) {
    add_model(bed, "visits").await;
    train(bed, "visits", "v_1", true, None).await;
    train(bed, "visits", "v_2", false, Some("v_1")).await;
    train(bed, "visits", "v_3", false, Some("v_1")).await;
}

async fn switched(bed: &Bed, id: &str, to: &str, previous: &str, arm: Option<Arm>) -> SwitchAnswer {
    let switch = Switch {
        workspace: home(),
        decision: decision(DecisionKind::Deploy, id, "visits", to, Some(previous), bed.now()),
        arm,
        event: event("version.deployed", bed.now()).of_model("visits"),
    };
    bed.ports.versions.switch(&switch).await.expect("works")
}

fn said(bed: &Bed, version: &str, ahead: u32, value: Option<f64>) -> TrialAnswer {
    TrialAnswer {
        key: format!("a|{FIRST}"),
        version: v(version),
        ahead,
        day: FIRST,
        segment: "a".into(),
        at: bed.now(),
        value,
    }
}

fn logged(bed: &Bed, version: &str, request: &str, shadow: bool) -> LoggedAnswer {
    LoggedAnswer {
        key: "req_9|0".into(),
        version: v(version),
        day: FIRST,
        served: !shadow,
        shadow,
        at: bed.now(),
        request: request.into(),
        segment: String::new(),
        step: None,
        value: Some(0.75),
        label: Some("чай".into()),
        detail: "[1]".into(),
    }
}

async fn log(bed: &Bed, segment: &str, answers: Vec<LoggedAnswer>) {
    let piece = LogPiece { marks: vec![LogMark { segment: segment.into(), from: 0, to: 9 }], answers };
    assert!(bed.ports.actuals.take_log(&home(), &visits(), &piece).await.expect("works"));
}

async fn truths(bed: &Bed, items: Vec<Actual>) {
    let new =
        NewActuals { workspace: home(), model: visits(), source: ActualSource::Api, at: bed.now(), items };
    bed.ports.actuals.take_actuals(&new, &event("actuals.received", bed.now())).await.expect("works");
}

/// An arm, and pairs of both kinds, of the model `visits` that `v_1` serves.
pub(super) async fn some_of_each(bed: &Bed) {
    train(bed, "visits", "v_2", false, Some("v_1")).await;
    let begun = bed.ports.arms.begin_arm(&begin(bed, "v_2", "v_1", "d_begin")).await.expect("works");
    assert_eq!(begun, ArmAnswer::Done);
    let answers = [said(bed, "v_1", 1, Some(1.0)), said(bed, "v_2", 1, Some(2.0))];
    bed.ports.arms.put_trial_answers(&home(), &visits(), &answers, FIRST).await.expect("works");
    log(bed, "s_arms", vec![logged(bed, "v_1", "req_9", false), logged(bed, "v_2", "req_9", true)]).await;
    truths(
        bed,
        vec![
            Actual { key: format!("a|{FIRST}"), truth: Truth::Number(1.5) },
            Actual { key: "req_9|0".into(), truth: Truth::Label("чай".into()) },
        ],
    )
    .await;
}

pub(super) async fn a_challenger_begins_changes_and_ends(bed: Bed) {
    let ports = &bed.ports;
    let first = begin(&bed, "v_2", "v_1", "d_1");
    assert_eq!(ports.arms.begin_arm(&first).await.expect("works"), ArmAnswer::Missing, "no model");
    three(&bed).await;
    let none = begin(&bed, "v_9", "v_1", "d_1");
    assert_eq!(ports.arms.begin_arm(&none).await.expect("works"), ArmAnswer::Missing, "no version");
    let late = begin(&bed, "v_2", "v_3", "d_1");
    let answer = ports.arms.begin_arm(&late).await.expect("works");
    assert_eq!(answer, ArmAnswer::Superseded(Some(v("v_1"))));
    assert_eq!(ports.arms.begin_arm(&first).await.expect("works"), ArmAnswer::Done);
    assert_eq!(arms(&bed).await, std::slice::from_ref(&first.arm), "it comes back as it was");
    let second = begin(&bed, "v_3", "v_1", "d_2");
    let answer = ports.arms.begin_arm(&second).await.expect("works");
    assert_eq!(answer, ArmAnswer::Busy(Box::new(first.arm.clone())));

    bed.clock.advance(SignedDuration::from_hours(72));
    let next = Mode::Canary { canary: Canary::default(), step: 1 };
    let step = ChangeArm { mode: Some(next.clone()), ..end(&bed, &first.arm, "d_3") };
    assert!(ports.arms.change_arm(&step).await.expect("works"));
    assert!(!ports.arms.change_arm(&end(&bed, &first.arm, "d_4")).await.expect("works"), "old");
    let now = Arm { mode: next, step_since: bed.now(), ..first.arm };
    assert_eq!(arms(&bed).await, std::slice::from_ref(&now));
    assert!(ports.arms.change_arm(&end(&bed, &now, "d_5")).await.expect("works"));
    assert!(!ports.arms.change_arm(&end(&bed, &now, "d_6")).await.expect("works"), "it is gone");
    assert_eq!(arms(&bed).await, []);
    let kinds = kinds(&bed).await;
    assert_eq!(kinds.len(), 3 + 3, "what was refused left no decision: {kinds:?}");
}

pub(super) async fn a_probation_comes_with_the_switch_and_ends_with_the_next(bed: Bed) {
    three(&bed).await;
    bed.ports.arms.begin_arm(&begin(&bed, "v_3", "v_1", "d_1")).await.expect("works");
    let former = arm(&bed, Part::Former, "v_1", "v_2", "d_2");
    let lost = switched(&bed, "d_2", "v_2", "v_3", Some(former.clone())).await;
    assert_eq!(lost, SwitchAnswer::Superseded(Some(v("v_1"))));
    assert_eq!(arms(&bed).await.len(), 1, "a refused switch changes nothing");
    let done = switched(&bed, "d_2", "v_2", "v_1", Some(former.clone())).await;
    assert!(matches!(done, SwitchAnswer::Done(_)), "{done:?}");
    assert_eq!(arms(&bed).await, [former], "the challenger of the former champion ended");
    let back = switched(&bed, "d_3", "v_1", "v_2", None).await;
    assert!(matches!(back, SwitchAnswer::Done(_)), "{back:?}");
    assert_eq!(arms(&bed).await, []);
    let again = arm(&bed, Part::Former, "v_1", "v_3", "d_4");
    switched(&bed, "d_4", "v_3", "v_1", Some(again)).await;
    let told = event("model.deleted", bed.now());
    assert!(bed.ports.models.delete_model(&home(), &visits(), &told).await.expect("works"));
    assert_eq!(bed.ports.arms.all_arms().await.expect("works"), [], "nothing answers beside nothing");
}

pub(super) async fn a_training_brings_a_challenger_once(bed: Bed) {
    three(&bed).await;
    for (id, against, kind) in [
        ("v_4", "v_2", DecisionKind::Kept),
        ("v_5", "v_1", DecisionKind::Challenger),
        ("v_6", "v_1", DecisionKind::Kept),
    ] {
        enqueue(&bed, &job(&format!("j_{id}"), "visits", bed.now())).await;
        let running = claim(&bed, "w").await.expect("a job");
        let mut finished = training(&lease(&running), "visits", id, false, Some("v_1"), bed.now());
        finished.decision.kind = DecisionKind::Challenger;
        let decided = finished.decision.id.as_str().to_owned();
        finished.arm = Some(Arm { mode: Mode::Shadow, ..arm(&bed, Part::Challenger, id, against, &decided) });
        assert!(bed.ports.versions.finish_training(&finished).await.expect("works"));
        assert_eq!(kinds(&bed).await.last(), Some(&kind), "{id}");
        let version = bed.ports.versions.version(&home(), &visits(), id).await.expect("works");
        assert_eq!(version.expect("is there").state, VersionState::Trained);
    }
    let found = arms(&bed).await;
    assert_eq!((found.len(), &found[0].version), (1, &v("v_5")));

    // One that serves brings the former champion's shadow.
    enqueue(&bed, &job("j_7", "visits", bed.now())).await;
    let running = claim(&bed, "w").await.expect("a job");
    let mut finished = training(&lease(&running), "visits", "v_7", true, Some("v_1"), bed.now());
    finished.arm = Some(arm(&bed, Part::Former, "v_1", "v_7", finished.decision.id.as_str()));
    assert!(bed.ports.versions.finish_training(&finished).await.expect("works"));
    assert_eq!(arms(&bed).await, [finished.arm.expect("set")]);
}

pub(super) async fn both_are_paired_by_key(bed: Bed) {
    add_model(&bed, "visits").await;
    train(&bed, "visits", "v_1", true, None).await;
    some_of_each(&bed).await;
    let ports = &bed.ports;
    let (one, other) = (v("v_1"), v("v_2"));
    let both = (&one, &other);
    let trials = async || ports.arms.trial_pairs(&home(), &visits(), both, FIRST).await.expect("works");
    let found = trials().await;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].former.value, found[0].trial.value), (Some(1.0), Some(2.0)));
    assert_eq!((found[0].ahead, found[0].segment.as_str()), (1, "a"));
    assert_eq!(found[0].truth, Truth::Number(1.5));
    let found = ports.arms.answer_pairs(&home(), &visits(), both, FIRST, 9).await.expect("works");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].key.as_str(), found[0].trial.label.as_deref()), ("req_9|0", Some("чай")));
    assert_eq!((found[0].former.value, found[0].former.detail.as_str()), (Some(0.75), "[1]"));
    let none = ports.arms.answer_pairs(&home(), &visits(), both, FIRST, 0).await.expect("works");
    assert_eq!(none, []);

    // What was made at another moment is not held against it; a new making of both is, and huge and missing numbers
    // are kept.
    bed.clock.advance(SignedDuration::from_hours(1));
    let late = [said(&bed, "v_2", 1, None)];
    ports.arms.put_trial_answers(&home(), &visits(), &late, FIRST).await.expect("works");
    assert_eq!(trials().await, []);
    let again =
        [said(&bed, "v_1", 1, Some(1e300)), said(&bed, "v_2", 1, Some(9.0)), said(&bed, "v_2", 1, None)];
    ports.arms.put_trial_answers(&home(), &visits(), &again, FIRST).await.expect("works");
    let found = trials().await;
    assert_eq!((found[0].former.value, found[0].trial.value), (Some(1e300), None), "the last one counts");
    let tomorrow = FIRST.tomorrow().expect("a day");
    ports.arms.put_trial_answers(&home(), &visits(), &[], tomorrow).await.expect("works");
    assert_eq!(trials().await, [], "what is old is let go");
    // Answers to other requests are no pair.
    log(&bed, "s_other", vec![logged(&bed, "v_2", "req_10", true)]).await;
    let found = ports.arms.answer_pairs(&home(), &visits(), both, FIRST, 9).await.expect("works");
    assert_eq!(found, []);
}

pub(super) async fn one_end_of_an_arm_wins(bed: Bed) {
    three(&bed).await;
    let first = begin(&bed, "v_2", "v_1", "d_1");
    bed.ports.arms.begin_arm(&first).await.expect("works");
    let mut set = tokio::task::JoinSet::new();
    for n in 0..6 {
        let (bed, was) = (bed.clone(), first.arm.clone());
        set.spawn(async move {
            let change = end(&bed, &was, &format!("d_end_{n}"));
            bed.ports.arms.change_arm(&change).await.expect("works")
        });
    }
    let won = set.join_all().await.into_iter().filter(|won| *won).count();
    assert_eq!(won, 1);
    assert_eq!(kinds(&bed).await.len(), 3 + 2);
}
