//! Defaults < TOML file < environment < flags: which value holds, and where it came from.

use super::settings::{OTHER_VARIABLES, SETTINGS, Setting};
use super::value::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use vakhta_domain::spec::structure::nearest;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A file's key.
    File(PathBuf, String),
    /// A variable.
    Variable(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::File(path, key) => write!(f, "file {}:{key}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// One setting's value in force.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The setting.
    pub setting: &'static Setting,
    /// The text that it was read from.
    pub text: String,
    /// The value.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
}

/// What the outer world says.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// The file's path and text, where there is one.
    pub file: Option<(PathBuf, String)>,
    /// The `VAKHTA_*` variables.
    pub variables: BTreeMap<String, String>,
    /// Flags by setting name.
    pub flags: BTreeMap<&'static str, String>,
}

/// All settings in force, or all that is wrong with them.
#[derive(Debug)]
pub struct Resolved {
    /// In the order of [`SETTINGS`].
    pub entries: Vec<Entry>,
    /// What the operator should know, e.g. a variable that means nothing.
    pub warnings: Vec<String>,
}

/// Settles every setting. Every wrong one is named, with its value, its place and what is allowed.
pub fn resolve(layers: &Layers) -> Result<Resolved, Vec<String>> {
    let mut errors = Vec::new();
    let from_file = match &layers.file {
        Some((path, text)) => read_file(path, text, &mut errors),
        None => BTreeMap::new(),
    };
    let mut entries = Vec::new();
    for setting in SETTINGS {
        let (text, origin) = highest(setting, layers, &from_file);
        match setting.kind.read(&text) {
            Ok(value) => entries.push(Entry { setting, text, value, origin }),
            Err(why) => errors.push(format!(
                "{} = `{}` ({origin}): {why}; allowed: {}",
                setting.name,
                setting.show(&text),
                setting.kind.allowed()
            )),
        }
    }
    if errors.is_empty() {
        Ok(Resolved { entries, warnings: unknown_variables(layers) })
    } else {
        Err(errors)
    }
}

fn highest(
    setting: &'static Setting,
    layers: &Layers,
    from_file: &BTreeMap<String, (String, Origin)>,
) -> (String, Origin) {
    if let (Some(text), Some(flag)) = (layers.flags.get(setting.name), setting.flag()) {
        return (text.clone(), Origin::Flag(flag));
    }
    // An empty variable is how scripts and container files leave one out.
    if let Some(text) = layers.variables.get(&setting.variable()).filter(|text| !text.is_empty()) {
        return (text.clone(), Origin::Variable(setting.variable()));
    }
    from_file.get(setting.name).cloned().unwrap_or_else(|| (setting.default.to_owned(), Origin::Default))
}

fn read_file(path: &Path, text: &str, errors: &mut Vec<String>) -> BTreeMap<String, (String, Origin)> {
    let mut found = BTreeMap::new();
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            errors.push(format!("{}: not TOML: {}", path.display(), error.to_string().trim()));
            return found;
        }
    };
    for (key, value) in table {
        let origin = Origin::File(path.to_owned(), key.clone());
        if Setting::named(&key).is_none() {
            errors.push(unknown_key(&key, &origin));
            continue;
        }
        match plain(&value) {
            Some(text) => {
                found.insert(key, (text, origin));
            }
            None => errors
                .push(format!("{key} ({origin}): write a text, a number, true, false or a list of texts")),
        }
    }
    found
}

fn unknown_key(key: &str, origin: &Origin) -> String {
    match nearest(key, SETTINGS.iter().map(|s| s.name)) {
        Some(near) => format!("{key} ({origin}): unknown setting, did you mean `{near}`?"),
        None => format!("{key} ({origin}): unknown setting, `vakhta config` lists all"),
    }
}

/// A TOML value as the text that the other layers would write.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(n) => Some(n.to_string()),
        toml::Value::Boolean(b) => Some(b.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}

fn unknown_variables(layers: &Layers) -> Vec<String> {
    let known: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
    let means_nothing = |name: &&String| {
        !known.contains(name)
            && !OTHER_VARIABLES.contains(&name.as_str())
            && !name.starts_with("VAKHTA_TEST_")
            // Secrets that sources refer to.
            && !name.starts_with("VAKHTA_SECRET_")
    };
    let all = || known.iter().map(String::as_str).chain(OTHER_VARIABLES);
    layers
        .variables
        .keys()
        .filter(means_nothing)
        .map(|name| match nearest(name, all()) {
            Some(near) => format!("environment variable {name} means nothing, did you mean {near}?"),
            None => format!("environment variable {name} means nothing"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(file: &str, variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Layers {
        Layers {
            file: (!file.is_empty()).then(|| (PathBuf::from("/etc/v.toml"), file.to_owned())),
            variables: variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            flags: flags.iter().map(|(k, v)| (*k, (*v).to_owned())).collect(),
        }
    }

    fn port(layers: &Layers) -> (String, String) {
        let resolved = resolve(layers).expect("all is right");
        let entry = resolved.entries.into_iter().find(|e| e.setting.name == "port").expect("there is a port");
        (entry.text, entry.origin.to_string())
    }

    #[test]
    fn the_higher_layer_wins_and_is_named() {
        let (file, variable, flag) = ("port = 1", [("VAKHTA_PORT", "2")], [("port", "3")]);
        for (layers, text, origin) in [
            (layers("", &[], &[]), "8085", "default"),
            (layers(file, &[], &[]), "1", "file /etc/v.toml:port"),
            (layers(file, &variable, &[]), "2", "environment VAKHTA_PORT"),
            (layers(file, &variable, &flag), "3", "flag --port"),
            (layers(file, &[("VAKHTA_PORT", "")], &[]), "1", "file /etc/v.toml:port"),
        ] {
            assert_eq!(port(&layers), (text.to_owned(), origin.to_owned()));
        }
    }

    #[test]
    fn every_wrong_value_is_named_at_once() {
        let wrong = layers(
            "port = 70000\nhorst = \"x\"\nroles = [\"serve\", \"sing\"]\n[table]\na = 1\n",
            &[("VAKHTA_ADMIN_PASSWORD", "hunter2"), ("VAKHTA_THREADS", "many")],
            &[("log_level", "loud")],
        );
        let errors = resolve(&wrong).expect_err("many are wrong");
        for part in [
            "port = `70000` (file /etc/v.toml:port): it is out of range; allowed: 0 to 65535",
            "horst (file /etc/v.toml:horst): unknown setting, did you mean `host`?",
            "roles = `serve,sing` (file /etc/v.toml:roles): `sing` is not a known word",
            "table (file /etc/v.toml:table): unknown setting",
            "threads = `many` (environment VAKHTA_THREADS): it is not a whole number",
            "admin_password = `(hidden)` (environment VAKHTA_ADMIN_PASSWORD): the password has 7 characters",
            "log_level = `loud` (flag --log-level): it is not a log level",
        ] {
            assert!(errors.iter().any(|e| e.starts_with(part)), "{part} is missing in {errors:#?}");
        }
        assert_eq!(errors.len(), 7, "{errors:#?}");
        assert!(!errors.join(" ").contains("hunter2"));
    }

    #[test]
    fn a_broken_file_is_named() {
        let errors = resolve(&layers("port = = 1", &[], &[])).expect_err("not TOML");
        assert!(errors[0].starts_with("/etc/v.toml: not TOML"), "{errors:?}");
    }

    #[test]
    fn a_variable_that_means_nothing_is_a_warning() {
        let given =
            [("VAKHTA_PROT", "1"), ("VAKHTA_SERVER", "x"), ("VAKHTA_TEST_MOTO", "y"), ("VAKHTA_XYZZY", "")];
        let resolved = resolve(&layers("", &given, &[])).expect("warnings only");
        assert_eq!(
            resolved.warnings,
            [
                "environment variable VAKHTA_PROT means nothing, did you mean VAKHTA_PORT?",
                "environment variable VAKHTA_XYZZY means nothing",
            ]
        );
    }
}
