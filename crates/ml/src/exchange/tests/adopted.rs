//! What other programs learnt becomes a model of records that answers, explains, is saved and goes out again.

use super::{expected, file, matrix, models, table};
use crate::exchange::{Answers, ExchangeError, Format, adopt, read, write_onnx};
use crate::matrix::Matrix;
use crate::records::{Answer, Checked, Column, Fitted, Goal, Params, Records, Target, Values};
use vakhta_domain::report::Quality;

fn settings(task: &str, columns: &str) -> Checked {
    let text = format!(
        "{{model_key: m, task: {task}, confidence_threshold: 0.5, data: {{dataset: d, target: y, {columns}}}}}"
    );
    let text = if task == "regression" { text.replace("confidence_threshold: 0.5, ", "") } else { text };
    let spec = vakhta_domain::spec::parse_yaml(&text).expect("a spec").remove(0);
    Params::from_spec(&spec).expect("right settings")
}

const FOUR: &str = "numeric: [a, b, c, d]";

fn adopted(name: &str, labels: &[&str]) -> Result<Fitted, ExchangeError> {
    let bytes = file(name);
    let model = read(Format::of(&bytes), &bytes).expect("a sound file");
    let task = if model.answers == Answers::Number { "regression" } else { "classification" };
    let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
    adopt(model, &settings(task, FOUR), &labels)
}

fn records(rows: &Matrix) -> Records {
    let column = |(at, name): (usize, &str)| Column {
        name: name.into(),
        values: Values::Numbers((0..rows.rows()).map(|row| f64::from(rows.row(row)[at])).collect()),
    };
    Records { rows: rows.rows(), columns: ["a", "b", "c", "d"].into_iter().enumerate().map(column).collect() }
}

/// The probability of each class, or the number.
fn answer(fitted: &Fitted, answer: &Answer) -> Vec<f64> {
    match answer {
        Answer::Number { value, .. } => vec![*value],
        Answer::Class { top, .. } => {
            let of = |label: &str| top.iter().find(|(name, _)| &**name == label).expect("all are told").1;
            fitted.classes().iter().map(|label| of(label)).collect()
        }
    }
}

#[test]
fn they_answer_as_at_home_saved_or_not() {
    for (name, home) in models() {
        let labels: &[&str] = match (&name[..], home["answers"][0].as_array().expect("a row").len()) {
            (name, 3) if name.ends_with("txt") => &["low", "mid", "high"],
            (name, 2) if name.ends_with("txt") => &["no", "yes"],
            _ => &[],
        };
        let fitted = adopted(&name, labels).unwrap_or_else(|error| panic!("{name}: {error}"));
        let report = fitted.report();
        assert_eq!((&report.quality, &report.baseline, report.train_rows), (&None, &None, None), "{name}");
        assert!(report.engine.starts_with("imported_") && report.notes[0].code == "imported", "{name}");
        assert_eq!(report.importance.is_empty(), !name.ends_with("txt"), "{name}: only LightGBM tells gains");
        let all = expected();
        let rows = matrix(&table(if home["rows"].is_array() { &home["rows"] } else { &all["rows"] }));
        let records = records(&rows);
        let answers = fitted.predict(&records, 9);
        for (ours, theirs) in answers.iter().zip(table(&home["answers"])) {
            for (ours, theirs) in answer(&fitted, ours).iter().zip(&theirs) {
                assert!((ours - theirs).abs() <= 1e-5 * theirs.abs().max(1.0), "{name}: {ours} {theirs}");
            }
        }
        let again = Fitted::from_bytes(&fitted.to_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(again, fitted, "{name}");
        assert_eq!(again.predict(&records, 9), answers, "{name}");
        for row in 0..records.rows {
            let why = again.explain(&records, row);
            assert_eq!(why, fitted.explain(&records, row), "{name}");
            assert!(why.contributions.iter().all(|c| c.effect.is_finite() && c.word.is_none()), "{name}");
        }
    }
}

#[test]
fn their_quality_can_be_measured_on_rows_with_answers() {
    let fitted = adopted("trees_three.txt", &["low", "mid", "high"]).expect("fits");
    let records = records(&matrix(&table(&expected()["rows"])));
    let said = fitted.predict(&records, 1);
    let truth = said.iter().map(|answer| answer.label().map(Into::into)).collect();
    let Quality::Classification(quality) = fitted.quality(&records, &Target::Classes(truth)) else {
        panic!("classes")
    };
    assert_eq!((quality.n, quality.accuracy), (16, Some(1.0)));
}

#[test]
fn they_go_out_again_and_come_back() {
    for name in ["mlp_two.onnx", "mlp_three.onnx", "mlp_number.onnx", "trees_two.onnx", "forest.onnx"] {
        let fitted = adopted(name, &[]).expect("fits");
        let file = write_onnx("m", "test", &fitted).unwrap_or_else(|error| panic!("{name}: {error}"));
        let model = read(Format::of(&file), &file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let task = if fitted.goal() == Goal::Numbers { "regression" } else { "classification" };
        let back = adopt(model, &settings(task, FOUR), &[]).expect("fits");
        let records = records(&Matrix::new(vec![0.5, f32::NAN, -3.0, 2e9, 0.0, 0.1, 0.2, 0.3], 4));
        assert_eq!(back.classes(), fitted.classes(), "{name}");
        for (before, after) in fitted.predict(&records, 9).iter().zip(&back.predict(&records, 9)) {
            for (before, after) in answer(&fitted, before).iter().zip(answer(&back, after)) {
                assert!((before - after).abs() <= 1e-5 * before.abs().max(1.0), "{name}: {before} {after}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let of = |name: &str, task: &str, columns: &str, labels: &[&str]| {
        let bytes = file(name);
        let model = read(Format::of(&bytes), &bytes).expect("a sound file");
        let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        match adopt(model, &settings(task, columns), &labels) {
            Err(ExchangeError::Unfit(words)) => words,
            other => panic!("{name}: {other:?}"),
        }
    };
    for (found, words) in [
        (
            of("trees_two.txt", "classification", "numeric: [a, b]", &["n", "y"]),
            "wants 4 inputs, the spec has 2",
        ),
        (of("trees_two.txt", "classification", "numeric: [a, b, c], text: [d]", &[]), "column `d`"),
        (of("trees_two.txt", "regression", FOUR, &[]), "2 classes, and the spec is a regression"),
        (of("trees_number.txt", "classification", FOUR, &[]), "answers a number"),
        (of("trees_number.txt", "regression", FOUR, &["a", "b"]), "classes were named"),
        (of("trees_three.txt", "classification", FOUR, &[]), "does not name its 3 classes"),
        (
            of("trees_three.txt", "classification", FOUR, &["a", "b"]),
            "2 classes were named, the file answers 3",
        ),
        (of("trees_three.txt", "classification", FOUR, &["a", "b", "a"]), "twice"),
        (of("trees_three.txt", "classification", FOUR, &["a", "b", " "]), "empty"),
        (
            of(
                "trees_two.txt",
                "classification",
                "numeric: [Column_1, Column_0, Column_2, Column_3]",
                &["n", "y"],
            ),
            "another order: make `numeric` Column_0, Column_1",
        ),
    ] {
        assert!(found.contains(words), "{found}");
    }
}

#[test]
fn formats_are_told_apart_by_their_first_line() {
    for (bytes, format) in [
        (&b"tree\nversion=v4"[..], Format::LightGbm),
        (b"tree\r\n", Format::LightGbm),
        (b"trees\n", Format::Onnx),
        (b"", Format::Onnx),
        (&file("mlp_two.onnx"), Format::Onnx),
    ] {
        assert_eq!(Format::of(bytes), format);
    }
    assert_eq!(Format::parse("lightgbm"), Some(Format::LightGbm));
    assert_eq!(Format::parse("pmml"), None);
}
