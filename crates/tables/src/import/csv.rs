//! CSV in two passes: the columns' kinds from all rows, then the rows.

use super::keep::Keeper;
use super::pace::Pace;
use super::plan::{Given, plan};
use super::survey::Survey;
use crate::detect;
use crate::error::ImportError;
use crate::limits;
use crate::text::records::{Record, Records, Row};
use crate::value::shape;
use std::fs::File;
use std::io::Write;
use vakhta_domain::dataset::{BadRow, FileFormat, ReadAs, ReadOptions, TableFacts};

/// Brings a CSV file in.
pub fn import(
    file: &File,
    options: &ReadOptions,
    sink: impl Write + Send,
    pace: &mut Pace<'_>,
) -> Result<TableFacts, ImportError> {
    let charset = detect::encoding::detect(file, options.encoding.as_deref())?;
    let delimiter = detect::delimiter::detect(file, charset, options.delimiter)?;
    let given = Given::new(options, Some(delimiter))?;

    let mut records = Records::open(file, charset, delimiter)?;
    let names = header(&mut records)?;
    let mut surveys = vec![Survey::default(); names.len()];
    let mut rows = 0_u64;
    loop {
        if rows.is_multiple_of(4096) {
            pace.at(records.position())?;
        }
        match records.next()? {
            None => break,
            Some(Record::Row(row)) if row.is_blank() => {}
            Some(Record::Row(row)) => {
                if row.count == names.len() {
                    for (at, survey) in surveys.iter_mut().enumerate() {
                        survey.note(row.raw(at));
                    }
                }
                rows += 1;
            }
            Some(Record::Bad { .. }) => rows += 1,
        }
    }
    if rows == 0 {
        return Err(ImportError::HeaderOnly);
    }
    let plan = plan(&names, &surveys, None, given)?;
    let read_as = ReadAs {
        format: FileFormat::Csv,
        encoding: Some(charset.encoding.name().to_ascii_lowercase()),
        delimiter: Some(char::from(delimiter)),
        decimal: Some(char::from(plan.decimal)),
        dates: plan.dates,
    };

    pace.second();
    let mut keeper = Keeper::new(sink, plan.columns, options.on_error)?;
    let mut records = Records::open(file, charset, delimiter)?;
    header(&mut records)?;
    let mut seen = 0_u64;
    loop {
        seen += 1;
        if seen.is_multiple_of(4096) {
            pace.at(records.position())?;
        }
        match records.next()? {
            None => break,
            Some(Record::Row(row)) if row.is_blank() => {}
            Some(Record::Row(row)) if row.count == names.len() => keeper.row(row.line, |at| row.raw(at))?,
            Some(Record::Row(row)) => {
                let reason = format!(
                    "{} fields than the header's {}",
                    if row.count < names.len() { "fewer" } else { "more" },
                    names.len()
                );
                keeper.bad(BadRow { line: row.line, column: None, text: row.shown(), reason });
            }
            Some(Record::Bad { line, field, text, reason }) => {
                let column = field.and_then(|at| names.get(at).cloned());
                keeper.bad(BadRow { line, column, text, reason: reason.to_owned() });
            }
        }
    }
    let facts = keeper.finish(read_as)?;
    pace.done()?;
    Ok(facts)
}

/// The column names of the first line that is not blank.
fn header(records: &mut Records<'_>) -> Result<Vec<String>, ImportError> {
    loop {
        match records.next()? {
            None => return Err(ImportError::Empty),
            Some(Record::Bad { text, reason, .. }) => {
                return Err(ImportError::Header { reason: reason.to_owned(), text });
            }
            Some(Record::Row(row)) if row.is_blank() => {}
            Some(Record::Row(row)) => return names_of(&row),
        }
    }
}

fn names_of(row: &Row<'_>) -> Result<Vec<String>, ImportError> {
    if row.count > limits::COLUMNS {
        return Err(ImportError::TooManyColumns(row.count));
    }
    let names: Vec<String> = (0..row.count).map(|at| row.field(at).0.trim().to_owned()).collect();
    check_names(&names, &row.shown())?;
    // A year may name a column, but not beside nothing except dates and numbers.
    let value = |name: &String| shape::of_cell(name) & (shape::DATES | shape::NUMBER) != 0;
    let date = |name: &String| {
        shape::of_cell(name) & shape::DATES & !crate::value::date::DateForm::Compact.bit() != 0
    };
    if names.iter().all(value)
        || names.iter().any(date) && names.iter().any(|n| shape::of_cell(n) & shape::NUMBER != 0)
    {
        return Err(ImportError::NoHeader(row.shown()));
    }
    Ok(names)
}

/// Refuses columns that could not be told apart.
pub fn check_names(names: &[String], shown: &str) -> Result<(), ImportError> {
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(ImportError::UnnamedColumn { position: at + 1 });
        }
        if name.contains('\0') {
            let reason = "it has a NUL byte; is the file text?".to_owned();
            return Err(ImportError::Header { reason, text: shown.replace('\0', "\u{fffd}") });
        }
        if name.chars().count() > limits::SHOWN {
            let reason = format!("a column name is longer than {} characters", limits::SHOWN);
            return Err(ImportError::Header { reason, text: limits::cut(name) });
        }
    }
    let mut sorted: Vec<(&String, usize)> = names.iter().zip(1..).collect();
    sorted.sort();
    let twins = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).min_by_key(|pair| pair[1].1);
    match twins {
        Some(pair) => {
            Err(ImportError::DuplicateColumn { name: pair[0].0.clone(), first: pair[0].1, second: pair[1].1 })
        }
        None => Ok(()),
    }
}
