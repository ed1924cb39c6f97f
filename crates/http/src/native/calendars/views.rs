//! Days as the API shows them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vakhta_domain::calendar::CompanyDay;
use vakhta_domain::spec::DayKind;
use vakhta_lifecycle::calendars::SpecialDay;

/// What a day is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayKindView {
    /// A public holiday.
    Holiday,
    /// A day off that is no holiday, such as a transferred one.
    DayOff,
    /// A working day.
    Working,
    /// A working day that ends early.
    Short,
}

impl From<DayKind> for DayKindView {
    fn from(kind: DayKind) -> Self {
        match kind {
            DayKind::Holiday => Self::Holiday,
            DayKind::DayOff => Self::DayOff,
            DayKind::Working => Self::Working,
            DayKind::Short => Self::Short,
        }
    }
}

impl From<DayKindView> for DayKind {
    fn from(kind: DayKindView) -> Self {
        match kind {
            DayKindView::Holiday => Self::Holiday,
            DayKindView::DayOff => Self::DayOff,
            DayKindView::Working => Self::Working,
            DayKindView::Short => Self::Short,
        }
    }
}

/// A day that is not what its weekday alone would make it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpecialDayView {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// What it is for the models of this workspace.
    pub kind: DayKindView,
    /// What the country's calendar says.
    pub official: DayKindView,
    /// What the company said; null where it said nothing.
    pub company: Option<CompanyDayView>,
}

impl From<SpecialDay> for SpecialDayView {
    fn from(day: SpecialDay) -> Self {
        Self {
            date: day.date.to_string(),
            kind: day.kind.into(),
            official: day.official.into(),
            company: day.company.map(CompanyDayView::from),
        }
    }
}

/// What the company said of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyDayView {
    /// What it is.
    pub kind: DayKindView,
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
            kind: day.kind.into(),
            note: day.note,
            set_at: day.set_at,
            set_by: day.set_by.map(|user| user.to_string()),
        }
    }
}
