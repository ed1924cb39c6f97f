//! Reads from the handlers which permission each operation asks for, so that it is named once: where it is asked
//! for. `auth/gate.rs` and the API's description take it from here.
//!
//! It knows how this crate writes handlers: `#[utoipa::path(METHOD, path = "…"` above an async function, and
//! `require(Permission::…)` in it or in a function of the same file that it calls. A handler that fits none of
//! that, and that is neither open nor asks who is signed in, fails the build.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where operations are, and what their addresses begin with.
const FOLDERS: [(&str, &str); 2] = [("src/native", ""), ("src/inference_v2", "/v2")];
const ATTRIBUTE: &str = "#[utoipa::path(";

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo says where the crate is"));
    let mut operations = BTreeSet::new();
    for (folder, prefix) in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
        for file in rust_files(&root.join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file can be read");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (at, _) in text.match_indices(ATTRIBUTE) {
                let found =
                    operation(text, at, prefix).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
                operations.insert(found);
            }
        }
    }
    assert!(operations.len() > 80, "only {} operations were found", operations.len());
    let mut out = String::from("pub(crate) static OPERATIONS: &[Operation] = &[\n");
    for (path, method, access) in operations {
        let _ = writeln!(out, "    Operation {{ method: {method:?}, path: {path:?}, access: {access} }},");
    }
    out.push_str("];\n");
    let target = PathBuf::from(env::var("OUT_DIR").expect("cargo says where to write")).join("operations.rs");
    fs::write(target, out).expect("the table can be written");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
    files
}

/// The operation whose attribute begins at `at`: its path, its method, and who may do it, as Rust.
fn operation(text: &str, at: usize, prefix: &str) -> Result<(String, String, String), String> {
    let attribute = enclosed(&text[at + ATTRIBUTE.len() - 1..])?;
    let method = attribute.split(',').next().unwrap_or_default().trim().to_owned();
    let path = attribute.split("path = \"").nth(1).and_then(|rest| rest.split('"').next());
    let path = format!("{prefix}{}", path.ok_or("an operation without a path")?);
    let after = &text[at + ATTRIBUTE.len() + attribute.len()..];
    let handler = function(after).ok_or_else(|| format!("{method} {path} has no handler"))?;
    let permissions = permissions(text, handler, &mut BTreeSet::new())?;
    let access = if attribute.contains("security(())") {
        "Access::Open".to_owned()
    } else if !permissions.is_empty() {
        format!("Access::Needs(&[{}])", permissions.join(", "))
    } else if handler.contains("SignedIn") {
        "Access::SignedIn".to_owned()
    } else {
        return Err(format!("{method} {path} does not say who may do it"));
    };
    Ok((path, method, access))
}

/// What stands between the parenthesis that `text` begins with and its end.
fn enclosed(text: &str) -> Result<&str, String> {
    let mut depth = 0_usize;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Ok(&text[1..at]);
                }
            }
            _ => {}
        }
    }
    Err("a parenthesis without end".into())
}

/// The first function of `text`, from its name to the brace that ends it, which stands alone on its line.
fn function(text: &str) -> Option<&str> {
    let begin = text.find("fn ")? + "fn ".len();
    let end = text[begin..].find("\n}").map_or(text.len(), |end| begin + end);
    Some(&text[begin..end])
}

/// The permissions that `body` asks for, itself or by functions of the same file.
fn permissions(text: &str, body: &str, seen: &mut BTreeSet<String>) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for (at, asks) in body.match_indices("require(") {
        let asked = enclosed(&body[at + asks.len() - 1..])?;
        let names = asked.split("Permission::").skip(1).map(|rest| {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            format!("Permission::{name}")
        });
        found.extend(names);
    }
    for (at, _) in text.match_indices("fn ") {
        let Some(other) = function(&text[at..]) else { continue };
        let name: String = other.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let calls = body.match_indices(&format!("{name}(")).any(|(at, _)| {
            !body[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == ':') && at > 0
        });
        if calls && seen.insert(name) {
            found.extend(permissions(text, other, seen)?);
        }
    }
    found.dedup();
    Ok(found)
}
