//! A replay told in plain text: the answer first, then month by month, then every decision.

use crate::told::{Accuracy, MonthTold, Told};
use std::fmt::Write as _;

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".into(), |value| format!("{value:.2}%"))
}

/// By how much the error of the watched model is larger than that of the one left alone, percent of the latter.
pub(crate) fn against_alone(told: &Told) -> Option<f64> {
    let (watched, alone) = (told.watched.wape?, told.left_alone.wape?);
    (alone > 0.0).then(|| 100.0 * (watched / alone - 1.0))
}

/// The report as text.
pub fn write(told: &Told) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {} to {}, {} series, seed {}",
        told.model, told.from, told.to, told.series, told.seed
    );
    for scenario in &told.scenarios {
        let _ = writeln!(
            text,
            "  {} from {} until {} (factor {})",
            scenario.name, scenario.from, scenario.end, scenario.factor
        );
    }
    let line = |name: &str, of: &Accuracy| {
        format!(
            "  {name:<12} WAPE {:>8}   MAPE {:>8}   {} answers scored",
            percent(of.wape),
            percent(of.mape),
            of.scored
        )
    };
    let _ = writeln!(text, "{}", line("watched", &told.watched));
    let _ = writeln!(text, "{}", line("left alone", &told.left_alone));
    if let Some(more) = against_alone(told) {
        let (by, word) = (more.abs(), if more > 0.0 { "larger" } else { "smaller" });
        let _ =
            writeln!(text, "  the watched model's error is {by:.1}% {word} than that of its first version");
    }
    months(&mut text, &told.months);
    let _ = writeln!(text, "\ndecisions");
    for decision in &told.decisions {
        let _ = writeln!(
            text,
            "  {}  {:<14} {}  {}",
            decision.day, decision.kind, decision.version, decision.reason
        );
    }
    if !told.alerts.is_empty() {
        let _ = writeln!(text, "\nalerts");
    }
    for alert in &told.alerts {
        let until = alert.until.map_or_else(|| "still there".into(), |day| format!("until {day}"));
        let _ = writeln!(text, "  {}  {:<8} {} ({until})", alert.day, alert.severity, alert.text);
    }
    if !told.drift.is_empty() {
        let _ = writeln!(text, "\ndrift confirmed");
    }
    for drift in &told.drift {
        let _ = writeln!(text, "  {}  {}", drift.day, drift.columns.join(", "));
    }
    let jobs: Vec<String> = told.jobs.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let _ = writeln!(text, "\njobs: {}", jobs.join(", "));
    for failed in &told.failed {
        let _ = writeln!(text, "  failed at {}: {}: {}", failed.at, failed.kind, failed.reason);
    }
    text
}

fn months(text: &mut String, months: &[MonthTold]) {
    let _ = writeln!(text, "\nmonth     watched  left alone  decisions");
    for month in months {
        let decisions: Vec<String> =
            month.decisions.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let _ = writeln!(
            text,
            "{}  {:>8}  {:>10}  {}",
            month.month,
            percent(month.watched),
            percent(month.left_alone),
            decisions.join(", ")
        );
    }
}
