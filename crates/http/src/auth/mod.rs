//! Who is asking, and may he: the gate before every operation, sessions, API tokens, the administrator's token.

mod actor;
mod authenticate;
mod cookie;
pub(crate) mod gate;
mod origin;
pub(crate) mod problems;
mod system;
pub mod views;
mod watched;

pub use actor::{Credential, SignedIn};
pub use cookie::session_cookie_name;

pub(crate) use actor::{Door, door, presented};
pub(crate) use authenticate::authenticate;
pub(crate) use cookie::{cookie_of, session_cookie, way_cookie, way_cookie_name};
pub(crate) use origin::same_origin;
pub(crate) use system::AuditedUses;
pub(crate) use watched::{KnownNetworks, Refusals};
