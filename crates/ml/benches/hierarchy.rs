//! Reconciliation of a grouped hierarchy: `cargo bench -p vakhta-ml --bench hierarchy -- TOURISM.csv [OUT.csv]`.
//!
//! TOURISM has the columns `date,branch,state,region,purpose,y`, quarters in order of time for each branch. The last
//! eight quarters are held out; every series and sum is forecast by ETS(A,N,A), then all are made to agree. Prints
//! the WAPE of the total and of the series by method; OUT gets `method,node,step,yhat,y`. Then the whole forecast is
//! learnt as from a spec, with three folds of eight quarters, to see what its intervals hold.

mod measure;

use measure::cpu_seconds;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use vakhta_domain::progress::Unwatched;
use vakhta_domain::spec::parse_yaml;
use vakhta_ml::forecast::{Params, fit};
use vakhta_ml::hierarchy::{Hierarchy, Method, Reconciler};
use vakhta_ml::panel::{Observations, Panel};
use vakhta_ml::smoothing::{Error as Errors, Form, Season, Trend, ets, ets_of};

/// Quarters held out.
const HELD_OUT: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let Some(path) = given.first() else {
        writeln!(std::io::stderr(), "name the CSV of the quarters: TOURISM.csv [OUT.csv]")?;
        return Ok(());
    };
    let mut series: BTreeMap<[String; 3], Vec<f64>> = BTreeMap::new();
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let key = [cells[2].to_owned(), cells[3].to_owned(), cells[4].to_owned()];
        series.entry(key).or_default().push(cells[5].parse()?);
    }
    let keys: Vec<&[String; 3]> = series.keys().collect();
    let bottoms: Vec<&Vec<f64>> = series.values().collect();
    let levels = [&["state"][..], &["purpose"], &["state", "region"], &["state", "purpose"]];
    let grouped: Vec<Vec<String>> =
        levels.iter().map(|columns| columns.iter().map(ToString::to_string).collect()).collect();
    let hierarchy = Hierarchy::of(bottoms.len(), &[], &grouped, |bottom, column| {
        let at = ["state", "region", "purpose"].iter().position(|c| *c == column);
        at.map(|at| keys[bottom][at].clone()).unwrap_or_default()
    });
    let periods = bottoms.iter().map(|values| values.len()).min().unwrap_or(0);
    let at = |period: usize| bottoms.iter().map(|values| values[period]).collect::<Vec<f64>>();
    let rows: Vec<Vec<f64>> =
        (0..periods).map(|t| hierarchy.sums(&at(t)).into_iter().chain(at(t)).collect()).collect();
    let cutoff = periods - HELD_OUT;
    let all = rows[0].len();
    let mut out = std::io::stdout();
    writeln!(out, "{} series, {} sums, {cutoff} quarters learnt from", bottoms.len(), hierarchy.count())?;

    let plain = Form { error: Errors::Additive, trend: Trend::None, season: Season::Additive };
    let mut text = String::from("method,node,step,yhat,y\n");
    for name in ["ETS(A,N,A)", "automatic ETS"] {
        let cpu = cpu_seconds();
        let learnt: Vec<(Vec<f64>, Vec<f64>)> = (0..all)
            .map(|i| {
                let values: Vec<f64> = rows[..cutoff].iter().map(|row| row[i]).collect();
                let (model, errors) =
                    if name == "automatic ETS" { ets(&values, 4) } else { ets_of(&values, 4, &[plain]) };
                (model.forecast(HELD_OUT), errors)
            })
            .collect();
        writeln!(out, "{name}: base forecasts {:.2} CPU s", cpu_seconds() - cpu)?;
        let errors: Vec<Vec<f64>> =
            (0..cutoff).map(|t| learnt.iter().map(|(_, errors)| errors[t]).collect()).collect();
        let nodes = hierarchy.count();
        let mut methods = vec![("base", None)];
        methods.extend([
            ("bottom_up", Some(Method::BottomUp)),
            ("top_down", Some(Method::TopDown)),
            ("ols", Some(Method::Ols)),
            ("wls_structural", Some(Method::WlsStructural)),
            ("wls_variance", Some(Method::WlsVariance)),
            ("mint_shrink", Some(Method::MintShrink)),
        ]);
        for (word, method) in methods {
            let cpu = cpu_seconds();
            let reconciler = method.map(|method| Reconciler::new(hierarchy.clone(), method, &errors));
            let (mut wrong, mut size) = ([0.0; 2], [0.0; 2]);
            for step in 0..HELD_OUT {
                let base: Vec<f64> = learnt.iter().map(|(path, _)| path[step]).collect();
                let forecast: Vec<f64> = match &reconciler {
                    None => base,
                    Some(reconciler) => {
                        let agreed = reconciler.reconcile(&base[..nodes], &base[nodes..], true);
                        hierarchy.sums(&agreed).into_iter().chain(agreed).collect()
                    }
                };
                let actual = &rows[cutoff + step];
                for (node, (yhat, y)) in forecast.iter().zip(actual).enumerate() {
                    if node == 0 || node >= nodes {
                        let which = usize::from(node > 0);
                        wrong[which] += (yhat - y).abs();
                        size[which] += y;
                    }
                    writeln!(text, "{name} {word},{node},{step},{yhat},{y}")?;
                }
            }
            let wape = |which: usize| 100.0 * wrong[which] / size[which];
            writeln!(
                out,
                "  {word:<15} total {:6.3}  series {:6.3}  {:.2} CPU s",
                wape(0),
                wape(1),
                cpu_seconds() - cpu
            )?;
        }
    }
    if let Some(path) = given.get(1) {
        std::fs::write(path, text)?;
    }
    intervals(path)
}

/// Coverage and width of the intervals on folds that they knew nothing of.
fn intervals(path: &str) -> Result<(), Box<dyn Error>> {
    let mut rows = Observations {
        series_columns: vec!["branch".into()],
        series: vec![vec![]],
        ..Observations::default()
    };
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        rows.time.push(cells[0].get(..10).ok_or("a date is too short")?.parse()?);
        rows.series[0].push(Arc::from(cells[1]));
        rows.target.push(cells[5].parse()?);
    }
    for engine in ["ets", "auto"] {
        let spec = format!(
            "{{model_key: nights, task: forecast, data: {{dataset: d, time: date, series: [branch], target: y, frequency: Q}}, \
             horizon: 8, engine: {engine}, intervals: {{levels: [50, 80, 95]}}}}"
        );
        let checked = Params::from_spec(&parse_yaml(&spec)?[0])?;
        let (panel, _) = Panel::build(&rows, &checked.panel_rules())?;
        let fitted = fit(&checked, &panel, 7, 1, &Unwatched)?;
        let found = &fitted.report().overall;
        writeln!(
            std::io::stdout(),
            "engine {engine}: WAPE {:.2}, coverage by level {:?}, width {:?}, by fold {:?}",
            found.wape.unwrap_or(f64::NAN),
            found.coverage,
            found.width,
            fitted.report().folds.iter().map(|fold| &fold.model.coverage).collect::<Vec<_>>(),
        )?;
    }
    Ok(())
}
