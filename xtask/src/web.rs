//! The web UI's packages and its build, each done only when it has to be.

use crate::process::{self, say};
use crate::{place, prepare};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// npm in the web's folder.
pub fn npm() -> Command {
    let mut command = Command::new("npm");
    // The tests drive Debian's chromium; Playwright would fetch its own.
    command.current_dir(place::web()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

/// Runs a script of `web/package.json`.
pub fn script(name: &str) -> Result<String> {
    process::run(npm().args(["run", "--silent", name]))?;
    Ok(String::new())
}

/// Installs the packages of the lock file, unless exactly these are installed.
pub fn packages() -> Result<()> {
    prepare::node()?;
    let lock = read_json(&place::web().join("package-lock.json"))?;
    // npm writes this one last, so a broken install is seen too.
    let installed = read_json(&place::web().join("node_modules/.package-lock.json")).unwrap_or(Value::Null);
    if up_to_date(&lock, &installed) {
        return Ok(());
    }
    say("web: the installed packages are not those of package-lock.json");
    process::run(npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// Builds `web/dist`, unless no source is newer than it.
pub fn build() -> Result<String> {
    packages()?;
    let web = place::web();
    #[expect(clippy::disallowed_methods, reason = "compared with the dates of files")]
    let started = SystemTime::now();
    let mark = web.join("node_modules/.vakhta-built");
    let built = mark.metadata().and_then(|meta| meta.modified()).ok();
    if let Some(built) = built
        && web.join("dist/index.html").is_file()
        && newest(&web)? < built
    {
        return Ok("web/dist is up to date".into());
    }
    script("build")?;
    if !web.join("dist/index.html").is_file() {
        bail!("`npm run build` ended well but left no web/dist/index.html");
    }
    // The mark carries the time of the start, so that an edit during the build is seen the next time.
    let file = std::fs::File::create(&mark).with_context(|| format!("writing {}", mark.display()))?;
    file.set_modified(started).with_context(|| format!("dating {}", mark.display()))?;
    Ok("web/dist is new".into())
}

fn read_json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

/// Whether what npm wrote down as installed is what the lock file asks for. Optional packages may be
/// missing: they are for other machines.
fn up_to_date(lock: &Value, installed: &Value) -> bool {
    let (Some(wanted), Some(present)) = (lock["packages"].as_object(), installed["packages"].as_object())
    else {
        return false;
    };
    let same = |a: &Value, b: &Value| a["version"] == b["version"] && a["integrity"] == b["integrity"];
    let all_there =
        wanted.iter().filter(|(path, _)| !path.is_empty()).all(|(path, entry)| match present.get(path) {
            Some(found) => same(entry, found),
            None => entry["optional"] == true || entry["devOptional"] == true,
        });
    all_there && present.keys().all(|path| wanted.contains_key(path))
}

/// When anything that the build reads was last changed. Folders count: a deleted file changes its folder.
fn newest(web: &Path) -> Result<SystemTime> {
    const NOT_READ: &[&str] = &["node_modules", "dist", "e2e", "test-results", "playwright-report"];
    let mut newest = SystemTime::UNIX_EPOCH;
    let mut open: Vec<_> = entries(web)?.into_iter().collect();
    while let Some(entry) = open.pop() {
        let top = entry.path().parent() == Some(web);
        if top && NOT_READ.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let meta = entry.metadata().with_context(|| format!("reading {}", entry.path().display()))?;
        newest = newest.max(meta.modified()?);
        if meta.is_dir() {
            open.extend(entries(&entry.path())?);
        }
    }
    Ok(newest)
}

fn entries(folder: &Path) -> Result<Vec<std::fs::DirEntry>> {
    let listed = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    listed.collect::<Result<_, _>>().with_context(|| format!("reading {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn installed_packages_are_compared_with_the_lock_file() {
        let lock = json!({"packages": {
            "": {"version": "0.1.0"},
            "node_modules/a": {"version": "1.0.0", "integrity": "sha512-x"},
            "node_modules/b-darwin": {"version": "1.0.0", "optional": true},
        }});
        let a = json!({"version": "1.0.0", "integrity": "sha512-x"});
        let cases = [
            (json!({"packages": {"node_modules/a": a}}), true, "the optional one may be missing"),
            (json!({"packages": {}}), false, "one is missing"),
            (json!({"packages": {"node_modules/a": {"version": "1.0.1"}}}), false, "another version"),
            (
                json!({"packages": {"node_modules/a": {"version": "1.0.0", "integrity": "sha512-y"}}}),
                false,
                "another content",
            ),
            (json!({"packages": {"node_modules/a": a, "node_modules/c": a}}), false, "one too many"),
            (Value::Null, false, "nothing is installed"),
        ];
        for (installed, expected, why) in cases {
            assert_eq!(up_to_date(&lock, &installed), expected, "{why}");
        }
    }

    #[test]
    fn a_changed_source_is_newer_and_installed_packages_are_not_looked_at() {
        let web = std::env::temp_dir().join(format!("vakhta-web-{}", std::process::id()));
        std::fs::create_dir_all(web.join("src/lib")).expect("a folder");
        std::fs::create_dir_all(web.join("node_modules")).expect("a folder");
        std::fs::write(web.join("src/lib/a.ts"), "a").expect("a file");
        let before = newest(&web).expect("it is there");
        let later = before + std::time::Duration::from_mins(1);
        let touch = |path: &str| {
            let file = std::fs::File::create(web.join(path)).expect("a file");
            file.set_modified(later).expect("its time is ours");
        };
        touch("node_modules/b.js");
        assert_eq!(newest(&web).expect("it is there"), before);
        touch("src/lib/a.ts");
        assert_eq!(newest(&web).expect("it is there"), later);
        std::fs::remove_dir_all(&web).expect("it is ours");
    }
}
