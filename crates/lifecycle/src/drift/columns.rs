//! Which columns are watched, and how the values of each are counted.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use vakhta_domain::spec::{ModelSpec, Task};
use vakhta_ml::drift::{Counts, DriftError, Profile};
use vakhta_ml::records::Values;
use vakhta_tables::{ReadError, Values as Stored};

/// What a column is to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What it looks at.
    Input,
    /// What it forecasts.
    Target,
    /// What it answers.
    Prediction,
    /// How sure it is of a class.
    Confidence,
}

impl Part {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Target => "target",
            Self::Prediction => "prediction",
            Self::Confidence => "confidence",
        }
    }
}

/// How the values of a column are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// As numbers.
    Number,
    /// As yes and no.
    Flag,
    /// As names of a set.
    Category,
    /// As texts.
    Text,
    /// Dates by their weekday: that time goes on is no drift.
    Weekday,
}

/// A column that is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Column {
    pub part: Part,
    pub name: String,
    pub sort: Sort,
}

impl Column {
    pub fn new(part: Part, name: &str, sort: Sort) -> Self {
        Self { part, name: name.to_owned(), sort }
    }

    /// The model's answers.
    pub fn prediction(sort: Sort) -> Self {
        Self::new(Part::Prediction, Part::Prediction.as_str(), sort)
    }

    /// The confidence in a class.
    pub fn confidence() -> Self {
        Self::new(Part::Confidence, Part::Confidence.as_str(), Sort::Number)
    }
}

/// The columns of a dataset that a model's training looks at.
pub(crate) fn of_spec(spec: &ModelSpec) -> Vec<Column> {
    let data = &spec.data;
    let of = |names: &[String], sort| -> Vec<Column> {
        names.iter().map(|name| Column::new(Part::Input, name, sort)).collect()
    };
    if spec.task == Task::Forecast {
        let mut columns = vec![Column::new(Part::Target, &data.target, Sort::Number)];
        columns.extend(of(&data.known_future, Sort::Number));
        columns.extend(of(&data.series, Sort::Category));
        return columns;
    }
    [
        of(&data.text, Sort::Text),
        of(&data.categorical, Sort::Category),
        of(&data.numeric, Sort::Number),
        of(&data.boolean, Sort::Flag),
        of(&data.date, Sort::Weekday),
    ]
    .concat()
}

/// Stored values as what they are counted by.
pub(crate) fn stored(values: Stored, name: &str, sort: Sort, zone: &TimeZone) -> Result<Values, ReadError> {
    Ok(match sort {
        Sort::Number | Sort::Flag => Values::Numbers(values.into_floats(name)?),
        Sort::Category | Sort::Text => Values::Words(values.into_texts().to_rows()),
        Sort::Weekday => Values::Dates(values.into_dates_in(name, zone)?),
    })
}

/// Values that a column which is gone, or holds something else, has.
pub(crate) fn nothing() -> Values {
    Values::Words(Vec::<Option<Arc<str>>>::new())
}

impl Sort {
    /// The name that a value counts under.
    pub fn name(self, values: &Values, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Weekday => values.date(row).map(|date| Cow::Borrowed(weekday(date.weekday()))),
            Self::Flag => {
                let number = values.number(row);
                let word = if number > 0.5 { "true" } else { "false" };
                (!number.is_nan()).then_some(Cow::Borrowed(word))
            }
            Self::Number | Self::Category | Self::Text => values.word(row),
        }
    }

    /// Counts some rows against a profile.
    pub fn count(
        self,
        profile: &Profile,
        values: &Values,
        rows: impl Iterator<Item = usize>,
    ) -> Result<Counts, DriftError> {
        match self {
            Self::Number => {
                let numbers: Vec<f64> = rows.map(|row| values.number(row)).collect();
                profile.count_numbers(&numbers)
            }
            Self::Text => {
                let texts: Vec<Option<Cow<'_, str>>> = rows.map(|row| values.word(row)).collect();
                profile.count_texts(texts.iter().map(Option::as_deref))
            }
            Self::Flag | Self::Category | Self::Weekday => {
                let mut counted: HashMap<Option<Cow<'_, str>>, u64> = HashMap::new();
                for row in rows {
                    *counted.entry(self.name(values, row)).or_default() += 1;
                }
                profile.count_categories(counted.iter().map(|(name, rows)| (name.as_deref(), *rows)))
            }
        }
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

/// A confidence as the middle of one of fifteen bins: that is how those of training are kept.
pub(crate) fn binned(confidence: f64) -> f64 {
    const BINS: f64 = 15.0;
    if confidence.is_nan() {
        return confidence;
    }
    ((confidence.clamp(0.0, 1.0) * BINS).floor().min(BINS - 1.0) + 0.5) / BINS
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn values_count_under_their_names() {
        let dates = Values::Dates(vec![Some(date(2026, 3, 1)), None]);
        assert_eq!(Sort::Weekday.name(&dates, 0).as_deref(), Some("sunday"));
        assert_eq!(Sort::Weekday.name(&dates, 1), None);
        let flags = Values::Numbers(vec![1.0, 0.0, f64::NAN]);
        let names: Vec<_> = (0..3).map(|row| Sort::Flag.name(&flags, row)).collect();
        assert_eq!(names, [Some("true".into()), Some("false".into()), None]);
        assert_eq!(Sort::Category.name(&nothing(), 0), None, "a column that is gone has no value");
    }

    #[test]
    fn confidences_fall_into_the_bins_of_training() {
        for (confidence, bin) in [(0.0, 0.5), (1.0, 14.5), (0.5, 7.5), (0.0666, 0.5), (0.067, 1.5)] {
            assert!((binned(confidence) * 15.0 - bin).abs() < 1e-9, "{confidence}");
        }
        assert!(binned(f64::NAN).is_nan());
    }
}
