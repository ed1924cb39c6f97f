//! From the prediction log to answers that wait for their actuals: what is new in each segment, once.

use super::{MetricsError, Step};
use crate::Lifecycle;
use crate::actuals::zone;
use crate::jobs::pulse::Pulse;
use crate::serve::Mark;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use std::ops::ControlFlow;
use std::sync::Arc;
use vakhta_domain::daily::{LoggedAnswer, record_key, split_forecast_key};
use vakhta_domain::deployment::Deployment;
use vakhta_domain::ids::{ModelKey, WorkspaceId};
use vakhta_domain::model::Model;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::LogPiece;
use vakhta_domain::prediction::LoggedPrediction;
use vakhta_domain::spec::Task;

/// Records of the log that one transaction takes.
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

/// The answer as logged. What a kind of model does not tell is absent.
#[derive(Deserialize)]
struct Output {
    step: Option<u32>,
    intervals: Option<Value>,
    label: Option<String>,
    probabilities: Option<Value>,
    arm: Option<Mark>,
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

    /// Takes in what was logged since the last time.
    pub async fn take(&self, app: &Arc<Lifecycle>, pulse: &Pulse) -> Step<Taken> {
        let known = app.ports.actuals.log_taken(&self.workspace, &self.model).await?;
        let mut taken = Taken::default();
        let parts = app.ports.predictions.parts(&self.workspace, &self.model).await?;
        for (at, part) in parts.iter().enumerate() {
            if pulse.enter("answers", (400_000 * at / parts.len()) as u32).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let mut from = known.get(&part.segment).copied().unwrap_or(0);
            if part.records == Some(from) {
                continue;
            }
            let logged = app.ports.predictions.read_part(&self.workspace, &self.model, &part.segment).await?;
            for records in logged.get(from as usize..).unwrap_or_default().chunks(AT_ONCE) {
                let to = from + records.len() as u64;
                let mut piece = LogPiece { segment: part.segment.clone(), from, to, answers: Vec::new() };
                let mut late = 0;
                for record in records {
                    match self.answer(record) {
                        Some(answer) if self.in_time(&answer) => piece.answers.push(answer),
                        Some(_) => late += 1,
                        None => {}
                    }
                }
                if !app.ports.actuals.take_log(&self.workspace, &self.model, &piece).await? {
                    // Another process goes on with this segment.
                    break;
                }
                taken.kept += piece.answers.len() as u64;
                taken.late += late;
                from = to;
            }
        }
        Ok(ControlFlow::Continue(taken))
    }

    fn in_time(&self, answer: &LoggedAnswer) -> bool {
        !self.forecast || answer.at.to_zoned(self.zone.clone()).date() < answer.day
    }

    /// A record of the log as an answer; none where nothing can be found by its key.
    fn answer(&self, logged: &LoggedPrediction) -> Option<LoggedAnswer> {
        let output: Output = serde_json::from_str(&logged.output).ok()?;
        let (key, segment, day) = if self.forecast {
            let (segment, day) = split_forecast_key(&logged.key)?;
            (logged.key.clone(), segment.to_owned(), day)
        } else {
            let day = logged.at.to_zoned(self.zone.clone()).date();
            (record_key(&logged.request, &logged.key), String::new(), day)
        };
        let detail = output.probabilities.or(output.intervals).unwrap_or(Value::Array(Vec::new()));
        let serves = |deployment: &Deployment| {
            deployment.version == logged.version
                && deployment.since <= logged.at
                && deployment.until.is_none_or(|until| logged.at < until + SWITCH)
        };
        Some(LoggedAnswer {
            key,
            version: logged.version.clone(),
            day,
            served: match output.arm {
                Some(mark) => mark == Mark::Challenger,
                None => self.served.iter().any(serves),
            },
            shadow: output.arm == Some(Mark::Shadow),
            at: logged.at,
            request: logged.request.clone(),
            segment,
            step: output.step,
            value: Some(logged.value).filter(|value| value.is_finite()),
            label: output.label,
            detail: detail.to_string(),
        })
    }
}
