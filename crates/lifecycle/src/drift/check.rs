//! A check: the profile of the serving version, the days that were not reported on, one report after the other.

use super::baseline::Baseline;
use super::gather::{self, Days, Wanted};
use super::report::{Detail, read};
use super::{Asked, Broken, Step};
use crate::Lifecycle;
use crate::actuals::zone;
use crate::jobs::pulse::Pulse;
use crate::metrics::today;
use crate::retrain;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use vakhta_domain::drift::{DriftReport, Series, Span, Standing, Window, asks, windows};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::DriftReportId;
use vakhta_domain::job::Job;
use vakhta_domain::model::Model;
use vakhta_domain::ports::{JobLease, NewDriftReport, StoreError};
use vakhta_domain::spec::Task;
use vakhta_domain::spec::policies::DriftPolicy;
use vakhta_domain::user::Actor;
use vakhta_domain::version::ModelVersion;
use vakhta_ml::drift::{Column, Memory, Verdict, judge};

/// After the end of its day an answer may still be on its way into the log, and a row into its dataset.
const LATE_ANSWERS: SignedDuration = SignedDuration::from_hours(1);
const LATE_ROWS: SignedDuration = SignedDuration::from_hours(12);

/// What a check goes by.
struct Check<'a> {
    app: &'a Arc<Lifecycle>,
    job: &'a Job,
    pulse: &'a Pulse,
    model: &'a Model,
    version: ModelVersion,
    policy: DriftPolicy,
    zone: TimeZone,
}

/// Checks a model; what became of it, as the job's result.
pub(super) async fn check(
    app: &Arc<Lifecycle>,
    job: &Job,
    model: &Model,
    asked: &Asked,
    pulse: &Pulse,
) -> Step<Value> {
    let champion = match &model.champion {
        Some(id) => app.ports.versions.version(job.workspace(), &model.key, id.as_str()).await?,
        None => None,
    };
    let Some(version) = champion else {
        return Ok(ControlFlow::Continue(json!({ "outcome": "no_version", "reports": 0 })));
    };
    let policy = model.spec.policies.drift.clone().unwrap_or_default();
    let zone = zone(&model.spec);
    let check = Check { app, job, pulse, model, version, policy, zone };
    let made = match check.baseline().await? {
        Ok(baseline) => match (asked.from, asked.to) {
            (Some(from), Some(to)) => check.window(&Arc::new(baseline), from, to).await?,
            _ => check.daily(&Arc::new(baseline)).await?,
        },
        Err(reason) => check.without_profile(asked, reason).await?,
    };
    let ControlFlow::Continue(made) = made else { return Ok(ControlFlow::Break(())) };
    let last = made.last();
    Ok(ControlFlow::Continue(json!({
        "outcome": last.map_or("nothing_new", |report| report.standing.as_str()),
        "reports": made.len(),
        "report_id": last.map(|report| report.id.as_str()),
        "reason": last.and_then(|report| report.reason.as_deref()),
        "drifted": last.map(|report| &report.drifted),
        "confirmed": last.map(|report| &report.confirmed),
        "retrain_job": last.and_then(|report| report.retrain.as_ref()),
    })))
}

impl Check<'_> {
    /// The profile of the serving version; in words why there is none.
    async fn baseline(&self) -> Result<Result<Baseline, String>, StoreError> {
        let Some(object) = &self.version.profile else {
            let why = match self.version.job {
                None => {
                    "another program learnt the version: nothing is known of the rows that it learnt from"
                }
                Some(_) => "the version has no profile: an earlier program trained it",
            };
            return Ok(Err(format!("{why}; train a version here and let it serve")));
        };
        let way_out = "train the model again, or go back to a version that can be used";
        match self.app.ports.objects.get(object).await {
            Ok(bytes) => Ok(Baseline::from_bytes(&bytes)
                .map_err(|error| format!("the profile of the version cannot be used: {error}; {way_out}"))),
            Err(error @ StoreError::Damaged { .. }) => {
                Ok(Err(format!("the profile of the version cannot be used: {error}; {way_out}")))
            }
            Err(error) => Err(error),
        }
    }

    /// The rows of days, counted.
    async fn rows(
        &self,
        baseline: &Arc<Baseline>,
        from: Date,
        to: Date,
        log_from: Option<&str>,
    ) -> Step<Days> {
        let wanted = Wanted { from, to, today: today(self.app, self.model) };
        if self.model.spec.task == Task::Forecast {
            return gather::came(self.app, self.model, &self.version, baseline, wanted, self.pulse).await;
        }
        gather::asked(self.app, &self.version, baseline, &self.zone, wanted, log_from, self.pulse).await
    }

    /// The last day of which no more rows will come.
    fn settled(&self) -> Date {
        let late = if self.model.spec.task == Task::Forecast { LATE_ROWS } else { LATE_ANSWERS };
        let then = self.app.ports.clock.now() - late;
        then.to_zoned(self.zone.clone()).date().saturating_sub(1.day())
    }

    /// Reports on every day that none was made of, one after the other.
    async fn daily(&self, baseline: &Arc<Baseline>) -> Step<Vec<DriftReport>> {
        let (drift, version) = (&self.app.ports.drift, &self.version);
        let last = drift.last_complete_drift(&version.workspace, &version.model, &version.id).await?;
        let last = last.map(|(report, detail)| read(report, &detail)).transpose()?;
        let today = today(self.app, self.model);
        let begun = || match baseline.facts.until {
            Some(until) => until.saturating_add(1.day()),
            None => version.created_at.to_zoned(self.zone.clone()).date(),
        };
        let from = last.as_ref().map_or_else(begun, |last| last.report.to.saturating_add(1.day()));
        let log_from = last.as_ref().and_then(|last| last.detail.log_from.clone());
        let ControlFlow::Continue(days) = self.rows(baseline, from, today, log_from.as_deref()).await? else {
            return Ok(ControlFlow::Break(()));
        };
        let newest = match self.model.spec.task {
            Task::Forecast => days.rows.keys().next_back().copied(),
            _ => Some(today),
        };
        let Some(newest) = newest else { return Ok(ControlFlow::Continue(Vec::new())) };
        let span = Span {
            from,
            newest,
            settled: self.settled(),
            unit: baseline.facts.unit_days,
            min_rows: self.policy.min_rows,
        };
        let mut memories = last.map(|last| last.detail.memories()).unwrap_or_default();
        let mut made = Vec::new();
        for window in windows(&days.rows, span) {
            if self.pulse.enter("reports", 800_000).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let detail = self.judged(baseline, &days, window, &memories)?;
            memories = detail.memories();
            let Some(report) = self.put(Series::Daily, window, &days, detail).await? else {
                return Ok(ControlFlow::Break(()));
            };
            made.push(report);
        }
        Ok(ControlFlow::Continue(made))
    }

    /// A report on the days that a person named.
    async fn window(&self, baseline: &Arc<Baseline>, from: Date, to: Date) -> Step<Vec<DriftReport>> {
        let ControlFlow::Continue(days) = self.rows(baseline, from, to, None).await? else {
            return Ok(ControlFlow::Break(()));
        };
        let window = Window { from, to, complete: to <= self.settled() };
        let detail = self.judged(baseline, &days, window, &HashMap::new())?;
        let report = self.put(Series::Window, window, &days, detail).await?;
        Ok(report.map_or(ControlFlow::Break(()), |report| ControlFlow::Continue(vec![report])))
    }

    fn judged(
        &self,
        baseline: &Baseline,
        days: &Days,
        window: Window,
        memories: &HashMap<(super::columns::Part, String), Memory>,
    ) -> Result<Detail, Broken> {
        let counts = days.between(baseline, window.from, window.to)?;
        let columns = baseline.facts.columns.iter().zip(&baseline.profiles).zip(&counts);
        let columns: Vec<Column<'_>> = columns
            .map(|((column, profile), current)| Column {
                name: &column.name,
                profile,
                current,
                memory: memories.get(&(column.part, column.name.clone())).copied().unwrap_or_default(),
            })
            .collect();
        let found = judge(&columns, &self.policy)?;
        Ok(Detail::of(baseline, &counts, found, self.policy.clone(), days.log_from(window.to)))
    }

    /// Says that there is nothing to compare with.
    async fn without_profile(&self, asked: &Asked, reason: String) -> Step<Vec<DriftReport>> {
        let today = today(self.app, self.model);
        self.pulse.say(reason.clone());
        let (series, from, to) = match (asked.from, asked.to) {
            (Some(from), Some(to)) => (Series::Window, from, to),
            _ => (Series::Daily, today, today),
        };
        let mut report = self.headline(series, Window { from, to, complete: false });
        report.standing = Standing::NoProfile;
        report.reason = Some(reason);
        let detail = Detail { policy: self.policy.clone(), ..Detail::default() };
        let stored = self.store(report, &detail).await?;
        Ok(stored.map_or(ControlFlow::Break(()), |report| ControlFlow::Continue(vec![report])))
    }

    /// A report that says nothing yet. Its identity follows from its place, so that a check that is run again makes the
    /// same one.
    fn headline(&self, series: Series, window: Window) -> DriftReport {
        let Window { from, to, complete } = window;
        let mut report = DriftReport {
            id: DriftReportId::new(""),
            workspace: self.version.workspace.clone(),
            model: self.version.model.clone(),
            version: self.version.id.clone(),
            series,
            from,
            to,
            complete,
            standing: Standing::TooFewRows,
            reason: None,
            rows: 0,
            drifted: Vec::new(),
            confirmed: Vec::new(),
            broken: Vec::new(),
            job: self.job.id.clone(),
            retrain: None,
            at: self.app.ports.clock.now(),
        };
        let place = format!("{} {} {}", report.model, report.version, report.slot());
        report.id = DriftReportId::new(format!("drift_{}", &hex::encode(Sha256::digest(place))[..20]));
        report
    }

    async fn put(
        &self,
        series: Series,
        window: Window,
        days: &Days,
        detail: Detail,
    ) -> Result<Option<DriftReport>, Broken> {
        let mut report = self.headline(series, window);
        report.rows = days.rows.range(window.from..=window.to).map(|(_, rows)| rows).sum();
        report.standing = detail.standing();
        report.drifted = detail.at_least(Verdict::Drifted);
        report.confirmed = detail.at_least(Verdict::Confirmed);
        report.broken = detail.broken();
        if report.standing == Standing::TooFewRows {
            let (rows, least) = (report.rows, self.policy.min_rows);
            report.reason = Some(format!("{rows} rows, at least {least} are wanted now and at training"));
        }
        Ok(self.store(report, &detail).await?)
    }

    async fn store(&self, report: DriftReport, detail: &Detail) -> Result<Option<DriftReport>, StoreError> {
        let (drift, version) = (&self.app.ports.drift, &self.version);
        let of = (&version.workspace, &version.model, &version.id);
        let mut retrain = None;
        let before = drift.latest_drift(of.0, of.1, of.2).await?;
        let wanted = self.model.spec.policies.retrain.clone().unwrap_or_default().on_drift;
        if wanted && report.series == Series::Daily {
            let asked = drift.last_asking_drift(of.0, of.1, of.2).await?;
            if asks(&report.confirmed, asked.as_ref(), report.at) {
                let system = Actor::system(version.workspace.clone());
                retrain = Some(retrain::job(self.app, &system, of.1, &retrain::Asked::by_schedule()));
            }
        }
        let known = before.map(|before| before.confirmed).unwrap_or_default();
        let new = NewDriftReport {
            lease: JobLease { job: self.job.id.clone(), attempt: self.job.attempt },
            detail: serde_json::to_string(detail).expect("plain data"),
            events: self.events(&report, &known),
            report,
            retrain,
        };
        let stored = drift.put_drift_report(&new).await?;
        self.app.signals.bump();
        Ok(stored.map(|(report, _)| report))
    }

    fn events(&self, report: &DriftReport, known: &[String]) -> Vec<NewEvent> {
        let about = |kind| {
            NewEvent::about(kind, ("drift_report", report.id.as_str()), &self.job.owner, report.at)
                .of_model(report.model.as_str())
                .by_job(self.job.id.as_str())
        };
        let mut events = vec![about("drift.reported").with(json!({
            "standing": report.standing, "from": report.from, "to": report.to, "rows": report.rows,
            "drifted": report.drifted, "confirmed": report.confirmed, "reason": report.reason,
        }))];
        let new: Vec<&String> = report.confirmed.iter().filter(|column| !known.contains(column)).collect();
        if report.series == Series::Daily && !new.is_empty() {
            events.push(about("drift.confirmed").with(json!({ "columns": new, "version": report.version })));
        }
        events
    }
}
