//! A line chart as SVG, drawn once and readable without a script: two lines over days, spans behind, marks on top.

use jiff::civil::Date;
use std::fmt::Write as _;

/// Width and height of the picture.
const SIZE: (f64, f64) = (960.0, 300.0);
/// Room for the axes: left, top, right, bottom.
const EDGE: (f64, f64, f64, f64) = (44.0, 12.0, 12.0, 28.0);

/// A line.
pub struct Line<'a> {
    /// Its class, which the page's style gives a colour.
    pub class: &'a str,
    /// Its name, for people who hear the page.
    pub name: &'a str,
    /// Its points; a day without a value breaks it.
    pub points: Vec<(Date, Option<f64>)>,
}

/// Something that happened on a day.
pub struct Mark {
    /// When.
    pub day: Date,
    /// Its class.
    pub class: &'static str,
    /// What, shown when pointed at.
    pub title: String,
}

/// A span of days behind the lines.
pub struct Span {
    /// Its first day.
    pub from: Date,
    /// The first day after it.
    pub end: Date,
    /// What, shown when pointed at.
    pub title: String,
}

/// The chart of some days.
pub struct Chart<'a> {
    /// What it shows.
    pub title: &'a str,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Lines, the last one on top.
    pub lines: Vec<Line<'a>>,
    /// Spans behind them.
    pub spans: Vec<Span>,
    /// Marks.
    pub marks: Vec<Mark>,
}

struct Scale {
    from: Date,
    days: f64,
    top: f64,
}

impl Scale {
    fn x(&self, day: Date) -> f64 {
        let at = f64::from(day.since(self.from).map_or(0, |span| span.get_days()));
        EDGE.0 + (SIZE.0 - EDGE.0 - EDGE.2) * (at / self.days).clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        let height = SIZE.1 - EDGE.1 - EDGE.3;
        EDGE.1 + height * (1.0 - (value / self.top).clamp(0.0, 1.0))
    }
}

/// A round number at or above a value: 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|round| *round >= value).unwrap_or(value)
}

/// Text that may stand in markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Draws it.
pub fn svg(chart: &Chart) -> String {
    let mut values: Vec<f64> =
        chart.lines.iter().flat_map(|line| line.points.iter().filter_map(|point| point.1)).collect();
    values.sort_by(f64::total_cmp);
    // One wild day must not press all others flat: the axis ends above 99 of 100.
    let high = values.get(values.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(1.0);
    let days = chart.to.since(chart.from).map_or(1, |span| span.get_days()).max(1);
    let scale = Scale { from: chart.from, days: f64::from(days), top: round_up(high) };
    let mut out = format!(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
        SIZE.0,
        SIZE.1,
        escaped(chart.title)
    );
    for span in &chart.spans {
        let (left, right) = (scale.x(span.from), scale.x(span.end));
        let _ = writeln!(
            out,
            "<rect class=\"span\" x=\"{left:.1}\" y=\"{}\" width=\"{:.1}\" height=\"{}\"><title>{}</title></rect>",
            EDGE.1,
            (right - left).max(1.0),
            SIZE.1 - EDGE.1 - EDGE.3,
            escaped(&span.title)
        );
    }
    axes(&mut out, chart, &scale);
    for line in &chart.lines {
        let _ = writeln!(
            out,
            "<path class=\"line {}\" d=\"{}\"><title>{}</title></path>",
            line.class,
            path(line, &scale),
            escaped(line.name)
        );
    }
    for mark in &chart.marks {
        let x = scale.x(mark.day);
        let _ = writeln!(
            out,
            "<g class=\"mark {}\"><line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{}\" y2=\"{}\"/><circle cx=\"{x:.1}\" cy=\"{}\" r=\"4\"/><title>{}</title></g>",
            mark.class,
            EDGE.1,
            SIZE.1 - EDGE.3,
            EDGE.1 + 2.0,
            escaped(&mark.title)
        );
    }
    out.push_str("</svg>");
    out
}

fn axes(out: &mut String, chart: &Chart, scale: &Scale) {
    for part in 0..=4 {
        let value = scale.top * f64::from(part) / 4.0;
        let y = scale.y(value);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}%</text>",
            EDGE.0,
            SIZE.0 - EDGE.2,
            EDGE.0 - 6.0,
            y + 4.0,
            (value * 10.0).round() / 10.0
        );
    }
    let mut month = chart.from.first_of_month();
    let months = (scale.days / 30.0 / 12.0).ceil().max(1.0) as i32;
    while let Ok(next) = month.checked_add(jiff::Span::new().months(months)) {
        month = next;
        if month > chart.to {
            break;
        }
        let x = scale.x(month);
        let _ = writeln!(
            out,
            "<text class=\"tick\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            SIZE.1 - 8.0,
            month.strftime("%Y-%m")
        );
    }
}

fn path(line: &Line, scale: &Scale) -> String {
    let mut d = String::new();
    let mut pen_down = false;
    for (day, value) in &line.points {
        match value {
            Some(value) => {
                let step = if pen_down { 'L' } else { 'M' };
                let _ = write!(d, "{step}{:.1} {:.1}", scale.x(*day), scale.y(*value));
                pen_down = true;
            }
            None => pen_down = false,
        }
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn lines_break_where_nothing_is_known_and_titles_are_harmless() {
        let points = [(1, Some(3.0)), (2, None), (3, Some(4.0)), (4, Some(8.0))];
        let points = points.map(|(day, value)| (date(2026, 1, day), value)).to_vec();
        let chart = Chart {
            title: "a <title>",
            from: date(2026, 1, 1),
            to: date(2026, 1, 4),
            lines: vec![Line { class: "watched", name: "x", points }],
            spans: vec![],
            marks: vec![Mark { day: date(2026, 1, 2), class: "promoted", title: "\"v\" & more".into() }],
        };
        let drawn = svg(&chart);
        assert!(drawn.contains("aria-label=\"a &lt;title&gt;\""));
        assert!(drawn.contains("&quot;v&quot; &amp; more"));
        let path = drawn.split("d=\"").nth(1).expect("a path");
        let path = &path[..path.find('"').expect("it ends")];
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert_eq!([0.7, 1.0, 3.0, 6.0, 120.0].map(round_up), [1.0, 1.0, 5.0, 10.0, 200.0]);
    }
}
