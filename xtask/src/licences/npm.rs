//! The packages of `package-lock.json` with their licences.
//!
//! Tools of the build count too: the bundler copies parts of `svelte` and `redoc` into what we ship, and
//! the lock file cannot say which tool does so.

use super::Package;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Every package of a lock file of version 3.
pub fn packages(lock: &str) -> Result<Vec<Package>> {
    let lock: Value = serde_json::from_str(lock).context("package-lock.json is no JSON")?;
    let version = lock["lockfileVersion"].as_u64().unwrap_or(0);
    ensure!(version == 3, "package-lock.json has version {version}, 3 is read: write it with npm 9 or newer");
    let entries = lock["packages"].as_object().context("package-lock.json has no `packages`")?;
    // The empty path is the project itself; a link's target has its own entry.
    let foreign = entries.iter().filter(|(path, entry)| !path.is_empty() && entry["link"] != true);
    let mut packages: Vec<_> = foreign.map(|(path, entry)| package(path, entry)).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

fn package(path: &str, entry: &Value) -> Package {
    let name = path.rsplit_once("node_modules/").map_or(path, |(_, name)| name);
    let version = entry["version"].as_str().unwrap_or("?");
    Package { name: format!("npm {name} {version}"), licence: entry["license"].as_str().map(Into::into) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_read_with_its_licence() {
        let lock = r#"{"lockfileVersion": 3, "packages": {
            "": {"name": "web", "license": "Apache-2.0"},
            "node_modules/svelte": {"version": "5.0.0", "license": "MIT", "dev": true},
            "node_modules/a/node_modules/@scope/b": {"version": "1.2.3"},
            "node_modules/linked": {"resolved": "linked", "link": true}
        }}"#;
        let found = packages(lock).expect("it is a lock file");
        let expected = [
            Package { name: "npm @scope/b 1.2.3".into(), licence: None },
            Package { name: "npm svelte 5.0.0".into(), licence: Some("MIT".into()) },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn another_version_of_the_file_is_refused() {
        let error = packages(r#"{"lockfileVersion": 1, "dependencies": {}}"#).expect_err("too old");
        assert!(error.to_string().contains("has version 1, 3 is read"), "{error}");
    }
}
