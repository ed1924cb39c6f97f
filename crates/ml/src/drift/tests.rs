//! The room as a whole: exact against the stated definitions, parts against the whole, verdicts, stored bytes, and the
//! simulations at small size.

use super::simulations::{Days, by_days, independent};
use super::*;
use crate::artifact::{ArtifactError, PREFIX, seal};
use proptest::prelude::*;
use vakhta_domain::spec::policies::DriftPolicy;

fn number(value: &serde_json::Value) -> f64 {
    match value.as_str() {
        Some("inf") => f64::INFINITY,
        Some(_) => f64::NEG_INFINITY,
        None => value.as_f64().unwrap_or(f64::NAN),
    }
}

fn counted(kind: &str, reference: &[serde_json::Value], current: &[serde_json::Value]) -> (Profile, Counts) {
    if kind == "numbers" {
        let numbers = |rows: &[serde_json::Value]| rows.iter().map(number).collect::<Vec<f64>>();
        let profile = Profile::numbers(&numbers(reference));
        let counts = profile.count_numbers(&numbers(current)).expect("numbers");
        return (profile, counts);
    }
    let profile = Profile::categories(reference.iter().map(|v| (v.as_str(), 1)));
    let counts = profile.count_categories(current.iter().map(|v| (v.as_str(), 1))).expect("categories");
    (profile, counts)
}

/// `fixtures/truth.json` was made by a numpy script that states the definitions in fifty lines.
#[test]
fn psi_and_jensen_shannon_are_those_of_numpy() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("fixtures/truth.json")).expect("JSON");
    assert!(cases.len() >= 20);
    for case in cases {
        let rows = |name: &str| case[name].as_array().expect("rows").clone();
        let (profile, counts) =
            counted(case["kind"].as_str().expect("a kind"), &rows("reference"), &rows("current"));
        let found = profile.compare(&counts).expect("the same profile").stated.expect("rows on both sides");
        for (found, wanted) in [(found.psi, &case["psi"]), (found.js, &case["js"])] {
            let wanted = wanted.as_f64().expect("a number");
            assert!(
                (found - wanted).abs() <= 1e-9 * wanted.max(1.0),
                "{}: {found} is not {wanted}",
                case["name"]
            );
        }
    }
}

fn judged(profile: &Profile, current: &Counts, memory: Memory) -> Finding {
    let column = Column { name: "c", profile, current, memory };
    judge(&[column], &DriftPolicy::default()).expect("the same profile").findings.remove(0)
}

fn ramp(rows: usize, from: f64, to: f64) -> Vec<f64> {
    (0..rows).map(|i| from + (to - from) * (i * 7919 % rows) as f64 / rows as f64).collect()
}

#[test]
fn drift_is_confirmed_when_it_lasts_and_forgotten_when_it_ends() {
    let profile = Profile::numbers(&ramp(5000, 0.0, 1.0));
    let moved = profile.count_numbers(&ramp(500, 0.3, 1.3)).expect("numbers");
    let usual = profile.count_numbers(&ramp(500, 0.0, 1.0)).expect("numbers");
    let first = judged(&profile, &moved, Memory::default());
    assert_eq!((first.verdict, first.rule), (Verdict::Drifted, Rule::Psi));
    let second = judged(&profile, &moved, first.memory);
    assert_eq!((second.verdict, second.rule), (Verdict::Confirmed, Rule::Lasted));
    let third = judged(&profile, &usual, second.memory);
    assert_eq!((third.verdict, third.rule, third.memory), (Verdict::Stable, Rule::Chance, Memory::default()));
    // A check without enough rows neither confirms nor forgets.
    let few = profile.count_numbers(&ramp(99, 0.3, 1.3)).expect("numbers");
    let unsaid = judged(&profile, &few, first.memory);
    assert_eq!((unsaid.verdict, unsaid.rule), (Verdict::TooFewRows, Rule::MinRows));
    assert_eq!((unsaid.memory, unsaid.p), (first.memory, None));
    assert!(unsaid.psi.is_some());
}

#[test]
fn each_rule_speaks_where_it_should() {
    let profile = Profile::numbers(&ramp(100_000, 0.0, 1.0));
    let at = |shift: f64, rows| {
        let counts = profile.count_numbers(&ramp(rows, shift, 1.0 + shift)).expect("numbers");
        let finding = judged(&profile, &counts, Memory::default());
        (finding.verdict, finding.rule)
    };
    assert_eq!(at(0.0, 1000), (Verdict::Stable, Rule::Chance));
    assert_eq!(at(0.01, 100_000), (Verdict::Stable, Rule::Floor));
    assert_eq!(at(0.05, 20_000), (Verdict::Slight, Rule::BelowLimits));
    assert_eq!(at(0.3, 1000), (Verdict::Drifted, Rule::Psi));
    let flags = Profile::flags((0..1000).map(|i| Some(i % 10 == 0)));
    let gone = judged(&flags, &flags.count_missing(200), Memory::default());
    assert_eq!((gone.verdict, gone.missing), (Verdict::Drifted, 200));
    let more = flags.count_flags((0..400).map(|i| Some(i % 2 == 0))).expect("flags");
    assert_eq!(judged(&flags, &more, Memory::default()).verdict, Verdict::Drifted);
    let policy = DriftPolicy { psi: 100.0, js: 0.2, confirm_days: 1, ..DriftPolicy::default() };
    let column = Column { name: "c", profile: &flags, current: &more, memory: Memory::default() };
    let report = judge(&[column, column], &policy).expect("the same profile");
    assert_eq!(report.gravest(), Some(Verdict::Confirmed));
    assert_eq!(report.at_least(Verdict::Drifted).count(), 2);
    assert_eq!(judge(&[], &policy).expect("no column").gravest(), None);
}

#[test]
fn texts_that_come_part_by_part_are_the_same_texts() {
    let texts = ["молоко 3,2%", "", "хлеб бородинский нарезной", "a b c"].map(Some);
    let rows = || texts.iter().copied().chain([None]).cycle().take(103);
    let mut parts = TextRows::default();
    for part in rows().collect::<Vec<_>>().chunks(10) {
        parts.add(part.iter().copied());
    }
    assert_eq!(Profile::of_texts(parts), Profile::texts(rows()));
}

#[test]
fn what_deciles_cannot_see_is_seen() {
    let constant = Profile::numbers(&[5.0; 400]);
    let moved = constant.count_numbers(&[7.0; 200]).expect("numbers");
    let finding = judged(&constant, &moved, Memory::default());
    assert_eq!((finding.psi, finding.verdict), (Some(0.0), Verdict::Drifted));
    // The largest tenth is a thousand times larger: a wrong unit in one branch.
    let reference = ramp(5000, 0.0, 1.0);
    let profile = Profile::numbers(&reference);
    let wrong: Vec<f64> =
        ramp(2000, 0.0, 1.0).iter().map(|v| if *v > 0.9 { v * 1000.0 } else { *v }).collect();
    let finding = judged(&profile, &profile.count_numbers(&wrong).expect("numbers"), Memory::default());
    assert_eq!(finding.verdict, Verdict::Slight);
    // A value that was never there, in 3% of the rows.
    let words = ["a", "b", "c"];
    let profile = Profile::categories((0..3000).map(|i| (Some(words[i % 3]), 1)));
    let current =
        profile.count_categories([(Some("a"), 320), (Some("b"), 330), (Some("c"), 320), (Some("d"), 30)]);
    let finding = judged(&profile, &current.expect("categories"), Memory::default());
    assert_eq!((finding.verdict, finding.unseen), (Verdict::Drifted, 30));
}

fn names(from: &'static [&'static str], rows: usize) -> impl Iterator<Item = Option<String>> {
    (0..rows)
        .map(move |i| Some(format!("{} {}", from[i * i % from.len()], from[(i * 7 + i / 5) % from.len()])))
}

#[test]
fn texts_of_another_language_and_length_are_found() {
    const OLD: [&str; 7] =
        ["fresh milk", "rye bread", "apple juice", "cottage cheese", "green tea", "butter", "eggs"];
    const NEW: [&str; 7] = ["молоко", "хлеб ржаной", "сок", "творог", "чай зелёный", "масло", "яйца"];
    let old: Vec<Option<String>> = names(&OLD, 3000).collect();
    let profile = Profile::texts(old.iter().map(Option::as_deref));
    let said = |texts: &[Option<String>]| {
        let counts = profile.count_texts(texts.iter().map(Option::as_deref)).expect("texts");
        judged(&profile, &counts, Memory::default())
    };
    let same = said(&names(&OLD, 500).collect::<Vec<_>>());
    assert_eq!(same.verdict, Verdict::Stable, "{same:?}");
    assert_eq!(said(&names(&NEW, 200).collect::<Vec<_>>()).verdict, Verdict::Drifted);
    let longer: Vec<Option<String>> =
        old[..400].iter().map(|t| t.as_ref().map(|t| format!("{t} {t}"))).collect();
    let longer = said(&longer);
    assert_eq!(longer.verdict, Verdict::Drifted, "{longer:?}");
    assert_eq!(said(&vec![None; 300]).verdict, Verdict::Drifted);
}

#[test]
fn what_is_empty_or_odd_has_a_verdict_or_none() {
    let wild = [f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, f64::MAX, 0.0, f64::NAN, 5e-324];
    let profiles = [
        Profile::numbers(&[]),
        Profile::numbers(&[f64::NAN; 300]),
        Profile::numbers(&[1.0]),
        Profile::numbers(&wild.repeat(40)),
    ];
    for profile in &profiles {
        for values in [vec![], vec![f64::NAN; 200], vec![1.0; 200], wild.repeat(30), vec![f64::INFINITY; 150]]
        {
            let counts = profile.count_numbers(&values).expect("numbers");
            let finding = judged(profile, &counts, Memory::default());
            let few = profile.counts().rows() < 100 || values.len() < 100;
            assert_eq!(finding.verdict == Verdict::TooFewRows, few);
            let text = serde_json::to_string(&finding).expect("finite numbers");
            assert_eq!(serde_json::from_str::<Finding>(&text).expect("what was written"), finding);
        }
    }
    let nothing = Profile::categories([]);
    let finding =
        judged(&nothing, &nothing.count_categories([(Some("a"), 500)]).expect("words"), Memory::default());
    assert_eq!(finding.verdict, Verdict::TooFewRows);
    let wrong = profiles[0].count_texts([Some("word")]).expect_err("a profile of numbers");
    assert_eq!(
        wrong.to_string(),
        "the profile is of numbers, the values are texts: count them as what the model was trained on"
    );
    let other = profiles[3].compare(profiles[1].counts());
    assert_eq!(other, Err(DriftError::OtherProfile));
}

fn one_of_each() -> Vec<(&'static str, Profile)> {
    let values = ramp(900, -3.0, 9.0);
    let mut numbers = Profile::numbers(&values);
    let days: Vec<Counts> =
        values.chunks(30).map(|day| numbers.count_numbers(day).expect("numbers")).collect();
    numbers.learn_days(&days).expect("days of the reference");
    assert_eq!(numbers.days().len(), 30);
    let words: Vec<String> = (0..900).map(|i| format!("w{}", i % 17)).collect();
    let mut categories = Profile::categories(words.iter().map(|w| (Some(w.as_str()), 1)));
    let days: Vec<Counts> = words
        .chunks(45)
        .map(|day| categories.count_categories(day.iter().map(|w| (Some(w.as_str()), 1))).expect("words"))
        .collect();
    categories.learn_days(&days).expect("days of the reference");
    let texts = Profile::texts(words.iter().map(|w| Some(w.as_str())));
    vec![("number", numbers), ("category", categories), ("text", texts)]
}

#[test]
fn stored_profiles_and_counts_come_back_as_they_were() {
    let columns = one_of_each();
    let bytes = profiles_to_bytes(columns.iter().map(|(name, profile)| (*name, profile)));
    let back = profiles_from_bytes(&bytes).expect("what was written");
    assert_eq!(back.len(), columns.len());
    for ((name, profile), (name_back, profile_back)) in columns.iter().zip(&back) {
        assert_eq!((*name, profile), (name_back.as_str(), profile_back));
    }
    let counts =
        columns[1].1.count_categories([(Some("w1"), 3), (Some("new"), 9), (None, 1)]).expect("words");
    let bytes = counts_to_bytes([("category", &counts)]);
    assert_eq!(counts_from_bytes(&bytes), Ok(vec![("category".to_owned(), counts)]));
    assert_eq!(profiles_from_bytes(&bytes), Err(ArtifactError::NotAnArtifact));
}

#[test]
fn a_profile_of_a_million_rows_is_small() {
    let values: Vec<f64> =
        (0..1_000_000u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11) as f64).collect();
    let profile = Profile::numbers(&values);
    assert!(profiles_to_bytes([("x", &profile)]).len() < 10_000);
    let middle = profile.quantile(profile.counts(), 0.5).expect("rows") / (1u64 << 53) as f64;
    assert!((middle - 0.5).abs() < 1e-3, "{middle}");
    let deciles = profile.deciles(profile.counts()).expect("numbers");
    assert!(deciles.iter().all(|(_, _, rows)| (99_999..=100_001).contains(rows)), "{deciles:?}");
}

/// The figures that the bench `decisions` gives at full size; here enough to see a broken rule.
#[test]
fn false_alarms_are_few_and_drift_is_found() {
    for (rows, checks) in [(100, 100), (1000, 40)] {
        let none = independent(11, checks, 10_000, rows, 0.0);
        assert!(none.false_alarms() <= 4.0, "{none:?} of {rows} rows");
    }
    let half = independent(12, 20, 10_000, 200, 0.5);
    assert!(half.power() >= 95.0, "{half:?}");
    let fifth = independent(13, 8, 10_000, 1000, 0.2);
    assert!(fifth.power() >= 75.0, "{fifth:?}");
}

#[test]
fn days_that_differ_by_themselves_are_no_drift() {
    let usual = Days { reference: 40, rows: 200, effect: 0.2, checks: 10, shift: 0.0 };
    let runs = by_days(21, 4, usual);
    assert!(runs.all.false_alarms() <= 5.0, "{runs:?}");
    let runs = by_days(22, 3, Days { shift: 0.6, checks: 7, ..usual });
    assert!(runs.found >= 80.0 && runs.confirmed >= 60.0, "{runs:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn parts_add_up_to_the_whole(values in prop::collection::vec(prop::num::f64::ANY, 0..300), at in 0usize..300) {
        let profile = Profile::numbers(&values);
        let (left, right) = values.split_at(at.min(values.len()));
        let mut sum = profile.count_numbers(left).expect("numbers");
        sum.merge(&profile.count_numbers(right).expect("numbers")).expect("one profile");
        prop_assert_eq!(&sum, profile.counts());
        prop_assert_eq!(sum.rows(), values.len() as u64);
        if let Some(same) = profile.compare(&sum).expect("one profile").stated {
            prop_assert_eq!((same.psi, same.js), (0.0, 0.0));
        }
    }

    #[test]
    fn parts_of_words_and_texts_add_up(words in prop::collection::vec(prop::option::of("[a-c ]{0,4}"), 0..120), at in 0usize..120) {
        let rows = || words.iter().map(|w| w.as_deref());
        let at = at.min(words.len());
        let (categories, texts) = (Profile::categories(rows().take(at).map(|w| (w, 1))), Profile::texts(rows().take(at)));
        let count = |from: usize, to: usize| {
            let part = || words[from..to].iter().map(|w| w.as_deref());
            (categories.count_categories(part().map(|w| (w, 1))).expect("words"), texts.count_texts(part()).expect("texts"))
        };
        let (mut sum, rest, whole) = (count(0, at), count(at, words.len()), count(0, words.len()));
        sum.0.merge(&rest.0).expect("one profile");
        sum.1.merge(&rest.1).expect("one profile");
        prop_assert_eq!(&sum, &whole);
        prop_assert!(sum.0.merge(&rest.1).is_err());
    }

    /// Bytes that were changed and sealed anew are an error or a profile that can be used; never a panic.
    #[test]
    fn forged_bytes_never_panic(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<bool>()) {
        let columns = one_of_each();
        for profiles in [true, false] {
            let (bytes, magic) = if profiles {
                (profiles_to_bytes(columns.iter().map(|(name, profile)| (*name, profile))), b"VKDRIFTP")
            } else {
                (counts_to_bytes(columns.iter().map(|(name, profile)| (*name, profile.counts()))), b"VKDRIFTC")
            };
            let mut body = bytes[PREFIX..].to_vec();
            for (place, value) in &places {
                let place = place.index(body.len());
                body[place] = *value;
            }
            if cut {
                body.truncate(places[0].0.index(body.len()));
            }
            let forged = seal(magic, 1, &body);
            for (_, profile) in profiles_from_bytes(&forged).unwrap_or_default() {
                let again = judged(&profile, &profile.counts().clone(), Memory::default());
                prop_assert!(again.verdict <= Verdict::Stable);
            }
            for (_, counts) in counts_from_bytes(&forged).unwrap_or_default() {
                for (_, profile) in &columns {
                    if profile.compare(&counts).is_ok() {
                        judged(profile, &counts, Memory { up: Sum { value: 1e300, ..Sum::default() }, ..Memory::default() });
                    }
                }
            }
        }
    }
}
