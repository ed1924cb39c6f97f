//! A server's refusal, told so that a person can act on it.

use crate::exit::{Exit, Failure};
use reqwest::{Response, StatusCode, Url};
use serde_json::Value;

/// Bad rows shown on the terminal; `--json` has all that the server sent.
const ROWS_SHOWN: usize = 20;

/// Reads the problem document of a response that is an error.
pub async fn failure(base: &Url, response: Response) -> Failure {
    let status = response.status();
    let body = response.bytes().await.unwrap_or_default();
    let problem: Option<Value> =
        serde_json::from_slice(&body).ok().filter(|p: &Value| p.get("status").is_some());
    let Some(problem) = problem else {
        let text = format!("{base} answered {status} in a way that no Vakhta server does");
        return Failure::new(exit_of(status), text);
    };
    let mut failure = Failure::new(exit_of(status), headline(&problem, status)).with_more(lines(&problem));
    let at_the_door =
        ["bad_credentials", "bad_code", "challenge_ended"].iter().any(|code| problem["code"] == *code);
    if status == StatusCode::UNAUTHORIZED && !at_the_door {
        failure.more.push("sign in by `vakhta login`, or set VAKHTA_TOKEN".into());
    }
    failure.problem = Some(problem);
    failure
}

fn exit_of(status: StatusCode) -> Exit {
    match status.as_u16() {
        401 | 403 => Exit::Forbidden,
        404 => Exit::Missing,
        409 => Exit::Conflict,
        400 | 413 | 415 | 422 => Exit::BadInput,
        502..=504 => Exit::Unreachable,
        _ => Exit::Failed,
    }
}

fn headline(problem: &Value, status: StatusCode) -> String {
    let text = ["detail", "title"].iter().find_map(|key| problem[*key].as_str().filter(|t| !t.is_empty()));
    let text = text.map_or_else(|| status.to_string(), str::to_owned);
    if status.is_server_error() {
        // The server's log tells more under this id.
        return format!("{text} (request {})", problem["instance"].as_str().unwrap_or("without id"));
    }
    text
}

fn lines(problem: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for error in problem["errors"].as_array().into_iter().flatten() {
        let pointer = error["pointer"].as_str().filter(|p| !p.is_empty()).unwrap_or("/");
        lines.push(format!("{pointer}: {}", error["message"].as_str().unwrap_or_default()));
    }
    let refused = &problem["refused"];
    let first = refused["first"].as_array().map(Vec::as_slice).unwrap_or_default();
    for row in first.iter().take(ROWS_SHOWN) {
        let column = row["column"].as_str().map(|c| format!(", column {c}")).unwrap_or_default();
        let text: String = row["text"].as_str().unwrap_or_default().chars().take(60).collect();
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        lines.push(format!(
            "line {}{column}: {} (`{clean}`)",
            row["line"],
            row["reason"].as_str().unwrap_or("?")
        ));
    }
    if first.len() > ROWS_SHOWN {
        lines.push(format!("… and more; {} bad rows in all:", refused["rows"]));
        for reason in refused["reasons"].as_array().into_iter().flatten() {
            lines.push(format!("{} × {}", reason[1], reason[0].as_str().unwrap_or_default()));
        }
    }
    if let Some(job) = problem["job_id"].as_str() {
        lines.push(format!("watch it by `vakhta jobs show {job}`, stop it by `vakhta jobs cancel {job}`"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn statuses_become_exit_codes() {
        for (status, exit) in [
            (401, Exit::Forbidden),
            (403, Exit::Forbidden),
            (404, Exit::Missing),
            (409, Exit::Conflict),
            (422, Exit::BadInput),
            (413, Exit::BadInput),
            (429, Exit::Failed),
            (500, Exit::Failed),
            (503, Exit::Unreachable),
        ] {
            assert_eq!(exit_of(StatusCode::from_u16(status).expect("a status")), exit, "{status}");
        }
    }

    #[test]
    fn fields_rows_and_jobs_are_told() {
        let rows: Vec<Value> = (2..40)
            .map(|line| json!({"line": line, "column": "y", "text": "ab\u{7}c", "reason": "not a number"}))
            .collect();
        let problem = json!({
            "status": 422, "errors": [{"pointer": "/horizon", "message": "is 0"}],
            "refused": {"rows": 38, "first": rows, "reasons": [["not a number", 38]]},
            "job_id": "j_1",
        });
        let lines = lines(&problem);
        assert_eq!(lines[0], "/horizon: is 0");
        assert_eq!(lines[1], "line 2, column y: not a number (`ab c`)");
        assert_eq!(lines[21], "… and more; 38 bad rows in all:");
        assert_eq!(lines[22], "38 × not a number");
        assert!(lines[23].contains("vakhta jobs cancel j_1"));
    }
}
