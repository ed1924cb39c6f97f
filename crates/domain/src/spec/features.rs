//! Which features a forecast is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which features are built.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Features {
    /// Distances back in periods.
    #[serde(default)]
    pub lags: Windows,
    /// Widths of rolling windows in periods.
    #[serde(default)]
    pub rolling: Windows,
    /// Widths of windows over the same weekday (or month, quarter, week of the year), in seasons.
    #[serde(default)]
    pub same_season: Windows,
    /// Quantiles of the rolling windows, percent, 1 to 99; none by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<u32>,
    /// Fourier terms; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fourier: Option<Fourier>,
    /// Whether a series that began later than others borrows a past from those most like it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub look_alikes: bool,
    /// Holidays, pay days and events.
    #[serde(default)]
    pub calendar: Calendar,
}

/// Periods, chosen or given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Windows {
    /// The word `auto`: fitting for the frequency and the length of the history.
    Auto(Auto),
    /// These.
    These(Vec<u32>),
}

impl Default for Windows {
    fn default() -> Self {
        Self::Auto(Auto::Auto)
    }
}

/// The word `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Auto {
    /// Chosen by the program.
    Auto,
}

/// Fourier terms, chosen or given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fourier {
    /// The word `auto`: a few for the seasons of the frequency.
    Auto(Auto),
    /// By the length of the season in periods, which need not be whole (`"365.25": 4`): how many sines and
    /// cosines.
    These(BTreeMap<String, u32>),
}

/// Holidays, pay days and events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The country whose public holidays are features; none by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Days that are not what the country's calendar says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<DayOverride>,
    /// Days of the month on which wages are paid; 31 is the last day of any month. Paid on the working day before
    /// where that is a day off. Default for RU: 5 and 20; an empty list for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_days: Option<Vec<u32>>,
    /// The company's own days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<CalendarEvent>,
}

/// A country with a known calendar of public holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Country {
    /// Russia, with its transferred days and working Saturdays.
    RU,
}

impl Country {
    /// Its code by ISO 3166-1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RU => "RU",
        }
    }

    /// The country of that code.
    pub fn parse(code: &str) -> Option<Self> {
        (code == Self::RU.as_str()).then_some(Self::RU)
    }
}

/// What one day is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayOverride {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// What it is.
    pub kind: DayKind,
}

/// What a day can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A public holiday.
    Holiday,
    /// A day off that is no holiday, such as a transferred one.
    DayOff,
    /// A working day.
    Working,
    /// A working day that ends early.
    Short,
}

impl DayKind {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::DayOff => "day_off",
            Self::Working => "working",
            Self::Short => "short",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Holiday, Self::DayOff, Self::Working, Self::Short]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A day that matters, each time it comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarEvent {
    /// Its name.
    pub name: String,
    /// Its dates, `YYYY-MM-DD`, past and future.
    pub dates: Vec<String>,
    /// Days before it that feel it.
    #[serde(default)]
    pub before: u32,
    /// Days after it that feel it.
    #[serde(default)]
    pub after: u32,
}
