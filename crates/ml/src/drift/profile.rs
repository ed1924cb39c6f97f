//! What a column held when a model was trained, and rows counted against it.

use super::categories::{Tally, Values};
use super::days::{DayNoise, Shift};
use super::measure::{Distance, chance, distance};
use super::memory::normal_score;
use super::numbers::{Cells, Grid};
use super::significance::{Gap, any_of, bins_differ, kolmogorov_smirnov, rarest};
use super::texts::{self, Pieces};
use super::{DriftError, Kind};

/// A column of the reference rows: what it is cut into, its counts, and how much its days differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub(super) layout: Layout,
    pub(super) counts: Counts,
    pub(super) days: Vec<DayNoise>,
}

/// What the values of a column are counted by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Layout {
    /// Intervals of numbers.
    Numbers(Grid),
    /// Values by name; yes and no are `true` and `false`.
    Categories(Values),
    /// Hashed pieces, and the lengths of the texts.
    Texts(Grid),
}

/// Reference texts that come part by part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextRows(texts::Seen);

impl TextRows {
    /// Takes in further texts.
    pub fn add<'a>(&mut self, rows: impl IntoIterator<Item = Option<&'a str>>) {
        self.0.add(rows);
    }
}

/// Rows counted against a profile. Counts of parts add up: those of days to those of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counts {
    /// Of numbers.
    Numbers(Cells),
    /// Of categories.
    Categories(Tally),
    /// Of texts.
    Texts(Pieces),
}

/// How two sets of rows differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// By the stated bins: PSI and Jensen–Shannon that are shown. None where a side is empty.
    pub stated: Option<Distance>,
    /// By the watched bins, which the rules look at; the same as stated but for numbers with many ties, and for texts,
    /// where it is the sum over pieces and lengths.
    pub watched: Option<Distance>,
    /// What chance alone gives for the watched bins, in the mean.
    pub chance: Option<Distance>,
    /// The largest gap between the distributions of numbers, or of the lengths of texts.
    pub gap: Option<Gap>,
    /// Where numbers, or the lengths of texts, moved. None where no value is larger than another.
    pub shift: Option<Shift>,
    /// The probability of bins that differ so much by chance.
    pub p_bins: f64,
}

impl Profile {
    /// The profile of numbers; NaN is missing. The deciles are those of all rows.
    pub fn numbers(values: &[f64]) -> Self {
        let grid = Grid::of(values);
        let counts = Counts::Numbers(grid.count(values));
        Self { layout: Layout::Numbers(grid), counts, days: Vec::new() }
    }

    /// The profile of categories: values, each with the number of rows that it stands in.
    pub fn categories<'a>(rows: impl IntoIterator<Item = (Option<&'a str>, u64)>) -> Self {
        let (values, tally) = Values::of(rows);
        Self { layout: Layout::Categories(values), counts: Counts::Categories(tally), days: Vec::new() }
    }

    /// The profile of yes and no.
    pub fn flags(rows: impl IntoIterator<Item = Option<bool>>) -> Self {
        Self::categories(rows.into_iter().map(flag))
    }

    /// The profile of texts.
    pub fn texts<'a>(rows: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let (grid, pieces) = texts::of(rows);
        Self { layout: Layout::Texts(grid), counts: Counts::Texts(pieces), days: Vec::new() }
    }

    /// The profile of texts that came part by part: they are not held.
    pub fn of_texts(seen: TextRows) -> Self {
        let (grid, pieces) = seen.0.sketch();
        Self { layout: Layout::Texts(grid), counts: Counts::Texts(pieces), days: Vec::new() }
    }

    /// What the column holds.
    pub fn kind(&self) -> Kind {
        self.counts.kind()
    }

    /// The reference rows, counted.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Counts numbers against this profile.
    pub fn count_numbers(&self, values: &[f64]) -> Result<Counts, DriftError> {
        match &self.layout {
            Layout::Numbers(grid) => Ok(Counts::Numbers(grid.count(values))),
            _ => Err(self.not(Kind::Numbers)),
        }
    }

    /// Counts categories against this profile: values, each with the number of rows that it stands in.
    pub fn count_categories<'a>(
        &self,
        rows: impl IntoIterator<Item = (Option<&'a str>, u64)>,
    ) -> Result<Counts, DriftError> {
        match &self.layout {
            Layout::Categories(values) => Ok(Counts::Categories(values.count(rows))),
            _ => Err(self.not(Kind::Categories)),
        }
    }

    /// Counts yes and no against this profile.
    pub fn count_flags(&self, rows: impl IntoIterator<Item = Option<bool>>) -> Result<Counts, DriftError> {
        self.count_categories(rows.into_iter().map(flag))
    }

    /// Counts texts against this profile.
    pub fn count_texts<'a>(
        &self,
        rows: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Result<Counts, DriftError> {
        match &self.layout {
            Layout::Texts(lengths) => Ok(Counts::Texts(texts::count(lengths, rows))),
            _ => Err(self.not(Kind::Texts)),
        }
    }

    /// Rows of which none has a value: those of a column that is no longer there.
    pub fn count_missing(&self, rows: u64) -> Counts {
        let cells = |grid: &Grid| Cells { cells: vec![0; grid.edges().len() + 1], missing: rows };
        match &self.layout {
            Layout::Numbers(grid) => Counts::Numbers(cells(grid)),
            Layout::Categories(values) => Counts::Categories(Tally {
                kept: vec![0; values.names().len()],
                missing: rows,
                ..Tally::default()
            }),
            Layout::Texts(grid) => Counts::Texts(Pieces {
                rows: 0,
                buckets: vec![0; texts::BUCKETS],
                squares: 0,
                lengths: cells(grid),
            }),
        }
    }

    /// How rows differ from the reference rows.
    pub fn compare(&self, current: &Counts) -> Result<Difference, DriftError> {
        self.differ(&self.counts, current)
    }

    /// How two sets of rows that were counted against this profile differ.
    pub(super) fn differ(&self, a: &Counts, b: &Counts) -> Result<Difference, DriftError> {
        self.check(a)?;
        self.check(b)?;
        Ok(match (&self.layout, a, b) {
            (Layout::Numbers(grid), Counts::Numbers(a), Counts::Numbers(b)) => {
                of_numbers(grid, self.cells(), a, b)
            }
            (Layout::Categories(values), Counts::Categories(a), Counts::Categories(b)) => {
                let (a, b) = values.side_by_side(a, b);
                let stated = distance(&a, &b);
                let chance = chance(&a, &b);
                Difference {
                    stated,
                    watched: stated,
                    chance,
                    gap: None,
                    shift: None,
                    p_bins: bins_differ(&a, &b),
                }
            }
            (Layout::Texts(lengths), Counts::Texts(a), Counts::Texts(b)) => {
                of_texts(lengths, self.cells(), a, b)
            }
            _ => return Err(DriftError::OtherProfile),
        })
    }

    /// About the number that a share of the rows is below (of texts: the length); none of categories and of nothing.
    pub fn quantile(&self, counts: &Counts, share: f64) -> Option<f64> {
        self.check(counts).ok()?;
        match (&self.layout, counts) {
            (Layout::Numbers(grid), Counts::Numbers(cells)) => grid.quantile(cells, share),
            (Layout::Texts(grid), Counts::Texts(pieces)) => grid.quantile(&pieces.lengths, share),
            _ => None,
        }
    }

    /// The bins of a chart: lower and upper edge and the rows of each decile of the reference (of texts: of their
    /// lengths); none of categories. The first begins and the last ends at infinity.
    pub fn deciles(&self, counts: &Counts) -> Option<Vec<(f64, f64, u64)>> {
        self.check(counts).ok()?;
        let (grid, cells) = match (&self.layout, counts) {
            (Layout::Numbers(grid), Counts::Numbers(cells)) => (grid, cells),
            (Layout::Texts(grid), Counts::Texts(pieces)) => (grid, &pieces.lengths),
            _ => return None,
        };
        let edges: Vec<f64> = grid.deciles().iter().map(|&place| grid.edges()[usize::from(place)]).collect();
        let lower = [f64::NEG_INFINITY].into_iter().chain(edges.iter().copied());
        let upper = edges.iter().copied().chain([f64::INFINITY]);
        Some(
            lower
                .zip(upper)
                .zip(grid.by_decile(cells))
                .map(|((low, high), rows)| (low, high, rows))
                .collect(),
        )
    }

    /// The rows of each category, the most frequent first, new ones among them; empty of numbers and texts.
    pub fn categories_of<'a>(&'a self, counts: &'a Counts) -> Vec<(&'a str, u64)> {
        let (Layout::Categories(values), Counts::Categories(tally), Ok(())) =
            (&self.layout, counts, self.check(counts))
        else {
            return Vec::new();
        };
        let kept = values.names().iter().map(String::as_str).zip(tally.kept.iter().copied());
        let mut all: Vec<(&str, u64)> =
            kept.chain(tally.new.iter().map(|((_, name), rows)| (name.as_str(), *rows))).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all
    }

    /// Whether these counts are of this profile's shape.
    pub(super) fn check(&self, counts: &Counts) -> Result<(), DriftError> {
        let of_grid = |grid: &Grid, cells: &Cells| cells.cells.len() == grid.edges().len() + 1;
        let fits = match (&self.layout, counts) {
            (Layout::Numbers(grid), Counts::Numbers(cells)) => of_grid(grid, cells),
            (Layout::Categories(values), Counts::Categories(tally)) => {
                tally.kept.len() == values.names().len()
            }
            (Layout::Texts(grid), Counts::Texts(pieces)) => {
                of_grid(grid, &pieces.lengths) && pieces.buckets.len() == texts::BUCKETS
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(DriftError::OtherProfile) }
    }

    /// The reference rows over the grid; empty of categories.
    fn cells(&self) -> &[u64] {
        match &self.counts {
            Counts::Numbers(cells) => &cells.cells,
            Counts::Texts(pieces) => &pieces.lengths.cells,
            Counts::Categories(_) => &[],
        }
    }

    fn not(&self, given: Kind) -> DriftError {
        DriftError::OtherKind { given, profile: self.kind() }
    }
}

impl Counts {
    /// What was counted.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Numbers(_) => Kind::Numbers,
            Self::Categories(_) => Kind::Categories,
            Self::Texts(_) => Kind::Texts,
        }
    }

    /// Rows, with and without a value.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Numbers(cells) => cells.cells.iter().sum::<u64>() + cells.missing,
            Self::Categories(tally) => {
                tally.kept.iter().sum::<u64>() + tally.unseen() + tally.other + tally.missing
            }
            Self::Texts(pieces) => pieces.rows + pieces.lengths.missing,
        }
    }

    /// Rows without a value.
    pub fn missing(&self) -> u64 {
        match self {
            Self::Numbers(cells) => cells.missing,
            Self::Categories(tally) => tally.missing,
            Self::Texts(pieces) => pieces.lengths.missing,
        }
    }

    /// Rows with a category that the reference rows do not have.
    pub fn unseen(&self) -> u64 {
        if let Self::Categories(tally) = self { tally.unseen() } else { 0 }
    }

    /// Adds the rows of another part, counted against the same profile.
    pub fn merge(&mut self, other: &Self) -> Result<(), DriftError> {
        match (self, other) {
            (Self::Numbers(here), Self::Numbers(there)) if here.cells.len() == there.cells.len() => {
                add(here, there);
            }
            (Self::Categories(here), Self::Categories(there)) if here.kept.len() == there.kept.len() => {
                here.merge(there);
            }
            (Self::Texts(here), Self::Texts(there))
                if here.lengths.cells.len() == there.lengths.cells.len() =>
            {
                here.rows += there.rows;
                here.squares += there.squares;
                here.buckets.iter_mut().zip(&there.buckets).for_each(|(a, b)| *a += b);
                add(&mut here.lengths, &there.lengths);
            }
            _ => return Err(DriftError::OtherProfile),
        }
        Ok(())
    }
}

fn add(here: &mut Cells, there: &Cells) {
    here.cells.iter_mut().zip(&there.cells).for_each(|(a, b)| *a += b);
    here.missing += there.missing;
}

fn of_numbers(grid: &Grid, whole: &[u64], a: &Cells, b: &Cells) -> Difference {
    let stated = distance(&grid.by_decile(a), &grid.by_decile(b));
    let (bins_a, bins_b) = (grid.by_watched(a), grid.by_watched(b));
    Difference {
        stated,
        watched: distance(&bins_a, &bins_b),
        chance: chance(&bins_a, &bins_b),
        gap: kolmogorov_smirnov(&a.cells, &b.cells),
        shift: moved(whole, &a.cells, &b.cells),
        p_bins: bins_differ(&bins_a, &bins_b),
    }
}

/// Texts: the buckets' distance is the stated one; lengths join it in what is watched.
fn of_texts(grid: &Grid, whole: &[u64], a: &Pieces, b: &Pieces) -> Difference {
    let stated = distance(&a.buckets, &b.buckets);
    let of_lengths = of_numbers(grid, whole, &a.lengths, &b.lengths);
    let sum = |x: Option<Distance>, y: Option<Distance>| match (x, y) {
        (Some(x), Some(y)) => Some(Distance { psi: x.psi + y.psi, js: (x.js + y.js).min(1.0) }),
        (one, other) => one.or(other),
    };
    let held: Vec<(u64, u64)> = super::measure::held(&a.buckets, &b.buckets).collect();
    let p_pieces = if a.rows > 0 && b.rows > 0 { rarest(&held, a.rows, b.rows) } else { None };
    let p_bins = p_pieces.map_or(of_lengths.p_bins, |p| any_of([p, of_lengths.p_bins]));
    let of_pieces = texts::chance(a, b);
    Difference {
        stated,
        watched: sum(stated.filter(|_| of_pieces.is_some()), of_lengths.watched),
        chance: sum(of_pieces, of_lengths.chance),
        gap: of_lengths.gap,
        shift: of_lengths.shift,
        p_bins,
    }
}

/// How far `b` lies from `a` by the normal scores of `whole`: each interval counts as the normal quantile of its middle
/// rank.
fn moved(whole: &[u64], a: &[u64], b: &[u64]) -> Option<Shift> {
    let rows = whole.iter().sum::<u64>() as f64;
    let (m, n) = (a.iter().sum::<u64>() as f64, b.iter().sum::<u64>() as f64);
    if rows.min(m).min(n) < 1.0 {
        return None;
    }
    let (mut below, mut sums) = (0.0, [0.0; 4]);
    for ((&cell, &a), &b) in whole.iter().zip(a).zip(b) {
        if cell + a + b > 0 {
            let rank = ((below + cell as f64 / 2.0) / rows).clamp(0.5 / rows, 1.0 - 0.5 / rows);
            let score = normal_score(1.0 - rank);
            let cell = cell as f64;
            for (sum, weight) in sums.iter_mut().zip([a as f64, b as f64, cell, cell * score]) {
                *sum += weight * score;
            }
        }
        below += cell as f64;
    }
    let [a, b, mean, square] = [sums[0] / m, sums[1] / n, sums[2] / rows, sums[3] / rows];
    let shift = Shift { found: b - a, variance: (square - mean * mean) * (1.0 / m + 1.0 / n) };
    (shift.found.is_finite() && shift.variance > 1e-12).then_some(shift)
}

fn flag(value: Option<bool>) -> (Option<&'static str>, u64) {
    (value.map(|yes| if yes { "true" } else { "false" }), 1)
}
