//! The generated parts of the documents are what the program says.

mod common;

use common::{home, repository_file, run, said};
use std::path::Path;

/// Replaces the generated part, or compares it.
fn check(path: &str, generated: &str) {
    let text = repository_file(path);
    let (begin, end) = ("<!-- generated -->\n", "<!-- end of generated -->");
    let start = text.find(begin).unwrap_or_else(|| panic!("{path} has no generated part")) + begin.len();
    let stop = text.find(end).unwrap_or_else(|| panic!("{path} has no end of its generated part"));
    let fresh = format!("{}{}\n{}", &text[..start], generated.trim_end(), &text[stop..]);
    if fresh == text {
        return;
    }
    if std::env::var_os("VAKHTA_UPDATE_SNAPSHOTS").is_some() {
        let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
        std::fs::write(full, fresh).expect("written");
    } else {
        panic!("{path} is stale: run VAKHTA_UPDATE_SNAPSHOTS=1 cargo test -p vakhta-server --test documents");
    }
}

fn printed(arguments: &[&str]) -> String {
    let (home, _) = home();
    let out = run(home.path(), arguments, &[]);
    assert!(out.status.success(), "{}", said(&out));
    String::from_utf8(out.stdout).expect("UTF-8")
}

#[test]
fn the_table_of_settings_is_current() {
    check("docs/configuration.md", &printed(&["config", "--markdown"]));
}

#[test]
fn the_reference_of_commands_is_current() {
    check("docs/cli.md", &printed(&["reference"]));
}

#[test]
fn the_table_of_rights_is_current() {
    check("docs/accounts.md", &printed(&["reference", "--permissions"]));
}

#[test]
fn completions_and_version_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(printed(&["completions", shell]).contains("vakhta"), "{shell}");
    }
    let version: serde_json::Value = serde_json::from_str(&printed(&["version", "--json"])).expect("JSON");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_spec_in_the_documents_is_right() {
    let mut found = 0;
    for name in ["README.md", "README.ru.md", "docs/models.md"] {
        let text = repository_file(name);
        for block in text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let specs =
                vakhta_domain::spec::parse_yaml(block).unwrap_or_else(|e| panic!("{name}: {e}\n{block}"));
            for spec in specs {
                assert_eq!(
                    vakhta_domain::spec::check::untrainable(&spec),
                    None,
                    "{name}: {}",
                    spec.model_key
                );
                found += 1;
            }
        }
    }
    assert!(found >= 6, "{found}");
}
