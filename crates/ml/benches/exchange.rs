//! Models to and from ONNX and LightGBM's text, for `bench/exchange/check.py` to compare with other programs.
//!
//! `read FILE ROWS OUT` reads a model, answers the rows of a CSV of numbers and writes the answers. `write FOLDER
//! ROWS` writes models to the folder, each with what it answers here. `explain FILE ROWS` says how long SHAP values of
//! trees take.
#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

use std::path::Path;
use std::time::Instant;
use vakhta_domain::spec::Activation;
use vakhta_ml::exchange::{Engine, Export, Imported, Scaling, Trained, read_lightgbm, read_onnx};
use vakhta_ml::matrix::Matrix;
use vakhta_ml::nets::{Head, Input, Layer, Net};
use vakhta_ml::random::Random;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", file, rows, out] => read(file, rows, out),
        ["explain", file, rows] => explain(file, rows),
        ["write", folder, rows, trees] => write(Path::new(folder), rows, trees),
        _ => println!(
            "exchange read FILE ROWS OUT | exchange explain FILE ROWS | exchange write FOLDER ROWS LIGHTGBM_FILE"
        ),
    }
}

fn rows(path: &str) -> Matrix {
    let text = std::fs::read_to_string(path).expect("rows");
    let cell = |cell: &str| cell.trim().parse().unwrap_or(f32::NAN);
    let table: Vec<Vec<f32>> = text.lines().map(|line| line.split(',').map(cell).collect()).collect();
    Matrix::new(table.concat(), table[0].len())
}

fn save(path: &Path, answers: &[f64], width: usize) {
    let line = |row: &[f64]| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
    let text: Vec<String> = answers.chunks(width).map(line).collect();
    std::fs::write(path, text.join("\n") + "\n").expect("written");
}

fn read_model(path: &str) -> Imported {
    let bytes = std::fs::read(path).expect("a model");
    let began = Instant::now();
    let text = Path::new(path).extension().is_some_and(|kind| kind == "txt");
    let model = if text { read_lightgbm(&bytes) } else { read_onnx(&bytes) };
    println!("{path}: {} kB read in {:.1} ms", bytes.len() / 1000, began.elapsed().as_secs_f64() * 1e3);
    model.expect("a model that can be read")
}

fn read(file: &str, table: &str, out: &str) {
    let model = read_model(file);
    let answers = model.predict(&rows(table)).expect("rows of that width");
    save(Path::new(out), &answers, model.outputs());
}

fn explain(file: &str, table: &str) {
    let Engine::Trees(trees) = read_model(file).engine else {
        return println!("{file} is no model of trees");
    };
    let rows = rows(table);
    let began = Instant::now();
    let mut sum = 0.0;
    for _ in 0..5 {
        for row in 0..rows.rows() {
            sum += trees.shap(rows.row(row)).iter().sum::<f64>();
        }
    }
    let each = began.elapsed().as_secs_f64() / (5 * rows.rows()) as f64 * 1e6;
    println!("{} trees: {each:.1} µs a row for all outputs; checked sum {sum:.6}", trees.trees.len());
}

/// What the pipeline of records sees of a number.
fn scaled(value: f32, by: &Scaling) -> f32 {
    if value.is_nan() || by.spread == 0.0 {
        return 0.0;
    }
    let straight = (f64::from(value) - by.center) / by.spread;
    let size = straight.abs();
    let bent = if size <= 3.0 { size } else { 3.0 + (size - 2.0).ln() };
    bent.min(10.0).copysign(straight) as f32
}

fn layer(inputs: usize, outputs: usize, random: &mut Random) -> Layer {
    let reach = (6.0 / inputs as f64).sqrt();
    let mut weight = || ((random.below(1 << 20) as f64 / f64::from(1 << 19) - 1.0) * reach) as f32;
    let weights = (0..inputs * outputs).map(|_| weight()).collect();
    Layer { inputs, outputs, weights, bias: (0..outputs).map(|_| weight()).collect() }
}

fn write(folder: &Path, table: &str, trees: &str) {
    let rows = rows(table);
    let width = rows.width();
    let names: Vec<String> = (0..width).map(|at| format!("column {at}")).collect();
    let columns: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut random = Random::new(7);
    let scaling: Vec<Scaling> = (0..width)
        .map(|at| Scaling {
            center: 0.1 * at as f64,
            spread: if at == 2 { 0.0 } else { 0.3 },
            flag: at % 3 == 0,
        })
        .collect();
    let seen: Vec<f32> = (0..rows.rows())
        .flat_map(|row| {
            let columns = rows.row(row).iter().zip(&scaling);
            columns.flat_map(|(&value, by)| {
                let flag = by.flag.then(|| f32::from(u8::from(value.is_nan())));
                std::iter::once(scaled(value, by)).chain(flag)
            })
        })
        .collect();
    let inputs = width + scaling.iter().filter(|by| by.flag).count();
    let seen = Matrix::new(seen, inputs);
    let labels = ["one", "two", "три", "four", "five"];
    let plain = Export {
        name: "model",
        producer: "vakhta",
        columns: &columns,
        scaling: Some(&scaling),
        engine: Trained::Linear { weights: &[], bias: &[] },
        temperature: 1.0,
        unit: None,
        labels: &[],
    };
    let keep = |name: &str, export: &Export<'_>, answers: &[f64]| {
        std::fs::write(folder.join(format!("{name}.onnx")), export.to_bytes().expect("it can be said"))
            .expect("written");
        save(&folder.join(format!("{name}.csv")), answers, export.labels.len().max(1));
    };
    let kinds = [
        ("relu", Activation::Relu),
        ("tanh", Activation::Tanh),
        ("logistic", Activation::Logistic),
        ("identity", Activation::Identity),
    ];
    for (name, activation) in kinds {
        for (head, outputs, labels) in
            [(Head::Softmax, 5, &labels[..]), (Head::Logistic, 1, &labels[..2]), (Head::Linear, 1, &[])]
        {
            let layers =
                [layer(inputs, 64, &mut random), layer(64, 32, &mut random), layer(32, outputs, &mut random)];
            let net = Net::new(None, &layers, activation, head).expect("layers that fit");
            let answers =
                net.predict(Input { dense: Some(&seen), sparse: None }).expect("rows of that width");
            let answers = answers.into_iter().map(f64::from);
            let answers: Vec<f64> = if head == Head::Logistic {
                answers.flat_map(|p| [1.0 - p, p]).collect()
            } else {
                answers.collect()
            };
            keep(
                &format!("net_{name}_{head:?}"),
                &Export { engine: Trained::Net(&net), labels, ..plain },
                &answers,
            );
        }
    }
    let linear = layer(inputs, 5, &mut random);
    let engine = Trained::Linear { weights: &linear.weights, bias: &linear.bias };
    // A linear model of classes is a net of one layer; a temperature divides its weights.
    let cooled = Layer {
        weights: linear.weights.iter().map(|w| w / 1.7).collect(),
        bias: linear.bias.iter().map(|b| b / 1.7).collect(),
        ..linear.clone()
    };
    let net = Net::new(None, &[cooled], Activation::Identity, Head::Softmax).expect("a layer");
    let answers = net.predict(Input { dense: Some(&seen), sparse: None }).expect("rows of that width");
    let answers: Vec<f64> = answers.into_iter().map(f64::from).collect();
    keep("linear", &Export { engine, temperature: 1.7, labels: &labels, ..plain }, &answers);

    let model = read_model(trees);
    let Engine::Trees(ensemble) = &model.engine else { panic!("trees") };
    let answers = model.predict(&rows).expect("rows of that width");
    let labels = &labels[..if model.outputs() == 1 { 0 } else { model.outputs() }];
    keep("trees", &Export { engine: Trained::Trees(ensemble), scaling: None, labels, ..plain }, &answers);
}
