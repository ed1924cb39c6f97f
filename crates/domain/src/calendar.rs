//! The company's own word on single days: what a country's calendar does not know, or not yet.

use crate::ids::UserId;
use crate::spec::{Country, DayKind};
use jiff::Timestamp;
use jiff::civil::Date;

/// What one day is for every model of a workspace that reads this country's calendar. A model's own spec has the
/// last word over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyDay {
    /// Whose calendar it corrects.
    pub country: Country,
    /// The day.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// Why, in the writer's words, such as the number of a decree.
    pub note: Option<String>,
    /// When it was last written.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: Option<UserId>,
}
