//! Follows a job on the server to its end, with a bar.

use super::{Ask, Client, fields};
use crate::exit::{Exit, Failure, Result};
use crate::output::Out;
use crate::output::progress::Bar;
use serde_json::Value;
use std::time::Duration;

/// Waits for the end of a job. A job that failed or was cancelled is a failure.
pub async fn job(client: &Client, id: &str, title: &str, out: Out) -> Result<Value> {
    let bar = Bar::new(out, title);
    let mut missed = 0;
    loop {
        let job = match client.ask(Ask::get(&["jobs", id])).await {
            Ok(job) => job,
            // A restarting server is no reason to give up: the job outlives it.
            Err(failure) if failure.exit == Exit::Unreachable && missed < 60 => {
                missed += 1;
                tokio::time::sleep(Duration::from_millis(500)).await;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        missed = 0;
        match job["state"].as_str().unwrap_or_default() {
            "completed" => {
                bar.done();
                return Ok(job);
            }
            "failed" => {
                bar.done();
                return Err(Failure::new(
                    Exit::Failed,
                    format!("job {id} failed: {}", fields::text(&job, "/error")),
                ));
            }
            "cancelled" => {
                bar.done();
                return Err(Failure::new(Exit::Failed, format!("job {id} was cancelled")));
            }
            state => {
                let stage = job["stage"].as_str().unwrap_or(state);
                bar.at(stage, job["progress"].as_f64().unwrap_or(0.0), job["eta_seconds"].as_u64());
            }
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
}
