//! `/calendars/{country}/days`.

use super::views::{CompanyDayView, SpecialDayView};
use crate::App;
use crate::auth::SignedIn;
use crate::body::{Json, Path};
use crate::page::{List, NoQuery, Query};
use crate::problem::Problem;
use crate::words;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::spec::{Country, DayKind};
use vakhta_domain::user::Permission;
use vakhta_lifecycle::calendars;

/// The years that a calendar can be asked of.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;
/// The longest note, characters.
const LONGEST_NOTE: usize = 500;

/// Which year.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YearQuery {
    /// The year, 1900 to 2100; this one by default.
    #[param(minimum = 1900, maximum = 2100)]
    pub year: Option<i16>,
}

fn country(code: &str) -> Result<Country, Problem> {
    Country::parse(code).ok_or_else(|| Problem::missing("calendar_missing", "calendar", code))
}

fn date(text: &str) -> Result<Date, Problem> {
    let day = text.parse::<Date>().ok().filter(|day| YEARS.contains(&day.year()) && day.to_string() == text);
    day.ok_or_else(|| {
        let message = format!("`{text}` is not a day from 1900 to 2100 written YYYY-MM-DD");
        Problem::invalid_field("/date", message)
    })
}

/// The days of a year that are not what their weekday alone would make them: holidays, transferred days off, working
/// Saturdays, short days, and all that the company corrected.
#[utoipa::path(get, path = "/calendars/{country}/days", tag = "calendars",
    params(("country" = String, Path, description = "ISO 3166-1, `RU`"), YearQuery),
    responses((status = 200, body = List<SpecialDayView>)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Path(code): Path<String>,
    Query(query): Query<YearQuery>,
) -> Result<Json<List<SpecialDayView>>, Problem> {
    let actor = who.require(Permission::Look)?;
    let country = country(&code)?;
    let year = query.year.unwrap_or_else(|| app.now().to_zoned(jiff::tz::TimeZone::UTC).year());
    if !YEARS.contains(&year) {
        return Err(Problem::invalid_field(
            "?year",
            format!("{year} is out of range, allowed are 1900 to 2100"),
        ));
    }
    let days = calendars::special_days(&app.lifecycle, &actor.workspace, country, year).await?;
    Ok(Json(List::whole(days.into_iter().map(SpecialDayView::from).collect())))
}

/// What a day is said to be.
#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DayBody {
    /// What it is.
    #[schema(value_type = words::DayKind)]
    pub kind: DayKind,
    /// Why, at most 500 characters; such as the number of a decree.
    #[serde(default)]
    pub note: Option<String>,
}

/// Says what a day is, for every model that reads this country's calendar, from its next training on. A model's spec
/// has the last word over it.
#[utoipa::path(put, path = "/calendars/{country}/days/{date}", tag = "calendars", request_body = DayBody,
    params(("country" = String, Path), ("date" = String, Path, description = "YYYY-MM-DD")),
    responses((status = 200, body = CompanyDayView)))]
pub async fn set(
    State(app): State<App>,
    who: SignedIn,
    Path((code, day)): Path<(String, String)>,
    Json(body): Json<DayBody>,
) -> Result<Json<CompanyDayView>, Problem> {
    let actor = who.require(Permission::WriteCalendars)?;
    let note = body.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Problem::invalid_field("/note", format!("a note has at most {LONGEST_NOTE} characters")));
    }
    let day = CompanyDay {
        country: country(&code)?,
        date: date(&day)?,
        kind: body.kind,
        note,
        set_at: app.now(),
        set_by: actor.user.clone(),
    };
    calendars::set_day(&app.lifecycle, actor, &day).await?;
    Ok(Json(day.into()))
}

/// Leaves a day to the country's calendar again.
#[utoipa::path(delete, path = "/calendars/{country}/days/{date}", tag = "calendars",
    params(("country" = String, Path), ("date" = String, Path)),
    responses((status = 204), (status = 404, description = "nothing was said of this day")))]
pub async fn clear(
    State(app): State<App>,
    who: SignedIn,
    Path((code, day)): Path<(String, String)>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<StatusCode, Problem> {
    let actor = who.require(Permission::WriteCalendars)?;
    if calendars::clear_day(&app.lifecycle, actor, country(&code)?, date(&day)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::missing("day_missing", "word of the company on the day", day))
}
