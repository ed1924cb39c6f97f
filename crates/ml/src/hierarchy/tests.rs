//! Known answers, coherence, and odd hierarchies.

use super::*;
use crate::random::Random;
use proptest::prelude::*;

/// Two by two bottoms, grouped by both letters.
fn crossed() -> Hierarchy {
    let names = [["a", "x"], ["a", "y"], ["b", "x"], ["b", "y"]];
    let column = |column: &str| usize::from(column == "second");
    Hierarchy::of(4, &[], &[vec!["first".into()], vec!["second".into()]], |bottom, name| {
        names[bottom][column(name)].to_owned()
    })
}

#[test]
fn levels_are_built_from_columns() {
    let crossed = crossed();
    let columns: Vec<&[String]> = crossed.levels.iter().map(|l| l.columns.as_slice()).collect();
    assert_eq!(columns, [&[][..], &["first".to_owned()], &["second".to_owned()]]);
    assert_eq!(crossed.sums(&[1.0, 2.0, 3.0, 4.0]), [10.0, 3.0, 7.0, 4.0, 6.0]);

    // The same town name in two regions is two towns; a level that tells nothing new is left out.
    let label = |bottom: usize, column: &str| match column {
        "region" => ["north", "north", "south", "south", "south"][bottom].to_owned(),
        "town" => ["K", "L", "K", "M", "M"][bottom].to_owned(),
        _ => bottom.to_string(),
    };
    let strict = ["town".to_owned(), "region".to_owned()];
    let repeated = [vec!["region".to_owned()], vec!["branch".to_owned()]];
    let hierarchy = Hierarchy::of(5, &strict, &repeated, label);
    assert_eq!(hierarchy.levels.len(), 3);
    let towns: Vec<&[String]> = hierarchy.levels[2].nodes.iter().map(|n| n.key.as_slice()).collect();
    assert_eq!(towns.len(), 4);
    assert_eq!(towns[0], ["north", "K"]);
    assert_eq!(hierarchy.memberships()[4], [0, 2, 6]);
}

/// The textbook's formula, with whole matrices: S (S' W⁻¹ S)⁻¹ S' W⁻¹ ŷ, by elimination.
fn textbook(hierarchy: &Hierarchy, w: &[Vec<f64>], base: &[f64]) -> Vec<f64> {
    let (n, m) = (hierarchy.count(), hierarchy.bottoms);
    let summing: Vec<Vec<f64>> = hierarchy
        .nodes()
        .map(|node| (0..m).map(|b| f64::from(u8::from(node.members.contains(&(b as u32))))).collect())
        .chain((0..m).map(|i| (0..m).map(|j| f64::from(u8::from(i == j))).collect()))
        .collect();
    let column = |j: usize| summing.iter().map(|row| row[j]).collect::<Vec<f64>>();
    // W⁻¹ S column by column, then the normal equations.
    let weighted: Vec<Vec<f64>> = (0..m).map(|j| eliminate(w.to_vec(), column(j))).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let square = (0..m).map(|i| (0..m).map(|j| dot(&weighted[i], &column(j))).collect()).collect();
    let right = (0..m).map(|i| dot(&weighted[i], base)).collect();
    assert_eq!(base.len(), n + m);
    eliminate(square, right)
}

fn eliminate(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for i in 0..n {
        let pivot = (i..n).max_by(|&x, &y| a[x][i].abs().total_cmp(&a[y][i].abs())).expect("a row");
        a.swap(i, pivot);
        b.swap(i, pivot);
        for row in i + 1..n {
            let times = a[row][i] / a[i][i];
            let (above, below) = a.split_at_mut(row);
            for (cell, upper) in below[0].iter_mut().zip(&above[i]).skip(i) {
                *cell -= times * upper;
            }
            b[row] -= times * b[i];
        }
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b
}

fn errors(rows: usize, columns: usize) -> Vec<Vec<f64>> {
    let mut random = Random::new(5);
    let mut draw = || random.below(2001) as f64 / 1000.0 - 1.0;
    (0..rows)
        .map(|_| {
            let common = draw();
            (0..columns).map(|i| (draw() + common) * (1.0 + i as f64)).collect()
        })
        .collect()
}

#[test]
fn the_small_side_gives_the_textbook_answer() {
    let hierarchy = crossed();
    let base = [100.0, 45.0, 60.0, 52.0, 41.0, 20.0, 22.0, 35.0, 24.0];
    let given = errors(12, 9);
    let errors = reconcile::by_recency(&given);
    let diagonal = |d: Vec<f64>| -> Vec<Vec<f64>> {
        (0..9).map(|i| (0..9).map(|j| if i == j { d[i] } else { 0.0 }).collect()).collect()
    };
    let covariance = |i: usize, j: usize| errors.iter().map(|e| e[i] * e[j]).sum::<f64>() / 12.0;
    let scaled: Vec<Vec<f64>> =
        errors.iter().map(|e| (0..9).map(|i| e[i] / covariance(i, i).sqrt()).collect()).collect();
    let shrink = shrinkage(&scaled);
    assert!(shrink > 0.05 && shrink < 0.95, "{shrink}");
    let mixed = (0..9)
        .map(|i| (0..9).map(|j| covariance(i, j) * if i == j { 1.0 } else { 1.0 - shrink }).collect())
        .collect();
    for (method, w) in [
        (Method::Ols, diagonal(vec![1.0; 9])),
        (Method::WlsStructural, diagonal(vec![4.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0])),
        (Method::WlsVariance, diagonal((0..9).map(|i| covariance(i, i)).collect())),
        (Method::MintShrink, mixed),
    ] {
        let reconciler = Reconciler::new(hierarchy.clone(), method, &given);
        let found = reconciler.reconcile(&base[..5], &base[5..], false);
        let wanted = textbook(&hierarchy, &w, &base);
        for (a, b) in found.iter().zip(&wanted) {
            assert!((a - b).abs() < 1e-9, "{method:?}: {found:?} is not {wanted:?}");
        }
    }
}

#[test]
fn the_middle_of_the_rows_counts_half_of_the_end() {
    let weighted = reconcile::by_recency(&vec![vec![1.0, f64::NAN]; 9]);
    let weight = |at: usize| weighted[at][0] * weighted[at][0];
    assert!((weight(4) / weight(8) - 0.5f64.powf(4.0 / 4.5)).abs() < 1e-12);
    assert!(((0..9).map(weight).sum::<f64>() - 9.0).abs() < 1e-12 && weighted[0][1].is_nan());
    assert!(reconcile::by_recency(&[]).is_empty());
}

#[test]
fn shrinkage_follows_its_definition() {
    let rows = errors(9, 5);
    let n = 9.0;
    let roots: Vec<f64> =
        (0..5).map(|i| (rows.iter().map(|r| r[i] * r[i]).sum::<f64>() / n).sqrt()).collect();
    let x: Vec<Vec<f64>> = rows.iter().map(|r| r.iter().zip(&roots).map(|(e, s)| e / s).collect()).collect();
    let (mut variances, mut squares) = (0.0, 0.0);
    for i in 0..5 {
        for j in (0..5).filter(|j| *j != i) {
            let products: Vec<f64> = x.iter().map(|r| r[i] * r[j]).collect();
            let mean = products.iter().sum::<f64>() / n;
            variances += products.iter().map(|p| (p - mean).powi(2)).sum::<f64>() / (n * (n - 1.0));
            squares += mean * mean;
        }
    }
    assert!((shrinkage(&x) - (variances / squares).min(1.0)).abs() < 1e-12);
    assert_eq!(shrinkage(&[]), 1.0);
    assert_eq!(shrinkage(&vec![vec![0.0; 4]; 6]), 1.0);
}

#[test]
fn bottom_up_and_top_down_do_as_they_are_called() {
    let base = ([110.0, 45.0, 60.0, 52.0, 41.0], [20.0, 30.0, 30.0, 20.0]);
    let with = |method| Reconciler::new(crossed(), method, &[]).reconcile(&base.0, &base.1, true);
    assert_eq!(with(Method::BottomUp), base.1);
    let top_down = with(Method::TopDown);
    assert!(top_down.iter().zip([22.0, 33.0, 33.0, 22.0]).all(|(a, b)| (a - b).abs() < 1e-12));
    let nothing = Reconciler::new(crossed(), Method::TopDown, &[]).reconcile(&base.0, &[0.0; 4], true);
    assert_eq!(nothing, [0.0; 4]);
    assert_eq!(Reconciler::new(crossed(), Method::MintShrink, &[]).method(), Method::WlsStructural);
}

#[test]
fn what_agrees_already_is_left_alone() {
    let hierarchy = crossed();
    let bottoms = [3.0, 1.0, 4.0, 1.5];
    let nodes = hierarchy.sums(&bottoms);
    for method in
        [Method::Ols, Method::WlsStructural, Method::WlsVariance, Method::MintShrink, Method::TopDown]
    {
        let found =
            Reconciler::new(hierarchy.clone(), method, &errors(20, 9)).reconcile(&nodes, &bottoms, true);
        assert!(found.iter().zip(&bottoms).all(|(a, b)| (a - b).abs() < 1e-9), "{method:?} {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn odd_errors_and_forecasts_stay_finite_and_add_up(
        errors in prop::collection::vec(
            prop::collection::vec(prop_oneof![3 => -1e6f64..1e6, 1 => Just(0.0), 1 => Just(f64::NAN), 1 => -1e15f64..1e15], 9),
            0..12,
        ),
        base in prop::collection::vec(prop_oneof![-1e15f64..1e15, 0.0f64..100.0, Just(0.0)], 9),
    ) {
        let hierarchy = crossed();
        for method in [Method::BottomUp, Method::TopDown, Method::Ols, Method::WlsVariance, Method::MintShrink] {
            let reconciler = Reconciler::new(hierarchy.clone(), method, &errors);
            let bottoms = reconciler.reconcile(&base[..5], &base[5..], true);
            prop_assert!(bottoms.iter().all(|b| b.is_finite() && *b >= 0.0));
            let nodes = hierarchy.sums(&bottoms);
            let size = nodes[0].abs().max(1.0);
            prop_assert!((nodes[0] - nodes[1] - nodes[2]).abs() <= 1e-9 * size);
            prop_assert!((nodes[0] - nodes[3] - nodes[4]).abs() <= 1e-9 * size);
        }
    }
}
