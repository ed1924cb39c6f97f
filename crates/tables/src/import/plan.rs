//! From what was seen of the columns to how they are read: one decimal mark for the file, a kind for each column,
//! and a check of what the caller said against what the file shows.

use super::batch::ColumnPlan;
use super::survey::{DecimalVotes, Survey};
use crate::error::ImportError;
use crate::value::date::DateForm;
use crate::value::shape::DATES;
use vakhta_domain::dataset::{ColumnKind, ReadOptions};

/// How all columns are read.
#[derive(Debug)]
pub struct Plan {
    /// The columns in order.
    pub columns: Vec<ColumnPlan>,
    /// The decimal mark.
    pub decimal: u8,
    /// The forms of the dates, separated by `, ` where columns differ.
    pub dates: Option<String>,
}

/// What is known before the rows are read.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// What the caller said.
    pub options: &'a ReadOptions,
    /// The decimal mark that the caller said.
    pub decimal: Option<u8>,
    /// The date forms that the caller allows, as bits.
    pub forms: Option<u32>,
    /// The delimiter, for CSV.
    pub delimiter: Option<u8>,
}

impl<'a> Given<'a> {
    /// Reads the caller's options.
    pub fn new(options: &'a ReadOptions, delimiter: Option<u8>) -> Result<Self, ImportError> {
        let decimal = crate::detect::decimal(options)?;
        Ok(Self { options, decimal, forms: crate::detect::date_forms(options)?, delimiter })
    }
}

/// Plans the columns. `declared` holds kinds that the file itself declares, for columns without a value.
pub fn plan(
    names: &[String],
    surveys: &[Survey],
    declared: Option<&[ColumnKind]>,
    given: Given<'_>,
) -> Result<Plan, ImportError> {
    for wanted in &given.options.text_columns {
        if !names.contains(wanted) {
            let nearest = crate::read::nearest(wanted, names);
            let hint = nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
            let message = format!("there is no column `{wanted}`{hint}");
            return Err(ImportError::Options { field: "text_columns", message });
        }
    }
    let decimal = given.decimal.unwrap_or_else(|| decimal_mark(surveys, given.delimiter));
    let forms = given.forms.unwrap_or(DATES);
    let mut columns = Vec::with_capacity(names.len());
    let mut shown: Vec<&'static str> = Vec::new();
    let mut dates = 0;
    for (at, (name, survey)) in names.iter().zip(surveys).enumerate() {
        let verdict = survey.verdict(decimal, forms);
        let kept = given.options.text_columns.contains(name);
        let kind = if kept {
            ColumnKind::Text
        } else {
            verdict.map_or_else(|| declared.map_or(ColumnKind::Text, |kinds| kinds[at]), |v| v.kind)
        };
        if !kept && kind == ColumnKind::Text {
            check_said(name, survey, decimal, given)?;
        }
        let form = if kept { None } else { verdict.and_then(|v| v.form) };
        dates += usize::from(matches!(kind, ColumnKind::Date | ColumnKind::Timestamp));
        if let Some(form) = form
            && !shown.contains(&form.name())
        {
            shown.push(form.name());
        }
        columns.push(ColumnPlan { name: name.clone(), kind, form, decimal });
    }
    if let Some(said) = given.options.dates.as_ref().filter(|_| dates == 0) {
        let message = format!(
            "no column holds dates of the form {said}; leave `dates` out, or name the form that the file has"
        );
        return Err(ImportError::Options { field: "dates", message });
    }
    Ok(Plan { columns, decimal, dates: (!shown.is_empty()).then(|| shown.join(", ")) })
}

/// A column that is text only because of what the caller said is a contradiction, not a text column.
fn check_said(name: &str, survey: &Survey, decimal: u8, given: Given<'_>) -> Result<(), ImportError> {
    if given.decimal.is_some() {
        let other = if decimal == b'.' { b',' } else { b'.' };
        let verdict = survey.verdict(other, given.forms.unwrap_or(DATES));
        if verdict.is_some_and(|v| matches!(v.kind, ColumnKind::Float | ColumnKind::Integer)) {
            let message = format!(
                "column `{name}` reads as numbers only with the decimal mark `{}`; say so, or name it in `text_columns`",
                char::from(other)
            );
            return Err(ImportError::Options { field: "decimal", message });
        }
    }
    if given.forms.is_some()
        && let Some(form) = survey.verdict(decimal, DATES).and_then(|v| v.form)
        && form != DateForm::Compact
    {
        let message = format!(
            "column `{name}` holds dates of the form {}; name that form too (several are separated by commas), or name the column in `text_columns`",
            form.name()
        );
        return Err(ImportError::Options { field: "dates", message });
    }
    Ok(())
}

fn decimal_mark(surveys: &[Survey], delimiter: Option<u8>) -> u8 {
    let mut votes = DecimalVotes::default();
    for survey in surveys {
        let more = survey.decimal_votes();
        votes.point += more.point;
        votes.comma += more.comma;
        votes.comma_or_group += more.comma_or_group;
    }
    if votes.comma > votes.point {
        return b',';
    }
    // `1,234` alone: where the comma is free to be a decimal mark it most likely is one.
    if votes.point == 0 && votes.comma_or_group > 0 && delimiter.is_some_and(|d| d != b',') {
        return b',';
    }
    b'.'
}
