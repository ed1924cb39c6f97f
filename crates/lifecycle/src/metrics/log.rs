//! From the prediction log to answers that wait for their actuals: what is new in each segment, once.

use super::words::{Places, Word, Words};
use super::{MetricsError, Step};
use crate::Lifecycle;
use crate::actuals::zone;
use crate::jobs::pulse::Pulse;
use crate::serve::Mark;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::ops::ControlFlow;
use std::sync::Arc;
use vakhta_domain::deployment::Deployment;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{LogMark, LogPiece};
use vakhta_domain::prediction::{FlatPrediction, FlatPredictions, TextId};
use vakhta_domain::spec::Task;

/// Answers that are gathered before they are handed over.
const GATHERED: usize = 100_000;
/// Answers that one transaction takes; others wait meanwhile.
const AT_ONCE: usize = 10_000;
/// After a switch, other processes and requests under way may answer by the old version for that long.
const SWITCH: SignedDuration = SignedDuration::from_secs(5);

/// What was taken in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    /// Answers that count for a day.
    pub kept: u64,
    /// Forecasts made on their day or after it: they were none any more.
    pub late: u64,
}

/// How a model's log is read.
pub(super) struct Reader {
    workspace: WorkspaceId,
    model: ModelKey,
    forecast: bool,
    zone: TimeZone,
    served: Vec<Deployment>,
}

/// From when, and until when if that is over, a version served.
type Span = (Timestamp, Option<Timestamp>);

/// What was just found out of a moment and a version: the next row asks the same.
#[derive(Default)]
struct Lately {
    day: Option<(Timestamp, Date)>,
    spans: Option<(TextId, Vec<Span>)>,
}

impl Reader {
    pub async fn of(app: &Lifecycle, workspace: &WorkspaceId, model: &Model) -> Result<Self, MetricsError> {
        let mut served = Vec::new();
        let mut next = Some(PageQuery::longest());
        while let Some(page) = next {
            let part = app.ports.versions.deployments(workspace, &model.key, &page).await?;
            next = page.after(&part);
            served.extend(part.items);
        }
        Ok(Self {
            workspace: workspace.clone(),
            model: model.key.clone(),
            forecast: model.spec.task == Task::Forecast,
            zone: zone(&model.spec),
            served,
        })
    }

    /// The day on which the model first served; no forecast of an earlier day was made in time.
    pub fn first_day(&self) -> Option<Date> {
        let first = self.served.iter().map(|deployment| deployment.since).min()?;
        Some(first.to_zoned(self.zone.clone()).date())
    }

    /// Takes in what was logged since the last time, the newest first: what was said last of a day counts, so nearly all
    /// that was said before is let go at a glance.
    pub async fn take(&self, app: &Arc<Lifecycle>, pulse: &Pulse) -> Step<Taken> {
        let known = app.ports.actuals.log_taken(&self.workspace, &self.model).await?;
        let mut taken = Taken::default();
        let mut words = Words::default();
        let parts = app.ports.predictions.parts(&self.workspace, &self.model).await?;
        for (at, part) in parts.iter().rev().enumerate() {
            if pulse.enter("answers", (400_000 * at / parts.len()) as u32).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let from = known.get(&part.segment).copied().unwrap_or(0);
            if part.records == Some(from) {
                continue;
            }
            let logged = app.ports.predictions.read_flat(&self.workspace, &self.model, &part.segment).await?;
            let to = logged.rows.len() as u64;
            if to <= from {
                continue;
            }
            words.marks.push(LogMark { segment: part.segment.clone(), from, to });
            self.gather(&logged, from as usize, &mut words);
            if words.len() >= GATHERED {
                self.hand_over(app, &mut words, &mut taken).await?;
            }
        }
        self.hand_over(app, &mut words, &mut taken).await?;
        Ok(ControlFlow::Continue(taken))
    }

    /// Gives what was gathered to the store. Where another process goes on with a part of it, it is left to that one.
    async fn hand_over(
        &self,
        app: &Lifecycle,
        words: &mut Words,
        taken: &mut Taken,
    ) -> Result<(), MetricsError> {
        if words.marks.is_empty() {
            return Ok(());
        }
        let (marks, mut answers, more) = words.take();
        let log = &app.ports.actuals;
        // A crash in between does no harm: as long as no mark has moved, all of it is gathered again.
        while answers.len() > AT_ONCE {
            let answers = answers.split_off(answers.len() - AT_ONCE);
            log.take_log(&self.workspace, &self.model, &LogPiece { marks: Vec::new(), answers }).await?;
        }
        if log.take_log(&self.workspace, &self.model, &LogPiece { marks, answers }).await? {
            taken.kept += more.kept;
            taken.late += more.late;
        }
        Ok(())
    }

    /// Gathers the rows of a segment that are new.
    fn gather(&self, logged: &FlatPredictions, from: usize, words: &mut Words) {
        let mut lately = Lately::default();
        let mut places = Places::of(logged);
        for row in logged.rows[from..].iter().rev().filter(|row| row.readable) {
            // A word that no program of ours writes says nothing of who answered.
            let mark = row.arm.map(|arm| Mark::parse(logged.text(arm)).ok_or(()));
            let Ok(mark) = mark.transpose() else { continue };
            let served = match mark {
                Some(mark) => mark == Mark::Challenger,
                None => self.serves(logged, row, &mut lately),
            };
            let word = Word { row, served, shadow: mark == Some(Mark::Shadow) };
            let made = self.day_of(row.at, &mut lately);
            if !self.forecast {
                words.add_record(logged, made, &word);
            } else if let Some(day) = row.day {
                if made < day {
                    words.add(logged, &mut places, day, &word);
                } else {
                    words.taken.late += 1;
                }
            }
        }
    }

    fn day_of(&self, at: Timestamp, lately: &mut Lately) -> Date {
        match lately.day {
            Some((known, day)) if known == at => day,
            _ => {
                let day = at.to_zoned(self.zone.clone()).date();
                lately.day = Some((at, day));
                day
            }
        }
    }

    /// Whether the version served when the answer was made.
    fn serves(&self, logged: &FlatPredictions, row: &FlatPrediction, lately: &mut Lately) -> bool {
        if lately.spans.as_ref().is_none_or(|(version, _)| *version != row.version) {
            let version = logged.text(row.version).as_ref();
            let own = self.served.iter().filter(|deployment| deployment.version.as_str() == version);
            let spans = own.map(|deployment| (deployment.since, deployment.until)).collect();
            lately.spans = Some((row.version, spans));
        }
        let spans = lately.spans.as_ref().map(|(_, spans)| spans.as_slice()).unwrap_or_default();
        spans
            .iter()
            .any(|(since, until)| *since <= row.at && until.is_none_or(|until| row.at < until + SWITCH))
    }
}
