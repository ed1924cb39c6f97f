//! Which crate may depend on which. The arrows go one way; ARCHITECTURE.md says why.

use crate::crates::{self, Member};
use anyhow::{Result, bail};

/// What one crate of the workspace may know.
struct Room {
    name: &'static str,
    /// The workspace's crates that it may depend on.
    may: &'static [&'static str],
    /// Crates of others that may not be in it, not even through others.
    never: &'static [&'static str],
}

const ENGINE_NEVER: &[&str] = &["tokio", "sqlx", "sqlx-core", "axum", "reqwest", "hyper", "object_store"];

const ROOMS: &[Room] = &[
    Room { name: "vakhta-domain", may: &[], never: ENGINE_NEVER },
    Room { name: "vakhta-ml", may: &["vakhta-domain"], never: ENGINE_NEVER },
    Room { name: "vakhta-tables", may: &["vakhta-domain"], never: ENGINE_NEVER },
    Room { name: "vakhta-store", may: &["vakhta-domain"], never: &["axum", "utoipa", "clap"] },
    Room {
        name: "vakhta-notify",
        may: &["vakhta-domain"],
        never: &["sqlx", "sqlx-core", "axum", "object_store", "openssl", "native-tls"],
    },
    Room {
        name: "vakhta-oidc",
        may: &["vakhta-domain"],
        never: &["sqlx", "sqlx-core", "axum", "object_store", "openssl", "native-tls"],
    },
    Room {
        name: "vakhta-query",
        may: &["vakhta-domain"],
        never: &["sqlx", "sqlx-core", "axum", "reqwest", "hyper", "openssl", "native-tls"],
    },
    Room {
        name: "vakhta-lifecycle",
        may: &["vakhta-domain", "vakhta-ml", "vakhta-tables"],
        never: &["sqlx", "sqlx-core", "axum", "object_store", "reqwest"],
    },
    Room {
        name: "vakhta-http",
        may: &["vakhta-domain", "vakhta-lifecycle"],
        never: &["sqlx", "sqlx-core", "object_store"],
    },
    Room {
        name: "vakhta-simulate",
        may: &["vakhta-domain", "vakhta-lifecycle", "vakhta-tables"],
        never: &["sqlx", "sqlx-core", "axum", "object_store", "reqwest"],
    },
    Room {
        name: "vakhta-server",
        may: &[
            "vakhta-domain",
            "vakhta-http",
            "vakhta-lifecycle",
            "vakhta-ml",
            "vakhta-simulate",
            "vakhta-notify",
            "vakhta-oidc",
            "vakhta-query",
            "vakhta-store",
            "vakhta-tables",
        ],
        never: &["openssl", "openssl-sys", "native-tls"],
    },
    Room { name: "xtask", may: &[], never: &["tokio"] },
];

/// Checks the workspace as it is locked.
pub fn run() -> Result<String> {
    let members = crates::members(&crates::metadata()?)?;
    let broken = broken_rules(&members, ROOMS);
    if !broken.is_empty() {
        bail!("{}\nthe rules are in xtask/src/check_deps.rs", broken.join("\n"));
    }
    Ok(format!("{} crates keep to their arrows", members.len()))
}

fn broken_rules(members: &[Member], rooms: &[Room]) -> Vec<String> {
    let mut broken = Vec::new();
    for member in members {
        let name = &member.name;
        let Some(room) = rooms.iter().find(|room| room.name == name) else {
            broken.push(format!("{name} has no rule: say what it may depend on"));
            continue;
        };
        for other in &member.ours {
            if !room.may.contains(&other.as_str()) {
                broken.push(format!("{name} depends on {other}, which it may not know"));
            }
        }
        for other in &member.others {
            if room.never.contains(&other.as_str()) {
                broken.push(format!(
                    "{name} holds {other}, directly or through others (see: cargo tree -p {name} -e normal -i {other})"
                ));
            }
        }
    }
    for room in rooms {
        if !members.iter().any(|member| member.name == room.name) {
            broken.push(format!("{} has a rule but is not in the workspace", room.name));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: &[Room] = &[
        Room { name: "domain", may: &[], never: &["tokio"] },
        Room { name: "store", may: &["domain"], never: &[] },
    ];

    fn member(name: &str, ours: &[&str], others: &[&str]) -> Member {
        Member {
            name: name.into(),
            ours: ours.iter().map(ToString::to_string).collect(),
            others: others.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn arrows_that_are_allowed_pass() {
        let members = [member("domain", &[], &["serde"]), member("store", &["domain"], &["tokio"])];
        assert_eq!(broken_rules(&members, HOUSE), Vec::<String>::new());
    }

    #[test]
    fn each_broken_rule_is_named() {
        let cases: &[(Member, &str)] = &[
            (member("domain", &["store"], &[]), "domain depends on store, which it may not know"),
            (member("domain", &[], &["tokio"]), "domain holds tokio, directly or through others"),
            (member("attic", &[], &[]), "attic has no rule"),
        ];
        for (wrong, expected) in cases {
            let members = [wrong.clone(), member("store", &["domain"], &[])];
            let broken = broken_rules(&members, HOUSE);
            assert!(broken.iter().any(|line| line.starts_with(expected)), "{expected}: {broken:?}");
        }
    }

    #[test]
    fn a_rule_for_a_crate_that_is_gone_is_named() {
        let broken = broken_rules(&[member("domain", &[], &[])], HOUSE);
        assert_eq!(broken, ["store has a rule but is not in the workspace"]);
    }

    #[test]
    fn no_room_may_know_the_binary_or_these_commands() {
        for room in ROOMS {
            for hidden in ["vakhta-server", "xtask"] {
                assert!(!room.may.contains(&hidden), "{} may know {hidden}", room.name);
            }
        }
    }

    #[test]
    fn the_arrows_hold_no_circle() {
        fn reaches(from: &str, goal: &str, depth: usize) -> bool {
            assert!(depth < ROOMS.len(), "a circle through {from}");
            let room = ROOMS.iter().find(|room| room.name == from).expect("each arrow ends at a room");
            room.may.iter().any(|&next| next == goal || reaches(next, goal, depth + 1))
        }
        for room in ROOMS {
            assert!(!reaches(room.name, room.name, 0), "{} reaches itself", room.name);
        }
    }
}
