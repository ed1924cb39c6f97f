//! How people are told, in Russian and English: what, how much, since when, what the system did, and where to look.

use super::delivery::{Delivery, DeliveryKind};
use super::rule::RuleKind;
use super::{Alert, Detail, Language, Severity, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// One alert in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What and how much, in one line.
    pub title: String,
    /// Since when, and what else is known.
    pub lines: Vec<String>,
    /// Where to look, where the server knows its address.
    pub link: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it is over.
    pub over: bool,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The whole in one line.
    pub subject: String,
    /// Alert by alert.
    pub alerts: Vec<Told>,
}

/// Letters of an error that are told.
const LONGEST_ERROR: usize = 300;

/// What a delivery says.
pub fn message(delivery: &Delivery, language: Language, public_url: Option<&str>) -> Message {
    let ru = language == Language::Ru;
    if delivery.kind == DeliveryKind::Test {
        let subject =
            if ru { "Вахта: проверка канала" } else { "Vakhta: a channel is tried" };
        let line = if ru {
            "Если вы это читаете, оповещения сюда приходят."
        } else {
            "If you read this, alerts reach you here."
        };
        let told = Told {
            title: subject.into(),
            lines: vec![line.into()],
            link: public_url.map(|base| format!("{}/ui/", base.trim_end_matches('/'))),
            severity: Severity::Warning,
            over: false,
        };
        return Message { subject: subject.into(), alerts: vec![told] };
    }
    let alerts: Vec<Told> = delivery.alerts.iter().map(|alert| told(alert, language, public_url)).collect();
    let firing = alerts.iter().filter(|told| !told.over).count();
    let subject = match &alerts[..] {
        [only] => only.title.clone(),
        several => {
            let what = delivery.group.split_once(':').map_or("", |(_, name)| name);
            let over = several.len() - firing;
            match (ru, firing, over) {
                (true, 0, over) => format!("{what}: закончилось — {over}"),
                (true, firing, 0) => format!("{what}: оповещений — {firing}"),
                (true, firing, over) => format!("{what}: оповещений — {firing}, закончилось — {over}"),
                (false, 0, over) => format!("{what}: {over} resolved"),
                (false, firing, 0) => format!("{what}: {firing} alerts"),
                (false, firing, over) => format!("{what}: {firing} alerts, {over} resolved"),
            }
        }
    };
    Message { subject, alerts }
}

/// One alert in words.
pub fn told(alert: &Alert, language: Language, public_url: Option<&str>) -> Told {
    let ru = language == Language::Ru;
    let over = alert.state == State::Resolved;
    let mark = match (over, alert.severity, ru) {
        (true, _, true) => "ЗАКОНЧИЛОСЬ",
        (true, _, false) => "RESOLVED",
        (false, Severity::Critical, true) => "КРИТИЧНО",
        (false, Severity::Critical, false) => "CRITICAL",
        (false, Severity::Warning, true) => "ВНИМАНИЕ",
        (false, Severity::Warning, false) => "WARNING",
    };
    let what = what(alert, ru);
    let mut lines = Vec::new();
    let since = alert.fired_at.unwrap_or(alert.since);
    match (alert.resolved_at, ru) {
        (Some(end), true) => lines.push(format!("С {} по {}.", moment(since), moment(end))),
        (Some(end), false) => lines.push(format!("From {} to {}.", moment(since), moment(end))),
        (None, true) => lines.push(format!("С {}.", moment(since))),
        (None, false) => lines.push(format!("Since {}.", moment(since))),
    }
    if let Some(by) = &alert.resolved_by {
        lines.push(if ru { format!("Закрыто: {by}.") } else { format!("Resolved by: {by}.") });
    }
    lines.extend(measured_on(&alert.detail, ru));
    if !alert.detail.names.is_empty() {
        lines.push(format!("{}: {}.", names_are(alert.rule, ru), alert.detail.names.join(", ")));
    }
    if let Some(error) = &alert.detail.error {
        let shown: String = error.chars().take(LONGEST_ERROR).collect();
        lines.push(if ru { format!("Причина: {shown}") } else { format!("Reason: {shown}") });
    }
    lines.extend(did(&alert.detail, ru));
    Told {
        title: format!("[{mark}] {}: {what}", alert.subject),
        lines,
        link: public_url.map(|base| link(base, alert)),
        severity: alert.severity,
        over,
    }
}

fn link(base: &str, alert: &Alert) -> String {
    let base = base.trim_end_matches('/');
    match (&alert.detail.job, &alert.model) {
        (Some(job), _) => format!("{base}/ui/jobs/{job}"),
        (None, Some(model)) => format!("{base}/ui/models/{model}"),
        (None, None) => format!("{base}/ui/"),
    }
}

fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// A number with as many digits as its size deserves.
fn number(value: f64) -> String {
    if value.abs() >= 1000.0 {
        return format!("{value:.0}");
    }
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn what(alert: &Alert, ru: bool) -> String {
    let value = alert.value.map_or_else(|| "—".to_owned(), number);
    let limit = alert.limit.map_or_else(|| "—".to_owned(), number);
    let compared = alert.detail.compared.map_or_else(|| "—".to_owned(), number);
    match (alert.rule, ru) {
        (RuleKind::Mape, true) => format!("MAPE {value}%, предел {limit}%"),
        (RuleKind::Mape, false) => format!("MAPE {value}%, the limit is {limit}%"),
        (RuleKind::AccuracyDrop, true) => {
            format!("точность ниже обучения ({compared}%) на {value} п. п., предел {limit}")
        }
        (RuleKind::AccuracyDrop, false) => {
            format!("accuracy is {value} points below training ({compared}%), the limit is {limit}")
        }
        (RuleKind::Degradation, true) => {
            format!("ошибка за неделю изменилась на {value}% (было {compared}%), предел {limit}%")
        }
        (RuleKind::Degradation, false) => {
            format!("the error changed by {value}% within a week (it was {compared}%), the limit is {limit}%")
        }
        (RuleKind::Branches, true) => {
            format!("филиалов с MAPE больше {compared}% — {value}, предел {limit}")
        }
        (RuleKind::Branches, false) => {
            format!("{value} branches with a MAPE over {compared}%, the limit is {limit}")
        }
        (RuleKind::Bias, true) => format!("систематическое смещение {value}, предел {limit}"),
        (RuleKind::Bias, false) => format!("a systematic bias of {value}, the limit is {limit}"),
        (RuleKind::BiasShare, true) => format!("систематическое смещение {value}%, предел {limit}%"),
        (RuleKind::BiasShare, false) => format!("a systematic bias of {value}%, the limit is {limit}%"),
        (RuleKind::Drift, true) => "дрейф данных подтверждён".into(),
        (RuleKind::Drift, false) => "data drift is confirmed".into(),
        (RuleKind::DataLate, true) => format!("данные опаздывают на {value} дн., предел {limit}"),
        (RuleKind::DataLate, false) => format!("data is {value} days late, the limit is {limit}"),
        (RuleKind::ModelAge, true) => {
            format!("модели {compared} дн., это на {value} дн. больше срока, предел {limit}")
        }
        (RuleKind::ModelAge, false) => {
            format!("the model is {compared} days old, {value} over its age, the limit is {limit}")
        }
        (RuleKind::JobFailed, true) => "задача закончилась ошибкой".into(),
        (RuleKind::JobFailed, false) => "a job failed".into(),
        (RuleKind::SourceFailed, true) => "источник не прочитан".into(),
        (RuleKind::SourceFailed, false) => "the source could not be read".into(),
        (RuleKind::Rollback, true) => "система сама вернула прежнюю версию".into(),
        (RuleKind::Rollback, false) => "the system went back to the former version by itself".into(),
    }
}

fn measured_on(detail: &Detail, ru: bool) -> Option<String> {
    let (answers, days) = (detail.answers?, detail.days?);
    Some(if ru {
        format!("По последним дням: {days}, ответов с фактом: {answers}.")
    } else {
        format!("On the last {days} days, {answers} answers with an actual.")
    })
}

fn names_are(rule: RuleKind, ru: bool) -> &'static str {
    match (rule == RuleKind::Branches, ru) {
        (true, true) => "Хуже всего",
        (true, false) => "The worst",
        (false, true) => "Столбцы",
        (false, false) => "Columns",
    }
}

fn did(detail: &Detail, ru: bool) -> Option<String> {
    let did = detail.did.as_ref()?;
    let (at, version) = (moment(did.at), &did.version);
    let words = match (did.decision.as_str(), ru) {
        ("first_champion", true) => format!("первая версия {version} начала работать"),
        ("first_champion", false) => format!("the first version {version} began to serve"),
        ("kept", true) => format!("новая версия {version} отложена"),
        ("kept", false) => format!("the new version {version} was kept aside"),
        ("promoted", true) => format!("новая версия {version} заменила прежнюю"),
        ("promoted", false) => format!("the new version {version} replaced the former one"),
        ("rejected", true) => format!("новая версия {version} отклонена"),
        ("rejected", false) => format!("the new version {version} was refused"),
        ("not_retrained", true) => "переобучение не понадобилось или не состоялось".to_owned(),
        ("not_retrained", false) => "the model was not trained again".to_owned(),
        ("deploy", true) => format!("версия {version} поставлена человеком"),
        ("deploy", false) => format!("a person put {version} to serve"),
        ("challenger", true) => format!("версия {version} пробуется рядом"),
        ("challenger", false) => format!("{version} is tried beside the serving one"),
        ("challenger_ended", true) => format!("проба версии {version} закончена"),
        ("challenger_ended", false) => format!("the trial of {version} ended"),
        ("canary_step", true) => format!("версии {version} дана следующая доля"),
        ("canary_step", false) => format!("{version} got its next share"),
        ("probation_passed", true) => format!("версия {version} прошла испытание"),
        ("probation_passed", false) => format!("{version} passed its probation"),
        ("auto_rollback", true) => format!("сам возврат к версии {version}"),
        ("auto_rollback", false) => format!("{version} serves again, by itself"),
        ("rollback", true) => format!("возврат к версии {version}"),
        ("rollback", false) => format!("{version} serves again"),
        (other, _) => format!("{other} {version}"),
    };
    Some(if ru {
        format!("Последнее решение ({at}): {words}.")
    } else {
        format!("The last decision ({at}): {words}.")
    })
}

/// A message as plain text.
pub fn plain(message: &Message) -> String {
    let mut text = String::new();
    for (at, told) in message.alerts.iter().enumerate() {
        if at > 0 {
            text.push_str("\n\n");
        }
        text.push_str(&told.title);
        for line in told.lines.iter().chain(&told.link) {
            text.push('\n');
            text.push_str(line);
        }
    }
    text
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
