//! What happens by the clock: cron expressions in named zones, and what is owed when a server was down.

use crate::event::NewEvent;
use crate::ids::{JobId, ModelKey, ScheduleId, SourceKey, UserId, WorkspaceId};
use crate::job::NewJob;
use crate::source::Source;
use crate::spec::ModelSpec;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Most missed firings that are counted one by one.
const MOST_COUNTED: usize = 1000;

/// What a schedule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledTask {
    /// Whether a model is to be trained again, and the training where it is.
    Retrain,
    /// What a source has new.
    Sync,
    /// Daily metrics.
    DailyMetrics,
    /// Whether a model still sees what it was trained on.
    DriftCheck,
}

impl ScheduledTask {
    /// Every task.
    pub const ALL: [Self; 4] = [Self::Retrain, Self::Sync, Self::DailyMetrics, Self::DriftCheck];

    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retrain => "retrain",
            Self::Sync => "sync",
            Self::DailyMetrics => "daily_metrics",
            Self::DriftCheck => "drift_check",
        }
    }

    /// The task of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.as_str() == word)
    }
}

/// What a schedule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A model.
    Model(ModelKey),
    /// A source.
    Source(SourceKey),
}

impl Subject {
    /// The model, where it is one.
    pub fn model(&self) -> Option<&ModelKey> {
        match self {
            Self::Model(key) => Some(key),
            Self::Source(_) => None,
        }
    }

    /// The source, where it is one.
    pub fn source(&self) -> Option<&SourceKey> {
        match self {
            Self::Source(key) => Some(key),
            Self::Model(_) => None,
        }
    }
}

/// Where a schedule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The policies of a model's spec, or the definition of a source; it follows them.
    Spec,
    /// A person.
    Person,
}

impl Origin {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spec => "spec",
            Self::Person => "person",
        }
    }

    /// The origin of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Spec, Self::Person].into_iter().find(|origin| origin.as_str() == word)
    }
}

/// Why a time was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTimes {
    /// The expression.
    #[error(
        "`{0}` is not a cron expression of five fields (minute hour day month weekday), write one like `0 3 * * SUN`"
    )]
    Cron(String),
    /// The zone.
    #[error("`{0}` is not a time zone, write one like Europe/Moscow")]
    Zone(String),
    /// It never comes.
    #[error("`{0}` never comes")]
    Never(String),
}

/// When something happens: a cron expression read in a named zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Minute, hour, day of the month, month, weekday.
    pub cron: String,
    /// An IANA name.
    pub timezone: String,
}

impl Times {
    /// Times that were checked and come at least once after `now`.
    pub fn checked(cron: &str, timezone: &str, now: Timestamp) -> Result<Self, BadTimes> {
        let times = Self { cron: cron.trim().to_owned(), timezone: timezone.to_owned() };
        TimeZone::get(timezone).map_err(|_| BadTimes::Zone(timezone.to_owned()))?;
        times.parsed().ok_or_else(|| BadTimes::Cron(cron.to_owned()))?;
        times.next_after(now).ok_or_else(|| BadTimes::Never(cron.to_owned()))?;
        Ok(times)
    }

    fn parsed(&self) -> Option<croner::Cron> {
        use croner::parser::{CronParser, Seconds, Year};
        CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(&self.cron)
            .ok()
    }

    /// The first moment after `at`; none where there is none in the calendar.
    pub fn next_after(&self, at: Timestamp) -> Option<Timestamp> {
        let zoned = at.to_zoned(TimeZone::get(&self.timezone).ok()?);
        let next = self.parsed()?.find_next_occurrence(&zoned, false).ok()?;
        Some(next.timestamp())
    }

    /// How many moments lie after `from` and not after `to`; at most 1,000 are counted.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> usize {
        let moments = std::iter::successors(self.next_after(from), |&at| self.next_after(at));
        moments.take_while(|&at| at <= to).take(MOST_COUNTED).count()
    }
}

/// The last time that a schedule fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// When it was due.
    pub due_at: Timestamp,
    /// When it fired.
    pub at: Timestamp,
    /// The job that it made; where one was under way already, that one.
    pub job: JobId,
    /// Whether that job was under way already.
    pub joined: bool,
}

/// A schedule as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// Its identity.
    pub id: ScheduleId,
    /// What it asks for.
    pub task: ScheduledTask,
    /// Of what.
    pub subject: Subject,
    /// When.
    pub times: Times,
    /// Where it comes from.
    pub origin: Origin,
    /// A paused schedule fires only when a person asks.
    pub paused: bool,
    /// When it fires next; kept while it is paused.
    pub next_at: Timestamp,
    /// The last time.
    pub last: Option<Fired>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Option<UserId>,
}

/// When daily metrics are computed: once the day's rows are likely to be there.
pub const DAILY_METRICS: &str = "0 4 * * *";

/// The zone in which a model's days begin: that of its data, else that of its retraining.
pub fn zone_of(spec: &ModelSpec) -> String {
    let retrain = || spec.policies.retrain.clone().unwrap_or_default().timezone;
    spec.data.timezone.clone().unwrap_or_else(retrain)
}

/// The schedules that a model's spec asks for. Times that cannot be read make none; [`crate::spec::check`] refuses
/// them before.
pub fn of_spec(workspace: &WorkspaceId, spec: &ModelSpec, now: Timestamp) -> Vec<Schedule> {
    let retrain = spec.policies.retrain.clone().unwrap_or_default();
    let drift = spec.policies.drift.clone().unwrap_or_default();
    let wanted = [
        (ScheduledTask::Retrain, "retrain", retrain.schedule, retrain.timezone),
        (ScheduledTask::DailyMetrics, "metrics", DAILY_METRICS.to_owned(), zone_of(spec)),
        (ScheduledTask::DriftCheck, "drift", drift.check, zone_of(spec)),
    ];
    let made = wanted.into_iter().filter_map(|(task, name, cron, timezone)| {
        let times = Times::checked(&cron, &timezone, now).ok()?;
        let next_at = times.next_after(now)?;
        Some(Schedule {
            workspace: workspace.clone(),
            id: ScheduleId::new(format!("{name}:{}", spec.model_key)),
            task,
            subject: Subject::Model(ModelKey::new(spec.model_key.as_str())),
            times,
            origin: Origin::Spec,
            paused: false,
            next_at,
            last: None,
            created_at: now,
            created_by: None,
        })
    });
    made.collect()
}

/// The schedule of a source.
pub fn of_source(source: &Source, now: Timestamp) -> Result<Schedule, BadTimes> {
    let next_at = source.times.next_after(now).ok_or_else(|| BadTimes::Never(source.times.cron.clone()))?;
    Ok(Schedule {
        workspace: source.workspace.clone(),
        id: source.schedule_id(),
        task: ScheduledTask::Sync,
        subject: Subject::Source(source.key.clone()),
        times: source.times.clone(),
        origin: Origin::Spec,
        paused: false,
        next_at,
        last: None,
        created_at: now,
        created_by: None,
    })
}

/// One firing, to be stored in one transaction: the schedule goes on and its job is queued, or neither.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// The schedule, as it was when it was seen to be due.
    pub schedule: Schedule,
    /// When it fires.
    pub at: Timestamp,
    /// When it fires next: after now, so that what was missed is made up once.
    pub next_at: Timestamp,
    /// The job to queue.
    pub job: NewJob,
    /// What is told.
    pub event: NewEvent,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn times_are_read_in_their_zone_through_changes_of_the_clock() {
        let sundays =
            Times::checked("0 3 * * SUN", "Europe/Moscow", at("2026-01-01T00:00:00Z")).expect("fine");
        assert_eq!(
            sundays.next_after(at("2026-03-01T00:00:00Z")),
            Some(at("2026-03-08T00:00:00Z")),
            "strictly after"
        );
        // In Berlin 02:30 does not exist on 29 March 2026, and comes twice on 25 October.
        let nightly =
            Times::checked("30 2 * * *", "Europe/Berlin", at("2026-01-01T00:00:00Z")).expect("fine");
        let spring = nightly.between(at("2026-03-27T12:00:00Z"), at("2026-03-30T12:00:00Z"));
        let autumn = nightly.between(at("2026-10-23T12:00:00Z"), at("2026-10-26T12:00:00Z"));
        assert_eq!((spring, autumn), (3, 3), "once a night, whatever the clock does");
    }

    #[test]
    fn what_cannot_be_a_time_is_refused_with_the_way_out() {
        let now = at("2026-01-01T00:00:00Z");
        for bad in ["", "* * * *", "* * * * * *", "61 * * * *", "every day"] {
            assert_eq!(Times::checked(bad, "UTC", now), Err(BadTimes::Cron(bad.into())), "{bad}");
        }
        assert_eq!(Times::checked("0 0 * * *", "Moscow", now), Err(BadTimes::Zone("Moscow".into())));
        assert!(Times::checked("0 0 31 2 *", "UTC", now).is_err());
    }

    #[test]
    fn missed_moments_are_counted_up_to_a_bound() {
        let hourly = Times::checked("0 * * * *", "UTC", at("2026-01-01T00:00:00Z")).expect("fine");
        assert_eq!(hourly.between(at("2026-01-01T00:00:00Z"), at("2026-01-01T05:30:00Z")), 5);
        assert_eq!(hourly.between(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")), MOST_COUNTED);
    }

    #[test]
    fn a_spec_asks_for_its_retraining_its_metrics_and_its_check() {
        let spec: ModelSpec = serde_json::from_value(json!({
            "model_key": "visits", "task": "forecast",
            "data": {"dataset": "sales", "time": "date", "target": "visits"},
            "policies": {"retrain": {"schedule": "0 3 * * SUN", "timezone": "Europe/Moscow"}},
        }))
        .expect("a spec");
        let now = at("2026-11-20T12:00:00Z");
        let [retrain, metrics, drift] = &of_spec(&WorkspaceId::default_workspace(), &spec, now)[..] else {
            panic!("three")
        };
        assert_eq!((retrain.id.as_str(), retrain.next_at), ("retrain:visits", at("2026-11-22T00:00:00Z")));
        assert_eq!((metrics.id.as_str(), metrics.next_at), ("metrics:visits", at("2026-11-21T01:00:00Z")));
        assert_eq!((drift.id.as_str(), drift.next_at), ("drift:visits", at("2026-11-20T20:00:00Z")));
    }
}
