//! The demo's panel as a CSV: `date,branch,line,y,holiday`.

use std::error::Error;
use std::sync::Arc;
use vakhta_ml::panel::{NumberColumn, Observations, StaticColumn};

/// The rows, so many times. `name` calls a branch in each copy, `scale` says what its next value is multiplied by.
pub fn read(
    path: &str,
    copies: usize,
    name: impl Fn(&str, usize) -> String,
    mut scale: impl FnMut(usize) -> f64,
) -> Result<Observations, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut rows = Observations {
        series_columns: vec!["branch".into()],
        series: vec![vec![]],
        known_future: vec![NumberColumn { name: "holiday".into(), values: vec![] }],
        ..Observations::default()
    };
    let mut lines = vec![];
    for copy in 0..copies {
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            rows.time.push(cells[0].get(..10).ok_or("a date is too short")?.parse()?);
            rows.series[0].push(Arc::from(name(cells[1], copy)));
            lines.push(Some(Arc::from(cells[2])));
            rows.target.push(cells[3].parse::<f64>()? * scale(copy));
            rows.known_future[0].values.push(cells[4].parse()?);
        }
    }
    rows.statics.push(StaticColumn::Words { name: "line".into(), values: lines });
    Ok(rows)
}
