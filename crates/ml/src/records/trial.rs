//! Engines on held-out rows: which are tried, how they are compared, and the fit of the best on all rows.

use super::engine::{Course, Lesson, Model};
use super::fit::{FitError, Known, Part, note};
use super::fitted::{Fitted, Parts};
use super::held::HeldRows;
use super::measure::{Measured, measure, prior_quality};
use super::params::{Checked, Goal};
use super::pipeline::{Pipeline, Sources};
use super::settings::effective_params;
use super::split::Fold;
use super::table::{Records, Role, Target};
use super::weight::importance;
use crate::nets::Ran;
use vakhta_domain::progress::Progress;
use vakhta_domain::report::{Candidate, DataNote, Quality, RecordsReport};
use vakhta_domain::spec::Engine;

/// Most weights of a linear model over text, padding included: 128 MiB.
const MOST_WEIGHTS: usize = 1 << 25;
/// Most pieces of a text column for a network.
const MOST_PIECES: usize = 1 << 18;
/// Products of a pass from which `auto` leaves the linear model to those who name it.
const DEAR: usize = 5_000_000_000;
/// Cells that a short text has, about.
const TEXT_CELLS: usize = 64;
/// Most classes for which `auto` tries trees: each has trees of its own in every round.
const MOST_TREE_CLASSES: usize = 32;
/// Fewest rows for which `auto` tries anything but the linear model.
const FEWEST_ROWS: usize = 50;
/// How much better another engine must be than a simpler one to be preferred, as a share of its loss.
const WORTHWHILE: f64 = 0.002;

/// What trials need.
pub struct Trials<'a> {
    /// The settings.
    pub checked: &'a Checked,
    /// The records.
    pub records: &'a Records,
    /// What they should come to.
    pub target: &'a Target,
    /// Their columns.
    pub sources: &'a Sources<'a>,
    /// The rows with a target.
    pub known: &'a Known,
    /// What is held out.
    pub folds: &'a [Fold],
    /// The seed.
    pub seed: u64,
    /// Who hears of progress.
    pub progress: &'a dyn Progress,
}

/// An engine that was tried.
struct Trial {
    engine: Engine,
    measured: Measured,
    /// How long it learnt, in the mean over folds.
    effort: u32,
    /// What the first fold taught, for what matters.
    first: Model,
}

impl Trials<'_> {
    /// Tries, chooses, teaches.
    pub fn run(self) -> Result<Fitted, FitError> {
        let engines = self.engines();
        let parts = (engines.len() * self.folds.len()) as u64 + 1;
        let mut notes = self.known.notes.clone();
        let mut trials = Vec::new();
        let mut refused = None;
        for (at, &engine) in engines.iter().enumerate() {
            if self.folds.is_empty() {
                break;
            }
            match self.attempt(engine, (at * self.folds.len()) as u64, parts) {
                Ok(trial) => trials.push(trial),
                Err(FitError::Cancelled) => return Err(FitError::Cancelled),
                Err(error) if engines.len() > 1 => {
                    let text = format!("{} was left out: {error}", name(engine));
                    notes.push(note("engine_left_out", 1, text));
                    refused = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        if let (true, Some(error)) = (trials.is_empty(), refused) {
            return Err(error);
        }
        // A stable sort: of equals the simpler engine is first.
        trials.sort_by(|a, b| a.measured.loss.total_cmp(&b.measured.loss));
        let simpler = |t: &Trial| engines.iter().position(|e| *e == t.engine);
        if let Some(best) = trials.first() {
            let bound = best.measured.loss + WORTHWHILE * best.measured.loss.abs();
            let near = trials.iter().take_while(|t| t.measured.loss <= bound).count();
            trials[..near].sort_by_key(simpler);
        }
        let chosen = trials.first().map_or(engines[0], |trial| trial.engine);
        notes.extend(self.why(&trials, engines.len()));
        let part = Part::new(self.progress, "train", parts - 1, parts);
        let effort = trials.first().map(|t| t.effort).filter(|&effort| effort > 0);
        let (model, course) = self.teach(chosen, &self.known.rows, effort, &part)?;
        notes.extend(where_trained(&course.ran, self.known.rows.len()));
        if part.at("train", 1, 1).is_break() {
            return Err(FitError::Cancelled);
        }
        Ok(self.finish(model, trials, notes))
    }

    /// The engines to try, simplest first.
    fn engines(&self) -> Vec<Engine> {
        if self.checked.engine != Engine::Auto {
            return vec![self.checked.engine];
        }
        let rows = self.known.rows.len();
        let outputs = self.known.truth().outputs();
        let texts = self.checked.columns.iter().filter(|(_, role)| *role == Role::Text).count();
        let others = self.checked.columns.len() - texts;
        let one_class = outputs == 1 && self.checked.goal == Goal::Classes;
        if rows < FEWEST_ROWS || one_class {
            return vec![Engine::Linear];
        }
        let mut engines = Vec::new();
        if rows * (texts * TEXT_CELLS + others) * outputs <= DEAR {
            engines.push(Engine::Linear);
        }
        if others > 0 && outputs <= MOST_TREE_CLASSES {
            engines.push(Engine::Gbdt);
        }
        engines.push(Engine::Mlp);
        engines
    }

    /// Learns features and an engine from some rows.
    fn teach(
        &self,
        engine: Engine,
        rows: &[u32],
        effort: Option<u32>,
        progress: &dyn Progress,
    ) -> Result<(Model, Course), FitError> {
        let truth = self.known.truth();
        let most = match engine {
            Engine::Mlp => MOST_PIECES,
            _ => (MOST_WEIGHTS / truth.outputs().next_multiple_of(8)).min(MOST_PIECES),
        };
        let pipeline = Pipeline::learn(&self.checked.columns, self.sources, rows, most);
        let weights = &self.known.weights;
        let params = &self.checked.params;
        let (sources, device, seed) = (self.sources, self.checked.device, self.seed);
        let lesson = Lesson { sources, rows, truth, weights, params, device, seed, effort };
        Model::fit(engine, pipeline, &lesson, progress)
    }

    /// Tries an engine on every fold.
    fn attempt(&self, engine: Engine, before: u64, parts: u64) -> Result<Trial, FitError> {
        let (mut held, mut answers, mut efforts) = (Vec::new(), Vec::new(), 0);
        let mut first = None;
        for (at, fold) in self.folds.iter().enumerate() {
            let part = Part::new(self.progress, "validate", before + at as u64, parts);
            let (model, course) = self.teach(engine, &fold.train, None, &part)?;
            answers.extend(model.answers(self.sources, &fold.held));
            held.extend_from_slice(&fold.held);
            efforts += course.effort;
            first.get_or_insert(model);
        }
        let measured = measure(self.checked, self.known, &held, &answers);
        let first = first.expect("there is at least one fold");
        Ok(Trial { engine, measured, effort: efforts / self.folds.len() as u32, first })
    }

    /// Why the first of the trials was kept.
    fn why(&self, trials: &[Trial], tried: usize) -> Option<DataNote> {
        let Some(best) = trials.first() else {
            let text =
                "too few rows to hold any out: quality was not measured and probabilities are not calibrated";
            return Some(note("not_measured", self.known.rows.len(), text.into()));
        };
        if tried == 1 {
            return None;
        }
        let measure = if self.checked.goal == Goal::Classes { "log-loss" } else { "root mean squared error" };
        let shown = |trial: &Trial| format!("{} {:.4}", name(trial.engine), trial.measured.loss);
        let others: Vec<String> = trials[1..].iter().map(shown).collect();
        let against =
            if others.is_empty() { String::new() } else { format!(" against {}", others.join(" and ")) };
        let rows = best.measured.rows;
        let text = format!(
            "{} was kept: its {measure} on {rows} held-out rows is {:.4}{against}",
            name(best.engine),
            best.measured.loss
        );
        Some(note("engine_chosen", rows, text))
    }

    fn finish(self, model: Model, trials: Vec<Trial>, mut notes: Vec<DataNote>) -> Fitted {
        let truth = self.known.truth();
        notes.extend(self.columns_without_values());
        let candidates = trials
            .iter()
            .map(|t| Candidate {
                engine: name(t.engine).into(),
                quality: t.measured.quality.clone(),
                seconds: None,
            })
            .collect();
        let importance = trials.first().map_or_else(Vec::new, |trial| {
            let held: Vec<u32> = self.folds[0].held.clone();
            importance(&trial.first, self.records, truth, &held)
        });
        let empty = || measure(self.checked, self.known, &[], &[]);
        let best = trials.into_iter().next().map_or_else(empty, |trial| trial.measured);
        if best.calibration.name() != "none" {
            let text = format!(
                "probabilities are calibrated by {}, learnt on held-out rows",
                best.calibration.name()
            );
            notes.push(note("calibrated", best.rows, text));
        }
        let held = HeldRows::of(self.records, self.target, &best.said, &self.known.rows);
        let quality: Quality = best.quality;
        let report = RecordsReport {
            engine: model.engine().into(),
            baseline: Some(prior_quality(self.checked, self.known, self.folds)),
            quality: Some(quality),
            candidates,
            importance,
            params: effective_params(&model, &self.checked.params),
            train_rows: Some(self.known.rows.len() as u64),
            test_rows: best.rows as u64,
            notes,
        };
        Fitted::new(
            Parts {
                goal: self.checked.goal,
                classes: self.known.classes.clone(),
                model,
                calibration: best.calibration,
                widths: best.widths,
                threshold: self.checked.threshold,
                report,
                held: Some(Box::new(held)),
            },
            self.records,
            &self.known.rows,
        )
    }

    /// Columns that hold nothing in any row, and columns of numbers that hold one value only.
    fn columns_without_values(&self) -> Option<DataNote> {
        let rows = &self.known.rows;
        let empty: Vec<&str> = self
            .checked
            .columns
            .iter()
            .filter(|(name, _)| {
                let values = self.records.column(name);
                values.is_none_or(|values| rows.iter().all(|&row| values.word(row as usize).is_none()))
            })
            .map(|(name, _)| name.as_str())
            .collect();
        if empty.is_empty() {
            return None;
        }
        let text = format!("columns without any value, which tell nothing: {}", empty.join(", "));
        Some(note("empty_columns", empty.len(), text))
    }
}

/// Where the model was trained, where that is worth telling: on a GPU, or on the CPU though a GPU would have paid.
fn where_trained(ran: &Ran, rows: usize) -> Option<DataNote> {
    match ran {
        Ran::Cpu => None,
        Ran::CpuInstead(why) => {
            let text = format!("trained on the CPU, though so much work would pay on a GPU: {why}");
            Some(note("device_fallback", rows, text))
        }
        Ran::Gpu(name) => Some(note("device_gpu", rows, format!("trained on {name}"))),
    }
}

/// An engine's name in a spec.
pub fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Mlp => "mlp",
        Engine::Gbdt => "gbdt",
        _ => "linear",
    }
}
