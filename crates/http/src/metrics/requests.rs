//! Requests by the address that they are about, as it is described: counted without a lock.

use super::page::{Kind, Page};
use crate::auth::gate::OPERATIONS;
use crate::native::BASE;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use vakhta_domain::times::Times;

/// Statuses that are told apart; others are counted as the first of their hundred.
const STATUSES: [u16; 30] = [
    100, 101, 200, 201, 202, 204, 300, 302, 304, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 413, 415,
    422, 426, 429, 431, 500, 501, 503, 504, 507,
];
/// What is no operation: the UI, the API's description, addresses that are not there.
const OTHER: &str = "other";

/// The requests of this process.
pub(crate) struct Requests {
    routes: HashMap<(&'static str, &'static str), Route>,
    other: Route,
    answering: AtomicI64,
}

#[derive(Default)]
struct Route {
    statuses: [AtomicU64; STATUSES.len()],
    times: Times,
}

impl Route {
    fn note(&self, status: u16, took: Duration) {
        let known = STATUSES.iter().position(|known| *known == status);
        let known = known.or_else(|| STATUSES.iter().position(|known| known / 100 == status / 100));
        if let Some(known) = known {
            self.statuses[known].fetch_add(1, Ordering::Relaxed);
        }
        self.times.note(took);
    }
}

/// One request that is being answered, until it is dropped.
pub(crate) struct Answering<'a>(&'a AtomicI64);

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Requests {
    pub(crate) fn new() -> Self {
        let routes = OPERATIONS.iter().map(|op| ((op.method, op.path), Route::default())).collect();
        Self { routes, other: Route::default(), answering: AtomicI64::new(0) }
    }

    /// A request begins.
    pub(crate) fn begin(&self) -> Answering<'_> {
        self.answering.fetch_add(1, Ordering::Relaxed);
        Answering(&self.answering)
    }

    /// A request was answered. `route` is the address that the router found, below any of the three places at which it
    /// serves the API.
    pub(crate) fn note(&self, method: &str, route: Option<&str>, status: u16, took: Duration) {
        let route = route.unwrap_or_default();
        let path = route.strip_prefix(BASE).or_else(|| route.strip_prefix("/api")).unwrap_or(route);
        let method = match method {
            "GET" | "HEAD" => "get",
            "POST" => "post",
            "PUT" => "put",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };
        self.routes.get(&(method, path)).unwrap_or(&self.other).note(status, took);
    }

    pub(super) fn write(&self, page: &mut Page) {
        let mut all: Vec<_> =
            self.routes.iter().map(|((method, path), route)| (*path, *method, route)).collect();
        all.sort_unstable_by_key(|(path, method, _)| (*path, *method));
        all.push((OTHER, OTHER, &self.other));
        let timed = all.into_iter().map(|(path, method, route)| (path, method, route, route.times.read()));
        let used: Vec<_> = timed.filter(|(.., timed)| timed.count() > 0).collect();
        let name = "vakhta_http_requests_total";
        page.family(name, Kind::Counter, "Requests answered, by address, method and status.");
        for (path, method, route, _) in &used {
            for (status, count) in STATUSES.iter().zip(&route.statuses) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let status = status.to_string();
                    page.value(
                        name,
                        &[("route", path), ("method", method), ("status", &status)],
                        count as f64,
                    );
                }
            }
        }
        let name = "vakhta_http_request_duration_seconds";
        page.family(
            name,
            Kind::Histogram,
            "From a request's head to its answer's head, by address and method.",
        );
        for (path, method, _, timed) in &used {
            page.times(name, &[("route", path), ("method", method)], timed);
        }
        let answering = self.answering.load(Ordering::Relaxed);
        page.single(
            "vakhta_http_requests_in_flight",
            Kind::Gauge,
            "Requests being answered.",
            answering as f64,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_by_what_they_are_about() {
        let requests = Requests::new();
        let took = Duration::from_millis(4);
        for route in ["/api/v1/models/{key}", "/api/models/{key}", "/models/{key}"] {
            requests.note("GET", Some(route), 200, took);
        }
        requests.note("GET", Some("/models/{key}"), 418, took);
        requests.note("GET", Some("/ui/{*path}"), 200, took);
        requests.note("BREW", None, 404, took);
        let _answering = requests.begin();
        let mut page = Page::default();
        requests.write(&mut page);
        let text = page.finish();
        for line in [
            "vakhta_http_requests_total{route=\"/models/{key}\",method=\"get\",status=\"200\"} 3",
            "vakhta_http_requests_total{route=\"/models/{key}\",method=\"get\",status=\"400\"} 1",
            "vakhta_http_requests_total{route=\"other\",method=\"other\",status=\"200\"} 1",
            "vakhta_http_requests_total{route=\"other\",method=\"other\",status=\"404\"} 1",
            "vakhta_http_request_duration_seconds_count{route=\"/models/{key}\",method=\"get\"} 4",
            "vakhta_http_requests_in_flight 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }
}
