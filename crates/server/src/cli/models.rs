//! `vakhta models …`: what there is, what serves, how good it is; deploy and roll back.

use super::accuracy::{accuracy, headline};
use crate::client::{Ask, Client, Connection, fields};
use crate::exit::{Exit, Failure, Result};
use crate::output::table::Grid;
use crate::output::{GOOD, Out, QUIET, STRONG, chart, styled};
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;

/// Lists models; shows one, its versions, its forecast; deploys and rolls back.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a model: its spec and the accuracy of the version that serves.
    Show {
        /// The model's key.
        key: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// List a model's versions.
    Versions {
        /// The model's key.
        key: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Put a version to serve.
    Deploy {
        /// The model's key.
        key: String,
        /// The version's id or alias.
        version: String,
        /// Why; kept with the decision.
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Go back to the version that served before, or to the one named.
    Rollback {
        /// The model's key.
        key: String,
        /// The version's id or alias.
        #[arg(long)]
        version: Option<String>,
        /// Why; kept with the decision.
        #[arg(long)]
        reason: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show or save the forecast of the version that serves.
    Forecast {
        /// The model's key.
        key: String,
        /// Another version than the one that serves.
        #[arg(long)]
        version: Option<String>,
        /// Periods; default the spec's horizon.
        #[arg(long)]
        horizon: Option<u32>,
        /// Only this series, its values with commas; may be repeated.
        #[arg(long, value_name = "VALUES")]
        series: Vec<String>,
        /// The format written.
        #[arg(long, value_enum, default_value = "csv")]
        format: Format,
        /// The file to write, `-` for standard output; without it a chart is shown.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Delete a model; its versions and history are kept.
    Delete {
        /// The model's key.
        key: String,
        #[command(flatten)]
        connection: Connection,
    },
}

/// Formats that a forecast is written in.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
    Jsonl,
    Parquet,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    match args.action {
        None => list(&Client::new(&args.connection)?, out).await,
        Some(Action::Show { key, connection }) => show(&Client::new(&connection)?, &key, out).await,
        Some(Action::Versions { key, connection }) => versions(&Client::new(&connection)?, &key, out).await,
        Some(Action::Deploy { key, version, reason, connection }) => {
            let body = json!({"version": version, "reason": reason});
            switch(&Client::new(&connection)?, &key, "deploy", body, out).await
        }
        Some(Action::Rollback { key, version, reason, connection }) => {
            let body = json!({"version": version, "reason": reason});
            switch(&Client::new(&connection)?, &key, "rollback", body, out).await
        }
        Some(Action::Forecast { key, version, horizon, series, format, output, connection }) => {
            let series: Vec<Vec<&str>> = series.iter().map(|s| s.split(',').collect()).collect();
            let body = json!({
                "model_key": key, "version": version, "horizon": horizon,
                "series": if series.is_empty() { Value::Null } else { json!(series) },
            });
            let client = Client::new(&connection)?;
            match output {
                Some(path) => save(&client, without_nulls(body), format, &path, out).await,
                None => draw(&client, without_nulls(body), out).await,
            }
        }
        Some(Action::Delete { key, connection }) => {
            super::delete(&Client::new(&connection)?, &["models", &key], out).await
        }
    }
}

async fn list(client: &Client, out: Out) -> Result<()> {
    let items = client.items(&["models"], &[], 10_000).await?;
    if out.is_json() {
        out.json(&json!({"items": items}));
        return Ok(());
    }
    let mut grid =
        Grid::new(&["model", "task", "dataset", "engine", ">horizon", "serves", ">how right", "training"]);
    for item in &items {
        grid.row([
            fields::text(item, "/key"),
            fields::text(item, "/task"),
            fields::text(item, "/dataset"),
            fields::text(item, "/engine"),
            fields::text(item, "/horizon"),
            fields::text(item, "/champion"),
            headline(&item["champion_metrics"], &item["champion_quality"]),
            fields::text(item, "/training"),
        ]);
    }
    grid.show_or(out, "no models yet; make one by `vakhta apply -f spec.yaml`");
    Ok(())
}

async fn show(client: &Client, key: &str, out: Out) -> Result<()> {
    let model = client.ask(Ask::get(&["models", key])).await?;
    let champion = match model["champion"].as_str() {
        Some(version) => Some(client.ask(Ask::get(&["models", key, "versions", version])).await?),
        None => None,
    };
    if out.is_json() {
        out.json(&json!({"model": model, "champion": champion}));
        return Ok(());
    }
    out.line(styled(STRONG, key));
    out.line(model["spec_yaml"].as_str().unwrap_or_default().trim_end());
    match champion {
        Some(version) => {
            out.line("");
            out.line(format!(
                "{} serves since {}",
                fields::text(&version, "/id"),
                fields::moment(&model, "/champion_since")
            ));
            accuracy(&version, out);
        }
        None => out.note(format!("nothing serves yet; train it by `vakhta train {key} --wait`")),
    }
    Ok(())
}

async fn versions(client: &Client, key: &str, out: Out) -> Result<()> {
    let items = client.items(&["models", key, "versions"], &[], 1_000).await?;
    if out.is_json() {
        out.json(&json!({"items": items}));
        return Ok(());
    }
    let columns =
        ["version", "alias", "state", "made (UTC)", "engine", ">how right", ">baseline", ">data", "reason"];
    let mut grid = Grid::new(&columns);
    for item in &items {
        grid.row([
            fields::text(item, "/id"),
            fields::text(item, "/alias"),
            fields::text(item, "/state"),
            fields::moment(item, "/created_at"),
            fields::text(item, "/engine"),
            headline(&item["metrics"], &item["quality"]),
            headline(&item["seasonal_naive"], &item["baseline"]),
            fields::text(item, "/dataset_version"),
            fields::text(item, if item["error"].is_string() { "/error" } else { "/reason" }),
        ]);
    }
    grid.show_or(out, format!("no versions yet; train one by `vakhta train {key} --wait`"));
    Ok(())
}

async fn switch(client: &Client, key: &str, how: &str, body: Value, out: Out) -> Result<()> {
    let answer = client.ask_with(Ask::post(&["models", key, how]), &without_nulls(body)).await?;
    if out.is_json() {
        out.json(&answer);
    } else {
        let version = fields::text(&answer, "/version");
        out.line(format!("{} {version} serves {key} now", styled(GOOD, "done:")));
    }
    Ok(())
}

async fn save(client: &Client, body: Value, format: Format, path: &std::path::Path, out: Out) -> Result<()> {
    let word = match format {
        Format::Csv => "csv",
        Format::Json => "json",
        Format::Jsonl => "jsonl",
        Format::Parquet => "parquet",
    };
    let request = client.request(&Ask::post(&["forecast"]).with("format", word))?.json(&body);
    let bytes = client.send(request).await?.bytes().await?;
    if path.as_os_str() == "-" {
        std::io::stdout().write_all(&bytes)?;
        return Ok(());
    }
    std::fs::write(path, &bytes)
        .map_err(|e| Failure::new(Exit::Failed, format!("cannot write {}: {e}", path.display())))?;
    out.note(format!("wrote {}", path.display()));
    Ok(())
}

async fn draw(client: &Client, mut body: Value, out: Out) -> Result<()> {
    body["history"] = json!(84);
    let answer = client.ask_with(Ask::post(&["forecast"]), &body).await?;
    if out.is_json() {
        out.json(&answer);
        return Ok(());
    }
    let series = answer["series"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(first) = series.first() else {
        out.note("the model knows no series");
        return Ok(());
    };
    let name: Vec<&str> =
        first["series"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let title = if name.is_empty() { "forecast".to_owned() } else { name.join(", ") };
    out.line(styled(STRONG, title));
    let points = |list: &Value| -> Vec<chart::Point> {
        list.as_array().into_iter().flatten().filter_map(point).collect()
    };
    for line in chart::draw(&points(&first["history"]), &points(&first["points"]), 96, 14) {
        out.line(line);
    }
    if series.len() > 1 {
        let text = format!("{} more series; save all by --output forecast.csv", series.len() - 1);
        out.note(styled(QUIET, text));
    }
    Ok(())
}

fn point(value: &Value) -> Option<chart::Point> {
    let widest = value["intervals"].as_array().and_then(|list| list.first());
    let band = widest.and_then(|i| Some((i["lo"].as_f64()?, i["hi"].as_f64()?)));
    Some(chart::Point { date: value["date"].as_str()?.parse().ok()?, value: value["value"].as_f64(), band })
}

/// Optional fields that were not given are left out, not sent as null.
fn without_nulls(mut body: Value) -> Value {
    if let Value::Object(fields) = &mut body {
        fields.retain(|_, value| !value.is_null());
    }
    body
}
