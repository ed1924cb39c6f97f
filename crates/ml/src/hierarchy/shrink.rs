//! How far a sample correlation is to be trusted (Schäfer & Strimmer 2005).

/// The weight of "no correlation" in a shrunk correlation matrix, 0 to 1, for rows of errors that are divided by
/// their root mean squares (missing ones are 0): Σ Var(r) / Σ r² over all pairs. No pair is looked at: both sums
/// follow from products of rows, so that thousands of series over some hundred periods are cheap.
pub fn shrinkage(rows: &[Vec<f64>]) -> f64 {
    let n = rows.len() as f64;
    let columns = rows.first().map_or(0, Vec::len);
    if rows.len() < 2 || columns < 2 {
        return 1.0;
    }
    // Σ over pairs of (Σ_t x_ti x_tj)² is the squared norm of the products of rows; the diagonal is taken off.
    let mut products = 0.0;
    for (at, row) in rows.iter().enumerate() {
        for other in &rows[..=at] {
            let product: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            products += product * product * if std::ptr::eq(row, other) { 1.0 } else { 2.0 };
        }
    }
    // Σ over pairs and periods of (x_ti x_tj)².
    let mut fourth = 0.0;
    for row in rows {
        let squares: f64 = row.iter().map(|x| x * x).sum();
        let quartic: f64 = row.iter().map(|x| x.powi(4)).sum();
        fourth += squares * squares - quartic;
    }
    let diagonal: f64 =
        (0..columns).map(|i| rows.iter().map(|row| row[i] * row[i]).sum::<f64>().powi(2)).sum();
    let off = products - diagonal;
    let variance = (fourth - off / n) / (n * (n - 1.0));
    let squared = off / (n * n);
    if squared > 0.0 { (variance / squared).clamp(0.0, 1.0) } else { 1.0 }
}
