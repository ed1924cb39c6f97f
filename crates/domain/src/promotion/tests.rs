//! The rule of promotion, case by case.

use super::*;
use crate::evidence::{Loss, PairedLoss, PairedTest, TestName};

fn test(p: Option<f64>) -> PairedTest {
    PairedTest {
        test: TestName::DieboldMariano,
        n: 28,
        statistic: p.map(|_| 1.0),
        p,
        lag: Some(1),
        seed: None,
    }
}

fn losses(champion: f64, candidate: f64) -> PairedLoss {
    PairedLoss { loss: Loss::Absolute, rows: 1400, days: 28, champion, candidate }
}

/// A case whose candidate errs by `candidate` where the champion errs by 100.
fn case(candidate: f64, p: Option<f64>) -> Case {
    Case {
        candidate: VersionId::new("v_2"),
        champion: Some(VersionId::new("v_1")),
        measured: Measured { largest_ratio: Some(1.2), ..Measured::default() },
        evidence: Some(Evidence {
            paired: losses(100.0, candidate),
            decides: test(p),
            check: Some(test(p)),
            beside: vec![],
            segments: vec![],
            tested_segments: 0,
            small_segments: 0,
            broken: 0,
            unanswered: 0,
            only_candidate: 0,
        }),
        force: false,
    }
}

fn verdict(case: &Case) -> (Outcome, &'static str) {
    let verdict = judge(case, &PromotePolicy::default(), &Limits::default());
    assert!(!verdict.reason.words().is_empty() && !verdict.reason.words().ends_with('.'));
    (verdict.outcome, verdict.reason.code())
}

fn segment(name: &str, candidate: f64, adjusted: Option<f64>) -> SegmentHarm {
    SegmentHarm { segment: name.into(), paired: losses(100.0, candidate), p: adjusted, adjusted }
}

#[test]
fn effect_and_evidence_decide() {
    for (candidate, p, wanted) in [
        (90.0, Some(0.01), (Outcome::Promote, "gain")),
        (97.0, Some(0.01), (Outcome::Promote, "gain")),
        (97.0, Some(0.20), (Outcome::Keep, "unproven")),
        (90.0, Some(0.20), (Outcome::Challenge, "unproven")),
        (90.0, None, (Outcome::Challenge, "unproven")),
        (99.5, Some(0.0001), (Outcome::Keep, "no_gain")),
        (100.0, Some(1.0), (Outcome::Keep, "no_gain")),
        (130.0, Some(0.999), (Outcome::Keep, "no_gain")),
        (f64::INFINITY, None, (Outcome::Keep, "not_compared")),
    ] {
        assert_eq!(verdict(&case(candidate, p)), wanted, "{candidate} {p:?}");
    }
}

#[test]
fn the_check_must_agree_where_it_can_speak() {
    let mut doubted = case(90.0, Some(0.01));
    let evidence = doubted.evidence.as_mut().expect("given");
    evidence.check = Some(test(Some(0.3)));
    assert_eq!(verdict(&doubted), (Outcome::Challenge, "unproven"));
    doubted.evidence.as_mut().expect("given").check = None;
    assert_eq!(verdict(&doubted), (Outcome::Promote, "gain"));
}

#[test]
fn a_segment_that_becomes_worse_stops_it() {
    for (harmed, adjusted, wanted) in [
        (130.0, Some(0.001), Outcome::Reject),
        (130.0, Some(0.2), Outcome::Promote),
        (130.0, None, Outcome::Promote),
        (108.0, Some(0.001), Outcome::Promote),
    ] {
        let mut case = case(90.0, Some(0.01));
        let evidence = case.evidence.as_mut().expect("given");
        evidence.segments = vec![segment("b", 80.0, Some(1.0)), segment("a", harmed, adjusted)];
        assert_eq!(verdict(&case).0, wanted, "{harmed} {adjusted:?}");
    }
}

#[test]
fn the_worst_segment_is_named() {
    let mut harmful = case(90.0, Some(0.01));
    let evidence = harmful.evidence.as_mut().expect("given");
    evidence.segments = vec![segment("a", 120.0, Some(0.01)), segment("b", 150.0, Some(0.01))];
    let verdict = judge(&harmful, &PromotePolicy::default(), &Limits::default());
    let Reason::SegmentHarm { segment, harm, count, .. } = verdict.reason else {
        panic!("a segment stops it, not {:?}", verdict.reason)
    };
    assert_eq!((segment.as_str(), harm, count), ("b", Some(0.5), 2));
}

#[test]
fn force_skips_effect_and_evidence_and_no_guard() {
    let mut forced = case(130.0, None);
    forced.force = true;
    assert_eq!(verdict(&forced), (Outcome::Promote, "forced"));
    for break_it in [
        |c: &mut Case| c.measured.broken = 1,
        |c: &mut Case| c.measured.largest_ratio = Some(101.0),
        |c: &mut Case| c.measured.largest_ratio = Some(f64::NAN),
        |c: &mut Case| c.evidence.as_mut().expect("given").broken = 3,
        |c: &mut Case| c.evidence.as_mut().expect("given").unanswered = 700,
        |c: &mut Case| {
            c.evidence.as_mut().expect("given").segments = vec![segment("a", 200.0, Some(0.001))];
        },
    ] {
        let mut broken = forced.clone();
        break_it(&mut broken);
        assert_eq!(verdict(&broken).0, Outcome::Reject, "{:?}", broken.measured);
    }
}

#[test]
fn latency_and_size_are_limits_only_where_both_are_known() {
    let limits = Limits { latency_ms: Some(20.0), size_bytes: Some(1000), ..Limits::default() };
    let judged = |latency_ms, size_bytes| {
        let mut case = case(90.0, Some(0.01));
        case.measured = Measured { latency_ms, size_bytes, ..Measured::default() };
        judge(&case, &PromotePolicy::default(), &limits).reason.code()
    };
    assert_eq!(judged(Some(21.0), None), "too_slow");
    assert_eq!(judged(Some(20.0), Some(1001)), "too_large");
    assert_eq!(judged(None, Some(1000)), "gain");
}

#[test]
fn the_first_version_serves_if_it_passes_the_guards() {
    let first = Case { champion: None, evidence: None, ..case(90.0, None) };
    assert_eq!(verdict(&first), (Outcome::Promote, "first"));
    let nothing_shared = Case { evidence: None, ..case(90.0, None) };
    assert_eq!(verdict(&nothing_shared), (Outcome::Keep, "not_compared"));
}

#[test]
fn a_policy_of_challengers_sends_it_to_shadow() {
    let policy = PromotePolicy { mode: PromoteMode::Challenger, ..PromotePolicy::default() };
    let judged = |case: &Case| judge(case, &policy, &Limits::default()).outcome;
    assert_eq!(judged(&case(90.0, Some(0.01))), Outcome::Challenge);
    assert_eq!(judged(&Case { champion: None, ..case(90.0, None) }), Outcome::Promote);
}

#[test]
fn a_verdict_is_made_again_from_what_is_stored() {
    for candidate in [90.0, 97.0, 100.0, 130.0] {
        let case = case(candidate, Some(0.03));
        let stored = serde_json::to_string(&case).expect("plain data");
        let read: Case = serde_json::from_str(&stored).expect("a case");
        assert_eq!(verdict(&read), verdict(&case));
        let verdict = judge(&case, &PromotePolicy::default(), &Limits::default());
        let stored = serde_json::to_string(&verdict).expect("plain data");
        assert_eq!(serde_json::from_str::<Verdict>(&stored).expect("a verdict"), verdict);
        assert!(stored.contains(&format!("\"code\":\"{}\"", verdict.reason.code())));
    }
}
