//! From a request's credential to the person or program that acts.

use super::origin::same_origin;
use super::secrets::{API_TOKEN_PREFIX, secret_hash, session_cookie_name};
use crate::App;
use crate::problem::Problem;
use crate::request::{self, WhoAsks};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use jiff::{SignedDuration, Timestamp};
use vakhta_domain::ids::TokenId;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::{Actor, Permission, Source, Tier, User};

/// Uses within this time are noted once: a busy program must not write a row a request.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// What a request was signed in by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session, in a cookie or as a bearer.
    Session {
        /// SHA-256 of its secret, hex.
        secret_hash: String,
    },
    /// An API token.
    Token(TokenId),
}

/// Who is asking. As an argument of a handler it demands sign-in; 401 without.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The one who acts, as the rest of the product knows him.
    pub actor: Actor,
    /// His account.
    pub user: User,
    /// What he signed in by.
    pub credential: Credential,
}

impl SignedIn {
    /// Demands a permission: 403 without it, and while the one-time password is not replaced.
    pub fn require(&self, permission: Permission) -> Result<&Actor, Problem> {
        if self.user.must_change_password {
            return Err(Problem::forbidden(
                "password_change_required",
                "this account still has its one-time password; choose your own by PUT /auth/profile/password",
            ));
        }
        if self.actor.tier.allows(permission) {
            return Ok(&self.actor);
        }
        Err(Problem::forbidden(
            "forbidden",
            format!(
                "this needs the tier {}, `{}` is {}",
                permission.lowest_tier().as_str(),
                self.actor.name,
                self.actor.tier.as_str()
            ),
        ))
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let found = presented(&parts.headers, app.settings.secure_cookies);
        let (secret, by_cookie) = found.ok_or_else(|| Problem::not_signed_in("sign in, or send a token"))?;
        let signed_in = authenticate(app, &secret, Door { by_cookie, ..door(parts) }).await?;
        if by_cookie && !is_safe(&parts.method) && !same_origin(&parts.headers) {
            return Err(Problem::forbidden(
                "cross_origin",
                "the request does not come from a page of this server",
            ));
        }
        if let Some(who) = parts.extensions.get::<WhoAsks>() {
            let _ = who.0.set(signed_in.actor.name.clone());
        }
        Ok(signed_in)
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The secret that a request presents, and whether a cookie held it. A header wins over a cookie.
pub(crate) fn presented(headers: &HeaderMap, secure: bool) -> Option<(String, bool)> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| (secret.trim().to_owned(), false));
    }
    let name = session_cookie_name(secure);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, secret)| (secret.to_owned(), true))
}

/// What is known of a request's origin before anybody signed in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Door {
    pub by_cookie: bool,
    /// A page sent it: browsers name the page's origin, also before there is a cookie.
    pub by_page: bool,
    pub cli: bool,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

impl Door {
    /// An actor without an account, e.g. somebody who tries to sign in.
    pub(crate) fn stranger(self, name: &str) -> Actor {
        Actor {
            workspace: WorkspaceId::default_workspace(),
            user: None,
            name: name.chars().filter(|c| !c.is_control()).take(64).collect(),
            tier: Tier::Viewer,
            source: self.source(),
            ip: self.ip,
            user_agent: self.user_agent,
            request_id: request::id(),
        }
    }

    /// The actor of an account.
    pub(crate) fn actor(self, user: &User) -> Actor {
        Actor {
            workspace: user.workspace.clone(),
            user: Some(user.id.clone()),
            name: user.username.clone(),
            tier: user.tier,
            source: self.source(),
            ip: self.ip,
            user_agent: self.user_agent,
            request_id: request::id(),
        }
    }

    fn source(&self) -> Source {
        if self.by_cookie || self.by_page {
            Source::Gui
        } else if self.cli {
            Source::Cli
        } else {
            Source::Api
        }
    }
}

/// The door that a request came through, as far as its head tells.
pub(crate) fn door(parts: &Parts) -> Door {
    Door {
        by_cookie: false,
        by_page: parts.headers.contains_key(axum::http::header::ORIGIN),
        cli: parts.headers.get("x-vakhta-client").is_some_and(|client| client == "cli"),
        ip: request::peer(&parts.extensions),
        user_agent: request::user_agent(&parts.headers),
    }
}

/// Finds the account of a secret. 401 where it is unknown, expired, revoked, or the account is disabled; all
/// of them sound the same.
pub(crate) async fn authenticate(app: &App, secret: &str, door: Door) -> Result<SignedIn, Problem> {
    let refuse =
        || Problem::not_signed_in("the session or token is unknown, ended or revoked; sign in again");
    let hash = secret_hash(secret);
    let now = app.now();
    let accounts = &app.ports().accounts;
    let (user, credential) = if secret.starts_with(API_TOKEN_PREFIX) {
        let (token, user) = accounts.token(&hash).await?.ok_or_else(refuse)?;
        if door.by_cookie || token.revoked_at.is_some() || token.expires_at <= now {
            return Err(refuse());
        }
        if is_worth_noting(token.last_used_at, now) {
            accounts.touch_token(&token.id, now).await?;
        }
        (user, Credential::Token(token.id))
    } else {
        let (session, user) = accounts.session(&hash).await?.ok_or_else(refuse)?;
        let idle = SignedDuration::try_from(app.settings.session_idle).unwrap_or(SignedDuration::MAX);
        if session.expires_at <= now || now.duration_since(session.last_seen_at) > idle {
            return Err(refuse());
        }
        if is_worth_noting(Some(session.last_seen_at), now) {
            accounts.touch_session(&hash, now).await?;
        }
        (user, Credential::Session { secret_hash: hash })
    };
    if !user.is_active {
        return Err(refuse());
    }
    Ok(SignedIn { actor: door.actor(&user), user, credential })
}

fn is_worth_noting(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= NOTED_EVERY)
}
