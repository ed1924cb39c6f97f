//! What a setting's value may be, and reading it from text.

use ipnet::IpNet;
use std::net::IpAddr;
use tracing_subscriber::EnvFilter;
use vakhta_domain::user::{check_password, check_username};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A path.
    Path,
    /// An IP address.
    Ip,
    /// A whole number within bounds, both included.
    Whole {
        /// The least.
        low: u64,
        /// The greatest.
        high: u64,
    },
    /// A number of bytes within bounds, with an optional unit.
    Bytes {
        /// The least.
        low: u64,
        /// The greatest.
        high: u64,
    },
    /// True or false.
    Bool,
    /// One of some words.
    Word(&'static [&'static str]),
    /// One or several of some words.
    Words(&'static [&'static str]),
    /// Some words, or none.
    AnyWords(&'static [&'static str]),
    /// A URL that begins in one of some ways.
    Url {
        /// How it may begin.
        schemes: &'static [&'static str],
        /// Whether it may be empty.
        derived: bool,
    },
    /// An account's name.
    Username,
    /// An account's password, or nothing.
    Password,
    /// A token that programs carry, or nothing.
    Token,
    /// A log level or filter.
    LogFilter,
    /// Networks in CIDR, or nothing; a lone address is a network of one.
    Networks,
    /// Origins of pages, or nothing.
    Origins,
}

/// The shortest token: 32 characters, even of hex digits alone, are 128 bits.
const MIN_TOKEN_CHARS: usize = 32;

/// A value that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text; also paths and URLs.
    Text(String),
    /// A number; also of bytes.
    Whole(u64),
    /// True or false.
    Bool(bool),
    /// Words.
    Words(Vec<String>),
    /// An address.
    Ip(IpAddr),
    /// Networks.
    Networks(Vec<IpNet>),
}

impl Kind {
    /// Reads a text. The error says what is wrong with it; [`Kind::allowed`] what would be right.
    pub fn read(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match self {
            Self::Path if text.is_empty() => Err("it is empty".into()),
            Self::Text | Self::Path => Ok(Value::Text(text.into())),
            Self::Ip => text.parse().map(Value::Ip).map_err(|_| "it is not an IP address".into()),
            Self::Whole { low, high } => {
                let n: u64 = text.parse().map_err(|_| "it is not a whole number".to_owned())?;
                within(n, low, high)
            }
            Self::Bytes { low, high } => within(bytes(text)?, low, high),
            Self::Bool => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Ok(Value::Bool(true)),
                "false" | "no" | "off" | "0" => Ok(Value::Bool(false)),
                _ => Err("it is neither true nor false".into()),
            },
            Self::Word(words) if words.contains(&text) => Ok(Value::Text(text.into())),
            Self::Word(_) => Err("it is not a known word".into()),
            Self::AnyWords(_) if text.is_empty() => Ok(Value::Words(Vec::new())),
            Self::Words(known) | Self::AnyWords(known) => {
                let words: Vec<String> = text.split(',').map(|w| w.trim().to_owned()).collect();
                match words.iter().find(|w| !known.contains(&w.as_str())) {
                    Some(word) => Err(format!("`{word}` is not a known word")),
                    None => Ok(Value::Words(words)),
                }
            }
            Self::Url { schemes, derived } => {
                let begins = schemes.iter().any(|s| text.starts_with(s) && text.len() > s.len());
                if begins || (derived && text.is_empty()) {
                    Ok(Value::Text(text.into()))
                } else {
                    Err("it does not begin as it should".into())
                }
            }
            Self::Username => match check_username(text) {
                Ok(()) => Ok(Value::Text(text.into())),
                Err(bad) => Err(bad.to_string()),
            },
            Self::Password if text.is_empty() => Ok(Value::Text(String::new())),
            Self::Password => match check_password("", text) {
                Ok(()) => Ok(Value::Text(text.into())),
                Err(bad) => Err(bad.to_string()),
            },
            Self::Token => {
                let chars = text.chars().count();
                let distinct = text.chars().collect::<std::collections::BTreeSet<_>>().len();
                let clean = text.bytes().all(|b| b.is_ascii_graphic());
                match chars {
                    0 => Ok(Value::Text(String::new())),
                    _ if chars < MIN_TOKEN_CHARS => {
                        Err(format!("it has {chars} characters; `openssl rand -hex 32` makes a good one"))
                    }
                    _ if !clean => Err("it has characters that no header carries".into()),
                    _ if distinct < 8 => Err("it is too easy to guess".into()),
                    _ => Ok(Value::Text(text.into())),
                }
            }
            Self::Networks => {
                let networks =
                    listed(text).map(|part| network(part).ok_or_else(|| format!("`{part}` is no network")));
                networks.collect::<Result<_, _>>().map(Value::Networks)
            }
            Self::Origins => match listed(text).find(|part| !is_origin(part)) {
                Some(part) => Err(format!("`{part}` is no origin, write https://HOST or https://HOST:PORT")),
                None => Ok(Value::Words(listed(text).map(str::to_owned).collect())),
            },
            Self::LogFilter => {
                // A lone unknown word would be taken as the name of a module and silence everything.
                let lone = !text.contains(['=', ',', '[']);
                let known = ["off", "error", "warn", "info", "debug", "trace"].contains(&text);
                if (lone && !known) || EnvFilter::try_new(text).is_err() {
                    return Err("it is not a log level".into());
                }
                Ok(Value::Text(text.into()))
            }
        }
    }

    /// What is allowed, in words.
    pub fn allowed(self) -> String {
        match self {
            Self::Text => "any text".into(),
            Self::Path => "a path".into(),
            Self::Ip => "an IP address".into(),
            Self::Whole { low, high } => format!("{low} to {high}"),
            Self::Bytes { low, high } => format!("{} to {}", size(low), size(high)),
            Self::Bool => "true or false".into(),
            Self::Word(words) => words.join(" or "),
            Self::Words(words) => format!("one or several of {}, with commas", words.join(", ")),
            Self::AnyWords(words) => format!("some of {}, with commas, or nothing", words.join(", ")),
            Self::Url { schemes, .. } => {
                schemes.iter().map(|s| format!("{s}…")).collect::<Vec<_>>().join(" or ")
            }
            Self::Username => "1 to 64 letters, digits, `.`, `_`, `@` or `-`".into(),
            Self::Password => "12 characters or more that are not easy to guess".into(),
            Self::Token => "32 visible ASCII characters or more, at least 8 of them different".into(),
            Self::LogFilter => "off, error, warn, info, debug, trace or a filter".into(),
            Self::Networks => "networks such as 10.0.0.0/8,fd00::/8, with commas".into(),
            Self::Origins => "origins such as https://board.example.com, with commas".into(),
        }
    }
}

/// The parts of a list with commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// A network; an address of IPv4 that is written as one of IPv6 is meant as what it is.
fn network(text: &str) -> Option<IpNet> {
    let alone = || text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    text.parse::<IpNet>().ok().or_else(alone)
}

/// `scheme://host[:port]`, as browsers write it.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':' | b'[' | b']')
            })
    })
}

fn within(n: u64, low: u64, high: u64) -> Result<Value, String> {
    if (low..=high).contains(&n) { Ok(Value::Whole(n)) } else { Err("it is out of range".into()) }
}

const UNITS: [(&str, u64); 9] = [
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("b", 1),
];

fn bytes(text: &str) -> Result<u64, String> {
    let lower = text.to_lowercase();
    let (number, factor) = UNITS
        .iter()
        .find_map(|(unit, factor)| lower.strip_suffix(unit).map(|n| (n.trim(), *factor)))
        .unwrap_or((lower.as_str(), 1));
    let n: u64 = number.parse().map_err(|_| "it is not a number of bytes".to_owned())?;
    n.checked_mul(factor).ok_or_else(|| "it is out of range".to_owned())
}

fn size(n: u64) -> String {
    let unit = UNITS[..4].iter().rev().find(|(_, factor)| n > 0 && n.is_multiple_of(*factor));
    unit.map_or_else(
        || n.to_string(),
        |(unit, factor)| format!("{}{}iB", n / factor, &unit[..1].to_uppercase()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_values_are_read() {
        let whole = Kind::Whole { low: 1, high: 10 };
        let bytes = Kind::Bytes { low: 1, high: 1 << 40 };
        let roles = Kind::Words(&["serve", "train"]);
        let url = Kind::Url { schemes: &["file:///"], derived: true };
        for (kind, text, value) in [
            (whole, " 10 ", Value::Whole(10)),
            (bytes, "2MiB", Value::Whole(2 << 20)),
            (bytes, "2 gb", Value::Whole(2_000_000_000)),
            (bytes, "77", Value::Whole(77)),
            (Kind::Bool, "Yes", Value::Bool(true)),
            (Kind::Bool, "off", Value::Bool(false)),
            (roles, "train, serve", Value::Words(vec!["train".into(), "serve".into()])),
            (Kind::Ip, "::1", Value::Ip("::1".parse().expect("an address"))),
            (url, "", Value::Text(String::new())),
            (url, "file:///x", Value::Text("file:///x".into())),
            (Kind::Networks, "", Value::Networks(Vec::new())),
            (
                Kind::Networks,
                "10.0.0.0/8, fd00::/8,192.0.2.7",
                Value::Networks(
                    ["10.0.0.0/8", "fd00::/8", "192.0.2.7/32"].map(|n| n.parse().expect("a network")).into(),
                ),
            ),
            (
                Kind::Origins,
                "https://a.example, http://[::1]:8080",
                Value::Words(vec!["https://a.example".into(), "http://[::1]:8080".into()]),
            ),
            (Kind::LogFilter, "info,vakhta_http=debug", Value::Text("info,vakhta_http=debug".into())),
        ] {
            assert_eq!(kind.read(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn wrong_values_are_refused() {
        for (kind, text) in [
            (Kind::Whole { low: 1, high: 10 }, "11"),
            (Kind::Whole { low: 1, high: 10 }, "-1"),
            (Kind::Whole { low: 1, high: 10 }, "1.5"),
            (Kind::Bytes { low: 1, high: 10 }, "1KiB"),
            (Kind::Bytes { low: 1, high: u64::MAX }, "99999999999TiB"),
            (Kind::Bool, "maybe"),
            (Kind::Word(&["a", "b"]), "c"),
            (Kind::Words(&["a", "b"]), "a,"),
            (Kind::Ip, "localhost"),
            (Kind::Path, " "),
            (Kind::Url { schemes: &["s3://"], derived: true }, "s3://"),
            (Kind::Url { schemes: &["s3://"], derived: false }, ""),
            (Kind::Username, "a b"),
            (Kind::Password, "short"),
            (Kind::Token, "31-characters-are-not-enough-no"),
            (Kind::Token, "a token with spaces that is very long"),
            (Kind::Token, "abababababababababababababababababab"),
            (Kind::LogFilter, "verbose"),
            (Kind::Networks, "10.0.0.0/33"),
            (Kind::Networks, "proxy.example"),
            (Kind::Origins, "*"),
            (Kind::Origins, "https://a.example/path"),
            (Kind::Origins, "a.example"),
        ] {
            assert!(kind.read(text).is_err(), "{kind:?} {text}");
            assert!(!kind.allowed().is_empty());
        }
        assert_eq!(Kind::Bytes { low: 1 << 10, high: 1 << 40 }.allowed(), "1KiB to 1TiB");
    }
}
