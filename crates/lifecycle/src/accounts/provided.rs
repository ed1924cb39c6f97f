//! Signing in by another provider: the way there and back, and the account that belongs to whom it names.

use super::AccountError;
use super::secrets::secret_hash;
use super::signed::{Claims, KeyError, Keys, seconds_on};
use super::users::change;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::{UserId, WorkspaceId, fresh, random_bytes, random_hex};
use vakhta_domain::ports::{Linked, Ports, Provider, ProviderError, Question, StoreError};
use vakhta_domain::user::{
    AccountRefusal, Actor, ClaimRefusal, Expected, IdClaims, Tier, TierRule, User, check_claims,
    proposed_username,
};

/// Seconds in which a browser has to come back.
pub const WAY_SECONDS: i64 = 10 * 60;
/// Names that are tried for a new account before one is made up.
const NAMES: usize = 5;

/// Why somebody of a provider was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum ProvidedError {
    /// This browser did not ask, or too long ago: somebody else may have sent it here.
    #[error("this browser did not ask to sign in, or more than 10 minutes ago; begin again")]
    NotAsked,
    /// The provider is away, refuses the code, or gave what is not its word.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// What the provider says is not for us, not for now or not about this question.
    #[error("the provider's ID token is not taken: {0}")]
    Claims(#[from] ClaimRefusal),
    /// None of his groups gives a tier.
    #[error("none of the groups of `{0}` may come in here; ask an administrator")]
    NoTier(String),
    /// The account is disabled.
    #[error("the account `{0}` is disabled; ask an administrator")]
    Disabled(String),
    /// The account could not be made or changed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The server's keys cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where to send a browser, and what it is to keep until it comes back.
pub struct Way {
    /// The provider's address.
    pub url: String,
    /// For its cookie.
    pub kept: String,
}

#[derive(Serialize, Deserialize)]
struct Asked {
    exp: i64,
    state: String,
    nonce: String,
    verifier: String,
    /// The page that was wanted.
    next: Option<String>,
}

impl Claims for Asked {
    const TYPE: &'static str = "vakhta-way";
    fn ends(&self) -> i64 {
        self.exp
    }
}

/// Begins the way to the provider; `back` is where it sends the browser afterwards.
pub async fn leave_for_provider(
    ports: &Ports,
    keys: &Keys,
    provider: &dyn Provider,
    back: &str,
    next: Option<String>,
) -> Result<Way, ProvidedError> {
    let (now, chance) = (ports.clock.now(), ports.chance.as_ref());
    let verifier = URL_SAFE_NO_PAD.encode(random_bytes(chance, 32));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let (state, nonce) = (random_hex(chance, 16), random_hex(chance, 16));
    let question = Question { back, state: &state, nonce: &nonce, challenge: &challenge };
    let url = provider.door(&question, now).await?;
    let asked = Asked { exp: seconds_on(now, WAY_SECONDS), state, nonce, verifier, next };
    Ok(Way { url, kept: keys.sign(ports, &asked).await? })
}

/// What a browser came back with.
pub struct Returned<'a> {
    /// What its cookie kept.
    pub kept: Option<&'a str>,
    /// The state that the provider sent back.
    pub state: &'a str,
    /// The code that the provider gave.
    pub code: &'a str,
}

/// The account of who came back from the provider, and the page that he wanted. It is made at the first time, and its
/// tier is what his groups say now. `by` is he, as far as he is known.
pub async fn come_back(
    ports: &Ports,
    keys: &Keys,
    provider: &dyn Provider,
    rule: &TierRule,
    back: &str,
    returned: &Returned<'_>,
    by: &Actor,
) -> Result<(User, Option<String>), ProvidedError> {
    let asked = match returned.kept {
        Some(kept) => keys.claims::<Asked>(ports, kept).await?,
        None => None,
    };
    // Hashes, so that how long the comparison takes tells nothing.
    let asked = asked.filter(|asked| secret_hash(&asked.state) == secret_hash(returned.state));
    let asked = asked.ok_or(ProvidedError::NotAsked)?;
    let now = ports.clock.now();
    let claims = provider.redeem(returned.code, &asked.verifier, back, now).await?;
    let expected = Expected { issuer: provider.issuer(), client: provider.client(), nonce: &asked.nonce };
    check_claims(&claims, &expected, now)?;
    let name = proposed_username(&claims);
    let tier = rule.tier(&claims.groups).ok_or_else(|| ProvidedError::NoTier(name.clone()))?;
    let by = Actor { name, ..by.clone() };
    let user = match ports.identities.account_of(&claims.issuer, &claims.subject).await? {
        Some(user) => user,
        None => made(ports, &by, &claims, tier).await?,
    };
    if !user.is_active {
        return Err(ProvidedError::Disabled(user.username));
    }
    Ok((with_tier(ports, &by, user, tier).await?, asked.next))
}

/// The account with the tier that the groups give now. The last system administrator keeps his.
async fn with_tier(ports: &Ports, by: &Actor, user: User, tier: Tier) -> Result<User, ProvidedError> {
    if user.tier == tier {
        return Ok(user);
    }
    match change(ports, by, &user.id, None, |user| Ok(User { tier, ..user.clone() })).await {
        Ok(changed) => Ok(changed),
        Err(AccountError::Refused(AccountRefusal::LastSystemAdmin(name))) => {
            tracing::warn!(
                name,
                "the provider's groups would leave nobody to manage the installation; it stays"
            );
            Ok(user)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes the account. A name that somebody has gets a number: names are not what people are known by here.
async fn made(ports: &Ports, by: &Actor, claims: &IdClaims, tier: Tier) -> Result<User, ProvidedError> {
    let (now, wanted) = (ports.clock.now(), by.name.as_str());
    let random = format!("{wanted}-{}", random_hex(ports.chance.as_ref(), 4));
    let numbered = (2..=NAMES).map(|n| format!("{wanted}-{n}"));
    for username in std::iter::once(wanted.to_owned()).chain(numbered).chain([random]) {
        let user = User {
            id: UserId::new(fresh("user", ports.chance.as_ref())),
            workspace: WorkspaceId::default_workspace(),
            username,
            password_hash: String::new(),
            tier,
            is_active: true,
            must_change_password: false,
            created_at: now,
            last_sign_in_at: None,
            deleted_at: None,
            second_factor_at: None,
            provider: Some(claims.issuer.clone()),
        };
        let event = NewEvent::about("user.created", ("user", user.id.as_str()), by, now)
            .with(json!({ "username": user.username, "tier": user.tier, "provider": claims.issuer }));
        match ports.identities.add_account(&user, &claims.issuer, &claims.subject, &event).await? {
            Linked::Done => return Ok(user),
            Linked::NameTaken => {}
            // Two windows of one person at once.
            Linked::Known => {
                let known = ports.identities.account_of(&claims.issuer, &claims.subject).await?;
                return known.ok_or_else(|| AccountError::Contended(wanted.to_owned()).into());
            }
        }
    }
    Err(AccountError::Taken(wanted.to_owned()).into())
}
