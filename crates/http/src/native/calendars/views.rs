//! Days as the API shows them.

use crate::words;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::spec::DayKind;
use vakhta_lifecycle::calendars::SpecialDay;

/// A day that is not what its weekday alone would make it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpecialDayView {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// What it is for the models of this workspace.
    #[schema(value_type = words::DayKind)]
    pub kind: DayKind,
    /// What the country's calendar says.
    #[schema(value_type = words::DayKind)]
    pub official: DayKind,
    /// What the company said; null where it said nothing.
    pub company: Option<CompanyDayView>,
}

impl From<SpecialDay> for SpecialDayView {
    fn from(day: SpecialDay) -> Self {
        Self {
            date: day.date.to_string(),
            kind: day.kind,
            official: day.official,
            company: day.company.map(CompanyDayView::from),
        }
    }
}

/// What the company said of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyDayView {
    /// What it is.
    #[schema(value_type = words::DayKind)]
    pub kind: DayKind,
    /// Why.
    pub note: Option<String>,
    /// When it was last written.
    pub set_at: Timestamp,
    /// By which account.
    pub set_by: Option<String>,
}

impl From<CompanyDay> for CompanyDayView {
    fn from(day: CompanyDay) -> Self {
        Self {
            kind: day.kind,
            note: day.note,
            set_at: day.set_at,
            set_by: day.set_by.map(|user| user.to_string()),
        }
    }
}
