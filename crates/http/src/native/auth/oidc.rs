//! Signing in by another provider: `/auth/methods` says whether one can, `/auth/oidc/start` sends the browser there, and
//! `/auth/oidc/callback` is where it comes back.

use super::login::{begin_session_for, started};
use crate::App;
use crate::auth::{cookie_of, door, way_cookie, way_cookie_name};
use crate::body::Json;
use crate::native::BASE;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use crate::settings::SignInProvider;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::event::NewEvent;
use vakhta_domain::suspicion::SIGN_IN_FAILED;
use vakhta_domain::user::{Actor, Proof};
use vakhta_lifecycle::accounts::{Returned, WAY_SECONDS, come_back, leave_for_provider};

/// The longest address of a page that is gone on to: a cookie keeps it.
const LONGEST_NEXT: usize = 1_000;

/// How one may sign in here.
#[derive(Serialize, ToSchema)]
pub struct SignInMethods {
    /// By name and password.
    pub password: bool,
    /// Whether anybody may make himself an account.
    pub registration: bool,
    /// By another provider; null where there is none.
    pub provider: Option<ProviderMethod>,
}

/// Another provider that signs people in.
#[derive(Serialize, ToSchema)]
pub struct ProviderMethod {
    /// What to call it.
    pub title: String,
    /// Where to send the browser.
    pub start: String,
}

/// Tells how one may sign in here.
#[utoipa::path(get, path = "/auth/methods", tag = "auth", security(()),
    responses((status = 200, body = SignInMethods)))]
pub async fn methods(State(app): State<App>, Query(NoQuery {}): Query<NoQuery>) -> Json<SignInMethods> {
    let provider = app
        .settings
        .provider
        .as_ref()
        .map(|by| ProviderMethod { title: by.title.clone(), start: format!("{BASE}/auth/oidc/start") });
    Json(SignInMethods { password: true, registration: app.settings.registration, provider })
}

/// Where to go afterwards.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wish {
    /// A page of the UI, such as `/models`.
    next: Option<String>,
}

/// Sends the browser to the provider.
#[utoipa::path(get, path = "/auth/oidc/start", tag = "auth", security(()), params(Wish),
    responses((status = 302, description = "to the provider"), (status = 404, description = "there is none")))]
pub async fn start(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let Query(wish) = Query::<Wish>::from_request_parts(&mut parts, &()).await?;
    let by = provider(&app)?;
    let next = wish.next.filter(|next| next.len() <= LONGEST_NEXT);
    let way = leave_for_provider(app.ports(), &app.keys, by.provider.as_ref(), &by.back, next).await?;
    let cookie = way_cookie(&way.kept, WAY_SECONDS as u64, app.settings.secure_cookies);
    Ok((StatusCode::FOUND, [(header::LOCATION, way.url)], [(header::SET_COOKIE, cookie)]).into_response())
}

/// What a provider sends back; what else it says is left.
#[derive(Default)]
struct Said {
    state: String,
    code: String,
    error: Option<String>,
}

fn said(query: &str) -> Said {
    let mut said = Said::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "state" => said.state = value.into_owned(),
            "code" => said.code = value.into_owned(),
            "error" => said.error = Some(value.chars().filter(|c| !c.is_control()).take(80).collect()),
            _ => {}
        }
    }
    said
}

/// Where the provider sends the browser back: signs in, and goes on to the page that was wanted. A refusal leads a
/// browser to the sign-in page, and is told to a program.
#[utoipa::path(get, path = "/auth/oidc/callback", tag = "auth", security(()),
    responses((status = 302, description = "signed in, or back to the sign-in page"),
    (status = 401, description = "not signed in")))]
pub async fn callback(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let mut door = door(&parts);
    door.by_page = true;
    let stranger = door.clone().stranger("");
    let secure = app.settings.secure_cookies;
    let kept = cookie_of(&parts.headers, way_cookie_name(secure));
    let said = said(parts.uri.query().unwrap_or_default());
    let gone = way_cookie("", 0, secure);
    let done = match signed_in(&app, &stranger, kept.as_deref(), said).await {
        Ok((user, next)) => {
            begin_session_for(&app, door, user, &Proof::FirstFactorAlone).await.map(|begun| (begun, next))
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok((begun, next)) => {
            let page = format!("/ui{}", inner_page(next.as_deref()));
            let cookies =
                AppendHeaders([(header::SET_COOKIE, started(&app, &begun)), (header::SET_COOKIE, gone)]);
            Ok((StatusCode::FOUND, cookies, [(header::LOCATION, page)]).into_response())
        }
        Err(problem) => {
            let event = NewEvent::about(SIGN_IN_FAILED, ("user", "-"), &stranger, app.now())
                .with(json!({ "provider": true, "why": problem.code() }));
            app.ports().events.append(&event).await?;
            app.lifecycle.signals.bump();
            Ok(([(header::SET_COOKIE, gone)], refused(problem, &parts.headers)).into_response())
        }
    }
}

async fn signed_in(
    app: &App,
    stranger: &Actor,
    kept: Option<&str>,
    said: Said,
) -> Result<(vakhta_domain::user::User, Option<String>), Problem> {
    let by = provider(app)?;
    if let Some(error) = said.error {
        let text = format!("the provider did not sign you in: {error}");
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "provider_refused", text));
    }
    let returned = Returned { kept, state: &said.state, code: &said.code };
    let provider = by.provider.as_ref();
    Ok(come_back(app.ports(), &app.keys, provider, &by.rule, &by.back, &returned, stranger).await?)
}

fn provider(app: &App) -> Result<&SignInProvider, Problem> {
    let text = "no other provider signs people in here; sign in by name and password";
    app.settings.provider.as_ref().ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "provider_off", text))
}

/// A page of ours, and nothing that leads elsewhere.
fn inner_page(next: Option<&str>) -> String {
    let ours = |text: &&str| {
        text.starts_with('/')
            && !text.starts_with("//")
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
    };
    next.filter(ours).unwrap_or("/").to_owned()
}

fn refused(problem: Problem, headers: &HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return problem.into_response();
    }
    let page = format!("/ui/sign-in?problem={}", problem.code());
    (StatusCode::FOUND, [(header::LOCATION, page)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_gone_on_to() {
        assert_eq!(inner_page(Some("/models/sales?tab=report")), "/models/sales?tab=report");
        for bad in [
            None,
            Some(""),
            Some("//evil.example"),
            Some("https://evil.example"),
            Some("/\\evil"),
            Some("/a\r\nb"),
            Some("/ж"),
        ] {
            assert_eq!(inner_page(bad), "/", "{bad:?}");
        }
    }

    #[test]
    fn what_a_provider_says_beside_is_left() {
        let said = said("code=a%2Bb&state=s&iss=https%3A%2F%2Fid&session_state=x&error=no%0Aline");
        assert_eq!(
            (said.code.as_str(), said.state.as_str(), said.error.as_deref()),
            ("a+b", "s", Some("noline"))
        );
    }
}
