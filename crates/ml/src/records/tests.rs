//! What a model of records promises, engine by engine, on data that is as it should be and on data that is not.

use super::*;
use crate::random::Random;
use jiff::civil::date;
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use vakhta_domain::progress::{Progress, Unwatched};
use vakhta_domain::report::Quality;
use vakhta_domain::spec::parse_yaml;

/// Settings from a spec's task, engine and the rest of its fields.
pub(super) fn checked(task: &str, engine: &str, data: &str, rest: &str) -> Checked {
    let text = format!(
        "{{model_key: m, task: {task}, engine: {engine}, data: {{dataset: d, target: y, {data}}} {rest}}}"
    );
    Params::from_spec(&parse_yaml(&text).expect("a readable spec")[0]).expect("right settings")
}

#[expect(clippy::unnecessary_wraps, reason = "columns hold words that may be missing")]
fn word(text: impl AsRef<str>) -> Option<Arc<str>> {
    Some(Arc::from(text.as_ref()))
}

fn unit(random: &mut Random) -> f64 {
    random.below(1 << 30) as f64 / f64::from(1 << 30)
}

/// Columns of every role, a class that follows from them, and a number that does.
pub(super) fn shop(n: usize, seed: u64) -> (Records, Target, Target) {
    let mut random = Random::new(seed);
    let nouns = [["хлеб белый", "батон нарезной"], ["молоко 3,2%", "кефир 900мл"], ["яблоки", "груши дюшес"]];
    let (mut names, mut kinds, mut prices, mut flags, mut days) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut classes, mut numbers) = (vec![], vec![]);
    for _ in 0..n {
        let class = random.below(3);
        let number = random.below(1000);
        names.push(word(format!("{} {number}", nouns[class][random.below(2)])));
        let kind = ["полка", "холод", "лоток"][if random.below(10) < 8 { class } else { random.below(3) }];
        kinds.push((random.below(20) > 0).then(|| Arc::from(kind)));
        let price = 50.0 + 30.0 * class as f64 + 20.0 * unit(&mut random);
        prices.push(if random.below(15) == 0 { f64::NAN } else { price });
        flags.push(f64::from(u8::from(class == 1)));
        let day = random.below(360) as i32;
        days.push(Some(date(2024, 1, 1).saturating_add(jiff::Span::new().days(day))));
        classes.push(word(["хлеб", "молочное", "фрукты"][class]));
        numbers.push(price * 2.0 + 5.0 * unit(&mut random));
    }
    let column = |name: &str, values| Column { name: name.into(), values };
    let columns = vec![
        column("name", Values::Words(names)),
        column("kind", Values::Words(kinds)),
        column("price", Values::Numbers(prices)),
        column("cold", Values::Numbers(flags)),
        column("day", Values::Dates(days)),
    ];
    (Records { rows: n, columns }, Target::Classes(classes), Target::Numbers(numbers))
}

pub(super) const ALL: &str =
    "text: [name], categorical: [kind], numeric: [price], boolean: [cold], date: [day]";

pub(super) fn fitted(checked: &Checked, records: &Records, target: &Target) -> Fitted {
    fit(checked, records, target, None, 7, 2, &Unwatched).expect("a model")
}

fn accuracy(quality: &Quality) -> f64 {
    let Quality::Classification(quality) = quality else { panic!("classes") };
    quality.accuracy.expect("rows")
}

#[test]
fn every_engine_learns_classes_and_numbers_from_columns_of_every_role() {
    let (records, classes, numbers) = shop(300, 1);
    let (fresh, fresh_classes, fresh_numbers) = shop(300, 2);
    for engine in ["linear", "gbdt", "mlp", "auto"] {
        let model = fitted(&checked("classification", engine, ALL, ""), &records, &classes);
        assert!(accuracy(&model.quality(&fresh, &fresh_classes)) > 0.97, "{engine}");
        assert!(accuracy(model.report().quality.as_ref().expect("measured")) > 0.97, "{engine}");
        assert!(accuracy(model.report().baseline.as_ref().expect("measured")) < 0.45, "{engine}");
        assert!(!model.report().importance.is_empty(), "{engine}");
        let gain: f64 = model.report().importance.iter().map(|i| i.gain).sum();
        assert!((gain - 100.0).abs() < 1e-6, "{engine}: {gain}");
        let model = fitted(&checked("regression", engine, ALL, ""), &records, &numbers);
        let Quality::Regression(quality) = model.quality(&fresh, &fresh_numbers) else { panic!("numbers") };
        assert!(quality.r2.expect("spread") > 0.8, "{engine}: {quality:?}");
        for coverage in &quality.coverage {
            assert!((coverage.value - f64::from(coverage.level)).abs() < 9.0, "{engine}: {coverage:?}");
        }
    }
}

#[test]
fn auto_tries_what_makes_sense_and_says_why() {
    let (records, classes, _) = shop(200, 3);
    let model = fitted(&checked("classification", "auto", ALL, ""), &records, &classes);
    let tried: Vec<&str> = model.report().candidates.iter().map(|c| c.engine.as_str()).collect();
    assert_eq!(tried.len(), 3, "{tried:?}");
    assert_eq!(model.report().engine, tried[0]);
    assert!(model.report().notes.iter().any(|n| n.code == "engine_chosen" && n.text.contains("log-loss")));
    assert_eq!((model.report().train_rows, model.report().test_rows), (Some(200), 200));
}

#[test]
fn threads_and_repetition_change_nothing() {
    let (records, classes, numbers) = shop(120, 4);
    for engine in ["linear", "gbdt", "mlp"] {
        for (task, target) in [("classification", &classes), ("regression", &numbers)] {
            let checked = checked(task, engine, ALL, "");
            let on = |threads| {
                fit(&checked, &records, target, None, 7, threads, &Unwatched).expect("a model").to_bytes()
            };
            let one = on(1);
            assert!(one == on(1) && one == on(3), "{engine} {task}");
        }
    }
}

#[test]
fn answers_are_probabilities_in_order_and_know_when_to_ask() {
    let (records, classes, _) = shop(300, 5);
    let settings = checked("classification", "linear", ALL, ", confidence_threshold: 0.999");
    let model = fitted(&settings, &records, &classes);
    for answer in model.predict(&records, 2) {
        let Answer::Class { label, confidence, needs_person, top } = answer else { panic!("a class") };
        assert_eq!((top.len(), &top[0].0, top[0].1), (2, &label, confidence));
        assert!(top[1].1 <= confidence && top[0].1 + top[1].1 <= 1.0 + 1e-9);
        assert_eq!(needs_person, confidence < 0.999);
    }
    assert!(
        model.predict(&records, 0).iter().all(|a| matches!(a, Answer::Class { top, .. } if top.is_empty()))
    );
    let whole = model.predict(&records, 99);
    assert!(whole.iter().all(
        |a| matches!(a, Answer::Class { top, .. } if top.len() == 3 && (top.iter().map(|t| t.1).sum::<f64>() - 1.0).abs() < 1e-9)
    ));
}

#[test]
fn explanations_add_up() {
    let (records, classes, numbers) = shop(300, 6);
    for engine in ["linear", "gbdt", "mlp"] {
        let model = fitted(&checked("regression", engine, ALL, ""), &records, &numbers);
        for row in 0..5 {
            let why = model.explain(&records, row);
            let sum = why.base + why.rest + why.contributions.iter().map(|c| c.effect).sum::<f64>();
            let [Answer::Number { value, .. }] = &model.predict(&one(&records, row), 0)[..] else {
                panic!("one")
            };
            assert!((sum - value).abs() < 1e-2 * value.abs(), "{engine}: {sum} {value}");
        }
        let model = fitted(&checked("classification", engine, ALL, ""), &records, &classes);
        let why = model.explain(&records, 0);
        assert!(why.contributions[0].effect > 0.0, "{engine}: {why:?}");
        assert_eq!(why.label.as_deref(), model.predict(&one(&records, 0), 0)[0].label(), "{engine}");
        assert!(model.explain(&records, 9999).contributions.len() <= 20);
    }
    let model = fitted(&checked("classification", "linear", "text: [name]", ""), &records, &classes);
    let milk = Values::Words(vec![word("Кефир 900 мл, №17")]);
    let records = Records { rows: 1, columns: vec![Column { name: "name".into(), values: milk }] };
    let why = model.explain(&records, 0);
    assert_eq!(
        (why.label.as_deref(), why.contributions[0].word.as_deref()),
        (Some("молочное"), Some("кефир"))
    );
}

/// One row of records.
fn one(records: &Records, row: usize) -> Records {
    let column = |column: &Column| {
        let values = match &column.values {
            Values::Words(words) => Values::Words(vec![words[row].clone()]),
            Values::Numbers(numbers) => Values::Numbers(vec![numbers[row]]),
            Values::Dates(dates) => Values::Dates(vec![dates[row]]),
        };
        Column { name: column.name.clone(), values }
    };
    Records { rows: 1, columns: records.columns.iter().map(column).collect() }
}

#[test]
fn columns_are_found_by_name_and_missing_ones_are_missing() {
    let (records, classes, _) = shop(300, 8);
    let model = fitted(&checked("classification", "gbdt", ALL, ""), &records, &classes);
    let mut turned = records.clone();
    turned.columns.reverse();
    assert_eq!(model.predict(&records, 1), model.predict(&turned, 1));
    let none = Records { rows: 2, columns: vec![] };
    assert_eq!(model.predict(&none, 1).len(), 2);
    let schema = model.schema();
    let roles: Vec<Role> = schema.iter().map(|input| input.role).collect();
    assert_eq!(roles, [Role::Text, Role::Category, Role::Number, Role::Flag, Role::Date]);
    assert!(schema[0].example.is_some() && schema[1].values.len() == 3);
    let (low, high) = schema[2].range.expect("a range");
    assert!(low >= 50.0 && high <= 130.0);
}

#[test]
fn wrong_rows_are_refused_with_a_way_out() {
    let (records, classes, numbers) = shop(20, 9);
    let settings = checked("classification", "linear", ALL, "");
    let fit = |records: &Records, target: &Target, weights: Option<&[f64]>| {
        super::fit(&settings, records, target, weights, 7, 1, &Unwatched).expect_err("refused")
    };
    assert_eq!(fit(&records, &numbers, None), FitError::Target { found: "numbers", wanted: "classes" });
    assert_eq!(fit(&records, &Target::Classes(vec![None; 20]), None), FitError::NoTarget { rows: 20 });
    assert!(matches!(fit(&records, &Target::Classes(vec![]), None), FitError::Lengths { .. }));
    assert!(matches!(fit(&records, &classes, Some(&[1.0])), FitError::Lengths { .. }));
    assert!(matches!(fit(&records, &classes, Some(&[-1.0; 20])), FitError::Weight { row: 0, .. }));
    assert!(matches!(fit(&records, &classes, Some(&[0.0; 20])), FitError::Weight { .. }));
    let mut fewer = records.clone();
    fewer.columns.pop();
    assert_eq!(fit(&fewer, &classes, None), FitError::NoColumn { name: "day".into() });
}

#[test]
fn weights_and_balance_move_what_is_rare() {
    // One column that says little: 90 of 100 rows are common.
    let column = |values: Vec<f64>| Records {
        rows: values.len(),
        columns: vec![Column { name: "x".into(), values: Values::Numbers(values) }],
    };
    let mut random = Random::new(3);
    let rare = |i: usize| i.is_multiple_of(10);
    let values: Vec<f64> = (0..400).map(|i| unit(&mut random) + if rare(i) { 0.6 } else { 0.0 }).collect();
    let target = Target::Classes((0..400).map(|i| word(if rare(i) { "rare" } else { "common" })).collect());
    let records = column(values);
    let found = |settings: &Checked, weights: Option<&[f64]>| {
        let model = fit(settings, &records, &target, weights, 7, 1, &Unwatched).expect("a model");
        model.predict(&records, 0).iter().filter(|a| a.label() == Some("rare")).count()
    };
    for engine in ["linear", "gbdt", "mlp"] {
        let plain = found(&checked("classification", engine, "numeric: [x]", ""), None);
        let balanced =
            checked("classification", engine, "numeric: [x]", ", params: {class_weight: balanced}");
        assert!(found(&balanced, None) > plain + 40, "{engine}: {} {plain}", found(&balanced, None));
        let weights: Vec<f64> = (0..400).map(|i| if rare(i) { 9.0 } else { 1.0 }).collect();
        let weighted = found(&checked("classification", engine, "numeric: [x]", ""), Some(&weights));
        assert!(weighted > plain + 40, "{engine}: {weighted} {plain}");
    }
}

#[test]
fn few_rows_and_odd_classes_are_defined() {
    let (records, classes, _) = shop(40, 10);
    let Target::Classes(labels) = &classes else { panic!("classes") };
    for engine in ["linear", "gbdt", "mlp", "auto"] {
        let settings = checked("classification", engine, ALL, "");
        // One class, and rows without a target.
        let single: Vec<Option<Arc<str>>> = (0..40).map(|i| (i % 2 == 0).then(|| Arc::from("a"))).collect();
        let model = fitted(&settings, &records, &Target::Classes(single));
        let answers = model.predict(&records, 3);
        assert!(answers.iter().all(|a| matches!(a, Answer::Class { confidence, .. } if *confidence == 1.0)));
        assert!(model.report().notes.iter().any(|n| n.code == "one_class"));
        assert!(model.report().notes.iter().any(|n| n.code == "rows_without_target" && n.count == 20));
        // A class with one row.
        let mut rare = labels.clone();
        rare[5] = word("единственный");
        let model = fitted(&settings, &records, &Target::Classes(rare));
        assert_eq!(model.classes().len(), 4);
        assert!(model.report().notes.iter().any(|n| n.code == "classes_with_one_row" && n.count == 1));
        // Two rows, and one.
        for rows in [1, 2] {
            let few: Vec<_> =
                (0..40).map(|i| (i < rows).then(|| Arc::from(if i == 0 { "a" } else { "b" }))).collect();
            let model = fitted(&settings, &records, &Target::Classes(few));
            assert_eq!(model.predict(&records, 1).len(), 40);
            assert!(model.report().notes.iter().any(|n| n.code == "not_measured"));
        }
        // A constant number.
        let settings = checked("regression", engine, ALL, "");
        let model = fitted(&settings, &records, &Target::Numbers(vec![5.0; 40]));
        for answer in model.predict(&records, 0) {
            assert!(matches!(answer, Answer::Number { value, .. } if (value - 5.0).abs() < 1e-3));
        }
    }
}

#[test]
fn three_thousand_classes_are_learnt() {
    let (n, many) = (6000, 3000);
    let words = |letter: &str| (0..n).map(|i| word(format!("{letter}{}", i % many))).collect::<Vec<_>>();
    let columns = vec![Column { name: "code".into(), values: Values::Words(words("k")) }];
    let records = Records { rows: n, columns };
    let settings = checked("classification", "linear", "categorical: [code]", "");
    let model = fitted(&settings, &records, &Target::Classes(words("c")));
    assert_eq!(model.classes().len(), many);
    let answers = model.predict(&records, 3);
    let is_right = |(i, answer): &(usize, &Answer)| answer.label() == Some(&format!("c{}", i % many));
    assert!(answers.iter().enumerate().filter(is_right).count() > n * 99 / 100);
    assert_eq!(Fitted::from_bytes(&model.to_bytes()).expect("own bytes"), model.without_held());
}

#[test]
fn all_missing_and_unseen_values_have_an_answer() {
    let (mut records, classes, _) = shop(200, 11);
    records.columns[2].values = Values::Numbers(vec![f64::NAN; 200]);
    records.columns[0].values = Values::Words(vec![None; 200]);
    for engine in ["linear", "gbdt", "mlp"] {
        let model = fitted(&checked("classification", engine, ALL, ""), &records, &classes);
        assert!(model.report().notes.iter().any(|n| n.code == "empty_columns" && n.count == 2));
        let odd = Records {
            rows: 2,
            columns: vec![
                Column {
                    name: "name".into(),
                    values: Values::Words(vec![word("z".repeat(100_000)), word("")]),
                },
                Column { name: "kind".into(), values: Values::Words(vec![word("??"), None]) },
                Column { name: "price".into(), values: Values::Numbers(vec![1e300, f64::INFINITY]) },
                Column { name: "cold".into(), values: Values::Words(vec![word("maybe"), word("да")]) },
            ],
        };
        for answer in model.predict(&odd, 3) {
            let Answer::Class { top, .. } = answer else { panic!("a class") };
            assert!(top.iter().all(|(_, p)| p.is_finite()), "{engine}: {top:?}");
        }
    }
    // Nothing at all to learn from.
    let model = fitted(&checked("classification", "auto", "text: [name]", ""), &records, &classes);
    assert_eq!(model.report().engine, "prior");
}

#[test]
fn work_can_be_stopped_and_progress_does_not_go_back() {
    struct Watch(Mutex<Vec<(u64, u64)>>, usize);
    impl Progress for Watch {
        fn at(&self, _stage: &'static str, done: u64, total: u64) -> ControlFlow<()> {
            let mut seen = self.0.lock().expect("one at a time");
            seen.push((done, total));
            if seen.len() >= self.1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
        fn note(&self, _text: String) {}
    }
    let (records, classes, _) = shop(120, 12);
    let settings = checked("classification", "auto", ALL, "");
    let all = Watch(Mutex::new(vec![]), usize::MAX);
    fit(&settings, &records, &classes, None, 7, 1, &all).expect("a model");
    let seen = all.0.into_inner().expect("one at a time");
    let share = |&(done, total): &(u64, u64)| done as f64 / total as f64;
    assert!(seen.windows(2).all(|w| share(&w[0]) <= share(&w[1])), "{seen:?}");
    assert_eq!(seen.last().map(|(done, total)| done == total), Some(true));
    for stop in [1, 3, seen.len() / 2, seen.len()] {
        let watch = Watch(Mutex::new(vec![]), stop);
        assert_eq!(
            fit(&settings, &records, &classes, None, 7, 1, &watch),
            Err(FitError::Cancelled),
            "{stop}"
        );
    }
}

type OddRow = (String, Option<String>, f64, f64, f64, u8);

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![prop::num::f64::ANY, Just(f64::NAN), Just(f64::INFINITY), Just(1e300), -5.0..5.0f64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_that_comes_in_makes_nonsense_come_out(
        rows in prop::collection::vec(
            (".{0,12}", prop::option::of("[a-c]"), any_number(), any_number(), any_number(), 0..4u8),
            1..40,
        ),
        engine in prop::sample::select(vec!["linear", "gbdt", "mlp"]),
    ) {
        let n = rows.len();
        let words = |at: fn(&OddRow) -> Option<&str>| {
            Values::Words(rows.iter().map(|row| at(row).map(Arc::from)).collect())
        };
        let numbers = |at: fn(&OddRow) -> f64| {
            Values::Numbers(rows.iter().map(at).collect())
        };
        let column = |name: &str, values| Column { name: name.into(), values };
        let records = Records {
            rows: n,
            columns: vec![
                column("name", words(|row| Some(&row.0))),
                column("kind", words(|row| row.1.as_deref())),
                column("price", numbers(|row| row.2)),
                column("cold", numbers(|row| row.3)),
                column("day", words(|row| Some(&row.0))),
            ],
        };
        let classes = Target::Classes(rows.iter().map(|row| (row.5 > 0).then(|| Arc::from(row.5.to_string()))).collect());
        let short = if engine == "mlp" { ", params: {max_epochs: 4}" } else { "" };
        let settings = checked("classification", engine, ALL, short);
        match fit(&settings, &records, &classes, None, 7, 1, &Unwatched) {
            Ok(model) => {
                for answer in model.predict(&records, 9) {
                    let Answer::Class { top, .. } = answer else { panic!("a class") };
                    prop_assert!((top.iter().map(|t| t.1).sum::<f64>() - 1.0).abs() < 1e-6, "{top:?}");
                    prop_assert!(top.iter().all(|t| (0.0..=1.0).contains(&t.1)));
                }
                let bytes = model.to_bytes();
                prop_assert!(Fitted::from_bytes(&bytes).expect("own bytes") == model.without_held());
            }
            Err(error) => prop_assert_eq!(error, FitError::NoTarget { rows: n }),
        }
        let settings = checked("regression", engine, ALL, short);
        let target = Target::Numbers(rows.iter().map(|row| row.4).collect());
        match fit(&settings, &records, &target, None, 7, 1, &Unwatched) {
            Ok(model) => {
                for (row, answer) in model.predict(&records, 0).into_iter().enumerate() {
                    let Answer::Number { value, intervals } = answer else { panic!("a number") };
                    prop_assert!(value.is_finite());
                    prop_assert!(intervals.iter().all(|i| i.lo <= value && value <= i.hi && i.lo.is_finite()));
                    prop_assert!(model.explain(&records, row).contributions.iter().all(|c| c.effect.is_finite()));
                }
            }
            Err(error) => prop_assert_eq!(error, FitError::NoTarget { rows: n }),
        }
    }
}
