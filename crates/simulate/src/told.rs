//! What a replay has to tell: how right the watched model was day by day and how right it would have been left alone,
//! and every decision in between. All of it is read from the store, as a page would.

use crate::feed::Columns;
use crate::reasons;
use crate::year::Plan;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use vakhta_domain::alert::{Alert, Detail, Language, State, words};
use vakhta_domain::ids::{ModelKey, VersionId};
use vakhta_domain::job::JobState;
use vakhta_domain::page::PageQuery;
use vakhta_domain::ports::{AlertFilter, EventFilter, JobFilter, StoreError};
use vakhta_domain::user::Actor;
use vakhta_lifecycle::Lifecycle;
use vakhta_lifecycle::metrics::summary::{self, MAX_DAYS, Measured};

/// What a replay has to tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// The model.
    pub model: String,
    /// The first day that was replayed.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// What it can be replayed from.
    pub seed: u64,
    /// Series in the data.
    pub series: usize,
    /// What was done to the data.
    pub scenarios: Vec<ScenarioTold>,
    /// Accuracy of what the model answered.
    pub watched: Accuracy,
    /// Accuracy of the first version, had it served all the time.
    pub left_alone: Accuracy,
    /// Day by day.
    pub days: Vec<DayTold>,
    /// Month by month.
    pub months: Vec<MonthTold>,
    /// What was decided, oldest first.
    pub decisions: Vec<DecisionTold>,
    /// Alerts that fired, oldest first.
    pub alerts: Vec<AlertTold>,
    /// Days on which drift was confirmed, with the columns.
    pub drift: Vec<DriftTold>,
    /// Jobs by kind.
    pub jobs: BTreeMap<String, u64>,
    /// Jobs that failed, with their reasons.
    pub failed: Vec<FailedTold>,
}

/// What was done to the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioTold {
    /// Its name.
    pub name: &'static str,
    /// Its first day.
    pub from: Date,
    /// The first day after it.
    pub end: Date,
    /// What values were multiplied by.
    pub factor: f64,
}

/// Accuracy over many answers; none where no answer has an actual.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Accuracy {
    /// Answers with an actual.
    pub scored: u64,
    /// Percent.
    pub wape: Option<f64>,
    /// Percent.
    pub mape: Option<f64>,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayTold {
    /// Which.
    pub day: Date,
    /// WAPE of what the model answered, percent.
    pub watched: Option<f64>,
    /// WAPE of the first version, percent.
    pub left_alone: Option<f64>,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthTold {
    /// As `2016-03`.
    pub month: String,
    /// Mean of the days' WAPE of what the model answered, percent.
    pub watched: Option<f64>,
    /// The same of the first version.
    pub left_alone: Option<f64>,
    /// Decisions by kind.
    pub decisions: BTreeMap<&'static str, u64>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionTold {
    /// When.
    pub at: Timestamp,
    /// Its day in the model's zone.
    pub day: Date,
    /// What.
    pub kind: &'static str,
    /// About which version.
    pub version: String,
    /// Why.
    pub reason: String,
    /// The same in Russian, where it has words.
    #[serde(skip)]
    pub in_russian: Option<String>,
}

impl DecisionTold {
    /// Why, in a language.
    pub fn why(&self, language: Language) -> &str {
        let translated = self.in_russian.as_deref().filter(|_| language == Language::Ru);
        translated.unwrap_or(&self.reason)
    }
}

/// An alert that fired.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertTold {
    /// Its day in the model's zone.
    pub day: Date,
    /// The day on which it was over.
    pub until: Option<Date>,
    /// Its rule.
    pub rule: &'static str,
    /// How bad it ever was.
    pub severity: &'static str,
    /// What it says.
    pub text: String,
    /// The same in Russian.
    #[serde(skip)]
    pub in_russian: String,
}

/// A report that confirms drift.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftTold {
    /// The last day that it is of.
    pub day: Date,
    /// The columns.
    pub columns: Vec<String>,
}

/// A job that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FailedTold {
    /// When.
    pub at: Timestamp,
    /// Its kind.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
}

fn accuracy(measured: &Measured) -> Accuracy {
    let metrics = measured.metrics.as_ref();
    Accuracy {
        scored: measured.scored,
        wape: metrics.and_then(|m| m.wape),
        mape: metrics.and_then(|m| m.mape),
    }
}

fn wape(measured: &Measured) -> Option<f64> {
    measured.metrics.as_ref().and_then(|metrics| metrics.wape)
}

/// Reads what happened.
pub(crate) async fn of(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    plan: &Plan,
    columns: &Columns,
    first: &str,
) -> Result<Told, StoreError> {
    let key = ModelKey::new(plan.spec.model_key.as_str());
    let model = app.ports.models.model(&actor.workspace, &key).await?;
    let model = model.ok_or_else(|| StoreError::Unreadable { what: "model", reason: "it is gone".into() })?;
    let watched = summary::summary(app, &actor.workspace, &model, MAX_DAYS).await?;
    let alone = summary::course(app, &actor.workspace, &model, &VersionId::new(first), MAX_DAYS).await?;
    let alone_by_day: BTreeMap<Date, Option<f64>> =
        alone.by_day.iter().map(|line| (line.of, wape(&line.measured))).collect();
    let days: Vec<DayTold> = (watched.by_day.iter().filter(|line| line.of <= plan.to))
        .map(|line| DayTold {
            day: line.of,
            watched: wape(&line.measured),
            left_alone: alone_by_day.get(&line.of).copied().flatten(),
        })
        .collect();
    let decisions = decisions(app, actor, &key, plan).await?;
    let (jobs, failed) = jobs(app, actor).await?;
    let names: BTreeSet<String> = plan.feed.batches.values().flatten().map(|row| columns.name(row)).collect();
    let scenarios = plan.scenarios.iter().map(|scenario| {
        let (from, end) = scenario.window(plan.from, plan.to);
        ScenarioTold { name: scenario.bend.name(), from, end, factor: scenario.factor }
    });
    Ok(Told {
        model: plan.spec.model_key.clone(),
        from: plan.from,
        to: plan.to,
        seed: plan.seed,
        series: names.len(),
        scenarios: scenarios.collect(),
        watched: accuracy(&watched.overall),
        left_alone: accuracy(&alone.overall),
        months: months(&days, &decisions),
        days,
        decisions,
        alerts: alerts(app, actor, &zone(plan)).await?,
        drift: drift(app, actor, &key, plan).await?,
        jobs,
        failed,
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

fn months(days: &[DayTold], decisions: &[DecisionTold]) -> Vec<MonthTold> {
    let month = |day: Date| day.strftime("%Y-%m").to_string();
    let all: BTreeSet<String> =
        days.iter().map(|d| month(d.day)).chain(decisions.iter().map(|d| month(d.day))).collect();
    let told = all.into_iter().map(|name| {
        let of_month = || days.iter().filter(|d| month(d.day) == name);
        let mut counted = BTreeMap::new();
        for decision in decisions.iter().filter(|d| month(d.day) == name) {
            *counted.entry(decision.kind).or_insert(0) += 1;
        }
        MonthTold {
            watched: mean(of_month().filter_map(|day| day.watched)),
            left_alone: mean(of_month().filter_map(|day| day.left_alone)),
            decisions: counted,
            month: name,
        }
    });
    told.collect()
}

/// The zone that a model's days are told in.
pub(crate) fn zone(plan: &Plan) -> TimeZone {
    let zone = plan.spec.policies.retrain.as_ref().map(|policy| policy.timezone.clone());
    zone.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC)
}

/// The part of an alert that goes on changing, as the history has it.
#[derive(Default, Deserialize)]
struct Numbers {
    value: Option<f64>,
    limit: Option<f64>,
    detail: Detail,
}

/// The numbers of each alert when it fired, or when it last grew worse.
async fn at_worst(app: &Lifecycle, actor: &Actor) -> Result<HashMap<String, Numbers>, StoreError> {
    let mut found = HashMap::new();
    for kind in ["alert.escalated", "alert.fired"] {
        let filter = EventFilter { kind: Some(kind.into()), ..EventFilter::default() };
        let mut next = Some(PageQuery::longest());
        while let Some(page) = next {
            let read = app.ports.events.events(&actor.workspace, &filter, &page).await?;
            next = page.after(&read);
            // The newest come first.
            for event in read.items {
                let numbers = || serde_json::from_value(event.data).unwrap_or_default();
                found.entry(event.subject_id).or_insert_with(numbers);
            }
        }
    }
    Ok(found)
}

async fn alerts(app: &Lifecycle, actor: &Actor, zone: &TimeZone) -> Result<Vec<AlertTold>, StoreError> {
    let mut at_worst = at_worst(app, actor).await?;
    let mut found = Vec::new();
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let read = app.ports.alerts.alerts(&actor.workspace, &AlertFilter::default(), &page).await?;
        next = page.after(&read);
        found.extend(read.items.into_iter().filter_map(|alert| {
            let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
            let (fired, until) = (day(alert.fired_at?), alert.resolved_at.map(day));
            let Numbers { value, limit, detail } = at_worst.remove(alert.id.as_str()).unwrap_or_default();
            let severity = alert.worst;
            let alert = Alert { state: State::Firing, severity, value, limit, detail, ..alert };
            let said = |language| words::told(&alert, language, None).title;
            let (text, in_russian) = (said(Language::En), said(Language::Ru));
            let (rule, severity) = (alert.rule.as_str(), alert.severity.as_str());
            Some(AlertTold { day: fired, until, rule, severity, text, in_russian })
        }));
    }
    found.sort_by(|a, b| (a.day, a.rule).cmp(&(b.day, b.rule)));
    Ok(found)
}

async fn drift(
    app: &Lifecycle,
    actor: &Actor,
    model: &ModelKey,
    plan: &Plan,
) -> Result<Vec<DriftTold>, StoreError> {
    let mut found = Vec::new();
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let read = app.ports.drift.drift_reports(&actor.workspace, Some(model), plan.from, &page).await?;
        next = page.after(&read);
        let confirmed = read.items.into_iter().filter(|report| !report.confirmed.is_empty());
        found.extend(confirmed.map(|report| DriftTold { day: report.to, columns: report.confirmed }));
    }
    found.reverse();
    Ok(found)
}

async fn decisions(
    app: &Lifecycle,
    actor: &Actor,
    model: &ModelKey,
    plan: &Plan,
) -> Result<Vec<DecisionTold>, StoreError> {
    let zone = zone(plan);
    let mut found = Vec::new();
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let read = app.ports.versions.decisions(&actor.workspace, model, &page).await?;
        next = page.after(&read);
        found.extend(read.items.into_iter().map(|decision| DecisionTold {
            at: decision.at,
            day: decision.at.to_zoned(zone.clone()).date(),
            kind: decision.kind.as_str(),
            version: decision.version.to_string(),
            in_russian: reasons::in_russian(&decision),
            reason: decision.reason,
        }));
    }
    found.reverse();
    Ok(found)
}

type Jobs = (BTreeMap<String, u64>, Vec<FailedTold>);

async fn jobs(app: &Lifecycle, actor: &Actor) -> Result<Jobs, StoreError> {
    let mut counted = BTreeMap::new();
    let mut failed = Vec::new();
    let mut next = Some(PageQuery::longest());
    while let Some(page) = next {
        let read = app.ports.jobs.jobs(&actor.workspace, &JobFilter::default(), &page).await?;
        next = page.after(&read);
        for job in read.items {
            *counted.entry(job.kind.as_str().to_owned()).or_insert(0) += 1;
            if job.state == JobState::Failed {
                let reason = job.error.unwrap_or_default();
                failed.push(FailedTold { at: job.created_at, kind: job.kind.as_str(), reason });
            }
        }
    }
    failed.reverse();
    Ok((counted, failed))
}
