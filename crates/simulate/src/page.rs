//! A replay as one page of HTML that needs nothing else: figures, a chart, months, decisions; in either language, light
//! and dark.

use crate::chart::{self, Chart, Line, Mark, Span, escaped};
use crate::text::against_alone;
use crate::told::{DayTold, Told};
use jiff::civil::Date;
use std::fmt::Write as _;
pub use vakhta_domain::alert::Language;

/// Days that one point of the chart's lines is the mean of.
const SMOOTH: usize = 7;

struct Words {
    code: &'static str,
    title: &'static str,
    days: &'static str,
    series: &'static str,
    watched: &'static str,
    alone: &'static str,
    against: &'static str,
    chart: &'static str,
    what_happened: &'static str,
    until: &'static str,
    months: &'static str,
    month: &'static str,
    decisions: &'static str,
    day: &'static str,
    decision: &'static str,
    version: &'static str,
    why: &'static str,
    alerts: &'static str,
    made_by: &'static str,
}

const EN: Words = Words {
    code: "en",
    title: "Replay",
    days: "days",
    series: "series",
    watched: "watched",
    alone: "left alone",
    against: "error against left alone",
    chart: "WAPE, mean of seven days. Lines across: what was decided. Behind: what was done to the data.",
    what_happened: "What was done to the data",
    until: "until",
    months: "Month by month",
    month: "Month",
    decisions: "Decisions",
    day: "Day",
    decision: "Decision",
    version: "Version",
    why: "Why",
    alerts: "Alerts",
    made_by: "Replayed by the server's own schedules and jobs; seed",
};

const RU: Words = Words {
    code: "ru",
    title: "Повтор",
    days: "дней",
    series: "рядов",
    watched: "под присмотром",
    alone: "без присмотра",
    against: "ошибка против «без присмотра»",
    chart: "WAPE, среднее за семь дней. Вертикальные линии: решения. Фон: что сделано с данными.",
    what_happened: "Что сделано с данными",
    until: "до",
    months: "По месяцам",
    month: "Месяц",
    decisions: "Решения",
    day: "День",
    decision: "Решение",
    version: "Версия",
    why: "Почему",
    alerts: "Оповещения",
    made_by: "Повторено расписаниями и задачами самого сервера; зерно",
};

/// A kind of decision in a language; kinds without a word stand as they are.
fn kind(language: Language, kind: &str) -> &str {
    let (en, ru) = match kind {
        "first_champion" => ("first version", "первая версия"),
        "promoted" => ("promoted", "повышена"),
        "kept" => ("kept aside", "отложена"),
        "rejected" => ("rejected", "отклонена"),
        "not_retrained" => ("not trained", "не обучалась"),
        "rollback" => ("rolled back", "откат"),
        "auto_rollback" => ("rolled back by itself", "откат сам собой"),
        "probation_passed" => ("probation passed", "испытание пройдено"),
        "challenger" => ("tried beside", "пробуется рядом"),
        "challenger_ended" => ("trial ended", "проба закончена"),
        "canary_step" => ("next share", "следующая доля"),
        "deploy" => ("deployed", "развёрнута"),
        _ => (kind, kind),
    };
    if language == Language::Ru { ru } else { en }
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ef); --soft: light-dark(#5b6675, #9aa5b4);
  --line: light-dark(#dfe4ea, #2e3744); --paper: light-dark(#ffffff, #12171e); --good: light-dark(#0b7a53, #3fcf97);
  --bad: light-dark(#b3261e, #ff8a80); --span: light-dark(#fff1d6, #3a2f18); --blue: light-dark(#1f5fbf, #7fb0ff); }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } p, figcaption { color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; } dt { color: var(--soft); } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
figure { margin: 0; overflow-x: auto; } svg { width: 100%; min-width: 36rem; height: auto; }
.grid { stroke: var(--line); } .tick { fill: var(--soft); font-size: 11px; } .span { fill: var(--span); }
.line { fill: none; stroke-width: 2; } .watched { stroke: var(--blue); } .alone { stroke: var(--soft); stroke-dasharray: 4 3; }
.mark line { stroke: var(--soft); opacity: .35; } .mark circle { fill: var(--soft); }
.mark.promoted circle { fill: var(--good); } .mark.rolled circle, .mark.rejected circle { fill: var(--bad); }
.key { display: inline-block; width: 1.6em; border-top: 2px solid; vertical-align: middle; margin-right: .4em; }
.key.watched { border-color: var(--blue); } .key.alone { border-color: var(--soft); border-top-style: dashed; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; } td:first-child { white-space: nowrap; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } code { font-size: .85em; white-space: nowrap; }
";

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.2}%"))
}

/// The mean of each day and those before it.
fn smooth(days: &[DayTold], of: impl Fn(&DayTold) -> Option<f64>) -> Vec<(Date, Option<f64>)> {
    let mean = |end: usize| {
        let part = &days[end.saturating_sub(SMOOTH - 1)..=end];
        let known: Vec<f64> = part.iter().filter_map(&of).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    (0..days.len()).map(|at| (days[at].day, mean(at))).collect()
}

fn figure(told: &Told, words: &Words, language: Language) -> String {
    let class = |kind: &str| match kind {
        "promoted" | "first_champion" => "promoted",
        "rejected" => "rejected",
        "rollback" | "auto_rollback" => "rolled",
        _ => "other",
    };
    let shown = told.decisions.iter().filter(|decision| decision.kind != "not_retrained");
    let marks = shown.map(|decision| Mark {
        day: decision.day,
        class: class(decision.kind),
        title: format!("{} {}: {}", decision.day, kind(language, decision.kind), decision.why(language)),
    });
    let spans = told.scenarios.iter().map(|scenario| Span {
        from: scenario.from,
        end: scenario.end,
        title: format!("{} × {}", scenario.name, scenario.factor),
    });
    chart::svg(&Chart {
        title: words.chart,
        from: told.from,
        to: told.to,
        lines: vec![
            Line { class: "alone", name: words.alone, points: smooth(&told.days, |day| day.left_alone) },
            Line { class: "watched", name: words.watched, points: smooth(&told.days, |day| day.watched) },
        ],
        spans: spans.collect(),
        marks: marks.collect(),
    })
}

/// The report as a page.
pub fn write(told: &Told, language: Language) -> String {
    let words = if language == Language::Ru { &RU } else { &EN };
    let model = escaped(&told.model);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{model}: {}</title>\n<style>{STYLE}</style>\n",
        words.code, words.title
    );
    let _ = writeln!(
        page,
        "<h1>{model}</h1>\n<p>{} – {} · {} {} · {} {}</p>",
        told.from,
        told.to,
        told.days.len(),
        words.days,
        told.series,
        words.series
    );
    let figures = [
        (words.watched, percent(told.watched.wape)),
        (words.alone, percent(told.left_alone.wape)),
        (words.against, against_alone(told).map_or_else(|| "–".into(), |more| format!("{more:+.1}%"))),
    ];
    page.push_str("<dl>");
    for (name, value) in figures {
        let _ = write!(page, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
    let _ = writeln!(
        page,
        "</dl>\n<figure>{}<figcaption><span class=\"key watched\"></span>{} &nbsp; <span class=\"key alone\"></span>{}. {}</figcaption></figure>",
        figure(told, words, language),
        words.watched,
        words.alone,
        words.chart
    );
    if !told.scenarios.is_empty() {
        let _ = write!(page, "<h2>{}</h2><ul>", words.what_happened);
        for scenario in &told.scenarios {
            let (name, from, end) = (scenario.name, scenario.from, scenario.end);
            let _ = write!(page, "<li>{name}: {from} {} {end}, × {}</li>", words.until, scenario.factor);
        }
        page.push_str("</ul>\n");
    }
    tables(&mut page, told, words, language);
    let _ = writeln!(page, "<p>{} {}.</p>\n</html>", words.made_by, told.seed);
    page
}

fn tables(page: &mut String, told: &Told, words: &Words, language: Language) {
    let _ = write!(
        page,
        "<h2>{}</h2><table><tr><th>{}<th class=\"n\">{}<th class=\"n\">{}<th>{}",
        words.months, words.month, words.watched, words.alone, words.decisions
    );
    for month in &told.months {
        let counted: Vec<String> =
            month.decisions.iter().map(|(of, count)| format!("{} {count}", kind(language, of))).collect();
        let _ = write!(
            page,
            "<tr><td>{}<td class=\"n\">{}<td class=\"n\">{}<td>{}",
            month.month,
            percent(month.watched),
            percent(month.left_alone),
            counted.join(", ")
        );
    }
    let _ = write!(
        page,
        "</table>\n<h2>{}</h2><table><tr><th>{}<th>{}<th>{}<th>{}",
        words.decisions, words.day, words.decision, words.version, words.why
    );
    for decision in &told.decisions {
        let _ = write!(
            page,
            "<tr><td>{}<td>{}<td><code>{}</code><td>{}",
            decision.day,
            kind(language, decision.kind),
            escaped(&decision.version),
            escaped(decision.why(language))
        );
    }
    page.push_str("</table>\n");
    if told.alerts.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "<h2>{}</h2><table><tr><th>{}<th>{}<th>{}",
        words.alerts, words.day, words.until, words.why
    );
    for alert in &told.alerts {
        let until = alert.until.map_or_else(|| "–".into(), |day| day.to_string());
        let text = if language == Language::Ru { &alert.in_russian } else { &alert.text };
        let _ = write!(page, "<tr><td>{}<td>{until}<td>{}", alert.day, escaped(text));
    }
    page.push_str("</table>\n");
}
