//! `vakhta datasets …`.

use crate::client::{Ask, Client, Connection, fields};
use crate::exit::{Exit, Failure, Result};
use crate::output::progress::ByteBar;
use crate::output::table::Grid;
use crate::output::{GOOD, Out, STRONG, numbers, styled};
use clap::{Subcommand, ValueEnum};
use futures::StreamExt as _;
use reqwest::Body;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::io::ReaderStream;

/// Lists datasets; uploads, shows, previews and deletes them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Upload a file as a new version of a dataset.
    Upload(Upload),
    /// Show a dataset's columns and how it was read.
    Show {
        /// The dataset's key.
        key: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show the first rows.
    Preview {
        /// The dataset's key.
        key: String,
        /// How many.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
        limit: u32,
        /// After how many.
        #[arg(long, default_value_t = 0)]
        offset: u64,
        #[command(flatten)]
        connection: Connection,
    },
    /// Delete a dataset that no model uses.
    Delete {
        /// The dataset's key.
        key: String,
        #[command(flatten)]
        connection: Connection,
    },
}

#[derive(Debug, clap::Args)]
struct Upload {
    /// CSV, JSON Lines or Parquet.
    file: PathBuf,
    /// The dataset's key: a-z, 0-9, `_` and `-`; default made of the file's name.
    #[arg(long)]
    key: Option<String>,
    /// What people call it.
    #[arg(long)]
    title: Option<String>,
    /// The format, else detected: csv, jsonl, parquet.
    #[arg(long)]
    format: Option<String>,
    /// The text encoding, else detected, e.g. windows-1251.
    #[arg(long)]
    encoding: Option<String>,
    /// The delimiter, else detected.
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<String>,
    /// The decimal sign, else detected: `.` or `,`.
    #[arg(long, value_name = "CHAR")]
    decimal: Option<String>,
    /// The form of dates, else detected, e.g. DD.MM.YYYY.
    #[arg(long, value_name = "FORM")]
    dates: Option<String>,
    /// What to do with bad rows.
    #[arg(long, value_enum, default_value = "refuse")]
    on_error: OnError,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnError {
    /// Refuse the upload whole.
    Refuse,
    /// Leave them out and report them.
    Skip,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    match args.action {
        None => list(&Client::new(&args.connection)?, out).await,
        Some(Action::Upload(upload)) => send(upload, out).await,
        Some(Action::Show { key, connection }) => {
            let answer = Client::new(&connection)?.ask(Ask::get(&["datasets", &key])).await?;
            show(&answer, out);
            Ok(())
        }
        Some(Action::Preview { key, limit, offset, connection }) => {
            let path = ["datasets", &key, "preview"];
            let ask = Ask::get(&path).with("limit", limit.to_string()).with("offset", offset.to_string());
            let answer = Client::new(&connection)?.ask(ask).await?;
            preview(&answer, out);
            Ok(())
        }
        Some(Action::Delete { key, connection }) => {
            super::delete(&Client::new(&connection)?, &["datasets", &key], out).await
        }
    }
}

async fn list(client: &Client, out: Out) -> Result<()> {
    let items = client.items(&["datasets"], &[], 10_000).await?;
    if out.is_json() {
        out.json(&json!({"items": items}));
        return Ok(());
    }
    let mut grid =
        Grid::new(&["dataset", "title", ">version", ">rows", ">columns", ">size", "updated (UTC)"]);
    for item in &items {
        grid.row([
            fields::text(item, "/key"),
            fields::text(item, "/title"),
            fields::text(item, "/version"),
            fields::count(item, "/rows"),
            fields::text(item, "/columns"),
            fields::bytes(item, "/bytes"),
            fields::moment(item, "/updated_at"),
        ]);
    }
    grid.show_or(out, "no datasets yet; upload one by `vakhta datasets upload FILE`");
    Ok(())
}

async fn send(upload: Upload, out: Out) -> Result<()> {
    let client = Client::new(&upload.connection)?;
    let missing = |e: std::io::Error| {
        Failure::new(Exit::BadInput, format!("cannot read {}: {e}", upload.file.display()))
    };
    let file = tokio::fs::File::open(&upload.file).await.map_err(missing)?;
    let facts = file.metadata().await.map_err(missing)?;
    if !facts.is_file() {
        return Err(Failure::new(Exit::BadInput, format!("{} is not a file", upload.file.display())));
    }
    let key = match &upload.key {
        Some(key) => key.clone(),
        None => key_of(&upload.file)?,
    };
    let file_name = upload.file.file_name().map(|n| n.to_string_lossy().into_owned());
    let on_error = match upload.on_error {
        OnError::Refuse => None,
        OnError::Skip => Some("skip"),
    };
    let ask = Ask::post(&["datasets"])
        .with("key", &key)
        .maybe("file_name", file_name)
        .maybe("title", upload.title)
        .maybe("format", upload.format)
        .maybe("encoding", upload.encoding)
        .maybe("delimiter", upload.delimiter)
        .maybe("decimal", upload.decimal)
        .maybe("dates", upload.dates)
        .maybe("on_error", on_error);
    let bar = Arc::new(ByteBar::new(out, "uploading", facts.len()));
    let seen = Arc::clone(&bar);
    let stream = ReaderStream::with_capacity(file, 256 * 1024).inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            seen.passed(chunk.len() as u64);
        }
    });
    let request = client
        .request(&ask)?
        .header("Content-Type", "application/octet-stream")
        .header("Content-Length", facts.len())
        .body(Body::wrap_stream(stream));
    let answer = client.json(request).await;
    drop(bar);
    let answer = answer?;
    if !out.is_json() {
        let (rows, version) = (fields::count(&answer, "/rows"), fields::text(&answer, "/version"));
        out.line(format!("{} {key} version {version}, {rows} rows", styled(GOOD, "uploaded")));
    }
    show(&answer, out);
    Ok(())
}

/// A key made of a file's name.
fn key_of(file: &Path) -> Result<String> {
    let stem = file.file_stem().map(|s| s.to_string_lossy().to_lowercase()).unwrap_or_default();
    let key: String = stem
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' { c } else { '_' })
        .take(64)
        .collect();
    if key.chars().any(|c| c.is_ascii_alphanumeric()) {
        return Ok(key);
    }
    let text = format!("no key can be made of the name {}, give one by --key", file.display());
    Err(Failure::new(Exit::Usage, text))
}

fn show(dataset: &Value, out: Out) {
    if out.is_json() {
        out.json(dataset);
        return;
    }
    let read_as = &dataset["read_as"];
    let mut how = vec![fields::text(dataset, "/read_as/format")];
    how.extend(
        ["encoding", "delimiter", "decimal", "dates"].into_iter().filter_map(|name| {
            read_as[name].as_str().map(|value| format!("{name} {}", value.escape_debug()))
        }),
    );
    out.line(styled(STRONG, fields::text(dataset, "/key")));
    out.line(format!(
        "{} rows, {}, read as {}",
        fields::count(dataset, "/rows"),
        fields::bytes(dataset, "/bytes"),
        how.join(", ")
    ));
    let mut grid = Grid::new(&["column", "kind", ">present", ">missing", ">distinct", "min", "max", ">mean"]);
    for column in dataset["columns_detail"].as_array().into_iter().flatten() {
        grid.row([
            fields::text(column, "/name"),
            fields::text(column, "/kind"),
            fields::count(column, "/profile/count"),
            fields::count(column, "/profile/missing"),
            fields::count(column, "/profile/distinct"),
            fields::text(column, "/profile/min"),
            fields::text(column, "/profile/max"),
            fields::text(column, "/profile/mean"),
        ]);
    }
    grid.show(out);
    let refused = dataset["refused"]["rows"].as_u64().unwrap_or(0);
    if refused > 0 {
        out.warn(format!("{} bad rows were left out:", numbers::count(refused)));
        for reason in dataset["refused"]["reasons"].as_array().into_iter().flatten() {
            out.note(format!("  {} × {}", reason[1], reason[0].as_str().unwrap_or_default()));
        }
    }
}

fn preview(answer: &Value, out: Out) {
    if out.is_json() {
        out.json(answer);
        return;
    }
    let columns = answer["columns"].as_array().map(Vec::as_slice).unwrap_or_default();
    let numeric = |c: &Value| matches!(c["kind"].as_str(), Some("integer" | "float"));
    let names: Vec<String> = columns
        .iter()
        .map(|c| format!("{}{}", if numeric(c) { ">" } else { "" }, fields::text(c, "/name")))
        .collect();
    let mut grid = Grid::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for row in answer["rows"].as_array().into_iter().flatten() {
        grid.row(row.as_array().into_iter().flatten().map(|cell| match cell {
            Value::String(text) => text.clone(),
            Value::Null => "–".into(),
            other => other.to_string(),
        }));
    }
    grid.show(out);
    out.note(format!("{} rows in all", fields::count(answer, "/total")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_names() {
        for (name, key) in
            [("Sales 2026.csv", "sales_2026"), ("a/b-c.parquet", "b-c"), ("Отчёт1.csv", "_____1")]
        {
            assert_eq!(key_of(Path::new(name)).expect("a key"), key);
        }
        assert_eq!(key_of(Path::new("Продажи.csv")).expect_err("no key").exit, Exit::Usage);
    }
}
