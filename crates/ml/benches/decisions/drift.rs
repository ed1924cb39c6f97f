//! Drift: false alarms and power of a check of 30 columns, of independent rows and of rows that share their day.

#[path = "../../src/drift/simulations.rs"]
mod simulations;

use simulations::{Days, by_days, independent};
use std::error::Error;
use std::io::{Write, stdout};
use vakhta_domain::spec::policies::DriftPolicy;
use vakhta_ml::drift::{Column, Counts, Memory, Profile, Report, Verdict, judge};
use vakhta_ml::random::Random;

/// Runs all of the section.
pub fn run(scale: f64) -> Result<(), Box<dyn Error>> {
    let times = |count: u32| ((f64::from(count) * scale) as u32).max(1);
    let mut out = stdout();
    writeln!(
        out,
        "drift, independent rows: checks with any alarm of 30 columns, none has drifted; goal at most 2%"
    )?;
    for (reference, seed) in [(10_000, 11), (1000, 12)] {
        for rows in [100, 200, 500, 1000, 5000] {
            let found = independent(seed, times(2000), reference, rows, 0.0);
            let (share, checks) = (found.false_alarms(), found.checks);
            writeln!(
                out,
                "  {share:5.2}%  {rows} rows, {reference} of reference, {checks} checks, seed {seed}"
            )?;
        }
    }
    writeln!(
        out,
        "drift, independent rows: drifted columns found; 8 of 30 have drifted, 10000 rows of reference"
    )?;
    for (shift, rows, goal) in [
        (0.5, 100, "80%"),
        (0.5, 200, "99%"),
        (0.2, 1000, "80%"),
        (0.2, 500, "none"),
        (0.3, 200, "none"),
        (0.1, 5000, "none"),
    ] {
        let found = independent(13, times(500), 10_000, rows, shift);
        let (power, wrong, checks) = (found.power(), found.false_alarms(), found.checks);
        writeln!(
            out,
            "  {power:5.1}%  {shift} sd, {rows} rows, goal {goal}; checks with an alarm of another column {wrong:.2}%; \
             {checks} checks, seed 13"
        )?;
    }
    writeln!(
        out,
        "drift, rows that share their day: checks with any alarm, none has drifted; goal at most 2%"
    )?;
    for (effect, rows, reference) in
        [(0.0, 1000, 60), (0.1, 1000, 60), (0.2, 1000, 60), (0.2, 100, 60), (0.4, 1000, 60), (0.2, 1000, 20)]
    {
        let days = Days { reference, rows, effect, checks: 30, shift: 0.0 };
        let runs = by_days(21, times(40), days);
        let (share, first, checks) = (runs.all.false_alarms(), runs.first.false_alarms(), runs.all.checks);
        writeln!(
            out,
            "  {share:5.2}%  day effects {effect} sd, {rows} rows a day, {reference} reference days; \
             {checks} checks, 30 days on end; of the first days {first:.2}%; seed 21"
        )?;
    }
    writeln!(
        out,
        "drift, rows that share their day: drifted columns found, 5 of 30, 1000 rows a day, 60 reference days"
    )?;
    for (effect, shift, checks, goal) in
        [(0.2, 1.0, 1, "65%"), (0.2, 0.5, 7, "90%"), (0.1, 0.5, 1, "none"), (0.2, 0.3, 14, "none")]
    {
        let days = Days { reference: 60, rows: 1000, effect, checks, shift };
        let runs = by_days(22, times(40), days);
        let (once, found, sure, columns) = (runs.first.power(), runs.found, runs.confirmed, runs.drifted);
        writeln!(
            out,
            "  {found:5.1}%  {shift} sd with day effects of {effect} sd, within {checks} days, goal {goal}; \
             confirmed {sure:.1}%, found on the first day {once:.1}%; {columns} columns, seed 22"
        )?;
    }
    Ok(())
}
