//! From a request's credential to the person or program that acts.

use super::authenticate::authenticate;
use super::cookie::{cookie_of, session_cookie_name};
use super::origin::same_origin;
use crate::App;
use crate::problem::Problem;
use crate::request::{self, WhoAsks};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use vakhta_domain::ids::TokenId;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::user::{Actor, Permission, Source, Tier, User, held};

/// The header that names the workspace of one request.
const WORKSPACE: &str = "x-vakhta-workspace";

/// What a request was signed in by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A session, in a cookie or as a bearer.
    Session {
        /// SHA-256 of its secret, hex.
        secret_hash: String,
    },
    /// An API token.
    Token {
        /// Its identity.
        id: TokenId,
        /// SHA-256 of its secret, hex.
        secret_hash: String,
    },
    /// A short-lived token, made by a session or an API token.
    Jwt,
    /// The token of `VAKHTA_ADMIN_API_TOKEN`, which is no account's.
    System,
}

impl Credential {
    /// Whether it works in the one workspace that it was made in.
    pub(super) fn is_bound(&self) -> bool {
        matches!(self, Self::Token { .. } | Self::Jwt)
    }
}

/// Who is asking. As an argument of a handler it demands sign-in; 401 without.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The one who acts, as the rest of the product knows him.
    pub actor: Actor,
    /// His account; see [`SignedIn::account`].
    pub user: User,
    /// What he signed in by.
    pub credential: Credential,
    /// What the credential is held to; none for all that his tier may do.
    pub scopes: Option<Vec<Permission>>,
    /// Whether he may do nothing before he has enrolled a second factor.
    pub must_enrol: bool,
}

impl SignedIn {
    /// Demands a permission: 403 without it, and while the one-time password is not replaced.
    pub fn require(&self, permission: Permission) -> Result<&Actor, Problem> {
        self.settled()?;
        if self.may(permission) {
            return Ok(&self.actor);
        }
        let text = if self.actor.tier.allows(permission) {
            let word = permission.as_str();
            format!("this needs the scope `{word}`, which this token does not have; make one that has it")
        } else {
            let (tier, name) = (permission.lowest_tier().as_str(), &self.actor.name);
            format!("this needs the tier {tier}, `{name}` is {}", self.actor.tier.as_str())
        };
        Err(Problem::forbidden("forbidden", text))
    }

    /// Demands that the account is as it must be: its password its own, its second factor enrolled where its tier has
    /// to have one. 403 until then.
    pub fn settled(&self) -> Result<(), Problem> {
        self.own_password()?;
        if !self.must_enrol {
            return Ok(());
        }
        Err(Problem::forbidden(
            "second_factor_enrolment_required",
            "accounts of this tier must have a second factor here; enrol one by POST /auth/profile/second-factor",
        ))
    }

    /// Demands that the one-time password is replaced: 403 until then.
    pub fn own_password(&self) -> Result<(), Problem> {
        if !self.user.must_change_password {
            return Ok(());
        }
        Err(Problem::forbidden(
            "password_change_required",
            "this account still has its one-time password; choose your own by PUT /auth/profile/password",
        ))
    }

    /// Whether his tier and his credential allow it.
    pub fn may(&self, permission: Permission) -> bool {
        let in_scope = self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission));
        self.settled().is_ok() && self.actor.tier.allows(permission) && in_scope
    }

    /// All that he may do, once his password is his own.
    pub fn permissions(&self) -> Vec<Permission> {
        held(self.actor.tier, self.scopes.as_deref())
    }

    /// His account: 403 for the administrator's token, which has none.
    pub fn account(&self) -> Result<&User, Problem> {
        if self.credential == Credential::System {
            let text =
                "this is about one's own account, and the administrator's token has none; sign in instead";
            return Err(Problem::forbidden("no_account", text));
        }
        Ok(&self.user)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        // The gate has asked already.
        if let Some(who) = parts.extensions.get::<Self>() {
            return Ok(who.clone());
        }
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
    cookie_of(headers, session_cookie_name(secure)).map(|secret| (secret, true))
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
    /// The workspace that the request names.
    pub workspace: Option<String>,
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

    /// The actor of an account at home.
    pub(crate) fn actor(self, user: &User) -> Actor {
        let home = user.workspace.clone();
        self.actor_in(user, home, user.tier)
    }

    /// The actor of an account in a workspace, with what it is there.
    pub(super) fn actor_in(self, user: &User, workspace: WorkspaceId, tier: Tier) -> Actor {
        Actor {
            workspace,
            user: Some(user.id.clone()),
            name: user.username.clone(),
            tier,
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
        ip: request::caller(&parts.extensions),
        user_agent: request::user_agent(&parts.headers),
        workspace: parts
            .headers
            .get(WORKSPACE)
            .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned()),
    }
}
