//! Story: Prometheus reads the server's figures by a token that does nothing else, and they are what happened.

mod common;

use common::{Api, PASSWORD, Server, home, sales_csv, sales_spec};
use serde_json::json;

const SCRAPER: &str = "a-token-that-reads-figures-0123456789";

/// The value of a figure with these labels.
fn value(page: &str, line: &str) -> f64 {
    let found = page.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("{line} is missing in\n{page}")).parse().expect("a number")
}

#[test]
fn figures_are_what_happened() {
    let (home, data) = home();
    let variables = [("VAKHTA_ADMIN_PASSWORD", PASSWORD), ("VAKHTA_METRICS_TOKEN", SCRAPER)];
    let server = Server::start(home.path(), &data, &variables);
    let api = Api::new(&server.url).sign_in("admin", PASSWORD);
    api.upload("sales", &sales_csv(120)).expect(201);
    api.apply(&sales_spec("sales", 20)).expect(200);
    assert_eq!(api.train("sales")["state"], "completed");
    let version = api.champion("sales").expect("it serves");
    let records = json!([{"shop": "north", "date": "2025-05-02"}, {"shop": "west", "date": "2025-05-02"}]);
    for _ in 0..3 {
        api.post("predict?wait=9", &json!({"model_key": "sales", "data": records})).expect(200);
    }
    api.get("models/nothing").expect(404);

    let scraper = Api::new(&server.url).with_token(SCRAPER);
    for path in ["/metrics", "/api/v1/metrics", "/api/metrics"] {
        assert_eq!(scraper.get(path).status, 200, "{path}");
    }
    let page = scraper.get("/metrics").text;
    let of =
        |labels: &str| format!("vakhta_predictions_total{{workspace=\"default\",model=\"sales\",{labels}}}");
    assert_eq!(value(&page, &of(&format!("version=\"{version}\""))), 6.0);
    let timed = "vakhta_prediction_duration_seconds_count{workspace=\"default\",model=\"sales\"";
    assert_eq!(value(&page, &format!("{timed},version=\"{version}\"}}")), 3.0);
    for (line, expected) in [
        ("vakhta_http_requests_total{route=\"/predict\",method=\"post\",status=\"200\"}", 3.0),
        ("vakhta_http_requests_total{route=\"/models/{key}\",method=\"get\",status=\"404\"}", 1.0),
        ("vakhta_http_request_duration_seconds_count{route=\"/predict\",method=\"post\"}", 3.0),
        ("vakhta_jobs{kind=\"train\",state=\"completed\"}", 1.0),
        ("vakhta_models_in_memory", 1.0),
        ("vakhta_shadows_dropped_total", 0.0),
        ("vakhta_object_store_failures_total", 0.0),
        ("vakhta_prediction_log_failures_total", 0.0),
        ("vakhta_log_lines_lost_total", 0.0),
        ("vakhta_http_requests_in_flight", 1.0),
    ] {
        assert_eq!(value(&page, line), expected, "{line}");
    }
    for line in [
        "vakhta_database_seconds_count{operation=\"read\"}",
        "vakhta_database_seconds_count{operation=\"write\"}",
        "vakhta_object_store_seconds_count{operation=\"write\"}",
        "vakhta_prediction_log_seconds_count",
        "vakhta_connections",
        "vakhta_uptime_seconds",
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
        "process_max_fds",
        "process_threads",
    ] {
        assert!(value(&page, line) > 0.0, "{line}");
    }
    assert!(page.contains("vakhta_build_info{version=\""), "{page}");
    // Every line is one that a parser takes.
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let (_, number) = line.rsplit_once(' ').expect("a name and a number");
        assert!(number.parse::<f64>().is_ok(), "{line}");
    }

    // The token does nothing else, and nobody else's reads them but a system administrator's.
    for path in ["models", "about", "events", "auth/users", "auth/tokens"] {
        assert_eq!(scraper.get(path).status, 403, "{path}");
    }
    assert_eq!(Api::new(&server.url).get("/metrics").status, 401);
    assert_eq!(api.get("/metrics").status, 200, "a system administrator reads them");
    let narrow = api.post("auth/tokens", &json!({"name": "scrape", "scopes": ["metrics"]})).expect(201);
    let narrow = Api::new(&server.url).with_token(narrow["token"].as_str().expect("shown once"));
    assert_eq!(narrow.get("/metrics").status, 200);
    assert_eq!(narrow.get("models").status, 403);
    let made = json!({"username": "ann", "password": PASSWORD, "tier": "admin"});
    api.post("auth/users", &made).expect(201);
    assert_eq!(Api::new(&server.url).sign_in("ann", PASSWORD).get("/metrics").status, 403);
}
