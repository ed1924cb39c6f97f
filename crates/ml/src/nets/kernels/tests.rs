//! Every level against plain sums in double precision: odd sizes, no rows, numbers that are none.

use super::*;
use crate::nets::panels::{LANES, Line, Panels, line_up, padded, weights};
use crate::nets::tests::noise;
use vakhta_domain::spec::Activation::{Logistic, Tanh};

fn near(found: f32, expected: f64, what: &str) {
    let fine = f64::from(found).is_nan() == expected.is_nan()
        && (expected.is_nan() || (f64::from(found) - expected).abs() <= 1e-4 * (1.0 + expected.abs()));
    assert!(fine, "{what}: {found} is not {expected}");
}

#[test]
fn products_are_right_at_every_level_and_size() {
    for (rows, inputs, outputs) in
        [(0, 3, 5), (1, 1, 1), (5, 16, 16), (7, 54, 33), (23, 300, 17), (40, 513, 48)]
    {
        let mut values = noise(rows * inputs, 1);
        if rows == 7 {
            values[3 * inputs + 2] = f32::NAN;
        }
        let (w, bias) = (noise(inputs * outputs, 2), noise(outputs, 3));
        let a = Panels::from_rows(&values, rows, inputs);
        let b = weights(&w, inputs, outputs);
        for level in Level::available() {
            for relu in [false, true] {
                let mut c = Panels::zero(rows, outputs);
                let start = line_up(&bias);
                level.run(Multiply { a: &a, marks: None, b: &b, bias: Some(&start), relu, c: &mut c });
                for row in 0..rows {
                    for output in 0..outputs {
                        let product = |i: usize| {
                            f64::from(values[row * inputs + i]) * f64::from(w[i * outputs + output])
                        };
                        let sum = f64::from(bias[output]) + (0..inputs).map(product).sum::<f64>();
                        let expected = if relu && sum < 0.0 { 0.0 } else { sum };
                        near(c.at(row, output), expected, &format!("{level:?} {rows}x{inputs}x{outputs}"));
                    }
                }
                // Without a bias it adds to what is there.
                let before = c.clone();
                level.run(Multiply { a: &a, marks: None, b: &b, bias: None, relu: false, c: &mut c });
                if rows > 0 {
                    let product = |i: usize| f64::from(values[i]) * f64::from(w[i * outputs]);
                    let sum = f64::from(before.at(0, 0)) + (0..inputs).map(product).sum::<f64>();
                    near(c.at(0, 0), sum, "added");
                }
            }
        }
    }
}

#[test]
fn gradients_are_right_at_every_level_and_size() {
    for (rows, inputs) in [(0, 5), (1, 1), (9, 16), (130, 37)] {
        let (x, d) = (noise(rows * inputs, 4), noise(rows * LANES, 5));
        let a = Panels::from_rows(&x, rows, inputs);
        let b = Panels::from_rows(&d, rows, LANES);
        for level in Level::available() {
            let mut c = vec![Line([0.5; LANES]); padded(inputs)];
            level.run(Outer { a: &a, marks: None, b: &b, panels: 0..1, c: &mut c });
            for input in 0..inputs {
                for lane in 0..LANES {
                    let product =
                        |r: usize| f64::from(x[r * inputs + input]) * f64::from(d[r * LANES + lane]);
                    let sum = 0.5 + (0..rows).map(product).sum::<f64>();
                    near(c[input].0[lane], sum, &format!("{level:?} {rows}x{inputs}"));
                }
            }
        }
    }
}

#[test]
fn one_row_is_right_at_every_level() {
    let (inputs, outputs) = (50, 90);
    let (w, bias) = (noise(inputs * outputs, 6), noise(outputs, 7));
    let table = weights(&w, inputs, outputs);
    let given = [(0, 1.5), (7, -2.0), (49, 0.25)];
    for level in Level::available() {
        let mut out = vec![Line::ZERO; outputs.div_ceil(LANES)];
        let start = line_up(&bias);
        level.run(Row { inputs: &given, weights: &table, bias: &start, relu: true, out: &mut out });
        for output in 0..outputs {
            let product = |&(i, x): &(u32, f32)| f64::from(x) * f64::from(w[i as usize * outputs + output]);
            let sum = f64::from(bias[output]) + given.iter().map(product).sum::<f64>();
            near(out[output / LANES].0[output % LANES], sum.max(0.0), &format!("{level:?}"));
        }
    }
}

#[test]
fn functions_are_right_at_every_level() {
    let values: Vec<f32> = (-2000..2000).map(|x| x as f32 / 20.0).chain([1e9, -1e9, 0.0]).collect();
    for level in Level::available() {
        let of = |activation| {
            let mut table = Panels::from_rows(&values, values.len(), 1);
            level.run(Activate { activation, table: &mut table });
            table
        };
        let (tanh, logistic) = (of(Tanh), of(Logistic));
        for (row, &x) in values.iter().enumerate() {
            let x = f64::from(x);
            assert!((f64::from(tanh.at(row, 0)) - x.tanh()).abs() < 3e-7, "tanh {x}");
            assert!((f64::from(logistic.at(row, 0)) - 1.0 / (1.0 + (-x).exp())).abs() < 3e-7, "logistic {x}");
        }
        // The columns that fill up the panel stay zero.
        assert!(logistic.lines().iter().all(|line| line.0[1..] == [0.0; LANES - 1]));
        let mut table = Panels::from_rows(&noise(7 * 20, 8), 7, 20);
        let before = table.clone();
        level.run(Softmax { table: &mut table });
        for row in 0..7 {
            let total: f64 = (0..20).map(|c| f64::from(before.at(row, c)).exp()).sum();
            for column in 0..20 {
                near(table.at(row, column), f64::from(before.at(row, column)).exp() / total, "softmax");
            }
        }
    }
}

#[test]
fn steps_are_right_at_every_level() {
    for level in Level::available() {
        let (mut w, mut m, mut v) = (vec![Line([1.0; LANES])], vec![Line::ZERO], vec![Line::ZERO]);
        let rule = Rule::Adam { rate: 0.1, first: 0.9, second: 0.999, epsilon: 1e-8 };
        let gradient = [Line([2.0; LANES])];
        let (weights, means, squares) = (&mut w[..], &mut m[..], &mut v[..]);
        level.run(Update { rule, decay: 0.5, gradient: &gradient, weights, means, squares });
        near(m[0].0[3], 0.25, "mean");
        near(v[0].0[3], 0.001 * 6.25, "square");
        near(w[0].0[3], 1.0 - 0.1 * 0.25 / (0.001f64 * 6.25).sqrt(), "weight");
        let (mut w, mut m) = (vec![Line([1.0; LANES])], vec![Line([0.2; LANES])]);
        let rule = Rule::Sgd { rate: 0.1, momentum: 0.5 };
        let (weights, means, squares) = (&mut w[..], &mut m[..], &mut v[..]);
        level.run(Update { rule, decay: 0.0, gradient: &gradient, weights, means, squares });
        near(m[0].0[0], 0.5 * 0.2 - 0.2, "step");
        near(w[0].0[0], 1.0 + 0.5 * -0.1 - 0.2, "weight");
    }
}

#[test]
fn a_steep_or_faint_gradient_leaves_numbers() {
    for level in Level::available() {
        for gradient in [1e38, -1e38, 1e-38, 0.0] {
            let (mut w, mut m, mut v) = (vec![Line([1.0; LANES])], vec![Line::ZERO], vec![Line::ZERO]);
            let rule = Rule::Adam { rate: 1e-3, first: 0.9, second: 0.999, epsilon: 1e-8 };
            for _ in 0..10 {
                let gradient = [Line([gradient; LANES])];
                let (weights, means, squares) = (&mut w[..], &mut m[..], &mut v[..]);
                level.run(Update { rule, decay: 0.0, gradient: &gradient, weights, means, squares });
            }
            assert!(w[0].0.iter().all(|w| w.is_finite() && (w - 1.0).abs() < 0.1), "{gradient}");
        }
    }
}

#[test]
fn what_is_skipped_changes_no_bit() {
    for (rows, inputs, outputs) in [(0, 3, 5), (1, 1, 1), (7, 54, 33), (70, 300, 117), (130, 65, 200)] {
        let thin = |count: usize, seed| {
            let bits = noise(count, seed + 1);
            noise(count, seed).into_iter().zip(bits).map(|(x, bit)| if bit > 0.1 { x } else { 0.0 }).collect()
        };
        let (x, w): (Vec<f32>, _) = (thin(rows * inputs, 1), noise(inputs * outputs, 3));
        let (a, b) = (Panels::from_rows(&x, rows, inputs), weights(&w, inputs, outputs));
        let d = Panels::from_rows(&noise(rows * outputs, 4), rows, outputs);
        let bias = line_up(&noise(outputs, 5));
        for level in Level::available() {
            let mut found = Marks::default();
            level.run(Mark { table: &a, columns: true, marks: &mut found });
            assert_eq!(found.count(), x.iter().filter(|x| **x != 0.0).count() as u64);
            let product = |marks, relu, bias| {
                let mut c = Panels::from_rows(&noise(rows * outputs, 6), rows, outputs);
                level.run(Multiply { a: &a, marks, b: &b, bias, relu, c: &mut c });
                c
            };
            for relu in [false, true] {
                assert!(product(None, relu, Some(&bias)) == product(Some(&found), relu, Some(&bias)));
                assert!(product(None, relu, None) == product(Some(&found), relu, None));
            }
            let panels = 1.min(d.count() - 1)..d.count();
            let gradient = |marks| {
                let mut c = vec![Line([0.5; LANES]); panels.len() * padded(inputs)];
                level.run(Outer { a: &a, marks, b: &d, panels: panels.clone(), c: &mut c });
                c
            };
            assert!(gradient(None) == gradient(Some(&found)), "{level:?} {rows}x{inputs}x{outputs}");
        }
    }
}

#[test]
fn rounding_takes_the_nearest_number_of_16_bits() {
    for (value, bits) in [(1.0, 0x3F80), (-2.5, 0xC020), (0.0, 0), (f32::INFINITY, 0x7F80), (1e38, 0x7E96)] {
        assert_eq!(half::rounded(value), bits, "{value}");
    }
    // Half-way goes to the even one; a little more or less to the nearer.
    for (bits, near) in
        [(0x3F80_8000, 0x3F80), (0x3F81_8000, 0x3F82), (0x3F80_8001, 0x3F81), (0x3F81_7FFF, 0x3F81)]
    {
        assert_eq!(half::rounded(f32::from_bits(bits)), near, "{bits:x}");
    }
    assert!(f32::from_bits(half::rounded(f32::NAN) << 16).is_nan());
    assert!(f32::from_bits(half::rounded(f32::from_bits(0x7F80_0001)) << 16).is_nan());
}

#[test]
fn products_of_16_bits_are_those_of_rounded_numbers_at_every_level() {
    let round = |values: &[f32]| -> Vec<f64> {
        values.iter().map(|&x| f64::from(f32::from_bits(half::rounded(x) << 16))).collect()
    };
    for (rows, inputs, outputs) in [(0, 3, 5), (1, 1, 1), (7, 54, 33), (23, 513, 80), (70, 40, 117)] {
        let (x, w, d) = (noise(rows * inputs, 1), noise(inputs * outputs, 2), noise(rows * outputs, 3));
        let (a, b) = (Panels::from_rows(&x, rows, inputs), weights(&w, inputs, outputs));
        let deltas = Panels::from_rows(&d, rows, outputs);
        let start = line_up(&noise(outputs, 4));
        let found: Vec<_> = Level::available()
            .into_iter()
            .map(|level| {
                let (mut left, mut left_pairs) = (Rows::default(), Pairs::default());
                let (mut right, mut delta_pairs) = (Pairs::default(), Pairs::default());
                level.run_half(Halve { table: &a, rows: Some(&mut left), pairs: Some(&mut left_pairs) });
                level.run_half(Halve { table: &b, rows: None, pairs: Some(&mut right) });
                level.run_half(Halve { table: &deltas, rows: None, pairs: Some(&mut delta_pairs) });
                let mut c = Panels::zero(rows, outputs);
                level.run_half(HalfMultiply {
                    a: &left,
                    b: &right,
                    bias: Some(&start),
                    relu: true,
                    c: &mut c,
                });
                let panels = 0..deltas.count();
                let mut gradient = vec![Line([0.5; LANES]); panels.len() * padded(inputs)];
                let (a, b) = (&left_pairs, &delta_pairs);
                level.run_half(HalfOuter { a, b, panels, c: &mut gradient });
                (c, gradient)
            })
            .collect();
        let (x, w, d) = (round(&x), round(&w), round(&d));
        let (c, gradient) = &found[0];
        for output in 0..outputs {
            for row in 0..rows {
                let sum: f64 = (0..inputs).map(|i| x[row * inputs + i] * w[i * outputs + output]).sum();
                let bias = f64::from(start[output / LANES].0[output % LANES]);
                near(c.at(row, output), (bias + sum).max(0.0), "product");
            }
            for input in 0..inputs {
                let sum: f64 = (0..rows).map(|r| x[r * inputs + input] * d[r * outputs + output]).sum();
                let line = &gradient[output / LANES * padded(inputs) + input];
                near(line.0[output % LANES], 0.5 + sum, "gradient");
            }
        }
        assert!(found.iter().all(|other| other == &found[0]), "{rows}x{inputs}x{outputs}");
    }
}
