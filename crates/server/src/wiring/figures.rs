//! The figures that only the binary knows: predictions, the stores' times, connections, the process itself.

use super::metered::{Meters, Place};
use crate::doors::OpenConnections;
use crate::logs;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use vakhta_domain::times::Times;
use vakhta_http::{Kind, Measured, Page};
use vakhta_store::DatabaseTimes;

/// Where they come from.
pub struct Figures {
    /// Measured ports.
    pub meters: Arc<Meters>,
    /// The database.
    pub database: Arc<DatabaseTimes>,
    /// The doors.
    pub connections: OpenConnections,
}

impl Measured for Figures {
    fn write(&self, page: &mut Page) {
        self.predictions(page);
        let operations = |page: &mut Page, name: &str, help: &str, all: [(&str, &Times); 2]| {
            page.family(name, Kind::Histogram, help);
            for (operation, times) in all {
                page.times(name, &[("operation", operation)], &times.read());
            }
        };
        let database = [("read", &self.database.reads), ("write", &self.database.writes)];
        let help = "Statements that read and transactions that wrote, with the wait for their turn.";
        operations(page, "vakhta_database_seconds", help, database);
        let objects = [("read", &self.meters.objects_read), ("write", &self.meters.objects_written)];
        operations(page, "vakhta_object_store_seconds", "Blobs read and written.", objects);
        let count = |n: &AtomicU64| n.load(Ordering::Relaxed) as f64;
        let help = "Calls of the object store that failed.";
        let failures = count(&self.meters.object_failures);
        page.single("vakhta_object_store_failures_total", Kind::Counter, help, failures);
        let name = "vakhta_prediction_log_seconds";
        page.family(name, Kind::Histogram, "Appends to the prediction log, until they were durable.");
        page.times(name, &[], &self.meters.log_appends.read());
        let failures = count(&self.meters.log_failures);
        let help = "Appends to the prediction log that failed.";
        page.single("vakhta_prediction_log_failures_total", Kind::Counter, help, failures);
        let open = self.connections.now() as f64;
        page.single("vakhta_connections", Kind::Gauge, "Open connections.", open);
        let lost = logs::lost() as f64;
        page.single(
            "vakhta_log_lines_lost_total",
            Kind::Counter,
            "Log lines that could not be written.",
            lost,
        );
        process(page);
    }
}

impl Figures {
    fn predictions(&self, page: &mut Page) {
        let mut versions = self.meters.versions();
        versions.sort_by(|(a, _), (b, _)| labels(a).cmp(&labels(b)));
        let name = "vakhta_predictions_total";
        page.family(name, Kind::Counter, "Predictions that were answered and logged, those in shadow too.");
        for (place, answers) in &versions {
            page.value(name, &labels(place), answers.rows.load(Ordering::Relaxed) as f64);
        }
        let name = "vakhta_prediction_duration_seconds";
        page.family(name, Kind::Histogram, "From a request's beginning until its predictions were durable.");
        for (place, answers) in &versions {
            page.times(name, &labels(place), &answers.times.read());
        }
    }
}

fn labels(place: &Place) -> [(&'static str, &str); 3] {
    let (workspace, model, version) = place;
    [("workspace", workspace.as_str()), ("model", model.as_str()), ("version", version.as_str())]
}

/// What the system says of this process, under the names that every Prometheus client uses. Nothing where the system
/// says nothing.
fn process(page: &mut Page) {
    let found = system::process();
    let told = [
        ("process_cpu_seconds_total", Kind::Counter, "Processor time, user and system."),
        ("process_resident_memory_bytes", Kind::Gauge, "Memory in use."),
        ("process_open_fds", Kind::Gauge, "Open files."),
        ("process_max_fds", Kind::Gauge, "Files that may be open."),
        ("process_threads", Kind::Gauge, "Threads."),
    ];
    for (name, kind, help) in told {
        if let Some(value) = found.get(name) {
            page.single(name, kind, help, *value);
        }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use super::BTreeMap;
    use crate::doors::open_files;
    use std::fs::{read_dir, read_to_string};

    /// Units in which Linux tells processor time, in a second: the same on every machine since 2.6.
    const TICKS: f64 = 100.0;

    pub(super) fn process() -> BTreeMap<&'static str, f64> {
        let mut found = BTreeMap::new();
        if let Ok(text) = read_to_string("/proc/self/stat") {
            // The name of the program stands in parentheses and may itself hold any of what separates.
            let rest = text.rsplit(')').next().unwrap_or_default();
            let fields: Vec<&str> = rest.split_whitespace().collect();
            let field = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok());
            // The fields are numbered from the state on, which is the third of all (proc_pid_stat(5)).
            if let (Some(user), Some(system)) = (field(11), field(12)) {
                found.insert("process_cpu_seconds_total", (user + system) / TICKS);
            }
            if let Some(threads) = field(17) {
                found.insert("process_threads", threads);
            }
        }
        if let Ok(text) = read_to_string("/proc/self/status") {
            let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
            found.extend(kib.map(|kib| ("process_resident_memory_bytes", kib * 1024.0)));
        }
        if let Ok(open) = read_dir("/proc/self/fd") {
            found.insert("process_open_fds", open.count() as f64);
        }
        let most = read_to_string("/proc/self/limits").ok().as_deref().and_then(open_files);
        found.extend(most.map(|most| ("process_max_fds", most as f64)));
        found
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::BTreeMap;

    pub(super) fn process() -> BTreeMap<&'static str, f64> {
        BTreeMap::new()
    }
}
