//! `vakhta apply -f spec.yaml`: all specs are checked before the first one is sent.

use crate::client::{Ask, Client, Connection, fields};
use crate::exit::{Exit, Failure, Result};
use crate::output::{GOOD, Out, QUIET, WARN, styled};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use vakhta_domain::spec::{ModelSpec, parse_yaml};

/// Creates or changes models from specs.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A YAML or JSON file, a folder of them, or `-` for standard input; may be repeated.
    #[arg(short, long = "file", value_name = "PATH", required = true)]
    file: Vec<PathBuf>,
    /// Only check; send nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: Connection,
}

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let mut specs = Vec::new();
    let mut errors = Vec::new();
    for (place, text) in texts(&args.file)? {
        match parse_yaml(&text) {
            Ok(found) => specs.extend(found.into_iter().map(|spec| (place.clone(), spec))),
            Err(found) => errors.extend(found.0.into_iter().map(|e| {
                let pointer = if e.pointer.is_empty() { "/" } else { &e.pointer };
                format!("{place}: {pointer}: {}", e.message)
            })),
        }
    }
    errors.extend(twice(&specs));
    if !errors.is_empty() {
        return Err(
            Failure::new(Exit::BadInput, "nothing was applied, the specs have errors").with_more(errors)
        );
    }
    if args.dry_run {
        let keys: Vec<&str> = specs.iter().map(|(_, spec)| spec.model_key.as_str()).collect();
        if out.is_json() {
            out.json(&json!({"valid": keys}));
        } else {
            out.line(format!("{} are right", keys.join(", ")));
        }
        return Ok(());
    }
    let client = Client::new(&args.connection)?;
    let mut applied = Vec::new();
    for (place, spec) in specs {
        let ask = Ask::new(Method::POST, &["models"]).with("apply", "true");
        let answer = client.ask_with(ask, &serde_json::to_value(&spec)?).await.map_err(|mut failure| {
            failure.error = failure.error.context(format!("{place}: {}", spec.model_key));
            failure
        })?;
        for item in answer["items"].as_array().into_iter().flatten() {
            if !out.is_json() {
                tell(&place, item, out);
            }
            applied.push(item.clone());
        }
    }
    if out.is_json() {
        out.json(&json!({"items": applied}));
    }
    Ok(())
}

fn tell(place: &str, item: &Value, out: Out) {
    let change = fields::text(item, "/change");
    let style = if change == "unchanged" { QUIET } else { GOOD };
    out.line(format!("{} {} ({place})", styled(style, &change), fields::text(item, "/model/key")));
    for notice in item["notices"].as_array().into_iter().flatten() {
        let (pointer, message) = (fields::text(notice, "/pointer"), fields::text(notice, "/message"));
        out.note(format!("  {} {pointer}: {message}", styled(WARN, "note")));
    }
}

/// The texts of all files, each with the name to show.
fn texts(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|e| unreadable(Path::new("standard input"), &e))?;
            texts.push(("standard input".to_owned(), text));
            continue;
        }
        for file in files(path)? {
            let text = std::fs::read_to_string(&file).map_err(|e| unreadable(&file, &e))?;
            texts.push((file.display().to_string(), text));
        }
    }
    Ok(texts)
}

/// The file itself, or a folder's specs in order of name.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| unreadable(path, &e))? {
        let file = entry.map_err(|e| unreadable(path, &e))?.path();
        let is_spec =
            file.extension().is_some_and(|e| ["yaml", "yml", "json"].iter().any(|known| e == *known));
        if is_spec && file.is_file() {
            found.push(file);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Failure::new(
            Exit::BadInput,
            format!("{} holds no .yaml, .yml or .json file", path.display()),
        ));
    }
    Ok(found)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::BadInput, format!("cannot read {}: {error}", path.display()))
}

/// The same key in two places is a mistake: the second would silently win.
fn twice(specs: &[(String, ModelSpec)]) -> Vec<String> {
    let mut errors = Vec::new();
    for (i, (place, spec)) in specs.iter().enumerate() {
        if let Some((earlier, _)) = specs[..i].iter().find(|(_, other)| other.model_key == spec.model_key) {
            errors.push(format!("{place}: /model_key: `{}` is already in {earlier}", spec.model_key));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "model_key: m\ntask: forecast\ndata: {dataset: d, time: t, target: y}\n";

    #[test]
    fn a_folder_is_read_in_order_and_keys_are_unique() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(files(folder.path()).expect_err("empty").exit, Exit::BadInput);
        for name in ["b.yaml", "a.json", "c.txt"] {
            std::fs::write(folder.path().join(name), SPEC).expect("written");
        }
        let texts = texts(&[folder.path().to_owned()]).expect("two files");
        assert_eq!(texts.len(), 2);
        assert!(texts[0].0.ends_with("a.json") && texts[1].0.ends_with("b.yaml"));
        let specs: Vec<_> = texts
            .iter()
            .map(|(place, text)| (place.clone(), parse_yaml(text).expect("right").remove(0)))
            .collect();
        assert_eq!(twice(&specs).len(), 1);
        assert!(twice(&specs[..1]).is_empty());
    }
}
