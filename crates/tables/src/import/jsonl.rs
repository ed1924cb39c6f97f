//! JSON Lines in two passes: one object a line, scalar values. Columns stand in the order in which they are first seen.

use super::csv::check_names;
use super::json_object::{Names, Object};
use super::keep::Keeper;
use super::pace::Pace;
use super::plan::{Given, plan};
use super::survey::Survey;
use crate::detect;
use crate::error::ImportError;
use crate::limits;
use crate::text::records::shown_bytes;
use crate::text::window::{Charset, Window};
use std::fs::File;
use std::io::Write;
use vakhta_domain::dataset::{BadRow, FileFormat, ReadAs, ReadOptions, TableFacts};

/// Brings a JSON Lines file in.
pub fn import(
    file: &File,
    options: &ReadOptions,
    sink: impl Write + Send,
    pace: &mut Pace<'_>,
) -> Result<TableFacts, ImportError> {
    let charset = detect::encoding::detect(file, options.encoding.as_deref())?;
    let given = Given::new(options, None)?;
    let mut names = Names::default();
    let mut object = Object::default();
    let mut surveys: Vec<Survey> = Vec::new();
    let mut rows = 0_u64;
    each_line(file, charset, pace, |_, line| {
        rows += 1;
        if let Line::Text(text) = line
            && object.read(text, &mut names).is_ok()
        {
            if names.list().len() > limits::COLUMNS {
                return Err(ImportError::TooManyColumns(names.list().len()));
            }
            surveys.resize_with(names.list().len(), Survey::default);
            for at in object.columns() {
                surveys[at].note(object.raw(at));
            }
        }
        Ok(())
    })?;
    if rows == 0 {
        return Err(ImportError::Empty);
    }
    check_names(names.list(), "")?;
    let plan = plan(names.list(), &surveys, None, given)?;
    let read_as = ReadAs {
        format: FileFormat::Jsonl,
        encoding: Some(charset.encoding.name().to_ascii_lowercase()),
        delimiter: None,
        decimal: None,
        dates: plan.dates,
    };

    pace.second();
    let no_columns = plan.columns.is_empty();
    let mut keeper = Keeper::new(sink, plan.columns, options.on_error)?;
    each_line(file, charset, pace, |number, line| {
        let bad = |column, text: &str, reason: &str| BadRow {
            line: number,
            column,
            text: limits::cut(text),
            reason: reason.to_owned(),
        };
        match line {
            Line::Bad { text, reason } => keeper.bad(bad(None, &text, reason)),
            Line::Text(text) => match object.read(text, &mut names) {
                Err(fault) => keeper.bad(bad(fault.column, text, fault.reason)),
                Ok(()) if no_columns => keeper.bad(bad(None, text, "the object has no values")),
                Ok(()) => keeper.row(number, |at| object.raw(at))?,
            },
        }
        Ok(())
    })?;
    let facts = keeper.finish(read_as)?;
    pace.done()?;
    Ok(facts)
}

/// One line that is not blank.
enum Line<'a> {
    Text(&'a str),
    Bad { text: String, reason: &'static str },
}

/// Calls with the number and text of every line that is not blank.
fn each_line(
    file: &File,
    charset: Charset,
    pace: &mut Pace<'_>,
    mut take: impl FnMut(u64, Line<'_>) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let mut window = Window::open(file, charset)?;
    let mut number = 0_u64;
    // Set while the rest of an overlong line is passed over.
    let mut skipping = false;
    loop {
        let bytes = window.bytes();
        let end = memchr::memchr(b'\n', bytes);
        if end.is_none() && !window.ended() {
            if bytes.len() > limits::ROW {
                if !skipping {
                    let text = shown_bytes(bytes);
                    take(number + 1, Line::Bad { text, reason: "the row is longer than 8 MiB" })?;
                }
                skipping = true;
                let all = bytes.len();
                window.consume(all);
            }
            window.fill()?;
            pace.at(window.position())?;
            continue;
        }
        if end.is_none() && bytes.is_empty() {
            return Ok(());
        }
        number += 1;
        let length = end.map_or(bytes.len(), |at| at + 1);
        let line = bytes[..length].trim_ascii();
        if skipping {
            skipping = false;
        } else if !line.is_empty() {
            if let Ok(text) = std::str::from_utf8(line) {
                take(number, Line::Text(text))?;
            } else {
                let reason = "bytes that the encoding does not have";
                take(number, Line::Bad { text: shown_bytes(line), reason })?;
            }
        }
        window.consume(length);
    }
}
