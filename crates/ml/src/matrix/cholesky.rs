//! Symmetric positive definite systems by the factorisation of Cholesky, for matrices of up to a few thousand rows.

/// Replaces the lower triangle of a row-major `n`×`n` matrix by its factor L, where L·Lᵀ is the matrix. The upper
/// triangle is neither read nor written. None where the matrix is not positive definite.
pub fn factorise(a: &mut [f64], n: usize) -> Option<()> {
    for row in 0..n {
        let (above, rest) = a.split_at_mut(row * n);
        let own = &mut rest[..=row];
        for column in 0..row {
            let other = &above[column * n..=column * n + column];
            let sum = dot(&own[..column], &other[..column]);
            own[column] = (own[column] - sum) / other[column];
        }
        let left = own[row] - dot(&own[..row], &own[..row]);
        if left.is_nan() || left <= 0.0 || left.is_infinite() {
            return None;
        }
        own[row] = left.sqrt();
    }
    Some(())
}

/// Solves L·Lᵀ·x = b in place for a factor made by [`factorise`].
pub fn solve(factor: &[f64], n: usize, b: &mut [f64]) {
    for row in 0..n {
        let own = &factor[row * n..=row * n + row];
        b[row] = (b[row] - dot(&own[..row], &b[..row])) / own[row];
    }
    for row in (0..n).rev() {
        b[row] /= factor[row * n + row];
        let value = b[row];
        for (x, l) in b[..row].iter_mut().zip(&factor[row * n..row * n + row]) {
            *x -= l * value;
        }
    }
}

/// The inner product, over four sums so that it need not wait for each addition.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (mut sums, whole) = ([0.0; 4], a.len() / 4 * 4);
    for (x, y) in a[..whole].chunks_exact(4).zip(b[..whole].chunks_exact(4)) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    let rest: f64 = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn solves_what_was_multiplied() {
        let n = 23;
        let mut random = Random::new(3);
        let b: Vec<f64> = (0..n * n).map(|_| random.below(2001) as f64 / 1000.0 - 1.0).collect();
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 7.0).collect();
        let mut a = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                a[i * n + j] =
                    (0..n).map(|k| b[i * n + k] * b[j * n + k]).sum::<f64>() + f64::from(u8::from(i == j));
            }
        }
        let mut right: Vec<f64> = (0..n).map(|i| (0..n).map(|j| a[i * n + j] * x[j]).sum()).collect();
        factorise(&mut a, n).expect("positive definite");
        solve(&a, n, &mut right);
        assert!(right.iter().zip(&x).all(|(found, wanted)| (found - wanted).abs() < 1e-8), "{right:?}");
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        assert!(factorise(&mut [1.0, 0.0, 2.0, 1.0], 2).is_none());
        assert!(factorise(&mut [f64::NAN], 1).is_none() && factorise(&mut [], 0).is_some());
    }
}
