//! `vakhta jobs …`.

use crate::client::{Ask, Client, Connection, fields, follow};
use crate::exit::Result;
use crate::output::table::Grid;
use crate::output::{Out, STRONG, numbers, styled};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::time::Duration;

/// Lists jobs; shows, follows and cancels them, tries them once more.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only jobs in this state.
    #[arg(long, value_enum)]
    state: Option<State>,
    /// Only jobs of this kind.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only jobs of this model.
    #[arg(long, value_name = "KEY")]
    model: Option<String>,
    /// Only jobs that this account asked for.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// At most so many, newest first.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Train,
    Retrain,
    Predict,
    Sync,
    Metrics,
    Drift,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a job.
    Show {
        /// The job's id.
        id: String,
        /// Wait for its end.
        #[arg(long)]
        wait: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// Ask a job to stop.
    Cancel {
        /// The job's id.
        id: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Try a job that failed or was cancelled once more, with the same input.
    Retry {
        /// The job's id.
        id: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show a job's log.
    Logs {
        /// The job's id.
        id: String,
        /// Go on showing lines until it ends.
        #[arg(long, short)]
        follow: bool,
        #[command(flatten)]
        connection: Connection,
    },
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    match args.action {
        None => {
            let word = |value: Option<clap::builder::PossibleValue>| value.map(|v| v.get_name().to_owned());
            let query = [
                ("state", word(args.state.and_then(|s| s.to_possible_value()))),
                ("kind", word(args.kind.and_then(|k| k.to_possible_value()))),
                ("model", args.model),
                ("owner", args.owner),
            ];
            let client = Client::new(&args.connection)?;
            list(&client.items(&["jobs"], &query, args.limit as usize).await?, out);
            Ok(())
        }
        Some(Action::Show { id, wait, connection }) => {
            let client = Client::new(&connection)?;
            let job = if wait {
                follow::job(&client, &id, "job", out).await?
            } else {
                client.ask(Ask::get(&["jobs", &id])).await?
            };
            show(&job, out);
            Ok(())
        }
        Some(Action::Cancel { id, connection }) => {
            let job = Client::new(&connection)?.ask(Ask::post(&["jobs", &id, "cancel"])).await?;
            if out.is_json() {
                out.json(&job);
            } else if job["state"] == "cancelled" {
                out.line(format!("job {id} is cancelled"));
            } else {
                out.line(format!("job {id} was asked to stop"));
            }
            Ok(())
        }
        Some(Action::Retry { id, connection }) => {
            let accepted = Client::new(&connection)?.ask(Ask::post(&["jobs", &id, "retry"])).await?;
            if out.is_json() {
                out.json(&accepted);
            } else {
                out.line(format!("job {} tries {id} once more", fields::text(&accepted, "/job_id")));
            }
            Ok(())
        }
        Some(Action::Logs { id, follow, connection }) => {
            logs(&Client::new(&connection)?, &id, follow, out).await
        }
    }
}

fn list(items: &[Value], out: Out) {
    if out.is_json() {
        out.json(&json!({"items": items}));
        return;
    }
    let mut grid =
        Grid::new(&["job", "kind", "model", "state", "stage", ">done", "left", "by", "asked for (UTC)"]);
    for job in items {
        grid.row([
            fields::text(job, "/id"),
            fields::text(job, "/kind"),
            fields::text(job, "/model"),
            fields::text(job, "/state"),
            fields::text(job, "/stage"),
            done(job),
            job["eta_seconds"].as_u64().map_or_else(|| "–".into(), numbers::seconds),
            fields::text(job, "/owner"),
            fields::moment(job, "/created_at"),
        ]);
    }
    grid.show_or(out, "no jobs");
}

fn done(job: &Value) -> String {
    job["progress"].as_f64().map_or_else(|| "–".into(), |p| format!("{:.0}%", p * 100.0))
}

fn show(job: &Value, out: Out) {
    if out.is_json() {
        out.json(job);
        return;
    }
    out.line(styled(STRONG, fields::text(job, "/id")));
    for (name, value) in [
        ("kind", fields::text(job, "/kind")),
        ("model", fields::text(job, "/model")),
        ("state", fields::text(job, "/state")),
        ("stage", fields::text(job, "/stage")),
        ("done", done(job)),
        ("attempt", fields::text(job, "/attempt")),
        ("asked by", fields::text(job, "/owner")),
        ("asked for", fields::moment(job, "/created_at")),
        ("started", fields::moment(job, "/started_at")),
        ("ended", fields::moment(job, "/finished_at")),
        ("error", fields::text(job, "/error")),
    ] {
        if value != "–" {
            out.line(format!("{name:<10} {value}"));
        }
    }
    if !job["result"].is_null() {
        out.line(format!("{:<10} {}", "result", job["result"]));
    }
}

async fn logs(client: &Client, id: &str, follow: bool, out: Out) -> Result<()> {
    let mut after = 0;
    loop {
        // Asked before the lines are read, so that none written before the end is missed.
        let ended = !follow || {
            let job = client.ask(Ask::get(&["jobs", id])).await?;
            matches!(job["state"].as_str(), Some("completed" | "failed" | "cancelled"))
        };
        loop {
            let path = ["jobs", id, "logs"];
            let answer = client.ask(Ask::get(&path).with("after", after.to_string())).await?;
            let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            for item in items {
                after = after.max(item["line"].as_u64().unwrap_or(after));
                if out.is_json() {
                    out.line(item);
                } else {
                    out.line(format!("{}  {}", fields::moment(item, "/at"), fields::text(item, "/text")));
                }
            }
            if items.is_empty() {
                break;
            }
        }
        if ended {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
