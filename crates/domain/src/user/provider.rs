//! Accounts that another provider signs in (OpenID Connect): what its word must say, and what an account is by it.
//!
//! That the word is the provider's own, by its signature, is seen before.

use super::Tier;
use jiff::Timestamp;

/// Seconds by which the clocks of the provider and the server may differ.
const LEEWAY_SECONDS: i64 = 60;
/// The longest subject that a provider may give (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;

/// What an ID token says, once its signature is known to be right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdClaims {
    /// `iss`: who says it.
    pub issuer: String,
    /// `sub`: about whom, by a name that never changes.
    pub subject: String,
    /// `aud`: to whom.
    pub audience: Vec<String>,
    /// `azp`: to whom it was handed out.
    pub party: Option<String>,
    /// `exp`: until when, in seconds since 1970.
    pub expires: i64,
    /// `iat`: since when, in seconds since 1970.
    pub issued: i64,
    /// `nonce`: what we sent with the question.
    pub nonce: Option<String>,
    /// `preferred_username`, or else the part of `email` before the `@`.
    pub name: Option<String>,
    /// The groups that he is in.
    pub groups: Vec<String>,
}

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider's issuer.
    pub issuer: &'a str,
    /// What we are called there.
    pub client: &'a str,
    /// What we sent with the question.
    pub nonce: &'a str,
}

/// Why an ID token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimRefusal {
    /// `iss` is somebody else.
    #[error("its issuer is another one")]
    Issuer,
    /// `aud` or `azp` is somebody else.
    #[error("it is meant for another client")]
    Audience,
    /// `exp` is over.
    #[error("it has ended")]
    Ended,
    /// `iat` is to come.
    #[error("it is from the future")]
    Early,
    /// `nonce` is another one: it answers another question.
    #[error("its nonce is another one")]
    Nonce,
    /// `sub` is empty or too long.
    #[error("its subject is empty or too long")]
    Subject,
}

/// Takes what an ID token says, or says why not (OpenID Connect Core 1.0, section 3.1.3.7).
pub fn check_claims(claims: &IdClaims, expected: &Expected<'_>, now: Timestamp) -> Result<(), ClaimRefusal> {
    let now = now.as_second();
    if claims.issuer != expected.issuer {
        return Err(ClaimRefusal::Issuer);
    }
    // Where it is meant for several, the one that it was handed out to has to be us.
    let ours = claims.audience.iter().any(|client| client == expected.client);
    let handed = claims.party.as_deref().map_or(claims.audience.len() == 1, |party| party == expected.client);
    if !ours || !handed {
        return Err(ClaimRefusal::Audience);
    }
    if claims.expires + LEEWAY_SECONDS <= now {
        return Err(ClaimRefusal::Ended);
    }
    if claims.issued - LEEWAY_SECONDS > now {
        return Err(ClaimRefusal::Early);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(ClaimRefusal::Nonce);
    }
    if claims.subject.is_empty() || claims.subject.len() > MAX_SUBJECT {
        return Err(ClaimRefusal::Subject);
    }
    Ok(())
}

/// Which tier the groups of a provider give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TierRule {
    /// Groups and what their people are.
    pub groups: Vec<(String, Tier)>,
    /// What people of none of them are; none to let them in nowhere.
    pub otherwise: Option<Tier>,
}

impl TierRule {
    /// Reads `group=tier,group=tier`. A group's name may itself have commas and equals signs, as those of directories
    /// do. The error is the part that ends with no tier.
    pub fn read(text: &str, otherwise: Option<Tier>) -> Result<Self, String> {
        let mut groups = Vec::new();
        let mut part = String::new();
        for piece in text.split(',') {
            if !part.is_empty() {
                part.push(',');
            }
            part.push_str(piece);
            let pair = part.rsplit_once('=').map(|(group, tier)| (group.trim(), Tier::parse(tier.trim())));
            if let Some((group, Some(tier))) = pair.filter(|(group, _)| !group.is_empty()) {
                groups.push((group.to_owned(), tier));
                part.clear();
            }
        }
        if part.trim().is_empty() { Ok(Self { groups, otherwise }) } else { Err(part.trim().to_owned()) }
    }

    /// The highest tier that these groups give; none for who may not come in.
    pub fn tier(&self, groups: &[String]) -> Option<Tier> {
        let of_groups = self.groups.iter().filter(|(group, _)| groups.contains(group)).map(|(_, tier)| *tier);
        of_groups.max().or(self.otherwise)
    }
}

/// The name to give to a new account: what the provider calls him, as far as names may be so.
pub fn proposed_username(claims: &IdClaims) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '@' | '-');
    let of = |text: &str| text.chars().map(|c| if fits(c) { c } else { '-' }).take(48).collect::<String>();
    let named = claims.name.as_deref().map(of).filter(|name| name.chars().any(char::is_alphanumeric));
    named.unwrap_or_else(|| of(&claims.subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> IdClaims {
        IdClaims {
            issuer: "https://id.example".into(),
            subject: "42".into(),
            audience: vec!["vakhta".into()],
            expires: 1000,
            issued: 900,
            nonce: Some("n".into()),
            ..IdClaims::default()
        }
    }

    #[test]
    fn what_an_id_token_must_say() {
        let expected = Expected { issuer: "https://id.example", client: "vakhta", nonce: "n" };
        let both = || vec!["vakhta".to_owned(), "other".to_owned()];
        let cases = [
            (claims(), 950, Ok(())),
            (claims(), 1059, Ok(())),
            (claims(), 1060, Err(ClaimRefusal::Ended)),
            (claims(), 840, Ok(())),
            (claims(), 839, Err(ClaimRefusal::Early)),
            (IdClaims { issuer: "https://id.example/".into(), ..claims() }, 950, Err(ClaimRefusal::Issuer)),
            (IdClaims { audience: vec!["other".into()], ..claims() }, 950, Err(ClaimRefusal::Audience)),
            (IdClaims { audience: Vec::new(), ..claims() }, 950, Err(ClaimRefusal::Audience)),
            (IdClaims { audience: both(), ..claims() }, 950, Err(ClaimRefusal::Audience)),
            (IdClaims { audience: both(), party: Some("vakhta".into()), ..claims() }, 950, Ok(())),
            (IdClaims { party: Some("other".into()), ..claims() }, 950, Err(ClaimRefusal::Audience)),
            (IdClaims { nonce: Some("m".into()), ..claims() }, 950, Err(ClaimRefusal::Nonce)),
            (IdClaims { nonce: None, ..claims() }, 950, Err(ClaimRefusal::Nonce)),
            (IdClaims { subject: String::new(), ..claims() }, 950, Err(ClaimRefusal::Subject)),
            (IdClaims { subject: "x".repeat(256), ..claims() }, 950, Err(ClaimRefusal::Subject)),
        ];
        for (claims, second, answer) in cases {
            let now = Timestamp::from_second(second).expect("a moment");
            assert_eq!(check_claims(&claims, &expected, now), answer, "{claims:?} at {second}");
        }
    }

    #[test]
    fn tiers_follow_groups() {
        let text = "shop = user, cn=bosses,ou=groups,dc=x=system_admin,staff=viewer";
        let rule = TierRule::read(text, None).expect("three groups");
        let bosses = "cn=bosses,ou=groups,dc=x".to_owned();
        assert_eq!(rule.groups[1], (bosses.clone(), Tier::SystemAdmin));
        let of = |groups: &[&str]| rule.tier(&groups.iter().map(|&g| g.to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["staff", "shop"]), Some(Tier::User), "the highest");
        assert_eq!(of(&[&bosses]), Some(Tier::SystemAdmin));
        assert_eq!(of(&["Shop"]), None, "names are compared as they are");
        let open = TierRule { otherwise: Some(Tier::Viewer), ..rule };
        assert_eq!(open.tier(&[]), Some(Tier::Viewer));
        assert_eq!(TierRule::read("", None), Ok(TierRule::default()));
        assert_eq!(TierRule::read("shop=user,staff=boss", None), Err("staff=boss".to_owned()));
        assert_eq!(TierRule::read("shop", None), Err("shop".to_owned()));
        assert_eq!(TierRule::read("=user", None), Err("=user".to_owned()));
    }

    #[test]
    fn names_are_made_of_what_the_provider_says() {
        let named = |name: Option<&str>| {
            proposed_username(&IdClaims {
                name: name.map(str::to_owned),
                subject: "a|42".into(),
                ..IdClaims::default()
            })
        };
        assert_eq!(named(Some("anna.k@shop")), "anna.k@shop");
        assert_eq!(named(Some("Анна К.")), "Анна-К.");
        assert_eq!(named(Some("///")), "a-42");
        assert_eq!(named(None), "a-42");
        assert_eq!(named(Some(&"x".repeat(90))).len(), 48);
    }
}
