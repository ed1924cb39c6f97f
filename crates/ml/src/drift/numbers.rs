//! Numbers, counted over a grid that the reference rows decided.
//!
//! The grid holds the inner deciles exactly, the bins that the verdict watches, and enough further quantiles for a
//! Kolmogorov–Smirnov test. Missing values (NaN) are a bin of their own; infinite ones are values like others.

use super::DriftError;
use crate::random::Random;

/// Most edges of a grid: two a value of [`MOST_VALUES`], or one a quantile of [`QUANTILES`], the nine deciles and the
/// upper ends of those that are ties.
pub const MOST_EDGES: usize = QUANTILES + 2 * DECILES;
/// Up to so many different values each has an interval of its own, and a Kolmogorov–Smirnov test is exact.
const MOST_VALUES: usize = 256;
/// Quantiles that further values are cut at: a gap is found to 1/512 of the reference rows.
const QUANTILES: usize = 512;
const DECILES: usize = 9;
/// Rows that the quantiles are taken from; the deciles are those of all rows.
const LOOKED_AT: usize = 1 << 16;
/// A decile that so large a share of the rows is equal to has a bin of its own among those watched.
const TIED: f64 = 0.05;
/// The search table: a power of two above [`MOST_EDGES`].
const TABLE: usize = 1024;

/// Where numbers are cut. An edge begins an interval: a value is in the first one whose next edge it is below.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Ascending, different, not NaN; at most [`MOST_EDGES`].
    edges: Vec<f64>,
    /// Places of the inner deciles among the edges, ascending; at most nine.
    deciles: Vec<u16>,
    /// Places of the edges of the watched bins: the deciles, and the upper ends of those that are ties.
    watched: Vec<u16>,
}

/// Numbers counted over a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// Rows an interval: one more than the grid has edges.
    pub cells: Vec<u64>,
    /// Rows without a value.
    pub missing: u64,
}

impl Grid {
    /// The grid of reference rows; NaN is missing.
    pub fn of(values: &[f64]) -> Self {
        // Adding zero makes a negative zero a positive one, which is the same value.
        let mut present: Vec<f64> = values.iter().filter(|v| !v.is_nan()).map(|v| v + 0.0).collect();
        let sample = sorted_sample(&present);
        let mut deciles = inner_deciles(&mut present);
        deciles.dedup();
        let tied = |edge: f64| {
            let equal = sample.partition_point(|v| *v <= edge) - sample.partition_point(|v| *v < edge);
            equal as f64 >= TIED * sample.len() as f64
        };
        let mut watched: Vec<f64> =
            deciles.iter().flat_map(|&e| [e, if tied(e) { e.next_up() } else { e }]).collect();
        watched.sort_by(f64::total_cmp);
        watched.dedup();
        let mut edges = knots(&sample);
        edges.extend(&watched);
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        let places =
            |wanted: &[f64]| wanted.iter().map(|e| edges.partition_point(|o| o < e) as u16).collect();
        Self { deciles: places(&deciles), watched: places(&watched), edges }
    }

    /// A grid read from a file; its parts must agree.
    pub fn from_parts(edges: Vec<f64>, deciles: Vec<u16>, watched: Vec<u16>) -> Result<Self, DriftError> {
        let rising = |places: &[u16]| places.windows(2).all(|w| w[0] < w[1]);
        let inside = |places: &[u16]| places.iter().all(|&p| usize::from(p) < edges.len());
        let sound = edges.len() <= MOST_EDGES
            && !edges.iter().any(|e| e.is_nan())
            && edges.windows(2).all(|w| w[0] < w[1])
            && deciles.len() <= DECILES
            && watched.len() <= 2 * DECILES
            && [&deciles, &watched].iter().all(|places| rising(places) && inside(places));
        if sound {
            Ok(Self { edges, deciles, watched })
        } else {
            Err(DriftError::Unsound("edges of numbers"))
        }
    }

    /// The edges, ascending.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// Places of the inner deciles among the edges.
    pub fn deciles(&self) -> &[u16] {
        &self.deciles
    }

    /// Places of the edges of the watched bins.
    pub fn watched(&self) -> &[u16] {
        &self.watched
    }

    /// Counts rows.
    pub fn count(&self, values: &[f64]) -> Cells {
        // NaN in the rest of the table is above no value, so the search ends below it.
        let mut table = [f64::NAN; TABLE];
        table[..self.edges.len()].copy_from_slice(&self.edges);
        let mut cells = vec![0u64; TABLE];
        let mut missing = 0;
        for &value in values {
            let mut place = 0;
            let mut step = TABLE / 2;
            while step > 0 {
                place += if table[place + step - 1] <= value { step } else { 0 };
                step /= 2;
            }
            cells[place] += 1;
            missing += u64::from(value.is_nan());
        }
        cells.truncate(self.edges.len() + 1);
        cells[0] -= missing; // NaN compares with nothing: its search ended in the first interval
        Cells { cells, missing }
    }

    /// Counts between the inner deciles, then those missing: the bins of the stated PSI.
    pub fn by_decile(&self, counted: &Cells) -> Vec<u64> {
        between(&self.deciles, counted)
    }

    /// Counts over the watched bins, then those missing. They are the deciles' where no decile is a tie; else a value
    /// that many rows are equal to has a bin of its own, so that what happens on both sides of it is seen.
    pub fn by_watched(&self, counted: &Cells) -> Vec<u64> {
        between(&self.watched, counted)
    }

    /// About the value that a share of the rows with a value is below, between the edges by a straight line; none
    /// without such rows.
    pub fn quantile(&self, counted: &Cells, share: f64) -> Option<f64> {
        let present: u64 = counted.cells.iter().sum();
        let (first, last) = (self.edges.first()?, self.edges.last()?);
        let wanted = share.clamp(0.0, 1.0) * present as f64;
        let mut below = 0.0;
        for (i, &rows) in counted.cells.iter().enumerate() {
            let rows = rows as f64;
            if rows > 0.0 && below + rows >= wanted {
                let lower = if i == 0 { first } else { &self.edges[i - 1] };
                let upper = self.edges.get(i).unwrap_or(last);
                let inside = lower + (upper - lower) * ((wanted - below) / rows);
                return Some(if inside.is_finite() { inside } else { *lower });
            }
            below += rows;
        }
        None
    }
}

fn between(places: &[u16], counted: &Cells) -> Vec<u64> {
    let mut bins = Vec::with_capacity(places.len() + 2);
    let mut from = 0;
    for &place in places {
        let to = usize::from(place) + 1;
        bins.push(counted.cells[from..to].iter().sum());
        from = to;
    }
    bins.push(counted.cells[from..].iter().sum());
    bins.push(counted.missing);
    bins
}

/// Rows at random places, one of each stretch, sorted; all rows where they are few.
fn sorted_sample(present: &[f64]) -> Vec<f64> {
    let mut sample: Vec<f64> = if present.len() <= LOOKED_AT {
        present.to_vec()
    } else {
        let mut random = Random::new(0x6472_6966_7400);
        let start = |i: usize| (i as u128 * present.len() as u128 / LOOKED_AT as u128) as usize;
        (0..LOOKED_AT).map(|i| present[start(i) + random.below(start(i + 1) - start(i))]).collect()
    };
    sample.sort_unstable_by(f64::total_cmp);
    sample
}

/// Edges from sorted values: each value where there are few, else quantiles. A value that many rows are equal to
/// begins an interval and ends it.
fn knots(sorted: &[f64]) -> Vec<f64> {
    let mut values = sorted.to_vec();
    values.dedup();
    if values.len() <= MOST_VALUES {
        return values.iter().flat_map(|&v| [v, v.next_up()]).collect();
    }
    let last = sorted.len() - 1;
    let quantiles: Vec<f64> = (0..QUANTILES).map(|i| sorted[i * last / (QUANTILES - 1)]).collect();
    let tied = quantiles.chunk_by(|a, b| a == b);
    tied.flat_map(|same| [Some(same[0]), (same.len() > 1).then(|| same[0].next_up())]).flatten().collect()
}

/// The inner deciles as numpy's linear quantile gives them, ascending; none of no values.
fn inner_deciles(present: &mut [f64]) -> Vec<f64> {
    let Some(last) = present.len().checked_sub(1) else { return Vec::new() };
    let places: Vec<(usize, f64)> = (1..=DECILES)
        .map(|k| {
            let place = last as f64 * (k as f64 / 10.0);
            (place.floor() as usize, place - place.floor())
        })
        .collect();
    let mut ranks: Vec<usize> = places.iter().flat_map(|(p, _)| [*p, (p + 1).min(last)]).collect();
    ranks.sort_unstable();
    ranks.dedup();
    select(present, 0, &ranks);
    places.iter().map(|&(place, t)| between_two(present[place], present[(place + 1).min(last)], t)).collect()
}

/// Puts the values of these ranks, ascending, where they would be if `values` were sorted; the first has rank `from`.
fn select(values: &mut [f64], from: usize, ranks: &[usize]) {
    let Some(&middle) = ranks.get(ranks.len() / 2) else { return };
    let (below, _, above) = values.select_nth_unstable_by(middle - from, f64::total_cmp);
    select(below, from, &ranks[..ranks.len() / 2]);
    select(above, middle + 1, &ranks[ranks.len() / 2 + 1..]);
}

/// A value between two, with numpy's own roundings; the ends where their difference is no number.
fn between_two(a: f64, b: f64, t: f64) -> f64 {
    let width = b - a;
    let value = if t >= 0.5 { b - width * (1.0 - t) } else { a + width * t };
    match (a == b, value.is_nan(), width.is_infinite() && a.is_finite() && b.is_finite()) {
        (true, _, _) => a,
        (_, _, true) => a * (1.0 - t) + b * t,
        (_, true, _) if t >= 0.5 => b,
        (_, true, _) => a,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(values: &[f64]) -> (Grid, Cells) {
        let grid = Grid::of(values);
        let cells = grid.count(values);
        (grid, cells)
    }

    #[test]
    fn deciles_are_numpys() {
        let values: Vec<f64> = (0..=10).map(f64::from).collect();
        let (grid, cells) = counted(&values);
        let deciles: Vec<f64> = grid.deciles().iter().map(|&p| grid.edges()[usize::from(p)]).collect();
        assert_eq!(deciles, (1..10).map(f64::from).collect::<Vec<_>>());
        assert_eq!(grid.by_decile(&cells), [1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 0]);
        // numpy.quantile([1, 2, 4, 8], k / 10).
        let mut four = [8.0, 1.0, 4.0, 2.0];
        let wanted = [1.3, 1.6, 1.9, 2.4, 3.0, 3.6, 4.4, 5.6, 6.8];
        for (found, wanted) in inner_deciles(&mut four).iter().zip(wanted) {
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
    }

    #[test]
    fn odd_values_have_their_place() {
        assert_eq!(counted(&[]).1, Cells { cells: vec![0], missing: 0 });
        assert_eq!(counted(&[f64::NAN; 3]).1, Cells { cells: vec![0], missing: 3 });
        let (grid, cells) = counted(&[5.0; 4]);
        assert_eq!(cells.cells, [0, 4, 0]);
        assert_eq!(grid.by_decile(&cells), [0, 4, 0]);
        // A constant that moved: no decile sees it, the watched bins do.
        let moved = grid.count(&[7.0; 3]);
        assert_eq!(grid.by_decile(&moved), [0, 3, 0]);
        assert_eq!(grid.by_watched(&moved), [0, 0, 3, 0]);
        let wild = [f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, f64::MAX, f64::MIN, 0.0, -0.0, f64::NAN];
        let (grid, cells) = counted(&wild);
        assert_eq!((cells.cells.iter().sum::<u64>(), cells.missing), (8, 1));
        assert!(grid.edges().windows(2).all(|w| w[0] < w[1]));
        assert_eq!(
            Grid::from_parts(grid.edges.clone(), grid.deciles.clone(), grid.watched.clone()),
            Ok(grid)
        );
    }

    #[test]
    fn a_grid_is_bounded_and_finds_each_value() {
        let mut random = Random::new(1);
        for kinds in [2, 200, 256, 257, 100_000] {
            let values: Vec<f64> = (0..150_000).map(|_| random.below(kinds) as f64 / 7.0).collect();
            let (grid, cells) = counted(&values);
            assert!(grid.edges().len() <= MOST_EDGES, "{kinds}: {} edges", grid.edges().len());
            for (i, rows) in cells.cells.iter().enumerate() {
                let low = if i == 0 { f64::NEG_INFINITY } else { grid.edges()[i - 1] };
                let high = grid.edges().get(i).copied().unwrap_or(f64::INFINITY);
                let wanted = values.iter().filter(|v| (low..high).contains(v)).count();
                assert_eq!(*rows, wanted as u64);
            }
            let middle = grid.quantile(&cells, 0.5).expect("rows");
            assert!((middle - kinds as f64 / 14.0).abs() < 0.02 * kinds as f64 + 0.2, "{kinds}: {middle}");
        }
    }

    #[test]
    fn most_values_equal_are_a_bin_of_their_own() {
        let values: Vec<f64> = (0..1000).map(|i| if i < 950 { 0.0 } else { f64::from(i) }).collect();
        let (grid, cells) = counted(&values);
        assert_eq!(grid.by_decile(&cells), [0, 1000, 0]);
        assert_eq!(grid.by_watched(&cells), [0, 950, 50, 0]);
    }

    #[test]
    fn a_grid_that_contradicts_itself_is_refused() {
        let bad = |edges: &[f64], deciles: &[u16], watched: &[u16]| {
            assert!(Grid::from_parts(edges.to_vec(), deciles.to_vec(), watched.to_vec()).is_err());
        };
        bad(&[1.0, 1.0], &[], &[]);
        bad(&[2.0, 1.0], &[], &[]);
        bad(&[f64::NAN], &[], &[]);
        bad(&[1.0], &[1], &[]);
        bad(&[1.0, 2.0], &[0], &[1, 0]);
        bad(&[1.0; 2000], &[], &[]);
    }
}
