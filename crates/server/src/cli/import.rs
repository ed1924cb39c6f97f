//! `vakhta import MODEL FILE`: a model of another program as a version.

use crate::client::{Ask, Client, Connection, fields};
use crate::exit::{Exit, Failure, Result};
use crate::output::{GOOD, Out, styled};
use std::path::PathBuf;

/// Makes a version of a model that another program learnt.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The file is ONNX (a perceptron or trees) or LightGBM's text; its inputs are the numeric \
    columns of the model's spec, in their order. The version waits until you deploy it."
)]
pub struct Args {
    /// The model's key: a classification or regression of records.
    model: String,
    /// The file.
    file: PathBuf,
    /// The format, else told by the content: onnx, lightgbm.
    #[arg(long)]
    format: Option<String>,
    /// The labels of the classes, where the file does not name them: in its order, separated by commas.
    #[arg(long, value_name = "LABELS")]
    classes: Option<String>,
    /// Why; kept with the version.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let client = Client::new(&args.connection)?;
    let bytes = std::fs::read(&args.file)
        .map_err(|e| Failure::new(Exit::BadInput, format!("cannot read {}: {e}", args.file.display())))?;
    let path = ["models", &args.model, "versions", "import"];
    let ask = Ask::post(&path)
        .maybe("format", args.format)
        .maybe("classes", args.classes)
        .maybe("reason", args.reason);
    let request = client.request(&ask)?.header("Content-Type", "application/octet-stream").body(bytes);
    let answer = client.json(request).await?;
    if out.is_json() {
        out.json(&answer);
        return Ok(());
    }
    let (version, engine) = (fields::text(&answer, "/id"), fields::text(&answer, "/engine"));
    out.line(format!("{} {version} ({engine})", styled(GOOD, "imported")));
    out.note("its quality was not measured here; ask it by `vakhta predict --version`, measure it by POST /quality");
    out.note(format!("then put it to serve by `vakhta models deploy {} {version}`", args.model));
    Ok(())
}
