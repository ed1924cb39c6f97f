//! The company's calendar: what a country's calendar says, corrected by people, and read by every training.

use crate::Lifecycle;
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::StoreError;
use vakhta_domain::spec::{Country, DayKind, DayOverride, ModelSpec};
use vakhta_domain::user::Actor;
use vakhta_ml::features::official_kind;

/// A day that is not what its weekday alone would make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// The day.
    pub date: Date,
    /// What it is for the workspace's models.
    pub kind: DayKind,
    /// What the country's calendar says.
    pub official: DayKind,
    /// What the company said, where it did.
    pub company: Option<CompanyDay>,
}

/// The special days of a year, by date.
pub async fn special_days(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    country: Country,
    year: i16,
) -> Result<Vec<SpecialDay>, StoreError> {
    let said = app.ports.calendars.company_days(workspace, country).await?;
    let mut said: BTreeMap<Date, CompanyDay> = said.into_iter().map(|day| (day.date, day)).collect();
    let january = Date::constant(year, 1, 1);
    let days = january.series(jiff::Span::new().days(1)).take_while(|day| day.year() == year);
    Ok(days
        .filter_map(|date| {
            let official = official_kind(Some(country), date);
            let company = said.remove(&date);
            let special = company.is_some() || official != official_kind(None, date);
            let kind = company.as_ref().map_or(official, |day| day.kind);
            special.then_some(SpecialDay { date, kind, official, company })
        })
        .collect())
}

/// Says what a day is. Models hear of it at their next training.
pub async fn set_day(app: &Arc<Lifecycle>, actor: &Actor, day: &CompanyDay) -> Result<(), StoreError> {
    let data = json!({ "after": { "kind": day.kind, "note": day.note } });
    let event = event(app, actor, day.country, day.date).with(data);
    app.ports.calendars.set_company_day(&actor.workspace, day, &event).await?;
    app.signals.bump();
    Ok(())
}

/// Leaves a day to the country's calendar again. False where nothing was said of it.
pub async fn clear_day(
    app: &Arc<Lifecycle>,
    actor: &Actor,
    country: Country,
    date: Date,
) -> Result<bool, StoreError> {
    let event = event(app, actor, country, date).with(json!({ "after": null }));
    let done = app.ports.calendars.clear_company_day(&actor.workspace, country, date, &event).await?;
    if done {
        app.signals.bump();
    }
    Ok(done)
}

fn event(app: &Lifecycle, actor: &Actor, country: Country, date: Date) -> NewEvent {
    let subject = format!("{}/{date}", country.as_str());
    NewEvent::about("calendar.changed", ("day", &subject), actor, app.ports.clock.now())
}

/// Writes the company's days into a spec that is about to be trained, under the spec's own; so a version's spec
/// says which days it learnt from.
pub(crate) async fn write_into(
    app: &Lifecycle,
    workspace: &WorkspaceId,
    spec: &mut ModelSpec,
) -> Result<(), StoreError> {
    let calendar = &mut spec.features.calendar;
    let Some(country) = calendar.country else { return Ok(()) };
    for day in app.ports.calendars.company_days(workspace, country).await? {
        let date = day.date.to_string();
        if !calendar.overrides.iter().any(|own| own.date == date) {
            calendar.overrides.push(DayOverride { date, kind: day.kind });
        }
    }
    Ok(())
}
