//! Models of other programs answer here what they answer there, and false files are refused.

mod adopted;

use super::*;
use crate::matrix::Matrix;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exchange")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).expect("a fixture")
}

fn is_lightgbm(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "txt")
}

fn read(name: &str, bytes: &[u8]) -> Result<Imported, ExchangeError> {
    if is_lightgbm(name) { read_lightgbm(bytes) } else { read_onnx(bytes) }
}

/// What `bench/exchange/fixtures.py` wrote.
fn expected() -> Value {
    serde_json::from_slice(&file("expected.json")).expect("JSON")
}

fn table(rows: &Value) -> Vec<Vec<f64>> {
    let cell = |cell: &Value| cell.as_f64().unwrap_or(f64::NAN);
    let row = |row: &Value| row.as_array().expect("a row").iter().map(cell).collect();
    rows.as_array().expect("rows").iter().map(row).collect()
}

fn matrix(rows: &[Vec<f64>]) -> Matrix {
    Matrix::new(rows.iter().flatten().map(|&value| value as f32).collect(), rows[0].len())
}

fn models() -> BTreeMap<String, Value> {
    serde_json::from_value(expected()["models"].clone()).expect("models")
}

#[test]
fn imported_models_answer_as_they_did_at_home() {
    let all = expected();
    let models = models();
    assert!(models.len() >= 15, "{}", models.len());
    for (name, home) in models {
        let model = read(&name, &file(&name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let rows = if home["rows"].is_array() { table(&home["rows"]) } else { table(&all["rows"]) };
        let answers: Vec<f64> = table(&home["answers"]).into_iter().flatten().collect();
        let ours = model.predict(&matrix(&rows)).expect("rows of that width");
        assert_eq!((ours.len(), model.width), (answers.len(), 4), "{name}");
        for (at, (ours, theirs)) in ours.iter().zip(&answers).enumerate() {
            let allowed = if is_lightgbm(&name) { 1e-6 } else { 1e-5 };
            assert!((ours - theirs).abs() <= allowed * theirs.abs().max(1.0), "{name} {at}: {ours} {theirs}");
        }
        let labels: Vec<String> = serde_json::from_value(home["labels"].clone()).expect("labels");
        match &model.answers {
            Answers::Classes { labels: found, count } => {
                assert_eq!((found, *count), (&labels, answers.len() / rows.len()), "{name}");
            }
            Answers::Number => assert!(labels.is_empty() && answers.len() == rows.len(), "{name}"),
        }
    }
}

#[test]
fn lightgbm_names_its_columns() {
    let model = read_onnx(&file("trees_two.onnx")).expect("right");
    assert!(model.columns.is_empty());
    let model = read_lightgbm(&file("trees_two.txt")).expect("right");
    assert_eq!(model.columns, ["Column_0", "Column_1", "Column_2", "Column_3"]);
}

/// A model as an export without scaling.
fn again(model: &Imported) -> Result<Imported, ExchangeError> {
    let labels: Vec<String> = match &model.answers {
        Answers::Number => Vec::new(),
        Answers::Classes { count, labels } if labels.is_empty() => {
            (0..*count).map(|l| l.to_string()).collect()
        }
        Answers::Classes { labels, .. } => labels.clone(),
    };
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let engine = match &model.engine {
        Engine::Trees(trees) => Trained::Trees(trees),
        Engine::Net(net) => Trained::Net(net),
    };
    let columns = ["a", "b", "c", "d"];
    let export = Export {
        name: "again",
        producer: "test",
        columns: &columns[..model.width],
        scaling: None,
        engine,
        temperature: 1.0,
        unit: None,
        labels: &labels,
    };
    read_onnx(&export.to_bytes()?)
}

#[test]
fn what_is_written_is_read_back() {
    let rows = matrix(&table(&expected()["rows"]));
    for (name, _) in models() {
        let model = read(&name, &file(&name)).expect("right");
        // ONNX 3 has no splits by category.
        if name.starts_with("odd") {
            assert!(matches!(again(&model), Err(ExchangeError::Unsupported(_))), "{name}");
            continue;
        }
        let again = again(&model).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (before, after) = (model.predict(&rows).expect("rows"), again.predict(&rows).expect("rows"));
        for (before, after) in before.iter().zip(&after) {
            assert!((before - after).abs() < 1e-6, "{name}: {before} {after}");
        }
    }
}

#[test]
fn models_of_records_go_out_where_onnx_can_say_them() {
    use crate::records::{Column, Params, Records, Target, Values, fit};
    let rows = 120;
    let number = |row: usize, step: usize| (row * step % 17) as f64 - 8.0;
    let columns = vec![
        Column { name: "a".into(), values: Values::Numbers((0..rows).map(|row| number(row, 3)).collect()) },
        Column { name: "b".into(), values: Values::Numbers((0..rows).map(|row| number(row, 5)).collect()) },
    ];
    let records = Records { rows, columns };
    let truth = |row: usize| if number(row, 3) + number(row, 5) > 0.0 { "yes" } else { "no" };
    let target = Target::Classes((0..rows).map(|row| Some(truth(row).into())).collect());
    let spec = |engine: &str, roles: &str| {
        let params = match engine {
            "mlp" => "max_epochs: 3",
            "gbdt" => "rounds: 5",
            _ => "",
        };
        let text = format!(
            "{{model_key: m, task: classification, engine: {engine}, params: {{{params}}}, \
             data: {{dataset: d, target: y, {roles}}}}}"
        );
        vakhta_domain::spec::parse_yaml(&text).expect("a spec").remove(0)
    };
    let teach = |engine: &str, roles: &str| {
        let checked = Params::from_spec(&spec(engine, roles)).expect("right");
        fit(&checked, &records, &target, None, 7, 1, &vakhta_domain::progress::Unwatched).expect("learnt")
    };
    for engine in ["linear", "mlp", "gbdt"] {
        let fitted = teach(engine, "numeric: [a, b]");
        let written = write_onnx("m", "test", &fitted);
        let isotonic = matches!(fitted.calibration(), crate::evaluate::Calibration::Isotonic { .. });
        assert_eq!(written.is_ok(), !isotonic, "{engine}: {written:?}");
    }
    let refused = write_onnx("m", "test", &teach("linear", "numeric: [a], categorical: [b]"));
    assert!(
        matches!(refused, Err(ExchangeError::Unsupported(text)) if text.contains("`b` holds categories"))
    );
}

#[test]
fn what_cannot_be_done_alike_is_refused_by_name() {
    let text = String::from_utf8(file("trees_number.txt")).expect("text");
    for (from, to, words) in [
        ("tree\n", "forest\n", "first line"),
        ("objective=regression", "objective=regression sqrt", "sqrt"),
        ("objective=regression", "objective=lambdarank", "lambdarank"),
        ("is_linear=0", "is_linear=1", "linear"),
        ("max_feature_idx=3", "max_feature_idx=99999999999", "99999999999"),
        ("max_feature_idx=3", "max_feature_idx=0", "names"),
        ("num_leaves=5", "num_leaves=18446744073709551615", "leaf_value"),
        ("num_leaves=5", "num_leaves=0", "leaf_value"),
        ("left_child=1", "left_child=0", "two parents"),
        ("left_child=1", "left_child=900", "not there"),
        ("split_feature=0", "split_feature=9", "column 9"),
        ("threshold=0", "threshold=nan0", "threshold"),
        ("decision_type=2", "decision_type=14", "missing type"),
        ("num_cat=0", "num_cat=7", "cat_boundaries"),
        ("end of trees", "", "cut off behind tree 2"),
    ] {
        assert!(text.contains(from), "{from}");
        let error = read_lightgbm(text.replacen(from, to, 1).as_bytes()).expect_err(words).to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
    assert!(read_lightgbm(b"").is_err() && read_onnx(b"").is_err());
    assert!(read_onnx(b"tree\n").is_err() && read_lightgbm(&[0xff]).is_err());
}

#[test]
fn every_cut_of_a_file_is_refused_or_read() {
    for name in ["mlp_two.onnx", "trees_three.onnx", "odd.txt"] {
        let whole = file(name);
        for length in 0..whole.len() {
            let _ = read(name, &whole[..length]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Changed bytes give an error, or a model that answers every row.
    #[test]
    fn a_forged_file_brings_nothing_down(
        which in 0usize..6,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let name = ["mlp_three.onnx", "mlp_two.onnx", "trees_three.onnx", "forest.onnx", "trees_two.txt", "odd.txt"][which];
        let mut bytes = file(name);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(model) = read(name, &bytes) {
            prop_assert!(model.width < 100_000);
            let rows = Matrix::new(vec![0.5; 2 * model.width], model.width);
            let answers = model.predict(&rows).expect("rows of that width");
            prop_assert_eq!(answers.len(), 2 * model.outputs());
        }
    }

    #[test]
    fn noise_is_no_model(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read_lightgbm(&bytes).is_err());
        let _ = read_onnx(&bytes);
    }
}
