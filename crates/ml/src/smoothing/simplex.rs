//! The downhill simplex (Nelder & Mead 1965) for a few bounded parameters.

/// The smallest value found, and where. `f` may answer infinity for what is not allowed. It ends when the values
/// at the corners lie within `close` of each other, or after `most` calls. The same start gives the same end.
pub fn minimise(
    start: &[f64],
    bounds: &[(f64, f64)],
    close: f64,
    most: usize,
    f: &mut dyn FnMut(&[f64]) -> f64,
) -> (Vec<f64>, f64) {
    let n = start.len();
    let inside = |x: Vec<f64>| -> Vec<f64> {
        x.iter().zip(bounds).map(|(v, (low, high))| v.clamp(*low, *high)).collect()
    };
    let first = inside(start.to_vec());
    let mut corners = vec![(f(&first), first)];
    for axis in 0..n {
        let mut x = corners[0].1.clone();
        let (low, high) = bounds[axis];
        // A tenth of the range, towards the farther bound.
        let step = 0.1 * (high - low);
        x[axis] += if x[axis] + step <= high { step } else { -step };
        let x = inside(x);
        corners.push((f(&x), x));
    }
    let mut calls = n + 1;
    while calls < most && n > 0 {
        corners.sort_by(|a, b| a.0.total_cmp(&b.0));
        if corners[n].0 - corners[0].0 <= close {
            break;
        }
        let centre: Vec<f64> =
            (0..n).map(|i| corners[..n].iter().map(|(_, x)| x[i]).sum::<f64>() / n as f64).collect();
        let along = |by: f64, worst: &[f64]| -> Vec<f64> {
            inside(centre.iter().zip(worst).map(|(c, w)| c + by * (w - c)).collect())
        };
        let reflected = along(-1.0, &corners[n].1);
        let value = f(&reflected);
        calls += 1;
        if value < corners[0].0 {
            let expanded = along(-2.0, &corners[n].1);
            let farther = f(&expanded);
            calls += 1;
            corners[n] = if farther < value { (farther, expanded) } else { (value, reflected) };
        } else if value < corners[n - 1].0 {
            corners[n] = (value, reflected);
        } else {
            let towards = if value < corners[n].0 { -0.5 } else { 0.5 };
            let contracted = along(towards, &corners[n].1);
            let nearer = f(&contracted);
            calls += 1;
            if nearer < corners[n].0.min(value) {
                corners[n] = (nearer, contracted);
            } else {
                let best = corners[0].1.clone();
                for corner in &mut corners[1..] {
                    let x: Vec<f64> = corner.1.iter().zip(&best).map(|(x, b)| b + 0.5 * (x - b)).collect();
                    *corner = (f(&x), x);
                }
                calls += n;
            }
        }
    }
    corners.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (value, x) = corners.swap_remove(0);
    (x, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valley_is_walked_down_to_its_end() {
        let mut rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let (x, value) = minimise(&[-1.0, 0.5], &[(-2.0, 2.0); 2], 1e-14, 2000, &mut rosenbrock);
        assert!((x[0] - 1.0).abs() < 1e-4 && (x[1] - 1.0).abs() < 1e-4 && value < 1e-9, "{x:?}");
    }

    #[test]
    fn bounds_hold_and_nothing_to_choose_is_no_loop() {
        let (x, _) = minimise(&[0.5], &[(0.0, 1.0)], 1e-12, 500, &mut |x| -x[0]);
        assert!((x[0] - 1.0).abs() < 1e-9);
        assert_eq!(minimise(&[], &[], 1e-9, 100, &mut |_| 3.0), (vec![], 3.0));
        let (x, value) = minimise(&[0.5], &[(0.0, 1.0)], 1e-9, 50, &mut |_| f64::INFINITY);
        assert!(value.is_infinite() && x.len() == 1);
    }
}
