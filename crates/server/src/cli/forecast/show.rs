//! What `vakhta forecast` shows: accuracy beside the baselines, and a drawing.

use crate::exit::{Exit, Failure, Result};
use crate::output::table::Grid;
use crate::output::{Out, STRONG, WARN, chart, numbers, styled};
use jiff::civil::Date;
use std::collections::BTreeMap;
use vakhta_domain::report::{Metrics, TrainingReport};
use vakhta_lifecycle::serve::{ForecastAnswer, SeriesAnswer};

/// Fold by fold, the model beside both baselines.
pub fn accuracy(report: &TrainingReport, out: Out) {
    out.line("");
    out.line(styled(STRONG, format!("accuracy of {} on past periods it had not seen", report.engine)));
    let mut grid = Grid::new(&["fold", ">WAPE", ">MAPE", ">MASE", ">naive WAPE", ">weekday WAPE"]);
    let mut add = |name: String, model: &Metrics, naive: &Metrics, weekday: &Metrics| {
        let percent =
            |x: Option<f64>| x.map_or_else(|| "–".into(), |x| format!("{}%", numbers::decimal(x, 2)));
        grid.row([
            name,
            percent(model.wape),
            percent(model.mape),
            numbers::maybe(model.mase, 3),
            percent(naive.wape),
            percent(weekday.wape),
        ]);
    };
    for fold in &report.folds {
        add(format!("{} … {}", fold.from, fold.to), &fold.model, &fold.seasonal_naive, &fold.weekday_mean);
    }
    add("all".into(), &report.overall, &report.seasonal_naive, &report.weekday_mean);
    grid.show(out);
    for coverage in &report.overall.coverage {
        let share = numbers::decimal(coverage.value, 1);
        out.line(format!("{}% intervals held {share}% of the actual values", coverage.level));
    }
    for note in &report.notes {
        out.line(format!("{} {}", styled(WARN, "note:"), note.text));
    }
}

/// One series with its interval, or the sum of all without: intervals do not add up.
pub fn drawing(answer: &ForecastAnswer, wanted: Option<&str>, out: Out) -> Result<()> {
    let (title, past, future) = match wanted {
        Some(text) => {
            let values: Vec<&str> = text.split(',').collect();
            let found =
                answer.series.iter().find(|s| s.series.iter().map(String::as_str).eq(values.iter().copied()));
            one(found.ok_or_else(|| {
                Failure::new(Exit::BadInput, format!("--chart: there is no series `{text}`"))
            })?)
        }
        None => match answer.series.as_slice() {
            [] => return Ok(()),
            [single] => one(single),
            several => total(several),
        },
    };
    out.line("");
    out.line(styled(STRONG, title));
    for line in chart::draw(&past, &future, 100, 14) {
        out.line(line);
    }
    Ok(())
}

fn one(series: &SeriesAnswer) -> (String, Vec<chart::Point>, Vec<chart::Point>) {
    let title = if series.series.is_empty() { "forecast".to_owned() } else { series.series.join(", ") };
    let past =
        series.history.iter().map(|p| chart::Point { date: p.date, value: p.value, band: None }).collect();
    let future = series.points.iter().map(|p| {
        let band = p.intervals.first().map(|i| (i.lo, i.hi));
        chart::Point { date: p.date, value: Some(p.value), band }
    });
    (title, past, future.collect())
}

fn total(series: &[SeriesAnswer]) -> (String, Vec<chart::Point>, Vec<chart::Point>) {
    let mut past: BTreeMap<Date, f64> = BTreeMap::new();
    let mut future: BTreeMap<Date, f64> = BTreeMap::new();
    for one in series {
        for point in &one.history {
            *past.entry(point.date).or_default() += point.value.unwrap_or(0.0);
        }
        for point in &one.points {
            *future.entry(point.date).or_default() += point.value;
        }
    }
    let points = |sums: BTreeMap<Date, f64>| {
        sums.into_iter().map(|(date, value)| chart::Point { date, value: Some(value), band: None }).collect()
    };
    (format!("sum of {} series", series.len()), points(past), points(future))
}
