//! A page of figures in the text format of Prometheus (version 0.0.4).

use std::fmt::Write as _;
use vakhta_domain::times::{BOUNDS, Timed};

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Goes up only, from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Times, sorted into classes.
    Histogram,
}

/// A page that is being written.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// Begins the figures of one name; its values follow.
    pub fn family(&mut self, name: &str, kind: Kind, help: &str) -> &mut Self {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    /// One value.
    pub fn value(&mut self, name: &str, labels: &[(&str, &str)], value: f64) -> &mut Self {
        self.0.push_str(name);
        self.labels(labels, None);
        let _ = writeln!(self.0, " {value}");
        self
    }

    /// The values of a histogram.
    pub fn times(&mut self, name: &str, labels: &[(&str, &str)], timed: &Timed) -> &mut Self {
        for (class, count) in timed.within.iter().enumerate() {
            let bound = BOUNDS.get(class).map_or("+Inf".to_owned(), ToString::to_string);
            let _ = write!(self.0, "{name}_bucket");
            self.labels(labels, Some(&bound));
            let _ = writeln!(self.0, " {count}");
        }
        self.value(&format!("{name}_sum"), labels, timed.seconds);
        self.value(&format!("{name}_count"), labels, timed.count() as f64)
    }

    /// A figure without labels: its name, what it is, and its value.
    pub fn single(&mut self, name: &str, kind: Kind, help: &str, value: f64) -> &mut Self {
        self.family(name, kind, help).value(name, &[], value)
    }

    fn labels(&mut self, labels: &[(&str, &str)], bound: Option<&str>) {
        let all = labels.iter().copied().chain(bound.map(|bound| ("le", bound)));
        let mut before = '{';
        for (name, value) in all {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{before}{name}=\"{value}\"");
            before = ',';
        }
        if before == ',' {
            self.0.push('}');
        }
    }

    /// The whole page.
    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use vakhta_domain::times::Times;

    #[test]
    fn the_format_is_prometheus() {
        let times = Times::default();
        times.note(Duration::from_millis(3));
        let mut page = Page::default();
        page.family("a_total", Kind::Counter, "So many.").value(
            "a_total",
            &[("x", "a\"\\\nb"), ("y", "")],
            2.0,
        );
        page.single("b", Kind::Gauge, "Now.", 0.5);
        page.family("t_seconds", Kind::Histogram, "Long.").times("t_seconds", &[("r", "/x")], &times.read());
        let text = page.finish();
        assert!(text.starts_with(
            "# HELP a_total So many.\n# TYPE a_total counter\na_total{x=\"a\\\"\\\\\\nb\",y=\"\"} 2\n\
             # HELP b Now.\n# TYPE b gauge\nb 0.5\n# HELP t_seconds Long.\n# TYPE t_seconds histogram\n\
             t_seconds_bucket{r=\"/x\",le=\"0.0005\"} 0\n"
        ));
        assert!(text.contains("t_seconds_bucket{r=\"/x\",le=\"0.005\"} 1\n"));
        assert!(text.ends_with(
            "t_seconds_bucket{r=\"/x\",le=\"+Inf\"} 1\nt_seconds_sum{r=\"/x\"} 0.003\nt_seconds_count{r=\"/x\"} 1\n"
        ));
    }
}
