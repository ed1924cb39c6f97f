//! Whether everything that we build from may be shipped under our licence: crates and npm packages.

mod expression;
mod npm;

use crate::{crates, place};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;

/// Licences that we take, with what they ask of us. `deny.toml` holds the same list.
const ALLOWED: &[(&str, &str)] = &[
    ("0BSD", "nothing"),
    ("Apache-2.0", "licence text, notices"),
    ("Apache-2.0 WITH LLVM-exception", "less than Apache-2.0"),
    ("BSD-2-Clause", "notice"),
    ("BSD-3-Clause", "notice, no use of names"),
    ("BSL-1.0", "notice with sources"),
    ("BlueOak-1.0.0", "licence text"),
    ("CC0-1.0", "nothing"),
    ("CDLA-Permissive-2.0", "text of the agreement with the data"),
    ("ISC", "notice"),
    ("MIT", "notice"),
    ("MIT-0", "nothing"),
    ("MPL-2.0", "changes to its own files stay open; we change none"),
    ("Python-2.0", "notice; only tools of the web build"),
    ("Unicode-3.0", "notice"),
    ("Zlib", "notice with sources"),
];

/// Packages whose metadata names no SPDX licence, with what the licence file in them says.
const READ_BY_US: &[(&str, &str)] = &[
    ("npm decko 1.2.0", "MIT"),
    ("npm stickyfill 1.1.1", "MIT"),
    ("npm url-template 2.0.8", "BSD-3-Clause"),
];

/// One crate or package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Name and version.
    pub name: String,
    /// Its SPDX expression, where it gives one.
    pub licence: Option<String>,
}

/// Checks every crate that cargo would build and every package of the web's lock file.
pub fn run() -> Result<String> {
    let metadata = crates::metadata()?;
    let crates: Vec<Package> = metadata
        .packages
        .iter()
        .map(|package| Package {
            name: format!("crate {} {}", package.name, package.version),
            licence: package.license.clone(),
        })
        .collect();
    let lock = place::web().join("package-lock.json");
    let text = std::fs::read_to_string(&lock).with_context(|| format!("reading {}", lock.display()))?;
    let packages = npm::packages(&text)?;
    let mut wrong = offenders(&crates);
    wrong.extend(offenders(&packages));
    if !wrong.is_empty() {
        bail!("{}\nthe list of what we take is in xtask/src/licences/mod.rs", wrong.join("\n"));
    }
    Ok(format!("{} crates, {} npm packages", crates.len(), packages.len()))
}

/// A line for each package whose licence we do not take.
fn offenders(packages: &[Package]) -> Vec<String> {
    let allowed: BTreeSet<&str> = ALLOWED.iter().map(|(id, _)| *id).collect();
    let mut wrong = Vec::new();
    for Package { name, licence } in packages {
        let read = READ_BY_US.iter().find(|(known, _)| known == name).map(|(_, licence)| *licence);
        let Some(licence) = read.or(licence.as_deref()) else {
            wrong.push(format!("{name} names no licence"));
            continue;
        };
        match expression::parse(licence) {
            Ok(expression) if expression.satisfied_by(&allowed) => {}
            Ok(_) => wrong.push(format!("{name} is under `{licence}`, which we do not take")),
            Err(error) => {
                wrong.push(format!("{name} is under `{licence}`, which is no SPDX expression: {error}"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(licence: Option<&str>) -> Package {
        Package { name: "crate x 1.0.0".into(), licence: licence.map(Into::into) }
    }

    #[test]
    fn what_we_take_passes() {
        for licence in
            ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "Zlib"]
        {
            assert_eq!(offenders(&[package(Some(licence))]), Vec::<String>::new(), "{licence}");
        }
    }

    #[test]
    fn what_we_do_not_take_is_named() {
        let cases = [
            (Some("GPL-3.0-only"), "is under `GPL-3.0-only`, which we do not take"),
            (Some("MIT AND AGPL-3.0-only"), "is under `MIT AND AGPL-3.0-only`, which we do not take"),
            (Some("UNLICENSED"), "is under `UNLICENSED`, which we do not take"),
            (Some("SEE LICENSE IN FILE"), "which is no SPDX expression"),
            (Some(""), "which is no SPDX expression"),
            (None, "names no licence"),
        ];
        for (licence, expected) in cases {
            let wrong = offenders(&[package(licence)]);
            assert!(wrong.len() == 1 && wrong[0].contains(expected), "{licence:?}: {wrong:?}");
        }
    }

    #[test]
    fn a_licence_that_we_read_holds_for_that_version_only() {
        let at = |version: &str| Package { name: format!("npm decko {version}"), licence: None };
        assert_eq!(offenders(&[at("1.2.0")]), Vec::<String>::new());
        assert_eq!(offenders(&[at("1.2.1")]), ["npm decko 1.2.1 names no licence"]);
    }

    #[test]
    fn deny_toml_holds_the_same_list() {
        let text = std::fs::read_to_string(place::root().join("deny.toml")).expect("deny.toml is there");
        let section = text.split("[licenses]").nth(1).expect("deny.toml has [licenses]");
        let list = section.split_once("allow = [").expect("it allows some").1;
        let list = list.split_once(']').expect("the list ends").0;
        let theirs: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
        let ours: BTreeSet<&str> = ALLOWED.iter().map(|(id, _)| *id).collect();
        assert_eq!(theirs, ours);
    }
}
