//! Forecasts of a hierarchy: the sums above the series are forecast as series of their own, then all are made to
//! agree.
//!
//! What [`Fitted`] says of its series and what [`Nodes`] says of the sums adds up at every step of every query. The
//! rows of the backtest are reconciled too, so that accuracy and intervals are those of the reconciled forecasts.

use super::backtest::Backtest;
use super::calibrate::{Calibrated, calibrate};
use super::extend::New;
use super::fit::{Fit, FitError, Run};
use super::fitted::{Fitted, ForecastQuery, QueryError, checked_levels};
use super::learnt::Learnt;
use super::params::Checked;
use crate::hierarchy::{Hierarchy, Method, Reconciler};
use crate::panel::{Closures, Kind, Panel, Series};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use vakhta_domain::progress::Progress;
use vakhta_domain::report::{DataNote, ForecastPoint, TrainingReport};
use vakhta_domain::spec::Reconcile;

/// Most sums that are forecast: their covariance is one matrix.
pub const MOST_NODES: usize = 4096;
/// Most periods of one-step errors that covariances are taken from.
const MOST_ERRORS: usize = 400;

/// The sums above the series of a forecast.
#[derive(Debug, Clone)]
pub struct Nodes {
    pub(crate) fitted: Box<Fitted>,
    pub(crate) reconciler: Reconciler,
}

/// The forecast of one sum.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeForecast {
    /// The columns that its level is made of; empty for the total.
    pub columns: Vec<String>,
    /// Its values of them.
    pub key: Vec<String>,
    /// The periods, in order.
    pub points: Vec<ForecastPoint>,
}

/// Rows and the series that they are of.
type Places = Vec<(usize, usize)>;

/// The paths of all series, and those of all sums.
type Agreed = (Vec<Vec<f64>>, Vec<Vec<f64>>);

impl Nodes {
    /// Which series add up to what.
    pub fn hierarchy(&self) -> &Hierarchy {
        self.reconciler.hierarchy()
    }

    /// The accuracy of the sums, reconciled; a series is a sum, its key is as in [`node_key`].
    pub fn report(&self) -> &TrainingReport {
        self.fitted.report()
    }

    /// How the sums did on the folds; none for a model that was read back.
    pub fn backtest(&self) -> Option<&Backtest> {
        self.fitted.backtest()
    }

    /// Makes the paths of series and sums agree; the sums' are replaced.
    pub(super) fn agree(&self, of: &Fitted, bottoms: &mut [Vec<f64>], nodes: &mut [Vec<f64>]) {
        let steps = bottoms.first().map_or(0, Vec::len);
        let non_negative = of.series.iter().all(|s| s.non_negative);
        for step in 0..steps {
            let at = |paths: &[Vec<f64>]| paths.iter().map(|path| path[step]).collect::<Vec<f64>>();
            let base = at(bottoms);
            let mut agreed = self.reconciler.reconcile(&at(nodes), &base, non_negative);
            for ((agreed, base), kept) in agreed.iter_mut().zip(&base).zip(&of.series) {
                // A closed day is known, whatever the sums say.
                if *base == 0.0 && kept.closures != Closures::default() {
                    *agreed = 0.0;
                }
            }
            for (path, value) in nodes.iter_mut().zip(self.hierarchy().sums(&agreed)) {
                path[step] = value;
            }
            for (path, value) in bottoms.iter_mut().zip(agreed) {
                path[step] = value;
            }
        }
    }
}

impl Fitted {
    /// The sums above the series; none where the spec reconciles nothing.
    pub fn nodes(&self) -> Option<&Nodes> {
        self.nodes.as_ref()
    }

    /// Forecasts of all sums, level by level, the total first; none where the spec reconciles nothing. The query's
    /// choice of series is not looked at; known-future values for all series count for the sums as well.
    pub fn forecast_nodes(&self, query: &ForecastQuery) -> Result<Vec<NodeForecast>, QueryError> {
        let Some(nodes) = &self.nodes else { return Ok(Vec::new()) };
        query.check_horizon()?;
        let levels = checked_levels(&query.levels)?;
        let paths: Vec<Vec<f64>> = if query.known_future.is_empty() && query.horizon <= self.horizon {
            nodes.fitted.series.iter().map(|s| s.ready[..query.horizon].to_vec()).collect()
        } else {
            self.agreed(query)?.1
        };
        let named =
            nodes.hierarchy().levels.iter().flat_map(|l| l.nodes.iter().map(|node| (&l.columns, node)));
        let forecasts = named.zip(&paths).enumerate().map(|(at, ((columns, node), path))| NodeForecast {
            columns: columns.clone(),
            key: node.key.clone(),
            points: path
                .iter()
                .enumerate()
                .map(|(i, &value)| nodes.fitted.point(at, i + 1, value, &levels))
                .collect(),
        });
        Ok(forecasts.collect())
    }

    /// What new periods of the series are for the sums above them; their known-future columns follow those of the
    /// series. None where the spec reconciles nothing.
    pub(super) fn sums_of_new(&mut self, new: &[New]) -> Option<Vec<New>> {
        let nodes = self.nodes.as_mut()?;
        let hierarchy = nodes.reconciler.hierarchy();
        let mut sums = Vec::with_capacity(hierarchy.count());
        for (node, kept) in hierarchy.nodes().zip(&mut nodes.fitted.series) {
            let members = || node.members.iter().map(|&m| m as usize);
            for (column, known) in kept.known.iter_mut().enumerate() {
                let of_members: Vec<&[f32]> =
                    members().map(|m| self.series[m].known[column].as_slice()).collect();
                *known = mean_of(&of_members);
            }
            let count = new.first().map_or(0, |new| new.values.len());
            let kinds_at = |at: usize| members().map(move |m| new[m].kinds[at]);
            sums.push(New {
                values: (0..count).map(|at| members().map(|m| new[m].values[at]).sum()).collect(),
                kinds: (0..count).map(|at| kind_of_sum(&kinds_at(at))).collect(),
                given: (0..count)
                    .map(|at| {
                        kinds_at(at).any(Kind::is_actual) && kinds_at(at).all(|kind| kind != Kind::Filled)
                    })
                    .collect(),
            });
        }
        Some(sums)
    }

    /// Walks all series and sums over the model's own horizon and makes them agree.
    pub(super) fn make_ready_and_agree(&mut self) {
        self.make_ready();
        let Some(mut nodes) = self.nodes.take() else { return };
        nodes.fitted.make_ready();
        let mut paths: Agreed = (ready(self), ready(&nodes.fitted));
        nodes.agree(self, &mut paths.0, &mut paths.1);
        keep_ready(self, paths.0);
        keep_ready(&mut nodes.fitted, paths.1);
        self.nodes = Some(nodes);
    }

    /// The paths of all series and sums for a query; only of the series where nothing is reconciled.
    pub(super) fn agreed(&self, query: &ForecastQuery) -> Result<Agreed, QueryError> {
        let all: Vec<usize> = (0..self.series.len()).collect();
        let known = self.known(&all, &query.known_future)?;
        let mut bottoms = self.paths(&all, &known, query.horizon);
        let Some(nodes) = &self.nodes else { return Ok((bottoms, Vec::new())) };
        let for_all: Vec<_> = query.known_future.iter().filter(|k| k.series.is_none()).cloned().collect();
        let all: Vec<usize> = (0..nodes.fitted.series.len()).collect();
        let known = nodes.fitted.known(&all, &for_all)?;
        let mut sums = nodes.fitted.paths(&all, &known, query.horizon);
        nodes.agree(self, &mut bottoms, &mut sums);
        Ok((bottoms, sums))
    }
}

/// The hierarchy that settings and a panel make; none where nothing is to be reconciled. Columns that the panel
/// does not have are passed over.
pub(super) fn hierarchy_of(checked: &Checked, panel: &Panel) -> Option<Hierarchy> {
    if checked.reconcile == Reconcile::None || panel.series.len() < 2 {
        return None;
    }
    let is_there = |column: &String| panel.label(0, column).is_some();
    let strict: Vec<String> = checked.hierarchy.iter().filter(|c| is_there(c)).cloned().collect();
    let grouped: Vec<Vec<String>> =
        checked.grouped.iter().filter(|columns| columns.iter().all(is_there)).cloned().collect();
    let label = |bottom: usize, column: &str| panel.label(bottom, column).unwrap_or_default();
    Some(Hierarchy::of(panel.series.len(), &strict, &grouped, label))
}

/// A sum's key as a series: `*` for the total, else `column=value` for each column.
pub fn node_key(columns: &[String], values: &[String]) -> Vec<String> {
    if columns.is_empty() {
        return vec!["*".to_owned()];
    }
    columns.iter().zip(values).map(|(column, value)| format!("{column}={value}")).collect()
}

/// The sums of a panel as a panel on the same calendar. A sum is observed where one of its series is, closed where
/// all are, and begins with the first of them; its known-future columns are the means of theirs.
fn summed(panel: &Panel, hierarchy: &Hierarchy) -> Panel {
    let named = hierarchy.levels.iter().flat_map(|l| l.nodes.iter().map(|node| (&l.columns, node)));
    let series = named.map(|(columns, node)| {
        let members: Vec<&Series> = node.members.iter().map(|&m| &panel.series[m as usize]).collect();
        let start = members.iter().map(|s| s.start).min().unwrap_or(0);
        let (mut values, mut kinds) = (Vec::new(), Vec::new());
        for period in start..panel.len {
            let there = || members.iter().filter_map(|s| s.at(period));
            values.push(there().map(|(value, _)| value).sum());
            kinds.push(kind_of_sum(&there().map(|(_, kind)| kind)));
        }
        let of_members = |column: usize| -> Vec<&[f32]> {
            members.iter().map(|series| series.known[column].as_slice()).collect()
        };
        let known: Vec<Vec<f32>> =
            (0..panel.known_names.len()).map(|column| mean_of(&of_members(column))).collect();
        let closures = Closures::learn(panel.periods, panel.first, start, &kinds, &known);
        let key = node_key(columns, &node.key);
        Series { key, start, values, kinds, known, statics: Vec::new(), closures }
    });
    Panel {
        series: series.collect(),
        series_columns: vec!["node".to_owned()],
        static_names: Vec::new(),
        static_words: Vec::new(),
        known_names: panel.known_names.clone(),
        ..*panel
    }
}

/// How a sum came to be, by its series.
fn kind_of_sum(kinds: &(impl Iterator<Item = Kind> + Clone)) -> Kind {
    if kinds.clone().any(Kind::is_actual) {
        Kind::Observed
    } else if kinds.clone().all(|kind| kind == Kind::Closed) {
        Kind::Closed
    } else {
        Kind::Filled
    }
}

/// The mean of what is known of some columns.
fn mean_of(columns: &[&[f32]]) -> Vec<f32> {
    let len = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    let mean = |at: usize| {
        let values = || columns.iter().filter_map(|column| column.get(at)).filter(|v| !v.is_nan());
        values().sum::<f32>() / values().count() as f32
    };
    (0..len).map(mean).collect()
}

/// Half of a progress.
struct Half<'a> {
    whole: &'a dyn Progress,
    second: bool,
}

impl Progress for Half<'_> {
    fn at(&self, stage: &'static str, done: u64, total: u64) -> ControlFlow<()> {
        let share = done as f64 / total.max(1) as f64;
        let before = if self.second { 5_000 } else { 0 };
        self.whole.at(stage, before + (share * 5_000.0) as u64, 10_000)
    }
    fn note(&self, text: String) {
        self.whole.note(text);
    }
}

/// Learns series and sums, each as if alone, and makes them agree.
pub(super) fn fit(
    checked: &Checked,
    panel: &Panel,
    hierarchy: Hierarchy,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Fitted, FitError> {
    if hierarchy.count() > MOST_NODES || hierarchy.levels.is_empty() {
        let mut fitted = Fit::new(checked, panel, seed, progress)?.run()?.fitted;
        let (count, code) = (hierarchy.count() as u64, "hierarchy_left_out".to_owned());
        let text = format!("nothing was reconciled: {count} sums are none or more than {MOST_NODES}");
        fitted.report.notes.push(DataNote { code, count, text });
        return Ok(fitted);
    }
    let bottoms = Fit::new(checked, panel, seed, &Half { whole: progress, second: false })?.run()?;
    let sums = summed(panel, &hierarchy);
    let nodes = Fit::new(checked, &sums, seed, &Half { whole: progress, second: true })?.run()?;
    let method = match checked.reconcile {
        Reconcile::None | Reconcile::BottomUp => Method::BottomUp,
        Reconcile::TopDown => Method::TopDown,
        Reconcile::Ols => Method::Ols,
        Reconcile::Wls => Method::WlsVariance,
        Reconcile::MintShrink => Method::MintShrink,
    };
    let reconciler = Reconciler::new(hierarchy, method, &errors(&bottoms, &nodes));
    Ok(joined(panel, &sums, bottoms, nodes, reconciler))
}

/// Errors of all series and sums, a row a period, sums first. One-step errors where both come from statistical
/// engines, else those of the folds.
fn errors(bottoms: &Run, nodes: &Run) -> Vec<Vec<f64>> {
    let runs = [nodes, bottoms];
    if runs.iter().all(|run| matches!(run.fitted.learnt, Learnt::Smoothed(..))) {
        let all = || runs.iter().flat_map(|run| &run.one_step);
        let rows = all().map(Vec::len).max().unwrap_or(0).min(MOST_ERRORS);
        let back = |ago: usize| {
            let error = |own: &Vec<f64>| own.len().checked_sub(ago).map_or(f64::NAN, |at| own[at]);
            all().map(error).collect::<Vec<f64>>()
        };
        let rows: Vec<Vec<f64>> = (1..=rows).rev().map(back).collect();
        // Periods of which nothing is known, such as the very first, teach nothing.
        return rows.into_iter().filter(|row| row.iter().any(|e| !e.is_nan())).collect();
    }
    let counts = [nodes.fitted.series.len(), bottoms.fitted.series.len()];
    let mut rows: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
    for (run, offset) in runs.iter().zip([0, counts[0]]) {
        for row in run.fitted.backtest.iter().flat_map(|b| &b.rows) {
            let of_period = rows.entry((row.fold, row.period));
            let errors = of_period.or_insert_with(|| vec![f64::NAN; counts[0] + counts[1]]);
            errors[offset + row.series] = row.actual - row.forecast;
        }
    }
    rows.into_values().collect()
}

/// Makes backtests and forecasts agree, and reports what came of it.
fn joined(panel: &Panel, sums: &Panel, bottoms: Run, nodes: Run, reconciler: Reconciler) -> Fitted {
    let (mut fitted, mut of_nodes) = (bottoms.fitted, nodes.fitted);
    let total = |fitted: &Fitted| {
        let total = fitted.report.by_series.first().and_then(|s| s.metrics.wape);
        total.map_or("undefined".to_owned(), |wape| format!("{wape:.2}%"))
    };
    let all = |fitted: &Fitted| {
        fitted.report.overall.wape.map_or("undefined".to_owned(), |wape| format!("{wape:.2}%"))
    };
    let before = (total(&of_nodes), all(&fitted));
    if let (Some(of_series), Some(of_sums)) = (fitted.backtest.as_mut(), of_nodes.backtest.as_mut()) {
        agree_on_folds(&reconciler, panel, sums, of_series, of_sums);
    }
    refresh(&mut fitted, panel, &bottoms.errors);
    refresh(&mut of_nodes, sums, &nodes.errors);
    let mut paths: Agreed = (ready(&fitted), ready(&of_nodes));
    let method = method_word(reconciler.method());
    let mut nodes = Nodes { fitted: Box::new(of_nodes), reconciler };
    nodes.agree(&fitted, &mut paths.0, &mut paths.1);
    keep_ready(&mut fitted, paths.0);
    keep_ready(&mut nodes.fitted, paths.1);
    let text = format!(
        "{} series and {} sums were made to agree by {method}: WAPE of the series {} (alone {}), of the total {} (alone {})",
        fitted.series.len(),
        nodes.fitted.series.len(),
        all(&fitted),
        before.1,
        total(&nodes.fitted),
        before.0,
    );
    let note = DataNote { code: "reconciled".to_owned(), count: nodes.fitted.series.len() as u64, text };
    fitted.report.notes.push(note);
    if let Some(params) = fitted.report.params.as_object_mut() {
        params.insert("reconcile".into(), method.into());
    }
    fitted.nodes = Some(nodes);
    fitted
}

fn ready(fitted: &Fitted) -> Vec<Vec<f64>> {
    fitted.series.iter().map(|s| s.ready.clone()).collect()
}

fn keep_ready(fitted: &mut Fitted, paths: Vec<Vec<f64>>) {
    for (kept, path) in fitted.series.iter_mut().zip(paths) {
        kept.ready = path;
    }
}

/// Reconciles the rows of the folds. A series without a row in a period counts with what is known of it: nothing
/// before it opened and on closed days, the value that stands in for a lost one.
fn agree_on_folds(
    reconciler: &Reconciler,
    panel: &Panel,
    sums: &Panel,
    of_series: &mut Backtest,
    of_sums: &mut Backtest,
) {
    let non_negative = panel.series.iter().all(|s| s.values.iter().all(|v| *v >= 0.0));
    let mut places: BTreeMap<(usize, usize), [Places; 2]> = BTreeMap::new();
    for (which, rows) in [&of_sums.rows, &of_series.rows].into_iter().enumerate() {
        for (at, row) in rows.iter().enumerate() {
            places.entry((row.fold, row.period)).or_default()[which].push((at, row.series));
        }
    }
    for ((_, period), [in_sums, in_series]) in places {
        let known = |panel: &Panel| -> Vec<f64> {
            panel.series.iter().map(|s| s.at(period).map_or(0.0, |(value, _)| value)).collect()
        };
        let (mut nodes, mut bottoms) = (known(sums), known(panel));
        for &(at, series) in &in_sums {
            nodes[series] = of_sums.rows[at].forecast;
        }
        for &(at, series) in &in_series {
            bottoms[series] = of_series.rows[at].forecast;
        }
        let mut agreed = bottoms.clone();
        let free = reconciler.reconcile(&nodes, &bottoms, non_negative);
        for &(_, series) in &in_series {
            agreed[series] = free[series];
        }
        let nodes = reconciler.hierarchy().sums(&agreed);
        for &(at, series) in &in_series {
            of_series.rows[at].forecast = agreed[series];
        }
        for &(at, series) in &in_sums {
            of_sums.rows[at].forecast = nodes[series];
        }
    }
}

/// Calibrates intervals on the rows as they are now, and reports the accuracy of these rows.
fn refresh(fitted: &mut Fitted, panel: &Panel, early: &[crate::evaluate::Residual]) {
    let Some(backtest) = fitted.backtest.as_mut() else { return };
    let Calibrated { bounds, conformal } =
        calibrate(panel, &backtest.origins, &backtest.rows, early, fitted.horizon, &fitted.levels);
    backtest.bounds = bounds;
    fitted.conformal = conformal;
    let report = &mut fitted.report;
    report.overall = backtest.metrics(|_| true);
    report.folds = backtest.by_fold();
    report.by_series = backtest.by_series();
    report.by_horizon = backtest.by_horizon();
}

fn method_word(method: Method) -> &'static str {
    match method {
        Method::BottomUp => "bottom_up",
        Method::TopDown => "top_down",
        Method::Ols => "ols",
        Method::WlsStructural => "wls (structural)",
        Method::WlsVariance => "wls",
        Method::MintShrink => "mint_shrink",
    }
}
