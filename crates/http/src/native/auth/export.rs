//! `GET /auth/profile/export`: everything that is kept of oneself.

use crate::App;
use crate::auth::SignedIn;
use crate::auth::views::{TokenView, UserView};
use crate::body::Json;
use crate::native::events::views::EventView;
use crate::native::jobs::views::JobView;
use crate::native::workspaces::views::WorkspaceView;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::user::Session;
use vakhta_lifecycle::accounts::kept;

/// Everything that is kept of an account; secrets are kept as hashes only and are not among it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileExport {
    /// When it was gathered.
    pub exported_at: Timestamp,
    /// The account.
    pub account: UserView,
    /// Where it belongs.
    pub workspaces: Vec<WorkspaceView>,
    /// What it is signed in by.
    pub sessions: Vec<SessionView>,
    /// Its API tokens.
    pub tokens: Vec<TokenView>,
    /// What it did, newest first.
    pub events: Vec<OwnEvent>,
    /// The jobs that it asked for, newest first.
    pub jobs: Vec<JobView>,
}

/// A session, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// The workspace that it works in.
    pub workspace: String,
    /// When it began.
    pub created_at: Timestamp,
    /// The last request, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Where it was begun from.
    pub ip: Option<String>,
    /// What it was begun with.
    pub user_agent: Option<String>,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            workspace: session.workspace.as_str().to_owned(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            ip: session.ip,
            user_agent: session.user_agent,
        }
    }
}

/// Something that the account did.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnEvent {
    /// In which workspace.
    pub workspace: String,
    /// What.
    #[serde(flatten)]
    pub event: EventView,
}

/// Everything that is kept of oneself, in all workspaces, as one JSON document.
#[utoipa::path(get, path = "/auth/profile/export", tag = "auth", responses((status = 200, body = ProfileExport)))]
pub async fn export(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Response, Problem> {
    who.settled()?;
    let account = who.account()?;
    let (found, now, actor) = (kept(app.ports(), &account.id).await?, app.now(), &who.actor);
    let own = |(workspace, event): (vakhta_domain::ids::WorkspaceId, _)| OwnEvent {
        workspace: workspace.as_str().to_owned(),
        event: EventView::of(event, actor),
    };
    let export = ProfileExport {
        exported_at: now,
        account: account.clone().into(),
        workspaces: found.workspaces.into_iter().map(WorkspaceView::from).collect(),
        sessions: found.sessions.into_iter().map(SessionView::from).collect(),
        tokens: found.tokens.into_iter().map(TokenView::from).collect(),
        events: found.events.into_iter().map(own).collect(),
        jobs: found.jobs.iter().map(|job| JobView::of(job, now, actor)).collect(),
    };
    let name = HeaderValue::from_static("attachment; filename=\"vakhta-profile.json\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(export)).into_response())
}
