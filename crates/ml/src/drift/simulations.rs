//! Rows whose distribution is known, to count how often a check is wrong. Small in the tests, large in the bench
//! `decisions`: the same code.
//!
//! A check is of 20 columns of numbers (normal, lognormal, uniform, whole numbers, many zeros) and 10 of categories
//! (2 to 100 values). Drift moves the first 5 of the numbers and the first 3 of the categories.

use super::{Column, Counts, DriftPolicy, Memory, Profile, Random, Report, Verdict, judge};

/// Columns of numbers; those of categories follow.
pub const NUMBERS: usize = 20;
const CARDINALITIES: [usize; 10] = [2, 3, 5, 8, 10, 20, 50, 100, 5, 10];
/// Columns in all.
pub const COLUMNS: usize = NUMBERS + CARDINALITIES.len();

/// What was counted over many checks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome {
    /// Checks.
    pub checks: u32,
    /// Checks that spoke of any column that had not drifted.
    pub false_checks: u32,
    /// Columns that had drifted, over all checks.
    pub drifted: u32,
    /// Those of them that were spoken of.
    pub found: u32,
}

impl Outcome {
    /// Checks with a false alarm, percent.
    pub fn false_alarms(&self) -> f64 {
        100.0 * f64::from(self.false_checks) / f64::from(self.checks.max(1))
    }

    /// Drifted columns that were spoken of, percent.
    pub fn power(&self) -> f64 {
        100.0 * f64::from(self.found) / f64::from(self.drifted.max(1))
    }

    fn add(&mut self, report: &Report, drifted: impl Fn(usize) -> bool) {
        self.checks += 1;
        let mut wrong = false;
        for (k, finding) in report.findings.iter().enumerate() {
            let spoken = finding.verdict >= Verdict::Slight;
            if drifted(k) {
                self.drifted += 1;
                self.found += u32::from(spoken);
            } else {
                wrong |= spoken;
            }
        }
        self.false_checks += u32::from(wrong);
    }
}

/// Independent rows: `checks` checks of `rows` rows, a new reference of `reference` rows every 20; `shift` is in
/// standard deviations, of categories in shares of rows (0.4 of it).
pub fn independent(seed: u64, checks: u32, reference: usize, rows: usize, shift: f64) -> Outcome {
    let mut random = Random::new(seed);
    let (mut outcome, mut profiles, policy) = (Outcome::default(), Vec::new(), DriftPolicy::default());
    let drifted = |k: usize| shift != 0.0 && (k < 5 || (NUMBERS..NUMBERS + 3).contains(&k));
    for check in 0..checks {
        if check % 20 == 0 {
            profiles = (0..COLUMNS).map(|k| profile(k, reference, &mut random)).collect();
        }
        let counts: Vec<Counts> = (0..COLUMNS)
            .map(|k| count(&profiles[k], k, rows, if drifted(k) { shift } else { 0.0 }, &mut random))
            .collect();
        outcome.add(&check_all(&profiles, &counts, &mut [Memory::default(); COLUMNS], &policy), drifted);
    }
    outcome
}

/// What days are like in [`by_days`].
#[derive(Debug, Clone, Copy)]
pub struct Days {
    /// Days of the reference.
    pub reference: usize,
    /// Rows a day.
    pub rows: usize,
    /// The deviation of a day's mean, in deviations of the rows of a day.
    pub effect: f64,
    /// Checks in a row after the reference; the memory goes from one to the next.
    pub checks: usize,
    /// How far the first five columns are moved in each check.
    pub shift: f64,
}

/// What was counted over runs of days.
#[derive(Debug, Clone, Copy, Default)]
pub struct Runs {
    /// Of the first day of each run.
    pub first: Outcome,
    /// Of all days of all runs.
    pub all: Outcome,
    /// Drifted columns, over the runs.
    pub drifted: u32,
    /// Those that were spoken of on any day of their run, percent.
    pub found: f64,
    /// Those that were confirmed on any day of their run, percent.
    pub confirmed: f64,
}

/// Rows that share the mean of their day: 30 columns of numbers, one run of checks for each of the references.
pub fn by_days(seed: u64, references: u32, days: Days) -> Runs {
    let mut random = Random::new(seed);
    let (mut runs, policy) = (Runs::default(), DriftPolicy::default());
    let drifted = |k: usize| days.shift != 0.0 && k < 5;
    let (mut found, mut confirmed) = (0, 0);
    for _ in 0..references {
        let profiles: Vec<Profile> = (0..COLUMNS).map(|_| profile_of_days(days, &mut random)).collect();
        let mut memory = [Memory::default(); COLUMNS];
        let mut gravest = [Verdict::TooFewRows; COLUMNS];
        for check in 0..days.checks {
            let counts: Vec<Counts> = (0..COLUMNS)
                .map(|k| {
                    let values = day(days, if drifted(k) { days.shift } else { 0.0 }, &mut random);
                    profiles[k].count_numbers(&values).expect("a profile of numbers")
                })
                .collect();
            let report = check_all(&profiles, &counts, &mut memory, &policy);
            runs.all.add(&report, drifted);
            if check == 0 {
                runs.first.add(&report, drifted);
            }
            for (gravest, finding) in gravest.iter_mut().zip(&report.findings) {
                *gravest = finding.verdict.max(*gravest);
            }
        }
        for verdict in (0..COLUMNS).filter(|&k| drifted(k)).map(|k| gravest[k]) {
            runs.drifted += 1;
            found += u32::from(verdict >= Verdict::Slight);
            confirmed += u32::from(verdict == Verdict::Confirmed);
        }
    }
    let percent = |count: u32| 100.0 * f64::from(count) / f64::from(runs.drifted.max(1));
    (runs.found, runs.confirmed) = (percent(found), percent(confirmed));
    runs
}

fn check_all(
    profiles: &[Profile],
    counts: &[Counts],
    memory: &mut [Memory; COLUMNS],
    policy: &DriftPolicy,
) -> Report {
    let columns: Vec<Column<'_>> = (0..COLUMNS)
        .map(|k| Column { name: "column", profile: &profiles[k], current: &counts[k], memory: memory[k] })
        .collect();
    let report = judge(&columns, policy).expect("counts of these profiles");
    for (memory, finding) in memory.iter_mut().zip(&report.findings) {
        *memory = finding.memory;
    }
    report
}

fn profile_of_days(days: Days, random: &mut Random) -> Profile {
    let values: Vec<Vec<f64>> = (0..days.reference).map(|_| day(days, 0.0, random)).collect();
    let mut profile = Profile::numbers(&values.concat());
    let counted: Vec<Counts> =
        values.iter().map(|day| profile.count_numbers(day).expect("a profile of numbers")).collect();
    profile.learn_days(&counted).expect("days of this reference");
    profile
}

fn day(days: Days, shift: f64, random: &mut Random) -> Vec<f64> {
    let mean = shift + days.effect * normal(random);
    (0..days.rows).map(|_| mean + normal(random)).collect()
}

fn profile(k: usize, rows: usize, random: &mut Random) -> Profile {
    match k.checked_sub(NUMBERS) {
        None => Profile::numbers(&numbers(k, rows, 0.0, random)),
        Some(k) => {
            let (names, counts) = categories(CARDINALITIES[k], rows, 0.0, random);
            Profile::categories(names.iter().zip(counts).map(|(name, rows)| (Some(name.as_str()), rows)))
        }
    }
}

fn count(profile: &Profile, k: usize, rows: usize, shift: f64, random: &mut Random) -> Counts {
    match k.checked_sub(NUMBERS) {
        None => profile.count_numbers(&numbers(k, rows, shift, random)),
        Some(k) => {
            let (names, counts) = categories(CARDINALITIES[k], rows, 0.4 * shift, random);
            profile.count_categories(names.iter().zip(counts).map(|(name, rows)| (Some(name.as_str()), rows)))
        }
    }
    .expect("a profile of this kind")
}

/// Rows of the k-th column of numbers; the shift acts on the normal that they are made of.
fn numbers(k: usize, rows: usize, shift: f64, random: &mut Random) -> Vec<f64> {
    let of = |z: f64| match k % 5 {
        0 => z,
        1 => (0.8 * z + 3.0).exp(),
        2 => 100.0 / (1.0 + (-1.702 * z).exp()), // about uniform: the logistic curve stands for the normal one
        3 => (40.0 + 6.3 * z).round(),
        _ if z < -0.5 => 0.0,
        _ => z.exp(),
    };
    (0..rows).map(|_| of(normal(random) + shift)).collect()
}

/// Rows by category, the k-th in proportion to 1/k; `moved` of them go from the first to the others.
fn categories(count: usize, rows: usize, moved: f64, random: &mut Random) -> (Vec<String>, Vec<u64>) {
    let all: f64 = (1..=count).map(|i| 1.0 / i as f64).sum();
    let shares: Vec<f64> = (1..=count)
        .map(|i| 1.0 / i as f64 / all + if i == 1 { -moved } else { moved / (count - 1) as f64 })
        .collect();
    let mut counts = vec![0; count];
    for _ in 0..rows {
        let mut left = uniform(random);
        let place = shares.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        counts[place.unwrap_or(count - 1)] += 1;
    }
    ((0..count).map(|i| format!("c{i}")).collect(), counts)
}

fn uniform(random: &mut Random) -> f64 {
    ((random.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// Box and Muller 1958.
fn normal(random: &mut Random) -> f64 {
    (-2.0 * uniform(random).ln()).sqrt() * (std::f64::consts::TAU * uniform(random)).cos()
}
