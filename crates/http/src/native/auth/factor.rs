//! One's own second factor: `/auth/profile/second-factor`.

use super::profile::confirmed;
use crate::App;
use crate::auth::{Credential, SignedIn};
use crate::body::Json;
use crate::page::{NoQuery, Query};
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use qrcode::{Color, EcLevel, QrCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::user::User;
use vakhta_lifecycle::accounts::{self, Shown, confirm_enrolment, renew_recovery_codes, turn_off};

/// How one's second factor stands.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorView {
    /// Whether signing in asks for a code.
    pub enabled: bool,
    /// Since when.
    pub enabled_at: Option<Timestamp>,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u64,
    /// Whether accounts of this tier must have one.
    pub required: bool,
    /// Whether it can be enrolled here; false where a provider signs the account in.
    pub available: bool,
}

/// Tells how one's second factor stands.
#[utoipa::path(get, path = "/auth/profile/second-factor", tag = "auth",
    responses((status = 200, body = SecondFactorView)))]
pub async fn show(
    State(app): State<App>,
    who: SignedIn,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<Json<SecondFactorView>, Problem> {
    let user = who.account()?;
    let factor = app.ports().second_factors.second_factor(&user.id).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_some());
    Ok(Json(SecondFactorView {
        enabled: factor.is_some(),
        enabled_at: factor.as_ref().and_then(|factor| factor.confirmed_at),
        recovery_codes_left: factor.map_or(0, |factor| factor.codes_left),
        required: app.must_enrol(&User { second_factor_at: None, ..user.clone() }, who.actor.tier),
        available: user.provider.is_none(),
    }))
}

/// The password, to show that it is oneself.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The password as it is.
    pub current_password: String,
}

/// An enrolment that was begun. Its secret is in this answer and nowhere else.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    /// The secret, to be typed into an app (base32).
    pub secret: String,
    /// The same as an address that apps read.
    pub otpauth_uri: String,
    /// The same as a picture to be read by a camera (SVG).
    pub qr_svg: String,
}

/// Begins to enrol a second factor. Nothing asks for a code until it is confirmed by one; begun again, the secret
/// before is forgotten.
#[utoipa::path(post, path = "/auth/profile/second-factor", tag = "auth", request_body = EnrolRequest,
    responses((status = 200, body = EnrolmentView), (status = 409, description = "there is one already")))]
pub async fn enrol(
    State(app): State<App>,
    who: SignedIn,
    Json(given): Json<EnrolRequest>,
) -> Result<Json<EnrolmentView>, Problem> {
    let user = own_account(&who)?;
    confirmed(&app, &who, user, given.current_password).await?;
    let begun = accounts::enrol(app.ports(), &app.keys, user).await?;
    let qr_svg = picture(&begun.uri)?;
    Ok(Json(EnrolmentView { secret: begun.secret, otpauth_uri: begun.uri, qr_svg }))
}

/// A code of the app that was enrolled.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The six digits that it shows.
    pub code: String,
}

/// Recovery codes. They are in this answer and nowhere else.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each signs in once in the place of a code.
    pub recovery_codes: Vec<String>,
}

/// Confirms the enrolment by a code, which turns the second factor on and ends one's other sessions.
#[utoipa::path(post, path = "/auth/profile/second-factor/confirm", tag = "auth", request_body = Confirmation,
    responses((status = 200, body = RecoveryCodes), (status = 409, description = "no enrolment was begun")))]
pub async fn confirm(
    State(app): State<App>,
    who: SignedIn,
    Json(given): Json<Confirmation>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let user = own_account(&who)?;
    let keep = match &who.credential {
        Credential::Session { secret_hash } => Some(secret_hash.as_str()),
        Credential::Token { .. } | Credential::Jwt | Credential::System => None,
    };
    let codes = confirm_enrolment(app.ports(), &app.keys, &who.actor, user, &given.code, keep).await?;
    app.lifecycle.signals.bump();
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

/// The password and the second factor, to show that it is oneself.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BothFactors {
    /// The password as it is.
    pub current_password: String,
    /// The six digits that the app shows.
    #[serde(default)]
    pub code: Option<String>,
    /// One of the recovery codes instead.
    #[serde(default)]
    pub recovery_code: Option<String>,
}

/// Makes ten new recovery codes; the old ones work no more.
#[utoipa::path(post, path = "/auth/profile/second-factor/recovery-codes", tag = "auth", request_body = BothFactors,
    responses((status = 200, body = RecoveryCodes), (status = 409, description = "there is no second factor")))]
pub async fn renew(
    State(app): State<App>,
    who: SignedIn,
    Json(given): Json<BothFactors>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let (user, shown) = both(&app, &who, given).await?;
    let codes = renew_recovery_codes(app.ports(), &app.keys, &app.sign_ins, &who.actor, user, &shown).await?;
    app.lifecycle.signals.bump();
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

/// Turns one's second factor off.
#[utoipa::path(delete, path = "/auth/profile/second-factor", tag = "auth", request_body = BothFactors,
    responses((status = 204), (status = 409, description = "there is no second factor")))]
pub async fn remove(
    State(app): State<App>,
    who: SignedIn,
    Json(given): Json<BothFactors>,
) -> Result<StatusCode, Problem> {
    let (user, shown) = both(&app, &who, given).await?;
    turn_off(app.ports(), &app.keys, &app.sign_ins, &who.actor, user, &shown).await?;
    app.lifecycle.signals.bump();
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's account once its password is its own; he need not have enrolled.
fn own_account(who: &SignedIn) -> Result<&User, Problem> {
    who.own_password()?;
    who.account()
}

/// The caller's account once its password was given, and what was shown as its second factor.
async fn both<'a>(app: &App, who: &'a SignedIn, given: BothFactors) -> Result<(&'a User, Shown), Problem> {
    let user = own_account(who)?;
    let shown = shown(given.code, given.recovery_code)?;
    let shown =
        shown.ok_or_else(|| Problem::invalid_field("/code", "a code or a recovery code is wanted"))?;
    confirmed(app, who, user, given.current_password).await?;
    Ok((user, shown))
}

/// What was typed, in one of two fields.
pub(super) fn shown(code: Option<String>, recovery_code: Option<String>) -> Result<Option<Shown>, Problem> {
    match (code, recovery_code) {
        (Some(_), Some(_)) => {
            Err(Problem::invalid_field("/recovery_code", "send a code or a recovery code, not both"))
        }
        (Some(code), None) => Ok(Some(Shown::Code(code))),
        (None, Some(code)) => Ok(Some(Shown::Recovery(code))),
        (None, None) => Ok(None),
    }
}

/// A QR code as SVG: black on white in every theme, because cameras expect that, with the quiet zone of four modules
/// that the standard asks for.
fn picture(text: &str) -> Result<String, Problem> {
    const QUIET: usize = 4;
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|error| Problem::internal(&error))?;
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET));
        }
    }
    let side = width + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_three_corners_and_the_quiet_zone() {
        let svg = picture("otpauth://totp/Vakhta:anna?secret=GEZDGNBVGY3TQOJQ").expect("it is short");
        let side: usize = svg
            .split("viewBox=\"0 0 ")
            .nth(1)
            .and_then(|s| s.split(' ').next())
            .expect("a side")
            .parse()
            .expect("a number");
        let last = side - 5;
        for (x, y) in [(4, 4), (last, 4), (4, last)] {
            assert!(svg.contains(&format!("M{x} {y}h1v1h-1z")), "no corner at {x} {y}");
        }
        assert!(!svg.contains(&format!("M{last} {last}h1v1h-1z")) || side > 25, "three corners, not four");
        for outside in ["M3 ", &format!("M{} ", last + 1)] {
            assert!(!svg.contains(outside), "{outside}");
        }
    }
}
