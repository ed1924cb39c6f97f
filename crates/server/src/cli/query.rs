//! `vakhta query SQL`: a question to a server, its answer as a table or a file.

use crate::client::{Ask, Client, Connection};
use crate::exit::{Exit, Failure, Result};
use crate::output::table::Grid;
use crate::output::{Out, QUIET, styled};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

/// Asks a server in SQL about what it keeps.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Tables: predictions, actuals, daily_metrics, events, decisions, jobs, models, versions, \
    and each dataset as datasets.\"NAME\", an older version of it as datasets.\"NAME@3\". \
    Try `vakhta query \"SHOW TABLES\"` and `vakhta query \"DESCRIBE predictions\"`."
)]
pub struct Args {
    /// One statement that reads; `-` for standard input.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    sql: Option<String>,
    /// The file that holds it.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// How the answer is written; default `table`, with --json `json`.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Rows in the answer, 1 to 100,000; default 10,000.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
    #[command(flatten)]
    connection: Connection,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// The server's answer as it is.
    Json,
    /// An object a line.
    Jsonl,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let client = Client::new(&args.connection)?;
    let default = if out.is_json() { Format::Json } else { Format::Table };
    let format = args.format.unwrap_or(default);
    let mut body = json!({ "sql": sql(&args)? });
    if let Some(limit) = args.limit {
        body["limit"] = json!(limit);
    }
    match format {
        Format::Table | Format::Json => {
            let answer = client.ask_with(Ask::post(&["query"]), &body).await?;
            if format == Format::Json { out.json(&answer) } else { show(&answer, out) }
        }
        Format::Csv => save(&client, "csv", &body, out).await?,
        Format::Jsonl => save(&client, "jsonl", &body, out).await?,
    }
    Ok(())
}

fn sql(args: &Args) -> Result<String> {
    let unreadable = |name: &str, error: std::io::Error| {
        Failure::new(Exit::BadInput, format!("cannot read {name}: {error}"))
    };
    if let Some(path) = &args.file {
        return std::fs::read_to_string(path).map_err(|error| unreadable(&path.display().to_string(), error));
    }
    let sql = args.sql.clone().unwrap_or_default();
    if sql != "-" {
        return Ok(sql);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| unreadable("standard input", error))?;
    Ok(text)
}

/// Writes a file of the server's to standard output as it is.
async fn save(client: &Client, format: &str, body: &Value, out: Out) -> Result<()> {
    let request = client.request(&Ask::post(&["query"]).with("format", format))?.json(body);
    let response = client.send(request).await?;
    let truncated = response.headers().get("x-vakhta-truncated").is_some_and(|value| value == "true");
    let bytes = response.bytes().await?;
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(&bytes).and_then(|()| stdout.flush()) {
        // `vakhta query … | head` has what it wants.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    if truncated {
        tell_truncated(out);
    }
    Ok(())
}

fn show(answer: &Value, out: Out) {
    let list = |name: &str| answer[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let numeric = |kind: &Value| matches!(kind.as_str(), Some("integer" | "float" | "decimal"));
    let names = list("columns").iter().map(|column| {
        let name = column["name"].as_str().unwrap_or_default();
        if numeric(&column["type"]) { format!(">{name}") } else { name.to_owned() }
    });
    let names: Vec<String> = names.collect();
    let mut grid = Grid::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for row in list("rows") {
        grid.row(row.as_array().into_iter().flatten().map(cell));
    }
    grid.show(out);
    let (rows, elapsed) = (&answer["row_count"], &answer["elapsed_ms"]);
    out.note(styled(QUIET, format!("{rows} rows in {elapsed} ms")));
    if answer["truncated"] == true {
        tell_truncated(out);
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn tell_truncated(out: Out) {
    out.warn("there are more rows; see them by --limit, or ask for fewer in SQL");
}
