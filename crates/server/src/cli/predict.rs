//! `vakhta predict MODEL --data FILE`: records in, predictions out.

use crate::client::{Ask, Client, Connection};
use crate::exit::{Exit, Failure, Result};
use crate::output::progress::Bar;
use crate::output::table::Grid;
use crate::output::{Out, numbers};
use serde_json::{Map, Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Records that one request may hold.
const CHUNK: usize = 10_000;

/// Asks a model on a server for predictions of records.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Records are a JSON list, JSON Lines, CSV or Parquet, with the columns that the model's spec names."
)]
pub struct Args {
    /// The model's key.
    model: String,
    /// The file with records, `-` for standard input.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Another version than the one that serves: its id or alias.
    #[arg(long)]
    version: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let client = Client::new(&args.connection)?;
    let records = records(&args.data)?;
    if records.is_empty() {
        return Err(Failure::new(Exit::BadInput, format!("{} holds no records", args.data.display())));
    }
    let bar = Bar::new(out, "predicting");
    let mut predictions = Vec::new();
    let mut version = Value::Null;
    for (i, chunk) in records.chunks(CHUNK).enumerate() {
        bar.at("asking the server", (i * CHUNK) as f64 / records.len() as f64, None);
        let mut body = json!({"model_key": args.model, "data": chunk});
        if let Some(wanted) = &args.version {
            body["version"] = json!(wanted);
        }
        let request = client.request(&Ask::post(&["predict"]))?.header("Prefer", "wait=300").json(&body);
        let mut answer = client.json(request).await?;
        if answer["predictions"].is_null() {
            return Err(Failure::new(Exit::Failed, "the server did not answer in time")
                .with_more([format!("its job is {}, see `vakhta jobs`", answer["job_id"])]));
        }
        version = answer["version"].take();
        if let Value::Array(items) = answer["predictions"].take() {
            predictions.extend(items.into_iter().map(|mut item| {
                item["index"] = json!(item["index"].as_u64().unwrap_or(0) + (i * CHUNK) as u64);
                item
            }));
        }
    }
    bar.done();
    let failed = predictions.iter().filter(|p| p["error"].is_string()).count();
    show(&json!({"model_key": args.model, "version": version, "predictions": predictions}), &records, out);
    if failed == predictions.len() {
        return Err(Failure::new(Exit::BadInput, "no record could be predicted"));
    }
    if failed > 0 {
        out.warn(format!("{failed} of {} records could not be predicted", predictions.len()));
    }
    Ok(())
}

fn show(answer: &Value, records: &[Map<String, Value>], out: Out) {
    if out.is_json() {
        out.json(answer);
        return;
    }
    let mut grid = Grid::new(&[">#", "record", ">prediction", "how sure"]);
    for prediction in answer["predictions"].as_array().into_iter().flatten() {
        let index = prediction["index"].as_u64().unwrap_or(0) as usize;
        let record = records.get(index).map(|r| Value::Object(r.clone()).to_string()).unwrap_or_default();
        let (value, sure) = match (prediction["error"].as_str(), prediction["label"].as_str()) {
            (Some(error), _) => ("–".to_owned(), error.to_owned()),
            (None, Some(label)) => (label.to_owned(), confidence(prediction)),
            (None, None) => (numbers::maybe(prediction["value"].as_f64(), 2), intervals(prediction)),
        };
        grid.row([index.to_string(), record.chars().take(60).collect(), value, sure]);
    }
    grid.show(out);
}

fn confidence(prediction: &Value) -> String {
    let percent = numbers::maybe(prediction["confidence"].as_f64().map(|share| 100.0 * share), 1);
    let person = if prediction["needs_person"] == true { ", needs a person" } else { "" };
    format!("{percent}%{person}")
}

fn intervals(prediction: &Value) -> String {
    let list = prediction["intervals"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |i: &Value| {
        let bound = |name: &str| numbers::maybe(i[name].as_f64(), 2);
        format!("{}%: {} … {}", i["level"], bound("lo"), bound("hi"))
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn records(path: &Path) -> Result<Vec<Map<String, Value>>> {
    let bad = |text: String| Failure::new(Exit::BadInput, text);
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(path).map_err(|e| bad(format!("cannot read {}: {e}", path.display())))?;
    }
    // A JSON list is not among the table formats; everything else is read as an upload would be.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return serde_json::from_slice(&bytes)
            .map_err(|e| bad(format!("{} is not a JSON list of records: {e}", path.display())));
    }
    super::forecast::read::records(&bytes, path)
}
