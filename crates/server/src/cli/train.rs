//! `vakhta train MODEL`.

use super::accuracy::accuracy;
use crate::client::{Ask, Client, Connection, fields, follow};
use crate::exit::Result;
use crate::output::{GOOD, Out, styled};
use serde_json::{Value, json};

/// Trains a model on a server.
#[derive(Debug, clap::Args)]
#[command(after_help = "Without --wait the command returns once the training is queued.")]
pub struct Args {
    /// The model's key.
    model: String,
    /// Wait for the end and show the accuracy.
    #[arg(long)]
    wait: bool,
    /// Train on another dataset than the spec's.
    #[arg(long, value_name = "KEY")]
    dataset: Option<String>,
    /// A name for the new version, e.g. 1.0.0.
    #[arg(long)]
    alias: Option<String>,
    /// Why; kept with the version.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let client = Client::new(&args.connection)?;
    let mut body = json!({"model_key": args.model});
    for (name, value) in [("dataset", args.dataset), ("alias", args.alias), ("reason", args.reason)] {
        if let Some(value) = value {
            body[name] = Value::String(value);
        }
    }
    let answer = client.ask_with(Ask::post(&["train"]), &body).await?;
    let id = fields::text(&answer, "/job_id");
    if !args.wait {
        if out.is_json() {
            out.json(&answer);
        } else {
            out.line(format!("training of {} is queued as job {id}", args.model));
            out.note(format!("follow it by `vakhta jobs show {id} --wait`"));
        }
        return Ok(());
    }
    out.note(format!("job {id}; it goes on if you interrupt this, stop it by `vakhta jobs cancel {id}`"));
    let job = follow::job(&client, &id, &format!("training {}", args.model), out).await?;
    let version = job["result"]["version"].as_str().or_else(|| job["result"]["version_id"].as_str());
    let Some(version) = version.map(str::to_owned).filter(|_| !out.is_json()) else {
        out.json(&job);
        return Ok(());
    };
    let details = client.ask(Ask::get(&["models", &args.model, "versions", &version])).await?;
    out.line(format!("{} {version} ({})", styled(GOOD, "trained"), fields::text(&details, "/state")));
    accuracy(&details, out);
    Ok(())
}
