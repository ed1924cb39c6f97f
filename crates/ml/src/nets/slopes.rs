//! Gradients against differences of the loss, for every activation, head and dropout; sparse against dense steps.

use super::embedding::Table;
use super::kernels::{Level, Rule};
use super::net::Head;
use super::panels::LANES;
use super::pass::{Batch, Part};
use super::step::{Step, Trained, step};
use super::tests::noise;
use super::{Input, Target};
use crate::matrix::{Matrix, Sparse};
use crate::random::Random;
use vakhta_domain::spec::Activation;

/// A step that moves every weight by minus its gradient.
const WHOLE: Rule = Rule::Sgd { rate: 1.0, momentum: 0.0 };

fn layers(sizes: &[usize]) -> Vec<Trained> {
    let mut random = Random::new(3);
    let pairs = sizes.windows(2).enumerate();
    pairs.map(|(at, pair)| Trained::new(pair[0], pair[1], 0.5, at > 0, &mut random)).collect()
}

fn batch<'a>(
    layers: &'a [Trained],
    table: Option<&'a Table>,
    input: Input<'a>,
    target: Target<'a>,
) -> Batch<'a> {
    let head = if matches!(target, Target::Classes { .. }) { Head::Softmax } else { Head::Linear };
    let share = 1.0 / input.rows() as f32;
    let (activation, level) = (Activation::Tanh, Level::best());
    Batch {
        level,
        input,
        target,
        weights: None,
        layers,
        table,
        activation,
        head,
        dropout: 0.0,
        share,
        seed: 5,
        look: false,
    }
}

#[test]
fn gradients_are_the_slopes_of_the_loss() {
    let matrix = Matrix::new(noise(9 * 5, 1), 5);
    let (codes, numbers) = (vec![0, 1, 2, 2, 1, 0, 0, 1, 2], noise(27, 2));
    let weights: Vec<f32> = (0..9).map(|row| 0.5 + row as f32 / 8.0).collect();
    let rows: Vec<u32> = (0..9).collect();
    let targets =
        [Target::Classes { codes: &codes, count: 3 }, Target::Numbers { values: &numbers, width: 3 }];
    for activation in [Activation::Relu, Activation::Tanh, Activation::Logistic, Activation::Identity] {
        for (target, dropout) in [(targets[0], 0.0), (targets[1], 0.0), (targets[0], 0.3), (targets[1], 0.3)]
        {
            let mut layers = layers(&[5, 20, 17, 3]);
            let loss = |layers: &[Trained]| {
                let plain = batch(layers, None, Input::dense(&matrix), target);
                let batch = Batch { activation, dropout, weights: Some(&weights), ..plain };
                let mut part = Part::new(layers);
                part.run(&batch, &rows, 0);
                (part.losses.iter().sum::<f64>() / 9.0, part)
            };
            let before: Vec<_> = layers.iter().map(|l| (l.weights.clone(), l.bias.clone())).collect();
            let (_, part) = loss(&layers);
            step(&mut layers, &[part], Step { level: Level::best(), rule: WHOLE, decay: 0.0, spread: false });
            let after: Vec<_> = layers.iter().map(|l| (l.weights.clone(), l.bias.clone())).collect();
            for at in 0..layers.len() {
                for (input, output) in [(0, 0), (1, 2), (4, 1), (3, 0)] {
                    let gradient = before[at].0.at(input, output) - after[at].0.at(input, output);
                    let bias = before[at].1[0].0[output] - after[at].1[0].0[output];
                    let mut slope = |bias: bool| {
                        let mut at_shift = |shift: f32| {
                            for (layer, (weights, bias)) in layers.iter_mut().zip(&before) {
                                (layer.weights, layer.bias) = (weights.clone(), bias.clone());
                            }
                            if bias {
                                layers[at].bias[0].0[output] += shift;
                            } else {
                                layers[at].weights.lines_mut()[input].0[output] += shift;
                            }
                            loss(&layers).0
                        };
                        ((at_shift(1e-3) - at_shift(-1e-3)) / 2e-3) as f32
                    };
                    let what = format!("{activation:?} {dropout} layer {at} {input} {output}");
                    let (weight_slope, bias_slope) = (slope(false), slope(true));
                    assert!((gradient - weight_slope).abs() < 2e-3, "{what}: {gradient} {weight_slope}");
                    assert!((bias - bias_slope).abs() < 2e-3, "{what}: {bias} {bias_slope}");
                }
            }
        }
    }
}

#[test]
fn a_sparse_step_moves_what_a_dense_one_does() {
    let matrix = Matrix::new(noise(40 * 6, 1), 6);
    let mut sparse = Sparse::new(6);
    for row in 0..40 {
        sparse.push(matrix.row(row).iter().enumerate().map(|(column, &x)| (column as u32, x)));
    }
    let rows: Vec<u32> = (0..40).collect();
    let codes: Vec<u32> = rows.iter().map(|row| row % 3).collect();
    let target = Target::Classes { codes: &codes, count: 3 };
    let mut table = Table::new(&Input::sparse(&sparse), &rows, 70, 0.5, 8);
    let mut dense = layers(&[6, 70, 3]);
    let (columns, weights) = table.embedding().rows();
    assert_eq!(columns, [0, 1, 2, 3, 4, 5]);
    for (column, weights) in weights.chunks(70).enumerate() {
        dense[0].weights.set_row(column, weights);
    }
    let mut hashed = layers(&[0, 70, 3]);
    hashed[0].bias.clone_from(&dense[0].bias);
    hashed[1] = layers(&[6, 70, 3]).remove(1);
    let mut dense_part = Part::new(&dense);
    dense_part.run(&batch(&dense, None, Input::dense(&matrix), target), &rows, 0);
    let mut part = Part::new(&hashed);
    part.run(&batch(&hashed, Some(&table), Input::sparse(&sparse), target), &rows, 0);
    assert!(part.losses.iter().zip(&dense_part.losses).all(|(a, b)| (a - b).abs() < 1e-5));
    let mut deltas = vec![];
    for (row, ends) in [0].iter().chain(&part.ends).zip(&part.ends).map(|(a, b)| *a..*b).enumerate() {
        table.note(row, &part.cells[ends]);
        deltas.extend((0..70usize.div_ceil(LANES)).map(|panel| part.deltas[0].panel(panel)[row]));
    }
    table.step(Level::best(), WHOLE, 0.1, &deltas);
    step(&mut dense, &[dense_part], Step { level: Level::best(), rule: WHOLE, decay: 0.1, spread: false });
    let (_, moved) = table.embedding().rows();
    for (column, weights) in moved.chunks(70).enumerate() {
        for (output, weight) in weights.iter().enumerate() {
            assert!((weight - dense[0].weights.at(column, output)).abs() < 1e-5, "{column} {output}");
        }
    }
}
